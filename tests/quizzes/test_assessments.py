"""The assessment through the door."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements
from tests.quizzes.conftest import EXAM, HTMX, Learner, Meet

KINDS = ("quiz.finished", "quiz.passed", "quiz.perfect", "exam.passed")


@ON_SQLITE
def test_it_opens_when_the_courses_before_it_are_completed(learner: Learner) -> None:
    page = html(learner.get(f"/quizzes/{EXAM}"))
    assert "青铜阶段课程" in page
    assert f"/quizzes/{EXAM}/attempts" not in page
    assert learner.client.post(f"/quizzes/{EXAM}/attempts").status_code == 409


def test_it_draws_twenty_and_gives_sixty_minutes(candidate: Learner, clock: Clock) -> None:
    assert "60" in html(candidate.get(f"/quizzes/{EXAM}"))
    attempt = candidate.attempt(candidate.begin(EXAM))
    assert len({item["question"] for item in attempt.draw}) == 20
    assert attempt.due_at == clock.at + timedelta(minutes=60)


@ON_SQLITE
def test_the_time_left_is_told_by_the_server_on_every_page(candidate: Learner, clock: Clock) -> None:
    id = candidate.begin(EXAM)
    clock.move(minutes=17, seconds=30)
    for path in (f"/attempts/{id}", f"/attempts/{id}/questions/3"):
        page = html(candidate.get(path))
        assert re.search(r'data-left="2550">[^<]*\b43\b', page)


@ON_SQLITE
def test_nothing_is_told_before_the_end_whatever_is_answered(candidate: Learner) -> None:
    id = candidate.begin(EXAM)
    reasons = [candidate.question(id, n).reason[locale] for n in range(1, 21) for locale in ("zh", "en")]
    paths = [f"/attempts/{id}", f"/attempts/{id}?ending=1", f"/quizzes/{EXAM}", "/quizzes/real-user-quiz"]
    paths += [f"/attempts/{id}/questions/{n}" for n in range(1, 21)]

    def told(rights: bool) -> list[tuple[str, str]]:
        shown = []
        for headers, some in (({}, range(1, 21)), (HTMX, range(1, 4))):
            for n in some:
                response = candidate.answer(id, n, rights, headers=headers)
                shown.append((html(response), str(sorted(response.headers.items()))))
            for path in paths[: 4 + len(some)]:
                response = candidate.get(path, headers=headers)
                shown.append((html(response), str(sorted(response.headers.items()))))
        assert candidate.get(f"/attempts/{id}/review").status_code == 404
        for body, headers_sent in shown:
            assert not any(reason in body or reason in headers_sent for reason in reasons)
            assert not re.search(r'class="(option (right|again|dim)|verdict)', body)
        return shown

    def plain(shown: list[tuple[str, str]]) -> list[str]:
        """Without what is chosen, the tokens of the session, and how long the body is."""
        body = "\n\n".join(f"{headers}\n{body}" for body, headers in shown)
        body = re.sub(r" checked|\('Content-Length', '\d+'\)|, \('Set-Cookie', '[^']*'\)", "", body)
        return re.sub(r'(csrf_token" value|X-CSRFToken)("?[=:] ?"[^"]*")', "", body).split("\n\n")

    assert plain(told(True))[20:] == plain(told(False))[20:]
    assert candidate.facts("question.right", *KINDS) == [
        ("quiz.passed", key, "", 1) for key in ("real-user-quiz", "first-share-quiz", "answers-quiz")
    ]


def test_answers_may_be_changed_until_the_end_and_the_last_counts(candidate: Learner) -> None:
    id = candidate.begin(EXAM)
    candidate.answer_all(id, 0)
    candidate.answer_all(id, 20)
    candidate.answer(id, 7, right=False)
    candidate.client.post(f"/attempts/{id}/completion")
    assert candidate.facts("quiz.finished") == [("quiz.finished", EXAM, "1", 95)]


@ON_SQLITE
def test_it_is_left_and_gone_on_with_and_the_list_tells_what_is_answered(candidate: Learner) -> None:
    id = candidate.begin(EXAM)
    candidate.answer(id, 1)
    candidate.answer(id, 2)
    page = html(candidate.get(f"/attempts/{id}"))
    assert page.count('<li class="done">') == 2
    assert page.count(f'href="/attempts/{id}/questions/') == 20 + 1
    assert candidate.client.post(f"/quizzes/{EXAM}/attempts").location == f"/attempts/{id}/questions/3"
    again = html(candidate.get(f"/attempts/{id}/questions/1"))
    assert again.count(" checked") == len(candidate.question(id, 1).right)


@ON_SQLITE
def test_ending_names_how_many_are_unanswered_and_counts_them_as_not_right(candidate: Learner) -> None:
    id = candidate.begin(EXAM)
    for n in range(1, 17):
        candidate.answer(id, n)
    confirmation = html(candidate.get(f"/attempts/{id}?ending=1")).partition('id="ending"')[2]
    assert re.search(r"<h2>[^<]*\b4\b", confirmation)
    assert f'action="/attempts/{id}/completion"' in confirmation
    assert candidate.client.post(f"/attempts/{id}/completion").location == f"/attempts/{id}"
    assert candidate.facts("quiz.finished") == [("quiz.finished", EXAM, "1", 80)]


def test_a_pass_is_recorded_as_an_assessment_passed_once_and_never_as_a_quiz(candidate: Learner) -> None:
    before = candidate.facts(*KINDS)
    candidate.take(15, EXAM)
    candidate.take(16, EXAM)
    candidate.take(20, EXAM)
    assert candidate.facts(*KINDS)[len(before) :] == [
        ("quiz.finished", EXAM, "1", 75),
        ("quiz.finished", EXAM, "2", 80),
        ("exam.passed", EXAM, "", 2),
        ("quiz.finished", EXAM, "3", 100),
    ]


@ON_SQLITE
def test_the_result_is_told_with_what_to_revise_and_the_next_attempt_waits(candidate: Learner) -> None:
    id = candidate.begin(EXAM)
    candidate.answer_all(id, 12)
    candidate.client.post(f"/attempts/{id}/completion")
    page = html(candidate.get(f"/attempts/{id}"))
    assert '<span class="num">60</span>' in page
    assert "12/20" in page
    lessons = {candidate.question(id, n).lesson for n in range(13, 21)}
    assert set(re.findall(r'href="/lessons/([a-z-]+)"', page)) == lessons
    assert candidate.client.post(f"/quizzes/{EXAM}/attempts").status_code == 409
    review = html(candidate.get(f"/attempts/{id}/review"))
    for n in range(1, 21):
        assert (candidate.question(id, n).reason["zh"] in review) == (n > 12)
    candidate.client.post(f"/attempts/{id}/review")
    assert candidate.begin(EXAM) != id


def test_an_answer_in_the_last_second_counts_and_one_after_it_does_not(candidate: Learner, clock: Clock) -> None:
    id = candidate.begin(EXAM)
    clock.move(minutes=59, seconds=59)
    candidate.answer(id, 1)
    clock.move(seconds=1)
    late = candidate.answer(id, 2)
    assert late.location == f"/attempts/{id}"
    assert len(candidate.chosen(id)) == 1
    assert 'class="toast warn"' in html(candidate.get(late.location))
    assert candidate.facts("quiz.finished") == [("quiz.finished", EXAM, "1", 5)]
    assert candidate.answer(id, 3).location == f"/attempts/{id}"
    assert len(candidate.chosen(id)) == 1


def test_after_time_reading_offers_to_close_and_closes_nothing(candidate: Learner, clock: Clock, app: Flask) -> None:
    id = candidate.begin(EXAM)
    candidate.answer(id, 1)
    clock.move(hours=3)
    assert candidate.get(f"/attempts/{id}/questions/2").location == f"/attempts/{id}"
    assert candidate.get(f"/attempts/{id}/questions/2", headers=HTMX).headers["HX-Redirect"] == f"/attempts/{id}"
    with statements() as seen:
        page = html(candidate.get(f"/attempts/{id}"))
    assert all(statement.lstrip().startswith("SELECT") for statement in seen)
    assert f'action="/attempts/{id}/completion"' in page
    assert candidate.question(id, 1).reason["zh"] not in page
    assert candidate.get(f"/attempts/{id}/review").status_code == 404
    assert candidate.attempt(id).finished_at is None
    candidate.client.post(f"/attempts/{id}/completion")
    assert candidate.facts("quiz.finished") == [("quiz.finished", EXAM, "1", 5)]


@ON_SQLITE
def test_after_time_starting_closes_what_was_open(candidate: Learner, clock: Clock) -> None:
    id = candidate.begin(EXAM)
    clock.move(hours=2)
    assert candidate.client.post(f"/quizzes/{EXAM}/attempts").location == f"/attempts/{id}"
    assert candidate.facts("quiz.finished") == [("quiz.finished", EXAM, "1", 0)]


@ON_SQLITE
def test_an_answer_without_a_choice_keeps_what_was_chosen_before(candidate: Learner) -> None:
    id = candidate.begin(EXAM)
    candidate.answer(id, 1)
    kept = candidate.chosen(id)
    refused = candidate.client.post(f"/attempts/{id}/questions/1")
    assert refused.status_code == 422
    assert candidate.chosen(id) == kept


def test_ending_twice_records_once(candidate: Learner, session: Session) -> None:
    def facts() -> int | None:
        session.rollback()
        return session.scalar(select(func.count()).select_from(Fact))

    id = candidate.begin(EXAM)
    candidate.answer_all(id, 20)
    candidate.client.post(f"/attempts/{id}/completion")
    ended, kept = facts(), candidate.chosen(id)
    assert candidate.client.post(f"/attempts/{id}/completion").location == f"/attempts/{id}"
    candidate.answer(id, 1, right=False)
    assert (facts(), candidate.chosen(id)) == (ended, kept)
    assert candidate.facts("exam.passed") == [("exam.passed", EXAM, "", 1)]


@ON_SQLITE
def test_the_last_condition_leads_to_the_promotion(at_phone: Meet, tang: Person, session: Session) -> None:
    with db.writing() as writing:
        almost_silver(writing, tang.id, but={"quiz.finished", "exam.passed"})
    candidate = at_phone(tang)
    id = candidate.begin(EXAM)
    candidate.answer_all(id, 20)
    assert candidate.client.post(f"/attempts/{id}/completion").location == "/honours/promotions/silver"
    assert len(candidate.facts("tier.reached")) == 1


def test_reading_takes_few_statements(candidate: Learner, app: Flask) -> None:
    id = candidate.begin(EXAM)
    paths = [f"/quizzes/{EXAM}", f"/attempts/{id}", f"/attempts/{id}/questions/1"]
    for path in paths:
        candidate.get(path)
        with statements() as seen:
            assert candidate.get(path).status_code == 200
        assert len(seen) <= 6, (path, seen)
