"""What an application page says of its own."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import Model


class Wording(Model):
    """The duties and honours that a recruiting group states; what is empty is said in the academy's words."""

    __tablename__ = "wording"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    duties: Mapped[str] = mapped_column(String(1000), default="")
    honours: Mapped[str] = mapped_column(String(1000), default="")
