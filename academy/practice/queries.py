"""Reads of hand-ins. A trainee's are reached only through her, staff's only through her scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from statistics import median

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from academy import clock
from academy.journal.models import Fact
from academy.people.models import Cohort, Membership, Person
from academy.people.queries import cohorts_of, scope
from academy.people.rules import PERMISSIONS
from academy.practice.models import HandIn, Licence, Phrase, Picture, Remark
from academy.practice.rules import ACCEPTED, MOST_COUNTED, PRAISE, RETURNED, UGC, WAITING

_ANSWERED = (joinedload(HandIn.verdict), joinedload(HandIn.reviewer), selectinload(HandIn.pictures))
_WHOLE = (*_ANSWERED, selectinload(HandIn.remarks).joinedload(Remark.author))


def latest(session: Session, trainee_id: int, practice: str, *, remarks: bool = True) -> HandIn | None:
    """Her newest hand-in for a task, which is the waiting one if one waits; with its remarks if they are shown."""
    return session.scalar(
        select(HandIn)
        .options(*(_WHOLE if remarks else _ANSWERED))
        .where(HandIn.trainee_id == trainee_id, HandIn.practice == practice)
        .order_by(HandIn.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def own(session: Session, trainee_id: int, hand_in_id: int) -> HandIn | None:
    """One hand-in of this trainee; somebody else's is not there."""
    return session.scalar(
        select(HandIn)
        .options(*_WHOLE, joinedload(HandIn.licence))
        .where(HandIn.id == hand_in_id, HandIn.trainee_id == trainee_id)
    )


def first_of(session: Session, hand_in: HandIn) -> int:
    """The number of the first round of the piece that a hand-in is a round of."""
    before = select(func.max(HandIn.number)).where(
        HandIn.trainee_id == hand_in.trainee_id,
        HandIn.practice == hand_in.practice,
        HandIn.number < hand_in.number,
        HandIn.state == ACCEPTED,
    )
    return (session.scalar(before) or 0) + 1


def this_month(session: Session, trainee_id: int, practice: str) -> int:
    """How many pieces of hers for a brief, begun or accepted this brand month, count towards its limit."""
    since = clock.beginning(clock.today().replace(day=1))
    counted = select(func.count()).where(
        HandIn.trainee_id == trainee_id,
        HandIn.practice == practice,
        HandIn.at >= since,
        HandIn.state.in_((WAITING, ACCEPTED)),
    )
    return session.scalar(counted) or 0


def in_scope(staff: Person) -> Select[HandIn]:
    """The hand-ins that a member of staff may see: of the trainees whom she may see, and those entrusted to her."""
    if staff.may("roster.see_all"):
        return select(HandIn).select_from(HandIn).where(_alive(HandIn))
    one = aliased(HandIn)
    hers = select(one.id).where(one.trainee_id.in_(scope(staff).with_only_columns(Person.id)))
    entrusted = select(one.id).where(one.owner_id == staff.id, _alive(one))
    # Both together by OR would have PostgreSQL look at everybody's.
    ids = union_all(hers, entrusted) if staff.may("handin.review") else hers
    return select(HandIn).select_from(HandIn).where(HandIn.id.in_(ids))


def _alive(hand_in: type[HandIn]) -> ColumnElement[bool]:
    # Asked hand-in by hand-in, so that a queue is walked in the order of its index.
    return exists().where(Person.id == hand_in.trainee_id, Person.erased_at.is_(None))


