"""A promotion may wait for staff, who approve it or put it off with a reason."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements import approvals
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Person
from academy.tiers.models import Decision
from tests.achievements.story import almost_silver, change, run_jobs, tier_of
from tests.achievements.test_bad_luck import at_once


def asks_for_approval(ladder: dict[str, Any]) -> None:
    ladder["tiers"][0]["promotion"]["all"].append({"approval": {"key": "silver"}})


@pytest.fixture
def waits(app: Flask, session: Session, tang: Person, aduo: Person) -> Person:
    """小棠 has done all that 白银 asks for, 阿朵 not."""
    change(asks_for_approval)
    with db.writing() as s:
        for person in (tang, aduo):
            almost_silver(s, person.id, but={"pledge.signed"})
        achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")
    run_jobs(app)
    return tang


def queue(session: Session) -> list[tuple[int, str]]:
    session.rollback()
    return [tuple(row) for row in session.execute(approvals.waiting(published(session)))]


def decide(staff: Person, trainee: Person, agreed: bool, reason: str = "") -> achievements.Outcome:
    with db.writing() as s:
        return approvals.decide(s, s.get_one(Person, staff.id), trainee.id, "silver", agreed, reason)


def test_who_meets_all_but_the_approval_waits_for_it(session: Session, waits: Person) -> None:
    assert tier_of(session, waits) == "bronze"
    assert queue(session) == [(waits.id, "silver")]


def test_an_approval_promotes_at_once(session: Session, waits: Person, lu: Person) -> None:
    assert decide(lu, waits, True).won("tier.reached") == ["silver"]
    assert (tier_of(session, waits), queue(session)) == ("silver", [])


def test_what_was_put_off_waits_again_once_she_asks(session: Session, waits: Person, lu: Person) -> None:
    decide(lu, waits, False, "请先补上群规")
    assert (tier_of(session, waits), queue(session)) == ("bronze", [])
    off = approvals.put_off(session, waits.id, "silver")
    assert off
    assert off.decision.reason == "请先补上群规"
    session.rollback()
    for _ in range(2):  # the second time changes nothing
        with db.writing() as s:
            approvals.ask_again(s, waits.id, "silver")
    assert queue(session) == [(waits.id, "silver")]
    assert approvals.put_off(session, waits.id, "silver") is None
    session.rollback()
    assert decide(lu, waits, True).won("tier.reached") == ["silver"]


def test_nobody_is_approved_who_does_not_wait(session: Session, waits: Person, aduo: Person, lu: Person) -> None:
    with pytest.raises(approvals.NotWaiting):
        decide(lu, aduo, True)
    decide(lu, waits, True)
    with pytest.raises(approvals.NotWaiting):
        decide(lu, waits, False)


def test_two_staff_who_decide_at_once_promote_once(app: Flask, session: Session, waits: Person, lu: Person) -> None:
    refused: list[Exception] = []

    def approve() -> None:
        try:
            decide(lu, waits, True)
        except approvals.NotWaiting as error:
            refused.append(error)

    at_once(app, approve, approve)
    session.rollback()
    assert len(refused) == 1
    assert session.scalar(select(func.count()).where(Fact.kind == "tier.reached")) == 1
    assert session.scalar(select(func.count()).select_from(Decision)) == 1
