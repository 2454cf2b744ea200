"""Reading a whole pack, and publishing what it holds."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.pack import check_achievements
from academy.catalog.actions import digest, publish
from academy.catalog.models import Release, Version
from academy.catalog.pack import Pack, Problem, Source, load, read_yaml
from academy.catalog.queries import published
from academy.criteria.pack import check_criterion
from academy.files import FileRoom
from academy.tiers.pack import check_ladder

SECTIONS = ("brand", "ladder", "points", "badges", "rewards", "designs", "pledge", "words")


class Conflict(ValueError):
    """Documents that changed both in the pack and in the browser since the last import."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def read(root: Path) -> Pack:
    """Everything in a folder, checked by the room that each part belongs to."""
    if not root.is_dir():
        return Pack(problems=[Problem(str(root), 1, "folder", "there is no such folder")])
    pack = load(root)
    if (root / "academy.yaml").is_file() and (found := read_yaml(pack, root, root / "academy.yaml")):
        data, source = found
        _sections(pack, data, source)
    for (kind, key), document in pack.documents.items():
        if kind == "course" and document["unlock"] is not None:
            check_criterion(pack, pack.sources[kind, key], document["unlock"], ("unlock",))
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
        if name not in data:
            source.wrong((), f"has no section {name}")
            return
        content = {"rules": data[name]} if name == "words" else data[name]
        if not isinstance(content, dict):
            source.wrong((name,), "must be a mapping")
            return
        pack.documents[name, "academy"] = content
    check_ladder(pack, source, data)
    check_achievements(pack, source, data)


def publish_pack(session: Session, files: FileRoom, pack: Pack, note: str) -> Release | None:
    """Publish what differs from what is published; None if nothing does. Raises `Conflict`.

    A document remembers what it was last imported as: changed on both sides is a conflict, and nothing is
    written.
    """
    current = published(session)
    changed, conflicts = {}, []
    for (kind, key), content in pack.documents.items():
        now = current.documents.get((kind, key))
        if now and digest(now.content) == digest(content):
            continue
        last = session.scalar(
            select(Version).where(Version.kind == kind, Version.key == key).order_by(Version.release_id.desc()).limit(1)
        )
        if last and last.origin == "studio" and _last_imported(session, kind, key) != digest(content):
            conflicts.append(f"{kind}/{key}")
        changed[kind, key] = content
    if conflicts:
        raise Conflict(conflicts)
    if not changed:
        return None
    for file in pack.pictures.values():
        files.put("lesson", file.read_bytes(), file.suffix)
    return publish(session, changed, origin="pack", note=note)


def _last_imported(session: Session, kind: str, key: str) -> str | None:
    return session.scalar(
        select(Version.digest)
        .where(Version.kind == kind, Version.key == key, Version.origin == "pack")
        .order_by(Version.release_id.desc())
        .limit(1)
    )
