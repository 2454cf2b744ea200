"""Publishing the table."""

from typing import Any

from sqlalchemy.orm import Session

from academy.catalog.actions import replace, take_turn
from academy.people.actions import audit
from academy.people.models import Person
from academy.tiers.benefits import BENEFITS


def publish_benefits(session: Session, staff: Person, content: dict[str, Any], version_id: str) -> bool:
    """Publish a new version; False if nothing differs. Raises `Overtaken`.

    `version_id` is that of the version which the form was filled with.
    """
    take_turn(session)
    release = replace(session, BENEFITS, content, version_id, staff.id)
    if release is None:
        return False
    audit(session, staff, "benefits.published", f"release/{release.id}")
    return True
