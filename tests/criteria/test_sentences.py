"""Criteria in words."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_login import LoginManager

from academy import ROOT
from academy.catalog.content import Catalog, Document
from academy.criteria.language import NAMED, parse
from academy.criteria.sentences import ONCE, TIMES, amount, sentence
from academy.journal.kinds import KINDS
from academy.packs.actions import read
from academy.web import reading


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    """What courses/ holds; words need no database."""
    return Catalog(1, {name: Document(0, content) for name, content in read(ROOT / "courses").documents.items()})


@pytest.fixture(scope="module")
def reader() -> Flask:
    """An app that knows languages and nothing else."""
    app = Flask("academy")
    app.secret_key = "x"
    LoginManager(app)
    reading.init(app)
    return app


@pytest.fixture
def catalog(shipped: Catalog, reader: Flask) -> Iterator[Catalog]:
    """What is shipped, read in English."""
    with reader.test_request_context(), force_locale("en"):
        yield shipped


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"course": {"key": "first-steps"}}, "Complete “Bronze stage”"),
        ({"stage": {"key": "answers"}}, "Complete the stage “When somebody asks, how to answer”"),
        ({"lesson": {"key": "own"}}, "Complete the lesson “Only share what you have used”"),
        ({"badge": {"key": "gardener"}}, "Earn the badge “Little gardener”"),
        ({"tier": {"at_least": "silver"}}, "Reach Silver"),
        ({"growth": {"at_least": 300}}, "Reach 300 growth"),
        ({"feathers": {"at_least": 30}}, "Have 30 feathers"),
        ({"days_in_tier": {"at_least": 1}}, "Spend a day in your tier"),
        ({"days_in_tier": {"at_least": 30}}, "Spend 30 days in your tier"),
        ({"fact": {"kind": "pledge.signed"}}, "Sign the pledge"),
        ({"fact": {"kind": "handin.accepted", "topic": "first-words"}}, "Have “Your first true words” accepted"),
        ({"fact": {"kind": "streak.reached", "topic": "7"}}, "Check in 7 times in a row"),
        ({"count": {"kind": "checkin.done", "at_least": 7}}, "Check in 7 times"),
        ({"count": {"kind": "handin.accepted", "at_least": 1}}, "Have a hand-in accepted"),
        ({"count": {"kind": "quiz.passed", "highest": 1, "at_least": 3}}, "Pass 3 quizzes at the first try"),
        (
            {"count": {"kind": "quiz.passed", "highest": 2, "at_least": 3, "this": "month"}},
            "Pass 3 quizzes, each within 2 tries this month",
        ),
        (
            {"count": {"kind": "quiz.finished", "topic": "bronze-exam", "at_least": 2}},
            "Take “Bronze assessment”, 2 times",
        ),
        (
            {"best": {"kind": "quiz.finished", "topic": "bronze-exam", "at_least": 80}},
            "Score 80 in “Bronze assessment”",
        ),
        ({"best": {"kind": "quiz.finished", "at_least": 80}}, "Score 80 in any quiz"),
        (
            {"latest": {"kind": "quiz.finished", "topic": "bronze-exam", "at_least": 80}},
            "Score 80 at your latest try in “Bronze assessment”",
        ),
        ({"first": {"kind": "quiz.finished", "at_least": 80}}, "Score 80 at your first try in any quiz"),
        ({"sum": {"kind": "quiz.finished", "at_least": 500}}, "Score 500 in all in any quiz"),
        ({"best": {"kind": "streak.reached", "at_least": 21}}, "Check in 21 times in a row"),
        ({"count": {"kind": "lesson.completed", "at_least": 2, "within": "7d"}}, "Complete 2 lessons within 7 days"),
        ({"count": {"kind": "lesson.completed", "at_least": 1, "within": "1d"}}, "Complete a lesson within 1 day"),
        ({"count": {"kind": "lesson.completed", "at_least": 2, "this": "week"}}, "Complete 2 lessons this week"),
        ({"count": {"kind": "lesson.completed", "at_least": 2, "this": "month"}}, "Complete 2 lessons this month"),
        ({"count": {"kind": "lesson.completed", "at_least": 2, "this": "season"}}, "Complete 2 lessons this quarter"),
        (
            {"all": [{"growth": {"at_least": 9}}, {"fact": {"kind": "pledge.signed"}}]},
            "Reach 9 growth; Sign the pledge",
        ),
        (
            {"any": [{"growth": {"at_least": 9}}, {"fact": {"kind": "pledge.signed"}}]},
            "Reach 9 growth or Sign the pledge",
        ),
        ({"not": {"fact": {"kind": "pledge.signed"}}}, "not: Sign the pledge"),
        (
            {"at_least": {"n": 1, "of": [{"growth": {"at_least": 9}}, {"fact": {"kind": "pledge.signed"}}]}},
            "at least 1 of these: Reach 9 growth; Sign the pledge",
        ),
        (
            {
                "all": [
                    {"growth": {"at_least": 9}},
                    {"any": [{"feathers": {"at_least": 1}}, {"badge": {"key": "keeper"}}]},
                ]
            },
            "Reach 9 growth; (Have 1 feathers or Earn the badge “True to her word”)",
        ),
        ({"course": {"key": "withdrawn"}}, "Complete “withdrawn”"),
    ],
)
def test_a_criterion_says_what_is_to_be_done(data: dict[str, object], said: str, catalog: Catalog) -> None:
    assert sentence(catalog, parse(data)) == said


@pytest.mark.parametrize(
    ("data", "n", "said"),
    [
        ({"count": {"kind": "checkin.done", "at_least": 100}}, 1, "1 day"),
        ({"fact": {"kind": "streak.reached", "topic": "7"}}, 2, "2 days"),
        ({"count": {"kind": "lesson.completed", "at_least": 3}}, 2, "2 lessons"),
        ({"count": {"kind": "quiz.perfect", "at_least": 5}}, 4, "4 times"),
        ({"best": {"kind": "quiz.finished", "at_least": 80}}, 20, "20 points"),
        ({"growth": {"at_least": 300}}, 120, "120 growth"),
        ({"feathers": {"at_least": 30}}, 5, "5 feathers"),
        ({"days_in_tier": {"at_least": 30}}, 1, "1 day"),
        ({"course": {"key": "first-steps"}}, 3, "3 stops"),
        ({"all": [{"growth": {"at_least": 9}}, {"fact": {"kind": "pledge.signed"}}]}, 2, "2 items"),
    ],
)
def test_what_is_missing_is_counted_in_its_own_unit(
    data: dict[str, object], n: int, said: str, catalog: Catalog
) -> None:
    assert amount(parse(data), n) == said


def test_every_kind_of_fact_has_its_own_words_in_every_leaf(catalog: Catalog) -> None:
    said: dict[str, dict[str, object]] = {}
    for kind in KINDS:
        for name in ("count", "sum", "best", "latest", "first"):
            for topic in ({}, {"topic": "x"}):
                data = {name: {"kind": kind, "at_least": 3, **topic}}
                words = sentence(catalog, parse(data))
                assert "%" not in words
                if topic and not KINDS[kind].topic:
                    continue
                # Runs and scores apart, “3 times” and “3 in all” mean the same and still read differently.
                assert said.setdefault(words, data) == data, f"{words}: {said[words]} and {data}"


def test_whoever_adds_a_kind_gives_it_words() -> None:
    assert set(TIMES) == set(KINDS)
    assert set(ONCE) == {kind for kind, meaning in KINDS.items() if meaning.topic}
    assert set(NAMED.values()) <= set(ONCE)


def test_titles_come_in_the_readers_language(shipped: Catalog, reader: Flask) -> None:
    with reader.test_request_context(), force_locale("zh"):
        assert "青铜阶段课程" in sentence(shipped, parse({"course": {"key": "first-steps"}}))
