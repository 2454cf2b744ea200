"""The sample cohort: lively, harmless, and gone without a trace."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from academy import clock as time
from academy.achievements import record
from academy.achievements.rewards.models import Grant, Voucher
from academy.db import Model, db
from academy.doctor.queries import differences
from academy.journal.models import Fact
from academy.people.actions import join_cohort
from academy.people.models import Audit, Cohort, Membership, Person, Waiting
from academy.practice.actions import decide
from academy.practice.models import HandIn, Picture
from academy.sample import cohort as sample
from academy.sample.actions import clear
from academy.sample.cohort import SampleCohort
from academy.sample.queries import invented
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Template, html
from tests.sample.conftest import FEW, counted

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture
def before(app: Flask, template: Template) -> dict[str, int]:
    """How many rows there were before there was a sample."""
    found: dict[str, int] = json.loads((template.files / "before.json").read_text())
    return found


@pytest.fixture
def made(session: Session) -> Cohort:
    """The sample cohort, of three."""
    found = session.scalars(select(Cohort).where(Cohort.sample)).one()
    session.expunge(found)
    session.rollback()
    return found


def wrong(session: Session) -> list[str]:
    """What the doctor finds, but for 小棠's growth, which her short cut made up."""
    tang = session.scalar(select(Person.id).where(Person.phone == "13800000011"))
    return [str(found) for found in differences(session) if (found.what, found.key) != ("growth", (tang,))]


def files(app: Flask) -> list[Path]:
    return sorted((app.extensions["settings"].instance / "files" / "handin").glob("*/*"))


def free(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(select(Voucher.code).where(Voucher.grant_id.is_(None)).order_by(Voucher.id)))
    session.rollback()
    return found


def people(session: Session) -> list[int]:
    session.rollback()
    found = list(session.scalars(invented()))
    session.rollback()
    return found


def test_the_sample_is_lively_and_as_the_facts_say(session: Session, made: Cohort, zhou: Person) -> None:
    ids = people(session)
    assert len(ids) == len(FEW)
    assert wrong(session) == []
    kinds = set(session.scalars(select(Fact.kind).where(Fact.trainee_id.in_(ids))))
    assert {"checkin.done", "lesson.completed", "handin.accepted", "exam.passed", "tier.reached"} <= kinds
    assert "certificate.issued" not in kinds
    last = select(func.max(Fact.day)).where(Fact.trainee_id.in_(ids))
    assert session.scalars(last).one() < time.today()
    assert (made.sample, made.open, made.trainer_id) == (True, False, zhou.id)


def test_the_sample_cohort_has_a_history_like_others(session: Session, made: Cohort) -> None:
    (begun,) = session.get_one(Cohort, made.id).phases
    assert (begun.phase, begun.name, begun.since) == (made.phase, made.name, made.created_at)


def test_the_sample_uses_up_no_seat_no_code_and_no_name(session: Session, made: Cohort) -> None:
    ids = people(session)
    assert free(session) == ["LY20-B"]
    assert {
        code.partition("-")[0]
        for code in session.scalars(select(Voucher.code).join(Grant).where(Grant.trainee_id.in_(ids)))
    } == {"sample.invalid"}
    homes = select(Membership.cohort_id).where(Membership.trainee_id.in_(ids), Membership.until.is_(None))
    assert set(session.scalars(homes)) == {made.id}
    assert session.scalar(select(Cohort.taken).where(Cohort.code == "by03")) == 1
    assert session.scalars(select(Waiting).where(Waiting.trainee_id.in_(ids))).all() == []
    assert {person.legal_name for person in session.scalars(select(Person).where(Person.id.in_(ids)))} == {None}


def test_no_verdict_on_what_waits_would_promote_somebody(session: Session, made: Cohort, zhou: Person) -> None:
    waiting = session.scalars(select(HandIn.id).where(HandIn.verdict_id.is_(None))).all()
    assert waiting
    with db.writing() as s:
        for id in waiting:
            outcome = decide(s, s.get_one(Person, zhou.id), id, "accepted", "")
            assert outcome
            assert not outcome.won("tier.reached")
    assert free(session) == ["LY20-B"]


@ON_SQLITE
def test_nobody_of_the_sample_can_sign_in(made: Cohort, client_of: Clients) -> None:
    for password in ("!", "", "lu-ya-2026"):
        answer = client_of(None).post("/sign-in", data={"contact": "1@sample.invalid", "password": password})
        assert answer.status_code in (401, 422)
    assert client_of(None).get(f"/join/{made.code}").status_code == 410


def test_what_the_story_decided_is_not_on_the_trainers_record(session: Session, made: Cohort) -> None:
    subjects = session.scalars(select(Audit.subject).where(Audit.action.startswith("handin."))).all()
    assert len(subjects) == 1


def test_clearing_leaves_every_table_as_it_was(
    app: Flask, session: Session, made: Cohort, before: dict[str, int], client_of: Clients, lu: Person
) -> None:
    assert counted(session) != before
    assert files(app)
    answer = client_of(lu).post("/desk/sample/clearing")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    after = counted(session)
    # Measures are names, not anybody's; the clearing itself is on record.
    assert {name: n - before[name] for name, n in after.items() if n != before[name] and name != "measure"} == {
        "audit": 1
    }
    assert files(app) == []
    assert wrong(session) == []
    assert free(session) == ["LY20-B"]
    session.rollback()
    assert session.scalars(select(Audit.action).order_by(Audit.id.desc())).first() == "sample.cleared"


