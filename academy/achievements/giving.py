"""Badges that staff give and withdraw with their own hands, with a reason."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.achievements.actions import Outcome, record
from academy.achievements.badges.actions import take_copy
from academy.achievements.badges.models import ByHand
from academy.catalog.queries import published
from academy.journal.models import Fact
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.web.errors import Refused

AWARDED, WITHDRAWN, RETURNED = "badge.awarded", "badge.withdrawn", "badge.returned"


class NotGiven(Refused):
    """A badge that can't be given to her, or can't be withdrawn."""

    title = _("This badge stays as it is")


def give(session: Session, staff: Person, trainee_id: int, key: str, reason: str) -> Outcome:
    """Give a trainee a badge, or give it back; empty where she wears it already. Raises `NotGiven`."""
    badge = _badge(session, key)
    if badge.get("retired"):
        raise NotGiven(_("It is not given any more."))
    lock(session, trainee_id)
    times = _times(session, trainee_id, key)
    if times[WITHDRAWN] > times[RETURNED]:
        outcome = record(session, trainee_id, RETURNED, key, str(times[RETURNED] + 1))
    elif times[AWARDED]:
        return Outcome()
    else:
        copy = take_copy(session, key, badge["limited"]) if "limited" in badge else 1
        if copy is None:
            raise NotGiven(_("All copies are taken."))
        outcome = record(session, trainee_id, AWARDED, key, value=copy)
    _note(session, staff, outcome, reason, "badge.given")
    return outcome


def withdraw(session: Session, staff: Person, trainee_id: int, key: str, reason: str) -> Outcome:
    """Take a badge from a trainee; empty where she doesn't wear it. Raises `NotGiven`."""
    _badge(session, key)
    lock(session, trainee_id)
    times = _times(session, trainee_id, key)
    if not times[AWARDED] or times[WITHDRAWN] > times[RETURNED]:
        return Outcome()
    outcome = record(session, trainee_id, WITHDRAWN, key, str(times[WITHDRAWN] + 1))
    _note(session, staff, outcome, reason, "badge.withdrawn")
    return outcome


def _badge(session: Session, key: str) -> Any:
    badge = published(session).badges.get(key)
    if badge is None:
        raise NotGiven(_("It is not published any more."))
    if badge.get("while_met"):
        raise NotGiven(_("It comes and goes with its condition, not by hand."))
    return badge


def _times(session: Session, trainee_id: int, key: str) -> dict[str, int]:
    """How often she was given this badge, and how often it was taken and given back."""
    kinds = (AWARDED, WITHDRAWN, RETURNED)
    counted = (
        select(Fact.kind, func.count())
        .where(Fact.trainee_id == trainee_id, Fact.kind.in_(kinds), Fact.topic == key)
        .group_by(Fact.kind)
    )
    return dict.fromkeys(kinds, 0) | {kind: number for kind, number in session.execute(counted)}  # noqa: C416


def _note(session: Session, staff: Person, outcome: Outcome, reason: str, action: str) -> None:
    fact = outcome.facts[0]
    session.add(ByHand(fact_id=fact.id, by_id=staff.id, reason=reason))
    audit(session, staff, action, f"person/{fact.trainee_id}/{fact.topic}"[:60])
