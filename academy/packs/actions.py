"""Reading a whole pack, publishing what it holds, and writing what is published as a pack."""

import shutil
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.pack import check_achievements
from academy.catalog.actions import digest, publish, take_turn
from academy.catalog.content import Catalog, Changes, parts_of
from academy.catalog.dump import Files, dump, to_yaml
from academy.catalog.models import Release, Version
from academy.catalog.pack import Pack, Problem, Source, check_words, load, name_in, read_yaml
from academy.catalog.queries import published
from academy.criteria.pack import check_criterion
from academy.discussion.pack import check_discussion
from academy.files import FileRoom
from academy.materials.pack import load_materials
from academy.practice.pack import check_reviewing
from academy.scorm.pack import load_packages
from academy.tiers.pack import check_benefits, check_ladder
from academy.training.pack import check_scripts

SECTIONS = (
    *("brand", "ladder", "benefits", "points", "badges", "rewards", "designs", "pledge", "words"),
    *("review", "discussion", "briefs", "scripts"),
)
LISTS = {"words": "rules", "briefs": "briefs", "scripts": "scripts"}
"""Sections that are a list, and the name under which their document holds it."""
OPTIONAL = ("benefits", "review", "discussion", "briefs", "scripts")


Name = tuple[str, str]


class Conflict(ValueError):
    """Documents that changed both in the pack and in the browser since the last import."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Unwritable(ValueError):
    """What is published can't be written there, or not so that reading it gives the same; says why."""


class Clash(ValueError):
    """Keys that are in the pack and in something else that is published: whatever hangs on them would be mixed up."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


def read(root: Path, beside: Catalog | None = None) -> Pack:
    """Everything in a folder, checked by the room that each part belongs to.

    It may name what is in it, and what is published `beside`.
    """
    if not root.is_dir():
        return Pack(problems=[Problem(str(root), 1, "folder", "there is no such folder")])
    pack = load(root, beside.names if beside else frozenset())
    if (root / "academy.yaml").is_file() and (found := read_yaml(pack, root, root / "academy.yaml")):
        data, source = found
        _sections(pack, data, source)
        _pictures(pack, root, source)
    load_materials(pack, root)
    load_packages(pack, root)
    for (kind, key), document in pack.documents.items():
        if kind == "course" and document["unlock"] is not None:
            check_criterion(pack, pack.sources[kind, key], document["unlock"], ("unlock",))
    pack.check_named()
    pack.problems.sort(key=lambda problem: (problem.file, problem.line))
    return pack


def _sections(pack: Pack, data: object, source: Source) -> None:
    if not isinstance(data, dict):
        source.wrong((), "must be a mapping")
        return
    for name in data:
        if name not in SECTIONS:
            source.wrong((name,), f"is no section; known: {', '.join(SECTIONS)}")
    for name in SECTIONS:
        if name not in data and name in OPTIONAL:
            continue
        if name not in data:
            source.wrong((), f"has no section {name}")
            return
        content = {LISTS[name]: data[name]} if name in LISTS else data[name]
        if not isinstance(content, dict):
            source.wrong((name,), "must be a mapping")
            return
        pack.documents[name, "academy"] = content
    if not check_words(source, data):
        # What others say is held against it.
        pack.documents["words", "academy"] = {"rules": []}
    check_ladder(pack, source, data)
    check_benefits(pack, source, data)
    check_achievements(pack, source, data)
    check_reviewing(pack, source, data)
    check_discussion(source, data)
    check_scripts(pack, source, data)


def _pictures(pack: Pack, root: Path, source: Source) -> None:
    """The brand's logo and what designs are sealed and signed with are files beside `academy.yaml`.

    The documents know them by their names in the file room.
    """
    for area, holder, name, at in _pictured({key: pack.documents.get((key, "academy"), {}) for key in PICTURED}):
        file = root / str(holder[name])
        if file.parent != root or file.suffix != ".png" or not file.is_file():
            source.wrong(at, f"there is no PNG {holder[name]} beside this file")
            continue
        holder[name] = name_in(file)
        pack.pictures[area, holder[name]] = file


PICTURED = ("brand", "designs")


def _pictured(documents: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str, tuple[str | int, ...]]]:
    """Where these sections name a picture: its area, what holds the name, under which word, and the path there."""
    if "logo" in documents["brand"]:
        yield "brand", documents["brand"], "logo", ("brand", "logo")
    designs = documents["designs"].get("designs")
    for i, design in enumerate(designs if isinstance(designs, list) else []):
        for part in ("seal", "signature"):
            if isinstance(held := isinstance(design, dict) and design.get(part), dict) and "picture" in held:
                yield "certificate", held, "picture", ("designs", "designs", i, part, "picture")


@dataclass(frozen=True)
class Coming:
    """What importing a pack would do: what is new, what changes, what stays as it was edited here, and what changed on
    both sides."""

    new: Changes
    changed: Changes
    stay: list[Name]
    conflicts: list[Name]

    @property
    def documents(self) -> Changes:
        return {**self.new, **self.changed}


def compared(session: Session, current: Catalog, pack: Pack) -> Coming:
    """What importing a pack would do now.

    A document remembers what it was last imported as: changed only in the browser it stays so; changed on both sides
    is a conflict.
    """
    columns = select(Version.kind, Version.key, Version.origin, Version.digest).order_by(Version.release_id)
    last, imported = dict[Name, str](), dict[Name, str]()
    for kind, key, origin, marked in session.execute(columns):
        last[kind, key] = origin
        if origin == "pack":
            imported[kind, key] = marked
    coming = Coming({}, {}, [], [])
    new, changed = dict[Name, Any](), dict[Name, Any]()
    for name, content in pack.documents.items():
        now, marked = current.documents.get(name), digest(content)
        if now and digest(now.content) == marked:
            continue
        if last.get(name) == "studio":
            if imported.get(name) == marked:
                coming.stay.append(name)
                continue
            coming.conflicts.append(name)
        (changed if now else new)[name] = content
    return replace(coming, new=new, changed=changed)


def publish_pack(
    session: Session, files: FileRoom, pack: Pack, note: str, *, by_id: int | None = None
) -> Release | None:
    """Publish what differs from what is published; None if nothing does. Raises `Conflict` and `Clash`."""
    take_turn(session)
    current = published(session)
    coming = compared(session, current, pack)
    if coming.conflicts:
        raise Conflict([f"{kind}/{key}" for kind, key in coming.conflicts])
    if not coming.documents:
        return None
    if twice := current.after(coming.documents).repeated - current.repeated:
        raise Clash(sorted(twice))
    for (area, name), file in pack.pictures.items():
        files.copy(area, name, file)
    return publish(session, coming.documents, origin="pack", by_id=by_id, note=note)


def part(catalog: Catalog, course: str) -> dict[Name, dict[str, Any]]:
    """The documents of a course, or the assessment, of a key; KeyError where nothing published has it."""
    if ("assessment", course) in catalog.documents:
        return {("assessment", course): dict(catalog.one("assessment", course))}
    outline = catalog.one("course", course)
    parts = (name for stage in outline["stages"] for name in parts_of(stage, catalog.documents))
    names = [("course", course), *parts]
    return {name: dict(catalog.documents[name].content) for name in names}


def export(catalog: Catalog, files: FileRoom, folder: Path) -> Pack:
    """Write what is published as a pack into a new or empty folder, and give it as it reads. Raises `Unwritable`.

    It is read back before it is kept: nobody should learn on import that a pack holds something else.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise Unwritable(f"{folder} is there already and is not an empty folder")
    documents = {name: dict(document.content) for name, document in catalog.documents.items()}
    if not documents:
        raise Unwritable("nothing is published yet")
    written = _written(documents, files)
    pack = _read_back(documents, written)
    _write(folder, written)
    return pack


