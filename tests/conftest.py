"""The stage and the cast: every test with a database runs on SQLite and on PostgreSQL."""

import html as entities
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import flask_migrate
import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy import ROOT, clock, create_app
from academy.catalog import queries as catalog
from academy.catalog.pack import Pack
from academy.db import db
from academy.files import FileRoom
from academy.journal.actions import start
from academy.packs.actions import publish_pack, read
from academy.people import passwords
from academy.people.actions import join_cohort
from academy.people.models import Cohort, Person
from academy.people.passwords import hash_password
from academy.web.settings import Settings
from tests.servers import Postgres, memory, postgres

PASSWORD = "lu-ya-2026"
MONDAY = datetime(2026, 9, 14, 10, 0, tzinfo=clock.ZONE)


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.at = MONDAY.astimezone(UTC)

    def to(self, instant: datetime) -> None:
        self.at = instant.astimezone(UTC)

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture(name="clock")
def _clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(clock, "source", lambda: moved.at)
    return moved


@dataclass(frozen=True)
class Template:
    """A migrated database with content and cast, copied for each test."""

    kind: str
    path: Path
    files: Path
    server: Postgres | None = None

    @contextmanager
    def told(self) -> Iterator[Flask]:
        """The app on this database, for a story of MONDAY that every copy begins with."""
        url = self.server.url(str(self.path)) if self.server else f"sqlite:///{self.path}"
        with pytest.MonkeyPatch.context() as patch, create_app(settings(url, self.files)).app_context() as context:
            patch.setattr(clock, "source", lambda: MONDAY.astimezone(UTC))
            yield context.app
            db.session.remove()
            if self.server is None:
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()

    @contextmanager
    def copied(self, folder: Path) -> Iterator["Template"]:
        """A template beside this one, for tests that begin further on."""
        shutil.copytree(self.files / "files", folder / "files")
        if self.server:
            made = replace(self, path=Path(self.server.create(str(self.path))), files=folder)
        else:
            made = replace(self, path=Path(shutil.copy(self.path, folder / "academy.sqlite")), files=folder)
        yield made
        if self.server:
            self.server.drop(str(made.path))


# No test hangs on how fast the machine is.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def settings(url: str, instance: Path) -> Settings:
    return Settings(production=False, secret_key="a" * 64, database_url=url, instance=instance)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres(memory()) as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The database that a test runs on."""
    found: str = request.param
    return found


ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
"""Only there: for what no database could do otherwise, or what other tests ask of both."""


@pytest.fixture(scope="session")
def template(backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp(f"template-{backend}")
    if backend == "sqlite":
        made = Template(backend, folder / "academy.sqlite", folder)
    else:
        running: Postgres = request.getfixturevalue("server")
        made = Template(backend, Path(running.create()), folder, running)
    with made.told() as app:
        flask_migrate.upgrade()
        _furnish(app)
    return made


@cache
def _courses() -> Pack:
    pack = read(ROOT / "courses")
    assert not pack.problems, pack.problems
    return pack


def _furnish(app: Flask) -> None:
    hashed = hash_password(PASSWORD)
    with db.writing() as session:
        publish_pack(session, app.extensions["files"], _courses(), "the tests' pack")
        cast = {
            "zhou": Person(role="trainer", name="周以宁", phone="13800000001"),
            "wu": Person(role="trainer", name="吴老师", phone="13800000002"),
            "lu": Person(role="brand", name="鹿芽运营", email="lu@luya.example"),
            "tang": Person(role="trainee", name="小棠", phone="13800000011"),
            "aduo": Person(role="trainee", name="阿朵", phone="13800000012"),
            "xiaomi": Person(role="trainee", name="小米", phone="13800000013"),
        }
        for person in cast.values():
            person.password_hash = hashed
            person.created_at = clock.now()
            session.add(person)
        session.flush()
        hers = Cohort(code="qt07", name="青铜 07 班", tier="bronze", trainer_id=cast["zhou"].id, capacity=50)
        other = Cohort(code="qt08", name="青铜 08 班", tier="bronze", trainer_id=cast["wu"].id, capacity=50)
        silver = Cohort(code="by03", name="白银 03 班", tier="silver", trainer_id=cast["zhou"].id, capacity=50)
        for cohort in (hers, other, silver):
            cohort.created_at = clock.now()
            session.add(cohort)
        session.flush()
        for name, cohort in (("tang", hers), ("aduo", hers), ("xiaomi", other)):
            start(session, cast[name].id, "bronze")
            assert join_cohort(session, cast[name].id, cohort)


# Strong hashing is argon2's business, and slow on purpose.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class Browser(FlaskClient):
    """A browser whose requests begin with nothing, though the test holds an app context of its own."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def house(backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app, wired once; its database comes and goes with each test."""
    folder = tmp_path_factory.mktemp(f"house-{backend}")
    if backend == "sqlite":
        url = f"sqlite:///{folder / 'academy.sqlite'}"
    else:
        running: Postgres = request.getfixturevalue("server")
        url = running.url("house")
    return create_app(settings(url, folder))


