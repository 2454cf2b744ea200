"""What a story about invented people is told with: the same actions that people use, on days gone by."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from academy import clock
from academy.account.actions import Newcomer, sign_up
from academy.achievements import Outcome, record
from academy.catalog.content import Catalog, Lesson, Quiz
from academy.catalog.queries import published
from academy.people.actions import lock
from academy.people.models import Cohort, Phase
from academy.quizzes.actions import begin, finish, go_through, keep
from academy.quizzes.queries import latest


class Story:
    """Steps of trainees; whoever tells them says when."""

    def __init__(self, session: Session, password_hash: str) -> None:
        self.session = session
        self.password_hash = password_hash
        self.catalog: Catalog = published(session)
        # The same story every time; only codes and passwords are secrets.
        self.chance = Random(7)

    def open(self, cohort: Cohort) -> None:
        """Open a class, with the first line of its history."""
        self.session.add(cohort)
        self.session.flush()
        since = cohort.created_at
        self.session.add(Phase(cohort_id=cohort.id, phase=cohort.phase, name=cohort.name, since=since))

    def enter(self, name: str, code: str, phone: str | None = None, email: str | None = None) -> int:
        """Sign a trainee up by an invitation; her id."""
        new = Newcomer(name, phone, email, self.password_hash, code, "zh", None)
        return sign_up(self.session, new, None).person.id

    def promise(self, trainee: int) -> None:
        """Complete her profile and sign the pledge."""
        record(self.session, trainee, "profile.completed")
        record(self.session, trainee, "pledge.signed", "koc", self.catalog.one("pledge")["version"])

    def lessons(self, trainee: int, checks: bool = True) -> Iterator[Lesson]:
        """Her way through all lessons and quizzes of the bronze courses, a lesson a step, with checks or without."""
        for course in self.catalog.courses:
            for stage in course.stages:
                for lesson in stage.lessons:
                    for check in lesson.checks if checks else ():
                        record(self.session, trainee, "question.right", check.key)
                    record(self.session, trainee, "lesson.completed", lesson.key)
                    if lesson is stage.lessons[-1] and stage.quiz:
                        self.take(trainee, stage.quiz)
                    yield lesson

    def take(self, trainee: int, quiz: Quiz, wrong: int = 0) -> Outcome:
        """Take a quiz or an assessment with the first so many answers wrong; what its end led to."""
        lock(self.session, trainee)
        last = latest(self.session, trainee, quiz.key)
        sheet = begin(self.session, trainee, self.catalog, quiz, last, self.chance)
        for n, item in enumerate(sheet.asked):
            missed = frozenset(option.key for option in item.question.options) - item.question.right
            chosen = item.question.right if n >= wrong else frozenset(sorted(missed)[:1])
            sheet, _ = keep(self.session, sheet, item, chosen)
        outcome = finish(self.session, sheet)
        go_through(sheet)
        return outcome


def morning(ago: int) -> datetime:
    """Nine o'clock on a brand day before today."""
    return datetime.combine(clock.today() - timedelta(days=ago), time(9, 5), clock.ZONE)
