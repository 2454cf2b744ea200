"""A trainee at her phone, who may answer right or wrong on purpose."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from academy.achievements import record
from academy.catalog.content import Question
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Person
from academy.quizzes.models import Answer, Attempt

HTMX = {"HX-Request": "true"}
QUIZ, EXAM = "real-user-quiz", "bronze-exam"


@dataclass(frozen=True)
class Learner:
    app: Flask
    client: FlaskClient
    id: int

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, **kwargs)

    def begin(self, quiz: str = QUIZ) -> int:
        """Start an attempt, and tell its id."""
        response = self.client.post(f"/quizzes/{quiz}/attempts")
        assert response.status_code == 303, response.get_data(as_text=True)
        return int(response.location.split("/")[2])

    def attempt(self, id: int) -> Attempt:
        return Context().run(self._attempt, id)

    def _attempt(self, id: int) -> Attempt:
        with self.app.app_context():
            found = db.session.get(Attempt, id)
            assert found
            db.session.expunge(found)
            return found

    def question(self, id: int, n: int) -> Question:
        """The nth question of an attempt, as its own release has it."""
        return Context().run(self._question, id, n)

    def _question(self, id: int, n: int) -> Question:
        with self.app.app_context():
            found = db.session.get(Attempt, id)
            assert found
            quiz = published(db.session(), found.release_id).quizzes[found.quiz]
            return quiz.by_key[found.draw[n - 1]["question"]]

    def choice(self, id: int, n: int, right: bool) -> list[str]:
        """Options that are right, or the first one alone that is not."""
        question = self.question(id, n)
        return sorted(question.right) if right else [next(o.key for o in question.options if not o.right)]

    def answer(self, id: int, n: int, right: bool = True, **kwargs: Any) -> TestResponse:
        return self.client.post(f"/attempts/{id}/questions/{n}", data={"option": self.choice(id, n, right)}, **kwargs)

    def answer_all(self, id: int, rights: int) -> None:
        """Answer every question, so many right."""
        for n in range(1, len(self.attempt(id).draw) + 1):
            assert self.answer(id, n, n <= rights).status_code == 303

    def take(self, rights: int, quiz: str = QUIZ) -> int:
        """A whole attempt with so many right answers, gone through afterwards if it has to be; its id."""
        id = self.begin(quiz)
        self.answer_all(id, rights)
        if quiz == EXAM:
            self.client.post(f"/attempts/{id}/completion")
        self.client.post(f"/attempts/{id}/review")
        return id

    def facts(self, *kinds: str) -> list[tuple[str, str, str, int]]:
        """Her facts of these kinds: kind, topic, occurrence, value."""
        return Context().run(self._facts, kinds)

    def _facts(self, kinds: tuple[str, ...]) -> list[tuple[str, str, str, int]]:
        with self.app.app_context():
            rows = db.session.execute(
                select(Fact.kind, Fact.topic, Fact.occurrence, Fact.value)
                .where(Fact.trainee_id == self.id, Fact.kind.in_(kinds))
                .order_by(Fact.id)
            )
            return [(kind, topic, occurrence, value) for kind, topic, occurrence, value in rows]

    def chosen(self, id: int) -> dict[str, list[str]]:
        """What is kept of an attempt's answers, by question."""
        return Context().run(self._chosen, id)

    def _chosen(self, id: int) -> dict[str, list[str]]:
        with self.app.app_context():
            return {a.question: a.chosen for a in db.session.query(Answer).filter_by(attempt_id=id)}


Meet = Callable[[Person], Learner]


@pytest.fixture
def at_phone(app: Flask, client_of: Callable[[Person | None], FlaskClient]) -> Meet:
    return lambda person: Learner(app, client_of(person), person.id)


def learn(app: Flask, trainee_id: int, *, stages: int = 1, quizzes: bool = False) -> None:
    """Complete the lessons of the first stages, and their quizzes too."""

    def write() -> None:
        with app.app_context(), db.writing() as session:
            for stage in published(session).course["first-steps"].stages[:stages]:
                for lesson in stage.lessons:
                    record(session, trainee_id, "lesson.completed", lesson.key)
                if quizzes and stage.quiz:
                    record(session, trainee_id, "quiz.passed", stage.quiz.key)

    Context().run(write)


@pytest.fixture
def learner(at_phone: Meet, app: Flask, tang: Person) -> Learner:
    """小棠, who has completed the lessons before the first quiz."""
    learn(app, tang.id)
    return at_phone(tang)


@pytest.fixture
def candidate(at_phone: Meet, app: Flask, tang: Person) -> Learner:
    """小棠, before whom the assessment lies open."""
    learn(app, tang.id, stages=3, quizzes=True)
    return at_phone(tang)
