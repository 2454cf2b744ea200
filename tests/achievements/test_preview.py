"""Who would move if a draft were published, without anything being changed."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements.preview import GAINED, LOST, NEAR, SAME, moves, preview
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from tests.achievements.story import almost_silver, change, check_ins, copied, run_jobs


@pytest.fixture
def people(app: Flask, session: Session, tang: Person, aduo: Person, xiaomi: Person) -> None:
    """小棠 lacks the seventh check-in; 阿朵 lacks it and the pledge; 小米 meets all, but nobody has judged her yet."""
    with db.writing() as s:
        almost_silver(s, tang.id, but={"checkin.done"})
        almost_silver(s, aduo.id, but={"checkin.done", "pledge.signed"})
        almost_silver(s, xiaomi.id, but=set())


def draft(now: Catalog, check_in: int) -> Catalog:
    content: dict[str, Any] = copied(now.one("ladder"))
    check_ins(content, check_in)
    return now.after({("ladder", "academy"): content})


def test_a_lighter_rule_shows_who_is_promoted_beside_whom_and_who_is_one_short(
    session: Session, people: None, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    now = published(session)
    lighter = draft(now, 6)
    seen = preview(session, now, lighter, "silver")
    assert seen.numbers == {GAINED: 1, SAME: 1, LOST: 0, NEAR: 1}
    assert (seen.promoted, seen.cost, seen.cost_today) == (2, 40, 20)
    rows = [tuple(row) for row in session.execute(moves(now, lighter, "silver"))]
    assert rows == [(tang.id, GAINED), (xiaomi.id, SAME), (aduo.id, NEAR)]


def test_a_stricter_rule_shows_who_would_not_be_promoted_any_more(
    session: Session, people: None, tang: Person, xiaomi: Person
) -> None:
    now = published(session)
    seen = preview(session, now, draft(now, 8), "silver")
    # 小米 has seven and 小棠 six check-ins: both lack nothing else.
    assert seen.numbers == {GAINED: 0, SAME: 0, LOST: 1, NEAR: 1}
    assert (seen.cost, seen.cost_today) == (0, 20)


def test_who_has_the_reward_already_costs_nothing_more(session: Session, people: None, xiaomi: Person) -> None:
    with db.writing() as s:
        achievements.record(s, xiaomi.id, "reward.granted", "silver-voucher")
    now = published(session)
    assert preview(session, now, draft(now, 6), "silver").cost == 20


def test_a_preview_changes_nothing(app: Flask, session: Session, people: None) -> None:
    run_jobs(app)
    session.rollback()
    facts = session.scalar(select(func.count()).select_from(Fact))
    tiers = session.execute(select(Standing.trainee_id, Standing.tier)).all()
    now = published(session)
    preview(session, now, draft(now, 1), "silver")
    list(session.execute(moves(now, draft(now, 1), "silver")))
    assert session.scalar(select(func.count()).select_from(Fact)) == facts
    assert session.execute(select(Standing.trainee_id, Standing.tier)).all() == tiers


def test_what_the_preview_says_is_what_the_release_does(app: Flask, session: Session, people: None) -> None:
    now = published(session)
    promised = set(session.scalars(moves(now, draft(now, 6), "silver", (GAINED, SAME))))
    session.rollback()

    change(lambda ladder: check_ins(ladder, 6))
    run_jobs(app)
    session.rollback()
    # 小米 was not judged before: the release's sweep looks at all whom the changed step concerns.
    assert set(session.scalars(select(Standing.trainee_id).where(Standing.tier == "silver"))) == promised
