"""What can be won: each goal is a criterion and the fact that says it was won."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, cast, exists, false, not_, or_, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.badges.models import Edition
from academy.catalog.content import Catalog, worn
from academy.criteria.compile import Compiler, taken
from academy.criteria.language import Criterion, Leaf, Not, leaves, parse, reads
from academy.criteria.passing import next_changes, rising
from academy.journal.kinds import TAKEN
from academy.journal.models import Fact, Standing
from academy.journal.validity import ENDLESS, WARNING, number_of
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
    renews: bool = False
    """For a certificate: whether it is issued anew, where it has come near its end."""
    limit: int | None = None
    """For a badge: how many win it, if not all."""


DOCUMENTS = {
    "badge.awarded": "badges",
    "tier.reached": "ladder",
    "reward.granted": "rewards",
    "certificate.earned": "designs",
}
"""The document that says how something is won, by the kind of fact of having won it."""

ANY_CERTIFICATE = Leaf("certificate", "certificate.issued")


def things(catalog: Catalog, kind: str) -> Iterable[Mapping[str, Any]]:
    """What can be won as this kind of fact: of a badge with levels each level."""
    return catalog.badges.values() if kind == "badge.awarded" else catalog.one(DOCUMENTS[kind])[DOCUMENTS[kind]]


def written(kind: str, content: Mapping[str, Any]) -> list[Goal]:
    """The goals of one of these documents."""
    if kind == "tier.reached":
        return [Goal(kind, step.into, step.criterion, step) for step in Ladder.of(content).steps]
    items = [item for item in content[DOCUMENTS[kind]] if not item.get("retired")]
    if kind == "badge.awarded":
        items = [one for badge in items for one in worn(badge)]
    # What has no criterion is given by hand alone.
    return [
        Goal(kind, item["key"], parse(item["criterion"]), limit=item.get("limited"))
        for item in items
        if "criterion" in item
    ]


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
    return (*found, *_afterwards(catalog))


def _afterwards(catalog: Catalog) -> Iterator[Goal]:
    """What may follow on something won: that it is withdrawn and given back, where one has it only while its
    criterion is met (`while_met`), and that a certificate is issued anew."""
    for kind in ("badge.awarded", "reward.granted"):
        away, back = TAKEN[kind]
        for item in catalog.one(DOCUMENTS[kind])[DOCUMENTS[kind]]:
            if item.get("while_met") and not item.get("retired"):
                criterion = parse(item["criterion"])
                yield Goal(away, item["key"], Not(criterion))
                yield Goal(back, item["key"], criterion)
    for design in catalog.one("designs")["designs"]:
        if "renewal" in design and not design.get("retired"):
            yield Goal("certificate.earned", design["key"], parse(design["renewal"]), renews=True)


@lru_cache(maxsize=16)
def by_fact(catalog: Catalog) -> dict[tuple[str, str], Goal]:
    """All goals by kind and topic, as they are won first."""
    return {(goal.kind, goal.topic): goal for goal in goals(catalog) if not goal.renews}


@lru_cache(maxsize=64)
def comes_with(catalog: Catalog, tier: str) -> frozenset[tuple[str, str]]:
    """Kind and topic of all that is won by reaching this very tier."""
    reached = Leaf("tier", "tier.reached", tier)
    return frozenset((goal.kind, goal.topic) for goal in goals(catalog) if reached in leaves(goal.criterion))


@lru_cache(maxsize=16)
def _index(catalog: Catalog) -> dict[str, tuple[Goal, ...]]:
    index: dict[str, tuple[Goal, ...]] = {}
    for goal in goals(catalog):
        # What was revoked can't be won: it is looked at again once it is restored.
        opened = {"certificate.restored"} if goal.kind == "certificate.earned" else set()
        for kind in reads(goal.criterion) | opened:
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
    return and_(_open(compiler, goal, trainee), compiler.clause(goal.criterion, trainee))


def _open(compiler: Compiler, goal: Goal, trainee: Any) -> ColumnElement[bool]:
    def happened(kind: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(Fact.trainee_id == trainee, Fact.kind == kind, Fact.topic == goal.topic, *more)

    match goal.kind:
        case "certificate.earned":
            # While it is revoked, it is not hers to win.
            fair = not_(taken("certificate.issued", goal.topic, trainee))
            if not goal.renews:
                return and_(fair, not_(happened(goal.kind)))
            far = or_(Fact.value == ENDLESS, Fact.value > number_of(compiler.today + WARNING))
            return and_(fair, happened("certificate.issued"), not_(happened("certificate.issued", far)))
        case "badge.withdrawn":
            return and_(happened("badge.awarded"), not_(taken("badge.awarded", goal.topic, trainee)))
        case "reward.withdrawn":
            owed = and_(happened("reward.granted"), not_(happened("reward.delivered")))
            return and_(owed, not_(taken("reward.granted", goal.topic, trainee)))
        case "badge.returned":
            return taken("badge.awarded", goal.topic, trainee)
        case "reward.returned":
            return taken("reward.granted", goal.topic, trainee)
        case "badge.awarded" if goal.limit:
            # Whoever wins the last copies is decided when they are taken; this spares all others the attempt.
            sold_out = exists().where(Edition.badge == goal.topic, Edition.taken >= goal.limit)
            return not_(or_(happened(goal.kind), sold_out))
        case _:
            return not_(happened(goal.kind))


def winners(compiler: Compiler, among: Iterable[Goal], trainees: Select[int] | None = None) -> Select[int]:
    """The ids of all trainees, or of those, who would win at least one of these goals now; one statement."""
    who = select(Person.id).where(Person.role == TRAINEE, Person.erased_at.is_(None))
    if trainees is not None:
        who = who.where(Person.id.in_(trainees))
    return who.where(or_(false(), *(wins(compiler, goal, Person.id) for goal in among))).order_by(Person.id)


@lru_cache(maxsize=16)
def passing(catalog: Catalog) -> tuple[Leaf, ...]:
    """The leaves of all goals that time alone can turn in favour, and the end of each certificate."""
    found = (leaf for goal in goals(catalog) for leaf in rising(goal.criterion))
    return tuple(dict.fromkeys((ANY_CERTIFICATE, *found)))


def mark_due(session: Session, catalog: Catalog, trainees: Sequence[int]) -> None:
    """Note for each of some trainees the next day on which time alone may change what she qualifies for."""
    days = next_changes(session, passing(catalog), trainees, clock.today())
    rows = [{"trainee_id": trainee, "due": day} for trainee, day in days.items()]
    if rows:
        session.execute(update(Standing), rows)
