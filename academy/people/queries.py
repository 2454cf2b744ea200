"""Reads about people. Staff reach trainees only through `scope`."""

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session, joinedload

from academy.people.models import Cohort, Membership, Person
from academy.people.rules import TRAINEE, email_address, phone_number


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
    return session.scalar(select(Cohort).options(joinedload(Cohort.trainer)).where(Cohort.code == code.strip().lower()))


def membership(session: Session, trainee_id: int) -> Membership | None:
    """Where a trainee learns now."""
    return session.scalar(
        select(Membership)
        .options(joinedload(Membership.cohort).joinedload(Cohort.trainer))
        .where(Membership.trainee_id == trainee_id, Membership.until.is_(None))
    )
