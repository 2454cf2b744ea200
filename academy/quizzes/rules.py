"""Draws, scores, what to revise, and when an attempt may begin or must end. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from random import Random
from typing import Any

from academy.catalog.content import MULTIPLE, TRUTH, Catalog, Course, Lesson, Option, Question, Quiz

Draw = list[dict[str, Any]]
"""What an attempt asks: `{question, options}` by key, both in the order in which they are shown."""


def draw(quiz: Quiz, random: Random) -> Draw:
    """Some of the bank's questions, none twice, with their options shuffled; true stays before false."""
    drawn = random.sample(quiz.questions, quiz.draw)
    return [{"question": question.key, "options": _order(question, random)} for question in drawn]


def _order(question: Question, random: Random) -> list[str]:
    keys = [option.key for option in question.options]
    return keys if question.type == TRUTH else random.sample(keys, len(keys))


@dataclass(frozen=True)
class Asked:
    """A question as an attempt asks it, the nth from 1, with what was chosen; None while nothing was."""

    n: int
    question: Question
    options: tuple[Option, ...]
    chosen: frozenset[str] | None

    @property
    def answered(self) -> bool:
        return self.chosen is not None

    @property
    def right(self) -> bool:
        return self.chosen is not None and self.question.is_right(self.chosen)

    def admits(self, chosen: Collection[str]) -> bool:
        """Whether these options are all there, and not more than the question takes."""
        known = {option.key for option in self.options}
        return set(chosen) <= known and (self.question.type == MULTIPLE or len(chosen) <= 1)


def paper(quiz: Quiz, drawn: Draw, chosen: Mapping[str, Collection[str]]) -> list[Asked]:
    """An attempt laid out: its draw with what was chosen for each question so far."""
    asked = []
    for n, item in enumerate(drawn, 1):
        question = quiz.by_key[item["question"]]
        options = {option.key: option for option in question.options}
        answer = chosen.get(question.key)
        asked.append(
            Asked(
                n,
                question,
                tuple(options[key] for key in item["options"]),
                None if answer is None else frozenset(answer),
            )
        )
    return asked


def next_open(asked: Sequence[Asked], after: int = 0) -> int | None:
    """The number of the next question without an answer, from the start again after the last; None: all have one."""
    waiting = [item.n for item in asked if not item.answered]
    return next((n for n in waiting if n > after), waiting[0] if waiting else None)


def score(asked: Sequence[Asked]) -> int:
    """The share of right answers in percent, rounded down; what has no answer is not right."""
    return 100 * sum(item.right for item in asked) // len(asked)


def to_revise(quiz: Quiz, wrong: Iterable[Question]) -> dict[str, int]:
    """The lessons behind wrong answers, with how many each, in the order in which the bank treats them."""
    missed = Counter(question.lesson for question in wrong)
    order = dict.fromkeys(question.lesson for question in quiz.questions)
    return {lesson: missed[lesson] for lesson in order if lesson is not None and missed[lesson]}


def due(quiz: Quiz, started_at: datetime) -> datetime | None:
    """When an attempt must end; None where there is no limit."""
    return None if quiz.minutes is None else started_at + timedelta(minutes=quiz.minutes)


def is_over(due_at: datetime | None, now: datetime) -> bool:
    """Whether the time of an attempt has run out; never without a limit."""
    return due_at is not None and now >= due_at


def minutes_left(due_at: datetime, now: datetime) -> int:
    """Whole minutes, the begun one counted."""
    return max(ceil((due_at - now).total_seconds() / 60), 0)


def missing_lessons(catalog: Catalog, quiz: Quiz, completed: Collection[str]) -> list[Lesson]:
    """The lessons of its stage that come before a quiz and are not completed; before an update, its own lesson."""
    stage = catalog.stage_of.get(quiz.key)
    needed = stage.lessons if stage else [catalog.lessons[quiz.lesson]] if quiz.lesson else ()
    return [lesson for lesson in needed if lesson.key not in completed]


def missing_courses(catalog: Catalog, quiz: Quiz, completed: Collection[str]) -> list[Course]:
    """The courses that come before an assessment and are not completed."""
    return [course for course in catalog.courses_before(quiz) if course.key not in completed]
