"""Reads of the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.queries import newest
from academy.journal.models import Entry, Fact, Standing
from academy.journal.presence import ACTIVE, absent_since
from academy.people.models import Person


@dataclass(frozen=True)
class Visitor:
    """Who asks for a page, where she stands, and which release she sees: one statement."""

    person: Person
    standing: Standing | None
    release: int


def visitor(session: Session, person_id: int) -> Visitor | None:
    """The person behind a session."""
    row = session.execute(
        select(Person, Standing, newest.label("release"))
        .outerjoin(Standing, Standing.trainee_id == Person.id)
        .where(Person.id == person_id)
    ).first()
    return Visitor(row[0], row[1], row[2] or 0) if row else None


def standing(session: Session, trainee_id: int) -> Standing:
    """A trainee's tier and balances, as they are now."""
    return session.scalars(
        select(Standing).where(Standing.trainee_id == trainee_id).execution_options(populate_existing=True)
    ).one()


def topics(session: Session, trainee_id: int, kind: str) -> set[str]:
    """The topics of a trainee's facts of one kind: her completed lessons, her badges, …"""
    return set(session.scalars(select(Fact.topic).where(Fact.trainee_id == trainee_id, Fact.kind == kind).distinct()))


def done(session: Session, trainee_id: int, kinds: Iterable[str]) -> dict[str, set[str]]:
    """The topics of several kinds in one statement."""
    kinds = list(kinds)
    found: dict[str, set[str]] = {kind: set() for kind in kinds}
    rows = session.execute(
        select(Fact.kind, Fact.topic).where(Fact.trainee_id == trainee_id, Fact.kind.in_(kinds)).distinct()
    )
    for kind, topic in rows:
        found[kind].add(topic)
    return found


def facts(session: Session, trainee_id: int, kinds: Iterable[str]) -> list[Fact]:
    """A trainee's facts of some kinds, newest first."""
    return list(
        session.scalars(
            select(Fact)
            .where(Fact.trainee_id == trainee_id, Fact.kind.in_(list(kinds)))
            .order_by(Fact.at.desc(), Fact.id.desc())
        )
    )


def days(session: Session, trainee_id: int, kind: str) -> list[date]:
    """The brand days on which a fact of a kind happened, oldest first."""
    return list(
        session.scalars(
            select(Fact.day).where(Fact.trainee_id == trainee_id, Fact.kind == kind).distinct().order_by(Fact.day)
        )
    )


def earned(session: Session, trainee_id: int, rule: str, since: date) -> tuple[int, dict[str, int]]:
    """How often a rule paid since a day, and how much of each currency."""
    rows = session.execute(
        select(Entry.currency, func.count(), func.sum(Entry.amount))
        .where(Entry.trainee_id == trainee_id, Entry.rule == rule, Entry.day >= since)
        .group_by(Entry.currency)
    ).all()
    return max((times for _, times, _ in rows), default=0), {c: int(amount) for c, _, amount in rows}


def entries(session: Session, trainee_id: int, limit: int = 50) -> list[tuple[Entry, Fact]]:
    """The newest lines of a trainee's ledger with the facts behind them."""
    rows = session.execute(
        select(Entry, Fact)
        .join(Fact, Fact.id == Entry.fact_id)
        .where(Entry.trainee_id == trainee_id)
        .order_by(Entry.id.desc())
        .limit(limit)
    )
    return [(entry, fact) for entry, fact in rows]


def absent_on(day: date) -> ColumnElement[bool]:
    """Whether a person neither checked in nor finished a lesson on a brand day nor on the three before it."""
    since = absent_since(day)
    was_here = exists().where(Fact.trainee_id == Person.id, Fact.kind.in_(ACTIVE), Fact.day.between(since, day))
    return and_(Person.created_at < clock.beginning(since), ~was_here)
