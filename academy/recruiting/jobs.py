"""What the night does here. Each piece may be stopped at any point and run again."""

from datetime import date

from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person
from academy.recruiting import actions
from academy.recruiting.queries import BATCH, overdue
from academy.tiers.rules import External, ladder


def forget_candidates() -> int:
    """Delete what is kept of candidates who did not join, 90 days after; how many applications."""
    with db.writing() as session:
        return actions.forget(session, clock.today())


def remove_overdue() -> int:
    """Remove the trainees from outside whose time for the assessment is over; how many.

    One transaction each: whoever passes the assessment at this moment comes before or after it, and a seat given back
    holds up nobody.
    """
    entry, today = ladder(published(db.session())).external, clock.today()
    if entry is None:
        return 0
    removed, last = 0, 0
    while ids := _overdue(db.session(), entry, today, last):
        for trainee_id in ids:
            with db.writing() as session:
                removed += actions.remove(session, trainee_id, entry, today)
        last = ids[-1]
    return removed


def _overdue(session: Session, entry: External, today: date, last: int) -> list[int]:
    """The next of them, by their numbers."""
    wanted = overdue(entry, today).where(Person.id > last).order_by(Person.id).limit(BATCH)
    found = list(session.scalars(wanted))
    session.rollback()
    return found
