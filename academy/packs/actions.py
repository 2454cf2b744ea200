"""Reading a whole pack, publishing what it holds, and writing what is published as a pack."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.pack import check_achievements
from academy.catalog.actions import digest, publish, take_turn
from academy.catalog.content import Catalog
from academy.catalog.dump import dump, to_yaml
from academy.catalog.models import Release, Version
from academy.catalog.pack import Pack, Problem, Source, load, name_in, read_yaml
from academy.catalog.queries import published
from academy.criteria.pack import check_criterion
from academy.files import FileRoom
from academy.materials.pack import load_materials
from academy.tiers.pack import check_benefits, check_ladder

SECTIONS = ("brand", "ladder", "benefits", "points", "badges", "rewards", "designs", "pledge", "words")
OPTIONAL = ("benefits",)


class Conflict(ValueError):
    """Documents that changed both in the pack and in the browser since the last import."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Unwritable(ValueError):
    """What is published can't be written there, or not so that reading it gives the same; says why."""


def read(root: Path) -> Pack:
    """Everything in a folder, checked by the room that each part belongs to."""
    if not root.is_dir():
        return Pack(problems=[Problem(str(root), 1, "folder", "there is no such folder")])
    pack = load(root)
    if (root / "academy.yaml").is_file() and (found := read_yaml(pack, root, root / "academy.yaml")):
        data, source = found
        _sections(pack, data, source)
        _pictures(pack, root, source)
    load_materials(pack, root)
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
        content = {"rules": data[name]} if name == "words" else data[name]
        if not isinstance(content, dict):
            source.wrong((name,), "must be a mapping")
            return
        pack.documents[name, "academy"] = content
    check_ladder(pack, source, data)
    check_benefits(pack, source, data)
    check_achievements(pack, source, data)


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


def publish_pack(session: Session, files: FileRoom, pack: Pack, note: str) -> Release | None:
    """Publish what differs from what is published; None if nothing does. Raises `Conflict`.

    A document remembers what it was last imported as: changed only in the browser it stays so; changed on both
    sides is a conflict, and nothing is written.
    """
    take_turn(session)
    current = published(session)
    changed, conflicts = {}, []
    for (kind, key), content in pack.documents.items():
        now = current.documents.get((kind, key))
        if now and digest(now.content) == digest(content):
            continue
        last = session.scalar(
            select(Version).where(Version.kind == kind, Version.key == key).order_by(Version.release_id.desc()).limit(1)
        )
        if last and last.origin == "studio":
            if _last_imported(session, kind, key) == digest(content):
                continue
            conflicts.append(f"{kind}/{key}")
        changed[kind, key] = content
    if conflicts:
        raise Conflict(conflicts)
    if not changed:
        return None
    for (area, _), file in pack.pictures.items():
        files.put(area, file.read_bytes(), file.suffix)
    return publish(session, changed, origin="pack", note=note)


def _last_imported(session: Session, kind: str, key: str) -> str | None:
    return session.scalar(
        select(Version.digest)
        .where(Version.kind == kind, Version.key == key, Version.origin == "pack")
        .order_by(Version.release_id.desc())
        .limit(1)
    )


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
    with TemporaryDirectory() as draft:
        _write(Path(draft), written)
        pack = read(Path(draft))
    if pack.problems:
        raise Unwritable("what is published breaks the rules of packs: " + "; ".join(map(str, pack.problems)))
    lost = [
        f"{kind}/{key}"
        for (kind, key), content in sorted(documents.items())
        if digest(pack.documents.get((kind, key))) != digest(content)
    ]
    if lost:
        raise Unwritable(f"would read back as something else: {', '.join(lost)}")
    _write(folder, written)
    return pack


def _written(documents: dict[tuple[str, str], dict[str, Any]], files: FileRoom) -> dict[str, bytes]:
    def picture_of(area: str, name: str) -> bytes:
        try:
            return files.path(area, name).read_bytes()
        except (OSError, ValueError) as error:
            raise Unwritable(f"the file room has no picture {name}") from error

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
            sections.append(to_yaml({name: content["rules"] if name == "words" else content}))
    if sections:
        written["academy.yaml"] = "\n".join(sections).encode()
    return written


def _write(root: Path, written: dict[str, bytes]) -> None:
    for name, data in written.items():
        path = root / name
        if not path.resolve().is_relative_to(root.resolve()):
            raise Unwritable(f"{name} is outside the folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
