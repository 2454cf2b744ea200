"""Lessons: reading, checking, completing."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.files import FileRoom
from academy.journal import actions as journal
from academy.journal.actions import stand
from academy.people.models import Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, html
from tests.phone import HTMX, did, facts, learned, statements

Clients = Callable[[Person | None], FlaskClient]
CHECK = "/lessons/own/checks/own-check"
RIGHT, WRONG = {"answer": "b"}, {"answer": "a"}


@pytest.fixture
def reason(session: Session) -> str:
    """Why the right answer of the first lesson's check is right; and the session is at rest."""
    found = published(session).lessons["own"].checks[0].reason["zh"]
    session.rollback()
    return found


def test_a_lesson_shows_all_kinds_of_blocks(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/lessons/own"))
    for part in ("say dont", "say do", "callout mistake", "callout today", "quicktest", 'class="practice"', "<figure>"):
        assert part in page, part
    assert 'href="/practice/first-words"' in page
    assert "周以宁老师" in page


@ON_SQLITE
def test_every_shipped_lesson_can_be_drawn_in_both_languages(
    client_of: Clients, tang: Person, session: Session
) -> None:
    learned(tang.id, "tools-quest", "real-user", "first-share", "answers")
    with db.writing() as s:
        stand(s, tang.id, "diamond")
    keys = list(published(session).lessons)
    session.rollback()
    for locale in ("zh", "en"):
        client = client_of(tang)
        client.post("/language", data={"locale": locale})
        assert [key for key in keys if client.get(f"/lessons/{key}").status_code != 200] == []


@ON_SQLITE
def test_before_an_answer_neither_reason_nor_right_answer_leaves_the_server(
    client_of: Clients, tang: Person, reason: str
) -> None:
    page = html(client_of(tang).get("/lessons/own"))
    assert reason not in page
    assert "option right" not in page
    assert len(re.findall(r'<label class="option ?"', page)) == 3


@ON_SQLITE
def test_a_wrong_answer_is_answered_kindly_with_the_right_one_and_its_reason(
    client_of: Clients, tang: Person, session: Session, reason: str
) -> None:
    response = client_of(tang).post(CHECK, data=WRONG, headers=HTMX)
    page = html(response)
    assert response.status_code == 200
    assert "<html" not in page
    assert "verdict again" in page
    assert reason in page
    assert (page.count("option again"), page.count("option right")) == (1, 1)
    assert facts(session, tang.id, "question.right") == []


def test_a_right_answer_earns_five_feathers_the_first_time_only(
    client_of: Clients, tang: Person, session: Session, reason: str
) -> None:
    client = client_of(tang)
    first = html(client.post(CHECK, data=RIGHT, headers=HTMX))
    again = html(client.post(CHECK, data=RIGHT, headers=HTMX))
    assert "verdict right" in first
    assert reason in first
    assert 'class="toast earn"' in first
    assert "verdict right" in again
    assert 'class="toast' not in again
    assert facts(session, tang.id, "question.right") == [("own-check", "")]


@ON_SQLITE
def test_right_after_wrong_still_counts(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    client.post(CHECK, data=WRONG)
    client.post(CHECK, data=RIGHT)
    assert facts(session, tang.id, "question.right") == [("own-check", "")]


@ON_SQLITE
def test_without_javascript_the_page_shows_the_verdict_at_the_check(
    client_of: Clients, tang: Person, reason: str
) -> None:
    client = client_of(tang)
    response = client.post(CHECK, data=WRONG)
    assert (response.status_code, response.location) == (303, "/lessons/own#check-own-check")
    page = html(client.get("/lessons/own"))
    assert "verdict again" in page
    assert reason in page
    fresh = html(client.get("/lessons/own?again=own-check"))
    assert "verdict" not in fresh
    assert reason not in fresh


@ON_SQLITE
def test_what_was_answered_right_before_is_shown_as_such_on_another_phone(client_of: Clients, tang: Person) -> None:
    client_of(tang).post(CHECK, data=RIGHT)
    assert "verdict right" in client_of(tang).get("/lessons/own").text


@ON_SQLITE
def test_one_trainees_answer_shows_nothing_to_another(
    client_of: Clients, tang: Person, aduo: Person, reason: str
) -> None:
    client_of(tang).post(CHECK, data=RIGHT)
    assert reason not in html(client_of(aduo).get("/lessons/own"))


@ON_SQLITE
@pytest.mark.parametrize("posted", [{}, {"answer": "z"}, {"answer": ["a", "b"]}, {"answer": ""}])
def test_no_answer_and_an_impossible_one_are_asked_for_again(
    posted: dict[str, str], client_of: Clients, tang: Person, session: Session, reason: str
) -> None:
    client = client_of(tang)
    for headers in (HTMX, {}):
        response = client.post(CHECK, data=posted, headers=headers)
        assert response.status_code == 422
        assert 'class="error"' in response.text
        assert reason not in html(response)
    assert facts(session, tang.id, "question.right") == []


@ON_SQLITE
def test_a_question_of_another_lesson_is_not_found(client_of: Clients, tang: Person) -> None:
    learned(tang.id, "real-user")
    assert client_of(tang).post("/lessons/own/checks/no-stock-check", data=RIGHT).status_code == 404
    assert client_of(tang).post("/lessons/own/checks/ru-1", data=RIGHT).status_code == 404


def test_completing_earns_points_and_a_badge_and_leads_to_the_next_lesson(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    response = client.post("/lessons/own/completion")
    assert (response.status_code, response.location) == (303, "/lessons/no-stock")
    assert "+10" in html(client.get("/lessons/no-stock"))
    assert facts(session, tang.id, "lesson.completed") == [("own", "")]
    assert facts(session, tang.id, "badge.awarded") == [("first-seed", "")]


def test_completing_twice_harms_nothing(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    assert [client.post("/lessons/own/completion").location for _ in range(2)] == ["/lessons/no-stock"] * 2
    assert facts(session, tang.id, "lesson.completed") == [("own", "")]


@ON_SQLITE
def test_the_last_lesson_leads_to_the_quiz_and_where_there_is_none_to_the_map(client_of: Clients, tang: Person) -> None:
    for key in ("own", "no-stock", "who-fits"):
        did(tang.id, "lesson.completed", key)
    client = client_of(tang)
    assert client.post("/lessons/introduce/completion").location == "/quizzes/real-user-quiz"
    for key in ("tools-map", "tools-materials"):
        did(tang.id, "lesson.completed", key)
    assert client.post("/lessons/tools-earnings/completion").location == "/map"


@ON_SQLITE
def test_a_completed_lesson_can_be_read_again_and_offers_the_way_on(client_of: Clients, tang: Person) -> None:
    did(tang.id, "lesson.completed", "own")
    page = client_of(tang).get("/lessons/own").text
    assert "/lessons/own/completion" not in page
    assert 'href="/lessons/no-stock"' in page


@ON_SQLITE
def test_a_locked_lesson_says_how_it_opens_and_leads_there(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    for response in (
        client.get("/lessons/who-fits"),
        client.post("/lessons/who-fits/completion"),
        client.post("/lessons/who-fits/checks/who-fits-check", data=RIGHT),
    ):
        assert response.status_code == 409
        assert "产品适合谁，不适合谁" in html(response)
        assert 'href="/lessons/own"' in response.text
    assert facts(session, tang.id, "lesson.completed") == []


@ON_SQLITE
def test_a_lesson_of_a_locked_stage_names_the_stage_before_it(client_of: Clients, tang: Person) -> None:
    learned(tang.id, "real-user", quiz=False)
    response = client_of(tang).get("/lessons/three-sentences")
    assert response.status_code == 409
    assert "先做真实用户" in html(response)
    assert 'href="/quizzes/real-user-quiz"' in response.text


@ON_SQLITE
def test_a_locked_lesson_is_a_toast_for_htmx(client_of: Clients, tang: Person) -> None:
    response = client_of(tang).post("/lessons/who-fits/completion", headers=HTMX)
    assert (response.status_code, response.headers["HX-Retarget"]) == (409, "#toasts")
    assert 'href="/lessons/own"' in response.text


@ON_SQLITE
def test_a_lesson_of_a_higher_tier_says_which(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        course = dict(published(session).documents["course", "tools"].content)
        publish(session, {("course", "tools"): {**course, "tier": "silver"}}, origin="studio")
    refused = client_of(tang).get("/lessons/tools-map")
    assert refused.status_code == 409
    assert "白银" in html(refused)
    with db.writing() as session:
        stand(session, tang.id, "silver")
    assert client_of(tang).get("/lessons/tools-map").status_code == 200


@ON_SQLITE
def test_an_unknown_lesson_is_not_found(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    assert client.get("/lessons/nothing").status_code == 404
    assert client.post("/lessons/nothing/completion").status_code == 404


def test_a_lesson_needs_six_statements_at_most(app: Flask, client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    client.get("/lessons/own")
    with statements() as seen:
        assert client.get("/lessons/own").status_code == 200
    assert 0 < len(seen) <= 6, seen


@ON_SQLITE
def test_a_completion_that_promotes_leads_to_the_celebration(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        almost_silver(session, tang.id, but={"course.completed"})
        journal.write(session, tang.id, "course.completed", "first-steps")
    for key in ("tools-map", "tools-materials"):
        did(tang.id, "lesson.completed", key)
    response = client_of(tang).post("/lessons/tools-earnings/completion")
    assert response.location == "/honours/promotions/silver"


@ON_SQLITE
def test_pictures_are_public_cached_for_good_and_sandboxed(app: Flask, client_of: Clients, tang: Person) -> None:
    page = client_of(tang).get("/lessons/own").text
    src = re.search(r'src="(/lesson-pictures/[^"]+)"', page)
    assert src
    with client_of(None).get(src[1]) as response:
        assert response.data.startswith(b"<svg")
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert "Set-Cookie" not in response.headers


@ON_SQLITE
@pytest.mark.parametrize("name", ["x.svg", "0" * 40 + ".svg", "0" * 40 + ".html", "..%2f..%2facademy.sqlite"])
def test_a_picture_that_there_is_not_is_not_found(name: str, client_of: Clients) -> None:
    assert client_of(None).get(f"/lesson-pictures/{name}").status_code == 404


@ON_SQLITE
def test_only_lesson_pictures_are_served_there(app: Flask, client_of: Clients) -> None:
    files: FileRoom = app.extensions["files"]
    name = files.put("handin", b"<svg/>", ".svg")
    assert client_of(None).get(f"/lesson-pictures/{name}").status_code == 404
