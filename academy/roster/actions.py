"""Writes of the desk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from academy import clock
from academy.db import insert
from academy.people.actions import audit, lock
from academy.people.models import Cohort, Invitee, Person, ResetCode
from academy.people.rules import TRAINER, email_address, phone_number
from academy.roster.queries import sort_out
from academy.roster.rules import CODE_HOURS, Candidate
from academy.text.codes import code_digest, new_code, printed_code
from academy.web.errors import Refused


def make_reset_code(session: Session, staff: Person, person: Person) -> tuple[str, datetime]:
    """A one-time code with which somebody sets a new password, and until when; her older ones end.

    The code is told once: only its digest is kept.
    """
    lock(session, person.id)
    now = clock.now()
    session.execute(
        update(ResetCode)
        .where(ResetCode.person_id == person.id, ResetCode.used_at.is_(None), ResetCode.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    code, until = new_code(), now + timedelta(hours=CODE_HOURS)
    session.add(
        ResetCode(person_id=person.id, by_id=staff.id, digest=code_digest(code), created_at=now, expires_at=until)
    )
    audit(session, staff, "password.reset", f"person/{person.id}")
    return printed_code(code), until


class Unfit(Exception):
    """What was typed does not fit what the database knows: at which field, and why."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(field)
        self.field = field
        self.message = message


class TakesNobody(Refused):
    """A cohort that was closed meanwhile."""


def make_cohort(session: Session, staff: Person, tier: str, **values: Any) -> Cohort:
    """Open a cohort; its code is its invitation. Raises `Unfit`."""
    cohort = Cohort(code=new_code().lower(), tier=tier, created_at=clock.now(), **values)
    _check_name(session, cohort)
    session.add(cohort)
    session.flush()
    audit(session, staff, "cohort.made", f"cohort/{cohort.id}")
    return cohort


def change_cohort(session: Session, staff: Person, cohort_id: int, **values: Any) -> Cohort:
    """Change a cohort. Raises `Unfit`.

    Its row is locked, so that nobody takes a seat while the number of seats changes.
    """
    cohort = session.get_one(Cohort, cohort_id, with_for_update=True, populate_existing=True)
    if values["capacity"] < cohort.taken:
        raise Unfit("capacity", _("%(n)s seats are taken already", n=cohort.taken))
    with session.no_autoflush:
        for name, value in values.items():
            setattr(cohort, name, value)
        _check_name(session, cohort)
    audit(session, staff, "cohort.changed", f"cohort/{cohort.id}")
    return cohort


def _check_name(session: Session, cohort: Cohort) -> None:
    alike = select(Cohort.id).where(Cohort.name == cohort.name, Cohort.open, Cohort.id != (cohort.id or 0))
    if cohort.open and session.scalar(alike.limit(1)):
        raise Unfit("name", _("An open cohort has this name already"))


def make_trainer(session: Session, staff: Person, name: str, contact: str, password_hash: str) -> Person:
    """Make a trainer's account; she sets a password by a reset code. Raises `Unfit`."""
    phone = phone_number(contact)
    trainer = Person(
        role=TRAINER,
        name=name,
        phone=phone,
        email=None if phone else email_address(contact),
        password_hash=password_hash,
        created_at=clock.now(),
    )
    session.add(trainer)
    try:
        session.flush()
    except IntegrityError as error:
        raise Unfit("contact", _("This one has an account already.")) from error
    audit(session, staff, "trainer.made", f"person/{trainer.id}")
    return trainer


def invite(session: Session, staff: Person, cohort_id: int, people: Sequence[tuple[str, str]]) -> int:
    """Put people, by phone number and name, on a cohort's list; how many were new. Who has an account is not.

    In the order of their numbers, so that two lists that overlap wait for each other instead of for ever.
    """
    cohort = session.get_one(Cohort, cohort_id)
    if not cohort.open:
        raise TakesNobody(_("“%(cohort)s” was closed meanwhile. Nobody was invited.", cohort=cohort.name))
    candidates, _known = sort_out(session, [Candidate(0, phone, name) for phone, name in sorted(people)])
    if not candidates:
        return 0
    made = session.execute(
        insert(session, Invitee).on_conflict_do_nothing(index_elements=["phone"]).returning(Invitee.id),
        [{"cohort_id": cohort_id, "phone": one.phone, "name": one.name, "at": clock.now()} for one in candidates],
    )
    number = len(made.all())
    audit(session, staff, "roster.imported", f"cohort/{cohort_id}")
    return number


def uninvite(session: Session, staff: Person, cohort_id: int, invitee_id: int) -> bool:
    """Take somebody who has not signed up from a cohort's list; False if she is not there (any more)."""
    gone = session.execute(
        delete(Invitee)
        .where(Invitee.id == invitee_id, Invitee.cohort_id == cohort_id, Invitee.person_id.is_(None))
        .returning(Invitee.id)
    ).first()
    if gone:
        audit(session, staff, "invitee.removed", f"invitee/{invitee_id}")
    return gone is not None