@pytest.fixture
def app(house: Flask, template: Template, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """The whole app on a database of its own, with courses/ imported and the cast on stage."""
    config, extensions = dict(house.config), dict(house.extensions)
    if template.server is None:
        path = Path(make_url(config["SQLALCHEMY_DATABASE_URI"]).database or "")
        for old in path.parent.glob(f"{path.name}*"):
            old.unlink()
        shutil.copy(template.path, path)
    else:
        template.server.create(str(template.path), "house")
    # Files of the file room are never written to, only replaced.
    shutil.copytree(template.files / "files", tmp_path / "files", copy_function=os.link, dirs_exist_ok=True)
    house.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    house.extensions["settings"] = settings(config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    house.extensions["files"] = FileRoom(tmp_path / "files")
    house.test_client_class = Browser
    catalog._kept.clear()
    try:
        yield house
    finally:
        with house.app_context():
            db.session.remove()
            db.engine.dispose()
        if template.server:
            template.server.drop("house")
        for changed, before in ((house.config, config), (house.extensions, extensions)):
            changed.clear()
            changed.update(before)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session in an app context; `with db.writing()` works on it."""
    with app.app_context():
        yield db.session()


def _person(name: str) -> Callable[[Session], Person]:
    @pytest.fixture(name=name)
    def found(session: Session) -> Person:
        contact = {"zhou": 1, "wu": 2, "tang": 11, "aduo": 12, "xiaomi": 13}.get(name)
        query = session.query(Person)
        person = (
            query.filter_by(phone=f"138000000{contact:02}") if contact else query.filter_by(email="lu@luya.example")
        ).one()
        session.refresh(person)
        session.expunge(person)
        session.rollback()
        return person

    return found  # type: ignore[return-value]


zhou, wu, lu = _person("zhou"), _person("wu"), _person("lu")
tang, aduo, xiaomi = _person("tang"), _person("aduo"), _person("xiaomi")


@pytest.fixture
def cohort(session: Session) -> Cohort:
    """青铜 07 班, led by 周以宁."""
    found = session.query(Cohort).filter_by(code="qt07").one()
    session.expunge(found)
    session.rollback()
    return found


@pytest.fixture
def client_of(app: Flask) -> Callable[[Person | None], FlaskClient]:
    """A browser in which somebody is signed in; None for a stranger's."""

    def client(person: Person | None) -> FlaskClient:
        opened = app.test_client()
        if person is not None:
            with opened.session_transaction() as kept:
                kept["_user_id"] = person.get_id()
                kept["_fresh"] = True
                kept.permanent = True
        return opened

    return client


def html(response: TestResponse) -> str:
    """The text of a page with entities decoded."""
    return entities.unescape(response.get_data(as_text=True))
