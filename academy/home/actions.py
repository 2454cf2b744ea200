"""Having seen the notices."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from academy import clock
from academy.people.models import Person


def see(session: Session, trainee_id: int, until: datetime) -> None:
    """Remember that she has seen what happened until then; what came later stays new, and nothing becomes new again."""
    until = min(until, clock.now())
    session.execute(
        update(Person)
        .where(Person.id == trainee_id, or_(Person.seen_at.is_(None), Person.seen_at < until))
        .values(seen_at=until)
        .execution_options(synchronize_session=False)
    )
