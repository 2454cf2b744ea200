"""Reads of signatures."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.journal.models import Fact
from academy.pledges.rules import Pledge


def signatures(session: Session, trainee_id: int, pledge: Pledge) -> list[Fact]:
    """Each signing of any version of a pledge, newest first."""
    return list(
        session.scalars(
            select(Fact)
            .where(Fact.trainee_id == trainee_id, Fact.kind == "pledge.signed", Fact.topic == pledge.key)
            .order_by(Fact.id.desc())
        )
    )
