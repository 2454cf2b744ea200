"""Rows of rewards: grants, and vouchers with their codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model


class Grant(Model):
    """A reward given to a trainee, once per reward. Without a voucher that it should have, it is owed."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("trainee_id", "reward"), UniqueConstraint("fact_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reward: Mapped[str] = mapped_column(String(40), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    at: Mapped[datetime]

    voucher: Mapped["Voucher | None"] = relationship(back_populates="grant")


class Voucher(Model):
    """One code of a reward's stock; it belongs to at most one grant, and the database sees to that."""

    __tablename__ = "voucher"
    __table_args__ = (
        UniqueConstraint("reward", "code"),
        UniqueConstraint("grant_id"),
        Index("ix_voucher_reward_grant_id", "reward", "grant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reward: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grant.id"))

    grant: Mapped[Grant | None] = relationship(back_populates="voucher")
