"""Browsers that read English, lessons that are open, and what is said under them."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.catalog.actions import publish, take_turn
from academy.catalog.queries import published
from academy.db import db
from academy.discussion import actions
from academy.discussion.models import Post
from academy.people.models import Person
from tests.practice.conftest import English

LESSON = "own"
QUESTION = "宝宝 14 个月，屁屁有点红，\n可以先停几天再用吗？"
ANSWER = "我家那次先停了三天，不红了才接着用。"


@pytest.fixture(autouse=True)
def apart(app: Flask) -> None:
    app.test_client_class = English


def ask(client: FlaskClient, text: str = QUESTION, lesson: str = LESSON, **more: Any) -> TestResponse:
    """Send the form under a lesson."""
    return client.post(f"/lessons/{lesson}/discussion/questions", data={"text": text, **more})


def reply(client: FlaskClient, question: int, text: str = ANSWER, **more: Any) -> TestResponse:
    """Send the form under a question."""
    return client.post(f"/discussion/{question}/answers", data={"text": text, **more})


def asked(author: Person, text: str = QUESTION, by: Person | None = None) -> int:
    """A question, let through by somebody if one is named."""
    with db.writing() as session:
        made, _new = actions.ask(session, author.id, LESSON, text)
        if by:
            assert actions.let_through(session, session.get_one(Person, by.id), made.id, made.version) is not None
        return made.id


def answered(author: Person, question: int, text: str = ANSWER, by: Person | None = None) -> int:
    """An answer, let through by somebody if one is named."""
    with db.writing() as session:
        made, _new = actions.answer(session, session.get_one(Person, author.id), question, text)
        if by:
            assert actions.let_through(session, session.get_one(Person, by.id), made.id, made.version) is not None
        return made.id


def settle(**settings: bool) -> None:
    """Publish how the academy discusses."""
    with db.writing() as session:
        take_turn(session)
        catalog = published(session)
        publish(session, {("discussion", "academy"): {**catalog.one("discussion"), **settings}}, origin="studio")


def all_posts(session: Session) -> list[Post]:
    session.rollback()
    session.expire_all()
    return list(session.query(Post).order_by(Post.id))


def one(session: Session, id: int) -> Post:
    session.rollback()
    session.expire_all()
    return session.get_one(Post, id)
