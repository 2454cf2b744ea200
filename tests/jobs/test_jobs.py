"""Durable work: asked for once, done by one, in steps that commit with how far it is; taken over when a worker dies."""

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from academy import JOBS
from academy.db import db
from academy.jobs.actions import ask, ask_daily
from academy.jobs.models import Job
from academy.jobs.work import HOLD, Held, Lost, Task, take, work
from academy.people.models import Audit, Person
from tests.conftest import Clock
from tests.quizzes.test_races import together


@pytest.fixture(autouse=True)
def nothing_waits(session: Session) -> None:
    """Publishing the academy has asked for work, too."""
    with db.writing() as s:
        s.execute(delete(Job))


def asked(name: str = "count", key: str | None = None, **args: Any) -> bool:
    with db.writing() as s:
        return ask(s, name, key, **args)


def taken() -> Held:
    with db.writing() as s:
        held = take(s)
    assert held
    return held


def rows(session: Session) -> list[tuple[str, str, dict[str, Any], str | None]]:
    """Name, state, progress and error of every job, oldest first."""
    session.rollback()
    found = session.execute(select(Job.name, Job.state, Job.progress, Job.error).order_by(Job.id))
    return [(name, state, progress, error) for name, state, progress, error in found]


def marks(session: Session) -> list[str]:
    """What jobs of these tests have done."""
    session.rollback()
    return list(session.scalars(select(Audit.subject).order_by(Audit.id)))


@pytest.fixture
def mark(lu: Person) -> Callable[[Session, str], None]:
    """Do something that can be seen afterwards."""

    def written(session: Session, what: str) -> None:
        session.add(Audit(at=lu.created_at, staff_id=lu.id, action="job", subject=what))
        session.flush()

    return written


@pytest.fixture
def count(mark: Callable[[Session, str], None]) -> Task:
    """Marks 1 to 3, a step each; goes on where the progress says."""

    def run(job: Held) -> None:
        for n in range(job.progress.get("done", 0) + 1, 4):
            with job.step() as session:
                mark(session, f"{job.args.get('of', 'a')}{n}")
                job.progress["done"] = n

    return Task(run)


# Asking


def test_what_has_a_key_is_asked_for_once(session: Session) -> None:
    assert asked(key="night/1")
    assert not asked(key="night/1")
    assert asked(key="night/2")
    assert asked()
    assert asked()
    assert len(rows(session)) == 4


def test_two_who_ask_at_once_ask_once(app: Flask, session: Session) -> None:
    def one() -> bool:
        with app.app_context():
            return asked(key="night/1")

    assert sorted(together(*(one for _ in range(4)))) == [False, False, False, True]
    assert len(rows(session)) == 1


def test_asking_is_part_of_the_callers_unit_of_work(session: Session) -> None:
    def breaks() -> None:
        with db.writing() as s:
            ask(s, "count")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    assert rows(session) == []


def test_what_is_asked_for_once_a_day_is_asked_for_on_the_brands_day(session: Session, clock: Clock) -> None:
    def days() -> list[str | None]:
        with db.writing() as s:
            ask_daily(s, ["nightly"])
        session.rollback()
        return list(session.scalars(select(Job.key).order_by(Job.id)))

    assert days() == days() == ["nightly/2026-09-14"]
    clock.move(hours=13, minutes=59)
    assert days() == ["nightly/2026-09-14"]
    clock.move(minutes=1)
    assert days() == ["nightly/2026-09-14", "nightly/2026-09-15"]
    clock.move(days=2)
    assert days() == ["nightly/2026-09-14", "nightly/2026-09-15", "nightly/2026-09-17"]
    clock.move(days=-2)
    assert len(days()) == 3


def test_the_academy_knows_every_job_that_it_asks_for(app: Flask) -> None:
    assert {"nightly", "sweep", "traits"} <= set(app.extensions["jobs"])
    assert JOBS["nightly"].daily
    assert not JOBS["sweep"].daily


# Working


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for(session: Session, count: Task) -> None:
    asked(of="a")
    asked(of="b")
    assert work({"count": count})
    assert work({"count": count})
    assert not work({"count": count})
    assert marks(session) == ["a1", "a2", "a3", "b1", "b2", "b3"]
    assert rows(session) == [("count", "done", {"done": 3}, None)] * 2


def test_two_workers_never_do_the_same_job(app: Flask, session: Session, count: Task) -> None:
    for n in range(12):
        asked(of=f"{n}.")

    def worker() -> int:
        with app.app_context():
            return sum(iter(lambda: work({"count": count}), False))

    done = together(*(worker for _ in range(4)))
    assert sum(done) == 12
    assert sorted(marks(session)) == sorted(f"{n}.{m}" for n in range(12) for m in (1, 2, 3))
    assert {state for _, state, _, _ in rows(session)} == {"done"}


def test_what_somebody_holds_nobody_else_takes(app: Flask, session: Session) -> None:
    asked()
    begun, go_on = Event(), Event()

    def slow(job: Held) -> None:
        begun.set()
        assert go_on.wait(20)

    def first() -> bool:
        with app.app_context():
            return work({"count": Task(slow)})

    def second() -> bool:
        assert begun.wait(20)
        try:
            with app.app_context():
                return work({"count": Task(slow)})
        finally:
            go_on.set()

    assert together(first, second) == [True, False]
    assert [state for _, state, _, _ in rows(session)] == ["done"]