def test_every_table_that_refers_to_a_person_is_followed(session: Session, made: Cohort) -> None:
    """Nothing is left that points to a row which is gone, in whatever table."""
    ids = people(session)
    with db.writing() as s:
        clear(s, None)
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "person":
                left = select(func.count()).select_from(table).where(key.parent.in_(ids))
                assert session.scalar(left) == 0, table.name
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_clearing_twice_changes_nothing_more(session: Session, made: Cohort, client_of: Clients, lu: Person) -> None:
    client = client_of(lu)
    assert "Delete all 3 invented people?" in html(client.get("/desk"))
    client.post("/desk/sample/clearing")
    once = counted(session)
    page = html(client.post("/desk/sample/clearing", follow_redirects=True))
    assert "There was no sample left to clear." in page
    assert counted(session) == once
    assert "Clear the sample" not in html(client.get("/desk"))
    assert "There is no sample any more" in html(client.get("/desk/sample/clearing"))


@ON_SQLITE
def test_only_the_brand_clears(session: Session, made: Cohort, client_of: Clients, zhou: Person, tang: Person) -> None:
    for who in (zhou, tang):
        assert client_of(who).post("/desk/sample/clearing").status_code == 404
        assert client_of(who).get("/desk/sample/clearing").status_code == 404
    assert client_of(None).post("/desk/sample/clearing").status_code == 302
    assert len(people(session)) == len(FEW)
    assert "Clear the sample" not in html(client_of(zhou).get("/desk"))
    assert "With the invented people of the sample cohort." in html(client_of(zhou).get("/desk/week"))


def test_somebody_real_in_the_sample_cohort_stays_with_her_class(
    session: Session, made: Cohort, aduo: Person, before: dict[str, int]
) -> None:
    with db.writing() as s:
        home = s.get_one(Cohort, made.id)
        home.open = True
        s.flush()
        assert join_cohort(s, aduo.id, home)
        assert clear(s, None).people == len(FEW)
    after = counted(session)
    assert after["person"] == before["person"]
    assert after["cohort"] == before["cohort"] + 1
    left = session.get_one(Cohort, made.id, populate_existing=True)
    assert (left.sample, left.taken) == (False, 1)
    assert wrong(session) == []


def test_one_of_the_sample_whom_staff_moved_gives_back_seat_and_code(
    session: Session, made: Cohort, before: dict[str, int]
) -> None:
    ids = people(session)
    with db.writing() as s:
        moved = max(ids)
        assert join_cohort(s, moved, s.query(Cohort).filter_by(code="qt07").one())
        almost_silver(s, moved, but=set())
        assert record(s, moved, "exam.passed", "bronze-exam", "", 2).won("tier.reached") or record(
            s, moved, "checkin.done", "", "2026-09-14"
        ).won("tier.reached")
    assert free(session) == []
    with db.writing() as s:
        clear(s, None)
    assert free(session) == ["LY20-B"]
    after = counted(session)
    assert {name for name in after if after[name] != before[name]} <= {"measure"}
    assert wrong(session) == []


def test_a_verdict_after_the_clearing_is_refused_kindly(
    session: Session, made: Cohort, client_of: Clients, zhou: Person, lu: Person
) -> None:
    waiting = session.scalars(select(HandIn.id).where(HandIn.verdict_id.is_(None))).first()
    session.rollback()
    trainer = client_of(zhou)
    assert trainer.get(f"/desk/hand-ins/{waiting}").status_code == 200
    client_of(lu).post("/desk/sample/clearing")
    for path in ("acceptance", "return"):
        answer = trainer.post(f"/desk/hand-ins/{waiting}/{path}", data={"comment": "好"})
        assert answer.status_code == 404
        assert "There is nothing here" in html(answer)


def test_a_verdict_that_meets_the_clearing_is_refused_or_goes_with_it(
    app: Flask, session: Session, made: Cohort, client_of: Clients, zhou: Person, lu: Person, before: dict[str, int]
) -> None:
    waiting = session.scalars(select(HandIn.id).where(HandIn.verdict_id.is_(None))).first()
    session.rollback()
    go, said = Event(), []

    def post(client: FlaskClient, path: str) -> None:
        go.wait()
        said.append((path, client.post(path, data={"comment": "好"}).status_code))

    threads = [
        Thread(target=post, args=(client_of(zhou), f"/desk/hand-ins/{waiting}/acceptance")),
        Thread(target=post, args=(client_of(lu), "/desk/sample/clearing")),
    ]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    statuses = dict(said)
    assert statuses["/desk/sample/clearing"] == 303
    assert statuses[f"/desk/hand-ins/{waiting}/acceptance"] in (303, 404, 410)
    after = counted(session)
    assert {name for name in after if after[name] != before[name]} <= {"measure", "audit"}
    assert wrong(session) == []


def test_the_commands_make_one_sample_and_clear_it(
    app: Flask, session: Session, before: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "PLANS", FEW[1:])
    session.close()
    run = app.test_cli_runner().invoke
    run(args=["sample", "clear"])
    assert run(args=["sample", "people"]).exit_code == 1
    assert run(args=["sample", "cohort"]).exit_code == 0
    again = run(args=["sample", "cohort"])
    assert (again.exit_code, "already" in again.output) == (1, True)
    assert "2 people cleared" in run(args=["sample", "clear"]).output
    assert "0 people cleared" in run(args=["sample", "clear"]).output
    after = counted(session)
    assert {name for name in after if after[name] != before[name]} <= {"measure"}


def test_without_staff_the_sample_waits_for_verdicts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "PLANS", FEW[1:])
    with db.writing() as s:
        clear(s, None)
        s.query(Person).filter(Person.role != "trainee").update({"role": "trainee"})
        made = SampleCohort(s).tell()
        assert made.trainer_id is None
        theirs = s.query(HandIn).filter(HandIn.trainee_id.in_(invented()))
        assert [given.verdict_id for given in theirs] == [None, None]
        assert s.query(Picture).count() == 0
