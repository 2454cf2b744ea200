"""What tiers bring: commission rates by class of product, rights, and the allotment of customers. Pure.

The brand settles commissions itself. This software shows the table and pays nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from academy import clock
from academy.catalog.content import Text

BENEFITS = ("benefits", "academy")
MOST_RATE = 500  # per mille
MOST_USERS = 1_000_000


@dataclass(frozen=True)
class ProductClass:
    """A class of products that has rates of its own, e.g. 爆品; the hint says what belongs to it."""

    key: str
    title: Text
    hint: Text | None


@dataclass(frozen=True)
class Allotment:
    """The right to manage customer groups (社群管理权): from which tier on, how many customers, and its targets.

    One begins with `users` and has `raised` after a month that meets all targets, which are in per mille.
    """

    tier: str
    users: int
    raised: int
    orders: int
    service: int
    complaints: int


@dataclass(frozen=True)
class Benefits:
    """The table: rates in per mille by tier and class, rights by tier. It holds from the day `start` on."""

    start: date
    classes: tuple[ProductClass, ...]
    rates: Mapping[str, Mapping[str, int]]
    rights: Mapping[str, tuple[Text, ...]]
    allotment: Allotment | None

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Benefits":
        return cls(
            date.fromisoformat(content["from"]),
            tuple(ProductClass(one["key"], one["title"], one.get("hint")) for one in content["classes"]),
            {tier["key"]: tier["rates"] for tier in content["tiers"]},
            {tier["key"]: tuple(tier.get("rights", ())) for tier in content["tiers"]},
            Allotment(**content["allotment"]) if content.get("allotment") else None,
        )


@dataclass(frozen=True)
class Issue:
    """A version of the table: when it was published, and by whom; None where it came in a pack."""

    version_id: int
    at: datetime
    by: str | None
    benefits: Benefits


def in_force(issues: Sequence[Issue], day: date) -> Issue | None:
    """The table that holds on a day, of all that were published, oldest first.

    A table that was announced for later holds from its day on, unless another was published before that day came.
    """
    begun = (
        issue
        for issue, after in zip_longest(issues, issues[1:])
        if issue.benefits.start <= (clock.day_of(after.at) if after else day)
    )
    return next((issue for issue in reversed(list(begun)) if issue.benefits.start <= day), None)


def coming(issues: Sequence[Issue], day: date) -> Issue | None:
    """The table that is announced for later than a day."""
    return issues[-1] if issues and issues[-1].benefits.start > day else None
