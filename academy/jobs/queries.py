"""Reads of work."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.jobs.models import Job

LAST = 5


def latest(session: Session, name: str) -> list[Job]:
    """The last jobs of a name that were asked for, newest first."""
    return list(session.scalars(select(Job).where(Job.name == name).order_by(Job.id.desc()).limit(LAST)))
