"""How courses unlock, which lesson is the front door, and how blocks are drawn together. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from academy.catalog.blocks import phase_of
from academy.catalog.content import Catalog, Course, Lesson, Question, Quiz, Stage

DONE, NOW, OPEN, LOCKED = "done", "now", "open", "locked"

Block = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """What a trainee has finished: lessons, passed quizzes, and the stages and courses that came of them."""

    lessons: AbstractSet[str] = frozenset()
    quizzes: AbstractSet[str] = frozenset()
    stages: AbstractSet[str] = frozenset()
    courses: AbstractSet[str] = frozenset()

    def has_stage(self, stage: Stage) -> bool:
        """Whether a stage is finished; once it was it stays so, even when a later version asks for more."""
        if stage.key in self.stages or stage.course in self.courses:
            return True
        passed = stage.quiz is None or stage.quiz.key in self.quizzes
        return passed and all(lesson.key in self.lessons for lesson in stage.lessons)

    def has_course(self, course: Course) -> bool:
        return course.key in self.courses or all(self.has_stage(stage) for stage in course.stages)


@dataclass(frozen=True)
class Stop:
    """A lesson, or the quiz at the end of its stage, as one trainee finds it."""

    thing: Lesson | Quiz
    state: str

    @property
    def key(self) -> str:
        return self.thing.key

    @property
    def is_quiz(self) -> bool:
        return isinstance(self.thing, Quiz)

    @property
    def minutes(self) -> int:
        """About how long it takes; a quiz question takes half a minute."""
        return max(self.thing.draw // 2, 1) if isinstance(self.thing, Quiz) else self.thing.minutes


@dataclass(frozen=True)
class Station:
    """A stage with its stops, the nth of its course or `alone` in it.

    `waits_for` is the stage that has to be finished first, where it is not yet.
    """

    stage: Stage
    number: int
    state: str
    stops: tuple[Stop, ...]
    waits_for: Stage | None = None
    alone: bool = False

    @property
    def done(self) -> int:
        return sum(stop.state == DONE for stop in self.stops)

    @property
    def left(self) -> list[Stop]:
        return [stop for stop in self.stops if stop.state != DONE]

    def before(self, key: str) -> Stop | None:
        """What comes before one of its stops; None before the first."""
        place = self._place(key)
        return self.stops[place - 1] if place else None

    def after(self, key: str) -> Stop | None:
        """What follows one of its stops; None after the last."""
        place = self._place(key) + 1
        return self.stops[place] if place < len(self.stops) else None

    def _place(self, key: str) -> int:
        return next(i for i, stop in enumerate(self.stops) if stop.key == key)


@dataclass(frozen=True)
class Walk:
    """The courses that a trainee may see, in order, as she finds them."""

    courses: tuple[tuple[Course, tuple[Station, ...]], ...]
    barred: AbstractSet[str] = field(default_factory=frozenset)
    """Courses whose own criterion she does not meet yet."""

    @property
    def stations(self) -> Iterator[Station]:
        return (station for _, stations in self.courses for station in stations)

    @property
    def now(self) -> tuple[Station, Stop] | None:
        """Where she goes on; None when nothing is left to do."""
        return next(((station, stop) for station in self.stations for stop in station.stops if stop.state == NOW), None)

    def find(self, key: str) -> tuple[Station, Stop] | None:
        """The stop of a lesson or a quiz; None if its course is not among hers."""
        return next(((station, stop) for station in self.stations for stop in station.stops if stop.key == key), None)

    def opens(self, station: Station) -> Stop | None:
        """The stop to finish next in the course of a station, so that what is locked there comes nearer."""
        return next(
            (
                stop
                for other in self.stations
                if other.stage.course == station.stage.course
                for stop in other.stops
                if stop.state in (NOW, OPEN)
            ),
            None,
        )


def walk(courses: Sequence[Course], done: Done, barred: Collection[str] = ()) -> Walk:
    """The courses as a trainee finds them: lessons open in order within a stage, its quiz after them, stages in order
    within a course. Courses stand open side by side, but for those `barred` by a criterion of their own.
    """
    walked = []
    # The one stop that is pointed at: the first of all that are open and not done.
    pointed = False
    for course in courses:
        stations = []
        before: Stage | None = None
        for number, stage in enumerate(course.stages, 1):
            waits = before if before and not done.has_stage(before) else None
            shut = not done.has_stage(stage) and (waits is not None or course.key in barred)
            stops = []
            for thing, state in _stops(stage, done, shut):
                if state == OPEN and not pointed:
                    pointed, state = True, NOW
                stops.append(Stop(thing, state))
            state = _state(stops, shut, done.has_stage(stage))
            stations.append(Station(stage, number, state, tuple(stops), waits, len(course.stages) == 1))
            before = stage
        walked.append((course, tuple(stations)))
    return Walk(tuple(walked), frozenset(barred))


def _stops(stage: Stage, done: Done, shut: bool) -> Iterator[tuple[Lesson | Quiz, str]]:
    # What was added to a stage after she had finished it is open to her, not locked again.
    free = done.has_stage(stage)
    ready = not shut
    for lesson in stage.lessons:
        learned = lesson.key in done.lessons
        yield lesson, DONE if learned else OPEN if ready or free else LOCKED
        ready = ready and learned
    if stage.quiz:
        passed = stage.quiz.key in done.quizzes
        yield stage.quiz, DONE if passed else OPEN if ready or free else LOCKED


def _state(stops: Iterable[Stop], shut: bool, finished: bool) -> str:
    if any(stop.state == NOW for stop in stops):
        return NOW
    return LOCKED if shut else DONE if finished else OPEN


def visible(catalog: Catalog, tiers: Collection[str]) -> list[Course]:
    """The published courses of some tiers, in order."""
    return [course for course in catalog.courses if course.tier in tiers]


def front_door(catalog: Catalog) -> Lesson | None:
    """The lesson that an invitation opens to everybody: the first of the first course that has a stage quiz."""
    quizzed = (course for course in catalog.courses if any(stage.quiz for stage in course.stages))
    return next((lesson for course in quizzed for lesson in course.lessons), None)


def exams(catalog: Catalog, tiers: Collection[str]) -> list[tuple[Quiz, list[Course]]]:
    """The assessments that close some tiers, each with the courses that come before it."""
    found = ((quiz, catalog.courses_before(quiz)) for quiz in catalog.assessments.values())
    return [(quiz, before) for quiz, before in found if any(course.tier in tiers for course in before)]


def shut(closing: Iterable[tuple[Quiz, list[Course]]], finished: Collection[str]) -> set[str]:
    """The assessments among these that wait for a course to be finished."""
    return {quiz.key for quiz, before in closing if any(course.key not in finished for course in before)}


def numeral(n: int, locale: str) -> str:
    """A small ordinal as the reader writes it: 三, 3."""
    return "〇一二三四五六七八九十"[n] if locale == "zh" and 0 <= n <= 10 else str(n)


def drawn(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a lesson as they are drawn: a “do” that follows a “don't” stands with it as a `pair`."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if block["type"] == "do" and last and last["type"] == "pair" and not last["do"]:
            found[-1] = {"type": "pair", "dont": last["dont"], "do": block["md"]}
        elif block["type"] in ("dont", "do"):
            found.append({"type": "pair", "dont": {}, "do": {}, block["type"]: block["md"]})
        else:
            found.append(block)
    return found


def check_of(lesson: Lesson, key: str) -> Question | None:
    """A check of a lesson; None if the lesson has no such check."""
    return next((check for check in lesson.checks if check.key == key), None)


def phases(lesson: Lesson | None, now: datetime) -> tuple[tuple[str, str], ...]:
    """How far each live session of a lesson is, by key."""
    blocks = lesson.blocks if lesson else ()
    return tuple((block["key"], phase_of(block, now)) for block in blocks if block["type"] == "live")
