"""When a course opens, put together by clicking."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.catalog import drafts
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person
from academy.studio import actions
from academy.studio.differences import differences
from academy.studio.queries import Edited, one
from tests.conftest import ON_SQLITE, html
from tests.phone import did, statements

Clients = Callable[[Person | None], FlaskClient]
COURSE = ("course", "first-steps")
PAGE = "/desk/studio/courses/first-steps/unlock"
TOOLS = {"course": {"key": "tools"}}


def draft() -> Any:
    session = db.session()
    session.rollback()
    found = one(session, published(session), COURSE)
    session.rollback()
    assert found
    return found


def kept(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found
    return found[1]


def send(client: FlaskClient, do: str = "save", page: str | None = None, **typed: Any) -> TestResponse:
    held = kept(page or html(client.get(f"{PAGE}?lang=en")))
    return client.post(f"{PAGE}?lang=en", data={"kept": held, "do": do, **typed})


def add(client: FlaskClient, at: str = "unlock/", **typed: Any) -> TestResponse:
    """Choose a condition and put it into a group."""
    revisions = str(draft().revision)
    return client.post(f"{PAGE}/condition", data={"at": at, "do": "add", "revisions": revisions, **typed})


def put(staff: Person, unlock: Any) -> None:
    now = draft()
    with db.writing() as session:
        mine = Edited(COURSE, {**now.content, "unlock": unlock}, now.revision, now.version)
        actions.save(session, session.get_one(Person, staff.id), mine)


def test_a_condition_is_added_by_clicking_and_holds_once_it_is_published(
    session: Session, client_of: Clients, zhou: Person, tang: Person
) -> None:
    client = client_of(zhou)
    assert "open to all in its tier" in html(client.get(f"{PAGE}?lang=en"))
    onward = send(client, "add:unlock/")
    assert onward.location.startswith(f"{PAGE}/condition?at=unlock/")
    assert html(client.get(onward.location)).count("what=course") >= 1
    assert add(client, what="course", key="tools").status_code == 303
    assert draft().content["unlock"] == {"all": [TOOLS]}
    assert "Complete “Tools quest”" in html(client.get(f"{PAGE}?lang=en"))
    assert "/lessons/own" in html(client_of(tang).get("/map")), "a draft shuts nobody out"

    client.post("/desk/studio/publication/first-steps", data={"mark": f"course/first-steps@{draft().revision}"})
    session.rollback()
    assert published(session).course["first-steps"].unlock == {"all": [TOOLS]}
    assert client_of(tang).get("/lessons/own").status_code == 409
    did(tang.id, "course.completed", "tools")
    assert client_of(tang).get("/lessons/own").status_code == 200


@ON_SQLITE
def test_numbers_are_typed_and_conditions_taken_out_without_a_script(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    add(client, what="growth", number="50", bound="at_least", window="always")
    add(client, what="course", key="tools")
    assert draft().content["unlock"] == {"all": [{"growth": {"at_least": 50}}, TOOLS]}
    send(client, **{"unlock/0": "80"})
    assert draft().content["unlock"]["all"][0] == {"growth": {"at_least": 80}}
    send(client, "remove:unlock/1")
    assert draft().content["unlock"] == {"all": [{"growth": {"at_least": 80}}]}
    send(client, "remove:unlock/0")
    assert draft().content["unlock"] is None
    assert send(client, "remove:unlock/7").status_code == 404
    assert send(client, "remove:lock/0").status_code == 404


@ON_SQLITE
def test_the_rest_of_the_outline_stays_as_somebody_else_has_saved_it(
    client_of: Clients, zhou: Person, wu: Person
) -> None:
    client = client_of(zhou)
    add(client, what="growth", number="50", bound="at_least", window="always")
    page = html(client.get(f"{PAGE}?lang=en"))
    now = draft()
    with db.writing() as session:
        content = {**now.content, "title": {"zh": "吴老师改的"}, "unlock": TOOLS}
        drafts.save(session, session.get_one(Person, wu.id), COURSE, content, now.revision, now.version)
    met = send(client, page=page, **{"unlock/0": "80"})
    assert met.status_code == 409
    told = html(met)
    assert f"{wu.name} has changed this course meanwhile" in told
    assert "Theirs: " in told
    assert draft().content["unlock"] == TOOLS, "nothing is overwritten unseen"
    assert send(client, page=told).status_code == 303
    assert draft().content["unlock"] == {"all": [{"growth": {"at_least": 80}}]}
    assert draft().content["title"] == {"zh": "吴老师改的"}


@ON_SQLITE
def test_what_criteria_forbid_is_not_published(client_of: Clients, session: Session, zhou: Person) -> None:
    client = client_of(zhou)
    assert add(client, what="growth", number="viel", bound="at_least", window="always").status_code == 422
    put(zhou, {"count": {"kind": "group.built", "at_least": 3}})
    assert "禁止传销条例" in html(client.get(f"{PAGE}?lang=en"))
    mark = f"course/first-steps@{draft().revision}"
    assert client.post("/desk/studio/publication/first-steps", data={"mark": mark}).status_code == 422
    put(zhou, {"stage": {"key": "nowhere"}})
    assert "is not published any more" in html(client.get(f"{PAGE}?lang=en"))
    session.rollback()
    assert published(session).course["first-steps"].unlock is None


@ON_SQLITE
def test_a_course_that_would_wait_for_itself_is_pointed_out(client_of: Clients, zhou: Person) -> None:
    put(zhou, {"stage": {"key": "real-user"}})
    client = client_of(zhou)
    assert "wait for itself" in html(client.get(f"{PAGE}?lang=en"))
    assert "wait for itself" in html(client.get("/desk/studio/courses/first-steps?lang=en"))


@ON_SQLITE
def test_what_was_not_made_by_us_is_refused(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    assert client.post(PAGE, data={"kept": "x", "do": "save"}).status_code == 400
    other = kept(html(client.get("/desk/studio/courses/tools/unlock")))
    assert client.post(PAGE, data={"kept": other, "do": "save"}).status_code == 400
    assert client.get("/desk/studio/courses/nothing/unlock").status_code == 404
    assert client.get(f"{PAGE}/condition?at=unlock/9&do=edit").status_code == 404
    assert client.get(f"{PAGE}/condition?at=other/").status_code == 404


def test_the_page_and_the_outline_take_few_statements(client_of: Clients, zhou: Person) -> None:
    put(zhou, TOOLS)
    client = client_of(zhou)
    for path in (PAGE, "/desk/studio/courses/first-steps", "/desk/studio/publication/first-steps"):
        with statements() as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 8, (path, seen)


def test_the_outline_and_what_differs_say_it_in_words(session: Session, client_of: Clients, zhou: Person) -> None:
    put(zhou, TOOLS)
    outline = html(client_of(zhou).get("/desk/studio/courses/first-steps?lang=en"))
    assert PAGE in outline
    assert "Complete “Tools quest”" in outline
    course = published(session).one(*COURSE)
    with force_locale("en"):
        told = differences("course", course, {**course, "unlock": TOOLS})
    session.rollback()
    assert [(change.where, change.pieces[-1][1]) for change in told] == [("Opens by", "Complete “Tools quest”")]