def test_work_and_progress_of_a_step_are_kept_together_or_not_at_all(
    session: Session, mark: Callable[[Session, str], None]
) -> None:
    asked()
    held = taken()
    with held.step() as s:
        mark(s, "first")
        held.progress["done"] = 1

    def breaks() -> None:
        with held.step() as s:
            mark(s, "second")
            held.progress["done"] = 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    assert marks(session) == ["first"]
    assert rows(session) == [("count", "working", {"done": 1}, None)]
    # Nor does it come back with what is kept next.
    held.fail("it broke")
    assert rows(session) == [("count", "failed", {"done": 1}, "it broke")]


def test_a_step_whose_commit_fails_can_be_told_of(
    session: Session, mark: Callable[[Session, str], None], monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    def run(job: Held) -> None:
        clock.move(minutes=1)
        with monkeypatch.context() as patched, job.step() as s:
            mark(s, "lost")
            job.progress["done"] = 1
            patched.setattr(s, "commit", refuse)

    def refuse() -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    asked()
    assert work({"count": Task(run)})
    assert marks(session) == []
    ((_, state, progress, error),) = rows(session)
    assert (state, progress) == ("failed", {})
    assert error
    assert "disk full" in error


def test_a_job_that_fails_is_kept_with_its_reason_and_stops_no_other(session: Session, count: Task) -> None:
    def fails(_job: Held) -> None:
        raise ValueError("x" * 300)

    asked("fails")
    asked("unknown")
    asked("count")
    tasks = {"count": count, "fails": Task(fails)}
    assert [work(tasks) for _ in range(4)] == [True, True, True, False]
    (_, first, _, why), (_, second, _, unknown), last = rows(session)
    assert (first, why) == ("failed", ("ValueError: " + "x" * 300)[:200])
    assert (second, unknown) == ("failed", "KeyError: 'unknown'")
    assert last == ("count", "done", {"done": 3}, None)


# Dying


class Killed(BaseException):
    """The process ended here."""


def killed_after(task: Task, steps: int) -> Task:
    """A task whose worker is killed when it begins the next step."""

    def run(job: Held) -> None:
        left = iter(range(steps))
        whole = job.step

        def step() -> Any:
            if next(left, None) is None:
                raise Killed
            return whole()

        job.step = step  # type: ignore[method-assign]
        task.run(job)

    return Task(run)


def test_the_job_of_a_killed_worker_is_taken_over_after_five_minutes(
    session: Session, count: Task, clock: Clock
) -> None:
    asked()
    clock.move(minutes=3)
    with pytest.raises(Killed):
        work({"count": killed_after(count, 2)})
    assert rows(session) == [("count", "working", {"done": 2}, None)]
    clock.move(minutes=5)
    assert not work({"count": count})
    clock.move(seconds=1)
    assert work({"count": count})
    assert marks(session) == ["a1", "a2", "a3"]
    assert rows(session) == [("count", "done", {"done": 3}, None)]


def test_each_step_holds_the_job_for_longer(session: Session, count: Task, clock: Clock) -> None:
    asked()
    held = taken()
    for _ in range(3):
        clock.move(minutes=4)
        with held.step():
            pass
        with db.writing() as s:
            assert take(s) is None
    assert HOLD.total_seconds() == 300


@pytest.fixture
def silent(session: Session, clock: Clock) -> tuple[Held, Held]:
    """A worker who was silent for too long, and the one who took her job over."""
    asked()
    first = taken()
    clock.move(minutes=5, seconds=1)
    return first, taken()


def test_who_was_silent_for_too_long_has_lost_the_job(
    session: Session, silent: tuple[Held, Held], mark: Callable[[Session, str], None]
) -> None:
    first, second = silent

    def too_late() -> None:
        with first.step() as s:
            mark(s, "too late")
            first.progress["done"] = 1

    for act in (too_late, first.finish, partial(first.fail, "x")):
        with pytest.raises(Lost):
            act()
    assert marks(session) == []
    with second.step() as s:
        mark(s, "in time")
    second.finish()
    assert marks(session) == ["in time"]
    assert rows(session) == [("count", "done", {}, None)]
    with pytest.raises(Lost):
        second.finish()


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_a_worker_who_lost_her_job_goes_on_with_the_next(
    session: Session, clock: Clock, count: Task, ends: str
) -> None:
    def stalls(_job: Held) -> None:
        clock.move(minutes=6)
        assert taken().name == "stalls"
        if ends == "badly":
            raise ValueError

    asked("stalls")
    asked("count")
    tasks = {"stalls": Task(stalls), "count": count}
    assert work(tasks)
    assert work(tasks)
    assert [(name, state) for name, state, _, _ in rows(session)] == [("stalls", "working"), ("count", "done")]


def test_what_is_done_or_failed_is_never_taken_again(session: Session, clock: Clock, count: Task) -> None:
    asked("count")
    asked("unknown")
    assert [work({"count": count}) for _ in range(2)] == [True, True]
    clock.move(days=30)
    assert not work({"count": count})
