"""Rows of authored content.

A document is named by (kind, key). Publishing writes a release and the documents that changed with it; what
is published is, for each document, its newest version. Nothing is overwritten, so a paper can point at the
version that it was made from.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import Model


class Release(Model):
    """One act of publishing; its id is the version of the whole catalog."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(200), default="")


class Version(Model):
    """A document as a release published it; without content it was withdrawn."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("kind", "key", "release_id"),
        CheckConstraint("origin IN ('pack', 'studio')", name="origin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    origin: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Draft(Model):
    """A document as it is being edited; `revision` counts its saves, so that nobody overwrites another's unseen.

    `version_id` is the published version that it began from; none where nothing of it was published yet.
    """

    __tablename__ = "draft"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    revision: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Snapshot(Model):
    """A draft as one save left it, to go back to; one without content was published or discarded there."""

    __tablename__ = "snapshot"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
