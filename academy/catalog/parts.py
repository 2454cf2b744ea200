"""Parts of one published document: each is edited as a draft of its own, and published with the others as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.catalog import drafts
from academy.catalog.actions import Overtaken, digest, publish, take_turn
from academy.catalog.content import Catalog
from academy.catalog.drafts import Redrafted
from academy.catalog.models import Draft, Release, Version
from academy.catalog.queries import published
from academy.people.models import Person

Part = Mapping[str, Any]


@dataclass(frozen=True)
class Edited:
    """A part as somebody edits it, the revision of its draft, and the version of the document that it began from."""

    part: Part
    revision: int
    version: int | None
    at: datetime | None = None
    by_id: int | None = None

    @property
    def key(self) -> str:
        return str(self.part["key"])


@dataclass(frozen=True)
class Issue:
    """A part as a release published it, which differs from what was published before."""

    release: int
    at: datetime
    by: str | None
    part: Part


@dataclass(frozen=True)
class Parts:
    """The parts of the document `name`, which holds them in a list called like its kind; their drafts are of `kind`."""

    kind: str
    name: tuple[str, str]

    def all(self, catalog: Catalog) -> list[Part]:
        """All that are published, in their order."""
        return list(catalog.one(*self.name)[self.name[0]])

    def one(self, catalog: Catalog, key: str) -> Part | None:
        """A published one."""
        return next((part for part in self.all(catalog) if part["key"] == key), None)

    def put(self, catalog: Catalog, part: Part) -> dict[str, Any]:
        """The document with a part in its place, a new one at the end."""
        there = self.all(catalog)
        known = any(one["key"] == part["key"] for one in there)
        parts = [part if one["key"] == part["key"] else one for one in there]
        return {**catalog.one(*self.name), self.name[0]: parts if known else [*parts, part]}

    def sketches(self, session: Session) -> dict[str, Draft]:
        """All drafts that hold something, by key; one statement."""
        rows = session.scalars(select(Draft).where(Draft.kind == self.kind).order_by(Draft.key))
        return {draft.key: draft for draft in rows if draft.content}

    def opened(self, session: Session, catalog: Catalog, key: str) -> Edited | None:
        """A part as it is being edited now; None if there is none. One statement."""
        draft = session.get(Draft, (self.kind, key), populate_existing=True)
        if draft and draft.content:
            return Edited(draft.content, draft.revision, draft.version_id, draft.at, draft.by_id)
        part = self.one(catalog, key)
        if part is None:
            return None
        return Edited(part, draft.revision if draft else 0, catalog.version_id(*self.name))

    def save(self, session: Session, staff: Person, edited: Edited) -> int:
        """Keep what somebody has made of a part; its revision then. Raises `Redrafted`.

        What is as it is published needs no draft.
        """
        catalog = published(session)
        now = self.opened(session, catalog, edited.key)
        if now and (now.revision, now.part, now.version) == (edited.revision, edited.part, edited.version):
            return now.revision
        content = {} if edited.part == self.one(catalog, edited.key) else edited.part
        drafts.save(session, staff, (self.kind, edited.key), content, edited.revision, edited.version)
        return edited.revision + 1

    def discard(self, session: Session, staff: Person, edited: Edited) -> None:
        """Forget what was being edited. Raises `Redrafted`."""
        version = published(session).version_id(*self.name)
        drafts.discard(session, staff, (self.kind, edited.key), edited.revision, version)

    def ready(self, session: Session, key: str, revision: int) -> tuple[Catalog, Edited]:
        """What is published now and the draft that is to be; nobody else publishes until this is committed.

        Raises `Redrafted` if it isn't the draft that was looked at, `Overtaken` if somebody has published this part
        meanwhile.
        """
        take_turn(session)
        catalog = published(session)
        edited = self.opened(session, catalog, key)
        if edited is None or edited.revision != revision:
            raise Redrafted(session.get_one(Draft, (self.kind, key)))
        now = self.one(catalog, key)
        if now and now != edited.part and edited.version != catalog.version_id(*self.name):
            began = session.get_one(Version, edited.version).content or {self.name[0]: []}
            if now not in began[self.name[0]]:
                raise Overtaken(catalog.documents[self.name])
        return catalog, edited

    def release(self, session: Session, staff: Person, catalog: Catalog, edited: Edited) -> Release | None:
        """Publish what is `ready`; None if nothing differs."""
        if edited.part == self.one(catalog, edited.key):
            return None
        done = publish(session, {self.name: self.put(catalog, edited.part)}, origin="studio", by_id=staff.id)
        self.discard(session, staff, edited)
        return done

    def withdraw(self, session: Session, staff: Person, catalog: Catalog, edited: Edited) -> None:
        """Publish the document without a part, and forget its draft; comes after `ready`."""
        if self.one(catalog, edited.key):
            rest = [part for part in self.all(catalog) if part["key"] != edited.key]
            content = {**catalog.one(*self.name), self.name[0]: rest}
            publish(session, {self.name: content}, origin="studio", by_id=staff.id)
        if edited.at:
            self.discard(session, staff, edited)

    def issues(self, session: Session, key: str | None = None) -> list[Issue]:
        """The versions of one part, or of all, the newest first; one statement."""
        rows = session.execute(
            select(Release.id, Release.at, Person.name, Version.content)
            .join(Version, Version.release_id == Release.id)
            .outerjoin(Person, Person.id == Release.by_id)
            .where(Version.kind == self.name[0], Version.key == self.name[1])
            .order_by(Release.id)
        )
        last: dict[str, str] = {}
        found: list[Issue] = []
        for id, at, by, content in rows:
            for part in (content or {}).get(self.name[0], ()):
                if key in (None, part["key"]) and last.get(part["key"]) != (mark := digest(part)):
                    last[part["key"]] = mark
                    found.append(Issue(id, at, by, part))
        return found[::-1]
