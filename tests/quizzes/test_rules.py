from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.catalog.content import MULTIPLE, SINGLE, TRUTH, Option, Question, Quiz
from academy.quizzes.rules import draw, due, is_over, minutes_left, next_open, paper, score, to_revise

TEXT = {"zh": "…"}
NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)


@st.composite
def questions(draw: st.DrawFn, key: str) -> Question:
    kind = draw(st.sampled_from([SINGLE, MULTIPLE, TRUTH]))
    names = ["true", "false"] if kind == TRUTH else list("abcdefgh")[: draw(st.integers(3, 8))]
    rights = draw(st.integers(2, len(names) - 1)) if kind == MULTIPLE else 1
    options = tuple(Option(name, TEXT, i < rights) for i, name in enumerate(names))
    return Question(key, kind, TEXT, options, TEXT, lesson=draw(st.sampled_from(["one", "two", None])))


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    bank = tuple(draw(questions(f"q-{i}")) for i in range(draw(st.integers(1, 12))))
    return Quiz("quiz", TEXT, 80, draw(st.integers(1, len(bank))), bank)


def wrong(question: Question) -> list[str]:
    return [next(option.key for option in question.options if not option.right)]


def answers(quiz: Quiz, drawn: list[dict[str, object]], rights: set[int]) -> dict[str, list[str]]:
    found = {}
    for i, item in enumerate(drawn):
        question = quiz.by_key[str(item["question"])]
        found[question.key] = sorted(question.right) if i in rights else wrong(question)
    return found


@given(quizzes(), st.integers())
def test_a_draw_asks_as_many_questions_as_it_should_and_none_twice(quiz: Quiz, seed: int) -> None:
    drawn = draw(quiz, Random(seed))
    keys = [item["question"] for item in drawn]
    assert len(keys) == len(set(keys)) == quiz.draw
    assert set(keys) <= set(quiz.by_key)


@given(quizzes(), st.integers())
def test_a_draw_shows_every_option_once_and_true_before_false(quiz: Quiz, seed: int) -> None:
    for item in draw(quiz, Random(seed)):
        question = quiz.by_key[item["question"]]
        assert sorted(item["options"]) == sorted(option.key for option in question.options)
        assert question.type != TRUTH or item["options"] == ["true", "false"]


def test_two_draws_differ_in_questions_and_in_the_order_of_options() -> None:
    bank = tuple(
        Question(f"q-{i}", SINGLE, TEXT, tuple(Option(k, TEXT, k == "a") for k in "abcd"), TEXT) for i in range(9)
    )
    quiz = Quiz("quiz", TEXT, 80, 5, bank)
    draws = [draw(quiz, Random(seed)) for seed in range(20)]
    assert len({tuple(item["question"] for item in drawn) for drawn in draws}) > 10
    assert len({tuple(item["options"]) for drawn in draws for item in drawn}) == 24


@given(quizzes(), st.integers(), st.data())
def test_what_is_answered_never_changes_the_order_of_what_is_asked(quiz: Quiz, seed: int, data: st.DataObject) -> None:
    drawn = draw(quiz, Random(seed))
    some = data.draw(st.sets(st.integers(0, len(drawn) - 1)))
    laid_out = paper(quiz, drawn, {k: v for i, (k, v) in enumerate(answers(quiz, drawn, some).items()) if i in some})
    assert [item.question.key for item in laid_out] == [item["question"] for item in drawn]
    assert [[option.key for option in item.options] for item in laid_out] == [item["options"] for item in drawn]
    assert [item.n for item in laid_out if item.answered] == sorted(i + 1 for i in some)


@given(quizzes(), st.integers(), st.data())
def test_one_more_right_answer_never_lowers_the_score(quiz: Quiz, seed: int, data: st.DataObject) -> None:
    drawn = draw(quiz, Random(seed))
    places = st.integers(0, len(drawn) - 1)
    rights = data.draw(st.sets(places))
    more = rights | {data.draw(places)}
    before = score(paper(quiz, drawn, answers(quiz, drawn, rights)))
    after = score(paper(quiz, drawn, answers(quiz, drawn, more)))
    assert 0 <= before <= after <= 100
    assert (after == 100) == (len(more) == len(drawn))


