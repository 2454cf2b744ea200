"""Reviewing a fellow student, and hiding such a review."""

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.practice.models import HandIn, PeerReview
from academy.practice.peers.queries import open_to
from academy.practice.queries import in_scope
from academy.web.errors import Refused


class NotOpen(Refused):
    """She has reviewed it already, or may not any more."""


def review(
    session: Session, author_id: int, practice: str, hand_in_id: int, scores: dict[str, int], comment: str
) -> Outcome:
    """Review a fellow student's hand-in, once. Raises `NotOpen`."""
    lock(session, author_id)
    if session.scalar(open_to(author_id, practice).where(HandIn.id == hand_in_id)) is None:
        raise NotOpen(
            _("You have reviewed this one already, or it is not open to you any more."),
            (url_for("courses.map"), _("To the map")),
        )
    made = PeerReview(hand_in_id=hand_in_id, author_id=author_id, scores=scores, comment=comment, at=clock.now())
    session.add(made)
    session.flush()
    return record(session, author_id, "peer.reviewed", practice, str(made.id))


def hide(session: Session, staff: Person, review_id: int) -> int | None:
    """Hide a review, or show it again; the hand-in's id, None if she may not see that."""
    found = session.get(PeerReview, review_id)
    if found is None:
        return None
    seen = in_scope(staff).where(HandIn.id == found.hand_in_id).with_only_columns(HandIn.id)
    if session.scalar(seen) is None:
        return None
    found.hidden_at = None if found.hidden_at else clock.now()
    audit(session, staff, "peer.hidden" if found.hidden_at else "peer.shown", f"peer_review/{found.id}")
    return found.hand_in_id
