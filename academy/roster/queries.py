"""Reads of the desk. Trainees are reached only through `people.queries.scope`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from academy import clock
from academy.catalog.content import Catalog
from academy.criteria.explain import Reason, explain_many
from academy.journal.models import Fact, Standing
from academy.journal.presence import ACTIVE
from academy.journal.queries import absent_on
from academy.people.models import (
    Appointment,
    Cohort,
    Invitee,
    Membership,
    Person,
    Phase,
    Trait,
    Waiting,
)
from academy.people.queries import accepted, cohorts_of, near, scope
from academy.people.rules import TIER, TRAINER, rules_digest
from academy.roster.rules import Candidate, Column, Deed, Misfit, last_digits
from academy.tiers.rules import ladder

PAGE = 50
BATCH = 1000

_here = and_(Membership.trainee_id == Person.id, Membership.until.is_(None))


@dataclass(frozen=True)
class Row:
    """A trainee in the roster: where she stands and learns, and the last day on which she was there."""

    person: Person
    standing: Standing
    cohort: Cohort | None
    active: date | None


def cohorts(session: Session, staff: Person) -> list[Cohort]:
    """The cohorts that a member of staff may see, open ones first."""
    return list(
        session.scalars(
            cohorts_of(staff).options(joinedload(Cohort.trainer)).order_by(Cohort.open.desc(), Cohort.id.desc())
        )
    )


def cohort(session: Session, staff: Person, cohort_id: int) -> Cohort | None:
    """One of these cohorts, with its phases."""
    whole = (joinedload(Cohort.trainer), joinedload(Cohort.phases).joinedload(Phase.by))
    found = session.scalars(cohorts_of(staff).options(*whole).where(Cohort.id == cohort_id))
    return found.unique().one_or_none()


def absent(staff: Person) -> Select[Person]:
    """The trainees who neither checked in nor finished a lesson for three brand days, today included if it is so."""
    return scope(staff).where(absent_on(clock.today()))


@dataclass(frozen=True)
class Attendance:
    """How many trainees a cohort has, and how many of them are absent."""

    trainees: int = 0
    absent: int = 0


def attendance(session: Session, trainees: Select[Person]) -> dict[int | None, Attendance]:
    """Some trainees by the cohort in which they are now; None for those in no cohort."""
    rows = session.execute(
        trainees.select_from(Person)
        .outerjoin(Membership, _here)
        .group_by(Membership.cohort_id)
        .with_only_columns(Membership.cohort_id, func.count(), func.count(case((absent_on(clock.today()), 1))))
    )
    return {cohort_id: Attendance(number, absent) for cohort_id, number, absent in rows}


def found(
    staff: Person,
    cohort_id: int | None = None,
    typed: str = "",
    only_absent: bool = False,
    trait: tuple[str, str] | None = None,
) -> Select[Person]:
    """The trainees whom a filter leaves: of a cohort, by name or the last four digits of the phone, absent, and with
    a channel or tag, given as kind and key."""
    trainees = absent(staff) if only_absent else scope(staff)
    if cohort_id is not None:
        inside = select(Membership.trainee_id).where(Membership.cohort_id == cohort_id, Membership.until.is_(None))
        trainees = trainees.where(Person.id.in_(inside))
    if trait:
        having = select(Trait.trainee_id).where(Trait.kind == trait[0], Trait.key == trait[1])
        trainees = trainees.where(Person.id.in_(having))
    if typed:
        named = Person.name.icontains(typed, autoescape=True)
        digits = last_digits(typed)
        trainees = trainees.where(or_(named, Person.phone.endswith(digits)) if digits else named)
    return trainees


def number_of(session: Session, trainees: Select[Person]) -> int:
    """How many they are."""
    return session.scalar(trainees.with_only_columns(func.count())) or 0


def rows(session: Session, trainees: Select[Person], offset: int = 0) -> list[Row]:
    """A page of trainees, those with most growth first."""
    return [Row(*row) for row in session.execute(_rows(trainees).limit(PAGE).offset(offset))]


def batches(session: Session, trainees: Select[Person]) -> Iterator[list[Row]]:
    """All of some trainees in the same order, a thousand at a time, so that memory does not grow with them."""
    for batch in session.execute(_rows(trainees).execution_options(yield_per=BATCH)).partitions():
        yield [Row(*row) for row in batch]


def _rows(trainees: Select[Person]) -> Select[Person, Standing, Cohort | None, date | None]:
    last = (
        select(func.max(Fact.day))
        .where(Fact.trainee_id == Person.id, Fact.kind.in_(ACTIVE))
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        trainees.select_from(Person)
        .join(Standing, Standing.trainee_id == Person.id)
        .outerjoin(Membership, _here)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .add_columns(Standing, Cohort, last)
        .order_by(Standing.growth.desc(), Person.id)
    )


def one(session: Session, staff: Person, trainee_id: int) -> Row | None:
    """One trainee whom a member of staff may see, with all the classes that she has been in."""
    classes = joinedload(Person.memberships).joinedload(Membership.cohort)
    found = session.execute(_rows(scope(staff).where(Person.id == trainee_id)).options(classes))
    row = found.unique().one_or_none()
    return Row(*row) if row else None


def gaps(session: Session, catalog: Catalog, shown: Iterable[Row]) -> Mapping[int, Reason]:
    """For each trainee, condition by condition, what the next tier asks for; one statement a tier."""
    ids: dict[str, list[int]] = {}
    for row in shown:
        if ladder(catalog).climbed_by(row.person.external):
            ids.setdefault(row.standing.tier, []).append(row.person.id)
    reasons: dict[int, Reason] = {}
    for tier, trainees in ids.items():
        promotion = ladder(catalog)[tier].promotion
        if promotion:
            who = select(Person.id).where(Person.id.in_(trainees))
            reasons |= explain_many(session, catalog, promotion, who)
    return reasons


def deeds(session: Session, trainees: Select[Person], asked: Iterable[Column]) -> dict[int, set[Deed]]:
    """For each of some trainees, which of the columns she has done; one statement. Who did none is not there."""
    wanted = {column.deed for column in asked}
    pairs = session.execute(
        select(Fact.trainee_id, Fact.kind, Fact.topic).where(
            Fact.trainee_id.in_(trainees.with_only_columns(Person.id)),
            Fact.kind.in_(sorted({kind for kind, _ in wanted})),
            Fact.topic.in_(sorted({topic for _, topic in wanted})),
        )
    )
    found: dict[int, set[Deed]] = {}
    for trainee_id, kind, topic in pairs:
        if (kind, topic) in wanted:
            found.setdefault(trainee_id, set()).add((kind, topic))
    return found


def timeline(session: Session, trainee_id: int, page: int) -> tuple[list[Fact], int]:
    """A page of a trainee's facts, newest first, and how many there are in all; single answers are left out."""
    wanted = (
        select(Fact, func.count().over())
        .where(Fact.trainee_id == trainee_id, Fact.kind != "question.right")
        .order_by(Fact.at.desc(), Fact.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    pairs = session.execute(wanted).all()
    return [fact for fact, _ in pairs], pairs[0][1] if pairs else 0


# Cohorts: who leads them, who is invited, what is on their calendars


def trainers(session: Session) -> list[Person]:
    """Everybody who may lead a cohort."""
    return list(
        session.scalars(select(Person).where(Person.role == TRAINER, Person.erased_at.is_(None)).order_by(Person.name))
    )


def inviting(session: Session, tier: str) -> list[Cohort]:
    """The classes to which newcomers can be invited: those of the first tier that take any, the newest first."""
    return list(session.scalars(taking(tier).order_by(Cohort.id.desc())))


def taking(tier: str) -> Select[Cohort]:
    """The classes of a tier that take newcomers."""
    return select(Cohort).where(Cohort.kind == TIER, Cohort.tier == tier, Cohort.takes)


@dataclass(frozen=True)
class Invited:
    """A cohort's list: how many are on it, how many of them have signed up, and a page of those who have not."""

    number: int
    joined: int
    missing: list[Invitee]


def invited(session: Session, cohort_id: int, page: int) -> Invited:
    """A cohort's list, those who have not signed up first; one statement."""
    found = session.execute(
        select(Invitee, func.count().over(), func.count(Invitee.person_id).over())
        .where(Invitee.cohort_id == cohort_id)
        .order_by(Invitee.person_id.is_not(None), Invitee.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    number, joined = found[0][1:] if found else (0, 0)
    return Invited(number, joined, [row for row, *_ in found if row.person_id is None])


def sort_out(session: Session, candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Misfit]]:
    """Who of some candidates can be invited, and who is a member or invited already, and where."""
    new: list[Candidate] = []
    old: list[Misfit] = []
    for start in range(0, len(candidates), BATCH):
        batch = candidates[start : start + BATCH]
        phones = [one.phone for one in batch]
        members = session.execute(
            select(Person.phone, Cohort.name)
            .outerjoin(Membership, _here)
            .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
            .where(Person.phone.in_(phones))
        )
        invitees = session.execute(
            select(Invitee.phone, Cohort.name).join(Invitee.cohort).where(Invitee.phone.in_(phones))
        )
        known = {phone: ("invited", name) for phone, name in invitees}
        known |= {phone or "": ("member", name or "") for phone, name in members}
        for one in batch:
            if one.phone in known:
                old.append(Misfit(one.line, one.phone, *known[one.phone]))
            else:
                new.append(one)
    return new, old


def appointments(session: Session, cohort_id: int) -> list[Appointment]:
    """What is to come on a cohort's calendar."""
    wanted = select(Appointment).where(Appointment.cohort_id == cohort_id, Appointment.at > clock.now())
    return list(session.scalars(wanted.order_by(Appointment.at).limit(PAGE)))


def coming(session: Session, staff: Person) -> list[Appointment]:
    """The next three appointments of the cohorts that a member of staff may see, within seven days."""
    hers = cohorts_of(staff).with_only_columns(Cohort.id)
    return list(
        session.scalars(
            select(Appointment)
            .options(joinedload(Appointment.cohort))
            .where(Appointment.cohort_id.in_(hers), Appointment.at.between(*near()))
            .order_by(Appointment.at, Appointment.id)
            .limit(3)
        )
    )


def plan(session: Session, cohort_id: int) -> list[Appointment]:
    """All that was and is on a cohort's calendar."""
    return list(session.scalars(select(Appointment).where(Appointment.cohort_id == cohort_id).order_by(Appointment.at)))


def accepting(session: Session, cohort: Cohort) -> int:
    """How many members have accepted the rules as they are."""
    inside = select(func.count()).where(Membership.cohort_id == cohort.id, Membership.until.is_(None))
    agreed = accepted(cohort.id, Membership.trainee_id) == rules_digest(cohort.rules)
    return session.scalar(inside.where(agreed)) or 0


# A trainee and her classes


@dataclass(frozen=True)
class Room:
    """A trainee's class, the digest of the rules that she has accepted there, and what she waits for."""

    cohort: Cohort | None
    accepted: str | None
    waiting: Waiting | None


def room(session: Session, trainee_id: int) -> Room:
    """Where a trainee learns, and what she waits for; one statement."""
    row = session.execute(
        select(Cohort, accepted(Membership.cohort_id, Membership.trainee_id), Waiting)
        .select_from(Person)
        .outerjoin(Membership, _here)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .outerjoin(Waiting, Waiting.trainee_id == Person.id)
        .options(joinedload(Cohort.trainer))
        .where(Person.id == trainee_id)
    ).one()
    return Room(*row)


def used(session: Session, file: str) -> bool:
    """Whether a picture leads to the group of some cohort: equal pictures are one file."""
    return session.scalar(select(Cohort.id).where(Cohort.group_qr == file).limit(1)) is not None
