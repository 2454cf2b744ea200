"""Weeks, figures, and what of them needs attention. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

DAYS = 7
FIRST = date(2020, 1, 6)
"""The Monday before which there are no weeks to report on."""

LOW_RATE = 50  # percent
LOW_STOCK = 10  # vouchers
MANY_AWAY = 30  # percent
MOST_NOTES = 3
MOST_BYTES = 2048
"""What 企业微信 takes in one text, in UTF-8."""


@dataclass(frozen=True)
class Week:
    """Seven brand days from a Monday on."""

    monday: date

    @classmethod
    def of(cls, day: date) -> "Week":
        return cls(day - timedelta(days=day.weekday()))

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=n) for n in range(DAYS)]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=DAYS - 1)

    @property
    def before(self) -> "Week":
        return Week(self.monday - timedelta(days=DAYS))

    @property
    def after(self) -> "Week":
        return Week(self.monday + timedelta(days=DAYS))


def week_from(typed: str, today: date) -> Week | None:
    """The week that a day lies in, as an address names it; None for what is no day, is long past or is to come."""
    try:
        found = Week.of(date.fromisoformat(typed))
    except (ValueError, OverflowError):
        return None
    return found if FIRST <= found.monday <= today else None


@dataclass
class Count:
    """What happened in a week."""

    learners: int = 0
    submitted: int = 0
    accepted: int = 0
    graduated: int = 0
    promoted: int = 0
    days: list[int] = field(default_factory=lambda: [0] * DAYS)

    def __iadd__(self, other: "Count") -> "Count":
        for name in ("learners", "submitted", "accepted", "graduated", "promoted"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.days = [a + b for a, b in zip(self.days, other.days, strict=True)]
        return self


def rate(part: int, whole: int) -> int | None:
    """A share in percent; None of nobody."""
    return round(100 * part / whole) if whole else None


@dataclass(frozen=True)
class Reviews:
    """The verdicts of a week: how long they took, and how many came after the promised time."""

    number: int
    hours: int | None
    late: int


def reviews(verdicts: Iterable[tuple[datetime, datetime, datetime]]) -> Reviews:
    """Judge verdicts by when the hand-in came, when its reply was due, and when the verdict came."""
    judged = list(verdicts)
    waits = [(verdict - handed_in).total_seconds() / 3600 for handed_in, _due, verdict in judged]
    late = sum(verdict > due for _handed_in, due, verdict in judged)
    return Reviews(len(judged), round(median(waits)) if waits else None, late)


@dataclass(frozen=True)
class Note:
    """Something that needs attention: what it is, how much, and of what, if it has a name."""

    kind: str
    number: int
    name: str = ""


@dataclass(frozen=True)
class Signs:
    """What notes are made from."""

    rate: int | None
    away: int
    share_away: int | None
    overdue: int
    late: int
    stocks: Sequence[tuple[str, int]] = ()
    """What is paid in vouchers, with how many are left."""
    cohorts: Sequence[tuple[str, int | None]] = ()
    """The rates of more than one cohort."""


def notes(found: Signs) -> list[Note]:
    """What needs attention, the most pressing first, three at most."""
    told = [Note("overdue", found.overdue)] if found.overdue else []
    told += [Note("stock", left, name) for name, left in found.stocks if left < LOW_STOCK]
    if found.rate is not None and found.rate < LOW_RATE:
        told.append(Note("rate", found.rate))
    else:
        low = [(share, name) for name, share in found.cohorts if share is not None and share < LOW_RATE]
        told += [Note("cohort", share, name) for share, name in sorted(low)[:1]]
    if found.late:
        told.append(Note("late", found.late))
    if found.share_away is not None and found.share_away >= MANY_AWAY:
        told.append(Note("away", found.away))
    return told[:MOST_NOTES]


def fitting(lines: Iterable[str], most: int = MOST_BYTES) -> str:
    """As many of these lines as a message holds; where even the first is too long, its beginning."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if len(longer.encode()) > most:
            return text or line.encode()[:most].decode(errors="ignore")
        text = longer
    return text


# The chart


@dataclass(frozen=True)
class Chart:
    """Two lines over seven days as points in a drawing, its grid, and where the labels at their ends stand."""

    now: list[tuple[int, int]]
    before: list[tuple[int, int]]
    grid: list[tuple[int, int]]
    """Height in the drawing and what it stands for."""
    labels: tuple[int, int]


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 200, 36, 40, 14, 28
APART = 14


def chart(now: Sequence[int], before: Sequence[int]) -> Chart:
    """Lay out learners a day: this week, as far as it has come, and the one before."""
    step = max(-(-max([*now, *before, 1]) // 4), 1)
    across = (WIDTH - LEFT - RIGHT) / (DAYS - 1)

    def height(value: float) -> int:
        return round(HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM) / (4 * step))

    def points(values: Sequence[int]) -> list[tuple[int, int]]:
        return [(round(LEFT + n * across), height(value)) for n, value in enumerate(values)]

    ours, theirs = points(now), points(before)
    above, below = ours[-1][1], theirs[-1][1]
    if len(now) == len(before) and abs(above - below) < APART:
        shift = (APART - abs(above - below) + 1) // 2
        above, below = (above - shift, below + shift) if above <= below else (above + shift, below - shift)
    return Chart(ours, theirs, [(height(n * step), n * step) for n in range(5)], (above, below))
