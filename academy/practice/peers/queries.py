"""Reads: which hand-in a trainee may review next, and what fellow students said to one."""

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from academy.people.models import Person
from academy.practice.models import HandIn, PeerReview
from academy.practice.rules import ACCEPTED


def open_to(trainee_id: int, practice: str) -> Select[HandIn]:
    """The hand-ins for a task that she may review: accepted ones whose authors agree, of everybody but herself and
    those whom she has reviewed for this task before, once her own was accepted."""
    own, before = aliased(HandIn), aliased(HandIn)
    done = exists().where(own.trainee_id == trainee_id, own.practice == practice, own.state == ACCEPTED)
    met = (
        select(before.trainee_id)
        .join(PeerReview, PeerReview.hand_in_id == before.id)
        .where(PeerReview.author_id == trainee_id, before.practice == practice)
    )
    return (
        select(HandIn)
        .join(Person, Person.id == HandIn.trainee_id)
        .where(
            HandIn.practice == practice,
            HandIn.shared,
            HandIn.state == ACCEPTED,
            HandIn.trainee_id != trainee_id,
            HandIn.trainee_id.not_in(met),
            Person.erased_at.is_(None),
            done,
        )
    )


AMONG = 100
"""Of so many that were accepted last the one with the fewest reviews comes next."""


def next_one(session: Session, trainee_id: int, practice: str, id: int | None = None) -> HandIn | None:
    """The one with the fewest reviews so far, the oldest of those; or a certain one, if she may review it."""
    found = open_to(trainee_id, practice)
    if id is not None:
        chosen = found.where(HandIn.id == id).with_only_columns(HandIn.id)
    else:
        recent = found.order_by(HandIn.verdict_id.desc()).limit(AMONG).with_only_columns(HandIn.id).subquery()
        number = select(func.count()).where(PeerReview.hand_in_id == recent.c.id).scalar_subquery()
        chosen = select(recent.c.id).order_by(number, recent.c.id).limit(1)
    return session.scalar(
        select(HandIn).options(selectinload(HandIn.pictures)).where(HandIn.id == chosen.scalar_subquery())
    )


def of_hand_in(session: Session, hand_in: HandIn, hidden: bool = False) -> list[PeerReview]:
    """What fellow students said to a hand-in; what staff have hidden only where that is asked for."""
    said = select(PeerReview).options(joinedload(PeerReview.author)).where(PeerReview.hand_in_id == hand_in.id)
    if not hidden:
        said = said.where(PeerReview.hidden_at.is_(None))
    return list(session.scalars(said.order_by(PeerReview.id)))