def test_a_score_is_rounded_down() -> None:
    bank = tuple(Question(f"q-{i}", TRUTH, TEXT, (Option("true", TEXT, True),), TEXT) for i in range(3))
    quiz = Quiz("quiz", TEXT, 67, 3, bank)
    drawn = draw(quiz, Random(0))
    two = {item["question"]: ["true"] for item in drawn[:2]}
    assert score(paper(quiz, drawn, two)) == 66


def test_a_multiple_choice_is_right_only_as_a_whole() -> None:
    options = tuple(Option(key, TEXT, key in "ab") for key in "abc")
    quiz = Quiz("quiz", TEXT, 80, 1, (Question("q", MULTIPLE, TEXT, options, TEXT),))
    drawn = draw(quiz, Random(0))
    for chosen, right in (("ab", True), ("a", False), ("abc", False), ("", False)):
        assert paper(quiz, drawn, {"q": list(chosen)})[0].right == right


@given(quizzes(), st.data())
def test_what_to_revise_counts_each_wrong_answer_once_in_the_order_of_the_bank(quiz: Quiz, data: st.DataObject) -> None:
    missed = data.draw(st.lists(st.sampled_from(quiz.questions), unique_by=lambda question: question.key))
    revise = to_revise(quiz, missed)
    assert sum(revise.values()) == sum(question.lesson is not None for question in missed)
    order = list(dict.fromkeys(question.lesson for question in quiz.questions))
    assert list(revise) == sorted(revise, key=order.index)


def test_the_next_question_without_an_answer_is_looked_for_round_the_end() -> None:
    bank = tuple(Question(f"q-{i}", TRUTH, TEXT, (Option("true", TEXT, True),), TEXT) for i in range(1, 5))
    quiz = Quiz("quiz", TEXT, 80, 4, bank)
    drawn = [{"question": question.key, "options": ["true"]} for question in bank]
    asked = paper(quiz, drawn, {"q-2": ["true"], "q-3": ["true"]})
    assert [next_open(asked, after) for after in (0, 1, 2, 4)] == [1, 4, 4, 1]
    assert next_open(paper(quiz, drawn, {question.key: ["true"] for question in bank})) is None


@pytest.mark.parametrize(
    ("kind", "chosen", "admitted"),
    [
        (SINGLE, "a", True),
        (SINGLE, "ab", False),
        (SINGLE, "z", False),
        (MULTIPLE, "abc", True),
        (MULTIPLE, "az", False),
    ],
)
def test_only_options_that_are_there_are_admitted_and_one_where_one_is_asked_for(
    kind: str, chosen: str, admitted: bool
) -> None:
    options = tuple(Option(key, TEXT, key == "a") for key in "abc")
    quiz = Quiz("quiz", TEXT, 80, 1, (Question("q", kind, TEXT, options, TEXT),))
    assert paper(quiz, draw(quiz, Random(0)), {})[0].admits(frozenset(chosen)) == admitted


def test_time_is_over_at_the_last_second_and_not_before() -> None:
    quiz = Quiz("quiz", TEXT, 80, 1, (), minutes=60)
    due_at = due(quiz, NOON)
    assert due_at == NOON + timedelta(hours=1)
    assert not is_over(due_at, due_at - timedelta(seconds=1))
    assert is_over(due_at, due_at)
    assert due(replace(quiz, minutes=None), NOON) is None
    assert not is_over(None, NOON)


@pytest.mark.parametrize(("seconds", "shown"), [(3600, 60), (3541, 60), (3540, 59), (1, 1), (0, 0), (-5, 0)])
def test_the_minute_that_has_begun_counts_as_left(seconds: int, shown: int) -> None:
    assert minutes_left(NOON + timedelta(seconds=seconds), NOON) == shown
