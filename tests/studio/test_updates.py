"""A changed rule: who had learned the lesson before is told and asked, until she has passed; nobody else is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from academy.catalog.actions import publish
from academy.catalog.models import Draft
from academy.catalog.pack import UPDATE_MOST, problems_of
from academy.catalog.queries import published
from academy.courses.queries import is_asked, topics
from academy.db import db
from academy.journal.models import Entry, Fact
from academy.packs import actions as packs
from academy.people.models import Person
from academy.studio import queries
from academy.studio.differences import differences
from academy.studio.forms import document_of
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import facts, learned, statements
from tests.studio.test_lessons import pressed
from tests.studio.typed import fields_of

Clients = Callable[[Person | None], FlaskClient]
NAME = ("update", "own")
DESK = "/desk/studio/lessons/own/update"
TEXT = {"zh": "字", "en": "Words"}


def question(key: str, **parts: Any) -> dict[str, Any]:
    options = [{"key": letter, "text": TEXT, "right": letter == "a"} for letter in "abc"]
    return {"key": key, "type": "single", "prompt": TEXT, "options": options, "reason": TEXT, **parts}


def a_change(key: str = "own-2026", of: int = 2, **parts: Any) -> dict[str, Any]:
    note = {"zh": "试用装现在也算用过。", "en": "A sample counts as used now."}
    asked = [question(f"{key}-{n}") for n in range(1, of + 1)]
    return {"key": key, "title": {"zh": "试用装", "en": "Samples"}, "note": note, "questions": asked, **parts}


def put_out(content: dict[str, Any] | None = None, lesson: str = "own") -> None:
    with db.writing() as session:
        publish(session, {("update", lesson): content or a_change()}, origin="studio")


def asked(person: Person, lesson: str = "own") -> bool:
    session = db.session()
    session.rollback()
    found = is_asked(session, published(session), person.id, lesson, topics(session, person.id))
    session.rollback()
    return found


def take(client: FlaskClient, key: str = "own-2026", wrong: int = 0) -> str:
    """Go through the quiz about a change, with so many wrong answers; the address of its result."""
    place = client.post(f"/quizzes/{key}/attempts").location
    attempt = place.split("/")[2]
    for n in range(1, 3):
        client.post(f"/attempts/{attempt}/questions/{n}", data={"option": "b" if n <= wrong else "a"})
    return f"/attempts/{attempt}"


def test_who_had_learned_it_is_asked_until_she_passes(client_of: Clients, tang: Person, clock: Clock) -> None:
    client = client_of(tang)
    learned(tang.id, "real-user")
    clock.move(days=1)
    assert "own#update" not in html(client.get("/"))
    put_out()
    assert "/lessons/own#update" in html(client.get("/"))
    lesson = html(client.get("/lessons/own"))
    assert "试用装现在也算用过。" in lesson
    assert "/quizzes/own-2026" in lesson
    assert "试用装现在也算用过。" in html(client.get("/quizzes/own-2026"))

    result = take(client, wrong=1)
    assert asked(tang), "one of two right is not enough"
    assert client.post("/quizzes/own-2026/attempts").status_code == 409, "first she goes through what was wrong"
    client.post(f"{result}/review")
    assert "/lessons/own" in html(client.get(take(client))), "the way back leads to the lesson"
    assert not asked(tang)
    assert "own#update" not in html(client.get("/"))
    assert 'id="update"' not in html(client.get("/lessons/own"))


def test_who_learns_it_from_now_on_is_not_asked(client_of: Clients, tang: Person, clock: Clock) -> None:
    put_out()
    clock.move(days=1)
    learned(tang.id, "real-user")
    assert not asked(tang)
    assert "own#update" not in html(client_of(tang).get("/"))
    assert 'id="update"' not in html(client_of(tang).get("/lessons/own"))


def test_who_has_not_learned_it_can_not_take_it(client_of: Clients, tang: Person, clock: Clock) -> None:
    put_out()
    client = client_of(tang)
    assert "/lessons/own" in html(client.get("/quizzes/own-2026")), "it says what comes before"
    assert client.post("/quizzes/own-2026/attempts").status_code == 409
    assert client.get("/quizzes/own-2027").status_code == 404


def test_it_pays_nothing_and_takes_nothing(session: Session, client_of: Clients, tang: Person, clock: Clock) -> None:
    learned(tang.id, "tools-quest", "real-user", "first-share", "answers")
    stages, courses = (facts(session, tang.id, f"{kind}.completed") for kind in ("stage", "course"))
    clock.move(days=1)
    put_out()
    earned = session.scalar(select(func.count()).select_from(Entry))
    take(client_of(tang))
    session.rollback()
    assert facts(session, tang.id, "update.passed") == [("own-2026", "")]
    assert session.scalar(select(func.count()).select_from(Entry)) == earned, "no rule pays for it"
    told = session.scalars(select(Fact.kind).where(Fact.topic.like("own-2026%"))).all()
    assert sorted(told) == ["quiz.finished", "update.passed"], "no right answer and no full marks that badges count"
    assert (facts(session, tang.id, "stage.completed"), facts(session, tang.id, "course.completed")) == (
        stages,
        courses,
    )


def test_a_correction_asks_nobody_again_and_another_change_asks_all_again(
    client_of: Clients, tang: Person, aduo: Person, clock: Clock
) -> None:
    learned(tang.id, "real-user")
    clock.move(days=1)
    put_out()
    take(client_of(tang))
    clock.move(days=1)
    learned(aduo.id, "real-user")
    clock.move(days=1)
    put_out(a_change(note=TEXT))
    assert (asked(tang), asked(aduo)) == (False, False), "the same key is the same change, and as old as it was"
    put_out(a_change("own-2027"))
    assert (asked(tang), asked(aduo)) == (True, True)


def test_what_is_withdrawn_asks_nobody_and_goes_with_its_lesson(
    session: Session, client_of: Clients, tang: Person, clock: Clock
) -> None:
    learned(tang.id, "real-user")
    clock.move(days=1)
    put_out()
    place = client_of(tang).post("/quizzes/own-2026/attempts").location
    outline = dict(published(session).one("course", "first-steps"))
    session.rollback()
    stages = [{**stage, "lessons": [key for key in stage["lessons"] if key != "own"]} for stage in outline["stages"]]
    with db.writing() as s:
        publish(s, {("course", "first-steps"): {**outline, "stages": stages}}, origin="studio")
    session.rollback()
    assert NAME not in published(session).documents
    assert client_of(tang).get("/").status_code == 200
    assert client_of(tang).get(place).status_code == 200, "whoever has begun it can go through it"


def test_todays_page_needs_no_more_statements_for_it(client_of: Clients, tang: Person, clock: Clock) -> None:
    learned(tang.id, "real-user")
    clock.move(days=1)
    put_out()
    client = client_of(tang)
    client.get("/map")
    with statements() as seen:
        assert "own#update" in html(client.get("/"))
    assert len(seen) <= 6, seen
    with statements() as seen:
        client.get("/")
        client.get("/lessons/own")
    assert len(seen) <= 1 + 6, seen


def test_staff_see_how_many_are_asked_and_have_passed(
    session: Session, client_of: Clients, zhou: Person, tang: Person, aduo: Person, clock: Clock
) -> None:
    learned(tang.id, "real-user")
    learned(aduo.id, "real-user")
    clock.move(days=1)
    put_out()
    take(client_of(tang))
    update = published(session).updates["own"]
    asked_before = session.scalar(
        select(func.count()).select_from(Fact).where(Fact.kind == "lesson.completed", Fact.topic == "own")
    )
    assert queries.asking(session, update) == (asked_before, 1)
    session.rollback()
    for kind in ("lesson", "update"):
        with statements() as seen:
            page = html(client_of(zhou).get(f"/desk/studio/history/{kind}/own?lang=zh"))
        assert "试用装" in page
        assert len(seen) <= 8, seen


# In the studio


def now() -> dict[str, Any]:
    session = db.session()
    session.rollback()
    draft, there = session.get(Draft, NAME), published(session).documents.get(NAME)
    content = draft.content if draft and draft.content else there.content if there else {}
    held = {
        "content": dict(content),
        "revision": draft.revision if draft else 0,
        "version": there.version_id if there else 0,
    }
    session.rollback()
    return held


def send(client: FlaskClient, path: str = "", **more: Any) -> Any:
    page = now()
    content = {**page["content"], **more.pop("content", {})}
    marks = {"kind": "update", "revision": page["revision"], "version": page["version"], **more}
    return client.post(f"{DESK}{path}", data=MultiDict([*fields_of(content), *marks.items()]))


def test_what_is_typed_is_what_is_kept() -> None:
    content = a_change()
    assert document_of(MultiDict(fields_of(content)), NAME) == content
    assert problems_of("update", content) == []


@ON_SQLITE
def test_it_is_begun_written_and_published_with_its_course(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    assert "/update/beginning" in html(client.get(DESK))
    client.post(f"{DESK}/beginning")
    first = now()["content"]["key"]
    assert first.startswith("own-")
    client.post(f"{DESK}/beginning")
    assert now()["content"]["key"] == first, "clicked twice it is begun once"
    send(client, "/questions", add="single", place=0)
    send(client, "/questions", add="truth", place=9)
    assert [one["type"] for one in now()["content"]["questions"]] == ["single", "truth"]
    send(client, "/questions/1/removal")
    send(client, content=a_change(first, 1))
    page = html(client.get(DESK))
    assert document_of(MultiDict(pressed(page)), NAME) == now()["content"]
    listed = html(client.get("/desk/studio/publication/first-steps"))
    assert 'value="update/own@' in listed
    mark = f"update/own@{now()['revision']}"
    assert client.post("/desk/studio/publication/first-steps", data={"mark": mark}).status_code == 303
    session = db.session()
    session.rollback()
    assert published(session).updates["own"].key == first
    assert "update/own@" not in html(client.get("/desk/studio/publication/first-steps"))


@ON_SQLITE
def test_after_one_change_comes_another(client_of: Clients, zhou: Person) -> None:
    put_out()
    client = client_of(zhou)
    client.post(f"{DESK}/beginning")
    assert now()["content"] == {**now()["content"], "title": {"zh": ""}, "questions": []}
    assert now()["content"]["key"] != "own-2026"
    send(client, "/discard")
    assert now()["content"]["key"] == "own-2026"


@ON_SQLITE
def test_asking_is_ended_at_once_and_can_be_begun_anew(client_of: Clients, zhou: Person, tang: Person) -> None:
    put_out()
    client = client_of(zhou)
    client.post(f"{DESK}/beginning")
    assert client.post(f"{DESK}/end").status_code == 303
    session = db.session()
    session.rollback()
    assert NAME not in published(session).documents
    assert now()["content"] == {}
    client.post(f"{DESK}/beginning")
    assert now()["content"]["questions"] == []


@ON_SQLITE
def test_what_a_badge_asks_for_is_not_ended(client_of: Clients, zhou: Person) -> None:
    put_out()
    with db.writing() as session:
        badges = dict(published(session).one("badges"))
        named = {"criterion": {"fact": {"kind": "update.passed", "topic": "own-2026"}}}
        badges["badges"] = [{**badges["badges"][0], **named}, *badges["badges"][1:]]
        publish(session, {("badges", "academy"): badges}, origin="studio")
    client = client_of(zhou)
    client.post(f"{DESK}/end")
    session = db.session()
    session.rollback()
    assert NAME in published(session).documents
    assert "初来乍到" in html(client.get(DESK)), "it says who asks for it"


@ON_SQLITE
def test_a_lesson_that_nobody_can_have_learned_has_none(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    client.post("/desk/studio/courses/first-steps", data={"do": "lesson:real-user", "revision": "0"})
    session = db.session()
    session.rollback()
    key = session.scalars(select(Draft.key).where(Draft.kind == "lesson")).one()
    session.rollback()
    assert "beginning" not in html(client.get(f"/desk/studio/lessons/{key}/update"))
    assert client.post(f"/desk/studio/lessons/{key}/update/beginning").status_code == 404
    assert client.get("/desk/studio/lessons/nothing/update").status_code == 404


@ON_SQLITE
def test_more_than_five_questions_are_refused(client_of: Clients, zhou: Person) -> None:
    put_out(a_change(of=UPDATE_MOST))
    client = client_of(zhou)
    assert 'name="add"' not in html(client.get(DESK))
    assert send(client, "/questions", add="single", place=0).status_code == 422
    assert len(now()["content"]["questions"]) == UPDATE_MOST
    assert [problem.path for problem in problems_of("update", a_change(of=UPDATE_MOST + 1))] == [("questions",)]


@ON_SQLITE
def test_it_is_translated_and_compared_like_other_documents(client_of: Clients, zhou: Person) -> None:
    put_out(a_change(note={"zh": "试用装现在也算用过。"}))
    page = html(client_of(zhou).get("/desk/studio/translation/update/own"))
    assert 'name="note"' in page
    assert 'name="questions.0.prompt"' in page
    with force_locale("en"):
        told = differences("update", a_change(), a_change(title={"zh": "试用装和小样", "en": "Samples"}))
    assert [(change.where, change.pieces) for change in told] == [
        ("Name", [("cut", "试用装"), ("new", "试用装和小样")])
    ]
    for path in ("/desk/studio/lessons/own-2026/preview", "/desk/studio/lessons/own-2026/phone"):
        assert client_of(zhou).get(path).status_code == 200


def test_a_pack_brings_it_and_takes_it_along(session: Session, app: Flask, tmp_path: Path) -> None:
    put_out()
    files = app.extensions["files"]
    packs.export(published(session), files, tmp_path / "out")
    assert (tmp_path / "out/first-steps/1-real-user/01-own.update.yaml").is_file()
    back = packs.read(tmp_path / "out")
    assert back.problems == []
    assert back.documents[NAME] == a_change()
    assert NAME in packs.part(published(session), "first-steps")


def test_keys_that_are_there_twice_are_named(session: Session) -> None:
    current = published(session)
    twice = current.after({NAME: a_change("real-user-quiz")})
    assert twice.repeated == {"real-user-quiz"}
    assert "quiz/own-2026" in current.after({NAME: a_change()}).names


@pytest.mark.parametrize("changed", [{"title": ""}, {"note": {}}, {"questions": []}])
def test_what_is_not_whole_is_pointed_out(changed: dict[str, Any]) -> None:
    assert problems_of("update", a_change(**changed))
