"""Completing lessons and answering their checks."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from academy.achievements import Outcome, record
from academy.catalog.content import Lesson
from academy.catalog.queries import published
from academy.courses.queries import check_played, reach, topics, walk_of
from academy.courses.rules import Station, Stop, front_door
from academy.journal.queries import standing


def complete(session: Session, trainee_id: int, key: str) -> tuple[Outcome, Stop | None]:
    """Complete a lesson that is open to her, once; what it led to, and what follows in its stage.

    Raises `Locked`, `NoSuchLesson`, or `Unplayed` while a package that it requires is not completed.
    """
    station, lesson = _open(session, trainee_id, key)
    if any(lesson.packages.values()):
        check_played(published(session), lesson, topics(session, trainee_id))
    return record(session, trainee_id, "lesson.completed", lesson.key), station.after(key)


def answer_right(session: Session, trainee_id: int, key: str, question: str) -> Outcome:
    """Record the right answer to a check of a lesson that is open to her; empty if it was known already."""
    _station, lesson = _open(session, trainee_id, key)
    assert question in {check.key for check in lesson.checks}
    return record(session, trainee_id, "question.right", question)


def count_trial(session: Session, trainee_id: int, trial: Mapping[str, Any]) -> Outcome:
    """Count the lesson that somebody learned before signing up, and nothing else that `trial` may name."""
    lesson = front_door(published(session))
    if lesson is None or trial.get("lesson") != lesson.key:
        return Outcome()
    outcome = record(session, trainee_id, "lesson.completed", lesson.key)
    for check in lesson.checks:
        if check.key in trial.get("right", ()):
            outcome += record(session, trainee_id, "question.right", check.key)
    return outcome


def _open(session: Session, trainee_id: int, key: str) -> tuple[Station, Lesson]:
    catalog = published(session)
    tier = standing(session, trainee_id).tier
    walked = walk_of(session, catalog, trainee_id, tier, topics(session, trainee_id))
    station, _stop, lesson = reach(catalog, walked, key)
    return station, lesson
