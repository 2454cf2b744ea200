"""Those who distribute from outside: a gate at the entry, a timed assessment, and a kind way out."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy.catalog.queries import published
from academy.db import db
from academy.people.actions import wait_for
from academy.people.models import Audit, Cohort, Membership, Person, Waiting
from academy.people.queries import by_contact, membership
from academy.recruiting import jobs
from academy.recruiting.jobs import remove_overdue
from academy.tiers.rules import External, ladder
from tests.achievements.story import change
from tests.conftest import ON_SQLITE, PASSWORD, Clock, html
from tests.phone import did, facts, learned, statements
from tests.recruiting.conftest import Clients, accept, applied, candidates, entry, set_group


@pytest.fixture
def outside(session: Session, tang: Person, clock: Clock) -> Person:
    """小棠, who comes from outside and has 14 days from today."""
    entry()
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(external=True, external_since=clock.at))
    return tang


def now(session: Session, person: Person) -> Person:
    session.rollback()
    session.expire_all()
    return session.get_one(Person, person.id)


def pass_it(person: Person) -> None:
    did(person.id, "quiz.finished", "bronze-exam", "1", 90)
    did(person.id, "exam.passed", "bronze-exam")


def test_who_joins_a_class_of_outsiders_is_one(
    client_of: Clients, cohort: Cohort, session: Session, clock: Clock
) -> None:
    set_group(cohort, external=True)
    form = {"contact": "13900139000", "name": "小树", "password": PASSWORD, "code": "qt07", "consent": "y"}
    assert client_of(None).post("/sign-up", data=form).status_code == 303
    person = by_contact(session, "13900139000")
    assert person is not None
    assert (person.external, person.external_since, person.removed_at) == (True, clock.at, None)


@ON_SQLITE
def test_who_joins_a_group_of_outsiders_is_one(client_of: Clients, group: Cohort, lu: Person, session: Session) -> None:
    set_group(group, external=True)
    address = applied(client_of(None))
    accept(client_of(lu), group, candidates(session)[0].id)
    form = {"contact": "13900139001", "name": "小树", "password": PASSWORD, "code": "", "consent": "y"}
    client_of(None).post(f"/sign-up?application={address.rpartition('/')[2]}", data=form)
    session.rollback()
    person = by_contact(session, "13900139001")
    assert person is not None
    assert person.external


# Her first page


@ON_SQLITE
def test_she_reads_how_long_she_has_until_she_has_passed(
    client_of: Clients, outside: Person, aduo: Person, session: Session, clock: Clock
) -> None:
    page = html(client_of(now(session, outside)).get("/"))
    assert "by 28 Sep" in page
    assert "14 days left" in page
    assert "/quizzes/bronze-exam" in page
    clock.move(days=13)
    assert "1 day left" in html(client_of(now(session, outside)).get("/"))
    clock.move(days=1)
    assert "Today is the last day" in html(client_of(now(session, outside)).get("/"))
    assert 'id="entry"' not in html(client_of(aduo).get("/"))
    pass_it(outside)
    assert 'id="entry"' not in html(client_of(now(session, outside)).get("/"))


@ON_SQLITE
def test_she_sees_tiers_only_where_the_ladder_lets_her_climb(
    client_of: Clients, outside: Person, session: Session
) -> None:
    assert "more to reach" not in html(client_of(now(session, outside)).get("/"))
    entry(tiers=True)
    assert "more to reach" in html(client_of(now(session, outside)).get("/"))


@pytest.mark.parametrize(
    ("page", "tiers"),
    [
        ("/", "to reach Silver"),
        ("/map", "One of the steps to Silver"),
        ("/honours", "Newcomers · Bronze"),
        ("/benefits", "At Silver you would have"),
        ("/tier", "To Silver"),
        ("/me", "/tier"),
        ("/join/qt07", "What you get at Silver"),
    ],
)
@ON_SQLITE
def test_no_page_speaks_of_tiers_to_whom_there_are_none(
    page: str, tiers: str, client_of: Clients, outside: Person, cohort: Cohort, session: Session
) -> None:
    set_group(cohort, external=True)
    learned(outside.id, "tools-quest", "real-user", "first-share", "answers")

    def shown() -> str:
        return html(client_of(None if page.startswith("/join") else now(session, outside)).get(page))

    assert tiers not in shown()
    entry(tiers=True)
    assert tiers in shown()


@ON_SQLITE
def test_the_shipped_ladder_asks_the_bronze_assessment_within_a_fortnight(session: Session) -> None:
    assert ladder(published(session)).external == External("bronze-exam", 14, tiers=False)


def test_a_ladder_that_asks_nothing_shows_and_removes_nothing(
    client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    change(lambda ladder: ladder.pop("external"))
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(external=True, external_since=clock.at))
    clock.move(days=100)
    assert remove_overdue() == 0
    assert 'id="entry"' not in html(client_of(now(session, tang)).get("/"))


def test_todays_page_asks_few_statements(client_of: Clients, outside: Person, session: Session) -> None:
    client = client_of(now(session, outside))
    client.get("/map")
    with statements() as seen:
        client.get("/")
    assert len(seen) <= 6, seen


# When the time is over


def test_whose_time_is_over_is_removed_once_and_her_seat_is_free(
    client_of: Clients, outside: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    taken = cohort.taken
    clock.move(days=14)
    assert remove_overdue() == 0
    clock.move(days=1)
    assert remove_overdue() == 1
    assert facts(session, outside.id, "external.removed") == [("bronze-exam", "2026-09-14")]
    assert now(session, outside).removed_at == clock.at
    assert membership(session, outside.id) is None
    assert session.get_one(Cohort, cohort.id).taken == taken - 1
    clock.move(days=1)
    assert remove_overdue() == 0
    assert len(facts(session, outside.id, "external.removed")) == 1


def test_who_passed_in_time_stays_whatever_comes(outside: Person, session: Session, clock: Clock) -> None:
    clock.move(days=14)
    pass_it(outside)
    clock.move(days=200)
    assert remove_overdue() == 0
    assert now(session, outside).removed_at is None


def test_only_those_from_outside_are_visited(
    outside: Person, aduo: Person, xiaomi: Person, session: Session, clock: Clock
) -> None:
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == xiaomi.id).values(external=True, external_since=clock.at))
    clock.move(days=15)
    pass_it(xiaomi)
    with statements() as seen:
        assert remove_overdue() == 1
    locked = [statement for statement in seen if "exam.passed" not in statement and "UPDATE person" in statement]
    assert len(locked) == 1
    assert now(session, aduo).removed_at is None
    assert now(session, xiaomi).removed_at is None


def test_a_clock_that_jumps_ahead_removes_whose_day_is_over_and_back_again_removes_nobody(
    outside: Person, session: Session, clock: Clock
) -> None:
    there = clock.at
    clock.to(there - timedelta(days=30))
    assert remove_overdue() == 0
    clock.to(there + timedelta(days=16))  # the night of day 15 was missed
    assert remove_overdue() == 1
    removed = now(session, outside).removed_at
    clock.to(there + timedelta(days=2))
    assert remove_overdue() == 0
    assert now(session, outside).removed_at == removed


def test_a_night_that_is_killed_half_way_goes_on_where_it_was(
    outside: Person, aduo: Person, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == aduo.id).values(external=True, external_since=clock.at))
    clock.move(days=15)
    real, seen = jobs.actions.remove, []

    def killed(session: Session, trainee_id: int, *rest: object) -> bool:
        seen.append(trainee_id)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(session, trainee_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs.actions, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        remove_overdue()
    assert seen == sorted([outside.id, aduo.id])
    assert sum(bool(now(session, one).removed_at) for one in (outside, aduo)) == 1
    monkeypatch.undo()
    clock.to(clock.at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("academy.clock.source", lambda: clock.at)
        assert remove_overdue() == 1


def test_two_nights_at_once_remove_nobody_twice(
    app: Flask, outside: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    clock.move(days=15)

    def night(_: int) -> int:
        with app.app_context():
            return remove_overdue()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(night, range(3))) == 1
    assert len(facts(session, outside.id, "external.removed")) == 1
    assert session.get_one(Cohort, cohort.id).taken == cohort.taken - 1


def test_who_passes_while_the_night_works_is_either_in_or_out(
    app: Flask, outside: Person, session: Session, clock: Clock
) -> None:
    clock.move(days=15)
    start = threading.Barrier(2)

    def night() -> int:
        with app.app_context():
            start.wait()
            return remove_overdue()

    def finish() -> None:
        with app.app_context():
            start.wait()
            did(outside.id, "exam.passed", "bronze-exam")

    with ThreadPoolExecutor(2) as pool:
        removed, passed = pool.submit(night), pool.submit(finish)
        passed.result()
    first = facts(session, outside.id, "external.removed")
    assert len(first) == removed.result()
    assert bool(now(session, outside).removed_at) == bool(first)


def test_who_waits_or_has_left_is_no_stumbling_block(
    outside: Person, aduo: Person, session: Session, clock: Clock
) -> None:
    with db.writing() as s:
        gone = {"external": True, "external_since": clock.at}
        s.execute(update(Person).where(Person.id == aduo.id).values(**gone, erased_at=clock.at, phone=None))
        wait_for(s, outside.id, "bronze")
    clock.move(days=15)
    assert remove_overdue() == 1
    assert session.get(Waiting, outside.id) is None
    assert now(session, aduo).removed_at is None


# Outside the door


def test_all_ways_of_learning_lead_to_one_kind_page(
    app: Flask, client_of: Clients, outside: Person, session: Session, clock: Clock
) -> None:
    clock.move(days=15)
    remove_overdue()
    client = client_of(now(session, outside))
    for path in ("/", "/map", "/lessons/own", "/materials", "/honours", "/practice/first-words", "/pledge", "/me"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (303, "/removed"), path
    assert client.post("/check-ins").location == "/removed"
    assert client.post("/check-ins", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/removed"
    assert facts(session, outside.id, "checkin.done") == []
    page = html(client.get("/removed"))
    assert "小棠, your time here has paused" in page
    assert "400-000-0000" in page
    assert "29 Sep" in page
    assert client.get("/desk").status_code == 404
    assert client.get("/terms").status_code == 200


@ON_SQLITE
def test_what_is_hers_by_law_stays_open(client_of: Clients, outside: Person, session: Session, clock: Clock) -> None:
    clock.move(days=15)
    remove_overdue()
    client = client_of(now(session, outside))
    packed = client.post("/me/data", data={"present": PASSWORD})
    data = json.loads(ZipFile(io.BytesIO(packed.data)).read("data.json"))
    packed.close()
    assert data["account"]["removed_at"] == "2026-09-29T10:00:00+08:00"
    answer = client.post("/me/erasure", data={"present": PASSWORD, "understood": "y"})
    assert answer.location == "/farewell"
    assert now(session, outside).erased_at is not None


@ON_SQLITE
def test_she_signs_in_and_out_as_ever(client_of: Clients, outside: Person, session: Session, clock: Clock) -> None:
    clock.move(days=15)
    remove_overdue()
    client = client_of(None)
    answer = client.post("/sign-in", data={"contact": "13800000011", "password": PASSWORD}, follow_redirects=True)
    assert answer.request.path == "/removed"
    assert client.post("/sign-out").location == "/sign-in"


@ON_SQLITE
def test_the_page_is_for_nobody_else(client_of: Clients, aduo: Person, lu: Person, group: Cohort) -> None:
    assert client_of(aduo).get("/removed").location == "/"
    assert client_of(lu).get("/removed").location == "/"
    assert client_of(None).get("/removed").status_code == 302


# Taken back


def test_the_brand_takes_her_back_and_her_time_begins_anew(
    client_of: Clients, outside: Person, lu: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    clock.move(days=15)
    remove_overdue()
    desk = client_of(lu)
    page = html(desk.get("/desk/outsiders"))
    assert "removed on 29 Sep" in page
    assert desk.post(f"/desk/outsiders/{outside.id}/return").status_code == 303
    person = now(session, outside)
    assert (person.removed_at, person.external_since) == (None, clock.at)
    seat = membership(session, outside.id)
    assert seat is not None
    assert seat.cohort_id == cohort.id
    assert client_of(person).get("/").status_code == 200
    record = [(one.action, one.subject) for one in session.scalars(select(Audit))]
    assert record == [("external.returned", f"person/{outside.id}")]
    desk.post(f"/desk/outsiders/{outside.id}/return")
    assert len(list(session.scalars(select(Audit)))) == 1
    clock.move(days=14)
    assert remove_overdue() == 0
    clock.move(days=1)
    assert remove_overdue() == 1
    assert [when for _, when in facts(session, outside.id, "external.removed")] == ["2026-09-14", "2026-09-29"]


def test_back_in_a_full_class_she_waits(
    client_of: Clients, outside: Person, lu: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    clock.move(days=15)
    remove_overdue()
    set_group(cohort, capacity=1)
    client_of(lu).post(f"/desk/outsiders/{outside.id}/return")
    assert session.get_one(Waiting, outside.id).tier == "bronze"
    assert now(session, outside).removed_at is None


@ON_SQLITE
def test_nobody_else_takes_her_back_nor_takes_back_what_never_was_outside(
    client_of: Clients, outside: Person, aduo: Person, lu: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    clock.move(days=15)
    remove_overdue()
    for who, status in ((aduo, 404), (zhou, 404), (None, 302)):
        assert client_of(who).post(f"/desk/outsiders/{outside.id}/return").status_code == status
    assert client_of(lu).post(f"/desk/outsiders/{aduo.id}/return").status_code == 404
    assert client_of(lu).post(f"/desk/outsiders/{lu.id}/return").status_code == 404
    assert now(session, outside).removed_at is not None


def test_the_list_of_outsiders_tells_how_each_stands(
    client_of: Clients, outside: Person, aduo: Person, xiaomi: Person, lu: Person, session: Session, clock: Clock
) -> None:
    with db.writing() as s:
        both = [aduo.id, xiaomi.id]
        s.execute(update(Person).where(Person.id.in_(both)).values(external=True, external_since=clock.at))
    pass_it(aduo)
    with statements() as seen:
        page = html(client_of(lu).get("/desk/outsiders"))
    assert len(seen) <= 6, seen
    assert "passed" in page
    assert page.count("until 28 Sep") == 2
    assert session.scalar(select(Membership.id).where(Membership.trainee_id == aduo.id)) is not None
