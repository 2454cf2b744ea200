"""Recording a violation, and lifting it."""

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.conduct.models import Case
from academy.conduct.queries import in_scope, number_of
from academy.criteria.language import LIFTED
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.web.errors import Refused


class AlreadyLifted(Refused):
    """Somebody else was quicker."""


def accuse(
    session: Session, staff: Person, trainee_id: int, kind: str, rule: str, note: str, number: int
) -> Case | None:
    """Record a violation as a trainee's nth case; None if there is an nth one already."""
    lock(session, trainee_id)
    if number != number_of(session, trainee_id) + 1:
        return None
    fact = record(session, trainee_id, kind, rule, str(number)).facts[0]
    case = Case(trainee_id=trainee_id, fact_id=fact.id, by_id=staff.id, note=note, at=clock.now())
    session.add(case)
    session.flush()
    audit(session, staff, kind, f"conduct_case/{case.id}")
    return case


def lift(session: Session, staff: Person, case_id: int, note: str) -> Outcome | None:
    """Take a violation back, with whatever it held back; None if it may not be seen. Raises `AlreadyLifted`."""
    trainee_id = session.scalar(in_scope(staff).where(Case.id == case_id).with_only_columns(Case.trainee_id))
    if trainee_id is None:
        return None
    lock(session, trainee_id)
    case = session.scalars(select(Case).where(Case.id == case_id).execution_options(populate_existing=True)).one()
    if case.lifted_id is not None:
        raise AlreadyLifted(_("This violation has been lifted already. Nothing was changed."))
    outcome = record(session, trainee_id, LIFTED, case.fact.topic, case.fact.occurrence)
    case.lifted_id, case.lifted_by_id = outcome.facts[0].id, staff.id
    case.lifted_note, case.lifted_at = note, clock.now()
    audit(session, staff, LIFTED, f"conduct_case/{case.id}")
    return outcome
