"""The ladder as values, and the decision to promote."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from academy.catalog.content import Catalog, Text
from academy.criteria.language import Criterion, parse


@dataclass(frozen=True)
class Tier:
    """A rung: `promotion` is the criterion for leaving it upwards, None on the last."""

    key: str
    title: Text
    class_name: Text
    line: Text
    metal: str
    feathers: int
    promotion: Criterion | None


@dataclass(frozen=True)
class Ladder:
    """The ordered tiers of an academy."""

    tiers: tuple[Tier, ...]

    def __getitem__(self, key: str) -> Tier:
        return next(tier for tier in self.tiers if tier.key == key)

    def after(self, key: str) -> Tier | None:
        """The next tier up; None on the last."""
        keys = [tier.key for tier in self.tiers]
        place = keys.index(key) + 1
        return self.tiers[place] if place < len(self.tiers) else None

    @property
    def first(self) -> Tier:
        return self.tiers[0]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Ladder":
        return cls(
            tuple(
                Tier(
                    t["key"],
                    t["title"],
                    t["class_name"],
                    t["line"],
                    t["metal"],
                    t["feathers"],
                    parse(t["promotion"]) if t.get("promotion") else None,
                )
                for t in content["tiers"]
            )
        )


@lru_cache(maxsize=16)
def ladder(catalog: Catalog) -> Ladder:
    """The published ladder."""
    return Ladder.of(catalog.one("ladder"))