def seen(session: Session, staff: Person, hand_in_id: int) -> HandIn | None:
    """One hand-in that a member of staff may see, with its trainee."""
    return session.scalar(
        in_scope(staff)
        .options(*_WHOLE, joinedload(HandIn.trainee), joinedload(HandIn.owner), joinedload(HandIn.licence))
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
    """The rounds before a hand-in, newest first; a second piece for a brief begins anew."""
    if hand_in.number == 1:
        return []
    rows = session.scalars(
        select(HandIn)
        .options(*_WHOLE)
        .where(
            HandIn.trainee_id == hand_in.trainee_id,
            HandIn.practice == hand_in.practice,
            HandIn.number < hand_in.number,
        )
        .order_by(HandIn.number.desc())
    )
    return list(takewhile(lambda round: hand_in.kind != UGC or round.state != ACCEPTED, rows))


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


def told(session: Session, hand_in: HandIn) -> Mapping[str, int]:
    """What else its acceptance led to, by kind of fact: the people counted in her group, that it is excellent."""
    rows = session.execute(
        select(Fact.kind, Fact.value).where(
            Fact.trainee_id == hand_in.trainee_id,
            Fact.kind.in_(("group.built", *PRAISE.values())),
            Fact.topic == hand_in.practice,
            Fact.occurrence == str(hand_in.number),
        )
    )
    return dict(rows.all())


# The desk


@dataclass(frozen=True)
class Counts:
    """How many hand-ins wait for a verdict and since when, how many of them are overdue, and how many wait to be
    handed in again; beyond `MOST_COUNTED` they are not counted on."""

    waiting: int
    overdue: int
    since: datetime | None
    returned: int


@dataclass(frozen=True)
class Row:
    """A hand-in in a list, with the cohort in which its trainee is now."""

    hand_in: HandIn
    cohort: str | None


def at_desk(staff: Person, state: str = WAITING) -> Select[HandIn]:
    """The hand-ins in a state of which a member of staff takes care: the brand of all, a trainer of those of her
    classes that nobody else has been given, and of those entrusted to her."""
    found = in_scope(staff).where(HandIn.state == state)
    if state != WAITING or staff.may("roster.see_all"):
        return found
    return found.where(or_(HandIn.owner_id.is_(None), HandIn.owner_id == staff.id))


def counts(session: Session, staff: Person) -> Counts:
    """How much there is to do on a desk; one statement, which stops counting where it tells nothing more."""
    # What is overdue comes first, so that no others need be looked at.
    few = at_desk(staff).order_by(HandIn.due, HandIn.id).limit(MOST_COUNTED + 1)
    first = few.with_only_columns(HandIn.due, HandIn.at).subquery()
    overdue = func.count().filter(first.c.due < clock.now())
    returned = _few(at_desk(staff, RETURNED))
    row = session.execute(select(func.count(), overdue, func.min(first.c.at), returned).select_from(first)).one()
    return Counts(*row)


def _few(hand_ins: Select[HandIn]) -> ColumnElement[int]:
    some = hand_ins.with_only_columns(HandIn.id).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def waiting_by_cohort(session: Session, staff: Person) -> dict[int, int]:
    """How many hand-ins wait for a verdict in each cohort, by the cohort's id."""
    rows = session.execute(
        in_scope(staff)
        .join(Membership, and_(Membership.trainee_id == HandIn.trainee_id, Membership.until.is_(None)))
        .where(HandIn.state == WAITING)
        .group_by(Membership.cohort_id)
        .with_only_columns(Membership.cohort_id, func.count())
    )
    return dict(rows.all())


def listed(session: Session, staff: Person, state: str, limit: int, after: int | None = None) -> list[Row]:
    """A desk's hand-ins in a state from behind one on: waiting ones as they are due, others by the newest verdict."""
    found = at_desk(staff, state)
    if state == WAITING:
        if after is not None:
            found = found.where(tuple_(HandIn.due, HandIn.id) > _place(after))
        found = found.order_by(HandIn.due, HandIn.id)
    else:
        if after is not None:
            judged = select(HandIn.verdict_id).where(HandIn.id == after).scalar_subquery()
            found = found.where(HandIn.verdict_id < judged)
        # PostgreSQL would begin with all those that wait.
        found = found.where(HandIn.verdict_id.is_not(None)).order_by(HandIn.verdict_id.desc())
    return _rows(session, found.limit(limit).with_only_columns(HandIn.id), state)


def beside(session: Session, staff: Person, hand_in: HandIn, before: int, behind: int) -> list[Row]:
    """The waiting hand-ins around one: some before it in the queue, itself if it waits, and some behind it."""
    here = (hand_in.due, hand_in.id)
    place = tuple_(HandIn.due, HandIn.id)
    above = at_desk(staff).where(place < here).order_by(HandIn.due.desc(), HandIn.id.desc()).limit(before)
    below = at_desk(staff).where(place >= here).order_by(HandIn.due, HandIn.id).limit(behind)
    both = union_all(*(select(some.with_only_columns(HandIn.id).subquery().c.id) for some in (above, below)))
    return _rows(session, both, WAITING)


def _place(hand_in_id: int) -> ColumnElement[tuple[datetime, int]]:
    due = select(HandIn.due).where(HandIn.id == hand_in_id).scalar_subquery()
    return tuple_(due, hand_in_id)


def _rows(session: Session, ids: Select[int] | CompoundSelect[int], state: str) -> list[Row]:
    order = (HandIn.due, HandIn.id) if state == WAITING else (HandIn.verdict_id.desc(),)
    rows = session.execute(
        select(HandIn, Cohort.name)
        .join(HandIn.trainee)
        .outerjoin(Fact, Fact.id == HandIn.verdict_id)
        .outerjoin(Membership, and_(Membership.trainee_id == HandIn.trainee_id, Membership.until.is_(None)))
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .options(contains_eager(HandIn.trainee), contains_eager(HandIn.verdict))
        .where(HandIn.id.in_(select(ids.subquery().c.id)))
        .order_by(*order)
    )
    return [Row(hand_in, cohort) for hand_in, cohort in rows]


def before(session: Session, staff: Person, hand_in: HandIn) -> int:
    """How many hand-ins come before this one; beyond `MOST_COUNTED` they are not counted on."""
    earlier = at_desk(staff).where(tuple_(HandIn.due, HandIn.id) < (hand_in.due, hand_in.id))
    return session.scalar(select(_few(earlier))) or 0


def next_waiting(session: Session, staff: Person, after: HandIn | None = None) -> int | None:
    """The hand-in that is due first of those behind one, or of all."""
    found = at_desk(staff)
    if after is not None:
        found = found.where(tuple_(HandIn.due, HandIn.id) > (after.due, after.id))
    return session.scalar(found.order_by(HandIn.due, HandIn.id).limit(1).with_only_columns(HandIn.id))


def phrases(session: Session, staff: Person) -> list[Phrase]:
    """Her own phrases, and those that colleagues keep for all."""
    hers = select(Phrase).options(joinedload(Phrase.owner)).where((Phrase.owner_id == staff.id) | Phrase.shared)
    return list(session.scalars(hers.order_by(Phrase.owner_id != staff.id, Phrase.id)))


def reviewers(session: Session) -> list[Person]:
    """All who may review, by name."""
    roles = [role for role, words in PERMISSIONS.items() if "handin.review" in words]
    return list(
        session.scalars(select(Person).where(Person.role.in_(roles), Person.erased_at.is_(None)).order_by(Person.name))
    )


@dataclass
class Load:
    """What is on a reviewer's desk, what she has done in the last seven days, and how long those had waited."""

    name: str
    waiting: int = 0
    overdue: int = 0
    done: int = 0
    hours: int | None = None


SPAN = timedelta(days=7)
LONGEST = timedelta(days=90)
"""What was handed in longer ago and is judged only now doesn't count into the median."""


def workload(session: Session, staff: Person) -> dict[int | None, Load]:
    """The load of each reviewer whose hand-ins this staff may see, by id; None for classes without a trainer."""
    names = {person.id: person.name for person in reviewers(session)}
    found: dict[int | None, Load] = {}

    def load(id: int | None) -> Load:
        return found.setdefault(id, Load(names.get(id, "") if id else ""))

    trainer = (
        select(Cohort.trainer_id)
        .join(Membership, Membership.cohort_id == Cohort.id)
        .where(Membership.trainee_id == HandIn.trainee_id, Membership.until.is_(None))
        .scalar_subquery()
    )
    owner = func.coalesce(HandIn.owner_id, trainer)
    late = func.count().filter(HandIn.due < clock.now())
    rows = session.execute(
        in_scope(staff)
        .where(HandIn.state == WAITING)
        .group_by("owner")
        .with_only_columns(owner.label("owner"), func.count(), late)
    )
    for id, waiting, overdue in rows:
        load(id).waiting = int(waiting)
        load(id).overdue = int(overdue)
    since = clock.now() - SPAN
    spans: dict[int | None, list[float]] = {}
    judged = session.execute(
        in_scope(staff)
        .join(Fact, Fact.id == HandIn.verdict_id)
        .where(HandIn.at >= since - LONGEST, Fact.at >= since)
        .with_only_columns(HandIn.reviewer_id, HandIn.at, Fact.at)
    )
    for reviewer, handed_in, verdict in judged:
        spans.setdefault(reviewer, []).append((verdict - handed_in).total_seconds() / 3600)
    for reviewer, hours in spans.items():
        load(reviewer).done, load(reviewer).hours = len(hours), round(median(hours))
    return dict(sorted(found.items(), key=lambda one: (-one[1].overdue, -one[1].waiting, one[1].name)))


# UGC


@dataclass(frozen=True)
class Yield:
    """How many pieces of UGC were accepted, this brand month and in all, and of how many the licence was taken back."""

    month: int
    total: int
    recalled: int


def accepted(session: Session) -> Yield:
    """What all briefs have brought."""
    since = clock.beginning(clock.today().replace(day=1))
    row = session.execute(
        select(func.count().filter(Fact.at >= since), func.count(), func.count(Licence.withdrawn_at))
        .select_from(HandIn)
        .join(Fact, Fact.id == HandIn.verdict_id)
        .outerjoin(Licence, Licence.hand_in_id == HandIn.id)
        .where(HandIn.kind == UGC, HandIn.state == ACCEPTED)
    ).one()
    return Yield(*row)


def published(session: Session, limit: int, after: int | None = None) -> list[HandIn]:
    """Accepted pieces of UGC, the newest verdict first, from behind one on."""
    found = (
        select(HandIn)
        .join(HandIn.trainee)
        .join(HandIn.verdict)
        .options(contains_eager(HandIn.trainee), contains_eager(HandIn.verdict), joinedload(HandIn.licence))
        .options(selectinload(HandIn.pictures))
        .where(HandIn.kind == UGC, HandIn.state == ACCEPTED)
        .order_by(HandIn.verdict_id.desc())
        .limit(limit)
    )
    if after is not None:
        judged = select(HandIn.verdict_id).where(HandIn.id == after).scalar_subquery()
        found = found.where(HandIn.verdict_id < judged)
    return list(session.scalars(found))


def featured(session: Session, hand_ins: list[HandIn]) -> set[int]:
    """Which of some pieces are featured."""
    rows = session.execute(
        select(HandIn.id)
        .join(
            Fact,
            and_(
                Fact.trainee_id == HandIn.trainee_id,
                Fact.kind == PRAISE[UGC],
                Fact.topic == HandIn.practice,
                Fact.occurrence == cast(HandIn.number, String),
            ),
        )
        .where(HandIn.id.in_([one.id for one in hand_ins]))
    )
    return set(rows.scalars())
