"""The monthly review warns, takes one step at most, and an appeal gives it back."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import achievements, clock
from academy.achievements import reviews
from academy.catalog.queries import published
from academy.db import db
from academy.doctor.queries import differences
from academy.journal.models import Fact, Standing
from academy.people.models import Membership, Person
from academy.tiers.models import Appeal
from tests.achievements.story import almost_silver, change, run_jobs, run_night, tier_of
from tests.conftest import Clock


def keeping(ladder: dict[str, Any]) -> None:
    """白银 is kept by two check-ins within thirty days."""
    ladder["review"] = {"on": True, "protect_days": 90, "warn_days": 7}
    ladder["tiers"][1]["keep"] = {"count": {"kind": "checkin.done", "at_least": 2, "within": "30d"}}


@pytest.fixture
def silver(app: Flask, session: Session, tang: Person) -> Person:
    """小棠 has reached 白银 on 14 September."""
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")
    change(keeping)
    run_jobs(app)
    return tang


def day(month: int, number: int) -> datetime:
    return datetime(2026 if month > 8 else 2027, month, number, 3, 30, tzinfo=clock.ZONE)


def happened(session: Session, kind: str) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(select(Fact.topic, Fact.occurrence).where(Fact.kind == kind).order_by(Fact.id))
    return [(topic, occurrence) for topic, occurrence in rows]


def amiss(session: Session) -> list[str]:
    """What the doctor finds, but for the growth that the story gave her without a fact."""
    return [str(found) for found in differences(session) if found.what != "growth"]


def check_in(trainee_id: int, on: str) -> None:
    with db.writing() as s:
        achievements.record(s, trainee_id, "checkin.done", occurrence=on)


def nights(app: Flask, clock: Clock, *days: tuple[int, int]) -> None:
    for month, number in days:
        clock.to(day(month, number))
        run_night(app)


def test_nobody_is_reviewed_within_the_protected_days(
    app: Flask, session: Session, clock: Clock, silver: Person
) -> None:
    nights(app, clock, (11, 24), (12, 1), (12, 8))
    assert happened(session, "review.warned") == []


def test_seven_days_before_she_is_warned_and_then_steps_down_by_one(
    app: Flask, session: Session, clock: Clock, silver: Person
) -> None:
    nights(app, clock, (12, 24))
    assert happened(session, "review.warned") == []
    nights(app, clock, (12, 25), (12, 26), (12, 31))
    assert happened(session, "review.warned") == [("silver", "2027-01")]
    assert tier_of(session, silver) == "silver"
    nights(app, clock, (1, 1), (1, 2))
    assert happened(session, "tier.lowered") == [("bronze", "2027-01")]
    assert tier_of(session, silver) == "bronze"
    seat = session.scalars(select(Membership).where(Membership.trainee_id == silver.id, Membership.until.is_(None)))
    assert seat.one().cohort.tier == "bronze"
    assert not amiss(session)


def test_what_is_missing_is_told_with_the_warning(app: Flask, session: Session, clock: Clock, silver: Person) -> None:
    nights(app, clock, (12, 25))
    session.rollback()
    told = reviews.warning(session, published(session), silver.id)
    assert told
    fact, reason = told
    assert (reason.current, reason.target) == (0, 2)
    assert reviews.decided_on(fact, 7).isoformat() == "2027-01-01"


def test_who_does_what_was_missing_keeps_her_tier(app: Flask, session: Session, clock: Clock, silver: Person) -> None:
    nights(app, clock, (12, 25))
    check_in(silver.id, "2026-12-25")
    clock.to(day(12, 26))
    check_in(silver.id, "2026-12-26")
    assert reviews.warning(session, published(session), silver.id) is None
    nights(app, clock, (1, 1))
    assert happened(session, "review.kept") == [("silver", "2027-01")]
    assert tier_of(session, silver) == "silver"


def test_a_warning_that_came_late_still_leaves_seven_days(
    app: Flask, session: Session, clock: Clock, silver: Person
) -> None:
    nights(app, clock, (12, 29), (1, 1), (1, 4))
    assert tier_of(session, silver) == "silver"
    nights(app, clock, (1, 5))
    assert tier_of(session, silver) == "bronze"


def test_a_clock_that_jumps_over_the_review_takes_nobody_a_tier_unwarned(
    app: Flask, session: Session, clock: Clock, silver: Person
) -> None:
    nights(app, clock, (12, 20), (1, 9))
    assert tier_of(session, silver) == "silver"
    assert happened(session, "review.warned") == []


def test_a_month_counts_up_to_its_last_day(app: Flask, session: Session, clock: Clock, silver: Person) -> None:
    by_month = {"count": {"kind": "checkin.done", "at_least": 2, "this": "month"}}
    change(lambda ladder: ladder["tiers"][1].update(keep=by_month))
    nights(app, clock, (12, 25))
    check_in(silver.id, "2026-12-25")
    clock.to(day(12, 31))
    check_in(silver.id, "2026-12-31")
    nights(app, clock, (1, 1))
    assert tier_of(session, silver) == "silver", "on the first of January, December is what counts"


def test_she_comes_back_by_what_keeps_the_tier_and_her_honours_stay(
    app: Flask, session: Session, clock: Clock, silver: Person
) -> None:
    badges = session.scalar(select(func.count()).where(Fact.kind == "badge.awarded", Fact.trainee_id == silver.id))
    nights(app, clock, (12, 25), (1, 1))
    assert tier_of(session, silver) == "bronze"
    check_in(silver.id, "2027-01-01")
    assert tier_of(session, silver) == "bronze", "the conditions of long ago are not enough"
    clock.to(day(1, 2))
    check_in(silver.id, "2027-01-02")
    assert tier_of(session, silver) == "silver"
    assert len(happened(session, "reward.granted")) == 1, "nothing is paid twice"
    assert session.scalar(select(func.count()).where(Fact.kind == "badge.awarded")) == badges
    assert not amiss(session)


def test_reviews_that_are_off_take_nobody_anything(app: Flask, session: Session, clock: Clock, silver: Person) -> None:
    change(lambda ladder: ladder["review"].update(on=False))
    nights(app, clock, (12, 25), (1, 1), (2, 1))
    assert tier_of(session, silver) == "silver"


@pytest.fixture
def lowered(app: Flask, clock: Clock, silver: Person) -> Person:
    nights(app, clock, (12, 25), (1, 1))
    return silver


def test_an_appeal_that_succeeds_gives_the_tier_back_with_its_days(
    session: Session, clock: Clock, lowered: Person, lu: Person
) -> None:
    with db.writing() as s:
        reviews.appeal(s, lowered.id, "我住院了")
    one = session.scalars(select(Appeal)).one()
    session.rollback()
    with db.writing() as s:
        reviews.answer(s, s.get_one(Person, lu.id), one.id, True, "祝早日康复")
    assert tier_of(session, lowered) == "silver"
    since = session.scalars(select(Standing.since).where(Standing.trainee_id == lowered.id)).one()
    assert since.isoformat() == "2026-09-14", "as if she had never lost it"
    assert happened(session, "appeal.answered") == []
    assert not amiss(session)


def test_an_appeal_is_made_once_and_answered_once(session: Session, lowered: Person, lu: Person) -> None:
    with db.writing() as s:
        reviews.appeal(s, lowered.id, "我住院了")
    with pytest.raises(reviews.NoAppeal), db.writing() as s:
        reviews.appeal(s, lowered.id, "再说一次")
    one = session.scalars(select(Appeal)).one()
    session.rollback()
    with db.writing() as s:
        reviews.answer(s, s.get_one(Person, lu.id), one.id, False, "规则对所有人一样")
    with pytest.raises(reviews.Answered), db.writing() as s:
        reviews.answer(s, s.get_one(Person, lu.id), one.id, True, "")
    assert tier_of(session, lowered) == "bronze"
    assert happened(session, "appeal.answered") == [("bronze", str(one.id))]
    assert happened(session, "tier.restored") == []


def test_who_has_climbed_back_by_herself_is_answered_and_keeps_what_she_has(
    session: Session, clock: Clock, lowered: Person, lu: Person
) -> None:
    with db.writing() as s:
        reviews.appeal(s, lowered.id, "我住院了")
    check_in(lowered.id, "2027-01-01")
    clock.to(day(1, 2))
    check_in(lowered.id, "2027-01-02")
    one = session.scalars(select(Appeal)).one()
    session.rollback()
    with db.writing() as s:
        reviews.answer(s, s.get_one(Person, lu.id), one.id, True, "祝早日康复")
    assert tier_of(session, lowered) == "silver"
    assert happened(session, "appeal.answered") == [("silver", str(one.id))]
    assert happened(session, "tier.restored") == []


def test_nobody_appeals_who_lost_nothing_or_too_long_ago(
    session: Session, clock: Clock, lowered: Person, aduo: Person
) -> None:
    with pytest.raises(reviews.NoAppeal), db.writing() as s:
        reviews.appeal(s, aduo.id, "我也要")
    clock.move(days=31)
    with pytest.raises(reviews.NoAppeal), db.writing() as s:
        reviews.appeal(s, lowered.id, "太晚了")
