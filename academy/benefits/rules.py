"""Rates as they are typed, and what differs between two tiers and between two versions of the table. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from academy.catalog.content import Text
from academy.tiers.benefits import Allotment, Benefits, ProductClass

_PERCENT = re.compile(r"(-?\d{1,6})(?:[.,](\d)0*)?")


def per_mille(typed: str) -> int | None:
    """What was typed in per cent, with one decimal at most, in per mille; None if that is no such number."""
    found = _PERCENT.fullmatch(unicodedata.normalize("NFKC", typed).replace("%", "").strip())
    return int(found[1] + (found[2] or "0")) if found else None


def percent(rate: int) -> str:
    """A rate in per mille as it is written: 3.5%."""
    return f"{rate / 10:.1f}%"


def steps(benefits: Benefits, tier: str, after: str) -> list[tuple[int, list[ProductClass]]]:
    """By how many per mille the rates of two tiers differ, greatest first, and for which classes."""
    lower, upper = benefits.rates.get(tier, {}), benefits.rates.get(after, {})
    by: dict[int, list[ProductClass]] = {}
    for one in benefits.classes:
        if one.key in lower and one.key in upper and lower[one.key] != upper[one.key]:
            by.setdefault(upper[one.key] - lower[one.key], []).append(one)
    return sorted(by.items(), key=lambda step: step[0], reverse=True)


def news(before: tuple[Text, ...], after: tuple[Text, ...]) -> list[Text]:
    """The rights that were not there before."""
    return [right for right in after if right not in before]


@dataclass(frozen=True)
class Change:
    """A cell that differs between two versions. `what` is `from`, `class`, `hint`, `rate`, `right`, or a field of the
    allotment; None stands for nothing."""

    what: str
    before: Any
    after: Any
    tier: str | None = None
    of: Text | None = None


def changes(old: Benefits, new: Benefits) -> Iterator[Change]:
    """What differs between two versions, cell by cell."""
    if old.start != new.start:
        yield Change("from", old.start, new.start)
    classes = {one.key: one for one in (*old.classes, *new.classes)}
    yield from _classes(old, new, classes)
    for tier in dict.fromkeys((*new.rates, *old.rates)):
        for key, one in classes.items():
            before, after = (table.rates.get(tier, {}).get(key) for table in (old, new))
            if before != after:
                yield Change("rate", before, after, tier, one.title)
        had, has = old.rights.get(tier, ()), new.rights.get(tier, ())
        yield from (Change("right", right, None, tier) for right in news(has, had))
        yield from (Change("right", None, right, tier) for right in news(had, has))
    for name in (one.name for one in fields(Allotment)):
        was, now = (getattr(table.allotment, name, None) for table in (old, new))
        if was != now:
            yield Change(name, was, now)


def _classes(old: Benefits, new: Benefits, classes: dict[str, ProductClass]) -> Iterator[Change]:
    was, now = ({one.key: one for one in table.classes} for table in (old, new))
    for key, one in classes.items():
        before, after = was.get(key), now.get(key)
        if (before and before.title) != (after and after.title):
            yield Change("class", before and before.title, after and after.title)
        if before and after and before.hint != after.hint:
            yield Change("hint", before.hint, after.hint, of=one.title)


def is_wording(old: Benefits, new: Benefits) -> bool:
    """Whether two versions differ in words alone: what they say of the same table."""
    return old.rates == new.rates and old.allotment == new.allotment and old.start == new.start
