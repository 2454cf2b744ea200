"""Reads of hand-ins. A trainee's are reached only through her, staff's only through her scope."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from academy.journal.models import Fact
from academy.people.models import Cohort, Membership, Person
from academy.people.queries import cohorts_of, scope
from academy.practice.models import HandIn, Picture
from academy.practice.rules import ACCEPTED, RETURNED, WAITING

_WHOLE = (joinedload(HandIn.verdict), joinedload(HandIn.reviewer), selectinload(HandIn.pictures))


def latest(session: Session, trainee_id: int, practice: str) -> HandIn | None:
    """Her newest hand-in for a practice, which is the waiting one if one waits."""
    return session.scalar(
        select(HandIn)
        .options(*_WHOLE)
        .where(HandIn.trainee_id == trainee_id, HandIn.practice == practice)
        .order_by(HandIn.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def own(session: Session, trainee_id: int, hand_in_id: int) -> HandIn | None:
    """One hand-in of this trainee; somebody else's is not there."""
    return session.scalar(
        select(HandIn).options(*_WHOLE).where(HandIn.id == hand_in_id, HandIn.trainee_id == trainee_id)
    )


def in_scope(staff: Person) -> Select[HandIn]:
    """The hand-ins of the trainees whom a member of staff may see."""
    hers = scope(staff).with_only_columns(Person.id)
    return select(HandIn).select_from(HandIn).where(HandIn.trainee_id.in_(hers))


def seen(session: Session, staff: Person, hand_in_id: int) -> HandIn | None:
    """One hand-in that a member of staff may see, with its trainee."""
    return session.scalar(
        in_scope(staff)
        .options(*_WHOLE, joinedload(HandIn.trainee))
        .where(HandIn.id == hand_in_id)
        .execution_options(populate_existing=True)
    )


def of_erased(session: Session, staff: Person, hand_in_id: int) -> bool:
    """Whether a hand-in is that of somebody who has deleted her account since, in a cohort that this staff may see."""
    theirs = (
        select(Membership.trainee_id)
        .join(Person, Person.id == Membership.trainee_id)
        .where(Person.erased_at.is_not(None), Membership.cohort_id.in_(cohorts_of(staff).with_only_columns(Cohort.id)))
    )
    return session.scalar(select(HandIn.id).where(HandIn.id == hand_in_id, HandIn.trainee_id.in_(theirs))) is not None


def earlier(session: Session, hand_in: HandIn) -> list[HandIn]:
    """The rounds before a hand-in, newest first."""
    return list(
        session.scalars(
            select(HandIn)
            .options(joinedload(HandIn.verdict), joinedload(HandIn.reviewer))
            .where(
                HandIn.trainee_id == hand_in.trainee_id,
                HandIn.practice == hand_in.practice,
                HandIn.number < hand_in.number,
            )
            .order_by(HandIn.number.desc())
        )
    )


def picture(session: Session, of: Select[HandIn], hand_in_id: int, position: int) -> str | None:
    """The file of the nth picture, from 1, of a hand-in that is among `of`."""
    ids = of.with_only_columns(HandIn.id).where(HandIn.id == hand_in_id)
    return session.scalar(select(Picture.file).where(Picture.hand_in_id.in_(ids), Picture.position == position))


def of_trainee(session: Session, trainee_id: int) -> list[HandIn]:
    """All that a trainee handed in, newest first."""
    return list(
        session.scalars(
            select(HandIn)
            .options(joinedload(HandIn.verdict))
            .where(HandIn.trainee_id == trainee_id)
            .order_by(HandIn.id.desc())
        )
    )


def counted(session: Session, hand_in: HandIn) -> int | None:
    """How many people a trainer counted in the group that an accepted hand-in is about."""
    return session.scalar(
        select(Fact.value).where(
            Fact.trainee_id == hand_in.trainee_id,
            Fact.kind == "group.built",
            Fact.topic == hand_in.practice,
            Fact.occurrence == str(hand_in.number),
        )
    )


