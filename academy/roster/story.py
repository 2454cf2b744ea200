"""What happened to a trainee, as a trainer reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from academy import clock
from academy.catalog.content import Catalog
from academy.criteria.facts import ICONS, said
from academy.journal.models import Fact


@dataclass(frozen=True)
class Line:
    """One fact in words, with its time on the wall clock."""

    icon: str
    text: str
    time: str


def told(catalog: Catalog, facts: Iterable[Fact]) -> list[tuple[date, list[Line]]]:
    """Facts in words, by brand day, in the order in which they come."""
    by_day = groupby(facts, key=lambda fact: fact.day)
    return [(day, [_line(catalog, fact) for fact in together]) for day, together in by_day]


def _line(catalog: Catalog, fact: Fact) -> Line:
    return Line(ICONS.get(fact.kind, "circle"), said(catalog, fact), f"{clock.local(fact.at):%H:%M}")
