"""Reads of what was taken."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.journal.models import TAKEN, Fact


def taken_on(session: Session, trainee_id: int, key: str) -> date | None:
    """The day on which a trainee last took a material, in any of its versions."""
    return session.scalar(
        select(func.max(Fact.day)).where(
            Fact.trainee_id == trainee_id, Fact.kind == "material.taken", Fact.topic == key
        )
    )


def takers(session: Session, key: str) -> int:
    """How many trainees have taken a material."""
    taken = select(func.count(Fact.trainee_id.distinct())).where(TAKEN, Fact.topic == key)
    return session.scalar(taken) or 0
