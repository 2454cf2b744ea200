"""Reads of figures and allotments. Trainees are reached only through `people.queries.scope`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from academy.benefits.allotments.rules import RECORDED, SET, Care, Figures, Misfit, Row
from academy.benefits.queries import issues
from academy.jobs.models import Job
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from academy.people.queries import scope
from academy.tiers.benefits import Allotment, in_force

PAGE = 100
BATCH = 500


def care(session: Session, trainee_ids: Sequence[int]) -> dict[int, Care]:
    """What is known of some trainees' customers; one statement."""
    facts: dict[int, list[tuple[str, str, int, date]]] = {}
    rows = session.execute(
        select(Fact.trainee_id, Fact.kind, Fact.occurrence, Fact.value, Fact.day).where(
            Fact.trainee_id.in_(trainee_ids), Fact.kind.in_((SET, *RECORDED))
        )
    )
    for trainee_id, *fact in rows:
        facts.setdefault(trainee_id, []).append(tuple(fact))  # type: ignore[arg-type]
    return {trainee_id: Care.of(facts.get(trainee_id, ())) for trainee_id in trainee_ids}


def targets(session: Session, day: date, month_end: date) -> tuple[Allotment | None, Allotment | None]:
    """The allotment as the table of a day has it, and as it was at the end of a month, by which that month is judged.

    Where no table held then, the month is judged by the one of the day.
    """
    found = issues(session)
    now, then = in_force(found, day), in_force(found, month_end)
    today = now.benefits.allotment if now else None
    return today, then.benefits.allotment if then and then.benefits.allotment else today


# The review


@dataclass(frozen=True)
class Held:
    """A trainee who has an allotment, or might have one."""

    person: Person
    tier: str
    care: Care


def reviewed(staff: Person, tiers: Sequence[str], month: str, settled: bool) -> Select[Person, str]:
    """The trainees of some tiers whose allotment is set after a month, or is not."""
    is_set = exists().where(Fact.trainee_id == Person.id, Fact.kind == SET, Fact.topic == "", Fact.occurrence >= month)
    return (
        scope(staff)
        .join(Standing, Standing.trainee_id == Person.id)
        .add_columns(Standing.tier)
        .where(Standing.tier.in_(tiers), is_set if settled else ~is_set)
    )


def number_of(session: Session, trainees: Select[Person, str]) -> int:
    """How many they are."""
    return session.scalar(trainees.with_only_columns(func.count())) or 0


def held(session: Session, trainees: Select[Person, str], month: str, page: int) -> list[Held]:
    """A page of them: those first whose figures of the month are in."""
    ordered = trainees.order_by(_reported(month).desc(), Person.id).limit(PAGE).offset((page - 1) * PAGE)
    rows = session.execute(ordered).all()
    known = care(session, [person.id for person, _ in rows])
    return [Held(person, tier, known[person.id]) for person, tier in rows]


def _reported(month: str) -> ColumnElement[bool]:
    return exists().where(
        Fact.trainee_id == Person.id, Fact.kind == RECORDED[0], Fact.topic == "", Fact.occurrence == month
    )


# The import

JOB = "figures"


def job(session: Session, key: str) -> Job | None:
    """The job that takes in a confirmed sheet."""
    return session.scalar(select(Job).where(Job.name == JOB, Job.key == key))


def sort_out(
    session: Session, staff: Person, rows: Sequence[Row], month: str, tiers: Sequence[str]
) -> tuple[list[tuple[int, Figures]], int, list[Misfit]]:
    """Whose figures are new, in the order of their numbers; how many are known already; which lines are left out."""
    new: dict[int, Figures] = {}
    seen: set[int] = set()
    known, misfits = 0, list[Misfit]()
    for batch in (rows[at : at + BATCH] for at in range(0, len(rows), BATCH)):
        by_phone, by_number = _people(session, staff, batch)
        had = recorded(session, [id for id, _ in by_number.values()], month)
        for row in batch:
            id, tier = by_phone.get(row.phone or "") or by_number.get(row.number or 0) or (0, "")
            why = "unknown" if not id else "repeated" if id in seen else "" if tier in tiers else "tier"
            seen.add(id)
            if not why and id in had:
                known += had[id] == row.figures
                why = "" if had[id] == row.figures else "differs"
            elif not why:
                new[id] = row.figures
            if why:
                misfits.append(Misfit(row.line, row.shown, why, tier))
    return sorted(new.items()), known, misfits


def _people(
    session: Session, staff: Person, rows: Sequence[Row]
) -> tuple[dict[str, tuple[int, str]], dict[int, tuple[int, str]]]:
    """Number and tier of those named, by phone number and by number."""
    phones, numbers = [row.phone for row in rows if row.phone], [row.number for row in rows if row.number]
    found = session.execute(
        scope(staff)
        .join(Standing, Standing.trainee_id == Person.id)
        .with_only_columns(Person.id, Person.phone, Standing.tier)
        .where(Person.phone.in_(phones) | Person.id.in_(numbers))
    ).all()
    return {phone: (id, tier) for id, phone, tier in found if phone}, {id: (id, tier) for id, _, tier in found}


def recorded(session: Session, trainee_ids: Sequence[int], month: str) -> dict[int, Figures]:
    """The figures of a month that are known of some trainees."""
    found = {id: one.figures_of(month) for id, one in care(session, trainee_ids).items()}
    return {id: figures for id, figures in found.items() if figures}
