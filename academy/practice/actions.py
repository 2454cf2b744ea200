"""Handing in, and the verdict."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.practice.models import HandIn, Picture
from academy.practice.pictures import Kept
from academy.practice.queries import in_scope, latest
from academy.practice.rules import ACCEPTED, takes
from academy.web.errors import Refused


class Decided(Refused):
    """Somebody else was quicker with the verdict."""


class Unnamed(Refused):
    """What was not accepted, or whose author does not want to be named, is not announced."""


def hand_in(
    session: Session,
    trainee_id: int,
    practice: str,
    text: str,
    pictures: Sequence[Kept],
    people: int | None = None,
    named: bool = False,
) -> tuple[HandIn, Outcome]:
    """Hand in a text with pictures; while one waits, or when one was accepted, that one and an empty outcome.

    One about her group, with the number of people in it, may follow an accepted one.
    """
    lock(session, trainee_id)
    last = latest(session, trainee_id, practice)
    if last and not takes(last.state, people is not None):
        return last, Outcome()
    new = HandIn(
        trainee_id=trainee_id,
        practice=practice,
        number=last.number + 1 if last else 1,
        text=text,
        at=clock.now(),
        people=people,
        named=named,
        pictures=[
            Picture(position=n, file=kept.file, width=kept.width, height=kept.height)
            for n, kept in enumerate(pictures, 1)
        ],
    )
    session.add(new)
    session.flush()
    return new, record(session, trainee_id, "handin.submitted", practice, str(new.number))


def decide(
    session: Session, staff: Person, hand_in_id: int, verdict: str, comment: str, people: int | None = None
) -> Outcome | None:
    """Accept or return a hand-in; None if she may not see it. Raises `Decided` if it has a verdict already.

    `people` is what the reviewer counts in the group that a hand-in is about.
    """
    hers = in_scope(staff).where(HandIn.id == hand_in_id).with_only_columns(HandIn.trainee_id)
    trainee_id = session.scalar(hers)
    if trainee_id is None:
        return None
    lock(session, trainee_id)
    found = session.get_one(HandIn, hand_in_id, populate_existing=True)
    if found.verdict_id is not None:
        raise _decided(found)
    outcome = record(session, trainee_id, f"handin.{verdict}", found.practice, str(found.number))
    found.verdict_id = outcome.facts[0].id
    found.comment = comment
    found.reviewer_id = staff.id
    audit(session, staff, f"handin.{verdict}", f"hand_in/{found.id}")
    if verdict == ACCEPTED and found.people is not None and people:
        outcome += record(session, trainee_id, "group.built", found.practice, str(found.number), people)
    return outcome


def announce(session: Session, staff: Person, hand_in_id: int) -> bool:
    """Put on record that an accepted hand-in was announced; False if this staff may not see it. Raises `Unnamed`."""
    hers = in_scope(staff).where(HandIn.id == hand_in_id).with_only_columns(HandIn.trainee_id)
    trainee_id = session.scalar(hers)
    if trainee_id is None:
        return False
    lock(session, trainee_id)
    found = session.get_one(HandIn, hand_in_id, populate_existing=True)
    if found.state != ACCEPTED or not found.named:
        raise Unnamed(_("Only an accepted group is announced, and only if she has agreed to be named."))
    if found.announced_at is None:
        found.announced_at = clock.now()
        audit(session, staff, "handin.announced", f"hand_in/{found.id}")
    return True


def _decided(found: HandIn) -> Decided:
    who = found.reviewer.name if found.reviewer else ""
    said = (
        _("%(name)s has accepted this one already. Your verdict was not needed and nothing changed.", name=who)
        if found.state == ACCEPTED
        else _("%(name)s has returned this one already. Your verdict was not needed and nothing changed.", name=who)
    )
    return Decided(said, (url_for("review.queue"), _("On to the next one")))
