"""What the check-in card shows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from academy import clock
from academy.achievements.points.rules import earns
from academy.catalog.content import Catalog
from academy.checkins.rules import Week, week


@dataclass(frozen=True)
class Card:
    """The week, what a check-in earns in feathers, and what the next milestone adds."""

    week: Week
    amount: int
    gift: int


def card(catalog: Catalog, days: Collection[date]) -> Card:
    """The card for somebody who checked in on these brand days."""
    shown = week(days, clock.today())
    gift = earns(catalog, "streak.reached", str(shown.milestone), shown.milestone)["feathers"] if shown.milestone else 0
    return Card(shown, earns(catalog, "checkin.done")["feathers"], gift)
