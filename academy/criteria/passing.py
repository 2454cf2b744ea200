"""What time alone can change: a trainee may come to qualify on a day on which nothing happens."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not, Window
from academy.journal.models import Entry, Fact, Standing
from academy.journal.validity import WARNING, day_of, number_of


def rising(criterion: Criterion, wanted: bool = True) -> Iterator[Leaf]:
    """The leaves that time can turn in favour: days that add up, what leaves a window that wanted little of it, and a
    certificate that is not to be held when it comes to its end.

    Either way may turn a ratio, growth of which some was taken back, and a best score, which is none without a try.
    """
    match criterion:
        case Leaf(name="days_in_tier"):
            if wanted:
                yield criterion
        case Leaf(name="certificate"):
            if not wanted:
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

    A certificate makes her due twice: when its end comes near, and when it has come. One statement.
    """
    found: dict[int, date | None] = {}
    windows = [leaf.window for leaf in leaves if leaf.window]
    for trainee, since, *read in session.execute(_days(tuple(leaves), today), {"trainees": list(trainees)}):
        days = [since + timedelta(days=leaf.at_least) for leaf in leaves if leaf.name == "days_in_tier"]
        oldest, ends = read[: len(windows)], read[len(windows) :]
        days += [window.left_on(day) for window, day in zip(windows, oldest, strict=True) if day]
        days += [day + timedelta(days=1) for last in ends[::2] if last and (day := day_of(last))]
        days += [day - WARNING for last in ends[1::2] if last and (day := day_of(last))]
        found[trainee] = min((day for day in days if day > today), default=None)
    return found


@lru_cache(maxsize=64)
def _days(leaves: tuple[Leaf, ...], today: date) -> Select[*tuple[Any, ...]]:
    columns: list[ColumnElement[Any]] = [_oldest_of(leaf, leaf.window, today) for leaf in leaves if leaf.window]
    for leaf in leaves:
        if leaf.name == "certificate":
            columns += [_end_of(leaf, after) for after in (today - timedelta(days=1), today + WARNING)]
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


def _end_of(leaf: Leaf, after: date) -> ColumnElement[int]:
    """The first end of a certificate that comes after a day."""
    of = [Fact.trainee_id == Standing.trainee_id, Fact.kind == leaf.kind, Fact.value > number_of(after)]
    if leaf.topic != WHOLE:
        of.append(Fact.topic == leaf.topic)
    return select(func.min(Fact.value)).where(*of).correlate(Standing).scalar_subquery()
