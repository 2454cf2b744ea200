"""Two tabs at once, on real threads."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

from flask import Flask

from tests.quizzes.conftest import EXAM, QUIZ, Learner

ROUNDS = 6
T = TypeVar("T")


def together(*acts: Callable[[], T]) -> list[T]:
    """Do all at the same moment, each on its own thread; what each returned."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def tabs(app: Flask, learner: Learner, count: int) -> list[Learner]:
    """More tabs of the same person; each test client has cookies of its own."""
    opened = []
    for _ in range(count):
        client = app.test_client()
        with learner.client.session_transaction() as mine, client.session_transaction() as kept:
            kept.update(mine)
        opened.append(Learner(app, client, learner.id))
    return opened


def test_two_starts_give_one_attempt(learner: Learner, app: Flask) -> None:
    for _ in range(ROUNDS):
        ids = together(*(tab.begin for tab in tabs(app, learner, 4)))
        assert len(ids) == 4
        assert len(set(ids)) == 1
        learner.answer_all(ids[0], 5)
    assert Counter(fact[2] for fact in learner.facts("quiz.finished")) == {str(n): 1 for n in range(1, ROUNDS + 1)}


def test_two_tabs_that_end_an_assessment_record_it_once(candidate: Learner, app: Flask) -> None:
    for n in range(1, ROUNDS + 1):
        id = candidate.begin(EXAM)
        candidate.answer(id, 1)
        told = together(*(partial(tab.client.post, f"/attempts/{id}/completion") for tab in tabs(app, candidate, 3)))
        assert [response.location for response in told] == 3 * [f"/attempts/{id}"]
        assert [fact[2:] for fact in candidate.facts("quiz.finished")] == [(str(i), 5) for i in range(1, n + 1)]
        candidate.client.post(f"/attempts/{id}/review")


def test_two_tabs_that_give_the_last_answer_keep_one_and_end_once(learner: Learner, app: Flask) -> None:
    for n in range(1, ROUNDS + 1):
        id = learner.begin()
        for i in range(1, 5):
            learner.answer(id, i)
        one, other = tabs(app, learner, 2)
        told = together(partial(one.answer, id, 5, True), partial(other.answer, id, 5, False))
        assert [response.status_code for response in told] == [303, 303]
        right = learner.chosen(id)[learner.question(id, 5).key] == sorted(learner.question(id, 5).right)
        scores = [value for *_, value in learner.facts("quiz.finished")]
        assert len(scores) == n
        assert scores[-1] == (100 if right else 80)
        learner.client.post(f"/attempts/{id}/review")
    assert len(learner.facts("quiz.passed")) == 1
    assert QUIZ in learner.facts("quiz.passed")[0]
