"""Who would move if a draft were published, or win a badge or a certificate: on real data, without changing any."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from academy import clock
from academy.achievements.goals import by_fact, goals
from academy.catalog.content import Catalog
from academy.criteria.compile import Compiler, taken
from academy.criteria.explain import Reason, explain_many
from academy.criteria.language import Criterion, Leaf, leaves, together
from academy.criteria.sentences import noun, sentence
from academy.journal.kinds import TAKEN
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from academy.people.rules import TRAINEE
from academy.tiers.judging import stands_below, takes
from academy.tiers.rules import Step, ladder
from academy.web.paging import turned

GAINED, SAME, LOST, NEAR = "gained", "same", "lost", "near"
MANY = 2
RESULTS = (GAINED, SAME, LOST, NEAR)
"""Promoted by the draft alone; by both rules; by today's rules alone; one condition short under the draft."""


@dataclass(frozen=True)
class Preview:
    """What one step of a draft would do, beside today's rules."""

    into: str
    numbers: Mapping[str, int]
    cost: int
    """What the rewards of all whom the draft promotes are worth, in yuan."""
    cost_today: int

    @property
    def promoted(self) -> int:
        return self.numbers[GAINED] + self.numbers[SAME]


def previews(session: Session, now: Catalog, draft: Catalog) -> list[Preview]:
    """For each step of the draft, lowest first, how many would move and what their rewards cost."""
    return [preview(session, now, draft, step.into) for step in ladder(draft).steps]


def preview(session: Session, now: Catalog, draft: Catalog, into: str) -> Preview:
    """How many would be promoted to a tier, under the draft and today, and what it costs; one statement."""
    found = _moves(now, draft, into)
    gets = [case((_has(found.c.id, key), 0), else_=value) for key, value in _rewards(draft, into)]
    cost = func.sum(sum(gets, start=literal(0)))
    rows = session.execute(select(found.c.result, func.count(), cost).group_by(found.c.result)).all()
    numbers = {result: number for result, number, _cost in rows}
    costs = {result: int(total) for result, _number, total in rows}
    return Preview(
        into,
        dict.fromkeys(RESULTS, 0) | numbers,
        costs.get(GAINED, 0) + costs.get(SAME, 0),
        costs.get(LOST, 0) + costs.get(SAME, 0),
    )


def _has(trainee: ColumnElement[int], reward: str) -> ColumnElement[bool]:
    return exists().where(Fact.trainee_id == trainee, Fact.kind == "reward.granted", Fact.topic == reward)


def moves(now: Catalog, draft: Catalog, into: str, results: tuple[str, ...] = RESULTS) -> Select[int, str]:
    """Id and result of each trainee whom the draft concerns; those whom it promotes first, by their growth."""
    found = _moves(now, draft, into)
    rank = case({result: n for n, result in enumerate(RESULTS)}, value=found.c.result)
    growth = select(Standing.growth).where(Standing.trainee_id == found.c.id).scalar_subquery()
    return (
        select(found.c.id, found.c.result).where(found.c.result.in_(results)).order_by(rank, growth.desc(), found.c.id)
    )


def _moves(now: Catalog, draft: Catalog, into: str) -> Subquery:
    """Each trainee whom a step concerns with its result; looked at once, however often it is asked."""
    today = clock.today()
    before, after = _step(now, into), _step(draft, into)
    promoted_now = takes(Compiler(now, today), before, Person.id) if before else false()
    missing = _missing(Compiler(draft, today), after) if after else literal(MANY)
    tiers = {tier for step in (before, after) if step for tier in step.out_of}
    standing = aliased(Standing)
    who = (
        select(Person.id, promoted_now.label("now"), missing.label("missing"))
        .join(standing, standing.trainee_id == Person.id)
        .where(Person.role == TRAINEE, Person.erased_at.is_(None), standing.tier.in_(tiers))
        .cte("who")
        .prefix_with("MATERIALIZED")
    )
    result = case(
        (and_(who.c.missing == 0, who.c.now), SAME), (who.c.missing == 0, GAINED), (who.c.now, LOST), else_=NEAR
    ).label("result")
    return select(who.c.id, result).where(or_(who.c.missing < MANY, who.c.now)).subquery()


def _step(catalog: Catalog, into: str) -> Step | None:
    return next((step for step in ladder(catalog).steps if step.into == into), None)


def _missing(compiler: Compiler, step: Step) -> ColumnElement[int]:
    return case((stands_below(compiler, step, Person.id), _short(compiler, step.criterion)), else_=MANY)


def _short(compiler: Compiler, criterion: Criterion) -> ColumnElement[int]:
    """How many conditions of a criterion are missing: 0, 1 or `MANY`. It stops at the second, as for most people."""
    met = [compiler.clause(item, Person.id) for item in together(criterion)]
    missing: ColumnElement[int] = literal(0)
    for at in range(len(met) - 1, -1, -1):
        missing = case((met[at], missing), (and_(true(), *met[at + 1 :]), 1), else_=MANY)
    return missing


