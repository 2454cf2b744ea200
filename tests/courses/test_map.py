"""The map, on the shipped courses."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.journal.actions import stand
from academy.people.models import Person
from tests.conftest import ON_SQLITE, html
from tests.phone import did, learned, statements

Clients = Callable[[Person | None], FlaskClient]


def at(page: str, *texts: str) -> list[int]:
    return [page.index(text) for text in texts]


@ON_SQLITE
def test_the_tools_come_first_then_the_stages_in_order_then_the_assessment(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/map"))
    order = at(page, "stage-tools-quest", "stage-real-user", "stage-first-share", "stage-answers", "青铜结业考核")
    assert order == sorted(order)


@ON_SQLITE
def test_she_stands_at_her_first_lesson_and_the_rest_is_locked(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/map"))
    assert page.count('aria-current="step"') == 1
    assert '<a href="/lessons/tools-map" aria-current="step">' in page
    assert page.count("node open") == 1, "the first lesson of the course beside it"
    assert page.count("node locked") == 2 + 3 + 5 + 5 + 1


def test_where_she_stands_moves_on_with_what_she_learns(client_of: Clients, tang: Person) -> None:
    learned(tang.id, "tools-quest", "real-user")
    page = html(client_of(tang).get("/map"))
    assert '<a href="/lessons/three-sentences" aria-current="step">' in page
    assert page.count("node done") == 3 + 5


@ON_SQLITE
def test_the_assessment_is_locked_until_the_courses_before_it_are_completed(client_of: Clients, tang: Person) -> None:
    learned(tang.id, "real-user", "first-share")
    assert 'class="gate"' in html(client_of(tang).get("/map"))
    learned(tang.id, "answers")
    page = html(client_of(tang).get("/map"))
    assert 'class="gate open"' in page
    assert '<a class="button key" href="/quizzes/bronze-exam">' in page


@ON_SQLITE
def test_a_passed_assessment_asks_for_nothing_more(client_of: Clients, tang: Person) -> None:
    learned(tang.id, "real-user", "first-share", "answers")
    did(tang.id, "exam.passed", "bronze-exam")
    assert '<a class="button soft" href="/quizzes/bronze-exam">' in html(client_of(tang).get("/map"))


@ON_SQLITE
def test_in_a_tier_without_courses_those_below_stay_and_it_says_so(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        stand(session, tang.id, "gold")
    page = html(client_of(tang).get("/map"))
    assert 'class="empty"' in page
    assert "/lessons/own" in page


@ON_SQLITE
def test_a_withdrawn_course_is_no_longer_on_it(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        publish(session, {("course", "tools"): None}, origin="studio")
    page = html(client_of(tang).get("/map"))
    assert "tools-map" not in page
    assert '<a href="/lessons/own" aria-current="step">' in page


@ON_SQLITE
def test_a_course_with_a_criterion_of_its_own_stays_shut_until_it_is_met(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        course = dict(published(session).documents["course", "first-steps"].content)
        course["unlock"] = {"course": {"key": "tools"}}
        publish(session, {("course", "first-steps"): course}, origin="studio")
    client = client_of(tang)
    assert "node open" not in client.get("/map").text
    refused = client.get("/lessons/own")
    assert refused.status_code == 409
    assert "工具任务" in html(refused), "it names what opens the course"
    learned(tang.id, "tools-quest")
    assert '<a href="/lessons/own" aria-current="step">' in html(client.get("/map"))
    assert client.get("/lessons/own").status_code == 200


def test_the_map_needs_six_statements_at_most(app: Flask, client_of: Clients, tang: Person) -> None:
    learned(tang.id, "tools-quest", "real-user")
    client = client_of(tang)
    client.get("/map")
    with statements() as seen:
        assert client.get("/map").status_code == 200
    assert 0 < len(seen) <= 6, seen


@ON_SQLITE
def test_staff_have_no_map(client_of: Clients, zhou: Person, lu: Person) -> None:
    assert [client_of(person).get("/map").status_code for person in (zhou, lu)] == [404, 404]
