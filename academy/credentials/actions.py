"""Switching a share on and off."""

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.models import Share
from academy.people.actions import lock


def share(session: Session, trainee_id: int, fact_id: int, named: str) -> Share:
    """Let whoever has the link see an honour of hers; where it is shared already, only the name changes."""
    lock(session, trainee_id)
    found = session.scalar(select(Share).where(Share.fact_id == fact_id, Share.ended_at.is_(None)))
    if found is None:
        found = Share(fact_id=fact_id, created_at=clock.now())
        session.add(found)
    found.named = named
    session.flush()
    return found


def end(session: Session, fact_id: int) -> None:
    """Let the link to an honour open nothing any more."""
    session.execute(
        update(Share)
        .where(Share.fact_id == fact_id, Share.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def token(key: str, share: Share) -> str:
    """The word in a share's address, which nobody can guess."""
    return str(_serializer(key).dumps(share.id))


def opened(key: str, token: str) -> int | None:
    """The id of the share that a word opens; None if it is forged."""
    try:
        said = _serializer(key).loads(token)
    except BadSignature:
        return None
    return said if isinstance(said, int) else None


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="honour.shared")
