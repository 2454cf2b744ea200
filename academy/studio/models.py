"""Rows of what is being brought up."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import Model


class Upload(Model):
    """A file on its way, piece by piece; how much of it is there is what lies in the file room."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(index=True)
    file: Mapped[str | None] = mapped_column(String(60))
