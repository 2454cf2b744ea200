"""Writes of the desk."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.actions import judge
from academy.db import insert
from academy.journal.queries import standing
from academy.people.actions import (
    audit,
    enter_cohort,
    lock,
    lock_all,
    offer_seats,
    place,
    seat_waiting,
    take_turn,
)
from academy.people.models import (
    Acceptance,
    Appointment,
    Cohort,
    Invitee,
    Membership,
    Person,
    Phase,
    ResetCode,
    Wording,
)
from academy.people.queries import membership
from academy.people.rules import ENDED, TRAINER, email_address, phone_number, rules_digest
from academy.roster.queries import sort_out
from academy.roster.rules import CODE_HOURS, FIRST_PHASE, Candidate, cohort_name, shifted
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


def make_cohort(session: Session, staff: Person, kind: str, tier: str, **values: Any) -> Cohort:
    """Open a cohort; its code is its invitation. Raises `Unfit`."""
    phase = FIRST_PHASE[kind]
    cohort = Cohort(code=new_code().lower(), kind=kind, tier=tier, phase=phase, created_at=clock.now(), **values)
    cohort.name = cohort_name(kind, cohort.title, cohort.number, phase)
    _check_name(session, cohort)
    session.add(cohort)
    session.flush()
    _remember(session, staff, cohort)
    audit(session, staff, "cohort.made", f"cohort/{cohort.id}")
    return cohort


def change_cohort(session: Session, staff: Person, cohort_id: int, **values: Any) -> Cohort:
    """Change a cohort. Raises `Unfit`.

    Its row is locked, so that nobody takes a seat while the number of seats changes.
    """
    cohort = _held(session, cohort_id)
    if values["capacity"] < cohort.taken:
        raise Unfit("capacity", _("%(n)s seats are taken already", n=cohort.taken))
    before = cohort.name
    with session.no_autoflush:
        for name, value in values.items():
            setattr(cohort, name, value)
        cohort.name = cohort_name(cohort.kind, cohort.title, cohort.number, cohort.phase)
        _check_name(session, cohort)
    if cohort.name != before:
        _remember(session, staff, cohort)
    audit(session, staff, "cohort.changed", f"cohort/{cohort.id}")
    return cohort


def move_on(session: Session, staff: Person, cohort_id: int, seen: str, phase: str) -> bool:
    """Bring a cohort from the phase in which it was seen into another; False if it is not there any more."""
    take_turn(session)
    cohort = _held(session, cohort_id)
    if cohort.phase != seen:
        return False
    cohort.phase = phase
    cohort.name = cohort_name(cohort.kind, cohort.title, cohort.number, phase)
    _remember(session, staff, cohort)
    audit(session, staff, f"phase.{phase}", f"cohort/{cohort_id}")
    session.flush()
    offer_seats(session, cohort.tier)
    return True


def _held(session: Session, cohort_id: int) -> Cohort:
    return session.get_one(Cohort, cohort_id, with_for_update=True, populate_existing=True)


def _remember(session: Session, staff: Person, cohort: Cohort) -> None:
    """Keep how a cohort is called from now on, and who called it so."""
    row = Phase(cohort_id=cohort.id, phase=cohort.phase, name=cohort.name, since=clock.now(), by_id=staff.id)
    session.add(row)


def _check_name(session: Session, cohort: Cohort) -> None:
    alike = select(Cohort.id).where(Cohort.name == cohort.name, Cohort.open, Cohort.id != (cohort.id or 0))
    if cohort.open and session.scalar(alike.limit(1)):
        raise Unfit("title", _("An open cohort is called “%(name)s” already", name=cohort.name))


def set_rules(session: Session, staff: Person, cohort_id: int, rules: str) -> bool:
    """Keep what a cohort asks of its members; False if it asks the same already. Others are to be accepted anew."""
    cohort = _held(session, cohort_id)
    if cohort.rules == rules:
        return False
    cohort.rules = rules
    audit(session, staff, "rules.changed", f"cohort/{cohort_id}")
    return True


def accept_rules(session: Session, trainee_id: int, digest: str) -> bool:
    """Keep that a trainee accepts the rules of her cohort; False if they are not those that she has read."""
    lock(session, trainee_id)
    seat = membership(session, trainee_id)
    if seat is None or not seat.cohort.rules or rules_digest(seat.cohort.rules) != digest:
        return False
    row = insert(session, Acceptance).values(
        trainee_id=trainee_id, cohort_id=seat.cohort_id, digest=digest, at=clock.now()
    )
    keys = ["trainee_id", "cohort_id", "digest"]
    session.execute(row.on_conflict_do_update(index_elements=keys, set_={"at": row.excluded.at}))
    return True


def set_group_qr(
    session: Session, staff: Person, cohort_id: int, file: str | None, until: datetime | None
) -> str | None:
    """Keep the picture that leads to a cohort's group outside, or none; the picture that was there before."""
    cohort = _held(session, cohort_id)
    before, cohort.group_qr, cohort.group_qr_until = cohort.group_qr, file, until
    audit(session, staff, "group_qr.changed" if file else "group_qr.removed", f"cohort/{cohort_id}")
    return before


