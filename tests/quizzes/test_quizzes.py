"""Stage quizzes through the door."""

import copy
import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from academy.catalog.actions import publish
from academy.catalog.models import Release
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person
from academy.quizzes.models import Attempt
from tests.conftest import ON_SQLITE, html
from tests.phone import statements
from tests.quizzes.conftest import HTMX, QUIZ, Learner, Meet


@ON_SQLITE
def test_the_intro_tells_what_is_asked_and_what_it_takes(learner: Learner) -> None:
    page = html(learner.get(f"/quizzes/{QUIZ}"))
    assert "第一站小测" in page
    assert 'href="/lessons/own"' in page
    assert "80" in page
    assert f'action="/quizzes/{QUIZ}/attempts"' in page


@ON_SQLITE
def test_a_quiz_there_is_not_is_not_found(learner: Learner) -> None:
    assert learner.get("/quizzes/nothing").status_code == 404
    assert learner.client.post("/quizzes/nothing/attempts").status_code == 404


@ON_SQLITE
def test_before_its_lessons_a_quiz_names_them_and_does_not_start(at_phone: Meet, tang: Person) -> None:
    learner = at_phone(tang)
    page = html(learner.get(f"/quizzes/{QUIZ}"))
    assert all(f'href="/lessons/{key}"' in page for key in ("own", "no-stock", "who-fits", "introduce"))
    assert "/attempts" not in page
    refused = learner.client.post(f"/quizzes/{QUIZ}/attempts")
    assert refused.status_code == 409
    assert f'href="/quizzes/{QUIZ}"' in html(refused)


def test_starting_draws_five_of_the_nine_and_starting_again_goes_on(learner: Learner) -> None:
    first = learner.begin()
    drawn = [item["question"] for item in learner.attempt(first).draw]
    assert len(set(drawn)) == 5
    learner.answer(first, 1)
    again = learner.client.post(f"/quizzes/{QUIZ}/attempts")
    assert again.location == f"/attempts/{first}/questions/2"
    assert [item["question"] for item in learner.attempt(first).draw] == drawn


@ON_SQLITE
def test_a_question_does_not_tell_its_answer_before_it_is_given(learner: Learner) -> None:
    id = learner.begin()
    for n in range(1, 6):
        page = html(learner.get(f"/attempts/{id}/questions/{n}"))
        assert learner.question(id, n).prompt["zh"] in page
        assert learner.question(id, n).reason["zh"] not in page
        assert "verdict" not in page
        assert not re.search(r'class="option (right|again|dim)', page)


def test_a_right_answer_is_praised_with_the_reason_and_five_feathers_once(learner: Learner) -> None:
    id = learner.begin()
    key = learner.question(id, 1).key
    assert learner.answer(id, 1).location == f"/attempts/{id}/questions/1"
    page = html(learner.get(f"/attempts/{id}/questions/1"))
    assert 'class="verdict right"' in page
    assert learner.question(id, 1).reason["zh"] in page
    assert re.search(r"\+5 ", page)
    assert learner.facts("question.right") == [("question.right", key, "", 1)]
    assert "+5 " not in html(learner.get(f"/attempts/{id}/questions/1"))


@ON_SQLITE
def test_a_wrong_answer_is_amber_and_shows_the_right_one_with_why(learner: Learner) -> None:
    id = learner.begin()
    page = html(learner.answer(id, 1, right=False, follow_redirects=True))
    assert 'class="verdict again"' in page
    assert learner.question(id, 1).reason["zh"] in page
    assert page.count('class="option again"') == 1
    assert page.count('class="option right"') == len(learner.question(id, 1).right)
    assert learner.facts("question.right") == []


def test_the_first_answer_stays(learner: Learner) -> None:
    id = learner.begin()
    learner.answer(id, 1, right=False)
    kept = learner.chosen(id)
    assert learner.answer(id, 1, right=True).status_code == 303
    assert learner.chosen(id) == kept
    assert learner.facts("question.right") == []


def test_the_last_answer_ends_the_attempt_and_full_marks_are_told(learner: Learner) -> None:
    id = learner.begin()
    learner.answer_all(id, 5)
    assert learner.facts("quiz.finished", "quiz.passed", "quiz.perfect") == [
        ("quiz.finished", QUIZ, "1", 100),
        ("quiz.passed", QUIZ, "", 1),
        ("quiz.perfect", QUIZ, "", 1),
    ]
    page = html(learner.get(f"/attempts/{id}"))
    assert '<span class="num">100</span>' in page
    assert "5/5" in page
    # 5 × 5 for first right answers, 10 passed at first, 10 full marks, 20 for the stage; growth 20 + 10 + 30.
    assert "+65" in page
    assert "+60" in page


