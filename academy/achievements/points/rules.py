"""Points rules: which fact earns what, and how caps cut it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from academy.catalog.content import Catalog, Text


@dataclass(frozen=True)
class Cap:
    """The most that a rule pays per brand day, per month or ever: so many times, or so much of each currency."""

    per: str
    times: int | None = None
    growth: int | None = None
    feathers: int | None = None

    def start(self, day: date) -> date:
        return {"day": day, "month": day.replace(day=1), "ever": date.min}[self.per]


@dataclass(frozen=True)
class Rule:
    """What one kind of fact earns; `lowest` and `highest` bound the fact's value."""

    key: str
    title: Text
    kind: str
    growth: int
    feathers: int
    topics: frozenset[str] | None = None
    lowest: int | None = None
    highest: int | None = None
    cap: Cap | None = None

    def applies(self, topic: str, value: int) -> bool:
        """Whether a fact of this rule's kind earns something."""
        return (
            (self.topics is None or topic in self.topics)
            and (self.lowest is None or value >= self.lowest)
            and (self.highest is None or value <= self.highest)
        )

    def pays(self, times: int, earned: Mapping[str, int]) -> dict[str, int]:
        """What is paid now, when the rule has paid `times` and `earned` within its cap's period."""
        amounts = {"growth": self.growth, "feathers": self.feathers}
        if self.cap:
            if self.cap.times is not None and times >= self.cap.times:
                return {}
            for currency, most in (("growth", self.cap.growth), ("feathers", self.cap.feathers)):
                if most is not None:
                    amounts[currency] = min(amounts[currency], most - earned.get(currency, 0))
        return {currency: amount for currency, amount in amounts.items() if amount > 0}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Rule":
        topics = data.get("topics")
        return cls(
            data["key"],
            data["title"],
            data["kind"],
            data.get("growth", 0),
            data.get("feathers", 0),
            frozenset(topics) if topics else None,
            data.get("lowest"),
            data.get("highest"),
            Cap(**data["cap"]) if data.get("cap") else None,
        )


@lru_cache(maxsize=16)
def rules(catalog: Catalog) -> dict[str, tuple[Rule, ...]]:
    """The published rules by the kind of fact that they look at."""
    found: dict[str, tuple[Rule, ...]] = {}
    for data in catalog.one("points")["rules"]:
        rule = Rule.of(data)
        found[rule.kind] = (*found.get(rule.kind, ()), rule)
    return found


def earns(catalog: Catalog, kind: str, topic: str = "", value: int = 1) -> dict[str, int]:
    """What a fact would earn by currency, as long as no cap cuts it."""
    paying = [rule for rule in rules(catalog).get(kind, ()) if rule.applies(topic, value)]
    return {"growth": sum(rule.growth for rule in paying), "feathers": sum(rule.feathers for rule in paying)}
