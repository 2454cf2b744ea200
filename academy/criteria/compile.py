"""A criterion as SQL, the same for both databases.

Every clause is about a trainee's id given as a column or a value; leaves read tallies by primary key; those
with a window or a highest value read facts through (trainee, kind, day).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)

from academy.catalog.content import Catalog
from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not
from academy.journal.models import Fact, Measure, Standing, Tally
from academy.people.models import Person

Clause = ColumnElement[bool]
Number = ColumnElement[int]


@dataclass(frozen=True)
class Compiler:
    """What compiling needs to know besides the criterion: what is published, and which day it is."""

    catalog: Catalog
    today: date

    def clause(self, criterion: Criterion, trainee: Any) -> Clause:
        """Whether the trainee qualifies."""
        match criterion:
            case Leaf():
                return self._met(criterion, trainee)
            case Not(item):
                return not_(self.clause(item, trainee))
            case All(items):
                return and_(*(self.clause(item, trainee) for item in items))
            case Any_(items):
                return or_(*(self.clause(item, trainee) for item in items))
            case AtLeast(n, items):
                ones: Sequence[Number] = [case((self.clause(item, trainee), 1), else_=0) for item in items]
                return sum(ones[1:], start=ones[0]) >= n

    def _met(self, leaf: Leaf, trainee: Any) -> Clause:
        if leaf.reads_facts or leaf.name in ("count", "sum", "best", "latest", "first"):
            return self._figure_met(leaf, trainee)
        match leaf.name:
            case "growth" | "feathers":
                return _exists(Standing, Standing.trainee_id == trainee, getattr(Standing, leaf.name) >= leaf.at_least)
            case "tier":
                return _exists(
                    Standing, Standing.trainee_id == trainee, Standing.tier.in_(self._tiers_from(leaf.topic))
                )
            case "days_in_tier":
                latest = self.today - timedelta(days=leaf.at_least)
                return _exists(Standing, Standing.trainee_id == trainee, Standing.since <= latest)
            case _:
                return self._tally(leaf, trainee, Tally.count >= 1)

    def _figure_met(self, leaf: Leaf, trainee: Any) -> Clause:
        if not leaf.reads_facts:
            return self._tally(leaf, trainee, getattr(Tally, leaf.figure) >= leaf.at_least)
        if leaf.name == "best":
            return _exists(Fact, *self._facts(leaf, trainee), Fact.value >= leaf.at_least)
        return self._of_facts(leaf, trainee) >= leaf.at_least

    def _tally(self, leaf: Leaf, trainee: Any, condition: Clause) -> Clause:
        return _exists(
            Tally, Tally.trainee_id == trainee, Tally.measure_id == _measure(leaf.kind, leaf.topic), condition
        )

    def _facts(self, leaf: Leaf, trainee: Any) -> list[Clause]:
        found = [Fact.trainee_id == trainee, Fact.kind == leaf.kind]
        if leaf.window:
            found += [Fact.day >= leaf.window.start(self.today), Fact.day <= self.today]
        if leaf.highest is not None:
            found.append(Fact.value <= leaf.highest)
        return found if leaf.topic == WHOLE else [*found, Fact.topic == leaf.topic]

    def _of_facts(self, leaf: Leaf, trainee: Any) -> Number:
        figure: Number = {
            "count": func.count(),
            "sum": func.coalesce(func.sum(Fact.value), 0),
            "best": func.coalesce(func.max(Fact.value), 0),
        }[leaf.name]
        return select(figure).where(*self._facts(leaf, trainee)).correlate(Person).scalar_subquery()

    def _tiers_from(self, key: str) -> list[str]:
        keys = [tier["key"] for tier in self.catalog.one("ladder")["tiers"]]
        return keys[keys.index(key) :] if key in keys else []

    def current(self, leaf: Leaf, trainee: Any) -> Number:
        """How far the trainee is, in the unit of the target; 0 where nothing happened yet."""
        if leaf.reads_facts:
            return self._of_facts(leaf, trainee)
        match leaf.name:
            case "growth" | "feathers":
                column = getattr(Standing, leaf.name)
                return _or_zero(select(column).where(Standing.trainee_id == trainee))
            case "tier":
                return case((self._met(leaf, trainee), 1), else_=0)
            case "days_in_tier":
                # Days are compared, never subtracted in SQL: the two databases disagree on how.
                return literal(0)
            case "course" | "stage" if self.parts(leaf):
                lessons, quizzes = self.parts(leaf)
                return (
                    select(func.count())
                    .where(
                        Fact.trainee_id == trainee,
                        or_(
                            and_(Fact.kind == "lesson.completed", Fact.topic.in_(lessons)),
                            and_(Fact.kind == "quiz.passed", Fact.topic.in_(quizzes)),
                        ),
                    )
                    .correlate(Person)
                    .scalar_subquery()
                )
            case _:
                measure = _measure(leaf.kind, leaf.topic)
                return _or_zero(
                    select(getattr(Tally, leaf.figure)).where(Tally.trainee_id == trainee, Tally.measure_id == measure)
                )

    def target(self, leaf: Leaf) -> int:
        """What `current` has to reach."""
        if leaf.name in ("course", "stage"):
            return sum(map(len, self.parts(leaf))) or 1
        return leaf.at_least

    def parts(self, leaf: Leaf) -> tuple[list[str], list[str]]:
        """The lessons and quizzes that a course or stage leaf counts; none if it is not published."""
        if leaf.name == "course":
            course = self.catalog.course.get(leaf.topic)
            stages = course.stages if course else ()
        else:
            stage = self.catalog.stages.get(leaf.topic)
            stages = (stage,) if stage else ()
        return (
            [lesson.key for stage in stages for lesson in stage.lessons],
            [stage.quiz.key for stage in stages if stage.quiz],
        )


def _measure(kind: str, topic: str) -> Number:
    return select(Measure.id).where(Measure.kind == kind, Measure.topic == topic).scalar_subquery()


def _exists(rows: Any, *conditions: Clause) -> Clause:
    # Only the trainee comes from outside, whatever else the statement around it reads.
    return select(literal(1)).select_from(rows).where(*conditions).correlate(Person).exists()


def _or_zero(query: Any) -> Number:
    return func.coalesce(query.correlate(Person).scalar_subquery(), 0)
