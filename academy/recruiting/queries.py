"""Reads of recruiting groups, candidates, and trainees from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from academy import clock
from academy.journal.models import Fact
from academy.people.models import Candidate, Cohort, Membership, Person
from academy.people.rules import RECRUITING
from academy.tiers.rules import External

PAGE = 50
BATCH = 500


def group(session: Session, cohort_id: int) -> Cohort | None:
    """A recruiting group."""
    return session.scalar(
        select(Cohort).options(joinedload(Cohort.trainer)).where(Cohort.id == cohort_id, Cohort.kind == RECRUITING)
    )


def groups(session: Session) -> list[tuple[Cohort, Mapping[str, int]]]:
    """The recruiting groups, open and new ones first, each with how many candidates are in which state."""
    rows = session.scalars(
        select(Cohort).where(Cohort.kind == RECRUITING).order_by(Cohort.open.desc(), Cohort.id.desc())
    ).all()
    counted: dict[int, dict[str, int]] = {}
    for cohort_id, state, number in session.execute(
        select(Candidate.cohort_id, Candidate.state, func.count())
        .where(Candidate.repeats_id.is_(None))
        .group_by(Candidate.cohort_id, Candidate.state)
    ):
        counted.setdefault(cohort_id, {})[state] = number
    return [(row, counted.get(row.id, {})) for row in rows]


def counts(session: Session, cohort_id: int) -> Mapping[str, int]:
    """How many candidates of a group are in which state."""
    rows = session.execute(
        select(Candidate.state, func.count())
        .where(Candidate.cohort_id == cohort_id, Candidate.repeats_id.is_(None))
        .group_by(Candidate.state)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class Row:
    """A candidate in a list, and when she has applied once more with the same number, if she has."""

    candidate: Candidate
    again: datetime | None


def listed(session: Session, cohort_id: int, state: str | None, page: int) -> list[Row]:
    """A page of a group's candidates, those who have waited longest first."""
    return [Row(*row) for row in session.execute(_rows(cohort_id, state).limit(PAGE).offset((page - 1) * PAGE))]


def batches(session: Session, cohort_id: int, state: str | None) -> Iterator[Row]:
    """All of them in the same order, so that memory does not grow with them."""
    for batch in session.execute(_rows(cohort_id, state).execution_options(yield_per=BATCH)).partitions():
        yield from (Row(candidate, again) for candidate, again in batch)


def _rows(cohort_id: int, state: str | None) -> Select[Candidate, datetime | None]:
    repeat = aliased(Candidate)
    again = select(func.max(repeat.at)).where(repeat.repeats_id == Candidate.id).correlate(Candidate).scalar_subquery()
    rows = (
        select(Candidate, again)
        .where(Candidate.cohort_id == cohort_id, Candidate.repeats_id.is_(None))
        .order_by(Candidate.at, Candidate.id)
    )
    return rows.where(Candidate.state == state) if state else rows


# From outside


def _passed(entry: External) -> ColumnElement[bool]:
    return exists().where(Fact.trainee_id == Person.id, Fact.kind == "exam.passed", Fact.topic == entry.assessment)


def overdue(entry: External, today: date) -> Select[int]:
    """Those from outside whose time for the assessment is over without it."""
    begun = clock.beginning(today - timedelta(days=entry.days))
    return select(Person.id).where(
        Person.external,
        Person.external_since < begun,
        Person.removed_at.is_(None),
        Person.erased_at.is_(None),
        ~_passed(entry),
    )


@dataclass(frozen=True)
class Outsider:
    """A trainee from outside, her class, and whether she has passed the assessment."""

    person: Person
    cohort: str | None
    passed: bool


def outsiders(session: Session, entry: External | None, page: int) -> tuple[list[Outsider], int]:
    """A page of the trainees from outside, those removed first, and how many there are."""
    passed = _passed(entry) if entry else Person.removed_at.is_(None)
    rows = session.execute(
        select(Person, Cohort.name, passed, func.count().over())
        .select_from(Person)
        .outerjoin(Membership, and_(Membership.trainee_id == Person.id, Membership.until.is_(None)))
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .where(Person.external, Person.erased_at.is_(None))
        .order_by(Person.removed_at.is_(None), Person.removed_at.desc(), Person.external_since, Person.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return [Outsider(person, cohort, bool(done)) for person, cohort, done, _ in rows], rows[0][3] if rows else 0
