"""Reads about people. Staff reach trainees only through `scope`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, bindparam, false, or_, select
from sqlalchemy.orm import Session, joinedload

from academy import clock
from academy.people.models import Acceptance, Appointment, Candidate, Cohort, Invitee, Membership, Person
from academy.people.rules import TRAINEE, email_address, phone_number, rules_digest
from academy.text.codes import token_digest
from academy.text.line import plain


def scope(staff: Person) -> Select[Person]:
    """The trainees whom a member of staff may see."""
    trainees = select(Person).where(Person.role == TRAINEE, Person.erased_at.is_(None))
    if staff.may("roster.see_all"):
        return trainees
    if not staff.may("roster.see"):
        return trainees.where(false())
    hers = (
        select(Membership.trainee_id)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(Cohort.trainer_id == staff.id, Membership.until.is_(None))
    )
    return trainees.where(Person.id.in_(hers))


def cohorts_of(staff: Person) -> Select[Cohort]:
    """The cohorts that a member of staff may see."""
    if staff.may("roster.see_all"):
        return select(Cohort)
    return select(Cohort).where(Cohort.trainer_id == staff.id if staff.may("roster.see") else false())


def by_contact(session: Session, typed: str) -> Person | None:
    """The living account behind a phone number or an e-mail address."""
    phone, email = phone_number(typed), email_address(typed)
    if not phone and not email:
        return None
    found = select(Person).where(
        Person.erased_at.is_(None),
        or_(
            *([Person.phone == phone] if phone else []),
            *([Person.email == email] if email else []),
        ),
    )
    return session.scalar(found)


def cohort_by_code(session: Session, code: str) -> Cohort | None:
    """The cohort behind an invitation code."""
    return session.scalar(select(Cohort).options(joinedload(Cohort.trainer)).where(Cohort.code == plain(code).lower()))


def application(session: Session, token: str) -> Candidate | None:
    """The application that a candidate's link opens, with its group."""
    return session.scalar(
        select(Candidate)
        .options(joinedload(Candidate.cohort).joinedload(Cohort.trainer))
        .where(Candidate.digest == token_digest(token))
    )


def membership(session: Session, trainee_id: int) -> Membership | None:
    """Where a trainee learns now."""
    return session.scalar(
        select(Membership)
        .options(joinedload(Membership.cohort).joinedload(Cohort.trainer))
        .where(Membership.trainee_id == trainee_id, Membership.until.is_(None))
    )


def near() -> tuple[datetime, datetime]:
    """The seven days in which an appointment is near; who is late still finds it for an hour."""
    now = clock.now()
    return now - timedelta(hours=1), now + timedelta(days=7)


@dataclass(frozen=True)
class Seat:
    """Where a trainee learns now, and what is next on her cohort's calendar, if something is near.

    `asks` while the cohort has rules that she has not accepted as they are.
    """

    cohort: str
    asks: bool
    title: str | None = None
    at: datetime | None = None
    link: str | None = None


def seat(connection: Connection, trainee_id: int) -> Seat | None:
    """Her seat; one statement."""
    since, until = near()
    row = connection.execute(_seat, {"trainee": trainee_id, "since": since, "until": until}).first()
    if row is None:
        return None
    name, rules, accepted, *near_by = row
    return Seat(name, bool(rules) and accepted != rules_digest(rules), *near_by)


def accepted(cohort_id: Any, trainee_id: Any) -> ScalarSelect[str]:
    """The digest of the rules that a trainee of a cohort has accepted, the last time that she did."""
    return (
        select(Acceptance.digest)
        .where(Acceptance.cohort_id == cohort_id, Acceptance.trainee_id == trainee_id)
        .order_by(Acceptance.at.desc())
        .limit(1)
        .scalar_subquery()
    )


_member, _cohort, _next = Membership.__table__.c, Cohort.__table__.c, Appointment.__table__.c
_other = Appointment.__table__.alias()
_nearest = (
    select(_other.c.id)
    .where(_other.c.cohort_id == _member.cohort_id, _other.c.at.between(bindparam("since"), bindparam("until")))
    .order_by(_other.c.at, _other.c.id)
    .limit(1)
    .correlate(Membership.__table__)
    .scalar_subquery()
)
_seat = (
    select(
        _cohort.name,
        _cohort.rules,
        accepted(_member.cohort_id, _member.trainee_id),
        *(_next.title, _next.at, _next.link),
    )
    .select_from(Membership.__table__.join(Cohort.__table__).outerjoin(Appointment.__table__, _next.id == _nearest))
    .where(_member.trainee_id == bindparam("trainee"), _member.until.is_(None))
)


def invitee(session: Session, phone: str) -> Invitee | None:
    """Whom the brand has put on a cohort's list and who has not signed up; locked, so that nobody removes her now."""
    return session.scalar(
        select(Invitee).where(Invitee.phone == phone, Invitee.person_id.is_(None)).with_for_update(of=Invitee)
    )
