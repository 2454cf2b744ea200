"""Two tabs at once, the last voucher, and a process that dies half-way."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import ROOT, achievements, clock
from academy.achievements.rewards.actions import stock
from academy.achievements.rewards.models import Grant, Voucher
from academy.catalog.queries import published
from academy.db import db
from academy.journal.actions import start
from academy.journal.models import Entry, Fact, Standing
from academy.people.models import Person
from tests.achievements.story import almost_silver, change, run_jobs


def at_once(app: Flask, *works: Callable[[], object]) -> None:
    """Run each in a thread and context of its own, all beginning at the same moment; raise what any raised."""
    together, failed = Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            together.wait()
            try:
                work()
            except BaseException as error:
                failed.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def newcomers(count: int) -> list[int]:
    """Trainees who lack only the pledge and the seventh check-in."""
    with db.writing() as session:
        people = [
            Person(role="trainee", name=f"学员{n}", phone=f"139{n:08}", password_hash="-", created_at=clock.now())
            for n in range(count)
        ]
        session.add_all(people)
        session.flush()
        for person in people:
            start(session, person.id, "bronze")
            almost_silver(session, person.id, but={"pledge.signed", "checkin.done"})
        return [person.id for person in people]


def doing(trainee_id: int, kind: str, topic: str, occurrence: str) -> Callable[[], object]:
    def work() -> None:
        with db.writing() as session:
            achievements.record(session, trainee_id, kind, topic, occurrence)

    return work


def test_two_tabs_that_meet_the_last_two_conditions_promote_once(app: Flask, session: Session) -> None:
    trainees = newcomers(100)
    for trainee_id in trainees:
        at_once(
            app,
            doing(trainee_id, "pledge.signed", "koc", "2026-09"),
            doing(trainee_id, "checkin.done", "", "2026-09-14"),
        )
    session.rollback()
    promoted = session.scalar(select(func.count()).where(Fact.kind == "tier.reached", Fact.trainee_id.in_(trainees)))
    standing = session.scalar(select(func.count()).where(Standing.tier == "silver", Standing.trainee_id.in_(trainees)))
    grants = session.scalar(select(func.count()).where(Grant.trainee_id.in_(trainees)))
    assert (promoted, standing, grants) == (100, 100, 100)


def test_the_last_voucher_goes_to_one_and_the_others_are_owed(app: Flask, session: Session) -> None:
    trainees = newcomers(50)
    with db.writing() as s:
        stock(s, "silver-voucher", ["LY20-LAST"])
        for trainee_id in trainees:
            achievements.record(s, trainee_id, "checkin.done", "", "2026-09-14")
    at_once(app, *(doing(trainee_id, "pledge.signed", "koc", "2026-09") for trainee_id in trainees))
    session.rollback()
    assert session.scalar(select(func.count()).where(Fact.kind == "tier.reached")) == 50
    assert session.scalar(select(func.count()).where(Fact.kind == "reward.delivered")) == 1
    assert session.scalar(select(func.count()).where(Voucher.grant_id.is_not(None))) == 1


def test_ten_browsers_on_one_account_count_each_deed_once(
    app: Flask, session: Session, client_of: Callable[[Person | None], FlaskClient], tang: Person
) -> None:
    first = next(iter(published(session).courses[0].lessons))
    session.rollback()
    statuses: list[int] = []

    def learns(browser: FlaskClient) -> None:
        statuses.extend(browser.post(path).status_code for path in ("/check-ins", f"/lessons/{first.key}/completion"))

    at_once(app, *(partial(learns, client_of(tang)) for _ in range(10)))
    assert statuses == [303] * 20
    session.rollback()
    done = session.execute(select(Fact.kind, func.count()).where(Fact.trainee_id == tang.id).group_by(Fact.kind)).all()
    assert {kind: number for kind, number in done if kind in ("checkin.done", "lesson.completed")} == {
        "checkin.done": 1,
        "lesson.completed": 1,
    }
    paid = select(func.sum(Entry.amount)).where(Entry.trainee_id == tang.id, Entry.currency == "growth")
    assert session.get_one(Standing, tang.id).growth == session.scalar(paid)


DIES = """
import os, signal, sys
from flask.sessions import SecureCookieSession
from academy import create_app
from academy.achievements import actions as doorway
from pathlib import Path
from tests.conftest import settings

url, instance, person, dies = sys.argv[1:]
app = create_app(settings(url, Path(instance)))
app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
if dies == "dies":
    doorway.pay = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
client = app.test_client()
with client.session_transaction() as kept:
    kept["_user_id"] = person
print(client.post("/check-ins").status_code)
"""


def test_a_process_killed_after_the_fact_was_written_loses_nothing_when_asked_again(
    app: Flask, session: Session, tang: Person
) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    session.rollback()

    def child(fate: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", DIES, url, str(app.extensions["settings"].instance), tang.get_id(), fate],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert child("dies").returncode == -signal.SIGKILL
    assert session.scalar(select(func.count()).select_from(Fact)) == 0
    session.rollback()
    lived = child("lives")
    assert lived.stdout.strip() in ("302", "303"), lived.stderr
    again = child("lives")
    assert again.stdout.strip() in ("302", "303"), again.stderr
    assert session.scalar(select(func.count()).where(Fact.kind == "checkin.done")) == 1
    assert session.scalar(select(func.sum(Entry.amount)).where(Entry.currency == "growth")) == 2


def test_rules_that_have_just_ended_promote_nobody(
    app: Flask, session: Session, tang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        before = published(s)
    change(lambda ladder: ladder["tiers"][1].update(line={"zh": "新的一句话", "en": "Another line"}))
    # She signs while the new rules are being published: hers were read before that.
    with monkeypatch.context() as patch, db.writing() as s:
        patch.setattr("academy.achievements.actions.published", lambda _: before)
        assert not achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09").won("tier.reached")
    assert session.scalars(select(Standing.tier).where(Standing.trainee_id == tang.id)).one() == "bronze"
    session.rollback()
    run_jobs(app)
    assert session.scalars(select(Standing.tier).where(Standing.trainee_id == tang.id)).one() == "silver"
