"""Runs of check-ins and the week that shows them. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

BREAKS_AFTER = 3
"""Missed days in a row that end a run."""

MILESTONES = (7, 21)
"""Lengths of a run that are celebrated, once per run."""

WEEK = 7


@dataclass(frozen=True)
class Run:
    """Check-ins that belong together: the day of the first, the day of the last, and how many they are."""

    start: date
    last: date
    length: int

    def is_alive(self, today: date) -> bool:
        """Whether a check-in today would still belong to it; today itself is not missed yet."""
        return missed(self.last, today) < BREAKS_AFTER


def missed(one: date, other: date) -> int:
    """The whole days between two days."""
    return max((other - one).days - 1, 0)


def runs(days: Iterable[date]) -> list[Run]:
    """All runs of these brand days, oldest first."""
    found: list[Run] = []
    for day in sorted(set(days)):
        if found and found[-1].is_alive(day):
            found[-1] = Run(found[-1].start, day, found[-1].length + 1)
        else:
            found.append(Run(day, day, 1))
    return found


def current(days: Iterable[date], today: date) -> Run | None:
    """The run that goes on today; None if there is none or it has ended."""
    found = runs(day for day in days if day <= today)
    return found[-1] if found and found[-1].is_alive(today) else None


@dataclass(frozen=True)
class Disc:
    """A day of the week as it is shown: `done`, `today`, `today done`, `missed`, `ahead` or `gift`."""

    day: date
    state: str


@dataclass(frozen=True)
class Week:
    """The week of today with the run that goes on, and how far the next milestone is."""

    discs: tuple[Disc, ...]
    length: int
    done_today: bool
    milestone: int | None
    """The next length that is celebrated; None beyond the last."""

    @property
    def left(self) -> int:
        """Check-ins that are missing for the milestone."""
        return self.milestone - self.length if self.milestone else 0


def week(days: Collection[date], today: date) -> Week:
    """The week from Monday to Sunday around today."""
    run = current(days, today)
    length = run.length if run else 0
    milestone = next((n for n in MILESTONES if n > length), None)
    done = today in days
    gift = today + timedelta(days=milestone - length - (not done)) if milestone else None
    monday = today - timedelta(days=today.weekday())
    discs = []
    for day in (monday + timedelta(days=n) for n in range(WEEK)):
        if day == today:
            state = "today done" if done else "today"
        elif day < today:
            state = "done" if day in days else "missed"
        else:
            state = "gift" if day == gift else "ahead"
        discs.append(Disc(day, state))
    return Week(tuple(discs), length, done, milestone)
