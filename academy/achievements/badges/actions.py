"""Taking copies of limited badges."""

from sqlalchemy.orm import Session

from academy.achievements.badges.models import Edition
from academy.db import insert
from academy.people.actions import take_turn


def take_copy(session: Session, badge: str, limit: int) -> int | None:
    """The number of the next copy, which is hers from now on; None where all are taken.

    One statement counts and limits, so that of many who come at once nobody gets a copy too many. It takes the turn:
    two who win the last copies of two badges for many people, in opposite orders, would wait for each other for ever.
    """
    take_turn(session)
    first = insert(session, Edition).values(badge=badge, taken=1)
    more = first.on_conflict_do_update(
        index_elements=["badge"], set_={"taken": Edition.taken + 1}, where=Edition.taken < limit
    )
    copy: int | None = session.scalar(more.returning(Edition.taken))
    return copy
