"""The week that shows a run of check-ins. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from academy.journal.runs import current

MILESTONES = (7, 21)
"""Lengths of a run that are celebrated, once per run."""

WEEK = 7


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
