"""Rows of hand-ins (作业)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.journal.models import Fact
from academy.people.models import Person


class HandIn(Model):
    """What a trainee handed in for a practice; `verdict` is the fact of its being accepted or returned.

    At most one waits for a verdict per trainee and practice. One about her group says how many people she counts in it
    (what her trainer counts is a fact), whether she may be named where it is announced (标杆), and when it was.
    """

    __tablename__ = "hand_in"
    __table_args__ = (
        UniqueConstraint("trainee_id", "practice", "number"),
        UniqueConstraint("verdict_id"),
        Index(
            "uq_hand_in_waiting",
            "trainee_id",
            "practice",
            unique=True,
            sqlite_where=text("verdict_id IS NULL"),
            postgresql_where=text("verdict_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    practice: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(4000))
    at: Mapped[datetime] = mapped_column(index=True)
    people: Mapped[int | None]
    named: Mapped[bool] = mapped_column(default=False)
    announced_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(String(2000), default="")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id"))

    trainee: Mapped[Person] = relationship(foreign_keys=[trainee_id])
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])
    verdict: Mapped[Fact | None] = relationship()
    pictures: Mapped[list["Picture"]] = relationship(order_by="Picture.position", back_populates="hand_in")

    @property
    def state(self) -> str:
        """`waiting`, `accepted` or `returned`."""
        return self.verdict.kind.removeprefix("handin.") if self.verdict else "waiting"


class Picture(Model):
    """A picture of a hand-in, re-encoded by us; `file` names it in the file room."""

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("hand_in_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"))
    position: Mapped[int]
    file: Mapped[str] = mapped_column(String(80))
    width: Mapped[int]
    height: Mapped[int]

    hand_in: Mapped[HandIn] = relationship(back_populates="pictures")
