"""The ladder as values, and the decision to promote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from academy.catalog.content import Catalog, Text
from academy.criteria.language import All, Any_, Criterion, Leaf, Not, leaves, parse

ONE, HIGHEST = "one", "highest"


@dataclass(frozen=True)
class Tier:
    """A rung: `promotion` is the criterion for leaving it upwards, None on the last; `keep` that for staying on it."""

    key: str
    title: Text
    class_name: Text
    line: Text
    metal: str
    feathers: int
    promotion: Criterion | None
    keep: Criterion | None = None


@dataclass(frozen=True)
class Review:
    """The monthly review (考核) on the first day of a month: who doesn't meet what keeps her tier steps down by one.

    It starts `protect_days` after a promotion, and only after a warning at least `warn_days` before.
    """

    on: bool = False
    protect_days: int = 90
    warn_days: int = 7

    def next(self, today: date) -> date:
        """The day of the review that today belongs to: this month's until it is over, then the next month's."""
        return today if today.day == 1 else (today.replace(day=1) + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True)
class External:
    """What is asked of those who distribute from outside (外部分销者): an assessment within so many days."""

    assessment: str
    days: int
    tiers: bool

    def until(self, since: date) -> date:
        """The last day for it of those whose time began on a day."""
        return since + timedelta(days=self.days)


@dataclass(frozen=True)
class Step:
    """A promotion that can happen: out of these tiers into that one, on a criterion."""

    out_of: tuple[str, ...]
    into: str
    criterion: Criterion

    @property
    def approved(self) -> bool:
        """Whether it waits for an approval by staff."""
        return any(leaf.name == "approval" for leaf in leaves(self.criterion))


@dataclass(frozen=True)
class Ladder:
    """The ordered tiers of an academy, and how they are climbed."""

    tiers: tuple[Tier, ...]
    step: str = ONE
    review: Review = Review()
    external: External | None = None

    def __getitem__(self, key: str) -> Tier:
        return next(tier for tier in self.tiers if tier.key == key)

    def __contains__(self, key: str) -> bool:
        return any(tier.key == key for tier in self.tiers)

    def after(self, key: str) -> Tier | None:
        """The next tier up; None on the last."""
        return self._beside(key, 1)

    def climbed_by(self, outside: bool) -> bool:
        """Whether somebody climbs it: those from outside have no tiers, unless it gives them some."""
        return not outside or (self.external is not None and self.external.tiers)

    def ahead(self, key: str, outside: bool) -> Tier | None:
        """The tier that somebody reaches next; None on the last, and for whom there are no tiers."""
        return self.after(key) if self.climbed_by(outside) else None

    def before(self, key: str) -> Tier | None:
        """The next tier down; None on the first."""
        return self._beside(key, -1)

    def _beside(self, key: str, way: int) -> Tier | None:
        place = [tier.key for tier in self.tiers].index(key) + way
        return self.tiers[place] if 0 <= place < len(self.tiers) else None

    @property
    def first(self) -> Tier:
        return self.tiers[0]

    @property
    def steps(self) -> Iterator[Step]:
        """The promotions, lowest first: out of the tier below, or out of any lower one where the highest met counts."""
        for n, (below, above) in enumerate(pairwise(self.tiers), start=1):
            if below.promotion:
                lower = self.tiers[:n] if self.step == HIGHEST else (below,)
                yield Step(tuple(tier.key for tier in lower), above.key, below.promotion)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Ladder":
        """The ladder of a document. What is common to all promotions stands behind each of them."""
        review = Review(**content.get("review", {}))
        common = [parse(content["common"])] if content.get("common") else []
        keeps = [parse(t["keep"]) if review.on and t.get("keep") else None for t in content["tiers"]]
        found = []
        for n, t in enumerate(content["tiers"]):
            written = parse(t["promotion"]) if t.get("promotion") else None
            above = keeps[n + 1] if n + 1 < len(keeps) else None
            more = [*common, *([_back(t["key"], above)] if above else [])]
            found.append(
                Tier(
                    t["key"],
                    t["title"],
                    t["class_name"],
                    t["line"],
                    t["metal"],
                    t["feathers"],
                    All((written, *more)) if written and more else written,
                    keeps[n],
                )
            )
        external = External(**content["external"]) if content.get("external") else None
        return cls(tuple(found), content.get("step", ONE), review, external)


def _back(below: str, keep: Criterion) -> Criterion:
    """Whoever was lowered comes back by meeting what keeps the tier; all else she has met long ago."""
    return Any_((Not(Leaf("fact", "tier.lowered", below)), keep))


@lru_cache(maxsize=16)
def ladder(catalog: Catalog) -> Ladder:
    """The published ladder."""
    return Ladder.of(catalog.one("ladder"))
