"""What is done without anybody's waiting for it: pictures of forms that were never sent are forgotten."""

from datetime import timedelta

from sqlalchemy import select

from academy import clock
from academy.db import db
from academy.practice.models import Picture
from academy.practice.pictures import AREA, room

KEPT = timedelta(days=2)
"""How long a picture lies ready for a form that may still be sent."""


def sweep() -> None:
    """Remove pictures that no hand-in shows."""
    session = db.session()
    shown = set(session.scalars(select(Picture.file).distinct()))
    session.rollback()
    room().sweep(AREA, clock.now() - KEPT, shown)
