"""Rows of what is played: a playthrough of a package, and what each of its parts told."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.scorm.rules import STATUSES

OPEN = text("finished_at IS NULL")


class Playthrough(Model):
    """Somebody's nth way through a package, in the version that was published when she began.

    It goes on where she left it until it is finished. `launch` counts how often the player was opened: only the newest
    saves, and each of its saves has a higher number than those before.
    """

    __tablename__ = "playthrough"
    __table_args__ = (
        UniqueConstraint("trainee_id", "package", "number"),
        Index("uq_playthrough_open", "trainee_id", "package", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_playthrough_package", "package"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    package: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    launch: Mapped[int] = mapped_column(default=0)
    saves: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    parts: Mapped[list["Part"]] = relationship(order_by="Part.position", cascade="all, delete-orphan")


class Part(Model):
    """A SCO or an asset of a playthrough: the `position`th line of the table of contents.

    `data` is what it told last, by element of the data model, and its mastery score. `seconds` is how long it was
    played in sessions before the one that `session` numbers within the launch; `ended` says whether that is over.
    """

    __tablename__ = "playthrough_part"
    __table_args__ = (CheckConstraint(f"status IN {STATUSES}", name="status"),)

    playthrough_id: Mapped[int] = mapped_column(ForeignKey("playthrough.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(13))
    seconds: Mapped[int] = mapped_column(default=0)
    session: Mapped[int] = mapped_column(default=0)
    ended: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, str]] = mapped_column(JSON)
