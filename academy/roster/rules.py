"""Who counts as absent, what of a criterion is unmet, and what a search means. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from academy import clock
from academy.catalog.content import Course, Stage, Text
from academy.criteria.explain import Reason
from academy.criteria.language import All

ABSENT_DAYS = 3
ACTIVE = ("checkin.done", "lesson.completed")
"""The kinds of fact that say that somebody was there."""

CODE_HOURS = 24


def absent_since(today: date) -> date:
    """The first of the brand days that she must have missed, all up to today, to count as absent."""
    return today - timedelta(days=ABSENT_DAYS)


def beginning(day: date) -> datetime:
    """The instant at which a brand day begins."""
    return datetime.combine(day, time(), tzinfo=clock.ZONE)


def unmet(reason: Reason) -> Iterator[Reason]:
    """What is still missing, condition by condition; alternatives are one condition."""
    if reason.met:
        return
    if isinstance(reason.criterion, All):
        for part in reason.parts:
            yield from unmet(part)
    else:
        yield reason


def last_digits(typed: str) -> str | None:
    """The end of a phone number, if that is what was typed."""
    return typed if re.fullmatch(r"\d{4}", typed) else None


Deed = tuple[str, str]
"""What somebody did, as kind and topic of the fact."""


@dataclass(frozen=True)
class Column:
    """A lesson, the nth of its stage, or the stage's quiz, which has no number: what counts as having done it."""

    deed: Deed
    title: Text
    number: int | None = None


def columns(courses: Iterable[Course]) -> list[tuple[Stage, list[Column]]]:
    """What there is to do in some courses, stage by stage."""
    return [(stage, list(_columns(stage))) for course in courses for stage in course.stages]


def _columns(stage: Stage) -> Iterator[Column]:
    for number, lesson in enumerate(stage.lessons, 1):
        yield Column(("lesson.completed", lesson.key), lesson.title, number)
    if stage.quiz:
        yield Column(("quiz.passed", stage.quiz.key), stage.quiz.title)
