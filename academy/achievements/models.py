"""What somebody shows of what she has won."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import Model

OPEN = text("ended_at IS NULL")


class Share(Model):
    """A badge or a certificate that its holder lets everybody see who has the link, under the name that she chose.

    `fact_id` is that of having won it. The link holds the signed id of this row; ended, it opens nothing any more.
    """

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint("named IN ('nickname', 'masked')", name="named"),
        Index("uq_share_open", "fact_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"), index=True)
    named: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
