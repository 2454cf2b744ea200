"""Reads of the journal."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, String, and_, bindparam, cast, exists, func, inspect, select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.queries import newest
from academy.journal.models import Entry, Fact, Rank, Standing
from academy.journal.presence import ACTIVE, absent_since
from academy.people.models import Cohort, Membership, Person, Trait, Waiting

_person, _standing, _fact = Person.__table__.c, Standing.__table__.c, Fact.__table__.c
_last = select(func.max(_fact.id)).where(_fact.trainee_id == _person.id).correlate(Person.__table__).scalar_subquery()
_member, _cohort, _trainer = Membership.__table__.c, Cohort.__table__.c, Person.__table__.alias("trainer")
_trait, _waiting = Trait.__table__.c, Waiting.__table__.c
_noted = _trait.kind + ":" + _trait.key + "=" + cast(_trait.value, String)
_traits = select(func.aggregate_strings(_noted, "\n")).where(_trait.trainee_id == _person.id)
_visitor = (
    select(
        *(newest, _cohort.name.label("cohort"), _trainer.c.name.label("trainer")),
        *(_last, _member.id, exists().where(_waiting.trainee_id == _person.id)),
        _traits.correlate(Person.__table__).scalar_subquery(),
        *(*_person, *_standing),
    )
    .select_from(
        Person.__table__.outerjoin(Standing.__table__, _standing.trainee_id == _person.id)
        .outerjoin(Membership.__table__, (_member.trainee_id == _person.id) & _member.until.is_(None))
        .outerjoin(Cohort.__table__, _cohort.id == _member.cohort_id)
        .outerjoin(_trainer, _trainer.c.id == _cohort.trainer_id)
    )
    .where(_person.id == bindparam("person"))
)
_PERSON, _STANDING = tuple(_person.keys()), tuple(_standing.keys())


class Known(NamedTuple):
    """What all that is read of a trainee hangs on: the journal only grows, so until her next fact it stays as it is;
    her seat, whether she waits for one, and her traits, staff change without a fact."""

    fact: int
    seat: int | None
    waits: bool
    traits: str | None


@dataclass(frozen=True)
class Visitor:
    """Who asks for a page, where she stands and learns, which release she sees, and what is known: one statement.

    Person and standing are read as they are and belong to no session: whoever writes reads them anew, under the lock.
    """

    person: Person
    standing: Standing | None
    release: int
    known: Known
    cohort: str | None
    trainer: str | None


def visitor(connection: Connection, person_id: int) -> Visitor | None:
    """The person behind a session."""
    row = connection.execute(_visitor, {"person": person_id}).first()
    if row is None:
        return None
    release, cohort, trainer, last, seat, waits, traits, *values = row
    known = Known(last or 0, seat, bool(waits), traits)
    person = _as_read(Person, zip(_PERSON, values, strict=False))
    standing = _as_read(Standing, zip(_STANDING, values[len(_PERSON) :], strict=True))
    return Visitor(person, standing if standing.trainee_id else None, release or 0, known, cohort, trainer)


Read = TypeVar("Read", Person, Standing)


def _as_read(model: type[Read], values: Iterable[tuple[str, Any]]) -> Read:
    row: Read = inspect(model).class_manager.new_instance()
    row.__dict__.update(values)
    return row


def standing(session: Session, trainee_id: int) -> Standing:
    """A trainee's tier and balances, as they are now."""
    return session.scalars(
        select(Standing).where(Standing.trainee_id == trainee_id).execution_options(populate_existing=True)
    ).one()


def topics(session: Session, trainee_id: int, kind: str) -> set[str]:
    """The topics of a trainee's facts of one kind: her completed lessons, her badges, …"""
    return set(session.scalars(select(Fact.topic).where(Fact.trainee_id == trainee_id, Fact.kind == kind).distinct()))


@dataclass(frozen=True)
class Happened(Mapping[str, frozenset[str]]):
    """The topics of a trainee's facts by kind, none where nothing happened; compared by value."""

    pairs: frozenset[tuple[str, str]]

    def __getitem__(self, kind: str) -> frozenset[str]:
        return frozenset(topic for of, topic in self.pairs if of == kind)

    def __iter__(self) -> Iterator[str]:
        return iter({kind for kind, _topic in self.pairs})

    def __len__(self) -> int:
        return len({kind for kind, _topic in self.pairs})


def done(session: Session, trainee_id: int, kinds: Iterable[str]) -> Happened:
    """What happened of several kinds, in one statement."""
    rows = session.execute(_done(tuple(kinds)), {"trainee": trainee_id})
    return Happened(frozenset((kind, topic) for kind, topic in rows))


@lru_cache
def _done(kinds: tuple[str, ...]) -> Select[str, str]:
    fact = Fact.__table__.c
    return select(fact.kind, fact.topic).where(fact.trainee_id == bindparam("trainee"), fact.kind.in_(kinds))


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


@dataclass(frozen=True)
class Place:
    """Where a trainee's growth stands among those of her tier, as counted last night."""

    above: int
    """How many have more."""
    people: int


def place(session: Session, tier: str, growth: int) -> Place:
    """A place in a tier; nobody has been counted there yet where `people` is 0."""
    above, people = session.execute(
        select(
            func.coalesce(func.sum(Rank.people).filter(Rank.growth > growth), 0),
            func.coalesce(func.sum(Rank.people), 0),
        ).where(Rank.tier == tier)
    ).one()
    return Place(int(above), int(people))
