"""Doing work, in steps that commit together with how far they came."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.db import db
from academy.jobs.models import Job

HOLD = timedelta(minutes=5)
"""How long a step may take; who was away for longer has lost the job to somebody else."""

log = structlog.get_logger()


class Lost(RuntimeError):
    """Another worker has taken the job over, because this one was silent for too long."""


@dataclass(frozen=True)
class Task:
    """What a job of a name does; `daily` ones are asked for by the worker, once a brand day."""

    run: Callable[["Held"], object]
    daily: bool = False


@dataclass
class Held:
    """A job in the hands of a worker."""

    id: int
    name: str
    args: Mapping[str, Any]
    progress: dict[str, Any]
    until: datetime

    @contextmanager
    def step(self) -> Iterator[Session]:
        """One unit of work, and `progress` as it is then: both are committed, or neither. Raises `Lost`."""
        before = deepcopy(self.progress)
        try:
            with db.writing() as session:
                yield session
                until = self._keep(session, "working")
        except BaseException:
            self.progress = before
            raise
        self.until = until

    def finish(self) -> None:
        """Say that all is done."""
        with db.writing() as session:
            self._keep(session, "done")

    def fail(self, why: str) -> None:
        """Say that it can't be done; somebody has to look at it."""
        with db.writing() as session:
            self._keep(session, "failed", why)

    def _keep(self, session: Session, state: str, error: str | None = None) -> datetime:
        now = clock.now()
        held = update(Job).where(Job.id == self.id, Job.state == "working", Job.held_until == self.until)
        kept = session.execute(
            held.values(
                state=state,
                progress=self.progress,
                held_until=now + HOLD,
                finished_at=None if state == "working" else now,
                error=error,
            ).returning(Job.id)
        )
        if kept.first() is None:
            raise Lost(f"job {self.id}")
        return now + HOLD


def take(session: Session) -> Held | None:
    """The job that has waited longest, or one whose worker has fallen silent; None if there is nothing to do."""
    now = clock.now()
    free = or_(
        (Job.state == "waiting") & or_(Job.due_at.is_(None), Job.due_at <= now),
        (Job.state == "working") & (Job.held_until < now),
    )
    job = session.scalar(select(Job).where(free).order_by(Job.id).limit(1).with_for_update(skip_locked=True))
    if job is None:
        return None
    job.state, job.held_until = "working", now + HOLD
    return Held(job.id, job.name, dict(job.args), dict(job.progress), now + HOLD)


def work(tasks: Mapping[str, Task]) -> bool:
    """Do the next job to its end; False if there is none. One that fails is kept with the reason."""
    with db.writing() as session:
        held = take(session)
    if held is None:
        return False
    try:
        tasks[held.name].run(held)
        held.finish()
    except Lost:
        log.warning("job lost", job=held.id, name=held.name)
    except Exception as error:
        log.exception("job failed", job=held.id, name=held.name)
        with suppress(Lost):
            held.fail(f"{type(error).__name__}: {error}"[:200])
    return True
