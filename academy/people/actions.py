"""Writes about people: seats, moves between cohorts, the audit trail."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.db import insert
from academy.jobs.actions import ask
from academy.people.models import Audit, Cohort, Membership, Person, Waiting
from academy.people.rules import ENDED, TIER
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


def take_turn(session: Session) -> None:
    """Make whoever else moves somebody between cohorts, or takes what is counted, wait; comes after the locks of all
    people concerned.

    A move touches two cohorts, and one unit of work may move many people: two that move them in opposite directions
    would wait for each other for ever.
    """
    session.execute(select(Cohort.id).order_by(Cohort.id).limit(1).with_for_update(key_share=True))


def take_seat(session: Session, cohort_id: int) -> bool:
    """Take one seat if one is left; the database counts, not we."""
    taken = session.execute(
        update(Cohort)
        .where(Cohort.id == cohort_id, Cohort.taken < Cohort.capacity, Cohort.takes)
        .values(taken=Cohort.taken + 1)
        .returning(Cohort.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def leave_cohort(session: Session, trainee_id: int) -> None:
    """End a trainee's time in her cohort and give her seat back, to whoever waits longest."""
    take_turn(session)
    left = session.execute(
        update(Membership)
        .where(Membership.trainee_id == trainee_id, Membership.until.is_(None))
        .values(until=clock.now())
        .returning(Membership.cohort_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if left is not None:
        tier = session.execute(
            update(Cohort)
            .where(Cohort.id == left)
            .values(taken=Cohort.taken - 1)
            .returning(Cohort.tier)
            .execution_options(synchronize_session=False)
        ).scalar_one()
        offer_seats(session, tier)


def enter_cohort(session: Session, trainee_id: int, cohort: Cohort) -> bool:
    """Move a trainee into a cohort; False, and nothing has happened, if it takes nobody or has no seat."""
    take_turn(session)
    if not take_seat(session, cohort.id):
        return False
    leave_cohort(session, trainee_id)
    session.add(Membership(trainee_id=trainee_id, cohort_id=cohort.id, since=clock.now()))
    _wait_no_more(session, trainee_id)
    session.flush()
    return True


def join_cohort(session: Session, trainee_id: int, cohort: Cohort) -> bool:
    """Move a trainee into a cohort; False and a place on the waiting list of its tier if that can't be."""
    if enter_cohort(session, trainee_id, cohort):
        return True
    wait_for(session, trainee_id, cohort.tier)
    return False


def wait_for(session: Session, trainee_id: int, tier: str) -> None:
    """Put a trainee on the waiting list of a tier; who waits for it already keeps her place."""
    row = insert(session, Waiting).values(trainee_id=trainee_id, tier=tier, since=clock.now())
    session.execute(
        row.on_conflict_do_update(
            index_elements=["trainee_id"],
            set_={"tier": tier, "since": row.excluded.since},
            where=Waiting.tier != tier,
        )
    )


def _wait_no_more(session: Session, trainee_id: int) -> None:
    session.execute(delete(Waiting).where(Waiting.trainee_id == trainee_id))


def place(session: Session, trainee_id: int, tier: str) -> Cohort | None:
    """Find a seat in a class of a tier that takes newcomers, the fullest first.

    Whoever is in a running class of that tier stays there. None puts her on the waiting list, also where others have
    waited longer for what has just become free.
    """
    take_turn(session)
    here = select(Cohort).join(Membership).where(Membership.trainee_id == trainee_id, Membership.until.is_(None))
    stays = session.scalar(here.where(Cohort.kind == TIER, Cohort.tier == tier, Cohort.phase != ENDED))
    if stays:
        _wait_no_more(session, trainee_id)
        return stays
    longer = select(Waiting.trainee_id).where(Waiting.tier == tier, Waiting.trainee_id != trainee_id).limit(1)
    found = None if session.scalar(longer) else _seat(session, trainee_id, tier)
    if found is None:
        wait_for(session, trainee_id, tier)
        offer_seats(session, tier)
    return found


def _free(tier: str) -> Select[Cohort]:
    return select(Cohort).where(Cohort.kind == TIER, Cohort.tier == tier, Cohort.takes, Cohort.taken < Cohort.capacity)


def _seat(session: Session, trainee_id: int, tier: str) -> Cohort | None:
    """The class of a tier with the fewest free seats, with one less."""
    fullest = _free(tier).order_by(Cohort.capacity - Cohort.taken, Cohort.id).limit(1)
    cohort = session.scalar(fullest.execution_options(populate_existing=True))
    return cohort if cohort and enter_cohort(session, trainee_id, cohort) else None


SEATS = "seats"
"""The job that gives free seats to those who wait."""


def offer_seats(session: Session, tier: str) -> None:
    """Ask for the free seats of a tier to be given to those who wait for it, if there are such.

    That is a unit of work of its own: it locks them, and we hold the turn, for which one of them may be waiting.
    """
    if session.scalar(select(_free(tier).exists() & exists().where(Waiting.tier == tier))):
        ask(session, SEATS)


def waited_for(session: Session) -> list[str]:
    """The tiers for which somebody waits."""
    return list(session.scalars(select(Waiting.tier).distinct().order_by(Waiting.tier)))


AT_ONCE = 200
"""How many sit down in one unit of work."""


def seat_waiting(session: Session, tier: str) -> list[int]:
    """Give the free seats of a tier's classes to those who wait for it, the longest first; who sat down."""
    free = session.scalar(_free(tier).with_only_columns(func.sum(Cohort.capacity - Cohort.taken))) or 0
    longest = (
        select(Waiting.trainee_id)
        .where(Waiting.tier == tier)
        .order_by(Waiting.since, Waiting.trainee_id)
        .limit(min(free, AT_ONCE))
    )
    held = set(lock_all(session, list(session.scalars(longest))))
    take_turn(session)
    # Some may have been seated, or have left, while we waited for them.
    return [one for one in session.scalars(longest).all() if one in held and _seat(session, one, tier)]
