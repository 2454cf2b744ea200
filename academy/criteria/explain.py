"""Running criteria: explain one, explain many, select all. All three use the same clause."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, cast, select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Catalog
from academy.criteria.compile import Compiler
from academy.criteria.language import All, Any_, AtLeast, Criterion, Leaf, Not, leaves
from academy.journal.models import Standing
from academy.people.models import Person


@dataclass(frozen=True)
class Reason:
    """One node of a criterion for one trainee: met or not, and for a leaf how far she is."""

    criterion: Criterion
    met: bool
    current: int
    target: int
    parts: tuple["Reason", ...] = ()

    @property
    def missing(self) -> int:
        return 0 if self.met else max(abs(self.target - self.current), 1)

    @property
    def is_limit(self) -> bool:
        """Whether it says what must not be, so that no part of a whole tells how far she is."""
        of = self.criterion
        return isinstance(of, Not) or (isinstance(of, Leaf) and of.at_most is not None)

    def conditions(self) -> Iterator["Reason"]:
        """What has to be met together, met or not, in the order in which it is written.

        What nobody has to do anything for is left out while it is met.
        """
        match self.criterion:
            case All():
                for part in self.parts:
                    yield from part.conditions()
            case Leaf(name="conduct") | Any_((Not(Leaf(kind="tier.lowered")), _)) if self.met:
                return
            case _:
                yield self

    def leaves(self) -> Iterator["Reason"]:
        """The reasons of the leaves, in the order in which they are written."""
        if isinstance(self.criterion, Leaf):
            yield self
        for part in self.parts:
            yield from part.leaves()


def explain_many(
    session: Session,
    catalog: Catalog,
    criterion: Criterion,
    who: Select[Any],
    today: date | None = None,
) -> dict[int, Reason]:
    """For each trainee of `who` (a select of ids): condition, current, target, met. One statement."""
    compiler = Compiler(catalog, today or clock.today())
    return _reasons(compiler, criterion, session.execute(_figures(compiler, criterion).where(Person.id.in_(who))))


def explain(session: Session, catalog: Catalog, criterion: Criterion, trainee_id: int) -> Reason:
    """Condition by condition, what one trainee has and what she still needs."""
    compiler = Compiler(catalog, clock.today())
    rows = session.execute(_figures_of_one(compiler, criterion), {"trainee": trainee_id})
    return _reasons(compiler, criterion, rows)[trainee_id]


# Building a statement takes SQLAlchemy ten times as long as running it, and a day's statements stay the same.
@lru_cache(maxsize=64)
def _figures(compiler: Compiler, criterion: Criterion) -> Select[*tuple[Any, ...]]:
    columns: list[Any] = []
    for leaf in leaves(criterion):
        columns += [
            compiler.current(leaf, Person.id),
            cast(compiler.clause(leaf, Person.id), Integer),
        ]
    return select(Person.id, Standing.since, cast(compiler.clause(criterion, Person.id), Integer), *columns).outerjoin(
        Standing, Standing.trainee_id == Person.id
    )


@lru_cache(maxsize=64)
def _figures_of_one(compiler: Compiler, criterion: Criterion) -> Select[*tuple[Any, ...]]:
    return _figures(compiler, criterion).where(Person.id == bindparam("trainee"))


def _reasons(compiler: Compiler, criterion: Criterion, rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, Reason]:
    conditions = tuple(leaves(criterion))
    found = {}
    for trainee, since, met, *pairs in rows:
        figures = iter(
            [
                _settle(compiler, leaf, int(current or 0), bool(leaf_met), since)
                for leaf, current, leaf_met in zip(conditions, pairs[::2], pairs[1::2], strict=True)
            ]
        )
        reason = _tree(criterion, figures)
        assert reason.met == bool(met), f"{criterion} explained as {reason.met}, selected as {bool(met)}"
        found[trainee] = reason
    return found


def qualified(catalog: Catalog, criterion: Criterion, today: date | None = None) -> Select[int]:
    """The select of all trainees who qualify."""
    compiler = Compiler(catalog, today or clock.today())
    return select(Person.id).where(Person.role == "trainee", compiler.clause(criterion, Person.id))


def met(session: Session, catalog: Catalog, criteria: list[Criterion], trainee_id: int) -> list[bool]:
    """Which of several criteria one trainee meets, in one statement."""
    if not criteria:
        return []
    statement = _answers(Compiler(catalog, clock.today()), tuple(criteria))
    return [bool(answer) for answer in session.execute(statement, {"trainee": trainee_id}).one()]


@lru_cache(maxsize=64)
def _answers(compiler: Compiler, criteria: tuple[Criterion, ...]) -> Select[*tuple[Any, ...]]:
    trainee = bindparam("trainee", type_=Integer)
    return select(*(cast(compiler.clause(criterion, trainee), Integer) for criterion in criteria))


def _settle(compiler: Compiler, leaf: Leaf, current: int, met: bool, since: date | None) -> Reason:
    target = compiler.target(leaf)
    if leaf.name == "days_in_tier" and since:
        current = max((compiler.today - since).days, 0)
    if leaf.at_most is not None:
        return Reason(leaf, met, current, target)
    if met:
        # A course once completed stays so, even when a later version asks for more.
        current = max(current, target)
    elif leaf.name in ("course", "stage"):
        current = min(current, target - 1)
    return Reason(leaf, met, current, target)


def _tree(criterion: Criterion, figures: Iterator[Reason]) -> Reason:
    match criterion:
        case Leaf():
            return next(figures)
        case Not(item):
            part = _tree(item, figures)
            return Reason(criterion, not part.met, int(not part.met), 1, (part,))
        case All(items):
            needed = len(items)
        case Any_(items):
            needed = 1
        case AtLeast(n, items):
            needed = n
    parts = tuple(_tree(item, figures) for item in items)
    reached = sum(part.met for part in parts)
    return Reason(criterion, reached >= needed, min(reached, needed), needed, parts)