# The desk


@dataclass(frozen=True)
class Counts:
    """How many hand-ins wait for a verdict and since when, and how many wait to be handed in again."""

    waiting: int
    since: datetime | None
    returned: int


@dataclass(frozen=True)
class Row:
    """A hand-in in a list, with the cohort in which its trainee is now."""

    hand_in: HandIn
    cohort: str | None


def counts(session: Session, staff: Person) -> Counts:
    """How much there is to do on a desk."""
    waiting, returned = _is(WAITING), _is(RETURNED)
    row = session.execute(
        in_scope(staff)
        .outerjoin(Fact, Fact.id == HandIn.verdict_id)
        .where(waiting | returned)
        .with_only_columns(
            func.count(case((waiting, 1))),
            func.min(case((waiting, HandIn.at))),
            func.count(case((returned, 1))),
        )
    ).one()
    return Counts(*row)


def waiting_by_cohort(session: Session, staff: Person) -> dict[int, int]:
    """How many hand-ins wait for a verdict in each cohort, by the cohort's id."""
    rows = session.execute(
        in_scope(staff)
        .join(Membership, and_(Membership.trainee_id == HandIn.trainee_id, Membership.until.is_(None)))
        .where(_is(WAITING))
        .group_by(Membership.cohort_id)
        .with_only_columns(Membership.cohort_id, func.count())
    )
    return dict(rows.all())


def listed(session: Session, staff: Person, state: str, limit: int, offset: int = 0) -> list[Row]:
    """A desk's hand-ins in a state: waiting ones oldest first, others with the newest verdict first."""
    order = (HandIn.at, HandIn.id) if state == WAITING else (Fact.at.desc(), Fact.id.desc())
    rows = session.execute(_with_people(in_scope(staff)).where(_is(state)).order_by(*order).limit(limit).offset(offset))
    return [Row(hand_in, cohort) for hand_in, cohort in rows]


def number_of(session: Session, staff: Person, state: str) -> int:
    """How many hand-ins of a desk are in a state."""
    counted = in_scope(staff).outerjoin(Fact, Fact.id == HandIn.verdict_id).where(_is(state))
    return session.scalar(counted.with_only_columns(func.count())) or 0


def before(session: Session, staff: Person, hand_in: HandIn) -> int:
    """How many hand-ins have waited longer than this one."""
    older = (HandIn.at < hand_in.at) | ((HandIn.at == hand_in.at) & (HandIn.id < hand_in.id))
    counted = in_scope(staff).where(_is(WAITING), older).with_only_columns(func.count())
    return session.scalar(counted) or 0


def next_waiting(session: Session, staff: Person) -> int | None:
    """The hand-in that has waited longest."""
    return session.scalar(
        in_scope(staff).where(_is(WAITING)).order_by(HandIn.at, HandIn.id).limit(1).with_only_columns(HandIn.id)
    )


def _with_people(hand_ins: Select[HandIn]) -> Select[HandIn, str | None]:
    return (
        hand_ins.join(HandIn.trainee)
        .outerjoin(Fact, Fact.id == HandIn.verdict_id)
        .outerjoin(Membership, and_(Membership.trainee_id == HandIn.trainee_id, Membership.until.is_(None)))
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .options(contains_eager(HandIn.trainee), contains_eager(HandIn.verdict))
        .add_columns(Cohort.name)
    )


def _is(state: str) -> ColumnElement[bool]:
    """Whether a hand-in is in a state; a returned one that was handed in again is not returned any more."""
    if state == WAITING:
        return HandIn.verdict_id.is_(None)
    if state == ACCEPTED:
        return Fact.kind == "handin.accepted"
    later = aliased(HandIn)
    again = exists().where(
        later.trainee_id == HandIn.trainee_id,
        later.practice == HandIn.practice,
        later.number > HandIn.number,
    )
    return and_(Fact.kind == "handin.returned", ~again)
