"""Who would move if a draft of the ladder were published: on real data, without changing any."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from academy import clock
from academy.achievements.goals import goals
from academy.catalog.content import Catalog, Document
from academy.criteria.compile import Compiler
from academy.criteria.language import Leaf, leaves, together
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from academy.people.rules import TRAINEE
from academy.tiers.judging import stands_below, takes
from academy.tiers.rules import Step, ladder

GAINED, SAME, LOST, NEAR = "gained", "same", "lost", "near"
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


def drafted(catalog: Catalog, documents: Mapping[tuple[str, str], Mapping[str, Any]]) -> Catalog:
    """The catalog as it would be with these documents published."""
    changed = {name: Document(0, content) for name, content in documents.items()}
    return Catalog(catalog.release, {**catalog.documents, **changed})


def previews(session: Session, now: Catalog, draft: Catalog) -> list[Preview]:
    """For each step of the draft, lowest first, how many would move and what their rewards cost."""
    return [preview(session, now, draft, step.into) for step in ladder(draft).steps]


def preview(session: Session, now: Catalog, draft: Catalog, into: str) -> Preview:
    """How many would be promoted to a tier, under the draft and today; one statement, and one for each reward."""
    moves = _moves(now, draft, into).subquery()
    counted = session.execute(select(moves.c.result, func.count()).group_by(moves.c.result))
    numbers = dict.fromkeys(RESULTS, 0) | _by_result(counted)
    cost, cost_today = 0, 0
    for key, value in _rewards(draft, into):
        has = exists().where(Fact.trainee_id == moves.c.id, Fact.kind == "reward.granted", Fact.topic == key)
        without = select(moves.c.result, func.count()).where(not_(has)).group_by(moves.c.result)
        get = _by_result(session.execute(without))
        cost += value * (get.get(GAINED, 0) + get.get(SAME, 0))
        cost_today += value * (get.get(LOST, 0) + get.get(SAME, 0))
    return Preview(into, numbers, cost, cost_today)


def _by_result(rows: Iterable[Row[str, int]]) -> dict[str, int]:
    return {result: number for result, number in rows}  # noqa: C416


def moves(now: Catalog, draft: Catalog, into: str, results: tuple[str, ...] = RESULTS) -> Select[int, str]:
    """Id and result of each trainee whom the draft concerns; those whom it promotes first, by their growth."""
    found = _moves(now, draft, into).subquery()
    rank = case({result: n for n, result in enumerate(RESULTS)}, value=found.c.result)
    growth = select(Standing.growth).where(Standing.trainee_id == found.c.id).scalar_subquery()
    return (
        select(found.c.id, found.c.result).where(found.c.result.in_(results)).order_by(rank, growth.desc(), found.c.id)
    )


def _moves(now: Catalog, draft: Catalog, into: str) -> Select[int, str]:
    today = clock.today()
    before, after = _step(now, into), _step(draft, into)
    under_now, under_draft = Compiler(now, today), Compiler(draft, today)
    promoted_now = takes(under_now, before, Person.id) if before else false()
    promoted = takes(under_draft, after, Person.id) if after else false()
    missing = _one_short(under_draft, after) if after else false()
    tiers = {tier for step in (before, after) if step for tier in step.out_of}
    standing = aliased(Standing)
    who = (
        select(Person.id, promoted.label("promoted"), promoted_now.label("now"), missing.label("missing"))
        .join(standing, standing.trainee_id == Person.id)
        .where(Person.role == TRAINEE, Person.erased_at.is_(None), standing.tier.in_(tiers))
        .subquery()
    )
    result = case(
        (and_(who.c.promoted, who.c.now), SAME), (who.c.promoted, GAINED), (who.c.now, LOST), else_=NEAR
    ).label("result")
    return select(who.c.id, result).where(or_(who.c.promoted, who.c.now, who.c.missing))


def _step(catalog: Catalog, into: str) -> Step | None:
    return next((step for step in ladder(catalog).steps if step.into == into), None)


def _one_short(compiler: Compiler, step: Step) -> ColumnElement[bool]:
    unmet = [case((compiler.clause(item, Person.id), 0), else_=1) for item in together(step.criterion)]
    return and_(stands_below(compiler, step, Person.id), sum(unmet[1:], start=unmet[0]) == 1)


def _rewards(catalog: Catalog, into: str) -> Iterator[tuple[str, int]]:
    """The rewards that come with reaching this tier, with their value in yuan."""
    values = {reward["key"]: reward.get("value", 0) for reward in catalog.one("rewards")["rewards"]}
    reached = Leaf("tier", "tier.reached", into)
    for goal in goals(catalog):
        if goal.kind == "reward.granted" and values.get(goal.topic) and reached in leaves(goal.criterion):
            yield goal.topic, values[goal.topic]
