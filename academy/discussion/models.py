"""Rows of what is said under lessons."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.discussion.rules import REASONS, STATES
from academy.people.models import Person

QUESTION = text("question_id IS NULL")
ACCEPTED = text("accepted")
OPEN = text("settled_at IS NULL")


class Post(Model):
    """A question under a lesson, or an answer to one.

    `state` is where it stands; one that waits is shown to others only where the academy doesn't moderate. `version`
    goes up with every change, so that nobody judges what she has not read. `reason` is why it was taken down. An answer
    is `accepted` once and for all. Nobody answers a question that is locked.
    """

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_post_lesson", "lesson", "id", sqlite_where=QUESTION, postgresql_where=QUESTION),
        Index("ix_post_question_id", "question_id", "id"),
        Index("ix_post_state", "state", "id"),
        Index("uq_post_accepted", "question_id", unique=True, sqlite_where=ACCEPTED, postgresql_where=ACCEPTED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(String(60))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(String(300), default="")
    accepted: Mapped[bool] = mapped_column(default=False)
    locked_at: Mapped[datetime | None]

    author: Mapped[Person] = relationship()
    question: Mapped["Post | None"] = relationship(remote_side=[id])


class Report(Model):
    """Somebody thinks that a post should be looked at (举报); settled once a trainer has."""

    __tablename__ = "post_report"
    __table_args__ = (
        CheckConstraint(f"reason IN {REASONS}", name="reason"),
        Index("ix_post_report_open", "post_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
