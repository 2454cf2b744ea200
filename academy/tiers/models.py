"""Papers of the ladder: what staff decided about a promotion, and what a trainee said against a step down."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import Model

OPEN = text("answered_at IS NULL")


class Decision(Model):
    """What a member of staff decided about a promotion that waits for approval, and why; its fact says which."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("fact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]


class Appeal(Model):
    """A trainee's word against a step down, once for each; `restored_id` is the fact that gave her tier back."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("fact_id"),
        UniqueConstraint("restored_id"),
        Index("ix_appeal_open", "at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    said: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(String(500), default="")
    restored_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id"))
