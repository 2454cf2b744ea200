"""An academy with a player's origin, and a package in a lesson."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person
from academy.scorm import actions
from tests.scorm.packages import sample

ORIGIN = "http://player.example"
ACADEMY = "http://localhost"
LESSON = "own"


@pytest.fixture
def app(app: Flask) -> Flask:
    """The player has an origin of its own."""
    app.extensions["settings"] = replace(app.extensions["settings"], player_origin=ORIGIN)
    return app


def bring(app: Flask, staff: Person, file: Any = None, key: str | None = None, *, named: bool = False) -> str:
    """Take a package in; its key."""
    kept = actions.take(app.extensions["files"], file or sample())
    with db.writing() as s:
        return actions.bring(s, s.get_one(Person, staff.id), kept, key, "", named)[0]


def hold(session: Session, key: str, lesson: str = LESSON, *, required: bool = False) -> None:
    """Put a package into a lesson, within a unit of work."""
    content = dict(published(session).one("lesson", lesson))
    block = {"type": "scorm", "package": key} | ({"required": True} if required else {})
    publish(session, {("lesson", lesson): {**content, "blocks": [*content["blocks"], block]}}, origin="studio")


def held(key: str, lesson: str = LESSON, *, required: bool = False) -> None:
    """Put a package into a lesson."""
    with db.writing() as s:
        hold(s, key, lesson, required=required)


@pytest.fixture
def package(app: Flask, session: Session, lu: Person) -> str:
    """The sample in the first lesson."""
    key = bring(app, lu)
    held(key)
    return key


class Player:
    """What the script on the player's origin does, without a browser."""

    def __init__(self, app: Flask, address: str) -> None:
        self.client = app.test_client()
        self.address = address.removeprefix(ORIGIN)
        self.number = 0

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, base_url=ORIGIN, **more)

    def launch(self) -> Any:
        answer = self.client.post(f"{self.address}/launches", json={}, base_url=ORIGIN)
        if answer.status_code == 200:
            self.told = answer.get_json()
            self.save_at = self.told["save"]
            self.number = 0
        return answer

    def save(self, position: int = 0, *, session: int = 1, ended: bool = False, **cmi: str) -> Any:
        self.number += 1
        told = {f"cmi.{name.replace('__', '.')}": value for name, value in cmi.items()}
        body = {"number": self.number, "position": position, "session": session, "ended": ended, "cmi": told}
        return self.send(body)

    def send(self, body: Any) -> Any:
        answer = self.client.post(self.save_at, json=body, base_url=ORIGIN)
        if answer.status_code == 200:
            self.save_at = answer.get_json()["save"]
        return answer


def frame_in(page: str) -> str:
    """The address of the frame in a page."""
    return page.split('<iframe src="')[1].split('"')[0]


@pytest.fixture
def play(app: Flask, client_of: Callable[[Person | None], FlaskClient]) -> Callable[..., Player]:
    """Open a package of a lesson as somebody, and its player."""

    def opened(person: Person, key: str, lesson: str = LESSON, **form: str) -> Player:
        client = client_of(person)
        page = client.post(f"/lessons/{lesson}/packages/{key}", data=form, follow_redirects=True)
        player = Player(app, frame_in(page.get_data(as_text=True)))
        player.launch()
        return player

    return opened
