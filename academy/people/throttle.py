"""Throttling by rows in our own database, so that every process counts the same tries."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, delete, select
from sqlalchemy.orm import Session

from academy import clock
from academy.people.models import Attempted

# scope: (most tries, in how long)
LIMITS = {
    "signin": (5, timedelta(minutes=15)),
    "signin-host": (60, timedelta(minutes=15)),
    "signup-host": (30, timedelta(hours=1)),
    "reset": (5, timedelta(minutes=15)),
    "apply-host": (30, timedelta(hours=1)),
    "application": (30, timedelta(minutes=10)),
    "verify": (30, timedelta(minutes=10)),
    "verify-name": (10, timedelta(hours=1)),
    "discussion": (10, timedelta(hours=1)),
    "post-report": (20, timedelta(hours=1)),
}


def _digest(key: str) -> str:
    return hashlib.sha256(key.casefold().encode()).hexdigest()


def exceeded(session: Session, scope: str, key: str) -> bool:
    """Whether `key` has used up its tries in this scope."""
    return blocked_since(session, scope, key) is not None


def blocked_since(session: Session, scope: str, key: str) -> datetime | None:
    """The try that is in the way of another one by `key`; None while some are left."""
    return session.scalar(select(blocking(scope)), asking(scope, key))


def blocking(scope: str) -> ScalarSelect[datetime]:
    """The same as part of a statement, which is given the values of `asking`."""
    most, _span = LIMITS[scope]
    recent = Attempted.scope == scope, Attempted.key == bindparam("key"), Attempted.at > bindparam("since")
    return select(Attempted.at).where(*recent).order_by(Attempted.at.desc()).offset(most - 1).limit(1).scalar_subquery()


def asking(scope: str, key: str) -> dict[str, Any]:
    """The values by which `blocking` knows whose tries count, and since when."""
    return {"key": _digest(key), "since": clock.now() - LIMITS[scope][1]}


def free_again(scope: str, since: datetime) -> datetime:
    """The first whole minute in which there may be another try, where one of `since` is in its way."""
    free = since + LIMITS[scope][1] + timedelta(minutes=1) - timedelta(microseconds=1)
    return free.replace(second=0, microsecond=0)


def note(session: Session, scope: str, key: str) -> None:
    """Count one try, and forget those that no longer matter."""
    _, span = LIMITS[scope]
    session.execute(delete(Attempted).where(Attempted.scope == scope, Attempted.at < clock.now() - 2 * span))
    session.add(Attempted(scope=scope, key=_digest(key), at=clock.now()))
    session.flush()


def forget(session: Session, scope: str, key: str) -> None:
    """Start anew for a key that has shown who it is."""
    session.execute(delete(Attempted).where(Attempted.scope == scope, Attempted.key == _digest(key)))
