"""Reads of what the academy wears, and of who dressed it so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.catalog.models import Release, Version
from academy.catalog.queries import on_page
from academy.people.models import Person

NOBODY = {
    "name": "KOC",
    "academy": {"zh": "学堂", "en": "Academy"},
    "company": "",
    "colour": "#c4305d",
    "hotline": "",
}
"""The brand of an academy into which no content was imported yet."""


def worn() -> Mapping[str, Any]:
    """The brand of this request's academy."""
    catalog = on_page()
    return catalog.one("brand") if catalog.release else NOBODY


def published_by(session: Session, version_id: int) -> tuple[datetime, str | None]:
    """When a version was published, and by whom; None where it came in a pack."""
    at, name = session.execute(
        select(Release.at, Person.name)
        .select_from(Version)
        .join(Release, Release.id == Version.release_id)
        .join(Person, Person.id == Release.by_id, isouter=True)
        .where(Version.id == version_id)
    ).one()
    return at, name
