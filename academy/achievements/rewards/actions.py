"""Granting rewards and filling their stock."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import exists, not_, select, update
from sqlalchemy.orm import Session

from academy.achievements.rewards.models import Grant, Voucher
from academy.catalog.content import Catalog
from academy.criteria.compile import taken
from academy.db import insert
from academy.journal import actions as journal
from academy.journal.models import Fact
from academy.people.models import Person


def grant(session: Session, catalog: Catalog, fact: Fact) -> list[Fact]:
    """Give the reward that a fact names; its delivery is a fact of its own, which waits while stock is empty."""
    reward = next(r for r in catalog.one("rewards")["rewards"] if r["key"] == fact.topic)
    given = Grant(trainee_id=fact.trainee_id, reward=fact.topic, fact_id=fact.id, at=fact.at)
    session.add(given)
    session.flush()
    return _pay(session, reward, given)


def deliver(session: Session, catalog: Catalog, trainee_id: int, key: str) -> list[Fact]:
    """Deliver a granted reward that was withdrawn before it was delivered, as far as there is stock."""
    reward = next(r for r in catalog.one("rewards")["rewards"] if r["key"] == key)
    given = session.scalars(select(Grant).where(Grant.trainee_id == trainee_id, Grant.reward == key)).one()
    return _pay(session, reward, given)


def _pay(session: Session, reward: Mapping[str, Any], given: Grant) -> list[Fact]:
    if reward.get("voucher") and not _take(session, given):
        return []
    return _deliver(session, given)


def _take(session: Session, given: Grant) -> bool:
    """Take one voucher from the stock; two takers never get the same, and neither waits for the other."""
    free = (
        select(Voucher.id)
        .where(Voucher.reward == given.reward, Voucher.grant_id.is_(None))
        .order_by(Voucher.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(Voucher)
        .where(Voucher.id == free.scalar_subquery())
        .values(grant_id=given.id)
        .returning(Voucher.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def _deliver(session: Session, given: Grant) -> list[Fact]:
    delivered = journal.write(session, given.trainee_id, "reward.delivered", given.reward)
    return [delivered] if delivered else []


def stock(session: Session, reward: str, codes: Iterable[str]) -> int:
    """Add voucher codes to a reward's stock, then pay what is owed, the longest waiting first.

    Returns how many codes were new.
    """
    rows = [{"reward": reward, "code": code} for code in codes]
    if not rows:
        return 0
    added = session.execute(insert(session, Voucher).values(rows).on_conflict_do_nothing().returning(Voucher.id)).all()
    owed = session.scalars(
        select(Grant)
        .join(Person, Person.id == Grant.trainee_id)
        .where(Grant.reward == reward, Person.erased_at.is_(None), ~exists().where(Voucher.grant_id == Grant.id))
        .where(not_(taken("reward.granted", reward, Person.id)))
        .order_by(Grant.id)
    )
    for given in owed:
        if not _take(session, given):
            break
        _deliver(session, given)
    return len(added)
