"""Reads of a week, by cohort and by kind; each statement answers for everybody at once.

Everything is as it was at the week's end, or is now while the week goes on, so that a week is told alike for ever. A
trainee counts in the cohort in which she was then.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.rewards.models import Grant, Voucher
from academy.journal.models import Fact
from academy.journal.presence import ACTIVE
from academy.journal.queries import absent_on
from academy.people.models import Cohort, Membership, Person
from academy.people.queries import cohorts_of
from academy.practice.models import HandIn
from academy.report.rules import Count, Reviews, Week, rate, reviews

STEPS = ("lesson.completed", "stage.completed", "handin.accepted", "exam.passed", "tier.reached")
"""The funnel after having joined."""


@dataclass
class Class:
    """A cohort in a week."""

    id: int
    name: str
    sample: bool
    open: bool
    taken: int
    members: int
    before: int
    away: int
    funnel: list[int]
    learners: int = 0
    to_review: int = 0

    @property
    def rate(self) -> int | None:
        return rate(self.learners, self.members)


@dataclass(frozen=True)
class Handed:
    """What became of a reward in a week: how often it was granted, how often with a code, and what is left of them."""

    granted: int = 0
    coded: int = 0
    left: int = 0


@dataclass
class Report:
    """The figures of a week, of some cohorts together."""

    week: Week
    cohorts: list[Class]
    now: Count = field(default_factory=Count)
    before: Count = field(default_factory=Count)
    reviews: Reviews = field(default_factory=lambda: reviews(()))
    reviews_before: Reviews = field(default_factory=lambda: reviews(()))
    overdue: int = 0
    rewards: dict[str, Handed] = field(default_factory=dict)

    @property
    def members(self) -> int:
        return sum(one.members for one in self.cohorts)

    @property
    def members_before(self) -> int:
        return sum(one.before for one in self.cohorts)

    @property
    def away(self) -> int:
        return sum(one.away for one in self.cohorts)

    @property
    def rate(self) -> int | None:
        return rate(self.now.learners, self.members)

    @property
    def rate_before(self) -> int | None:
        return rate(self.before.learners, self.members_before)

    @property
    def funnel(self) -> list[int]:
        return [sum(step) for step in zip(*(one.funnel for one in self.cohorts), strict=True)]

    @property
    def sample(self) -> bool:
        return any(one.sample and one.members for one in self.cohorts)


def classes(session: Session, staff: Person, week: Week) -> list[Class]:
    """The cohorts that a member of staff may see, the largest first; those long closed and empty are left out."""
    then, last = _inside(_end(week)), _last_day(week)
    reached = [
        exists().where(Fact.trainee_id == Membership.trainee_id, Fact.kind == kind, Fact.day <= last) for kind in STEPS
    ]
    rows = session.execute(
        cohorts_of(staff)
        .outerjoin(Membership, Membership.cohort_id == Cohort.id)
        .outerjoin(Person, Person.id == Membership.trainee_id)
        .group_by(Cohort.id)
        .order_by(_how_many(then).desc(), Cohort.id)
        .with_only_columns(
            Cohort.id,
            Cohort.name,
            Cohort.sample,
            Cohort.open,
            Cohort.taken,
            _how_many(then),
            _how_many(_inside(_end(week.before))),
            _how_many(and_(then, absent_on(last))),
            *(_how_many(and_(then, step)) for step in reached),
        )
    )
    found = [Class(*row[:8], [row[5], *row[8:]]) for row in rows]
    return [one for one in found if one.open or one.members or one.before]


def tell(session: Session, week: Week, cohorts: list[Class]) -> Report:
    """What happened in some cohorts in a week and in the one before; each of them is told its own share too."""
    by_id = {one.id: one for one in cohorts}
    report = Report(week, cohorts)
    _facts(session, week, by_id, report)
    _hand_ins(session, week, by_id, report)
    _rewards(session, week, by_id, report)
    return report


def _facts(session: Session, week: Week, by_id: dict[int, Class], report: Report) -> None:
    """Counts by cohort and week. As everybody is in one cohort at a week's end, they may be added up."""
    this = Fact.day >= week.monday
    active = Fact.kind.in_(ACTIVE)
    on_day = [_people(and_(active, Fact.day.in_(pair))) for pair in zip(week.days, week.before.days, strict=True)]
    kinds = ("handin.submitted", "handin.accepted", "exam.passed", "tier.reached")
    rows = session.execute(
        select(
            Membership.cohort_id,
            case((this, 1), else_=0).label("this_week"),
            _people(active),
            *(_how_many(Fact.kind == kind) for kind in kinds),
            *on_day,
        )
        .join(Membership, Membership.trainee_id == Fact.trainee_id)
        .where(
            Membership.cohort_id.in_(by_id),
            Fact.kind.in_((*ACTIVE, *kinds)),
            Fact.day.between(week.before.monday, week.sunday),
            or_(and_(this, _inside(_end(week))), and_(~this, _inside(_end(week.before)))),
        )
        .group_by(Membership.cohort_id, "this_week")
    )
    for cohort, is_this, learners, submitted, accepted, graduated, promoted, *days in rows:
        count = Count(learners, submitted, accepted, graduated, promoted, days)
        if is_this:
            by_id[cohort].learners = learners
            report.now += count
        else:
            report.before += count


