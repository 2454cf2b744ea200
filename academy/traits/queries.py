"""Reads of traits."""

from collections.abc import Sequence

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from academy.people.models import Person, Trait
from academy.people.queries import scope
from academy.traits.rules import CHANNEL, MOST, TAG, Misfit, Told

BATCH = 1000
JOB = "traits"
SHOWN_KEYS = 200


def of_trainee(session: Session, trainee_id: int) -> list[Trait]:
    """What is noted of a trainee."""
    return list(
        session.scalars(select(Trait).where(Trait.trainee_id == trainee_id).order_by(Trait.kind.desc(), Trait.key))
    )


def in_use(session: Session) -> list[tuple[str, str]]:
    """The channels and tags that somebody has, as kind and key; one statement.

    It jumps from key to key in the index, however many people share one.
    """
    parts = []
    for kind in (CHANNEL, TAG):
        of_kind = select(func.min(Trait.key)).where(Trait.kind == kind)
        keys = select(of_kind.scalar_subquery().label("key")).cte(f"{kind}s", recursive=True)
        following = of_kind.where(Trait.key > keys.c.key).correlate(keys).scalar_subquery()
        keys = keys.union_all(select(following).where(keys.c.key.is_not(None)))
        parts.append(select(literal(kind).label("kind"), keys.c.key).where(keys.c.key.is_not(None)).limit(SHOWN_KEYS))
    found = session.execute(union_all(*(select(part.subquery()) for part in parts)))
    return [(kind, key) for kind, key in found]


def sort_out(session: Session, staff: Person, told: Sequence[Told]) -> tuple[list[tuple[int, Told]], list[Misfit]]:
    """Of whom a sheet tells, by her number, and the lines about nobody or with too much."""
    found: list[tuple[int, Told]] = []
    misfits: list[Misfit] = []
    for start in range(0, len(told), BATCH):
        batch = told[start : start + BATCH]
        trainees = scope(staff).with_only_columns(Person.phone, Person.id)
        wanted = trainees.where(Person.phone.in_([one.phone for one in batch]))
        ids = {phone or "": id for phone, id in session.execute(wanted)}
        has: dict[int, set[tuple[str, str]]] = {id: set() for id in ids.values()}
        rows = select(Trait.trainee_id, Trait.kind, Trait.key).where(Trait.trainee_id.in_(has))
        for trainee_id, kind, key in session.execute(rows):
            has[trainee_id].add((kind, key))
        for one in batch:
            id = ids.get(one.phone)
            if id is None:
                misfits.append(Misfit(one.line, one.phone, "unknown"))
            elif len(has[id] | {(noted.kind, noted.key) for noted in one.traits}) > MOST:
                misfits.append(Misfit(one.line, one.phone, "most"))
            else:
                found.append((id, one))
    return found, misfits
