"""Rows of certificates: what was issued, and the counter of each day's serials."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import Model


class Certificate(Model):
    """An issued certificate: a design as it was then, and what was set on it.

    Serial and code together open its public page; the code alone, or the serial alone, opens nothing.
    """

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("serial"), UniqueConstraint("fact_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    design: Mapped[str] = mapped_column(String(40))
    serial: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    salutation: Mapped[str] = mapped_column(String(8), default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]


class Serial(Model):
    """The last serial given on a day."""

    __tablename__ = "serial"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
