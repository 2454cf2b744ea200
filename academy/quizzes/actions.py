"""Starting, answering and finishing attempts.

The caller holds the trainee's lock (`people.actions.lock`), so that two tabs come one after the other.
"""

from random import Random
from secrets import SystemRandom

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.catalog.content import Catalog, Quiz
from academy.quizzes.models import Answer, Attempt
from academy.quizzes.queries import Sheet, before, finished, sheet
from academy.quizzes.rules import Asked, draw, due
from academy.web.errors import Refused


class NotOpen(Refused):
    """The next attempt can't begin yet."""


def begin(session: Session, trainee_id: int, catalog: Catalog, quiz: Quiz, last: Sheet | None, random: Random) -> Sheet:
    """A new attempt with a draw of its own; `last` is her newest one, which must be finished and gone through."""
    if last and last.to_review:
        raise NotOpen(
            _("Please go through the wrong answers of your last attempt first."),
            (url_for("quizzes.review", id=last.attempt.id), _("See them")),
        )
    if last is None and before(session, catalog, quiz, trainee_id):
        raise NotOpen(
            _("This opens when the lessons before it are done."),
            (url_for("quizzes.intro", key=quiz.key), _("See what is missing")),
        )
    now = clock.now()
    attempt = Attempt(
        trainee_id=trainee_id,
        quiz=quiz.key,
        number=finished(session, trainee_id, quiz.key) + 1,
        release_id=catalog.release,
        draw=draw(quiz, random),
        started_at=now,
        due_at=due(quiz, now),
    )
    session.add(attempt)
    session.flush()
    return sheet(session, attempt)


def keep(session: Session, of: Sheet, item: Asked, chosen: frozenset[str]) -> tuple[Sheet, Outcome]:
    """Keep an answer that is still taken, and lay the attempt out anew.

    A quiz records a right answer at once and ends with the last; an assessment records nothing before its end. Of an
    update only that it was passed is told, so that it earns what rules name it for, and nothing else.
    """
    kept = session.scalar(
        select(Answer).where(Answer.attempt_id == of.attempt.id, Answer.question == item.question.key)
    )
    if kept is None:
        kept = Answer(attempt_id=of.attempt.id, question=item.question.key)
        session.add(kept)
    kept.chosen, kept.right, kept.at = sorted(chosen), item.question.is_right(chosen), clock.now()
    session.flush()
    of = sheet(session, of.attempt)
    outcome = Outcome()
    if not of.quiz.is_assessment:
        if kept.right and not of.quiz.is_update:
            outcome += record(session, of.attempt.trainee_id, "question.right", item.question.key)
        if of.next_open() is None:
            outcome += finish(session, of)
    return of, outcome


def finish(session: Session, of: Sheet) -> Outcome:
    """End an attempt and record what it came to; ending it again records nothing."""
    if of.finished:
        return Outcome()
    attempt, quiz = of.attempt, of.quiz
    outcome = record(session, attempt.trainee_id, "quiz.finished", quiz.key, str(attempt.number), of.score)
    fact = outcome.facts[0]
    if of.passed:
        passed = "exam.passed" if quiz.is_assessment else "update.passed" if quiz.is_update else "quiz.passed"
        outcome += record(session, attempt.trainee_id, passed, quiz.key, value=attempt.number)
    if not (of.wrong or quiz.is_assessment or quiz.is_update):
        outcome += record(session, attempt.trainee_id, "quiz.perfect", quiz.key)
    attempt.fact_id, attempt.finished_at = fact.id, clock.now()
    session.flush()
    return outcome


def go_through(of: Sheet) -> None:
    """Note that the wrong answers of a finished attempt have been gone through; the first time counts."""
    if of.to_review:
        of.attempt.reviewed_at = clock.now()


def chance() -> Random:
    """What draws questions: nobody foresees it."""
    return SystemRandom()
