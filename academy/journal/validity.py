"""How long a certificate is in force, as the value of its fact says it."""

from datetime import date, timedelta

FIRST = date(2000, 1, 1)

ENDLESS = 1
"""The value where it has no end."""

WARNING = timedelta(days=30)
"""How long before its end it is said to be expiring, and may be renewed."""


def number_of(day: date | None) -> int:
    """The last day in force as a value: days since the year 2000 began."""
    return (day - FIRST).days if day else ENDLESS


def day_of(value: int) -> date | None:
    """The last day in force that a value stands for."""
    return None if value == ENDLESS else FIRST + timedelta(days=value)
