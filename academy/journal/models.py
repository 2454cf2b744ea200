"""Rows of the journal. Facts are the truth; tallies, ledger balances and standing can be rebuilt from them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import Model

TAKEN = text("kind = 'material.taken'")
DUE = text("due IS NOT NULL")


class Fact(Model):
    """Something that happened to a trainee, once and for all."""

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("trainee_id", "kind", "topic", "occurrence"),
        Index("ix_fact_trainee_id_kind_day", "trainee_id", "kind", "day"),
        Index("ix_fact_trainee_id_at", "trainee_id", "at"),
        # Who took a material, to be counted and, when it is withdrawn, to be told.
        Index("ix_fact_taken", "topic", "trainee_id", sqlite_where=TAKEN, postgresql_where=TAKEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(32))
    topic: Mapped[str] = mapped_column(String(60), default="")
    occurrence: Mapped[str] = mapped_column(String(32), default="")
    value: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    day: Mapped[date]


class Measure(Model):
    """An interned (kind, topic); the topic `*` measures a kind as a whole."""

    __tablename__ = "measure"
    __table_args__ = (UniqueConstraint("kind", "topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    topic: Mapped[str] = mapped_column(String(60))


class Tally(Model):
    """Count, sum, first, best and last value of a trainee's facts of one measure."""

    __tablename__ = "tally"
    # Clustered by trainee: judging a million trainees reads it in order.
    __table_args__ = ({"sqlite_with_rowid": False},)

    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"), primary_key=True)
    count: Mapped[int]
    total: Mapped[int]
    first: Mapped[int]
    best: Mapped[int]
    last: Mapped[int]


class Entry(Model):
    """A line of the ledger: what a fact earned under a rule. A counter-entry takes it back."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("fact_id", "rule", "currency", "counter"),
        Index("ix_entry_trainee_id_rule_day", "trainee_id", "rule", "day"),
        CheckConstraint("currency IN ('growth', 'feathers')", name="currency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    rule: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(10))
    counter: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int]
    at: Mapped[datetime]
    day: Mapped[date]


class Standing(Model):
    """Where a trainee stands: her tier, since when, and her two balances.

    `due` is the next day on which time alone may change what she qualifies for; None where only facts can.
    """

    __tablename__ = "standing"
    __table_args__ = (Index("ix_standing_due", "due", sqlite_where=DUE, postgresql_where=DUE),)

    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tier: Mapped[str] = mapped_column(String(32), index=True)
    since: Mapped[date]
    growth: Mapped[int] = mapped_column(default=0, index=True)
    feathers: Mapped[int] = mapped_column(default=0)
    due: Mapped[date | None]


class Rank(Model):
    """How many trainees of a tier had how much growth at the last count; a place among them is a sum over few rows."""

    __tablename__ = "rank"

    tier: Mapped[str] = mapped_column(String(32), primary_key=True)
    growth: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
