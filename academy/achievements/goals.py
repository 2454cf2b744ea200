"""What can be won: each goal is a criterion and the fact that says it was won."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, cast, exists, not_, select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Catalog
from academy.criteria.compile import Compiler
from academy.criteria.language import Criterion, Leaf, leaves, parse, reads
from academy.journal.models import Fact, Standing
from academy.tiers.rules import Ladder


@dataclass(frozen=True)
class Goal:
    """Something to win: `kind` and `topic` name the fact of having won it."""

    kind: str
    topic: str
    criterion: Criterion
    from_tier: str | None = None
    """For a tier: the tier that one must stand in, so that nobody skips a step or is promoted twice."""


DOCUMENTS = {
    "badge.awarded": "badges",
    "tier.reached": "ladder",
    "reward.granted": "rewards",
    "certificate.earned": "designs",
}
"""The document that says how something is won, by the kind of fact of having won it."""


def written(kind: str, content: Mapping[str, Any]) -> list[Goal]:
    """The goals of one of these documents."""
    if kind == "tier.reached":
        rungs = pairwise(Ladder.of(content).tiers)
        return [Goal(kind, above.key, below.promotion, below.key) for below, above in rungs if below.promotion]
    return [Goal(kind, item["key"], parse(item["criterion"])) for item in content[DOCUMENTS[kind]]]


@lru_cache(maxsize=16)
def goals(catalog: Catalog) -> tuple[Goal, ...]:
    """All goals, in the order in which they are looked at: stages and courses → badges → tiers → rewards →
    certificates."""
    found: list[Goal] = []
    for course in catalog.courses:
        found += [Goal("stage.completed", s.key, parse(s.completion)) for s in course.stages]
        found.append(Goal("course.completed", course.key, parse(course.completion)))
    for kind, document in DOCUMENTS.items():
        found += written(kind, catalog.one(document))
    return tuple(found)


@lru_cache(maxsize=16)
def by_fact(catalog: Catalog) -> dict[tuple[str, str], Goal]:
    """All goals by kind and topic."""
    return {(goal.kind, goal.topic): goal for goal in goals(catalog)}


@lru_cache(maxsize=64)
def comes_with(catalog: Catalog, tier: str) -> frozenset[tuple[str, str]]:
    """Kind and topic of all that is won by reaching this very tier."""
    reached = Leaf("tier", "tier.reached", tier)
    return frozenset((goal.kind, goal.topic) for goal in goals(catalog) if reached in leaves(goal.criterion))


@lru_cache(maxsize=16)
def _index(catalog: Catalog) -> dict[str, tuple[Goal, ...]]:
    index: dict[str, tuple[Goal, ...]] = {}
    for goal in goals(catalog):
        for kind in reads(goal.criterion):
            index[kind] = (*index.get(kind, ()), goal)
    return index


def reached(session: Session, catalog: Catalog, trainee_id: int, changed: Iterable[str]) -> list[Goal]:
    """The goals that these kinds of fact and balances can change, that are met now and not yet won."""
    candidates = _woken(catalog, frozenset(changed))
    if not candidates:
        return []
    statement = _judged(Compiler(catalog, clock.today()), candidates)
    row = session.execute(statement, {"trainee": trainee_id}).one()
    return [goal for goal, met in zip(candidates, row, strict=True) if met]


@lru_cache(maxsize=256)
def _woken(catalog: Catalog, changed: frozenset[str]) -> tuple[Goal, ...]:
    index = _index(catalog)
    woken = {goal for kind in changed for goal in index.get(kind, ())}
    return tuple(goal for goal in goals(catalog) if goal in woken)


@lru_cache(maxsize=256)
def _judged(compiler: Compiler, candidates: tuple[Goal, ...]) -> Select[*tuple[Any, ...]]:
    trainee = bindparam("trainee", type_=Integer)
    return select(
        *(cast(and_(_open(goal, trainee), compiler.clause(goal.criterion, trainee)), Integer) for goal in candidates)
    )


def _open(goal: Goal, trainee: Any) -> ColumnElement[bool]:
    if goal.from_tier:
        return exists().where(Standing.trainee_id == trainee, Standing.tier == goal.from_tier)
    return not_(exists().where(Fact.trainee_id == trainee, Fact.kind == goal.kind, Fact.topic == goal.topic))