def archive(catalog: Catalog, files: FileRoom, documents: Mapping[Name, dict[str, Any]], out: IO[bytes]) -> None:
    """Write some published documents as a ZIP whose bytes depend on what they hold alone. Raises `Unwritable`."""
    written = _written(dict(documents), files)
    _read_back(documents, written, catalog)
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, data in sorted(written.items()):
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED if isinstance(data, bytes) else ZIP_STORED
            with packed.open(entry, "w", force_zip64=True) as to, _opened(data) as held:
                shutil.copyfileobj(held, to)


def _read_back(documents: Mapping[Name, dict[str, Any]], written: Files, beside: Catalog | None = None) -> Pack:
    """What was written, as it reads. Raises `Unwritable`."""
    with TemporaryDirectory() as draft:
        _write(Path(draft), written)
        pack = read(Path(draft), beside)
    if pack.problems:
        raise Unwritable("what is published breaks the rules of packs: " + "; ".join(map(str, pack.problems)))
    lost = [
        f"{kind}/{key}"
        for (kind, key), content in sorted(documents.items())
        if digest(pack.documents.get((kind, key))) != digest(content)
    ]
    if lost:
        raise Unwritable(f"would read back as something else: {', '.join(lost)}")
    return pack


def _opened(data: bytes | Path) -> IO[bytes]:
    return BytesIO(data) if isinstance(data, bytes) else data.open("rb")


def _written(documents: dict[Name, dict[str, Any]], files: FileRoom) -> Files:
    def picture_of(area: str, name: str) -> Path:
        try:
            path = files.path(area, name)
        except ValueError as error:
            raise Unwritable(f"the file room has no picture {name}") from error
        if not path.is_file():
            raise Unwritable(f"the file room has no picture {name}")
        return path

    written = dump(documents, picture_of)
    sections = []
    shown = deepcopy({key: documents.get((key, "academy"), {}) for key in PICTURED})
    for area, holder, name, _at in _pictured(shown):
        file = "logo.png" if area == "brand" else holder[name]
        written[file] = picture_of(area, holder[name])
        holder[name] = file
    for name in SECTIONS:
        if (content := documents.get((name, "academy"))) is not None:
            content = shown.get(name, content)
            sections.append(to_yaml({name: content[LISTS[name]] if name in LISTS else content}))
    if sections:
        written["academy.yaml"] = "\n".join(sections).encode()
    return written


def _write(root: Path, written: Files) -> None:
    for name, data in written.items():
        path = root / name
        if not path.resolve().is_relative_to(root.resolve()):
            raise Unwritable(f"{name} is outside the folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(data) as held, path.open("wb") as to:
            shutil.copyfileobj(held, to)
