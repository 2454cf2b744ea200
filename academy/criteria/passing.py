"""What time alone can change: a trainee may come to qualify on a day on which nothing happens."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not, Window
from academy.journal.models import Entry, Fact, Standing


def rising(criterion: Criterion, wanted: bool = True) -> Iterator[Leaf]:
    """The leaves that time can turn in favour: days that add up, and what leaves a window that wanted little of it.

    Either way may turn a ratio, growth of which some was taken back, and a best score, which is none without a try.
    """
    match criterion:
        case Leaf(name="days_in_tier"):
            if wanted:
                yield criterion
        case Leaf(window=Window()):
            limited = criterion.at_most is not None
            either = criterion.ratio or criterion.name == "growth" or (criterion.name == "best" and limited)
            if either or wanted == limited:
                yield criterion
        case Leaf():
            return
        case Not(item):
            yield from rising(item, not wanted)
        case All(items) | Any_(items) | AtLeast(_, items):
            for item in items:
                yield from rising(item, wanted)


def next_changes(
    session: Session, leaves: Sequence[Leaf], trainees: Sequence[int], today: date
) -> dict[int, date | None]:
    """For each trainee, the first day after today on which time may turn one of these leaves; None if only facts can.

    One statement.
    """
    found: dict[int, date | None] = {}
    for trainee, since, *oldest in session.execute(_oldest(tuple(leaves), today), {"trainees": list(trainees)}):
        days = [since + timedelta(days=leaf.at_least) for leaf in leaves if leaf.name == "days_in_tier"]
        windows = [leaf.window for leaf in leaves if leaf.window]
        days += [window.left_on(day) for window, day in zip(windows, oldest, strict=True) if day]
        found[trainee] = min((day for day in days if day > today), default=None)
    return found


@lru_cache(maxsize=64)
def _oldest(leaves: tuple[Leaf, ...], today: date) -> Select[*tuple[Any, ...]]:
    columns = [_oldest_of(leaf, leaf.window, today) for leaf in leaves if leaf.window]
    return select(Standing.trainee_id, Standing.since, *columns).where(
        Standing.trainee_id.in_(bindparam("trainees", expanding=True))
    )


def _oldest_of(leaf: Leaf, window: Window, today: date) -> ColumnElement[date]:
    if leaf.name == "growth":
        day, of = Entry.day, [Entry.trainee_id == Standing.trainee_id, Entry.currency == "growth"]
    else:
        day, of = Fact.day, [Fact.trainee_id == Standing.trainee_id, Fact.kind.in_(leaf.kinds)]
        if leaf.topic != WHOLE and not leaf.ratio:
            of.append(Fact.topic == leaf.topic)
    earliest = select(func.min(day)).where(*of, day.between(window.start(today), today))
    return earliest.correlate(Standing).scalar_subquery()
