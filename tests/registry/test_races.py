"""Batches with bad luck: workers that die, two who do the same at once, a disk that is full."""

from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy import achievements
from academy import clock as time
from academy.achievements import actions
from academy.achievements.certificates.models import Batch, Certificate, Serial
from academy.db import db
from academy.jobs.models import Job
from academy.jobs.work import HOLD, Lost, take, work
from academy.journal.models import Fact
from academy.people.models import Person
from academy.registry import batches
from tests.achievements.story import almost_silver, run_jobs
from tests.conftest import Clock, html
from tests.quizzes.test_races import together
from tests.registry.conftest import DESIGN, ISSUING, begun, crowd, issued, listed, named, serials, whole

PEOPLE = 12


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch, quiet: None) -> None:
    """Four people at a time, so that a dozen make three steps."""
    monkeypatch.setattr(batches, "AT_ONCE", 4)


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the issue to somebody fail; empty the list to mend it."""
    victims: list[int] = []
    award = actions.award

    def maybe(session: Session, design: str, numbers: dict[int, int], *args: Any) -> Any:
        outcome = award(session, design, numbers, *args)
        if not numbers.keys().isdisjoint(victims):
            raise OSError(28, "No space left on device")
        return outcome

    monkeypatch.setattr(batches, "award", maybe)
    return victims


def jobs(session: Session) -> list[tuple[str, str | None]]:
    session.rollback()
    found = select(Job.state, Job.error).where(Job.name == "batch").order_by(Job.id)
    return [(state, error) for state, error in session.execute(found)]


def test_what_breaks_in_the_middle_says_how_far_it_came_and_goes_on(
    app: Flask, session: Session, desk: FlaskClient, lu: Person, breaks: list[int]
) -> None:
    people = crowd(PEOPLE)
    breaks.append(people[5])
    batch = begun(lu, people)
    run_jobs(app)
    assert serials(session) == whole(4), "the step that broke has left nothing"
    assert jobs(session) == [("failed", "OSError: [Errno 28] No space left on device")]
    shown = html(desk.get(f"{ISSUING}/{batch}"))
    assert "已颁发 4 / 12 张" in shown
    assert "继续颁发" in shown
    breaks.clear()
    for _ in range(2):
        desk.post(f"{ISSUING}/{batch}", data={"runs": 1, "do": "issue"})
    run_jobs(app)
    assert serials(session) == whole(PEOPLE)
    assert [state for state, _ in jobs(session)] == ["failed", "done"], "two clicks go on once"


def test_the_batch_of_a_dead_worker_is_taken_over_without_a_double_or_a_gap(
    app: Flask, session: Session, lu: Person, clock: Clock
) -> None:
    people = crowd(PEOPLE)
    begun(lu, people)
    with db.writing() as s:
        dead = take(s)
    assert dead
    with dead.step() as s:
        batch = s.scalars(select(Batch)).one()
        batches.issue(s, batch, lu.id, people[:4])
        dead.progress["place"] = 4
    clock.move(seconds=HOLD.total_seconds() + 1)
    run_jobs(app)
    assert serials(session) == whole(PEOPLE)
    with pytest.raises(Lost), dead.step() as s:
        batches.issue(s, batch, lu.id, people[4:8])
    assert serials(session) == whole(PEOPLE)


def test_a_step_that_is_done_again_issues_only_to_who_has_nothing(session: Session, lu: Person) -> None:
    people = crowd(4)
    batch = begun(lu, people)
    for _ in range(2):
        with db.writing() as s:
            batches.issue(s, s.get_one(Batch, batch), lu.id, people)
    assert serials(session) == whole(4)


def test_two_workers_on_batches_of_the_same_people_issue_once(app: Flask, session: Session, lu: Person) -> None:
    people = crowd(PEOPLE)
    first, second = begun(lu, people), begun(lu, people[::-1])

    def worker() -> None:
        with app.app_context():
            work(app.extensions["jobs"])

    together(worker, worker)
    assert sorted(serials(session)) == whole(PEOPLE)
    assert issued(session, first) + issued(session, second) == PEOPLE
    holders = session.scalars(select(Certificate.trainee_id)).all()
    assert len(set(holders)) == PEOPLE
    assert [state for state, _ in jobs(session)] == ["done", "done"]


def test_two_staff_who_begin_a_batch_at_once_begin_it_once(
    app: Flask, session: Session, lu: Person, client_of: Any
) -> None:
    people = crowd(4)
    batch = listed(lu, people)
    data = {"shown": people, "tick": people, "notify": "y", "do": "issue"}
    together(*(partial(client_of(lu).post, f"{ISSUING}/{batch}", data=data) for _ in range(4)))
    assert len(jobs(session)) == 1
    run_jobs(app)
    assert serials(session) == whole(4)


def test_a_batch_and_a_rule_that_meet_issue_once(app: Flask, session: Session, lu: Person, tang: Person) -> None:
    named({tang.id: "林晓棠"})
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    batch = begun(lu, [tang.id])

    def rule() -> None:
        with app.app_context(), db.writing() as s:
            achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")

    def worker() -> None:
        with app.app_context(), db.writing() as s:
            batches.issue(s, s.get_one(Batch, batch), lu.id, [tang.id])

    together(rule, worker)
    assert serials(session) == whole(1)
    kinds = session.execute(
        select(Fact.kind, func.count()).where(Fact.trainee_id == tang.id, Fact.topic == DESIGN).group_by(Fact.kind)
    )
    assert sorted(tuple(row) for row in kinds) == [("certificate.earned", 1), ("certificate.issued", 1)]


def test_who_leaves_while_the_batch_runs_gets_nothing_and_stops_nobody(
    app: Flask, session: Session, lu: Person, clock: Clock
) -> None:
    people = crowd(4)
    batch = begun(lu, people)
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == people[1]).values(erased_at=clock.at, legal_name=None))
    run_jobs(app)
    assert serials(session) == whole(3)
    assert issued(session, batch) == 3


def test_the_ten_thousandth_of_a_day_has_a_longer_number_that_is_found(
    app: Flask, session: Session, lu: Person, client_of: Any, clock: Clock
) -> None:
    with db.writing() as s:
        s.add(Serial(day=time.today(), last=9998))
    begun(lu, crowd(3))
    run_jobs(app)
    assert serials(session) == ["LY-2026-0914-9999", "LY-2026-0914-10000", "LY-2026-0914-10001"]
    paper = session.scalars(select(Certificate).where(Certificate.serial.endswith("-10000"))).one()
    address = f"/v/ly－2026－0914－10000/{paper.code}"
    session.rollback()
    shown = html(client_of(None).get(address))
    assert "LY-2026-0914-10000" in shown
    assert "陈*" in shown
