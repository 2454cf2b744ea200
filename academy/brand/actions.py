"""Dressing the academy."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from academy.catalog.actions import digest, publish, take_turn
from academy.catalog.content import Document
from academy.catalog.queries import published
from academy.people.actions import audit
from academy.people.models import Person

BRAND = ("brand", "academy")


class Overtaken(Exception):
    """Somebody else has published another appearance since the form was opened."""

    def __init__(self, theirs: Document) -> None:
        super().__init__(theirs.version_id)
        self.theirs = theirs


def dress(session: Session, staff: Person, looks: Mapping[str, Any], version_id: str) -> bool:
    """Publish a new appearance; a look that is None is taken off. False if nothing differs. Raises `Overtaken`.

    `version_id` is that of the appearance which the form was filled with.
    """
    take_turn(session)
    now = published(session).documents[BRAND]
    content = {name: look for name, look in {**now.content, **looks}.items() if look is not None}
    if digest(content) == digest(now.content):
        return False
    if str(now.version_id) != version_id:
        raise Overtaken(now)
    release = publish(session, {BRAND: content}, origin="studio", by_id=staff.id)
    audit(session, staff, "brand.dressed", f"release/{release.id}")
    return True