def _rewards(catalog: Catalog, into: str) -> Iterator[tuple[str, int]]:
    """The rewards that come with reaching this tier, with their value in yuan."""
    values = {reward["key"]: reward.get("value", 0) for reward in catalog.one("rewards")["rewards"]}
    reached = Leaf("tier", "tier.reached", into)
    for goal in goals(catalog):
        if goal.kind == "reward.granted" and values.get(goal.topic) and reached in leaves(goal.criterion):
            yield goal.topic, values[goal.topic]


# Badges and certificates


@dataclass(frozen=True)
class Outlook:
    """Whom a goal of a draft concerns: how many of each result, and a page of them, those first who would win it."""

    numbers: Mapping[str, int]
    people: "list[Mover]"
    page: int
    pages: int
    size: int


def outlook(session: Session, draft: Catalog, kind: str, topic: str, asked: int, size: int) -> Outlook:
    """Who would win what a draft promises, were it published; four statements."""
    found = prospects(draft, kind, topic)
    numbers = counted(session, found)
    page, pages = turned(asked, sum(numbers.values()), size)
    rows = [(id, result) for id, result in session.execute(ranked(found).limit(size).offset((page - 1) * size))]
    goal = by_fact(draft).get((kind, topic))
    return Outlook(numbers, told(session, draft, goal.criterion if goal else None, rows), page, pages, size)


def prospects(draft: Catalog, kind: str, topic: str) -> Subquery:
    """Whom a goal concerns, each with its result: who has it (`SAME`), would win it, or lacks one condition; where it
    is worn only while its criterion is met, also who would lose it."""
    goal = by_fact(draft).get((kind, topic))
    missing = _short(Compiler(draft, clock.today()), goal.criterion) if goal else literal(MANY)
    won = exists().where(Fact.trainee_id == Person.id, Fact.kind == kind, Fact.topic == topic)
    loses = any((one.kind, one.topic) == (TAKEN.get(kind, ("",))[0], topic) for one in goals(draft))
    has = and_(won, not_(taken(kind, topic, Person.id))) if loses else won
    who = (
        select(Person.id, has.label("has"), missing.label("missing"))
        .where(Person.role == TRAINEE, Person.erased_at.is_(None))
        .cte("who")
        .prefix_with("MATERIALIZED")
    )
    kept = who.c.missing == 0 if loses else true()
    result = case((and_(who.c.has, kept), SAME), (who.c.has, LOST), (who.c.missing == 0, GAINED), else_=NEAR).label(
        "result"
    )
    return select(who.c.id, result).where(or_(who.c.missing < MANY, who.c.has)).subquery()


def counted(session: Session, found: Subquery) -> dict[str, int]:
    """How many there are of each result; one statement."""
    rows = session.execute(select(found.c.result, func.count()).group_by(found.c.result))
    return dict.fromkeys(RESULTS, 0) | {result: number for result, number in rows}  # noqa: C416


def ranked(found: Subquery) -> Select[int, str]:
    """The same people, those who would win first."""
    rank = case({result: n for n, result in enumerate((GAINED, LOST, NEAR, SAME))}, value=found.c.result)
    return select(found.c.id, found.c.result).order_by(rank, found.c.id)


# In words


@dataclass(frozen=True)
class Mover:
    """Somebody whom a draft concerns: how she does, by condition, and what she lacks where it is one alone."""

    id: int
    name: str
    result: str
    figures: Mapping[Leaf, Reason]
    lacks: str | None


def told(session: Session, draft: Catalog, criterion: Criterion | None, rows: list[tuple[int, str]]) -> list[Mover]:
    """The people of a page of a preview, in its order; two statements."""
    ids = [id for id, _result in rows]
    named = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    names = {id: name for id, name in named}  # noqa: C416
    reasons: dict[int, Reason] = {}
    if criterion and ids:
        reasons = explain_many(session, draft, criterion, select(Person.id).where(Person.id.in_(ids)))
    found = []
    for id, result in rows:
        reason = reasons.get(id)
        figures = (
            {part.criterion: part for part in reason.leaves() if isinstance(part.criterion, Leaf)} if reason else {}
        )
        missing = [part.criterion for part in reason.conditions() if not part.met] if reason and result == NEAR else []
        found.append(Mover(id, names[id], result, figures, heading(draft, missing[0]) if missing else None))
    return found


def heading(catalog: Catalog, criterion: Criterion) -> str:
    """What a condition is about, in few words."""
    return noun(catalog, criterion) if isinstance(criterion, Leaf) else sentence(catalog, criterion)
