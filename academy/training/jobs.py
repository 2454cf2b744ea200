"""What becomes of a session once it is over."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock
from academy.db import db
from academy.jobs.work import Held
from academy.people.actions import Erased
from academy.training.actions import end_forgotten, settle
from academy.training.models import Live, Presence
from academy.training.rules import FORGOTTEN


def attendance(job: Held) -> None:
    """Make facts of who was at one session, or at all that are over by now.

    One unit of work each: whoever learns at this moment comes before or after it.
    """
    with job.step() as session:
        end_forgotten(session, clock.now() - FORGOTTEN)
    for live_id in _over(db.session(), job.args.get("live")):
        for trainee_id in _present(db.session(), live_id):
            _settle(job, live_id, trainee_id)
        with job.step() as session:
            session.get_one(Live, live_id).settled = True


def _over(session: Session, only: int | None) -> list[int]:
    wanted = select(Live).where(Live.settled.is_(False), *([Live.id == only] if only else []))
    found = [live.id for live in session.scalars(wanted.order_by(Live.id)) if live.ends and live.ends <= clock.now()]
    session.rollback()
    return found


def _present(session: Session, live_id: int) -> list[int]:
    rows = select(Presence.trainee_id).where(Presence.live_id == live_id).order_by(Presence.trainee_id)
    found = list(session.scalars(rows))
    session.rollback()
    return found


def _settle(job: Held, live_id: int, trainee_id: int) -> None:
    try:
        with job.step() as session:
            settle(session, session.get_one(Live, live_id, populate_existing=True), trainee_id)
    except Erased:
        # She left while the others were counted.
        return
