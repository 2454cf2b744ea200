"""Signing."""

from sqlalchemy.orm import Session

from academy.achievements import Outcome, record
from academy.pledges.rules import Pledge


def sign(session: Session, trainee_id: int, pledge: Pledge) -> Outcome:
    """Sign this version; once signed, signing again changes nothing."""
    return record(session, trainee_id, "pledge.signed", pledge.key, pledge.version)
