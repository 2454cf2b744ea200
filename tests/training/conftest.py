"""A script, and a session that is led with it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.jobs.work import work
from academy.people.models import Cohort, Person
from academy.training import actions
from academy.training.models import Live
from academy.training.rules import BLOCKS, Game, Script
from tests.conftest import MONDAY

CODE = "ABCD7KQ4"
GAMES = (
    Game("poll", 1, "夜里换尿裤，哪一步最难？", ("找东西", "不吵醒孩子", "换完再哄睡")),
    Game("question", 3, "有人问“能治吗”，先怎么答？", ("能", "请看医生"), right=1, seconds=30),
    Game("draw", 4, "谁来说说自己家的做法", people=1),
)
WORDS = Script("夜里换尿裤", {key: f"{key}：说说自己家。" for key in BLOCKS}, GAMES)

BEGINS = MONDAY + timedelta(days=2)
BLOCK = {
    "type": "live",
    "key": "evening-live",
    "title": {"zh": "夜里换尿裤直播", "en": "Night changes, live"},
    "starts": f"{BEGINS:%Y-%m-%d %H:%M}",
    "minutes": 60,
    "join": "https://live.example.com/room",
    "replay": "https://live.example.com/replay",
}


def planned(trainer: Person, cohort: Cohort, words: Script = WORDS, code: str = CODE, **more: Any) -> Live:
    """A session of a class with a script."""
    with db.writing() as s:
        staff = s.get_one(Person, trainer.id)
        script = actions.write(s, staff, words)
        wanted = actions.Plan(cohort.id, words.title, 60, script.id, **more)
        return actions.plan(s, staff, code, wanted, f"http://localhost/live/{code}")


def began(trainer: Person, cohort: Cohort, words: Script = WORDS, code: str = CODE) -> Live:
    """One that goes on."""
    live = planned(trainer, cohort, words, code)
    with db.writing() as s:
        assert actions.begin(s, s.get_one(Person, trainer.id), live.id)
    return live


def announce(to: str = "own", **other: object) -> None:
    """Let a lesson announce a live session."""
    with db.writing() as session:
        lesson = dict(published(session).documents["lesson", to].content)
        blocks = [block for block in lesson["blocks"] if block["type"] != "live"]
        publish(session, {("lesson", to): {**lesson, "blocks": [*blocks, BLOCK | other]}}, origin="studio")


def worked(app: Flask) -> None:
    """All work that waits is done."""
    while work(app.extensions["jobs"]):
        pass


@pytest.fixture
def live(session: Session, zhou: Person, cohort: Cohort) -> Live:
    """周以宁's session of 青铜 07 班, which goes on."""
    return began(zhou, cohort)
