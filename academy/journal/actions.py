"""Writes of the journal. Only `achievements.record` and the doctor call them."""

from collections.abc import Sequence, Set
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, case, delete, func, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.db import insert, prepared
from academy.journal.kinds import KINDS
from academy.journal.models import Entry, Fact, Measure, Rank, Standing, Tally
from academy.people.actions import take_turn
from academy.people.models import Person

WHOLE = "*"

# Core, and put together once: these run with every fact, and SQLAlchemy takes longer over them than the database.
_tables: list[Any] = [model.__table__ for model in (Fact, Measure, Tally, Entry, Standing)]
_fact, _measure, _tallies, _entry, _standing = _tables


def start(session: Session, trainee_id: int, tier: str) -> None:
    """Give a new trainee her standing; the next night finds out when she is due."""
    session.add(Standing(trainee_id=trainee_id, tier=tier, since=clock.today(), due=clock.today()))
    session.flush()


class NewFact(NamedTuple):
    """What happened to a trainee, to be written as a fact."""

    trainee_id: int
    kind: str
    topic: str = ""
    occurrence: str = ""
    value: int = 1


def write(
    session: Session,
    trainee_id: int,
    kind: str,
    topic: str = "",
    occurrence: str = "",
    value: int = 1,
    at: datetime | None = None,
) -> Fact | None:
    """Write a fact and its tallies; None if it is known already. An unknown kind is a KeyError."""
    return next(iter(write_all(session, [NewFact(trainee_id, kind, topic, occurrence, value)], at)), None)


def write_all(session: Session, told: Sequence[NewFact], at: datetime | None = None) -> list[Fact]:
    """Write facts and their tallies, as many as they are in the same few statements; those that weren't known already,
    in their order. An unknown kind is a KeyError."""
    if not told:
        return []
    at = at or clock.now()
    when = {"at": at, "day": clock.day_of(at)}
    for one in told:
        KINDS[one.kind]
    rows = session.execute(_written(session), [one._asdict() | when for one in told])
    new = {tuple(key): id for id, *key in rows}
    facts = [Fact(id=id, **one._asdict(), **when) for one in told if (id := new.pop(one[:4], None))]
    if facts:
        _tally(session, facts)
    return facts


@prepared
def _written(insert: Any) -> Any:
    key = (_fact.c[name] for name in ("id", "trainee_id", "kind", "topic", "occurrence"))
    return insert(_fact).on_conflict_do_nothing().returning(*key)


def _tally(session: Session, facts: Sequence[Fact]) -> None:
    counted = [(fact, of) for fact in facts for of in {fact.topic or WHOLE, WHOLE}]
    ids = _measures(session, {(fact.kind, of) for fact, of in counted})
    rows = [
        {"trainee_id": fact.trainee_id, "measure_id": ids[fact.kind, of], "count": 1}
        | dict.fromkeys(("total", "first", "best", "last"), fact.value)
        for fact, of in counted
    ]
    session.execute(_tallied(session), rows)


@prepared
def _tallied(insert: Any) -> Any:
    first, old = insert(_tallies), _tallies.c
    new = first.excluded
    more = {
        "count": old.count + 1,
        "total": old.total + new.total,
        "best": case((new.best > old.best, new.best), else_=old.best),
        "last": new.last,
    }
    return first.on_conflict_do_update(index_elements=["trainee_id", "measure_id"], set_=more)


def _measures(session: Session, wanted: Set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The ids of measures; one is made where there is none yet."""
    kinds, topics = zip(*wanted, strict=True)
    while True:
        rows = session.execute(_measured, {"kinds": kinds, "topics": topics})
        found = {(kind, topic): id for id, kind, topic in rows}
        missing = wanted - found.keys()
        if not missing:
            return found
        # Two who make the first of the same in opposite orders would wait for each other for ever.
        take_turn(session)
        session.execute(_begun(session), [{"kind": kind, "topic": topic} for kind, topic in missing])


@prepared
def _begun(insert: Any) -> Any:
    return insert(_measure).on_conflict_do_nothing()


_measured = select(_measure).where(
    _measure.c.kind.in_(bindparam("kinds", expanding=True)), _measure.c.topic.in_(bindparam("topics", expanding=True))
)


def post(session: Session, fact: Fact, rule: str, currency: str, amount: int) -> bool:
    """Post what a fact earned, once, and move the balance with it."""
    new = {
        "trainee_id": fact.trainee_id,
        "fact_id": fact.id,
        "rule": rule,
        "currency": currency,
        "counter": False,
        "amount": amount,
        "at": fact.at,
        "day": fact.day,
    }
    if session.execute(_posted(session), new).first() is None:
        return False
    session.execute(_MOVED[currency], {"trainee": fact.trainee_id, "more": amount})
    return True


@prepared
def _posted(insert: Any) -> Any:
    return insert(_entry).on_conflict_do_nothing().returning(_entry.c.id)


_MOVED = {
    balance: update(_standing)
    .where(_standing.c.trainee_id == bindparam("trainee"))
    .values({balance: _standing.c[balance] + bindparam("more", type_=Integer)})
    for balance in ("growth", "feathers")
}


def stand(session: Session, trainee_id: int, tier: str, since: date | None = None) -> None:
    """Move a trainee to a tier, from today on or as if she had never left it."""
    session.execute(
        update(Standing)
        .where(Standing.trainee_id == trainee_id)
        .values(tier=tier, since=since or clock.today())
        .execution_options(synchronize_session=False)
    )


def count_ranks(session: Session) -> None:
    """Count anew how many trainees of each tier have how much growth."""
    living = select(Standing.tier, Standing.growth, func.count()).join(Person, Person.id == Standing.trainee_id)
    counted = living.where(Person.erased_at.is_(None)).group_by(Standing.tier, Standing.growth)
    session.execute(delete(Rank))
    session.execute(insert(session, Rank).from_select(["tier", "growth", "people"], counted))
