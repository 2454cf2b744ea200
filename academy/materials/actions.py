"""Taking."""

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.catalog.queries import published
from academy.materials.rules import materials
from academy.web.errors import Refused


class Withdrawn(Refused):
    """It may not be posted any more."""

    status = 410
    title = _("This material was withdrawn")

    def __init__(self) -> None:
        super().__init__(_("Please do not use it any more."), (url_for("materials.index"), _("To the materials")))


def take(session: Session, trainee_id: int, key: str) -> None:
    """Put on record that she took a material as it is published now; once a version. Raises `Withdrawn`."""
    catalog = published(session)
    if key not in materials(catalog):
        raise Withdrawn
    record(session, trainee_id, "material.taken", key, str(catalog.version_id("material", key)))
