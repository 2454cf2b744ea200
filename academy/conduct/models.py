"""The paper of a violation."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.journal.models import Fact
from academy.people.models import Person


class Case(Model):
    """What staff say about a violation, and later about lifting it; the facts say which rule, how grave, and when."""

    __tablename__ = "conduct_case"
    __table_args__ = (UniqueConstraint("fact_id"), UniqueConstraint("lifted_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    lifted_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id"))
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_note: Mapped[str] = mapped_column(String(500), default="")
    lifted_at: Mapped[datetime | None]

    trainee: Mapped[Person] = relationship(foreign_keys=[trainee_id])
    fact: Mapped[Fact] = relationship(foreign_keys=[fact_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])

    @property
    def serious(self) -> bool:
        return self.fact.kind == "violation.serious"
