"""What can be won: each goal is a criterion and the fact that says it was won."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, cast, exists, false, not_, or_, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Catalog
from academy.criteria.compile import Compiler
from academy.criteria.language import Criterion, Leaf, leaves, parse, reads
from academy.criteria.passing import next_changes, rising
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from academy.people.rules import TRAINEE
from academy.tiers.judging import takes
from academy.tiers.rules import Ladder, Step


@dataclass(frozen=True)
class Goal:
    """Something to win: `kind` and `topic` name the fact of having won it."""

    kind: str
    topic: str
    criterion: Criterion
    step: Step | None = None
    """For a tier: the step, which begins where one must stand, so that nobody is promoted twice."""


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
        return [Goal(kind, step.into, step.criterion, step) for step in Ladder.of(content).steps]
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


def reached(
    session: Session, catalog: Catalog, trainee_id: int, changed: Iterable[str] | None = None, climbs: bool = True
) -> list[Goal]:
    """The goals that these kinds of fact and balances can change, or all, that are met now and not yet won.

    Of several tiers only the highest; none where she doesn't climb, as she has just done so.
    """
    candidates = goals(catalog) if changed is None else _woken(catalog, frozenset(changed))
    if not climbs:
        candidates = tuple(goal for goal in candidates if not goal.step)
    if not candidates:
        return []
    statement = _judged(Compiler(catalog, clock.today()), candidates)
    row = session.execute(statement, {"trainee": trainee_id}).one()
    found = [goal for goal, met in zip(candidates, row, strict=True) if met]
    steps = [goal for goal in found if goal.step]
    return [goal for goal in found if goal not in steps[:-1]]


@lru_cache(maxsize=256)
def _woken(catalog: Catalog, changed: frozenset[str]) -> tuple[Goal, ...]:
    index = _index(catalog)
    woken = {goal for kind in changed for goal in index.get(kind, ())}
    return tuple(goal for goal in goals(catalog) if goal in woken)


@lru_cache(maxsize=256)
def _judged(compiler: Compiler, candidates: tuple[Goal, ...]) -> Select[*tuple[Any, ...]]:
    trainee = bindparam("trainee", type_=Integer)
    return select(*(cast(wins(compiler, goal, trainee), Integer) for goal in candidates))


def wins(compiler: Compiler, goal: Goal, trainee: Any) -> ColumnElement[bool]:
    """Whether a trainee meets a goal that is open to her."""
    if goal.step:
        return takes(compiler, goal.step, trainee)
    won = exists().where(Fact.trainee_id == trainee, Fact.kind == goal.kind, Fact.topic == goal.topic)
    return and_(not_(won), compiler.clause(goal.criterion, trainee))


def winners(compiler: Compiler, among: Iterable[Goal], trainees: Select[int] | None = None) -> Select[int]:
    """The ids of all trainees, or of those, who would win at least one of these goals now; one statement."""
    who = select(Person.id).where(Person.role == TRAINEE, Person.erased_at.is_(None))
    if trainees is not None:
        who = who.where(Person.id.in_(trainees))
    return who.where(or_(false(), *(wins(compiler, goal, Person.id) for goal in among))).order_by(Person.id)


@lru_cache(maxsize=16)
def passing(catalog: Catalog) -> tuple[Leaf, ...]:
    """The leaves of all goals that time alone can turn in favour."""
    return tuple(dict.fromkeys(leaf for goal in goals(catalog) for leaf in rising(goal.criterion)))


def mark_due(session: Session, catalog: Catalog, trainees: Sequence[int]) -> None:
    """Note for each of some trainees the next day on which time alone may change what she qualifies for."""
    days = next_changes(session, passing(catalog), trainees, clock.today())
    rows = [{"trainee_id": trainee, "due": day} for trainee, day in days.items()]
    if rows:
        session.execute(update(Standing), rows)
