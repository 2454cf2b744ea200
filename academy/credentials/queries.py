"""Reads of what can be shown to the world: honours with their achievements, what was taken back, what is shared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from academy import clock
from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.queries import replaced
from academy.achievements.certificates.rules import mask_name, status_of
from academy.achievements.goals import by_fact
from academy.achievements.models import Share
from academy.catalog.content import Catalog, Text
from academy.catalog.queries import published
from academy.credentials.rules import LIST
from academy.criteria.sentences import sentence
from academy.journal.kinds import TAKEN
from academy.journal.models import Fact
from academy.people.models import Person

BADGE, CERTIFICATE = "badge.awarded", "certificate.issued"
HONOURS = (BADGE, CERTIFICATE)


@dataclass(frozen=True)
class Thing:
    """A badge or the design of a certificate: what is won, whoever wins it."""

    document: Mapping[str, Any]
    kind: str
    title: Text
    how: str
    """What its criterion asks for, in the reader's language."""

    @property
    def key(self) -> str:
        return str(self.document["key"])

    @property
    def is_badge(self) -> bool:
        return self.kind == BADGE

    @property
    def is_secret(self) -> bool:
        """Whether only those who have won it know what it is."""
        return bool(self.document.get("secret"))


def badge(catalog: Catalog, key: str) -> Thing | None:
    """A published badge, or one of its levels."""
    found = catalog.badges.get(key)
    return Thing(found, BADGE, found["title"], _asked(catalog, BADGE, key)) if found else None


def design(catalog: Catalog, key: str) -> Thing | None:
    """A published design."""
    if not any(design["key"] == key for design in catalog.one("designs")["designs"]):
        return None
    found = design_document(catalog, key)
    title = found.get("name", found["title"])
    return Thing(found, CERTIFICATE, title, _asked(catalog, "certificate.earned", key))


def _asked(catalog: Catalog, kind: str, key: str) -> str:
    goal = by_fact(catalog).get((kind, key))
    return sentence(catalog, goal.criterion) if goal else _("Awarded by the brand")


@dataclass(frozen=True)
class Honour:
    """Something that somebody has won and may show: a badge, or a certificate with its newest paper."""

    fact: Fact
    holder: Person
    paper: Certificate | None
    gone: bool
    share: Share | None

    @property
    def status(self) -> str:
        """What it is worth today."""
        return status_of(clock.today(), self.expires_on, False, self.gone)

    @property
    def expires_on(self) -> date | None:
        return self.paper.expires_on if self.paper else None

    @property
    def until(self) -> datetime | None:
        """The instant at which it is no longer in force."""
        return clock.beginning(self.expires_on + timedelta(days=1)) if self.expires_on else None

    @property
    def legal_name(self) -> str | None:
        return self.paper.name if self.paper else self.holder.legal_name

    def names(self) -> dict[str, str]:
        """How it may call its holder, for her to choose."""
        masked = {"masked": mask_name(self.legal_name)} if self.legal_name else {}
        return {"nickname": self.holder.name} | masked


def thing(session: Session, catalog: Catalog, honour: Honour) -> Thing | None:
    """What was won: a badge as it is published now, with the number of a limited copy; a certificate as it was issued.

    None if there is no such badge any more.
    """
    if honour.paper:
        return design(published(session, honour.paper.release_id), honour.fact.topic)
    found = badge(catalog, honour.fact.topic)
    if found and "limited" in found.document:
        return replace(found, document={**found.document, "strip": str(honour.fact.value)})
    return found


def own(session: Session, holder_id: int, fact_id: int) -> Honour | None:
    """One of a person's honours; None if it is somebody else's or none. One statement."""
    return _honour(session, Fact.id == fact_id, Fact.trainee_id == holder_id)


def shared(session: Session, share_id: int) -> Honour | None:
    """What a share shows, while it is on. One statement."""
    return _honour(session, Share.id == share_id)


def _honour(session: Session, *which: ColumnElement[bool]) -> Honour | None:
    row = session.execute(
        select(Fact, Person, Certificate, _gone(), Share)
        .join(Person, and_(Person.id == Fact.trainee_id, Person.erased_at.is_(None)))
        .outerjoin(Certificate, and_(Certificate.fact_id == Fact.id, not_(replaced())))
        .outerjoin(Share, and_(Share.fact_id == Fact.id, Share.ended_at.is_(None)))
        .where(Fact.kind.in_(HONOURS), *which)
    ).one_or_none()
    return Honour(*row) if row else None


def revoked(session: Session, number: int) -> list[int] | None:
    """Where in a list of states those are that were taken back; None if the list has not begun."""
    first = number * LIST
    if first > (session.scalar(select(func.max(Fact.id))) or 0):
        return None
    found = select(Fact.id).where(Fact.id.between(first, first + LIST - 1), Fact.kind.in_(HONOURS), _gone())
    return [id - first for id in session.scalars(found)]


def _gone() -> ColumnElement[bool]:
    """Whether what a fact says was won has been taken back since, and not given back."""
    later = aliased(Fact)
    both = {kind: TAKEN[kind] for kind in HONOURS}
    balance = func.sum(case((later.kind.in_([away for away, _back in both.values()]), 1), else_=-1))
    return (
        select(func.coalesce(balance, 0) > 0)
        .where(
            later.trainee_id == Fact.trainee_id,
            later.topic == Fact.topic,
            # Named for the index: which of them fit depends on the fact.
            later.kind.in_([kind for taking in both.values() for kind in taking]),
            or_(*(and_(Fact.kind == kind, later.kind.in_(taking)) for kind, taking in both.items())),
        )
        .correlate(Fact)
        .scalar_subquery()
    )