@ON_SQLITE
@pytest.mark.parametrize(("rights", "score", "passed"), [(4, 80, True), (3, 60, False)])
def test_eighty_passes_and_less_does_not(learner: Learner, rights: int, score: int, passed: bool) -> None:
    id = learner.begin()
    learner.answer_all(id, rights)
    assert learner.facts("quiz.finished") == [("quiz.finished", QUIZ, "1", score)]
    assert bool(learner.facts("quiz.passed")) == passed
    assert learner.facts("quiz.perfect") == []


@ON_SQLITE
def test_the_result_says_which_lessons_to_look_at_again(learner: Learner) -> None:
    id = learner.begin()
    learner.answer_all(id, 3)
    page = html(learner.get(f"/attempts/{id}"))
    lessons = {learner.question(id, n).lesson for n in (4, 5)}
    assert set(re.findall(r'href="/lessons/([a-z-]+)"', page)) == lessons


def test_the_next_attempt_opens_when_the_wrong_answers_have_been_gone_through(learner: Learner) -> None:
    first = learner.begin()
    learner.answer_all(first, 2)
    refused = learner.client.post(f"/quizzes/{QUIZ}/attempts")
    assert refused.status_code == 409
    assert f'href="/attempts/{first}/review"' in html(refused)
    assert f'action="/quizzes/{QUIZ}/attempts"' not in html(learner.get(f"/quizzes/{QUIZ}"))

    review = html(learner.get(f"/attempts/{first}/review"))
    for n in range(1, 6):
        assert (learner.question(first, n).reason["zh"] in review) == (n > 2)
    assert learner.attempt(first).reviewed_at is None
    assert learner.client.post(f"/attempts/{first}/review").location == f"/quizzes/{QUIZ}"
    assert learner.attempt(first).reviewed_at is not None

    second = learner.take(5)
    assert second != first
    assert learner.attempt(second).number == 2
    assert learner.facts("quiz.passed") == [("quiz.passed", QUIZ, "", 2)]


def test_practising_after_a_pass_is_open_and_passes_only_once(learner: Learner) -> None:
    learner.take(4)
    learner.take(5)
    learner.take(5)
    assert [fact[2:] for fact in learner.facts("quiz.finished")] == [("1", 80), ("2", 100), ("3", 100)]
    assert learner.facts("quiz.passed") == [("quiz.passed", QUIZ, "", 1)]
    assert len(learner.facts("quiz.perfect")) == 1
    keys = [topic for _, topic, _, _ in learner.facts("question.right")]
    assert len(keys) == len(set(keys))


@ON_SQLITE
def test_after_a_pass_wrong_answers_are_gone_through_too(learner: Learner) -> None:
    id = learner.begin()
    learner.answer_all(id, 4)
    assert learner.client.post(f"/quizzes/{QUIZ}/attempts").status_code == 409
    learner.client.post(f"/attempts/{id}/review")
    assert learner.client.post(f"/quizzes/{QUIZ}/attempts").status_code == 303


@ON_SQLITE
def test_a_question_that_was_not_drawn_is_not_found(learner: Learner) -> None:
    id = learner.begin()
    for n in (0, 6, 99):
        assert learner.get(f"/attempts/{id}/questions/{n}").status_code == 404
        assert learner.client.post(f"/attempts/{id}/questions/{n}", data={"option": "a"}).status_code == 404


@ON_SQLITE
def test_no_choice_or_one_that_is_not_there_is_said_at_the_options(learner: Learner) -> None:
    id = learner.begin()
    for headers in ({}, HTMX):
        for option in ([], ["zz"], ["a", "zz"]):
            refused = learner.client.post(f"/attempts/{id}/questions/1", data={"option": option}, headers=headers)
            assert refused.status_code == 422
            assert 'id="problem"' in html(refused)
            assert 'aria-describedby="problem"' in html(refused)
            assert learner.question(id, 1).reason["zh"] not in html(refused)
    assert learner.chosen(id) == {}


@ON_SQLITE
def test_two_choices_where_one_is_asked_for_are_refused(learner: Learner) -> None:
    id = learner.begin()
    n = next(n for n in range(1, 6) if learner.question(id, n).type != "multiple")
    both = [option.key for option in learner.question(id, n).options[:2]]
    assert learner.client.post(f"/attempts/{id}/questions/{n}", data={"option": both}).status_code == 422


