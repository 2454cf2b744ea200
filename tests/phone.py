"""What page tests share: what somebody has done, the statements that a page needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from academy.achievements import Outcome, record
from academy.catalog.content import Stage
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact

HTMX = {"HX-Request": "true"}


def did(trainee_id: int, kind: str, topic: str = "", occurrence: str = "", value: int = 1) -> Outcome:
    """Record one fact and all that follows."""
    with db.writing() as session:
        return record(session, trainee_id, kind, topic, occurrence, value)


def learned(trainee_id: int, *stages: str, quiz: bool = True) -> None:
    """Complete all lessons of some stages and, unless told otherwise, pass their quizzes."""
    with db.writing() as session:
        for key in stages:
            stage: Stage = published(session).stages[key]
            for lesson in stage.lessons:
                record(session, trainee_id, "lesson.completed", lesson.key)
            if quiz and stage.quiz:
                record(session, trainee_id, "quiz.passed", stage.quiz.key)


def facts(session: Session, trainee_id: int, kind: str) -> list[tuple[str, str]]:
    """Topic and occurrence of somebody's facts of a kind, oldest first, as they are now."""
    session.rollback()
    rows = session.execute(
        select(Fact.topic, Fact.occurrence).where(Fact.trainee_id == trainee_id, Fact.kind == kind).order_by(Fact.id)
    ).all()
    session.rollback()
    return [(topic, occurrence) for topic, occurrence in rows]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are run meanwhile, beginnings of transactions apart."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
