"""Reads of attempts. A trainee's attempts are reached only through her."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.catalog.content import Catalog, Course, Lesson, Quiz
from academy.catalog.queries import published
from academy.journal.models import Entry, Fact
from academy.journal.queries import done
from academy.quizzes.models import Answer, Attempt
from academy.quizzes.rules import Asked, is_over, missing_courses, missing_lessons, next_open, paper, score

EARNING = ("question.right", "quiz.finished", "quiz.passed", "quiz.perfect", "exam.passed", "stage.completed")


@dataclass(frozen=True)
class Sheet:
    """An attempt with its quiz, as it was published when it began, and its questions with her answers."""

    attempt: Attempt
    quiz: Quiz
    asked: list[Asked]

    @property
    def done(self) -> int:
        return sum(item.answered for item in self.asked)

    @property
    def rights(self) -> int:
        return sum(item.right for item in self.asked)

    @property
    def wrong(self) -> list[Asked]:
        return [item for item in self.asked if not item.right]

    @property
    def score(self) -> int:
        return score(self.asked)

    @property
    def passed(self) -> bool:
        return self.score >= self.quiz.passing

    @property
    def finished(self) -> bool:
        return self.attempt.finished_at is not None

    @property
    def to_review(self) -> bool:
        """Whether wrong answers wait to be gone through, which keeps the next attempt shut."""
        return self.finished and self.attempt.reviewed_at is None and bool(self.wrong)

    def over(self, now: datetime) -> bool:
        """Whether it is still open though its time has run out."""
        return not self.finished and is_over(self.attempt.due_at, now)

    def takes(self, item: Asked) -> bool:
        """Whether an answer may be given still: a quiz keeps the first, an assessment the last before its end."""
        return not self.finished and (self.quiz.is_assessment or not item.answered)

    def next_open(self, after: int = 0) -> int | None:
        return next_open(self.asked, after)


def sheet(session: Session, attempt: Attempt) -> Sheet:
    """An attempt laid out with her answers as they are now."""
    rows = session.execute(select(Answer.question, Answer.chosen).where(Answer.attempt_id == attempt.id)).all()
    quiz = published(session, attempt.release_id).all_quizzes[attempt.quiz]
    return Sheet(attempt, quiz, paper(quiz, attempt.draw, {row.question: row.chosen for row in rows}))


def own(session: Session, trainee_id: int, attempt_id: int) -> Sheet | None:
    """One attempt of this trainee; somebody else's is not there."""
    found = session.scalar(select(Attempt).where(Attempt.id == attempt_id, Attempt.trainee_id == trainee_id))
    return sheet(session, found) if found else None


def latest(session: Session, trainee_id: int, quiz: str) -> Sheet | None:
    """Her newest attempt at a quiz, which is the open one if one is open."""
    found = session.scalar(
        select(Attempt)
        .where(Attempt.trainee_id == trainee_id, Attempt.quiz == quiz)
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    return sheet(session, found) if found else None


def before(session: Session, catalog: Catalog, quiz: Quiz, trainee_id: int) -> list[Lesson] | list[Course]:
    """What she has to complete before her first attempt: lessons before a quiz, courses before an assessment."""
    completed = done(session, trainee_id, ("lesson.completed", "course.completed"))
    if quiz.is_assessment:
        return missing_courses(catalog, quiz, completed["course.completed"])
    return missing_lessons(catalog, quiz, completed["lesson.completed"])


def finished(session: Session, trainee_id: int, quiz: str) -> int:
    """How many attempts at a quiz she has finished."""
    return (
        session.scalar(
            select(func.count()).where(Fact.trainee_id == trainee_id, Fact.kind == "quiz.finished", Fact.topic == quiz)
        )
        or 0
    )


def best(session: Session, trainee_id: int, quiz: str) -> int | None:
    """Her best score at a quiz so far."""
    return session.scalar(
        select(func.max(Fact.value)).where(
            Fact.trainee_id == trainee_id, Fact.kind == "quiz.finished", Fact.topic == quiz
        )
    )


def gained(session: Session, of: Sheet, stage: str | None) -> Counter[str]:
    """What a finished attempt earned, by currency: its first right answers, its end, the stage that it completed."""
    topics = [of.quiz.key, *(item.question.key for item in of.asked), *([stage] if stage else [])]
    rows = session.execute(
        select(Entry.currency, func.sum(Entry.amount))
        .join(Fact, Fact.id == Entry.fact_id)
        .where(
            Fact.trainee_id == of.attempt.trainee_id,
            Fact.kind.in_(EARNING),
            Fact.topic.in_(topics),
            Fact.at >= of.attempt.started_at,
            Fact.at <= of.attempt.finished_at,
        )
        .group_by(Entry.currency)
    )
    return Counter({currency: int(amount) for currency, amount in rows})
