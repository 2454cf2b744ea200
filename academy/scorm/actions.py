"""Taking packages in, playing them, and recording what came of it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import BinaryIO

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from academy import clock
from academy.achievements import record
from academy.catalog.actions import digest, publish, take_turn
from academy.catalog.content import Catalog
from academy.catalog.models import Version
from academy.catalog.queries import published
from academy.files import FileRoom, named_in
from academy.files.archives import checked
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.scorm.manifest import Manifest, manifest_of
from academy.scorm.models import Part, Playthrough
from academy.scorm.pack import AREA, document
from academy.scorm.queries import latest
from academy.scorm.rules import (
    DONE,
    MOST_KEPT,
    NEW,
    SESSION,
    WRONG_TYPE,
    Told,
    Wrong,
    first,
    judged,
    over,
    played,
    score,
    total,
)
from academy.web.errors import Refused

ORPHANED = timedelta(days=1)
"""How long a file may wait for its package to be published."""


class NoPackage(Refused):
    """There is no such package."""

    status = 404


class Ended(Exception):
    """A token that says what is no longer so: the account, the playthrough or the launch is over."""


class Elsewhere(Ended):
    """The player was opened once more, in another window."""


# Taking in


def take(room: FileRoom, file: BinaryIO) -> tuple[str, int, Manifest]:
    """Check an upload and keep it: its name in the file room, its size, what it says of itself. Raises `Unfit`."""
    manifest = manifest_of(checked(file))
    return room.receive(AREA, file, ".zip"), file.seek(0, 2), manifest


def bring(
    session: Session, staff: Person, kept: tuple[str, int, Manifest], key: str | None, title: str, named: bool
) -> tuple[str, bool]:
    """Publish what was taken in as the next version of a package, or as a new one; its key, and whether that is news.

    Without a key, a package that says the same of itself as one that is there is a version of that one.
    """
    file, size, manifest = kept
    take_turn(session)
    catalog = published(session)
    key = key or _same(catalog, manifest) or _new_key(catalog, manifest)
    now = catalog.documents.get(("package", key))
    shown = dict(now.content["title"]) if now and not title else {"zh": title or manifest.title}
    content = document(key, shown, named, file, size, manifest)
    if now and digest(now.content) == digest(content):
        return key, False
    publish(session, {("package", key): content}, origin="studio", by_id=staff.id)
    audit(session, staff, "package.published", f"package/{key}")
    return key, True


def rename(session: Session, staff: Person, key: str, title: Mapping[str, str], named: bool) -> None:
    """Change what a package is called, and whether it learns names."""
    take_turn(session)
    now = published(session).documents["package", key].content
    content = {**now, "title": dict(title), "named": named}
    if digest(now) != digest(content):
        publish(session, {("package", key): content}, origin="studio", by_id=staff.id)
        audit(session, staff, "package.published", f"package/{key}")


def sweep(session: Session, room: FileRoom) -> None:
    """Forget the files of uploads that were never published."""
    rows = session.scalars(select(Version.content).where(Version.kind == "package", Version.content.is_not(None)))
    room.sweep(AREA, clock.now() - ORPHANED, named_in(list(rows)))


def _same(catalog: Catalog, manifest: Manifest) -> str | None:
    for (kind, key), held in catalog.documents.items():
        told = held.content.get("identifier"), held.content.get("title", {}).get("zh")
        if kind == "package" and manifest.identifier and told == (manifest.identifier, manifest.title):
            return key
    return None


def _new_key(catalog: Catalog, manifest: Manifest) -> str:
    """A key that says what it is where its title is in Latin letters, and that nobody has."""
    words = re.findall(r"[a-z0-9]+", manifest.title.lower()) or ["package"]
    stem, n = "-".join(words)[:50].strip("-"), 1
    key = stem
    while ("package", key) in catalog.documents:
        n += 1
        key = f"{stem}-{n}"
    return key


# Playing


def begin(session: Session, trainee_id: int, key: str, anew: bool = False) -> Playthrough:
    """The playthrough that she goes on with; a new one after one that she failed, or when she wants to begin anew."""
    lock(session, trainee_id)
    last = latest(session, trainee_id, key)
    if last and (last.finished_at is None or (last.completed_at and not anew)):
        return last
    held = published(session).documents.get(("package", key))
    if held is None:
        raise NoPackage(_("This package has been taken out."), (url_for("courses.map"), _("To the map")))
    now = clock.now()
    run = Playthrough(
        trainee_id=trainee_id,
        package=key,
        number=last.number + 1 if last else 1,
        version_id=held.version_id,
        started_at=now,
        at=now,
        parts=[
            Part(position=n, status=NEW, data=first(item))
            for n, item in enumerate(held.content["items"])
            if "href" in item
        ],
    )
    session.add(run)
    session.flush()
    return run


def launch(session: Session, trainee_id: int, epoch: int, id: int) -> Playthrough:
    """Open the player: from now on only this launch saves. Ends what a crash left open. Raises `Ended`."""
    run = _held(session, trainee_id, epoch, id)
    if run.finished_at:
        return run
    run.launch += 1
    run.saves = 0
    for part in run.parts:
        _close_session(part)
        part.session = 0
    _settle(session, run)
    return run


def save(session: Session, trainee_id: int, epoch: int, id: int, launch: int, told: Told | None) -> Playthrough:
    """Keep what a SCO told, and record what it came to; what was told before is not heard again.

    Raises `Ended`, and `Wrong` where it told more than we keep.
    """
    run = _held(session, trainee_id, epoch, id)
    if run.launch != launch:
        raise Elsewhere
    part = next((part for part in run.parts if told and part.position == told.position), None)
    if part is None or told is None or told.number <= run.saves or run.finished_at:
        return run
    if told.session != part.session:
        _close_session(part)
        part.session = told.session
    data = {**part.data, **told.data}
    if sum(map(len, data)) + sum(map(len, data.values())) > MOST_KEPT:
        raise Wrong("", WRONG_TYPE)
    part.data = data
    part.ended = told.ended
    part.status = judged(part.data, part.ended)
    run.saves, run.at = told.number, clock.now()
    _settle(session, run)
    return run


def score_of(run: Playthrough) -> int | None:
    """The score of a playthrough so far."""
    return total(score(part.data) for part in run.parts)


def _held(session: Session, trainee_id: int, epoch: int, id: int) -> Playthrough:
    lock(session, trainee_id)
    row = session.execute(
        select(Playthrough, Person)
        .join(Person, Person.id == Playthrough.trainee_id)
        .where(Playthrough.id == id, Person.id == trainee_id)
        .options(selectinload(Playthrough.parts))
        .execution_options(populate_existing=True)
    ).first()
    if row is None or row.Person.epoch != epoch or row.Person.removed_at:
        raise Ended
    found: Playthrough = row.Playthrough
    return found


def _close_session(part: Part) -> None:
    part.seconds = played(part.seconds, part.data)
    part.data = {element: value for element, value in part.data.items() if element != SESSION}
    part.ended = False


def _settle(session: Session, run: Playthrough) -> None:
    """Record that it is completed as soon as it is, and its score once it is over."""
    if run.completed_at is None and all(part.status in DONE for part in run.parts):
        run.completed_at = clock.now()
        record(session, run.trainee_id, "package.completed", run.package, value=run.number)
    # What is still on the screen may yet tell its score.
    playing = any(part.session and not part.ended for part in run.parts)
    if not playing and all(over(part.status, part.data, part.ended) for part in run.parts):
        run.finished_at = clock.now()
        if (points := score_of(run)) is not None:
            record(session, run.trainee_id, "package.finished", run.package, str(run.number), points)
