"""Reads of the desk. Trainees are reached only through `people.queries.scope`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from academy import clock
from academy.achievements.certificates.models import Certificate
from academy.catalog.content import Catalog
from academy.criteria.explain import Reason, explain_many
from academy.journal.models import Fact, Standing
from academy.people.models import Cohort, Membership, Person
from academy.people.queries import scope
from academy.roster.rules import ACTIVE, Column, Deed, absent_since, beginning, last_digits
from academy.tiers.rules import ladder

PAGE = 50

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
            _cohorts(staff).options(joinedload(Cohort.trainer)).order_by(Cohort.open.desc(), Cohort.id.desc())
        )
    )


def cohort(session: Session, staff: Person, cohort_id: int) -> Cohort | None:
    """One of these cohorts."""
    return session.scalar(_cohorts(staff).options(joinedload(Cohort.trainer)).where(Cohort.id == cohort_id))


def _cohorts(staff: Person) -> Select[Cohort]:
    if staff.may("roster.see_all"):
        return select(Cohort)
    return select(Cohort).where(Cohort.trainer_id == staff.id if staff.may("roster.see") else false())


def absent(staff: Person) -> Select[Person]:
    """The trainees who neither checked in nor finished a lesson for three brand days, today included if it is so."""
    since = absent_since(clock.today())
    was_here = exists().where(Fact.trainee_id == Person.id, Fact.kind.in_(ACTIVE), Fact.day >= since)
    return scope(staff).where(Person.created_at < beginning(since), ~was_here)


def by_cohort(session: Session, trainees: Select[Person]) -> dict[int | None, int]:
    """How many of some trainees are in each cohort now; None for those in no cohort."""
    rows = session.execute(
        trainees.select_from(Person)
        .outerjoin(Membership, _here)
        .group_by(Membership.cohort_id)
        .with_only_columns(Membership.cohort_id, func.count())
    )
    return dict(rows.all())


def found(staff: Person, cohort_id: int | None = None, typed: str = "", only_absent: bool = False) -> Select[Person]:
    """The trainees whom a filter leaves: of a cohort, by name or the last four digits of the phone, absent."""
    trainees = absent(staff) if only_absent else scope(staff)
    if cohort_id is not None:
        inside = select(Membership.trainee_id).where(Membership.cohort_id == cohort_id, Membership.until.is_(None))
        trainees = trainees.where(Person.id.in_(inside))
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
    last = (
        select(func.max(Fact.day))
        .where(Fact.trainee_id == Person.id, Fact.kind.in_(ACTIVE))
        .correlate(Person)
        .scalar_subquery()
    )
    wanted = (
        trainees.select_from(Person)
        .join(Standing, Standing.trainee_id == Person.id)
        .outerjoin(Membership, _here)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .add_columns(Standing, Cohort, last)
        .order_by(Standing.growth.desc(), Person.id)
        .limit(PAGE)
        .offset(offset)
    )
    return [Row(*row) for row in session.execute(wanted)]


def one(session: Session, staff: Person, trainee_id: int) -> Row | None:
    """One trainee whom a member of staff may see."""
    return next(iter(rows(session, scope(staff).where(Person.id == trainee_id))), None)


def gaps(session: Session, catalog: Catalog, shown: Iterable[Row]) -> Mapping[int, Reason]:
    """For each trainee, condition by condition, what the next tier asks for; one statement a tier."""
    ids: dict[str, list[int]] = {}
    for row in shown:
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


def certificates(session: Session, trainee_id: int) -> list[tuple[str, Certificate | None]]:
    """The designs that a trainee has earned, each with its certificate; None while that waits for her legal name."""
    pairs = session.execute(
        select(Fact.topic, Certificate)
        .outerjoin(Certificate, and_(Certificate.trainee_id == Fact.trainee_id, Certificate.design == Fact.topic))
        .where(Fact.trainee_id == trainee_id, Fact.kind == "certificate.earned")
        .order_by(Fact.id.desc())
    )
    return [(design, certificate) for design, certificate in pairs]
