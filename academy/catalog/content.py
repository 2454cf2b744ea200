"""What authored documents hold, as values: courses, stages, lessons, quizzes, assessments.

The documents are plain JSON; these classes give them names. They are immutable and are shared by all requests.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

Text = Mapping[str, str]
"""A text in the languages that it was written in: `{zh: …, en: …}`; zh is always there."""

SINGLE, MULTIPLE, TRUTH = "single", "multiple", "truth"


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen."""

    key: str
    text: Text
    right: bool


@dataclass(frozen=True)
class Question:
    """A question with its reason; which options are right never leaves the server before it may."""

    key: str
    type: str
    prompt: Text
    options: tuple[Option, ...]
    reason: Text
    said: Text | None = None
    lesson: str | None = None

    @property
    def right(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options if option.right)

    def is_right(self, chosen: frozenset[str]) -> bool:
        return chosen == self.right

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Question":
        options = tuple(Option(o["key"], o["text"], bool(o.get("right"))) for o in data["options"])
        return cls(
            data["key"],
            data["type"],
            data["prompt"],
            options,
            data["reason"],
            data.get("said"),
            data.get("lesson"),
        )


@dataclass(frozen=True)
class Quiz:
    """A bank of questions of which each attempt draws some: a stage's quiz, an assessment, or an update's quiz.

    `passing` is the least score in percent; `minutes` is None where there is no time limit. An update says in its
    `note` what changed in its `lesson`, and asks those who had completed it before `since`.
    """

    key: str
    title: Text
    passing: int
    draw: int
    questions: tuple[Question, ...]
    minutes: int | None = None
    summary: Text | None = None
    note: Text | None = None
    lesson: str | None = None
    since: datetime | None = None

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions}

    @property
    def is_assessment(self) -> bool:
        return self.minutes is not None

    @property
    def is_update(self) -> bool:
        return self.lesson is not None

    def asks(self, completed: datetime) -> bool:
        """Whether an update asks somebody who completed its lesson then."""
        return self.since is not None and completed < self.since

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Quiz":
        return cls(
            data["key"],
            data["title"],
            data["pass"],
            data["draw"],
            tuple(Question.of(q) for q in data["questions"]),
            data.get("minutes"),
            data.get("summary"),
        )

    @classmethod
    def of_update(cls, data: Mapping[str, Any], lesson: str, since: datetime | None) -> "Quiz":
        """The quiz of an update: all of its few questions, each to be answered right."""
        questions = tuple(Question.of(q) for q in data["questions"])
        return cls(
            *(data["key"], data["title"], 100, len(questions), questions),
            note=data["note"],
            lesson=lesson,
            since=since,
        )


@dataclass(frozen=True)
class Practice:
    """A task whose result is handed in to a trainer."""

    key: str
    title: Text
    task: Text
    starter: Text | None
    least: int
    most: int
    pictures: int
    lesson: str
    group: bool = False
    """Whether it is about her group: it asks how many people are in it, and once more when it has grown."""
    link: bool = False
    """Whether it asks for the address of what she published."""
    checks: tuple[Text, ...] = ()
    rubric: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any], lesson: str) -> "Practice":
        return cls(
            data["key"],
            data["title"],
            data["task"],
            data.get("starter"),
            data.get("min", 1),
            data.get("max", 500),
            data.get("pictures", 9),
            lesson,
            data.get("group", False),
            data.get("link", False),
            tuple(data.get("checks", ())),
            tuple(data.get("rubric", ())),
        )


@dataclass(frozen=True)
class Lesson:
    """A lesson, made of blocks (`academy.catalog.blocks`)."""

    key: str
    title: Text
    summary: Text
    minutes: int
    blocks: tuple[Mapping[str, Any], ...] = field(repr=False)

    @cached_property
    def checks(self) -> tuple[Question, ...]:
        return tuple(Question.of(block["question"]) for block in self.blocks if block["type"] == "check")

    @cached_property
    def practices(self) -> tuple[Practice, ...]:
        return tuple(Practice.of(block["practice"], self.key) for block in self.blocks if block["type"] == "practice")

    @cached_property
    def packages(self) -> Mapping[str, bool]:
        """The packages in it by key, and whether each has to be completed before the lesson is."""
        return {b["package"]: b.get("required", False) for b in self.blocks if b["type"] == "scorm"}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Lesson":
        return cls(data["key"], data["title"], data["summary"], data["minutes"], tuple(data["blocks"]))


