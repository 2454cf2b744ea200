"""Rows of certificates: what was issued, revoked, asked to be corrected, and the counter of each day's serials."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.people.models import Person

UNANSWERED = text("answered_at IS NULL")


class Certificate(Model):
    """An issued certificate: a design as it was then, and what was set on it.

    Serial and code together open its public page; the code alone, or the serial alone, opens nothing. A reprint with
    another name is a further version of the same honour, and replaces the one before.
    """

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("serial"), UniqueConstraint("fact_id", "version"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    version: Mapped[int] = mapped_column(default=1)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    design: Mapped[str] = mapped_column(String(40))
    serial: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    salutation: Mapped[str] = mapped_column(String(8), default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    """The last day in force, fixed when it is issued."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whom of the staff it was issued by; None where a rule did it."""
    quiet: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its holder is told nothing of it on her page of today."""
    links: Mapped[int] = mapped_column(default=0)
    """How often its holder withdrew the links to it that she had shared."""

    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])


class Batch(Model):
    """Certificates of one design that staff issue together: how their people were chosen, and what is set on them.

    Until it is begun it is only a list to be checked. `runs` counts how often staff let it begin or go on.
    """

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    design: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    issued_on: Mapped[date | None]
    """The day that the papers bear; None is the day on which it is begun."""
    quiet: Mapped[bool] = mapped_column(default=False)
    runs: Mapped[int] = mapped_column(default=0)

    by: Mapped[Person] = relationship()


class Pick(Model):
    """One of a batch's people, and which of her certificates of that design is to be issued: her first is 1.

    The journal holds one fact of that number, so it is issued once, whoever else issues it at the same time.
    """

    __tablename__ = "pick"
    __table_args__ = (UniqueConstraint("batch_id", "place"), UniqueConstraint("certificate_id"))

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    place: Mapped[int]
    number: Mapped[int]
    ticked: Mapped[bool] = mapped_column(default=True)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    """What this batch issued to her."""
    why: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Why hers could not be issued when it was tried last."""


class Revocation(Model):
    """Why staff took a certificate back, and perhaps gave it back later; while it is open, no paper of that design is
    in force for its holder, and none is issued to her."""

    __tablename__ = "revocation"
    __table_args__ = (UniqueConstraint("fact_id"), UniqueConstraint("restored_fact_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    reason: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    restored_fact_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id"))
    restored_reason: Mapped[str] = mapped_column(String(200), default="")
    restored_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    restored_at: Mapped[datetime | None]

    certificate: Mapped[Certificate] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    restored_by: Mapped[Person | None] = relationship(foreign_keys=[restored_by_id])


class Correction(Model):
    """A holder's wish to have the name on a paper corrected, and what staff made of it."""

    __tablename__ = "correction"
    __table_args__ = (
        Index(
            "uq_correction_open", "certificate_id", unique=True, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
        ),
        Index("ix_correction_open", "at", sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    salutation: Mapped[str] = mapped_column(String(8), default="")
    said: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(String(200), default="")
    reprint_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    """The paper that was printed for it; None while it is open, or where it was declined."""

    certificate: Mapped[Certificate] = relationship(foreign_keys=[certificate_id])


class Serial(Model):
    """The last serial given on a day."""

    __tablename__ = "serial"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
