"""Who counts as absent. Pure."""

from datetime import date, timedelta

ACTIVE = ("checkin.done", "lesson.completed")
"""The kinds of fact that say that somebody was there."""

ABSENT_DAYS = 3


def absent_since(today: date) -> date:
    """The first of the brand days that she must have missed, all up to today, to count as absent."""
    return today - timedelta(days=ABSENT_DAYS)
