"""Rows of hand-ins (作业) and of what is said to them."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.journal.models import Fact
from academy.people.models import Person
from academy.practice.rules import KINDS, SCOPES, STAND

WAITS = text("verdict_id IS NULL")
OWNED = text("owner_id IS NOT NULL")
UGC_ONLY = text("kind = 'ugc'")


class HandIn(Model):
    """What a trainee handed in for a practice or, as UGC, for a brief; `practice` is the key of either.

    `verdict` is the fact of its being accepted or returned, and `state` what follows from it: where it stands. A
    returned one that was handed in again is `revised`. At most one waits for a verdict per trainee and task. `checks`
    are the lines that she ticked, as they were worded; `scores` the stars by aspect of the rubric. `owner` is who has
    been given it, or has taken it; of others the trainer of the class takes care.

    One about her group says how many people she counts in it (what her trainer counts is a fact), whether she may be
    named where it is announced (标杆), and when it was.
    """

    __tablename__ = "hand_in"
    __table_args__ = (
        UniqueConstraint("trainee_id", "practice", "number"),
        UniqueConstraint("verdict_id"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {STAND}", name="state"),
        Index("uq_hand_in_waiting", "trainee_id", "practice", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
        # A desk reads what waits by when it is due, and what was judged by when it was.
        Index("ix_hand_in_state_due", "state", "due", "id"),
        Index("ix_hand_in_state_verdict_id", "state", "verdict_id"),
        Index("ix_hand_in_owner_id_state", "owner_id", "state", sqlite_where=OWNED, postgresql_where=OWNED),
        Index("ix_hand_in_ugc", "state", "verdict_id", sqlite_where=UGC_ONLY, postgresql_where=UGC_ONLY),
        # What fellow students may be shown of a task.
        Index("ix_hand_in_practice_shared_state", "practice", "shared", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10), default="handin")
    practice: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(4000))
    link: Mapped[str] = mapped_column(String(500), default="")
    checks: Mapped[list[str]] = mapped_column(JSON, default=list)
    at: Mapped[datetime] = mapped_column(index=True)
    due: Mapped[datetime]
    people: Mapped[int | None]
    named: Mapped[bool] = mapped_column(default=False)
    announced_at: Mapped[datetime | None]
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether fellow students may read it, without her name."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    comment: Mapped[str] = mapped_column(String(2000), default="")
    scores: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id"))

    trainee: Mapped[Person] = relationship(foreign_keys=[trainee_id])
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])
    verdict: Mapped[Fact | None] = relationship()
    pictures: Mapped[list["Picture"]] = relationship(order_by="Picture.position", back_populates="hand_in")
    remarks: Mapped[list["Remark"]] = relationship(order_by="(Remark.start, Remark.end, Remark.id)", viewonly=True)
    licence: Mapped["Licence | None"] = relationship(back_populates="hand_in")


class Picture(Model):
    """A picture of a hand-in, re-encoded by us; `file` names it in the file room."""

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("hand_in_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"))
    position: Mapped[int]
    file: Mapped[str] = mapped_column(String(80), index=True)
    width: Mapped[int]
    height: Mapped[int]

    hand_in: Mapped[HandIn] = relationship(back_populates="pictures")


class Remark(Model):
    """What a trainer says to a passage, from one letter of the text up to another; shown once there is a verdict."""

    __tablename__ = "remark"
    __table_args__ = (UniqueConstraint("hand_in_id", "author_id", "start", "end", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]

    author: Mapped[Person] = relationship()


class Phrase(Model):
    """What a trainer often says in a comment, for her to put in at a touch, or for all trainers."""

    __tablename__ = "phrase"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    shared: Mapped[bool] = mapped_column(default=False)

    owner: Mapped[Person] = relationship()


class Licence(Model):
    """What the author of a piece of UGC lets the brand do with it, and for how many months from the verdict on.

    `portrait` is whether who is seen in its pictures has agreed to that. What she takes back is recalled.
    """

    __tablename__ = "licence"
    __table_args__ = (CheckConstraint(f"scope IN {SCOPES}", name="scope"),)

    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(10))
    months: Mapped[int]
    portrait: Mapped[bool]
    withdrawn_at: Mapped[datetime | None]

    hand_in: Mapped[HandIn] = relationship(back_populates="licence")


class PeerReview(Model):
    """What a fellow student says to a hand-in, with stars; it decides nothing, and staff may hide it."""

    __tablename__ = "peer_review"
    __table_args__ = (UniqueConstraint("hand_in_id", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scores: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    comment: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]

    hand_in: Mapped[HandIn] = relationship()
    author: Mapped[Person] = relationship()
