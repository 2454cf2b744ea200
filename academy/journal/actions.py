"""Writes of the journal. Only `achievements.record` and the doctor call them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.db import insert
from academy.journal.kinds import KINDS
from academy.journal.models import Entry, Fact, Measure, Rank, Standing, Tally
from academy.people.models import Person

WHOLE = "*"


def start(session: Session, trainee_id: int, tier: str) -> None:
    """Give a new trainee her standing; the next night finds out when she is due."""
    session.add(Standing(trainee_id=trainee_id, tier=tier, since=clock.today(), due=clock.today()))
    session.flush()


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
    KINDS[kind]
    at = at or clock.now()
    values: dict[str, Any] = {
        "trainee_id": trainee_id,
        "kind": kind,
        "topic": topic,
        "occurrence": occurrence,
        "value": value,
        "at": at,
        "day": clock.day_of(at),
    }
    new = session.execute(insert(session, Fact).values(**values).on_conflict_do_nothing().returning(Fact.id)).scalar()
    if new is None:
        return None
    for of in {topic or WHOLE, WHOLE}:
        _tally(session, trainee_id, _measure(session, kind, of), value)
    return Fact(id=new, **values)


def _measure(session: Session, kind: str, topic: str) -> int:
    wanted = select(Measure.id).where(Measure.kind == kind, Measure.topic == topic)
    found = session.scalar(wanted)
    if found is None:
        session.execute(insert(session, Measure).values(kind=kind, topic=topic).on_conflict_do_nothing())
        found = session.scalar(wanted)
    assert found is not None
    return found


def _tally(session: Session, trainee_id: int, measure_id: int, value: int) -> None:
    new = insert(session, Tally).values(
        trainee_id=trainee_id,
        measure_id=measure_id,
        count=1,
        total=value,
        first=value,
        best=value,
        last=value,
    )
    best = func.max(Tally.best, value) if _is_sqlite(session) else func.greatest(Tally.best, value)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["trainee_id", "measure_id"],
            set_={
                "count": Tally.count + 1,
                "total": Tally.total + value,
                "best": best,
                "last": value,
            },
        )
    )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def post(session: Session, fact: Fact, rule: str, currency: str, amount: int) -> bool:
    """Post what a fact earned, once, and move the balance with it."""
    new = session.execute(
        insert(session, Entry)
        .values(
            trainee_id=fact.trainee_id,
            fact_id=fact.id,
            rule=rule,
            currency=currency,
            counter=False,
            amount=amount,
            at=fact.at,
            day=fact.day,
        )
        .on_conflict_do_nothing()
        .returning(Entry.id)
    ).scalar()
    if new is None:
        return False
    balance = Standing.growth if currency == "growth" else Standing.feathers
    session.execute(
        update(Standing)
        .where(Standing.trainee_id == fact.trainee_id)
        .values({balance: balance + amount})
        .execution_options(synchronize_session=False)
    )
    return True


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
