"""Writes about people: seats, moves between cohorts, the audit trail."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.db import insert
from academy.people.models import Audit, Cohort, Membership, Person, Waiting
from academy.web.errors import Refused


class Erased(Refused):
    """She has deleted her account; whatever was to be written about her is not."""

    status = 410
    title = _("This account has been deleted")

    def __init__(self, link: tuple[str, Any] | None = None) -> None:
        super().__init__(_("Its owner has left, and her data with her. Nothing was changed."), link)


def lock(session: Session, person_id: int) -> None:
    """Make others wait who would write this person's account or game; the first thing that `record` does.

    Without it, two tabs that meet the last two conditions at once would both see one missing. Raises `Erased` if her
    account was deleted while we waited.
    """
    held = session.execute(select(Person.erased_at).where(Person.id == person_id).with_for_update()).first()
    if held is None or held.erased_at:
        raise Erased


def lock_all(session: Session, people: Sequence[int]) -> list[int]:
    """Lock several people in the order of their numbers, before anything else; the living among them."""
    living = select(Person.id).where(Person.id.in_(people), Person.erased_at.is_(None))
    return list(session.scalars(living.order_by(Person.id).with_for_update()))


def audit(session: Session, staff: Person, action: str, subject: str) -> None:
    """Put a staff action on record."""
    session.add(Audit(at=clock.now(), staff_id=staff.id, action=action, subject=subject))


def take_seat(session: Session, cohort_id: int) -> bool:
    """Take one seat if one is left; the database counts, not we."""
    taken = session.execute(
        update(Cohort)
        .where(Cohort.id == cohort_id, Cohort.taken < Cohort.capacity, Cohort.open)
        .values(taken=Cohort.taken + 1)
        .returning(Cohort.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def leave_cohort(session: Session, trainee_id: int) -> None:
    """End a trainee's time in her cohort and give her seat back."""
    left = session.execute(
        update(Membership)
        .where(Membership.trainee_id == trainee_id, Membership.until.is_(None))
        .values(until=clock.now())
        .returning(Membership.cohort_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if left is not None:
        session.execute(
            update(Cohort)
            .where(Cohort.id == left)
            .values(taken=Cohort.taken - 1)
            .execution_options(synchronize_session=False)
        )


def join_cohort(session: Session, trainee_id: int, cohort: Cohort) -> bool:
    """Move a trainee into a cohort; False and a place on the waiting list if it is full or closed."""
    if not take_seat(session, cohort.id):
        wait_for(session, trainee_id, cohort.tier)
        return False
    leave_cohort(session, trainee_id)
    session.add(Membership(trainee_id=trainee_id, cohort_id=cohort.id, since=clock.now()))
    waiting = session.get(Waiting, trainee_id)
    if waiting:
        session.delete(waiting)
    session.flush()
    return True


def wait_for(session: Session, trainee_id: int, tier: str) -> None:
    """Put a trainee on the waiting list of a tier."""
    row = insert(session, Waiting).values(trainee_id=trainee_id, tier=tier, since=clock.now())
    session.execute(row.on_conflict_do_update(index_elements=["trainee_id"], set_={"tier": tier}))


def place(session: Session, trainee_id: int, tier: str) -> Cohort | None:
    """Find a seat in an open cohort of a tier, the fullest first; None puts her on the waiting list."""
    candidates = session.scalars(
        select(Cohort)
        .where(Cohort.tier == tier, Cohort.open, Cohort.taken < Cohort.capacity)
        .order_by((Cohort.capacity - Cohort.taken), Cohort.id)
        .limit(5)
    ).all()
    for cohort in candidates:
        if join_cohort(session, trainee_id, cohort):
            return cohort
    wait_for(session, trainee_id, tier)
    return None


def seat_waiting(session: Session, cohort_id: int) -> int:
    """Give the free seats of an open cohort to those who wait for its tier, the longest first; how many sat down.

    Trainees are locked before their cohort, as by everything that they do themselves.
    """
    cohort = session.get_one(Cohort, cohort_id, populate_existing=True)
    free = cohort.capacity - cohort.taken if cohort.open else 0
    longest = select(Waiting.trainee_id).where(Waiting.tier == cohort.tier).order_by(Waiting.since, Waiting.trainee_id)
    waiting = list(session.scalars(longest.limit(max(free, 0))))
    for trainee_id in sorted(waiting):
        session.execute(select(Person.id).where(Person.id == trainee_id).with_for_update())
    still = set(session.scalars(select(Waiting.trainee_id).where(Waiting.trainee_id.in_(waiting))))
    return sum(join_cohort(session, trainee_id, cohort) for trainee_id in waiting if trainee_id in still)