def _hand_ins(session: Session, week: Week, by_id: dict[int, Class], report: Report) -> None:
    """Verdicts of both weeks, and what still waits at the end."""
    end, start, earlier = _end(week), clock.beginning(week.monday), clock.beginning(week.before.monday)
    rows = session.execute(
        select(Membership.cohort_id, HandIn.at, HandIn.due, Fact.at)
        .join(Membership, Membership.trainee_id == HandIn.trainee_id)
        .outerjoin(Fact, Fact.id == HandIn.verdict_id)
        .where(
            Membership.cohort_id.in_(by_id),
            _inside(end),
            HandIn.at < end,
            or_(Fact.id.is_(None), Fact.at >= earlier),
        )
    )
    judged: dict[bool, list[tuple[datetime, datetime, datetime]]] = {True: [], False: []}
    for cohort, handed_in, due, verdict in rows:
        if verdict is None or verdict >= end:
            by_id[cohort].to_review += 1
            report.overdue += due < end
        else:
            judged[verdict >= start].append((handed_in, due, verdict))
    report.reviews, report.reviews_before = reviews(judged[True]), reviews(judged[False])


def _rewards(session: Session, week: Week, by_id: dict[int, Class], report: Report) -> None:
    """What was granted in the week, and what is left of what is paid in vouchers, which is so today."""
    end = _end(week)
    granted = (
        select(
            Grant.reward, func.count().label("granted"), func.count(Voucher.id).label("coded"), literal(0).label("left")
        )
        .join(Membership, Membership.trainee_id == Grant.trainee_id)
        .outerjoin(Voucher, Voucher.grant_id == Grant.id)
        .where(Membership.cohort_id.in_(by_id), _inside(end), Grant.at >= clock.beginning(week.monday), Grant.at < end)
        .group_by(Grant.reward)
    )
    free = (
        select(Voucher.reward, literal(0), literal(0), func.count())
        .where(Voucher.grant_id.is_(None))
        .group_by(Voucher.reward)
    )
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for reward, *numbers in session.execute(union_all(granted, free)):
        found[reward] = [a + b for a, b in zip(found[reward], numbers, strict=True)]
    report.rewards = {reward: Handed(*numbers) for reward, numbers in found.items()}


def _end(week: Week) -> datetime:
    """The first instant that is past a week; past now, while it goes on."""
    return min(clock.beginning(week.after.monday), clock.now() + timedelta.resolution)


def _last_day(week: Week) -> date:
    return min(week.sunday, clock.today())


def _inside(at: datetime) -> ColumnElement[bool]:
    """Whether a membership lasted just before an instant."""
    return and_(Membership.since < at, or_(Membership.until.is_(None), Membership.until >= at))


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _people(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, Fact.trainee_id)).distinct())