@dataclass(frozen=True)
class Stage:
    """A stop on the map: lessons in order, then a quiz."""

    key: str
    title: Text
    summary: Text
    lessons: tuple[Lesson, ...]
    quiz: Quiz | None
    course: str

    @cached_property
    def completion(self) -> dict[str, Any]:
        """The criterion of having completed this stage."""
        leaves: list[dict[str, Any]] = [{"lesson": {"key": lesson.key}} for lesson in self.lessons]
        if self.quiz:
            leaves.append({"fact": {"kind": "quiz.passed", "topic": self.quiz.key}})
        return {"all": leaves}


Name = tuple[str, str]


def parts_of(stage: Mapping[str, Any], there: Container[Name] = ()) -> Iterator[Name]:
    """The documents that a stage of a course's outline names, and the updates of its lessons that are `there`."""
    for key in stage["lessons"]:
        yield "lesson", key
        if ("update", key) in there:
            yield "update", key
    if stage["quiz"]:
        yield "quiz", stage["quiz"]


def _held(courses: Iterable[Mapping[str, Any] | None], there: Container[Name]) -> set[Name]:
    return {name for course in courses if course for stage in course["stages"] for name in parts_of(stage, there)}


@dataclass(frozen=True)
class Course:
    """A staged course of one tier."""

    key: str
    title: Text
    summary: Text
    tier: str
    order: int
    unlock: Mapping[str, Any] | None
    stages: tuple[Stage, ...]

    @property
    def lessons(self) -> Iterator[Lesson]:
        return (lesson for stage in self.stages for lesson in stage.lessons)

    @cached_property
    def completion(self) -> dict[str, Any]:
        """The criterion of having completed this course."""
        return {"all": [{"stage": {"key": stage.key}} for stage in self.stages]}

    @classmethod
    def of(cls, data: Mapping[str, Any], held: "Documents") -> "Course":
        """A course by its outline, with the lessons and quizzes that it names among what is `held`."""
        stages = tuple(
            Stage(
                s["key"],
                s["title"],
                s["summary"],
                tuple(Lesson.of(held["lesson", key].content) for key in s["lessons"]),
                Quiz.of(held["quiz", s["quiz"]].content) if s["quiz"] else None,
                data["key"],
            )
            for s in data["stages"]
        )
        return cls(
            data["key"],
            data["title"],
            data["summary"],
            data["tier"],
            data["order"],
            data.get("unlock"),
            stages,
        )


LEVELS = {"Ⅰ": "bronze", "Ⅱ": "silver", "Ⅲ": "gold"}
"""The levels of a badge from the lowest, each with the metal of its rim."""