def make_next(session: Session, staff: Person, cohort_id: int, first: date, **values: Any) -> Cohort:
    """Open a cohort like one, with its rules, its wording, and its calendar from a day on. Raises `Unfit`."""
    like = session.get_one(Cohort, cohort_id)
    made = make_cohort(
        session, staff, like.kind, like.tier, rules=like.rules, external=like.external, open=True, **values
    )
    plan = session.scalars(select(Appointment).where(Appointment.cohort_id == cohort_id).order_by(Appointment.at)).all()
    for one, at in zip(plan, shifted([one.at for one in plan], first), strict=True):
        session.add(Appointment(cohort_id=made.id, title=one.title, at=at, link=one.link))
    if said := session.get(Wording, cohort_id):
        session.add(Wording(cohort_id=made.id, duties=said.duties, honours=said.honours))
    return made


# Who moves to another class


def seat(session: Session, tier: str) -> int:
    """Give free seats to those who wait for a tier, the longest first, with all that a seat lets them win; how many.

    At most two hundred at once: whoever calls until it is none has seated all.
    """
    return _settle(session, seat_waiting(session, tier))


def _settle(session: Session, moved: Sequence[int]) -> int:
    """Let those who have moved win what their new class lets them qualify for."""
    for trainee_id in moved:
        judge(session, trainee_id, {"cohort"})
    return len(moved)


def transfer(session: Session, staff: Person, trainee_id: int, cohort_id: int, reason: str) -> bool:
    """Move a trainee to another class of her tier; False, and nothing has happened, if that can't be (any more)."""
    lock(session, trainee_id)
    cohort = session.get_one(Cohort, cohort_id, populate_existing=True)
    here = membership(session, trainee_id)
    if here and here.cohort_id == cohort_id:
        return True
    if cohort.tier != standing(session, trainee_id).tier or not enter_cohort(session, trainee_id, cohort):
        return False
    audit(session, staff, f"trainee.moved.{reason}" if reason else "trainee.moved", f"person/{trainee_id}")
    _settle(session, [trainee_id])
    return True


def place_members(session: Session, staff: Person, cohort_id: int) -> tuple[int, int]:
    """Give all who are still in a cohort that has ended a seat in a class of their tier; how many have one, and how
    many wait for one."""
    inside = (
        select(Membership.trainee_id)
        .where(Membership.cohort_id == cohort_id, Membership.until.is_(None))
        .order_by(Membership.since, Membership.id)
    )
    held = set(lock_all(session, list(session.scalars(inside))))
    take_turn(session)
    if session.get_one(Cohort, cohort_id, populate_existing=True).phase != ENDED:
        return 0, 0
    members = [one for one in session.scalars(inside).all() if one in held]
    seated = [one for one in members if place(session, one, standing(session, one).tier)]
    audit(session, staff, "members.placed", f"cohort/{cohort_id}")
    return _settle(session, seated), len(members) - len(seated)


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
    if not cohort.takes:
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
