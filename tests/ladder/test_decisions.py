"""Promotions that wait for staff, steps down and appeals, and what a trainee reads of them."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock as time
from academy.db import db
from academy.jobs.actions import ask
from academy.jobs.work import work
from academy.journal.models import Standing
from academy.people.models import Audit, Person
from academy.tiers.models import Appeal
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html
from tests.ladder.conftest import ENGLISH, republish
from tests.phone import did, facts, statements

Clients = Callable[[Person | None], FlaskClient]


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


@pytest.fixture
def approved(session: Session, tang: Person, aduo: Person) -> None:
    """白银 needs an approval; 小棠 and 阿朵 meet all the rest."""

    def change(ladder: dict[str, Any], _rewards: Any) -> None:
        items = [*ladder["tiers"][0]["promotion"]["all"], {"approval": {"key": "silver"}}]
        ladder["tiers"][0]["promotion"] = {"all": items}

    republish(change)
    with db.writing() as s:
        almost_silver(s, tang.id, but=set())
        almost_silver(s, aduo.id, but=set())


def tier(session: Session, person: Person) -> str:
    session.rollback()
    found = session.scalars(select(Standing.tier).where(Standing.trainee_id == person.id)).one()
    session.rollback()
    return found


def decide(client: FlaskClient, decision: str, *people: Person, said: str = "", to: str = "silver") -> str:
    data = {"decision": decision, "who": [f"{person.id}:{to}" for person in people], "said": said}
    answer = client.post("/desk/promotions", data=data, headers=ENGLISH)
    if answer.status_code != 303:
        return f"{answer.status_code} {html(answer)}"
    return html(client.get("/desk/promotions", headers=ENGLISH))


def test_who_meets_the_rest_waits_and_is_promoted_by_staff(
    approved: None, client_of: Clients, session: Session, lu: Person, tang: Person, aduo: Person
) -> None:
    desk, hers = client_of(lu), client_of(tang)
    page = text(html(desk.get("/desk/promotions", headers=ENGLISH)))
    assert "2 people wait" in page
    assert "Check-ins 7" in page
    assert "You have met everything. The brand looks at it now" in html(hers.get("/tier", headers=ENGLISH))
    assert "2 people are promoted" in decide(desk, "agree", aduo, tang)
    assert (tier(session, tang), tier(session, aduo)) == ("silver", "silver")
    assert "Nobody waits" in html(desk.get("/desk/promotions", headers=ENGLISH))
    assert {row.action for row in session.scalars(select(Audit))} == {"approval.given"}


def test_a_promotion_is_put_off_with_a_reason_which_she_reads_and_asks_again(
    approved: None, client_of: Clients, session: Session, lu: Person, tang: Person, clock: Clock
) -> None:
    desk, hers = client_of(lu), client_of(tang)
    assert decide(desk, "return", tang).startswith("422")
    assert decide(desk, "return", tang, said="字" * 501).startswith("422")
    assert "1 promotion is put off" in decide(desk, "return", tang, said="请先补一张照片")
    assert tier(session, tang) == "bronze"
    assert "Silver has to wait a little" in html(hers.get("/", headers=ENGLISH))
    assert "请先补一张照片" in html(hers.get("/tier", headers=ENGLISH))
    assert "1 person waits" in html(desk.get("/desk/promotions", headers=ENGLISH))
    for _ in range(2):
        hers.post("/tier/request", data={"tier": "silver"})
    assert facts(session, tang.id, "approval.asked") == [("silver", "1")]
    assert "2 people wait" in html(desk.get("/desk/promotions", headers=ENGLISH))
    assert "请先补一张照片" not in html(hers.get("/tier", headers=ENGLISH))


def test_who_no_longer_waits_is_passed_over_and_the_others_are_promoted(
    approved: None, client_of: Clients, session: Session, lu: Person, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    desk = client_of(lu)
    decide(desk, "agree", tang)
    page = decide(desk, "agree", tang, aduo, xiaomi)
    assert "1 person is promoted" in page
    assert "2 people no longer waited" in page
    assert tier(session, xiaomi) == "bronze"
    for who in ("", "x:silver", f"{xiaomi.id}:platinum' OR 1=1", "9" * 30 + ":silver"):
        answer = desk.post("/desk/promotions", data={"decision": "agree", "who": who})
        assert answer.location == "/desk/promotions"
    assert facts(session, xiaomi.id, "approval.given") == []


def night(app: Flask) -> None:
    """Let everything be done that waits, with the run of the night."""
    with app.app_context():
        with db.writing() as s:
            ask(s, "nightly")
        while work(app.extensions["jobs"]):
            pass


@pytest.fixture
def lowered(app: Flask, session: Session, tang: Person, clock: Clock) -> None:
    """小棠, 白银 for long, did not check in: she was warned, and stepped down on the first of the month."""

    def reviewed(ladder: dict[str, Any], _rewards: Any) -> None:
        ladder["review"] = {"on": True, "protect_days": 0, "warn_days": 7}
        ladder["tiers"][1]["keep"] = {"count": {"kind": "checkin.done", "at_least": 3, "within": "30d"}}

    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    did(tang.id, "pledge.signed", "koc", "2026-09")
    republish(reviewed)
    clock.to(datetime(2026, 10, 26, 3, tzinfo=time.ZONE))
    night(app)


def test_a_review_warns_steps_down_and_an_appeal_restores(
    lowered: None, app: Flask, client_of: Clients, session: Session, lu: Person, tang: Person, clock: Clock
) -> None:
    hers, desk = client_of(tang), client_of(lu)
    hers.post("/honours/promotions/silver/acceptance")
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(seen_at=datetime(2026, 10, 1, tzinfo=time.ZONE)))
    assert "The review is near: Silver" in html(hers.get("/", headers=ENGLISH))
    page = text(html(hers.get("/tier", headers=ENGLISH)))
    assert "On 2 Nov the review looks" in page or "On 1 Nov the review looks" in page
    assert "Check in 3 times within 30 days" in page
    clock.to(datetime(2026, 11, 2, 3, tzinfo=time.ZONE))
    night(app)
    assert tier(session, tang) == "bronze"
    page = text(html(hers.get("/tier", headers=ENGLISH)))
    assert "One step down on 2 Nov The review of November 2026 found" in page
    assert hers.post("/tier/appeal", data={"said": ""}).status_code == 422
    assert hers.post("/tier/appeal", data={"said": "字" * 501}).status_code == 422
    assert hers.post("/tier/appeal", data={"said": "孩子住院了，<b>有证明</b>"}).status_code == 303
    assert hers.post("/tier/appeal", data={"said": "再说一次"}).status_code == 409
    story = html(desk.get("/desk/appeals", headers=ENGLISH))
    assert "孩子住院了，<b>有证明</b>" in story
    assert "&lt;b&gt;" in desk.get("/desk/appeals").text
    assert "Check in 3 times within 30 days" in story
    id = session.scalars(select(Appeal.id)).one()
    session.rollback()
    assert desk.post(f"/desk/appeals/{id}", data={"decision": "restore", "said": ""}).status_code == 422
    assert desk.post("/desk/appeals/999", data={"decision": "restore", "said": "x"}).status_code == 404
    said = {"decision": "restore", "said": "祝早日康复"}
    assert desk.post(f"/desk/appeals/{id}", data=said).status_code == 303
    assert desk.post(f"/desk/appeals/{id}", data=said).status_code == 409
    assert tier(session, tang) == "silver"
    assert "祝早日康复" in html(hers.get("/tier", headers=ENGLISH))
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(seen_at=datetime(2026, 10, 30, tzinfo=time.ZONE)))
    today = html(hers.get("/", headers=ENGLISH))
    assert "Silver is yours again" in today
    assert "Your tier is Bronze now" in today


@ON_SQLITE
def test_who_mends_it_in_time_keeps_her_tier(
    lowered: None, app: Flask, client_of: Clients, session: Session, tang: Person, clock: Clock
) -> None:
    for day in (27, 28, 29):
        did(tang.id, "checkin.done", "", f"2026-10-{day}")
    assert "the review looks" not in html(client_of(tang).get("/tier", headers=ENGLISH))
    clock.to(datetime(2026, 11, 2, 3, tzinfo=time.ZONE))
    night(app)
    assert tier(session, tang) == "silver"
    assert facts(session, tang.id, "review.kept") == [("silver", "2026-11")]


@ON_SQLITE
def test_her_page_says_why_her_tier_is_hers_and_what_comes_next(
    client_of: Clients, session: Session, tang: Person, aduo: Person
) -> None:
    hers = client_of(tang)
    page = text(html(hers.get("/tier", headers=ENGLISH)))
    assert "Everybody begins here." in page
    assert "Check in 7 times 0 / 7" in page
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    did(tang.id, "pledge.signed", "koc", "2026-09")
    page = text(html(hers.get("/tier", headers=ENGLISH)))
    assert "Reached Silver · Signed the pledge" in page
    assert "Reach 300 growth" in page
    assert "by the rules published on 14 Sep (release 1)" in page
    assert "The way to Gold is being prepared" in page
    assert 'href="/tier"' in html(hers.get("/me"))
    hers.post("/honours/promotions/silver/acceptance")
    assert 'href="/tier"' in html(hers.get("/"))


def test_her_page_asks_the_database_six_times_at_most(client_of: Clients, tang: Person) -> None:
    hers = client_of(tang)
    hers.get("/tier")
    with statements() as seen:
        assert hers.get("/tier").status_code == 200
    assert 0 < len(seen) <= 6, seen


@ON_SQLITE
def test_there_is_nothing_to_appeal_against_before_a_step_down(client_of: Clients, tang: Person, lu: Person) -> None:
    assert client_of(tang).post("/tier/appeal", data={"said": "我不同意"}).status_code == 409
    assert client_of(lu).post("/tier/appeal", data={"said": "我不同意"}).status_code == 404
    assert client_of(tang).post("/desk/promotions", data={"decision": "agree"}).status_code == 404
