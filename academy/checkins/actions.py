"""Checking in."""

from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.checkins.rules import MILESTONES
from academy.journal.queries import days
from academy.journal.runs import current


def check_in(session: Session, trainee_id: int) -> Outcome:
    """Check in for the brand's day; empty if she has done so already."""
    today = clock.today()
    outcome = record(session, trainee_id, "checkin.done", occurrence=today.isoformat())
    if not outcome:
        return outcome
    run = current(days(session, trainee_id, "checkin.done"), today)
    assert run, "today's check-in is part of a run"
    for length in MILESTONES:
        if run.length >= length:
            outcome += record(session, trainee_id, "streak.reached", str(length), run.start.isoformat(), length)
    return outcome
