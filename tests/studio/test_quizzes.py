"""The editor of quizzes and assessments."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from academy.catalog.models import Draft
from academy.catalog.pack import problems_of
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person
from academy.studio.forms import OPTIONS_MOST, QUESTIONS_MOST, document_of
from academy.studio.rules import new_question
from tests.conftest import ON_SQLITE, html
from tests.phone import statements
from tests.studio.test_lessons import JSON, pressed
from tests.studio.typed import fields_of

Clients = Callable[[Person | None], FlaskClient]
EXAM = ("assessment", "bronze-exam")
TEXT = {"zh": "字", "en": "Words"}


def quiz() -> tuple[str, str]:
    """The quiz of the first stage."""
    session = db.session()
    held = published(session).stages["real-user"].quiz
    session.rollback()
    assert held
    return "quiz", held.key


def now(name: tuple[str, str]) -> dict[str, Any]:
    session = db.session()
    session.rollback()
    draft, there = session.get(Draft, name), published(session).documents[name]
    session.rollback()
    return {
        "content": dict(draft.content if draft and draft.content else there.content),
        "revision": draft.revision if draft else 0,
        "version": there.version_id,
    }


def sent(client: FlaskClient, name: tuple[str, str], path: str = "", **more: Any) -> TestResponse:
    page, (kind, key) = now(name), name
    content, headers = {**page["content"], **more.pop("content", {})}, more.pop("headers", None)
    marks = {"kind": kind, "revision": page["revision"], "version": page["version"], **more}
    fields = MultiDict([*fields_of(content), *marks.items()])
    return client.post(f"/desk/studio/quizzes/{key}{path}", data=fields, headers=headers)


def question(kind: str, **parts: Any) -> dict[str, Any]:
    options = [{"key": key, "text": TEXT, "right": key in "ab" if kind == "multiple" else key == "a"} for key in "abc"]
    return {"key": "q-1", "type": kind, "prompt": TEXT, "options": options, "reason": TEXT, **parts}


@pytest.mark.parametrize("kind", ["single", "multiple", "truth"])
def test_every_kind_of_question_is_typed_as_it_is_kept(kind: str) -> None:
    asked = new_question("q-1", "truth") | {"prompt": TEXT, "reason": TEXT} if kind == "truth" else question(kind)
    content = {
        "key": "quiz",
        "title": TEXT,
        "pass": 80,
        "draw": 1,
        "questions": [{**asked, "lesson": "own", "said": TEXT}],
    }
    read = document_of(MultiDict(fields_of(content)), ("quiz", "quiz"))
    assert read == content
    assert problems_of("quiz", read) == []


def test_an_assessment_has_its_minutes_and_its_summary() -> None:
    content = {"key": "exam", "title": TEXT, "pass": 80, "draw": 1, "questions": [], "minutes": 60, "summary": TEXT}
    assert document_of(MultiDict(fields_of(content)), ("assessment", "exam")) == content


@pytest.mark.parametrize("whole", ["quiz", "assessment"])
def test_what_is_shown_is_what_is_kept(client_of: Clients, zhou: Person, whole: str) -> None:
    name = EXAM if whole == "assessment" else quiz()
    with statements() as seen:
        page = html(client_of(zhou).get(f"/desk/studio/quizzes/{name[1]}"))
    assert len(seen) <= 8, seen
    assert document_of(MultiDict(pressed(page)), name) == now(name)["content"]


def test_a_save_by_itself_takes_five_statements(client_of: Clients, zhou: Person) -> None:
    name, client = quiz(), client_of(zhou)
    sent(client, name, content={"pass": 70})
    page = now(name)
    fields = [*fields_of({**page["content"], "draw": 99}), ("kind", "quiz")]
    fields += [(mark, page[mark]) for mark in ("revision", "version")]
    with statements() as seen:
        answer = client.post(f"/desk/studio/quizzes/{name[1]}", data=MultiDict(fields), headers=JSON)
    assert len(seen) <= 5, seen
    assert answer.json is not None
    assert "draw" in answer.json["said"]
    assert now(name)["content"]["draw"] == 99, "what is not right yet is kept"


@ON_SQLITE
@pytest.mark.parametrize("kind", ["single", "multiple", "truth"])
def test_a_question_of_every_kind_is_added(client_of: Clients, zhou: Person, kind: str) -> None:
    name = quiz()
    before = [one["key"] for one in now(name)["content"]["questions"]]
    assert sent(client_of(zhou), name, "/questions", add=kind, place=1).status_code == 303
    after = now(name)["content"]["questions"]
    assert after[1]["type"] == kind
    assert [one["key"] for one in after if one is not after[1]] == before
    assert after[1]["key"].startswith(name[1]), "its key is new, and tells where it was made"


@ON_SQLITE
def test_questions_are_moved_and_taken_out(client_of: Clients, zhou: Person) -> None:
    name, client = quiz(), client_of(zhou)
    before = now(name)["content"]["questions"]
    sent(client, name, "/questions/0/move", to="2")
    assert now(name)["content"]["questions"][2] == before[0]
    sent(client, name, "/questions/2/removal", gone="1")
    assert now(name)["content"]["questions"] == before[1:]


@ON_SQLITE
def test_options_are_added_up_to_eight(client_of: Clients, zhou: Person) -> None:
    name, client = quiz(), client_of(zhou)
    sent(client, name, content={"questions": [question("single")]})
    for _n in range(OPTIONS_MOST - 3):
        assert sent(client, name, "/questions/0/parts", do="add").status_code == 303
    assert sent(client, name, "/questions/0/parts", do="add").status_code == 422
    keys = [one["key"] for one in now(name)["content"]["questions"][0]["options"]]
    assert keys == list("abcdefgh")
    sent(client, name, "/questions/0/parts", do="remove:1")
    sent(client, name, "/questions/0/parts", do="add")
    assert [one["key"] for one in now(name)["content"]["questions"][0]["options"]] == list("acdefghb")


@ON_SQLITE
def test_a_question_becomes_one_of_true_or_false(client_of: Clients, zhou: Person) -> None:
    name, client = quiz(), client_of(zhou)
    sent(client, name, content={"questions": [question("truth", options=[])]})
    options = now(name)["content"]["questions"][0]["options"]
    assert [(one["key"], one["right"]) for one in options] == [("true", True), ("false", False)]
    assert sent(client, name, "/questions/0/parts", do="add").status_code == 404


@ON_SQLITE
def test_too_many_questions_stay_in_the_form(client_of: Clients, zhou: Person) -> None:
    name = quiz()
    many = [question("single", key=f"q-{n}") for n in range(QUESTIONS_MOST + 1)]
    answer = sent(client_of(zhou), name, content={"questions": many})
    assert answer.status_code == 422
    assert f'value="q-{QUESTIONS_MOST}"' in html(answer)
    assert now(name)["revision"] == 0


@ON_SQLITE
def test_two_trainers_meet_question_by_question(client_of: Clients, zhou: Person, wu: Person) -> None:
    name = quiz()
    opened, questions = now(name), now(name)["content"]["questions"]
    sent(client_of(wu), name, content={"questions": [{**questions[0], "prompt": {"zh": "吴老师问的"}}, *questions[1:]]})
    marks = {"revision": opened["revision"], "version": opened["version"]}
    hers = [*questions[:-1], {**questions[-1], "prompt": {"zh": "周老师问的"}}]
    page = html(sent(client_of(zhou), name, content={"questions": hers}, **marks))
    proposed = dict(re.findall(r'name="(take\.[^"]+)" value="(mine|theirs)" checked', page))
    last = len(questions) - 1
    assert proposed == {"take.0.0": "theirs", f"take.{last}.{last}": "mine"}
    fields = MultiDict([*((field, said) for field, said in pressed(page) if not field.startswith("whose"))])
    assert client_of(zhou).post(f"/desk/studio/quizzes/{name[1]}", data=fields).status_code == 303
    after = now(name)["content"]["questions"]
    assert (after[0]["prompt"]["zh"], after[-1]["prompt"]["zh"]) == ("吴老师问的", "周老师问的")


@ON_SQLITE
def test_what_is_typed_as_script_is_read_as_text(client_of: Clients, zhou: Person) -> None:
    name, script = quiz(), "<script>alert(1)</script>"
    bad = {"zh": script, "en": script}
    options = [{"key": key, "text": bad, "right": key == "a"} for key in "ab"]
    asked = question("single", prompt=bad, reason=bad, said=bad, options=options)
    sent(client_of(zhou), name, content={"questions": [asked], "title": bad, "draw": 1})
    assert now(name)["content"]["questions"] == [asked]
    for address in (f"/desk/studio/quizzes/{name[1]}", f"/desk/studio/lessons/{name[1]}/preview"):
        answer = client_of(zhou).get(address)
        assert answer.status_code == 200
        assert script not in answer.get_data(as_text=True)


@ON_SQLITE
def test_a_kind_that_it_is_not_makes_nothing_new(client_of: Clients, zhou: Person) -> None:
    _quiz, key = quiz()
    page = now(("quiz", key))
    fields = [*fields_of({**page["content"], "minutes": 5, "summary": TEXT}), ("kind", "assessment"), ("revision", "0")]
    answer = client_of(zhou).post(
        f"/desk/studio/quizzes/{key}", data=MultiDict([*fields, ("version", page["version"])])
    )
    assert answer.status_code == 404
