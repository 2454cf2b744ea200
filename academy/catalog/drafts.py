"""Documents as they are being edited: kept between visits, and never overwritten unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Catalog
from academy.catalog.models import Draft, Snapshot
from academy.db import insert
from academy.people.models import Person

Name = tuple[str, str]


class Redrafted(Exception):
    """Somebody else has saved, published or discarded the draft since the form was opened."""

    def __init__(self, theirs: Draft) -> None:
        super().__init__(theirs.revision)
        self.theirs = theirs


def open_drafts(session: Session, catalog: Catalog, *names: Name) -> dict[Name, Draft]:
    """Some published documents as they are edited now: their drafts, or what is published; one statement.

    A draft that was published or discarded holds nothing; its row stays, so that revisions never count from one again.
    """
    rows = session.scalars(
        select(Draft).where(tuple_(Draft.kind, Draft.key).in_(names)).execution_options(populate_existing=True)
    )
    found = {(draft.kind, draft.key): draft for draft in rows}
    return {name: _opened(catalog, name, found.get(name)) for name in names}


def _opened(catalog: Catalog, name: Name, draft: Draft | None) -> Draft:
    if draft and draft.content:
        return draft
    return Draft(
        kind=name[0],
        key=name[1],
        version_id=catalog.version_id(*name),
        revision=draft.revision if draft else 0,
        content=dict(catalog.one(*name)),
    )


def save(
    session: Session, staff: Person, name: Name, content: Mapping[str, Any], revision: int, version: int | None
) -> None:
    """Keep a document as somebody has edited it; raises `Redrafted` unless `revision` is the one that she edited.

    `version` is the published version that the editing began from, if there was one.
    """
    values = {"version_id": version, "by_id": staff.id, "at": clock.now(), "content": dict(content)}
    if revision == 0:
        row = insert(session, Draft).values(kind=name[0], key=name[1], revision=1, **values)
        kept = session.execute(row.on_conflict_do_nothing().returning(Draft.kind)).first()
    else:
        mine = (Draft.kind == name[0], Draft.key == name[1], Draft.revision == revision)
        row = update(Draft).where(*mine).values(revision=revision + 1, **values).returning(Draft.kind)
        kept = session.execute(row.execution_options(synchronize_session=False)).first()
    if kept is None:
        now = session.get(Draft, name, populate_existing=True)
        raise Redrafted(now or Draft(kind=name[0], key=name[1], revision=0, content={}))
    del values["version_id"]
    session.add(Snapshot(kind=name[0], key=name[1], revision=revision + 1, **values))


def discard(session: Session, staff: Person, name: Name, revision: int, version: int | None) -> None:
    """Forget a draft, or close it once it is published. Raises `Redrafted`."""
    save(session, staff, name, {}, revision, version)


@dataclass(frozen=True)
class Save:
    """One save of a draft: by whom and when, and whether it ended there, published or discarded."""

    revision: int
    at: datetime
    by: str | None
    ended: bool


def saves(session: Session, name: Name, most: int = 50) -> list[Save]:
    """The last saves of a document, the newest first; one statement."""
    rows = session.execute(
        select(Snapshot.revision, Snapshot.at, Person.name, Snapshot.content)
        .join(Person, Person.id == Snapshot.by_id)
        .where(Snapshot.kind == name[0], Snapshot.key == name[1])
        .order_by(Snapshot.revision.desc())
        .limit(most)
    )
    return [Save(revision, at, by, not content) for revision, at, by, content in rows]


def saved(session: Session, name: Name, revision: int) -> dict[str, Any] | None:
    """A document as a save left it; None if that ended the draft, or was too long ago."""
    snapshot = session.get(Snapshot, (*name, revision))
    return snapshot.content or None if snapshot else None


def forget(session: Session, before: datetime) -> None:
    """Forget the saves from before an instant, but for those that drafts are now."""
    now = select(Draft.kind).where(
        Draft.kind == Snapshot.kind, Draft.key == Snapshot.key, Draft.revision == Snapshot.revision
    )
    session.execute(delete(Snapshot).where(Snapshot.at < before, ~now.exists()))
