"""Rows of badges."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.journal.models import Fact
from academy.people.models import Person

MOST_SAID = 200


class Edition(Model):
    """How many copies of a limited badge are taken; which one is whose says the value of her fact."""

    __tablename__ = "edition"
    __table_args__ = (CheckConstraint("taken > 0", name="taken"),)

    badge: Mapped[str] = mapped_column(String(60), primary_key=True)
    taken: Mapped[int]


class ByHand(Model):
    """Why a member of staff gave a badge, withdrew it or gave it back; the fact says which and when."""

    __tablename__ = "by_hand"

    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(MOST_SAID))

    fact: Mapped[Fact] = relationship()
    by: Mapped[Person] = relationship()


class Announcement(Model):
    """An honour that was announced in a class's group outside; staff paste it there and put it on record."""

    __tablename__ = "announcement"

    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
