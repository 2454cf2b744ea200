"""Throttling by rows in our own database, so that every process counts the same tries."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select
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
}


def _digest(key: str) -> str:
    return hashlib.sha256(key.casefold().encode()).hexdigest()


def exceeded(session: Session, scope: str, key: str) -> bool:
    """Whether `key` has used up its tries in this scope."""
    most, span = LIMITS[scope]
    tries = select(func.count()).where(
        Attempted.scope == scope, Attempted.key == _digest(key), Attempted.at > clock.now() - span
    )
    return (session.scalar(tries) or 0) >= most


def note(session: Session, scope: str, key: str) -> None:
    """Count one try, and forget those that no longer matter."""
    _, span = LIMITS[scope]
    session.execute(delete(Attempted).where(Attempted.scope == scope, Attempted.at < clock.now() - 2 * span))
    session.add(Attempted(scope=scope, key=_digest(key), at=clock.now()))
    session.flush()


def forget(session: Session, scope: str, key: str) -> None:
    """Start anew for a key that has shown who it is."""
    session.execute(delete(Attempted).where(Attempted.scope == scope, Attempted.key == _digest(key)))
