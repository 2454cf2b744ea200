"""Writes of the desk."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from academy import clock
from academy.people.actions import audit, lock
from academy.people.models import Person, ResetCode
from academy.roster.rules import CODE_HOURS
from academy.text.codes import code_digest, new_code, printed_code


def make_reset_code(session: Session, staff: Person, trainee: Person) -> tuple[str, datetime]:
    """A one-time code with which a trainee sets a new password, and until when; her older ones end.

    The code is told once: only its digest is kept.
    """
    lock(session, trainee.id)
    now = clock.now()
    session.execute(
        update(ResetCode)
        .where(ResetCode.person_id == trainee.id, ResetCode.used_at.is_(None), ResetCode.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    code, until = new_code(), now + timedelta(hours=CODE_HOURS)
    session.add(
        ResetCode(person_id=trainee.id, by_id=staff.id, digest=code_digest(code), created_at=now, expires_at=until)
    )
    audit(session, staff, "password.reset", f"person/{trainee.id}")
    return printed_code(code), until