@ON_SQLITE
def test_somebody_elses_attempt_is_not_there(learner: Learner, at_phone: Meet, aduo: Person, zhou: Person) -> None:
    id = learner.begin()
    learner.answer_all(id, 3)
    for other in (at_phone(aduo), at_phone(zhou)):
        for path in ("", "/questions/1", "/review"):
            assert other.get(f"/attempts/{id}{path}").status_code == 404
        for path in ("/questions/1", "/review", "/completion"):
            assert other.client.post(f"/attempts/{id}{path}", data={"option": "a"}).status_code == 404
    assert learner.attempt(id).reviewed_at is None


@ON_SQLITE
def test_a_stranger_is_sent_to_sign_in(app: Flask) -> None:
    assert "/sign-in" in app.test_client().get(f"/quizzes/{QUIZ}").location


@ON_SQLITE
def test_htmx_gets_the_card_the_progress_and_the_verdict_alone(learner: Learner) -> None:
    id = learner.begin()
    page = html(learner.answer(id, 1, headers=HTMX))
    assert "<html" not in page
    assert 'id="question"' in page
    assert re.search(r'class="verdict right" id="bottom"[^>]* hx-swap-oob="true"', page)
    assert re.search(r'id="progress" hx-swap-oob="true"', page)
    assert re.search(r"\+5 ", page)
    following = html(learner.get(f"/attempts/{id}/questions/2", headers=HTMX))
    assert learner.question(id, 2).prompt["zh"] in following
    assert re.search(r'class="actionbar" id="bottom" hx-swap-oob="true"', following)


@ON_SQLITE
def test_an_open_quiz_leads_from_its_address_to_the_next_question(learner: Learner) -> None:
    id = learner.begin()
    learner.answer(id, 1)
    assert learner.get(f"/attempts/{id}").location == f"/attempts/{id}/questions/2"
    assert learner.client.post(f"/attempts/{id}/completion").location == f"/attempts/{id}/questions/2"
    assert learner.attempt(id).finished_at is None
    assert learner.get(f"/attempts/{id}/review").status_code == 404
    assert learner.client.post(f"/attempts/{id}/review").status_code == 404


def test_an_attempt_keeps_the_questions_that_it_began_with(learner: Learner, session: Session) -> None:
    id = learner.begin()
    old = [learner.question(id, n) for n in range(1, 6)]
    with db.writing() as writing:
        quiz = copy.deepcopy(dict(published(writing).one("quiz", QUIZ)))
        quiz["questions"] = [
            question | {"key": f"new-{i}", "prompt": {"zh": "全新的一题"}}
            for i, question in enumerate(quiz["questions"])
        ]
        publish(writing, {("quiz", QUIZ): quiz}, origin="studio")
    assert old[0].prompt["zh"] in html(learner.get(f"/attempts/{id}/questions/1"))
    learner.answer_all(id, 5)
    assert learner.facts("quiz.finished") == [("quiz.finished", QUIZ, "1", 100)]
    assert learner.get(f"/attempts/{id}").status_code == 200

    second = learner.begin()
    assert learner.attempt(second).release_id == session.query(Release.id).order_by(Release.id.desc()).first()[0]  # type: ignore[index]
    assert "全新的一题" in html(learner.get(f"/attempts/{second}/questions/1"))


def test_reading_takes_few_statements_and_writes_nothing(learner: Learner, app: Flask) -> None:
    id = learner.begin()
    _read(learner, app, [f"/quizzes/{QUIZ}", f"/attempts/{id}/questions/1"])
    learner.answer_all(id, 3)
    _read(learner, app, [f"/quizzes/{QUIZ}", f"/attempts/{id}", f"/attempts/{id}/review"])


def _read(learner: Learner, app: Flask, paths: list[str]) -> None:
    for path in paths:
        with statements() as seen:
            assert learner.get(path).status_code == 200
        assert len(seen) <= 6, (path, seen)
        assert all(statement.lstrip().startswith("SELECT") for statement in seen), seen


def test_a_failure_while_ending_leaves_the_last_answer_unwritten(
    learner: Learner, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = learner.begin()
    for n in range(1, 5):
        learner.answer(id, n)

    def breaks(*_args: object, **_more: object) -> None:
        raise RuntimeError("a rule that raises")

    with monkeypatch.context() as patched, capture_logs():
        patched.setattr("academy.quizzes.actions.finish", breaks)
        assert learner.answer(id, 5).status_code == 500
    assert len(learner.chosen(id)) == 4
    assert len(learner.facts("question.right")) == 4
    assert learner.answer(id, 5).status_code == 303
    assert session.query(Attempt).filter(Attempt.finished_at.is_not(None)).count() == 1
