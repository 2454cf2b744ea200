"""Bodies of pages: what is kept is the same for all who see it, what is one's own is filled in."""

import gzip
import re
import zlib
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, UndefinedError
from sqlalchemy.orm import Session

from academy.catalog.queries import published
from academy.people.models import Person
from academy.web.bodies import Body, draw, hole
from tests.conftest import ON_SQLITE
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]
GZIP = {"Accept-Encoding": "gzip"}


@given(
    pieces=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x02\x03")), min_size=1, max_size=5),
    size=st.sampled_from([0, 1, 91, 0xFFFF, 0x10000, 0x20001]),
)
def test_what_is_put_together_unpacks_as_the_plain_text(pieces: list[str], size: int) -> None:
    body, own = Body(str(hole("csrf")).join(pieces)), b"x" * size
    filled = {"csrf": own}
    expected = own.join(piece.encode() for piece in pieces)
    assert body.plain(filled) == expected
    assert gzip.decompress(body.gzipped(filled)) == expected
    # A browser takes one member: nothing may stand after it.
    one = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert one.decompress(body.gzipped(filled)) == expected
    assert one.eof
    assert not one.unused_data


def test_a_token_is_stored_not_compressed() -> None:
    body = Body(f"<b>{'secret' * 50}{hole('csrf')}")
    assert b"secret-token" in body.gzipped({"csrf": b"secret-token"})


def test_nobody_can_type_a_hole() -> None:
    assert Body("\x02csrf\x03 \x02:csrf\x03").holes == []


@ON_SQLITE
def test_every_page_is_compressed_where_the_browser_takes_it(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    for path in ("/", "/map", "/honours", "/v", "/nowhere"):
        plain, small = client.get(path), client.get(path, headers=GZIP)
        assert "Content-Encoding" not in plain.headers
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in small.headers["Vary"]
        assert tokenless(gzip.decompress(small.data).decode()) == tokenless(plain.text)
        assert len(small.data) < len(plain.data) * 0.7


@ON_SQLITE
def test_two_classmates_share_a_body_and_nothing_of_their_own(
    client_of: Clients, tang: Person, aduo: Person, app: Flask
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    hers, other = client_of(tang), client_of(aduo)
    tokens = [re.findall(r'"X-CSRFToken": "([^"]+)"', client.get("/map").text)[0] for client in (hers, other)]
    assert tokens[0] != tokens[1]
    assert "小棠" not in other.get("/map").text


@ON_SQLITE
def test_a_kept_map_shows_the_next_lesson_at_once(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    before = tokenless(client.get("/map").text)
    assert tokenless(client.get("/map").text) == before
    client.post(f"{_first(before)}/completion")
    assert tokenless(client.get("/map").text) != before


@ON_SQLITE
def test_a_kept_page_is_in_the_language_and_theme_of_who_asks(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    assert 'data-theme="auto"' in client.get("/map").text
    client.post("/theme", data={"theme": "dark"})
    client.post("/language", data={"locale": "en"})
    changed = client.get("/map").text
    assert 'data-theme="dark"' in changed
    assert "Map" in changed
    assert "闯关" not in changed


def test_a_kept_page_asks_the_database_as_little_as_it_says(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    client.get("/map")
    with statements() as asked:
        client.get("/map")
    assert len(asked) <= 3


@ON_SQLITE
@pytest.mark.parametrize("own", ["current_user.name", "session.x", "request.path", "g.x", "get_flashed_messages()"])
def test_what_is_kept_can_not_show_who_asked(app: Flask, own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.jinja_env, "loader", DictLoader({"page.html": "{{ " + own + " }}"}))
    with app.test_request_context(), pytest.raises(UndefinedError):
        draw("page.html", {"colour": "#c4305d"})


def test_a_guest_sees_what_is_published_now_also_where_the_process_began_with_nothing(
    client_of: Clients, app: Flask, session: Session
) -> None:
    published(session, 0)
    client = client_of(None)
    assert client.get("/sign-in").status_code == 200
    assert "鹿芽学堂" in client.get("/sign-in").text


def tokenless(page: str) -> str:
    """A page without the token, which tells the second in which it was sent."""
    return re.sub(r'"X-CSRFToken": "[^"]+"|name="csrf_token" value="[^"]+"', "", page)


def _first(page: str) -> str:
    return re.findall(r'href="(/lessons/[^"]+)"', page)[0]


def test_an_answer_that_is_kept_whole_is_only_for_whom_it_would_be_the_same() -> None:
    body = Body(f"<html data-theme={hole('theme')}>{'page' * 50}")
    for look in (b"dark", b"dark", b"light", b"dark"):
        assert gzip.decompress(body.gzipped({"theme": look})) == body.plain({"theme": look})
        assert look in body.plain({"theme": look})


def test_an_answer_with_a_token_is_never_kept_whole() -> None:
    body = Body(f"{'page' * 50}{hole('csrf')}")
    body.gzipped({"csrf": b"hers"})
    assert "hers" not in repr(vars(body))
