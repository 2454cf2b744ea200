"""Runs of check-ins: days that belong together. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

BREAKS_AFTER = 3
"""Missed days in a row that end a run."""


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
