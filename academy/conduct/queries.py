"""Reads of cases. Staff reach them only through the trainees whom they may see."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from academy import clock
from academy.catalog.content import Catalog
from academy.conduct.models import Case
from academy.criteria.language import Leaf, together
from academy.people.models import Person
from academy.people.queries import scope
from academy.tiers.rules import Tier, ladder

_WHOLE = (joinedload(Case.fact), joinedload(Case.by), joinedload(Case.lifted_by))


def in_scope(staff: Person) -> Select[Case]:
    """The cases of the trainees whom a member of staff may see."""
    return select(Case).where(Case.trainee_id.in_(scope(staff).with_only_columns(Person.id)))


def seen(session: Session, staff: Person, case_id: int) -> Case | None:
    """One case that a member of staff may see, with its trainee."""
    wanted = in_scope(staff).options(*_WHOLE, joinedload(Case.trainee)).where(Case.id == case_id)
    return session.scalar(wanted.execution_options(populate_existing=True))


def of_trainee(session: Session, trainee_id: int) -> list[Case]:
    """All cases of a trainee, newest first."""
    hers = select(Case).options(*_WHOLE).where(Case.trainee_id == trainee_id)
    return list(session.scalars(hers.order_by(Case.id.desc())))


def number_of(session: Session, trainee_id: int) -> int:
    """How many cases a trainee has had."""
    return session.scalar(select(func.count()).where(Case.trainee_id == trainee_id)) or 0


@dataclass(frozen=True)
class Violation:
    """One that stands, for the trainee herself: which promotion it holds back, and until which day; None for as long
    as it stands."""

    case: Case
    holds: Tier | None
    until: date | None


def own(session: Session, catalog: Catalog, trainee: Person) -> list[Violation]:
    """Her violations that stand, newest first; one statement."""
    after = ladder(catalog).ahead(trainee.standing.tier, trainee.external)
    promotion = ladder(catalog)[trainee.standing.tier].promotion
    asked = [part for part in together(promotion) if isinstance(part, Leaf) and part.none_of] if promotion else []
    hers = select(Case).options(joinedload(Case.fact)).where(Case.trainee_id == trainee.id, Case.lifted_id.is_(None))
    found = []
    for case in session.scalars(hers.order_by(Case.id.desc())):
        ends = [_ends(leaf, case.fact.day) for leaf in asked if case.fact.kind in leaf.none_of]
        until = None if None in ends else max(ends, default=None)  # type: ignore[type-var]
        holds = bool(ends) and (until is None or until >= clock.today())
        found.append(Violation(case, after if holds else None, until))
    return found


def _ends(leaf: Leaf, day: date) -> date | None:
    """The last day on which what happened on `day` counts; None for ever."""
    return leaf.window.left_on(day) - timedelta(days=1) if leaf.window else None
