"""A criterion as SQL, the same for both databases.

Every clause is about a trainee's id given as a column or a value; leaves read tallies by primary key; those
with a window or a highest value read facts through (trainee, kind, day).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    func,
    join,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from academy.catalog.content import Catalog
from academy.criteria.language import FIGURES, LIFTED, WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not
from academy.journal.kinds import TAKEN
from academy.journal.models import Entry, Fact, Measure, Standing, Tally
from academy.journal.validity import ENDLESS, number_of
from academy.people.models import Cohort, Membership, Person, Trait

Clause = ColumnElement[bool]
Number = ColumnElement[int]


@dataclass(frozen=True)
class Compiler:
    """What compiling needs to know besides the criterion: what is published, and which day it is."""

    catalog: Catalog
    today: date
    approved: bool = False
    """Whether to take every approval by staff as given: who would be promoted if staff agreed."""

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
        match leaf.name:
            case "approval" if self.approved:
                return true()
            case "conduct":
                return not_(_exists(Fact, *self._standing_violations(leaf, trainee)))
            case "ratio":
                part, whole = self._ratio(leaf, trainee)
                scaled = part * leaf.ratio.per  # type: ignore[union-attr]
                within = scaled >= leaf.goal * whole if leaf.at_most is None else scaled <= leaf.goal * whole
                return and_(whole > 0, within)
            case "growth" if leaf.window:
                return self._earned(leaf, trainee) >= leaf.at_least
            case "cohort":
                return _exists(
                    join(Membership, Cohort, Cohort.id == Membership.cohort_id),
                    Membership.trainee_id == trainee,
                    Membership.until.is_(None),
                    Cohort.code == leaf.topic,
                )
            case "channel" | "tag":
                return _exists(Trait, *self._trait(leaf, trainee))
            case "attribute":
                return _exists(Trait, *self._trait(leaf, trainee), _bound(leaf, Trait.value))
            case "certificate":
                return and_(_exists(Fact, *self._running(leaf, trainee)), not_(taken(leaf.kind, leaf.topic, trainee)))
            case "badge":
                won = self._tally(leaf, trainee, Tally.count >= 1)
                return and_(won, not_(taken(leaf.kind, leaf.topic, trainee)))
        if leaf.reads_facts or leaf.name in FIGURES:
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
            if leaf.at_most is not None and leaf.name in ("count", "sum"):
                # Where nothing happened there is no tally, and nothing is little enough.
                return not_(self._tally(leaf, trainee, getattr(Tally, leaf.figure) > leaf.at_most))
            return self._tally(leaf, trainee, _bound(leaf, getattr(Tally, leaf.figure)))
        if leaf.name == "best":
            happened = _exists(Fact, *self._facts(leaf, trainee))
            if leaf.at_most is not None:
                return and_(happened, not_(_exists(Fact, *self._facts(leaf, trainee), Fact.value > leaf.at_most)))
            return _exists(Fact, *self._facts(leaf, trainee), Fact.value >= leaf.at_least)
        return _bound(leaf, self._of_facts(leaf, trainee))

    def _running(self, leaf: Leaf, trainee: Any) -> list[Clause]:
        """The certificates that have not come to their end."""
        found = [Fact.trainee_id == trainee, Fact.kind == leaf.kind]
        running = or_(Fact.value == ENDLESS, Fact.value >= number_of(self.today))
        return [*found, running] if leaf.topic == WHOLE else [*found, Fact.topic == leaf.topic, running]

    def _tally(self, leaf: Leaf, trainee: Any, condition: Clause) -> Clause:
        return _exists(
            Tally, Tally.trainee_id == trainee, Tally.measure_id == _measure(leaf.kind, leaf.topic), condition
        )

    def _facts(self, leaf: Leaf, trainee: Any) -> list[Clause]:
        found = [Fact.trainee_id == trainee, Fact.kind == leaf.kind, *self._in_window(leaf, Fact.day)]
        if leaf.highest is not None:
            found.append(Fact.value <= leaf.highest)
        return found if leaf.topic == WHOLE else [*found, Fact.topic == leaf.topic]

    def _in_window(self, leaf: Leaf, day: Any) -> list[Clause]:
        return [day >= leaf.window.start(self.today), day <= self.today] if leaf.window else []

    def _of_facts(self, leaf: Leaf, trainee: Any, name: str | None = None) -> Number:
        figure: Number = {
            "count": func.count(),
            "sum": func.coalesce(func.sum(Fact.value), 0),
            "best": func.coalesce(func.max(Fact.value), 0),
        }[name or leaf.name]
        return select(figure).where(*self._facts(leaf, trainee)).correlate(Person).scalar_subquery()

    def _earned(self, leaf: Leaf, trainee: Any) -> Number:
        of_growth = Entry.trainee_id == trainee, Entry.currency == "growth", *self._in_window(leaf, Entry.day)
        return _or_zero(select(func.sum(Entry.amount)).where(*of_growth))

    def _ratio(self, leaf: Leaf, trainee: Any) -> tuple[Number, Number]:
        """What is divided, and by what."""
        ratio = leaf.ratio
        assert ratio
        divisor = replace(leaf, kind=ratio.kind, topic=ratio.topic)

        def read(of: Leaf) -> Number:
            figure = self._of_facts(of, trainee, ratio.figure) if leaf.window else self._figure(of, trainee)
            # What adds up, times ten thousand, leaves the room of an integer.
            return cast(figure, BigInteger)

        return read(leaf), read(divisor)

    def _figure(self, leaf: Leaf, trainee: Any) -> Number:
        return _tallied(leaf.figure, leaf.kind, leaf.topic, trainee)

    def _standing_violations(self, leaf: Leaf, trainee: Any) -> list[Clause]:
        lifted = aliased(Fact)
        appealed = (
            select(literal(1))
            .where(
                lifted.trainee_id == Fact.trainee_id,
                lifted.kind == LIFTED,
                lifted.topic == Fact.topic,
                lifted.occurrence == Fact.occurrence,
            )
            .correlate(Fact)
            .exists()
        )
        of_hers = Fact.trainee_id == trainee, Fact.kind.in_(leaf.none_of), *self._in_window(leaf, Fact.day)
        return [*of_hers, not_(appealed)]

    def _trait(self, leaf: Leaf, trainee: Any) -> list[Clause]:
        return [Trait.trainee_id == trainee, Trait.kind == leaf.kind, Trait.key == leaf.topic]

    def _tiers_from(self, key: str) -> list[str]:
        keys = [tier["key"] for tier in self.catalog.one("ladder")["tiers"]]
        return keys[keys.index(key) :] if key in keys else []

    def current(self, leaf: Leaf, trainee: Any) -> Number:
        """How far the trainee is, in the unit of the target; 0 where nothing happened yet."""
        match leaf.name:
            case "conduct":
                return _or_zero(select(func.count()).where(*self._standing_violations(leaf, trainee)))
            case "ratio":
                return self._quotient(leaf, trainee)
            case "growth" if leaf.window:
                return self._earned(leaf, trainee)
        if leaf.reads_facts:
            return self._of_facts(leaf, trainee)
        match leaf.name:
            case "attribute":
                return _or_zero(select(Trait.value).where(*self._trait(leaf, trainee)))
            case "growth" | "feathers":
                column = getattr(Standing, leaf.name)
                return _or_zero(select(column).where(Standing.trainee_id == trainee))
            case "cohort" | "channel" | "tag" | "tier" | "badge" | "certificate":
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
                return self._figure(leaf, trainee)

    def _quotient(self, leaf: Leaf, trainee: Any) -> Number:
        """Rounded away from the bound, so that what is read never says more than what is met."""
        part, whole = self._ratio(leaf, trainee)
        scaled = part * leaf.ratio.per  # type: ignore[union-attr]
        rounded = scaled // whole if leaf.at_most is None else (scaled + whole - 1) // whole
        return case((whole > 0, rounded), else_=0)

    def target(self, leaf: Leaf) -> int:
        """What `current` has to reach."""
        if leaf.name in ("course", "stage"):
            return sum(map(len, self.parts(leaf))) or 1
        return leaf.goal

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


def taken(kind: str, topic: str, trainee: Any) -> Clause:
    """Whether something that was won has been taken away, and not given back."""
    away, back = (_tallied("count", other, topic, trainee) for other in TAKEN[kind])
    return away > back


def _tallied(figure: str, kind: str, topic: str, trainee: Any) -> Number:
    measure = _measure(kind, topic)
    return _or_zero(select(getattr(Tally, figure)).where(Tally.trainee_id == trainee, Tally.measure_id == measure))


def _bound(leaf: Leaf, figure: Any) -> Clause:
    met: Clause = figure >= leaf.at_least if leaf.at_most is None else figure <= leaf.at_most
    return met


def _measure(kind: str, topic: str) -> Number:
    return select(Measure.id).where(Measure.kind == kind, Measure.topic == topic).scalar_subquery()


def _exists(rows: Any, *conditions: Clause) -> Clause:
    # Only the trainee comes from outside, whatever else the statement around it reads.
    return select(literal(1)).select_from(rows).where(*conditions).correlate(Person).exists()


def _or_zero(query: Any) -> Number:
    return func.coalesce(query.correlate(Person).scalar_subquery(), 0)
