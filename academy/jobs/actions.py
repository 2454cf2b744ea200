"""Asking for work."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from academy import clock
from academy.db import insert
from academy.jobs.models import Job


def ask(session: Session, name: str, key: str | None = None, *, due_at: datetime | None = None, **args: Any) -> bool:
    """Put a job on the list, with the caller's unit of work; False if one of this key was asked for already."""
    row = {"name": name, "key": key, "args": args, "progress": {}, "state": "waiting", "created_at": clock.now()}
    row["due_at"] = due_at
    new = insert(session, Job).values(**row).on_conflict_do_nothing().returning(Job.id)
    return session.execute(new).first() is not None


def ask_daily(session: Session, names: Iterable[str]) -> None:
    """Ask for what is to be done once a brand day."""
    for name in names:
        ask(session, name, f"{name}/{clock.today()}")
