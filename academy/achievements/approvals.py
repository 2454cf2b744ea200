"""Promotions that wait for an approval by staff: who waits, and what was decided."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, select, union_all
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.actions import Outcome, record
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.compile import Compiler
from academy.journal.models import Fact
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.people.rules import TRAINEE
from academy.tiers.judging import stands_below
from academy.tiers.models import Decision
from academy.tiers.rules import ladder
from academy.web.errors import Refused


class NotWaiting(Refused):
    """She does not wait for this approval, or no longer."""

    status = 409
    title = _("This promotion no longer waits")

    def __init__(self) -> None:
        super().__init__(_("It was decided already, or a condition is not met any more. Nothing was changed."))


def waiting(catalog: Catalog) -> Select[int, str]:
    """Who meets everything but the approval, and for which tier; who was put off waits again once she has asked."""
    compiler = Compiler(catalog, clock.today())
    agreed = Compiler(catalog, clock.today(), approved=True)
    found = [
        select(Person.id.label("trainee_id"), literal(step.into).label("tier")).where(
            Person.role == TRAINEE,
            Person.erased_at.is_(None),
            stands_below(compiler, step, Person.id),
            _number("approval.returned", step.into) <= _number("approval.asked", step.into),
            agreed.clause(step.criterion, Person.id),
            not_(compiler.clause(step.criterion, Person.id)),
        )
        for step in ladder(catalog).steps
        if step.approved
    ]
    if not found:
        return select(Person.id.label("trainee_id"), literal("").label("tier")).where(Person.id < 0)
    together = union_all(*found).subquery()
    return select(together.c.trainee_id, together.c.tier).order_by(together.c.trainee_id)


def _number(kind: str, tier: str) -> ColumnElement[int]:
    of_hers = Fact.trainee_id == Person.id, Fact.kind == kind, Fact.topic == tier
    return select(func.count()).where(*of_hers).correlate(Person).scalar_subquery()


def decide(session: Session, staff: Person, trainee_id: int, tier: str, agreed: bool, reason: str) -> Outcome:
    """Approve a promotion that waits, or put it off with a reason. Raises `NotWaiting`."""
    lock(session, trainee_id)
    queue = waiting(published(session)).subquery()
    if not session.execute(
        select(queue.c.trainee_id).where(and_(queue.c.trainee_id == trainee_id, queue.c.tier == tier))
    ).first():
        raise NotWaiting
    kind = "approval.given" if agreed else "approval.returned"
    outcome = record(session, trainee_id, kind, tier, _next(session, trainee_id, kind, tier))
    session.add(
        Decision(trainee_id=trainee_id, fact_id=outcome.facts[0].id, by_id=staff.id, reason=reason, at=clock.now())
    )
    audit(session, staff, kind, f"trainee/{trainee_id}")
    return outcome


def ask_again(session: Session, trainee_id: int, tier: str) -> Outcome:
    """Ask once more for an approval that was put off; empty if it was not."""
    lock(session, trainee_id)
    off = put_off(session, trainee_id, tier)
    if off is None:
        return Outcome()
    return record(session, trainee_id, "approval.asked", tier, _next(session, trainee_id, "approval.asked", tier))


@dataclass(frozen=True)
class PutOff:
    """An approval that was put off, when, and why."""

    fact: Fact
    decision: Decision


def put_off(session: Session, trainee_id: int, tier: str) -> PutOff | None:
    """Why the approval for a tier was put off, unless she has asked again since."""
    last = (
        select(Fact)
        .where(
            Fact.trainee_id == trainee_id,
            Fact.kind.in_(("approval.returned", "approval.asked", "approval.given")),
            Fact.topic == tier,
        )
        .order_by(Fact.id.desc())
        .limit(1)
    )
    fact = session.scalar(last)
    if fact is None or fact.kind != "approval.returned":
        return None
    return PutOff(fact, session.scalars(select(Decision).where(Decision.fact_id == fact.id)).one())


def _next(session: Session, trainee_id: int, kind: str, tier: str) -> str:
    before = select(func.count()).where(Fact.trainee_id == trainee_id, Fact.kind == kind, Fact.topic == tier)
    return str((session.scalar(before) or 0) + 1)
