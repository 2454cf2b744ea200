"""Rows of attempts. An attempt keeps its draw, so that reloading never changes what is asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model


class Attempt(Model):
    """One attempt (一次作答) at a quiz or assessment.

    `draw` lists the questions asked in order, each with its options in the order shown. The score is the value of
    the fact `quiz.finished`; an attempt without a fact is still open. `reviewed_at` is when its wrong answers had
    been gone through, which opens the next attempt.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("trainee_id", "quiz", "number"),
        UniqueConstraint("fact_id"),
        Index(
            "uq_attempt_open",
            "trainee_id",
            "quiz",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        CheckConstraint("(finished_at IS NULL) = (fact_id IS NULL)", name="finished"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    quiz: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    draw: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    fact_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id"))

    answers: Mapped[list["Answer"]] = relationship(back_populates="attempt", order_by="Answer.id")


class Answer(Model):
    """What was chosen for one question of an attempt."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    question: Mapped[str] = mapped_column(String(60))
    chosen: Mapped[list[str]] = mapped_column(JSON)
    right: Mapped[bool]
    at: Mapped[datetime]

    attempt: Mapped[Attempt] = relationship(back_populates="answers")
