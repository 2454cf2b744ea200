"""The run of a night and the sweep after a release: whoever qualifies without doing anything wins all the same."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements import nightly as night
from academy.achievements.goals import goals, passing
from academy.catalog.queries import published
from academy.db import db
from academy.jobs.models import Job
from academy.jobs.work import Held
from academy.journal import actions as journal
from academy.journal.models import Fact, Standing
from academy.people.models import Membership, Person
from tests.achievements.story import almost_silver, change, check_ins, run_jobs, run_night, tier_of
from tests.conftest import Clock


def test_a_lighter_rule_promotes_those_who_meet_it_and_nobody_else(
    app: Flask, session: Session, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"checkin.done"})  # six check-ins
        almost_silver(s, aduo.id, but={"checkin.done", "pledge.signed"})
    run_jobs(app)
    assert tier_of(session, tang) == "bronze"
    change(lambda ladder: check_ins(ladder, 6))
    run_jobs(app)
    assert [tier_of(session, person) for person in (tang, aduo, xiaomi)] == ["silver", "bronze", "bronze"]
    placed = session.scalars(select(Membership).where(Membership.trainee_id == tang.id, Membership.until.is_(None)))
    assert placed.one().cohort.tier == "silver"
    reached = session.scalars(select(Fact).where(Fact.kind == "tier.reached")).one()
    assert reached.value == published(session).release, "the fact says whose rules decided"


def test_a_release_that_changes_no_goal_judges_nobody(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_jobs(app)
    judged: list[int] = []
    monkeypatch.setattr(night, "judge", lambda _session, trainee: judged.append(trainee))
    change(lambda ladder: ladder["tiers"][0].update(line={"zh": "新的一行", "en": "A new line"}))
    run_jobs(app)
    assert judged == []


def test_days_in_a_tier_promote_on_the_very_day_without_a_fact(
    app: Flask, session: Session, clock: Clock, tang: Person
) -> None:
    change(lambda ladder: ladder["tiers"][0].update(promotion={"days_in_tier": {"at_least": 3}}))
    run_jobs(app)
    for _ in range(2):
        clock.move(days=1)
        run_night(app)
        assert tier_of(session, tang) == "bronze"
    clock.move(days=1)
    run_night(app)
    assert tier_of(session, tang) == "silver"


def test_a_night_visits_only_those_with_news_or_a_due_day(
    app: Flask, session: Session, clock: Clock, tang: Person, aduo: Person
) -> None:
    for _ in range(3):
        run_night(app)
        clock.move(days=1)
    with db.writing() as s:
        achievements.record(s, aduo.id, "checkin.done", occurrence="x")
    run_night(app)
    job = session.scalars(select(Job).where(Job.name == "nightly").order_by(Job.id.desc())).first()
    assert job
    concerned = night.touched(job.progress["from"], job.progress["upto"])
    assert set(session.scalars(concerned)) == {aduo.id}


def test_a_clock_that_jumps_days_loses_nothing(app: Flask, session: Session, clock: Clock, tang: Person) -> None:
    change(lambda ladder: ladder["tiers"][0].update(promotion={"days_in_tier": {"at_least": 3}}))
    run_jobs(app)
    clock.move(days=40)
    run_night(app)
    assert tier_of(session, tang) == "silver"


def test_a_violation_that_grows_old_stops_blocking_on_its_day(
    app: Flask, session: Session, clock: Clock, tang: Person
) -> None:
    change(lambda ladder: ladder.update(common={"conduct": {"none_of": ["violation.serious"], "within": "30d"}}))
    run_jobs(app)
    with db.writing() as s:
        achievements.record(s, tang.id, "violation.serious", "privacy", "1")
        almost_silver(s, tang.id, but={"pledge.signed"})
    with db.writing() as s:
        achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")
    assert tier_of(session, tang) == "bronze", "a serious violation vetoes"
    clock.move(days=29)
    run_night(app)
    assert tier_of(session, tang) == "bronze"
    clock.move(days=1)
    run_night(app)
    assert tier_of(session, tang) == "silver"


def test_a_lifted_violation_no_longer_vetoes(session: Session, tang: Person) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        achievements.record(s, tang.id, "violation.serious", "privacy", "1")
        achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")
    assert tier_of(session, tang) == "bronze"
    with db.writing() as s:
        won = achievements.record(s, tang.id, "violation.lifted", "privacy", "1")
    assert won.won("tier.reached") == ["silver"]


def test_killed_half_way_and_begun_again_the_sweep_does_the_rest_once(
    app: Flask, session: Session, tang: Person, aduo: Person, clock: Clock, monkeypatch: Any
) -> None:
    run_jobs(app)
    with db.writing() as s:
        for person in (tang, aduo):
            almost_silver(s, person.id, but={"checkin.done"})
    change(lambda ladder: check_ins(ladder, 6))
    monkeypatch.setattr(night, "BATCH", 1)
    judge, done = night.judge, list[int]()

    def killed(s: Session, trainee: int) -> Any:
        if done:
            raise SystemExit("killed")
        done.append(trainee)
        return judge(s, trainee)

    monkeypatch.setattr(night, "judge", killed)
    with pytest.raises(SystemExit):
        run_jobs(app)
    monkeypatch.setattr(night, "judge", judge)
    assert sorted(tier_of(session, person) for person in (tang, aduo)) == ["bronze", "silver"]
    clock.move(minutes=6)
    run_jobs(app)
    assert [tier_of(session, person) for person in (tang, aduo)] == ["silver", "silver"]
    promotions = session.scalars(select(Fact.trainee_id).where(Fact.kind == "tier.reached")).all()
    assert sorted(promotions) == sorted([tang.id, aduo.id])


def test_a_release_while_the_night_works_is_swept_after_it(
    app: Flask, session: Session, tang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_jobs(app)
    with db.writing() as s:
        almost_silver(s, tang.id, but={"checkin.done"})
    let_win = night._let_win

    def published_meanwhile(job: Held, *rest: Any) -> None:
        if job.name == "nightly":
            change(lambda ladder: check_ins(ladder, 6))
        let_win(job, *rest)

    monkeypatch.setattr(night, "_let_win", published_meanwhile)
    run_night(app)
    assert tier_of(session, tang) == "silver"


def test_the_highest_tier_met_is_reached_in_one_step_with_all_that_comes_on_the_way(
    app: Flask, session: Session, tang: Person
) -> None:
    def alter(ladder: dict[str, Any]) -> None:
        ladder["step"] = "highest"
        ladder["tiers"][0]["promotion"] = {"growth": {"at_least": 10}}
        ladder["tiers"][1]["promotion"] = {"growth": {"at_least": 10}}

    change(alter)
    run_jobs(app)
    with db.writing() as s:
        outcome = achievements.record(s, tang.id, "profile.completed")
    assert outcome.won("tier.reached") == ["gold"]
    assert "silver-voucher" in outcome.won("reward.granted")


def test_one_step_at_a_time_takes_the_next_step_on_the_next_occasion(
    app: Flask, session: Session, tang: Person
) -> None:
    def alter(ladder: dict[str, Any]) -> None:
        ladder["tiers"][0]["promotion"] = {"growth": {"at_least": 10}}
        ladder["tiers"][1]["promotion"] = {"growth": {"at_least": 10}}

    change(alter)
    run_jobs(app)
    with db.writing() as s:
        assert achievements.record(s, tang.id, "profile.completed").won("tier.reached") == ["silver"]
    run_night(app)
    assert tier_of(session, tang) == "gold"


def test_those_from_outside_do_not_climb_unless_the_ladder_lets_them(
    app: Flask, session: Session, tang: Person
) -> None:
    with db.writing() as s:
        s.get_one(Person, tang.id).external = True
        almost_silver(s, tang.id, but={"pledge.signed"})
        assert not achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09").won("tier.reached")
    external = {"assessment": "bronze-exam", "days": 14, "tiers": True}
    change(lambda ladder: ladder.update(external=external))
    run_night(app)
    assert tier_of(session, tang) == "silver"


def test_every_goal_is_judged_by_the_night_as_by_the_doorway(session: Session, tang: Person) -> None:
    with db.writing() as s:
        journal.write(s, tang.id, "profile.completed")
        won = achievements.actions.judge(s, tang.id)
    assert won.won("badge.awarded") == ["first-visit"]
    assert len(goals(published(session))) > len(passing(published(session)))


def test_nobody_is_due_whom_only_facts_can_move(app: Flask, session: Session, clock: Clock, tang: Person) -> None:
    assert session.scalars(select(Standing.due).where(Standing.trainee_id == tang.id)).one() is not None
    run_night(app)
    session.rollback()
    assert session.scalars(select(Standing.due).where(Standing.trainee_id == tang.id)).one() is None
