"""What the studio edits: what is published, with the drafts over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from academy.catalog.actions import digest
from academy.catalog.content import Catalog, Document, Quiz
from academy.catalog.models import Draft, Release, Version
from academy.jobs.models import Job
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from academy.people.rules import TRAINEE
from academy.studio.rules import ASSESSMENT, COURSE, EDITED, PUBLISH, Content, Name, names_in


@dataclass(frozen=True)
class Edited:
    """A document as it is being edited: the revision of its draft, and the published version that it began from."""

    name: Name
    content: Content
    revision: int
    version: int | None
    at: datetime | None = None
    by_id: int | None = None

    @property
    def key(self) -> str:
        return self.name[1]


@dataclass(frozen=True, eq=False)
class Sketch:
    """What is published, with all drafts over it."""

    published: Catalog
    rows: Mapping[Name, Draft]

    @cached_property
    def drafts(self) -> Mapping[Name, Draft]:
        """The drafts that hold something."""
        return {name: draft for name, draft in self.rows.items() if draft.content}

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog as it would be if all were published."""
        changed = {name: Document(draft.version_id or 0, draft.content) for name, draft in self.drafts.items()}
        return Catalog(self.published.release, {**self.published.documents, **changed})

    def opened(self, name: Name) -> Edited | None:
        """A document as it is edited now; None if there is none."""
        draft, there = self.rows.get(name), self.published.documents.get(name)
        if draft and draft.content:
            return Edited(name, draft.content, draft.revision, draft.version_id, draft.at, draft.by_id)
        if there is None:
            return None
        return Edited(name, there.content, draft.revision if draft else 0, there.version_id)

    @cached_property
    def outlines(self) -> list[Content]:
        """All courses in their order, as they are edited now."""
        found = (document.content for (kind, _key), document in self.catalog.documents.items() if kind == COURSE)
        return sorted(found, key=lambda course: (course["order"], course["key"]))

    def outline_of(self, key: str) -> Content | None:
        """The course of this key, or that holds the stage, lesson or quiz of this key."""
        for course in self.outlines:
            named = {key for _kind, key in names_in(course)} | {stage["key"] for stage in course["stages"]}
            if key in named:
                return course
        return None

    def is_changed(self, name: Name) -> bool:
        """Whether a document is being edited, and differs from what is published of it."""
        return name in self.drafts and self.is_other(name, self.drafts[name].content)

    def is_other(self, name: Name, content: Content) -> bool:
        """Whether a content differs from what is published under a name."""
        there = self.published.documents.get(name)
        return there is None or digest(there.content) != digest(content)

    def is_overtaken(self, name: Name) -> bool:
        """Whether somebody has published another version of a document since its draft began."""
        there = self.published.documents.get(name)
        return name in self.drafts and self.drafts[name].version_id != (there.version_id if there else None)

    def changed(self, key: str) -> list[Name]:
        """The documents of a course, or the assessment, that differ from what is published, in their order."""
        if (ASSESSMENT, key) in self.catalog.documents:
            return [(ASSESSMENT, key)] if self.is_changed((ASSESSMENT, key)) else []
        course = self.catalog.documents[COURSE, key].content
        return [name for name in names_in(course, self.catalog.documents) if self.is_changed(name)]


def sketch(session: Session, catalog: Catalog) -> Sketch:
    """All drafts over what is published; one statement."""
    rows = session.scalars(select(Draft).where(Draft.kind.in_(EDITED)).execution_options(populate_existing=True))
    return Sketch(catalog, {(draft.kind, draft.key): draft for draft in rows})


def one(session: Session, catalog: Catalog, name: Name) -> Edited | None:
    """A document as it is edited now; one statement."""
    draft = session.get(Draft, name, populate_existing=True)
    return Sketch(catalog, {name: draft} if draft else {}).opened(name)


def asking(session: Session, update: Quiz) -> tuple[int, int]:
    """How many an update asks, and how many of these have passed it: one statement, one look at each trainee."""

    def has(kind: str, topic: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(Fact.trainee_id == Person.id, Fact.kind == kind, Fact.topic == topic, *more)

    passed = func.count().filter(has("update.passed", update.key))
    asked = has("lesson.completed", update.lesson or "", Fact.at < update.since)
    her = (Person.role == TRAINEE, Person.erased_at.is_(None))
    return session.execute(select(func.count(), passed).select_from(Person).where(*her, asked)).one()


@dataclass(frozen=True)
class Issue:
    """A document as a release published it; without content it was withdrawn."""

    version: int
    release: int
    at: datetime
    by: str | None
    note: str
    origin: str
    content: Content | None


def issues(session: Session, name: Name, most: int = 100) -> list[Issue]:
    """The published versions of a document, the newest first; one statement."""
    rows = session.execute(
        select(Version.id, Release.id, Release.at, Person.name, Release.note, Version.origin, Version.content)
        .join(Release, Release.id == Version.release_id)
        .outerjoin(Person, Person.id == Release.by_id)
        .where(Version.kind == name[0], Version.key == name[1])
        .order_by(Release.id.desc())
        .limit(most)
    )
    return [Issue(*row) for row in rows]


def learning(session: Session, catalog: Catalog, key: str) -> int:
    """How many trainees stand in the tier of a published course; an index knows, however many there are."""
    course = catalog.course.get(key)
    tier = select(func.count()).select_from(Standing).where(Standing.tier == (course.tier if course else ""))
    return session.scalar(tier) or 0


def scheduled(session: Session, key: str) -> list[Job]:
    """The releases of a course that wait for their time, the next first."""
    jobs = session.scalars(
        select(Job).where(Job.name == PUBLISH, Job.state.in_(("waiting", "failed"))).order_by(Job.due_at)
    )
    return [job for job in jobs if job.args["course"] == key]
