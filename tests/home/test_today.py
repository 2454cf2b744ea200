"""Today's page."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from academy import clock as time
from academy.achievements.actions import issue_waiting
from academy.db import db
from academy.journal.actions import stand
from academy.people.actions import join_cohort, leave_cohort, wait_for
from academy.people.models import Cohort, Person
from tests.achievements import story
from tests.achievements.story import change
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import HTMX, did, learned, statements

Clients = Callable[[Person | None], FlaskClient]


def rows(page: str) -> dict[str, str]:
    """The missing rows of the tier card: where each leads, and the amount it shows."""
    card = page[page.index('id="tier"') :].split("<details>")[0]
    found = re.findall(r'<a href="([^"]+)">.*?<span class="amount">(.*?)</span>', card, re.DOTALL)
    return {href: re.sub(r"<[^>]+>", "", amount).strip() for href, amount in found}


def almost_silver(person: Person) -> None:
    """Everything but the last check-in."""
    with db.writing() as session:
        story.almost_silver(session, person.id, but={"checkin.done"})


@ON_SQLITE
def test_a_stranger_is_sent_to_sign_in(client_of: Clients) -> None:
    response = client_of(None).get("/")
    assert (response.status_code, response.location.split("?")[0]) == (302, "/sign-in")


@ON_SQLITE
def test_staff_are_sent_to_their_desk(client_of: Clients, zhou: Person) -> None:
    assert client_of(zhou).get("/").location == "/desk"


@ON_SQLITE
@pytest.mark.parametrize(("hour", "word"), [(7, "早上"), (12, "中午"), (15, "下午"), (20, "晚上"), (2, "夜深")])
def test_the_greeting_follows_the_brands_clock(
    hour: int, word: str, client_of: Clients, tang: Person, clock: Clock
) -> None:
    clock.to(datetime(2026, 9, 14, hour, 30, tzinfo=time.ZONE))
    heading = re.search(r"<h1>(.*?)</h1>", html(client_of(tang).get("/")))
    assert heading
    assert "小棠" in heading[1]
    other = {"早上", "中午", "下午", "晚上", "夜深"} - {word}
    assert not any(part in heading[1] for part in other)


def test_the_tier_card_names_every_gap_and_links_it_to_what_closes_it(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/"))
    found = rows(page)
    assert list(found) == ["/map", "/quizzes/bronze-exam", "/#checkin", "/pledge", "/practice/first-words"]
    assert found["/#checkin"] == "0 / 7"
    assert "<em>7</em>" in page
    assert "白银" in page


@ON_SQLITE
def test_what_is_met_is_folded_away_and_the_rest_counted(client_of: Clients, tang: Person) -> None:
    did(tang.id, "pledge.signed", "koc", "2026-09")
    did(tang.id, "checkin.done", occurrence="2026-09-14")
    page = html(client_of(tang).get("/"))
    assert "/pledge" not in rows(page)
    assert rows(page)["/#checkin"] == "1 / 7"
    assert "<em>6</em>" in page
    assert page.count('<li class="met">') == 1


@ON_SQLITE
def test_the_assessment_is_marked_as_locked_until_the_courses_are_done(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    assert "/" not in rows(html(client.get("/")))["/quizzes/bronze-exam"]
    learned(tang.id, "real-user", "first-share", "answers")
    assert rows(html(client.get("/")))["/quizzes/bronze-exam"] == "0 / 80"


@ON_SQLITE
def test_the_rewards_of_the_next_tier_are_announced(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/"))
    strip = page[page.index('class="loot"') :].split("</a>")[0]
    assert "3" in strip
    assert strip.count("<svg") == 3 + 1


@ON_SQLITE
def test_the_next_lesson_is_one_tap_away(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    assert '<a class="button key wide" href="/lessons/tools-map">' in html(client.get("/"))
    learned(tang.id, "tools-quest")
    learned(tang.id, "real-user", quiz=False)
    assert '<a class="button key wide" href="/quizzes/real-user-quiz">' in html(client.get("/"))
    did(tang.id, "quiz.passed", "real-user-quiz")
    learned(tang.id, "first-share", "answers")
    assert '<a class="button key wide" href="/quizzes/bronze-exam">' in html(client.get("/"))
    did(tang.id, "exam.passed", "bronze-exam")
    assert "button key wide" not in html(client.get("/"))


@ON_SQLITE
def test_in_silver_it_says_kindly_that_the_courses_are_being_prepared(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        stand(session, tang.id, "silver")
    page = html(client_of(tang).get("/"))
    assert "tiercard" in page
    assert "羽翼渐丰" in page
    assert "<em>" not in page
    assert 'class="needs"' not in page


@ON_SQLITE
def test_who_has_no_seat_reads_that_she_is_on_the_waiting_list(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    assert 'class="notice info"' not in client.get("/").text
    with db.writing() as session:
        leave_cohort(session, tang.id)
        wait_for(session, tang.id, "bronze")
    assert 'class="notice info"' in client.get("/").text


def test_what_staff_change_without_a_fact_shows_at_once(client_of: Clients, tang: Person, lu: Person) -> None:
    hers, desk = client_of(tang), client_of(lu)

    def asks(criterion: dict[str, Any]) -> None:
        change(lambda ladder: ladder["tiers"][0].update(promotion={"all": [criterion, {"growth": {"at_least": 900}}]}))

    def missing() -> int:
        card = html(hers.get("/")).partition('id="tier"')[2]
        return int(re.findall(r"<em>(\d)</em>", card)[0])

    asks({"tag": {"key": "老客"}})
    assert missing() == 2
    desk.post(f"/desk/trainees/{tang.id}/traits", data={"kind": "tag", "key": "老客"})
    assert missing() == 1
    desk.post(f"/desk/trainees/{tang.id}/traits/removal", data={"kind": "tag", "key": "老客"})
    assert missing() == 2
    asks({"cohort": {"code": "qt08"}})
    assert missing() == 2
    with db.writing() as s:
        leave_cohort(s, tang.id)
        assert join_cohort(s, tang.id, s.query(Cohort).filter_by(code="qt08").one())
    assert missing() == 1
    with db.writing() as s:
        leave_cohort(s, tang.id)
    assert "你还没有进班" in html(hers.get("/"))
    with db.writing() as s:
        wait_for(s, tang.id, "bronze")
    assert "你在排队等班级空位" in html(hers.get("/"))


def test_today_needs_six_statements_at_most(app: Flask, client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    client.get("/")
    with statements() as seen:
        assert client.get("/").status_code == 200
    assert 0 < len(seen) <= 6, seen


def test_even_with_a_certificate_issued_and_without_a_seat(
    app: Flask, client_of: Clients, tang: Person, clock: Clock
) -> None:
    almost_silver(tang)
    did(tang.id, "checkin.done", occurrence="2026-09-14")
    with db.writing() as session:
        leave_cohort(session, tang.id)
        holder = session.get_one(Person, tang.id)
        holder.seen_at, holder.legal_name = time.now(), "林晓棠"
        clock.move(minutes=1)
        assert issue_waiting(session, holder)
    client = client_of(tang)
    client.get("/")
    with statements() as seen:
        page = html(client.get("/"))
    assert "/honours/certificates/LY" in page
    assert 0 < len(seen) <= 6, seen


def test_a_promotion_not_yet_celebrated_comes_before_everything(client_of: Clients, tang: Person) -> None:
    almost_silver(tang)
    did(tang.id, "checkin.done", occurrence="2026-09-14")
    client = client_of(tang)
    response = client.get("/")
    assert (response.status_code, response.location) == (302, "/honours/promotions/silver")
    asked = client.get("/", headers=HTMX)
    assert (asked.status_code, asked.headers["HX-Redirect"]) == (204, "/honours/promotions/silver")


@ON_SQLITE
def test_once_it_is_accepted_today_is_back(client_of: Clients, tang: Person, clock: Clock) -> None:
    almost_silver(tang)
    did(tang.id, "checkin.done", occurrence="2026-09-14")
    with db.writing() as session:
        session.execute(update(Person).where(Person.id == tang.id).values(seen_at=time.now()))
    assert client_of(tang).get("/").status_code == 200
