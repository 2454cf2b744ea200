"""What is shown without a network, and without a database."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from academy.db import db
from academy.people.models import Person
from academy.web import offline
from tests.conftest import ON_SQLITE, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture
def broken(app: Flask, tang: Person) -> Iterator[None]:
    """The database is down, after everybody on the stage has come in."""
    with app.app_context():
        engine = db.engine

    def refuse(*_: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the server is gone, hunter2"))

    app.config["PROPAGATE_EXCEPTIONS"] = False  # as it is outside of tests
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.usefixtures("broken")
def test_without_a_database_every_page_says_kindly_that_it_is_our_fault(tang: Person, client_of: Clients) -> None:
    for client in (client_of(tang), client_of(None)):
        for path in ("/", "/map", "/sign-in", "/v", "/nowhere", "/honours/certificates/x.pdf"):
            answer = client.get(path)
            if answer.status_code == 302:
                continue
            assert answer.status_code == 500, path
            assert "出了点问题" in html(answer)
            assert "再试一次" in html(answer)
            assert "hunter2" not in html(answer)
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert client.post("/check-ins", headers={"HX-Request": "true"}).status_code in (204, 500)


@ON_SQLITE
@pytest.mark.usefixtures("broken")
def test_without_a_database_the_browser_tells_the_language_and_the_session_the_look(
    tang: Person, client_of: Clients
) -> None:
    client = client_of(tang)
    with client.session_transaction() as kept:
        kept["theme"] = "dark"
    page = html(client.get("/map", headers={"Accept-Language": "en"}))
    assert "Something went wrong" in page
    assert '<html lang="en" data-theme="dark">' in page


@ON_SQLITE
@pytest.mark.usefixtures("broken")
def test_that_page_has_its_style_all_the_same(client_of: Clients) -> None:
    page = html(client_of(None).get("/sign-in"))
    style = re.search(r'rel="stylesheet" href="([^"]+)"', page)
    assert style
    assert client_of(None).get(style[1]).status_code == 200


@ON_SQLITE
def test_a_fault_is_told_in_her_own_language(
    app: Flask, tang: Person, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(tang)
    client.post("/language", data={"locale": "en"})
    client.post("/theme", data={"theme": "dark"})
    monkeypatch.setitem(app.view_functions, "courses.map", lambda: 1 / 0)
    page = html(client.get("/map"))
    assert "Something went wrong" in page
    assert '<html lang="en" data-theme="dark">' in page


@ON_SQLITE
def test_the_page_without_a_network_is_nobody_s(tang: Person, client_of: Clients) -> None:
    hers, strangers = client_of(tang), client_of(None)
    page = html(hers.get("/offline"))
    assert "网络断开了" in page
    for personal in ("小棠", "csrf", "X-CSRFToken"):
        assert personal not in page
    assert page == html(strangers.get("/offline"))
    assert "You are offline" in html(strangers.get("/offline", headers={"Accept-Language": "en"}))


@ON_SQLITE
def test_the_worker_keeps_style_script_and_that_page_alone(client_of: Clients) -> None:
    answer = client_of(None).get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    page = html(client_of(None).get("/sign-in"))
    named = re.search(r"KEPT = (\[.*?\])", html(answer))
    assert named
    kept = re.findall(r'"([^"]+)"', named[1])
    assert len(kept) == 2
    for address in kept:
        assert address in page
        assert client_of(None).get(address).status_code == 200


@ON_SQLITE
def test_the_worker_asks_no_database(tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    with statements() as seen:
        assert client.get("/sw.js").status_code == 200
    assert seen == []


def test_another_style_is_another_version() -> None:
    def version(*kept: str) -> str:
        return offline._script(*kept).partition(";")[0].partition(",")[0]

    assert version("/assets/app.1.css", "/assets/app.1.js") != version("/assets/app.2.css", "/assets/app.1.js")
    assert version("/assets/app.1.css", "/assets/app.1.js") == version("/assets/app.1.css", "/assets/app.1.js")
