"""GET /healthz."""

from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient

from academy import create_app
from academy.home import health
from academy.people.models import Person
from tests.conftest import ON_SQLITE, settings

Clients = Callable[[Person | None], FlaskClient]


def test_all_is_well(client_of: Clients) -> None:
    response = client_of(None).get("/healthz")
    assert (response.status_code, response.json) == (200, {"database": "ok", "content": 1, "fonts": []})


@ON_SQLITE
def test_a_missing_font_is_named(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "missing_fonts", lambda: ["Noto Serif SC 200"])
    response = client_of(None).get("/healthz")
    assert response.status_code == 503
    assert response.json == {"database": "ok", "content": 1, "fonts": ["Noto Serif SC 200"]}


def elsewhere(folder: Path) -> Flask:
    app = create_app(settings(f"sqlite:///{folder / 'other.sqlite'}", folder))
    app.testing = True
    return app


def test_a_database_without_tables_is_behind_its_migrations(tmp_path: Path) -> None:
    response = elsewhere(tmp_path).test_client().get("/healthz")
    assert (response.status_code, response.json) == (
        503,
        {"database": "behind its migrations", "content": 0, "fonts": []},
    )


def test_an_academy_without_content_is_not_in_order(tmp_path: Path) -> None:
    app = elsewhere(tmp_path)
    with app.app_context():
        flask_migrate.upgrade()
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.json) == (503, {"database": "ok", "content": 0, "fonts": []})


def test_a_database_that_is_no_longer_there_is_unreachable(tmp_path: Path) -> None:
    app = elsewhere(tmp_path / "folder")
    (tmp_path / "folder" / "other.sqlite").unlink(missing_ok=True)
    (tmp_path / "folder" / "other.sqlite").mkdir()
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.json) == (503, {"database": "unreachable", "content": 0, "fonts": []})
