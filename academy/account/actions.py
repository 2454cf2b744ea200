"""Writes about one's own account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.achievements.actions import issue_waiting
from academy.achievements.certificates.queries import own
from academy.achievements.certificates.rules import clean_name
from academy.catalog.queries import published
from academy.courses.actions import count_trial
from academy.journal.actions import start
from academy.people.actions import join_cohort, lock
from academy.people.models import Candidate, Cohort, Person, ResetCode, Trait
from academy.people.queries import application, by_contact, cohort_by_code, invitee
from academy.people.rules import RECRUITING, TRAINEE
from academy.text.codes import code_digest
from academy.tiers.rules import ladder


class Taken(Exception):
    """The phone number or e-mail has an account."""


class Uninvited(Exception):
    """No open class of beginners has this invitation code, or has her on its list."""


class Fixed(Exception):
    """The name stands on a certificate; staff correct it with the paper."""


@dataclass(frozen=True)
class Newcomer:
    """Who signs up."""

    name: str
    phone: str | None
    email: str | None
    password_hash: str
    code: str
    locale: str | None
    theme: str | None
    application: str = ""
    """The token of a candidate's link, where she comes by one."""


@dataclass(frozen=True)
class Welcome:
    """A new account: whether the class had a seat left, and what her trial lesson earned."""

    person: Person
    seated: bool
    outcome: Outcome


def sign_up(session: Session, new: Newcomer, trial: Mapping[str, Any] | None) -> Welcome:
    """Make a trainee's account, with her standing, her class and the lesson that she took before."""
    catalog = published(session)
    first = ladder(catalog).first.key
    listed = invitee(session, new.phone) if new.phone else None
    chosen = _accepted(session, new.application)
    # What both sides chose wins over the brand's list, and that over the link; but a closed class invites nobody.
    cohort = chosen.cohort if chosen else listed.cohort if listed and listed.cohort.takes else _by_code(session, new)
    if cohort is None or not cohort.takes or cohort.tier != first:
        raise Uninvited
    person = Person(
        role=TRAINEE,
        name=new.name,
        phone=new.phone,
        email=new.email,
        password_hash=new.password_hash,
        locale=new.locale,
        theme=new.theme,
        consent_version=catalog.one("brand")["consent"],
        consent_at=clock.now(),
        external=cohort.external,
        external_since=clock.now() if cohort.external else None,
        created_at=clock.now(),
    )
    session.add(person)
    try:
        session.flush()
    except IntegrityError as error:
        # The unique constraint is the only judge, so two that sign up at once can't both pass.
        raise Taken from error
    start(session, person.id, first)
    if listed:
        listed.person_id = person.id
    if chosen:
        chosen.state, chosen.person_id = "joined", person.id
        if chosen.channel:
            session.add(Trait(trainee_id=person.id, kind="channel", key=chosen.channel))
    seated = join_cohort(session, person.id, cohort)
    outcome = count_trial(session, person.id, trial) if trial else Outcome()
    return Welcome(person, seated, outcome)


def _by_code(session: Session, new: Newcomer) -> Cohort | None:
    """The class behind a code; a recruiting group takes only whom it accepted."""
    cohort = cohort_by_code(session, new.code)
    return cohort if cohort and cohort.takes and cohort.kind != RECRUITING else None


def _accepted(session: Session, token: str) -> Candidate | None:
    """The candidate whom a group has accepted, locked, so that nobody decides anew at this moment."""
    found = application(session, token) if token else None
    if found is None:
        return None
    session.refresh(found, ["state"], with_for_update=True)
    if found.state != "accepted":
        raise Uninvited
    return found


def set_profile(session: Session, person_id: int, name: str, salutation: str) -> Outcome:
    """Keep how she is called; for a trainee it is a fact, once."""
    lock(session, person_id)
    person = session.get_one(Person, person_id)
    person.name, person.salutation = name, salutation
    return record(session, person_id, "profile.completed") if person.role == TRAINEE else Outcome()


def set_legal_name(session: Session, person_id: int, name: str, salutation: str) -> Outcome:
    """Keep the name that certificates print, and issue those that waited for it; `Fixed` once one was issued."""
    lock(session, person_id)
    person = session.get_one(Person, person_id)
    if own(session, person.id) and (person.legal_name, person.salutation) != (clean_name(name), salutation):
        raise Fixed
    person.legal_name, person.salutation = clean_name(name), salutation
    session.flush()
    return issue_waiting(session, person)


def set_password(session: Session, person_id: int, password_hash: str) -> Person:
    """Change the password: every session of before ends, and every reset code."""
    lock(session, person_id)
    person = session.get_one(Person, person_id, populate_existing=True)
    person.password_hash = password_hash
    person.epoch += 1
    session.execute(
        update(ResetCode)
        .where(ResetCode.person_id == person_id, ResetCode.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    session.flush()
    return person


def reset_password(session: Session, contact: str, code: str, password_hash: str) -> bool:
    """Set a new password by a one-time code; False if there is no such account or the code is not good for it."""
    person = by_contact(session, contact)
    if person is None:
        return False
    used = session.execute(
        update(ResetCode)
        .where(
            ResetCode.person_id == person.id,
            ResetCode.digest == code_digest(code),
            ResetCode.used_at.is_(None),
            ResetCode.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(ResetCode.id)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        return False
    set_password(session, person.id, password_hash)
    return True


def agree_to_announcements(session: Session, person_id: int, agrees: bool) -> None:
    """Let staff announce what she wins from now on in her class's group, or not any more."""
    lock(session, person_id)
    person = session.get_one(Person, person_id)
    if agrees != bool(person.announce_since):
        person.announce_since = clock.now() if agrees else None
