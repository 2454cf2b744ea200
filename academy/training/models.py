"""Rows of scripts, of live sessions, and of what happens in them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.people.models import Cohort, Person


class Script(Model):
    """A trainer's own training script; `revision` counts its saves, so that no window overwrites another's unseen."""

    __tablename__ = "script"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]


class Live(Model):
    """A live session: of a class, which opens it by its `code`, or of the block of a lesson that has this key.

    That of a class follows its trainer's hand: `began_at` and `ended_at` are when she said so, and `content` is the
    script as it was when it began. That of a lesson goes by the block's hour and is made when somebody first joins.
    `settled` once everybody's attendance is a fact.
    """

    __tablename__ = "live"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("block", "planned_at"),
        CheckConstraint("(cohort_id IS NULL) <> (block IS NULL)", name="whose"),
        Index("ix_live_cohort_id_planned_at", "cohort_id", "planned_at"),
        Index("ix_live_settled", "settled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(16))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    block: Mapped[str | None] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    script_id: Mapped[int | None] = mapped_column(ForeignKey("script.id"), index=True)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    planned_at: Mapped[datetime]
    minutes: Mapped[int]
    join: Mapped[str] = mapped_column(String(500), default="")
    replay: Mapped[str] = mapped_column(String(500), default="")
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    settled: Mapped[bool] = mapped_column(default=False)

    cohort: Mapped[Cohort | None] = relationship()
    script: Mapped[Script | None] = relationship()

    @property
    def begins(self) -> datetime | None:
        """From when on being there counts; None while nobody knows yet."""
        return self.planned_at if self.block else self.began_at

    @property
    def ends(self) -> datetime | None:
        """Until when it counts; None while nobody knows yet."""
        return self.planned_at + timedelta(minutes=self.minutes) if self.block else self.ended_at

    @property
    def goes_on(self) -> bool:
        """Whether a class is in the middle of it."""
        return self.began_at is not None and self.ended_at is None


class Presence(Model):
    """A trainee at a live session: her ticket in its draws, and the seconds that she was there until `last_at`."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("live_id", "ticket"),)

    live_id: Mapped[int] = mapped_column(ForeignKey("live.id"), primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    ticket: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    seconds: Mapped[int] = mapped_column(default=0)

    live: Mapped[Live] = relationship()
    trainee: Mapped[Person] = relationship()


class Game(Model):
    """The nth game of a session, from when it was opened: until `closes_at` or until somebody closes it.

    A draw has a seed from the first, of which only the digest is shown before; then `entered` are the tickets of those
    who were there, `drawn` those that were drawn.
    """

    __tablename__ = "game"
    __table_args__ = (UniqueConstraint("live_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_id: Mapped[int] = mapped_column(ForeignKey("live.id"))
    n: Mapped[int]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    seed: Mapped[str] = mapped_column(String(64), default="")
    entered: Mapped[list[int]] = mapped_column(JSON, default=list)
    drawn: Mapped[list[int]] = mapped_column(JSON, default=list)

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered, by our clock."""
        return self.closed_at is None and (self.closes_at is None or now < self.closes_at)


class Reply(Model):
    """What a trainee chose in a game, the first time and for good; `choice` counts from 0."""

    __tablename__ = "reply"

    game_id: Mapped[int] = mapped_column(ForeignKey("game.id"), primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    choice: Mapped[int]
    right: Mapped[bool]
    at: Mapped[datetime]
