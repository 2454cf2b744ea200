"""Applying, deciding, forgetting; removing those from outside whose time is over, and taking them back."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import record
from academy.db import insert
from academy.people.actions import audit, join_cohort, leave_cohort, lock
from academy.people.models import Candidate, Membership, Person, Waiting, Wording
from academy.recruiting.queries import overdue
from academy.recruiting.rules import APPLIED, CHANGEABLE, DECIDABLE, JOINED, OPEN, WITHDRAWN, forgotten_on
from academy.text.codes import new_token, token_digest
from academy.tiers.rules import External


def apply(session: Session, cohort_id: int, phone: str, **words: str) -> str:
    """Put a candidate on a group's list; the token of the link to her application.

    A number that is on it already changes nothing, and nobody is told so: what is written now stands beside it.
    """
    token = new_token()
    values = {"cohort_id": cohort_id, "state": APPLIED, "at": clock.now(), "digest": token_digest(token), "note": ""}
    row = insert(session, Candidate).values(**values, **words, phone=phone)
    new = row.on_conflict_do_nothing(index_elements=["cohort_id", "phone"]).returning(Candidate.id)
    if session.scalar(new) is None:
        known = select(Candidate.id).where(Candidate.cohort_id == cohort_id, Candidate.phone == phone)
        session.add(Candidate(**values, **words, repeats_id=session.scalars(known).one()))
    return token


def change(session: Session, token: str, **words: str) -> bool:
    """Write an application anew, also after having withdrawn; False once it is decided."""
    return _move(session, token, CHANGEABLE, state=APPLIED, decided_at=None, **words)


def withdraw(session: Session, token: str) -> bool:
    """Take an application back; False if there is nothing to take back."""
    return _move(session, token, OPEN, state=WITHDRAWN, decided_at=clock.now())


def _move(session: Session, token: str, from_: Collection[str], **values: Any) -> bool:
    moved = session.execute(
        update(Candidate)
        .where(Candidate.digest == token_digest(token), Candidate.state.in_(from_))
        .values(**values)
        .returning(Candidate.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def decide(session: Session, staff: Person, cohort_id: int, ids: Collection[int], verdict: str, note: str) -> int:
    """Accept or decline some of a group's candidates, with a few words to them; how many that changed.

    Their rows are locked in one order, so that two who decide at once wait for each other.
    """
    wanted = select(Candidate).where(
        Candidate.id.in_(ids),
        Candidate.cohort_id == cohort_id,
        Candidate.repeats_id.is_(None),
        Candidate.state.in_(DECIDABLE),
        Candidate.state != verdict,
    )
    found = session.scalars(wanted.order_by(Candidate.id).with_for_update()).all()
    for candidate in found:
        candidate.state, candidate.note = verdict, note
        candidate.decided_at, candidate.by_id = clock.now(), staff.id
        audit(session, staff, f"candidate.{verdict}", f"candidate/{candidate.id}")
    return len(found)


def new_link(session: Session, staff: Person, candidate_id: int) -> tuple[Candidate, str] | None:
    """A new link for a candidate who has lost hers, which ends; its token is told once."""
    candidate = session.scalar(
        select(Candidate)
        .where(Candidate.id == candidate_id, Candidate.repeats_id.is_(None), Candidate.state != JOINED)
        .with_for_update()
    )
    if candidate is None:
        return None
    token = new_token()
    candidate.digest = token_digest(token)
    audit(session, staff, "candidate.link", f"candidate/{candidate.id}")
    return candidate, token


def forget(session: Session, today: date) -> int:
    """Delete the applications, and what repeats them, of those who did not join and were decided on 90 days ago."""
    day_after = clock.beginning(forgotten_on(today) + timedelta(days=1))
    due = (Candidate.state != JOINED) & (func.coalesce(Candidate.decided_at, Candidate.at) < day_after)
    gone = list(session.scalars(select(Candidate.id).where(due)))
    deleted = 0
    for start in range(0, len(gone), 500):
        ids = gone[start : start + 500]
        for statement in (Candidate.repeats_id.in_(ids), Candidate.id.in_(ids)):
            deleted += len(session.execute(delete(Candidate).where(statement).returning(Candidate.id)).all())
    return deleted


def word(session: Session, staff: Person, cohort_id: int, duties: str, honours: str) -> None:
    """Keep what a group's application page says."""
    said = {"duties": duties, "honours": honours}
    row = insert(session, Wording).values(cohort_id=cohort_id, **said)
    session.execute(row.on_conflict_do_update(index_elements=["cohort_id"], set_=said))
    audit(session, staff, "wording.changed", f"cohort/{cohort_id}")


# From outside


def remove(session: Session, trainee_id: int, entry: External, today: date) -> bool:
    """Remove a trainee from outside whose time is over; False if it is not, or no longer."""
    person = _held(session, trainee_id)
    if person is None or session.scalar(overdue(entry, today).where(Person.id == trainee_id)) is None:
        return False
    assert person.external_since
    began = clock.day_of(person.external_since).isoformat()
    record(session, trainee_id, "external.removed", entry.assessment, began)
    leave_cohort(session, trainee_id)
    session.execute(delete(Waiting).where(Waiting.trainee_id == trainee_id))
    person.removed_at = clock.now()
    return True


def take_back(session: Session, staff: Person, trainee_id: int) -> bool | None:
    """Let a removed trainee learn again, her time beginning anew; whether her class has a seat, None if she is in."""
    lock(session, trainee_id)
    person = session.get_one(Person, trainee_id, populate_existing=True)
    if person.removed_at is None:
        return None
    person.removed_at, person.external_since = None, clock.now()
    audit(session, staff, "external.returned", f"person/{trainee_id}")
    last = session.scalar(
        select(Membership).where(Membership.trainee_id == trainee_id).order_by(Membership.id.desc()).limit(1)
    )
    return join_cohort(session, trainee_id, last.cohort) if last else False


def _held(session: Session, trainee_id: int) -> Person | None:
    """Her row, locked; None if she has deleted her account."""
    living = select(Person).where(Person.id == trainee_id, Person.erased_at.is_(None))
    return session.scalar(living.with_for_update().execution_options(populate_existing=True))