def worn(badge: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A badge as it can be worn: of one with levels, each is a badge with its own key, rim and criterion."""
    if "levels" not in badge:
        return [badge]
    shared = {part: what for part, what in badge.items() if part != "levels"}
    return [
        {
            **shared,
            **level,
            "key": f"{badge['key']}-{n}",
            "family_key": badge["key"],
            "title": {locale: f"{text} {numeral}" for locale, text in badge["title"].items()},
            "metal": metal,
            "strip": numeral,
        }
        for n, (level, (numeral, metal)) in enumerate(zip(badge["levels"], LEVELS.items(), strict=False), 1)
    ]


@dataclass(frozen=True)
class Document:
    """A published document, still opaque: rooms above read their own kinds."""

    version_id: int
    content: Mapping[str, Any]
    since: datetime | None = None
    """Of an update: when its key was first published."""


Documents = Mapping[tuple[str, str], Document]
Changes = Mapping[tuple[str, str], Mapping[str, Any] | None]
"""Contents of documents to be published by their names; None withdraws one."""


@dataclass(frozen=True, eq=False)
class Catalog:
    """All that is published at one release; hashed by identity, so that what is derived can be kept."""

    release: int
    documents: Documents = field(repr=False)

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        found = (Course.of(d.content, self.documents) for (kind, _), d in self.documents.items() if kind == "course")
        return tuple(sorted(found, key=lambda course: (course.order, course.key)))

    @cached_property
    def assessments(self) -> Mapping[str, Quiz]:
        return {
            key: Quiz.of(document.content)
            for (kind, key), document in sorted(self.documents.items())
            if kind == "assessment"
        }

    @cached_property
    def course(self) -> Mapping[str, Course]:
        return {course.key: course for course in self.courses}

    @cached_property
    def stages(self) -> Mapping[str, Stage]:
        return {stage.key: stage for course in self.courses for stage in course.stages}

    @cached_property
    def lessons(self) -> Mapping[str, Lesson]:
        return {lesson.key: lesson for course in self.courses for lesson in course.lessons}

    @cached_property
    def stage_of(self) -> Mapping[str, Stage]:
        """The stage of a lesson or of a stage's quiz, by its key."""
        of = {lesson.key: stage for stage in self.stages.values() for lesson in stage.lessons}
        return of | {stage.quiz.key: stage for stage in self.stages.values() if stage.quiz}

    @cached_property
    def quizzes(self) -> Mapping[str, Quiz]:
        """Stage quizzes and assessments by key."""
        own = {stage.quiz.key: stage.quiz for stage in self.stages.values() if stage.quiz}
        return own | dict(self.assessments)

    @cached_property
    def updates(self) -> Mapping[str, Quiz]:
        """What changed in lessons, as quizzes, by the key of the lesson."""
        return {
            key: Quiz.of_update(document.content, key, document.since)
            for (kind, key), document in self.documents.items()
            if kind == "update" and key in self.lessons
        }

    @cached_property
    def all_quizzes(self) -> Mapping[str, Quiz]:
        """Whatever can be attempted, by key."""
        return {**self.quizzes, **{update.key: update for update in self.updates.values()}}

    def courses_before(self, assessment: Quiz) -> list[Course]:
        """The quizzed courses of the tier that an assessment closes: the tier of the lessons that it asks about."""
        asked = {question.lesson for question in assessment.questions}
        closed = {course.tier for course in self.courses if asked & {lesson.key for lesson in course.lessons}}
        return [c for c in self.courses if c.tier in closed and any(stage.quiz for stage in c.stages)]

    @cached_property
    def practices(self) -> Mapping[str, Practice]:
        return {p.key: p for lesson in self.lessons.values() for p in lesson.practices}

    @cached_property
    def badges(self) -> Mapping[str, Mapping[str, Any]]:
        """All badges as they can be worn, by key."""
        return {one["key"]: one for badge in self.one("badges")["badges"] for one in worn(badge)}

    @cached_property
    def names(self) -> frozenset[str]:
        """Whatever may be named by criteria and questions, as packs name it: `lesson/own`, `badge/keeper`."""
        held: dict[str, Iterable[str]] = {
            "course": self.course,
            "stage": self.stages,
            "lesson": self.lessons,
            "quiz": self.all_quizzes,
            "practice": self.practices,
            "package": (key for kind, key in self.documents if kind == "package"),
        }
        for kind, document, inside in (("badge", "badges", "badges"), ("design", "designs", "designs")):
            if (document, "academy") in self.documents:
                held[kind] = (one["key"] for one in self.one(document)[inside])
        if ("ladder", "academy") in self.documents:
            held["tier"] = (tier["key"] for tier in self.one("ladder")["tiers"])
        return frozenset(f"{kind}/{key}" for kind, keys in held.items() for key in keys)

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Keys on which something of trainees hangs, and that are there twice: nobody could tell whose it was."""
        lessons = [lesson.key for course in self.courses for lesson in course.lessons]
        stages = [stage for course in self.courses for stage in course.stages]
        quizzes = [*(stage.quiz for stage in stages if stage.quiz), *self.assessments.values(), *self.updates.values()]
        asked = [question.key for quiz in quizzes for question in quiz.questions]
        asked += [check.key for course in self.courses for lesson in course.lessons for check in lesson.checks]
        tasks = [task.key for course in self.courses for lesson in course.lessons for task in lesson.practices]
        kinds = (lessons, [stage.key for stage in stages], [quiz.key for quiz in quizzes], asked, tasks)
        return frozenset(key for keys in kinds for key, times in Counter(keys).items() if times > 1)

    def let_go(self, changes: Changes) -> Changes:
        """What has to be withdrawn with some changes: what of courses no course holds after them."""
        before = {name: document.content for name, document in self.documents.items() if name[0] == "course"}
        after = before | {name: content for name, content in changes.items() if name[0] == "course"}
        gone = _held(before.values(), self.documents) - _held(after.values(), self.documents)
        return {name: None for name in gone if name in self.documents and name not in changes}

    def after(self, changes: Changes) -> "Catalog":
        """The catalog as it will be once some changes are published."""
        documents = dict(self.documents)
        for name, content in {**changes, **self.let_go(changes)}.items():
            documents.pop(name, None)
            if content is not None:
                documents[name] = Document(0, content)
        return Catalog(self.release, documents)

    def one(self, kind: str, key: str = "academy") -> Mapping[str, Any]:
        """The content of a document that every academy has; KeyError if it was never imported."""
        return self.documents[kind, key].content

    def version_id(self, kind: str, key: str = "academy") -> int:
        """The version behind a published document, for papers to point at."""
        return self.documents[kind, key].version_id
