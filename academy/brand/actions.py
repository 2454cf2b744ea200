"""Dressing the academy."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from academy.catalog.actions import replace, take_turn
from academy.catalog.queries import published
from academy.people.actions import audit
from academy.people.models import Person

BRAND = ("brand", "academy")


def dress(session: Session, staff: Person, looks: Mapping[str, Any], version_id: str) -> bool:
    """Publish a new appearance; a look that is None is taken off. False if nothing differs. Raises `Overtaken`.

    `version_id` is that of the appearance which the form was filled with.
    """
    take_turn(session)
    now = published(session).documents[BRAND]
    content = {name: look for name, look in {**now.content, **looks}.items() if look is not None}
    release = replace(session, BRAND, content, version_id, staff.id)
    if release is None:
        return False
    audit(session, staff, "brand.dressed", f"release/{release.id}")
    return True
