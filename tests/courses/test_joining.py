"""An invitation: the first lesson before there is an account."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy.courses.actions import count_trial
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Cohort, Person
from tests.conftest import ON_SQLITE, html
from tests.phone import HTMX, facts, statements

Clients = Callable[[Person | None], FlaskClient]
RIGHT, WRONG = {"answer": "b"}, {"answer": "a"}


def change(**values: object) -> None:
    with db.writing() as session:
        session.execute(update(Cohort).where(Cohort.code == "qt07").values(**values))


def kept(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction() as cookie:
        return dict(cookie)


def test_an_invitation_says_who_invites_whereto_and_leads_to_the_first_lesson(client_of: Clients) -> None:
    page = html(client_of(None).get("/join/qt07"))
    assert "周以宁老师" in page
    assert "青铜 07 班" in page
    assert "只推自己用过的" in page
    assert 'href="/join/qt07/lesson"' in page
    assert "¥20 新品体验券" in page, "what she will get"


@ON_SQLITE
def test_a_code_may_be_typed_in_capitals(client_of: Clients) -> None:
    assert client_of(None).get("/join/QT07").status_code == 200


@ON_SQLITE
def test_a_guest_may_choose_language_and_theme(client_of: Clients) -> None:
    client = client_of(None)
    assert 'action="/language"' in client.get("/join/qt07").text
    client.post("/theme", data={"theme": "dark"})
    client.post("/language", data={"locale": "en"})
    page = client.get("/join/qt07").text
    assert 'lang="en" data-theme="dark"' in page
    assert "Only share what you have used" in page


@ON_SQLITE
def test_the_first_lesson_is_the_same_as_for_trainees_but_for_the_practice(client_of: Clients, tang: Person) -> None:
    guest = html(client_of(None).get("/join/qt07/lesson"))
    trainee = html(client_of(tang).get("/lessons/own"))
    start, end = "周三晚上九点半", "callout today"
    for part in ("callout mistake", "quicktest", "say dont"):
        assert guest[guest.index(start) : guest.index(end)].count(part) == trainee.count(part)
    assert "/practice/" not in guest
    assert 'action="/join/qt07/lesson/completion"' in guest


def test_the_check_is_judged_and_no_row_is_written(app: Flask, client_of: Clients) -> None:
    client = client_of(None)
    wrong = html(client.post("/join/qt07/lesson/checks/own-check", data=WRONG, headers=HTMX))
    assert "verdict again" in wrong
    assert "right" not in kept(client)
    with statements() as seen:
        right = html(client.post("/join/qt07/lesson/checks/own-check", data=RIGHT, headers=HTMX))
        client.post("/join/qt07/lesson/completion")
    assert "verdict right" in right
    assert kept(client)["right"] == ["own-check"]
    assert seen
    assert all(statement.startswith("SELECT") for statement in seen), seen


def test_the_check_works_without_javascript(client_of: Clients) -> None:
    client = client_of(None)
    assert "option right" not in client.get("/join/qt07/lesson").text
    response = client.post("/join/qt07/lesson/checks/own-check", data=RIGHT)
    assert (response.status_code, response.location) == (303, "/join/qt07/lesson#check-own-check")
    assert "verdict right" in client.get("/join/qt07/lesson").text


@ON_SQLITE
def test_no_answer_is_asked_for_again(client_of: Clients) -> None:
    for headers in (HTMX, {}):
        response = client_of(None).post("/join/qt07/lesson/checks/own-check", headers=headers)
        assert (response.status_code, 'class="error"' in response.text) == (422, True)


@ON_SQLITE
def test_a_guest_can_answer_nothing_else(client_of: Clients) -> None:
    assert client_of(None).post("/join/qt07/lesson/checks/no-stock-check", data=RIGHT).status_code == 404


@ON_SQLITE
def test_saving_progress_leads_to_sign_up_with_what_was_learned(client_of: Clients) -> None:
    client = client_of(None)
    client.post("/join/QT07/lesson/checks/own-check", data=RIGHT)
    response = client.post("/join/QT07/lesson/completion")
    assert (response.status_code, response.location) == (303, "/sign-up")
    assert kept(client)["trial"] == {"cohort": "qt07", "lesson": "own", "right": ["own-check"]}


@ON_SQLITE
def test_saving_without_an_answer_saves_the_lesson_alone(client_of: Clients) -> None:
    client = client_of(None)
    client.post("/join/qt07/lesson/completion")
    assert kept(client)["trial"] == {"cohort": "qt07", "lesson": "own", "right": []}


@ON_SQLITE
@pytest.mark.parametrize(
    ("trial", "lessons", "right"),
    [
        ({"lesson": "own", "right": ["own-check"]}, ["own"], ["own-check"]),
        ({"lesson": "own", "right": []}, ["own"], []),
        ({"lesson": "own"}, ["own"], []),
        ({"lesson": "own", "right": ["ru-1", "no-stock-check", "own-check"]}, ["own"], ["own-check"]),
        ({"lesson": "no-stock", "right": ["no-stock-check"]}, [], []),
        ({"lesson": "nothing"}, [], []),
        ({}, [], []),
    ],
)
def test_exactly_the_first_lesson_is_counted_after_signing_up(
    trial: dict[str, object], lessons: list[str], right: list[str], tang: Person, session: Session
) -> None:
    with db.writing() as writing:
        outcome = count_trial(writing, tang.id, trial)
    assert [topic for topic, _ in facts(session, tang.id, "lesson.completed")] == lessons
    assert [topic for topic, _ in facts(session, tang.id, "question.right")] == right
    assert outcome.gains["feathers"] == 5 * len(lessons) + 5 * len(right)


def test_counting_twice_counts_once(tang: Person, session: Session) -> None:
    for _ in range(2):
        with db.writing() as writing:
            count_trial(writing, tang.id, {"lesson": "own", "right": ["own-check"]})
    session.rollback()
    counted = select(func.count()).where(Fact.kind.in_(["lesson.completed", "question.right"]))
    assert session.scalar(counted) == 2


@ON_SQLITE
@pytest.mark.parametrize("path", ["/join/nobody", "/join/nobody/lesson"])
def test_an_unknown_code_gets_a_clear_page(path: str, client_of: Clients) -> None:
    response = client_of(None).get(path)
    assert response.status_code == 404
    assert 'href="/sign-in"' in response.text


@ON_SQLITE
def test_a_closed_cohort_says_so(client_of: Clients, cohort: Cohort) -> None:
    change(open=False)
    for path in ("/join/qt07", "/join/qt07/lesson"):
        response = client_of(None).get(path)
        assert response.status_code == 410
        assert "青铜 07 班" in html(response)
    assert client_of(None).post("/join/qt07/lesson/completion").status_code == 410


@ON_SQLITE
def test_a_full_cohort_still_welcomes_and_says_that_there_is_a_waiting_list(client_of: Clients, cohort: Cohort) -> None:
    assert 'class="notice info"' not in client_of(None).get("/join/qt07").text
    change(capacity=cohort.taken)
    response = client_of(None).get("/join/qt07")
    assert response.status_code == 200
    assert 'class="notice info"' in response.text
    assert client_of(None).get("/join/qt07/lesson").status_code == 200


@ON_SQLITE
def test_who_has_an_account_is_told_so_and_sent_home(client_of: Clients, aduo: Person) -> None:
    client = client_of(aduo)
    for path in ("/join/qt07", "/join/qt07/lesson", "/join/nobody"):
        response = client.get(path)
        assert (response.status_code, response.location) == (303, "/")
    assert 'class="toast info"' in client.get("/").text
    assert client.post("/join/qt07/lesson/completion").location == "/"
    assert "trial" not in kept(client)
