"""Reads of the table in all its versions."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.catalog.models import Release, Version
from academy.people.models import Person
from academy.tiers.benefits import BENEFITS, Benefits, Issue

_ours = Version.kind == BENEFITS[0], Version.key == BENEFITS[1], Version.content.is_not(None)


def issues(session: Session) -> list[Issue]:
    """All that was published, oldest first."""
    rows = session.execute(
        select(Version.id, Release.at, Person.name, Version.content)
        .select_from(Version)
        .join(Release, Release.id == Version.release_id)
        .outerjoin(Person, Person.id == Release.by_id)
        .where(*_ours)
        .order_by(Version.release_id)
    )
    return [Issue(id, at, by, Benefits.of(content)) for id, at, by, content in rows]


def content(session: Session, version_id: int) -> dict[str, Any] | None:
    """What one version says; None if there is no such version."""
    return session.scalar(select(Version.content).where(*_ours, Version.id == version_id))
