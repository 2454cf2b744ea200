"""The only clock: instants are aware UTC, days are the brand's."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo(os.environ.get("ACADEMY_TIMEZONE", "Asia/Shanghai"))


def _system() -> datetime:
    return datetime.now(UTC)


source: Callable[[], datetime] = _system


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return source()


def day_of(instant: datetime) -> date:
    """The brand's calendar day on which an instant falls."""
    return instant.astimezone(ZONE).date()


def today() -> date:
    """The brand's current calendar day."""
    return day_of(now())


def beginning(day: date) -> datetime:
    """The instant at which a brand day begins."""
    return datetime.combine(day, time(), tzinfo=ZONE)


def local(instant: datetime) -> datetime:
    """An instant on the brand's wall clock."""
    return instant.astimezone(ZONE)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let it be another time for a while, in this process: for stories that are told afterwards."""
    global source
    before, source = source, lambda: instant.astimezone(UTC)
    try:
        yield
    finally:
        source = before
