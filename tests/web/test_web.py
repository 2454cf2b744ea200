"""What every page stands on: settings, headers, sessions, errors."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from academy import create_app
from academy.people.models import Person
from academy.web.settings import Settings, Unconfigured
from tests.conftest import ON_SQLITE, Clock, html

Clients = Callable[[Person | None], FlaskClient]


@pytest.mark.parametrize("key", ["", "too-short"])
def test_production_without_a_secret_key_refuses_to_start_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    monkeypatch.setenv("ACADEMY_ENV", "production")
    monkeypatch.setenv("ACADEMY_INSTANCE", str(tmp_path))
    monkeypatch.setenv("ACADEMY_SECRET_KEY", key)
    with pytest.raises(Unconfigured, match=r"ACADEMY_SECRET_KEY .* signs sessions"):
        create_app()


def test_production_is_what_runs_when_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ACADEMY_ENV", raising=False)
    monkeypatch.setenv("ACADEMY_INSTANCE", str(tmp_path))
    monkeypatch.setenv("ACADEMY_SECRET_KEY", "k" * 32)
    settings = Settings.from_environment()
    assert settings.production
    assert create_app(settings).config["SESSION_COOKIE_SECURE"]


def test_development_makes_a_key_of_its_own_and_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ACADEMY_ENV", "development")
    monkeypatch.setenv("ACADEMY_INSTANCE", str(tmp_path))
    monkeypatch.delenv("ACADEMY_SECRET_KEY", raising=False)
    first = Settings.from_environment().secret_key
    assert len(first) >= 32
    assert Settings.from_environment().secret_key == first


@ON_SQLITE
def test_pages_forbid_inline_scripts_and_are_not_kept(client_of: Clients, tang: Person) -> None:
    for client, path in ((client_of(None), "/sign-in"), (client_of(tang), "/"), (client_of(None), "/nowhere")):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-store"


@ON_SQLITE
def test_a_session_ends_after_thirty_days_of_the_academy_s_clock(
    client_of: Clients, tang: Person, clock: Clock
) -> None:
    client = client_of(tang)
    assert client.get("/map").status_code == 200
    clock.move(days=29)
    assert client.get("/map").status_code == 200
    clock.move(days=31)
    assert client.get("/map").location.startswith("/sign-in")


@ON_SQLITE
def test_a_form_without_its_token_gets_a_clear_page(app: Flask, client_of: Clients, tang: Person) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client_of(tang).post("/check-ins")
    assert answer.status_code == 400
    assert "请返回、刷新，再试一次" in html(answer)


@ON_SQLITE
def test_what_breaks_says_so_and_keeps_its_secrets(
    app: Flask, client_of: Clients, tang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> None:
        raise RuntimeError("the key is hunter2")

    monkeypatch.setitem(app.view_functions, "courses.map", breaks)
    answer = client_of(tang).get("/map")
    assert answer.status_code == 500
    assert "是我们的问题" in html(answer)
    assert "hunter2" not in html(answer)


def test_an_academy_without_content_still_tells_what_is_wrong(tmp_path: Path) -> None:
    app = create_app(Settings(False, "k" * 64, f"sqlite:///{tmp_path}/academy.sqlite", tmp_path))
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503


@pytest.mark.parametrize("path", ["/attempts/99999999999999999999", "/hand-ins/2147483648", "/desk/trainees/-1"])
def test_a_number_that_no_row_can_have_is_not_found(client_of: Clients, tang: Person, path: str) -> None:
    assert client_of(tang).get(path).status_code == 404


@ON_SQLITE
def test_style_and_script_are_kept_for_good_under_their_own_hash(client_of: Clients) -> None:
    page = html(client_of(None).get("/sign-in"))
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client_of(None).get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert client_of(None).get(address.replace(".css", "0.css")).status_code == 404


@ON_SQLITE
def test_ten_megabytes_where_a_word_was_asked_for_get_a_clear_page(client_of: Clients) -> None:
    answer = client_of(None).post("/sign-in", data={"contact": "1" * 10_000_000, "password": "x"})
    assert answer.status_code == 413
    assert "太大了" in html(answer)
