"""Reads of packages and of who has played them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from academy.catalog.content import Catalog
from academy.catalog.models import Release, Version
from academy.journal.models import Fact
from academy.people.models import Person
from academy.people.queries import scope
from academy.scorm.models import Playthrough


def latest(session: Session, trainee_id: int, package: str) -> Playthrough | None:
    """Her newest playthrough of a package, with its parts."""
    return session.scalar(
        select(Playthrough)
        .where(Playthrough.trainee_id == trainee_id, Playthrough.package == package)
        .order_by(Playthrough.number.desc())
        .limit(1)
        .options(selectinload(Playthrough.parts))
        .execution_options(populate_existing=True)
    )


def own(session: Session, trainee_id: int, id: int) -> Playthrough | None:
    """A playthrough of hers."""
    return session.scalar(select(Playthrough).where(Playthrough.id == id, Playthrough.trainee_id == trainee_id))


def content_of(session: Session, version_id: int) -> Mapping[str, Any] | None:
    """What a version of a package holds."""
    return session.scalar(select(Version.content).where(Version.id == version_id, Version.kind == "package"))


@dataclass(frozen=True)
class Issue:
    """A version of a package: its number from 1, when and by whom it was published, and how many began on it."""

    number: int
    version_id: int
    at: datetime
    by: str | None
    content: Mapping[str, Any]
    begun: int


def issues(session: Session, key: str) -> list[Issue]:
    """All versions of a package, the newest first; one statement."""
    begun = select(func.count()).where(Playthrough.version_id == Version.id).scalar_subquery()
    rows = session.execute(
        select(Version.id, Release.at, Person.name, Version.content, begun)
        .join(Release, Release.id == Version.release_id)
        .outerjoin(Person, Person.id == Release.by_id)
        .where(Version.kind == "package", Version.key == key, Version.content.is_not(None))
        .order_by(Version.id)
    )
    return [Issue(n, *row) for n, row in enumerate(rows, 1)][::-1]


def numbers(session: Session) -> dict[str, tuple[int, int, int]]:
    """How many versions each package has, how many people have begun it, and how many have completed it."""
    versions = select(Version.key, func.count()).where(Version.kind == "package").group_by(Version.key)
    played = select(
        Playthrough.package,
        func.count(Playthrough.trainee_id.distinct()),
        func.count(Playthrough.trainee_id.distinct()).filter(Playthrough.completed_at.is_not(None)),
    ).group_by(Playthrough.package)
    people = {key: (begun, done) for key, begun, done in session.execute(played)}
    return {key: (number, *people.get(key, (0, 0))) for key, number in session.execute(versions)}


def where_held(catalog: Catalog) -> dict[str, list[str]]:
    """The lessons that hold each package."""
    found: dict[str, list[str]] = {}
    for lesson in catalog.lessons.values():
        for key in lesson.packages:
            found.setdefault(key, []).append(lesson.key)
    return found


@dataclass(frozen=True)
class Played:
    """A trainee's newest playthrough, and the score of her best one that was finished."""

    trainee: Person
    run: Playthrough
    best: int | None


def players(session: Session, staff: Person, key: str, limit: int, offset: int) -> list[Played]:
    """Those of a member of staff's trainees who have begun a package, the latest first."""
    newest = select(func.max(Playthrough.id)).where(Playthrough.package == key).group_by(Playthrough.trainee_id)
    best = select(func.max(Fact.value)).where(
        Fact.trainee_id == Person.id, Fact.kind == "package.finished", Fact.topic == key
    )
    rows = session.execute(
        _of(staff, key)
        .where(Playthrough.id.in_(newest))
        .with_only_columns(Person, Playthrough, best.correlate(Person).scalar_subquery())
        .options(selectinload(Playthrough.parts))
        .order_by(Playthrough.at.desc(), Playthrough.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Played(*row) for row in rows]


def number_of_players(session: Session, staff: Person, key: str) -> int:
    """How many those are."""
    of = _of(staff, key).with_only_columns(func.count(Playthrough.trainee_id.distinct()))
    return session.scalar(of) or 0


def _of(staff: Person, key: str) -> Any:
    return scope(staff).join(Playthrough, Playthrough.trainee_id == Person.id).where(Playthrough.package == key)
