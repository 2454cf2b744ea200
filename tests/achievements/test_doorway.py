"""record(): a fact and all that follows from it, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements import actions as doorway
from academy.achievements.actions import issue_waiting
from academy.achievements.certificates.models import Certificate
from academy.achievements.rewards.actions import stock
from academy.achievements.rewards.models import Grant, Voucher
from academy.db import db
from academy.journal.models import Entry, Fact, Tally
from academy.journal.queries import standing
from academy.people.models import Cohort, Person, Waiting
from academy.people.queries import membership
from tests.achievements.story import almost_silver
from tests.conftest import Clock


def record(trainee: Person, kind: str, topic: str = "", occurrence: str = "", value: int = 1) -> achievements.Outcome:
    with db.writing() as session:
        return achievements.record(session, trainee.id, kind, topic, occurrence, value)


def test_a_first_lesson_earns_its_points_and_plants_the_first_seed(session: Session, tang: Person) -> None:
    outcome = record(tang, "lesson.completed", "own")
    assert outcome.gains == {"growth": 10, "feathers": 5}
    assert outcome.won("badge.awarded") == ["first-seed"]
    now = standing(session, tang.id)
    assert (now.growth, now.feathers) == (10, 5)


def test_the_same_fact_again_leads_to_nothing(session: Session, tang: Person) -> None:
    record(tang, "lesson.completed", "own")
    again = record(tang, "lesson.completed", "own")
    assert not again
    assert again.gains == {}
    assert standing(session, tang.id).growth == 10


def test_an_unknown_kind_of_fact_is_refused(session: Session, tang: Person) -> None:
    with pytest.raises(KeyError):
        record(tang, "post.shared")
    assert session.scalar(select(func.count()).select_from(Fact)) == 0


def test_the_fact_that_completes_the_last_condition_brings_everything_at_once(session: Session, tang: Person) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        stock(s, "silver-voucher", ["LY20-AAAA"])
        s.execute(update(Person).where(Person.id == tang.id).values(legal_name="林晓棠"))
    outcome = record(tang, "pledge.signed", "koc", "2026-09")
    assert outcome.won("tier.reached") == ["silver"]
    assert outcome.won("badge.awarded") == ["keeper", "silver-sail"]
    assert outcome.won("reward.delivered") == ["silver-voucher"]
    assert outcome.won("certificate.issued") == ["silver-honor"]
    assert standing(session, tang.id).tier == "silver"
    now = membership(session, tang.id)
    assert now is not None
    assert now.cohort.name == "白银 03 班"
    certificate = session.query(Certificate).one()
    assert (certificate.name, certificate.fields) == ("林晓棠", {"score": 92})
    assert certificate.serial == "LY-2026-0914-0001"


def test_leaving_the_old_class_gives_its_seat_back(session: Session, tang: Person, cohort: Cohort) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    record(tang, "pledge.signed", "koc", "2026-09")
    session.expire_all()
    assert session.get_one(Cohort, cohort.id).taken == cohort.taken - 1


def test_without_a_voucher_left_the_reward_is_owed_and_paid_when_stock_comes(session: Session, tang: Person) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    outcome = record(tang, "pledge.signed", "koc", "2026-09")
    assert outcome.won("tier.reached") == ["silver"]
    assert outcome.won("reward.granted") == ["silver-voucher"]
    assert outcome.won("reward.delivered") == []
    with db.writing() as s:
        assert stock(s, "silver-voucher", ["LY20-AAAA", "LY20-BBBB", "LY20-AAAA"]) == 2
    session.expire_all()
    voucher = session.query(Grant).one().voucher
    assert voucher is not None
    assert voucher.code == "LY20-AAAA"
    assert session.query(Voucher).filter(Voucher.grant_id.is_(None)).count() == 1


def test_without_a_seat_she_is_promoted_all_the_same_and_waits(session: Session, tang: Person) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        s.execute(update(Cohort).where(Cohort.code == "by03").values(open=False))
    outcome = record(tang, "pledge.signed", "koc", "2026-09")
    assert outcome.won("tier.reached") == ["silver"]
    assert session.get_one(Waiting, tang.id).tier == "silver"


def test_without_a_legal_name_the_certificate_waits_for_it(session: Session, tang: Person) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    outcome = record(tang, "pledge.signed", "koc", "2026-09")
    assert outcome.won("certificate.earned") == ["silver-honor"]
    assert outcome.won("certificate.issued") == []
    for _ in range(2):
        with db.writing() as s:
            holder = s.get_one(Person, tang.id)
            holder.legal_name = "林𠮷棠"
            issue_waiting(s, holder)
    assert [c.name for c in session.query(Certificate)] == ["林𠮷棠"]


def test_a_cap_cuts_what_a_day_pays_and_no_more(session: Session, tang: Person, clock: Clock) -> None:
    paid = [record(tang, "question.right", f"q{n}").gains["feathers"] for n in range(12)]
    assert paid == [5] * 10 + [0, 0]
    clock.move(days=1)
    assert record(tang, "question.right", "q12").gains["feathers"] == 5


def test_a_rule_that_raises_leaves_nothing_behind(
    session: Session, tang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(doorway, "reached", breaks)
    with pytest.raises(ZeroDivisionError):
        record(tang, "lesson.completed", "own")
    for rows in (Fact, Tally, Entry):
        assert session.scalar(select(func.count()).select_from(rows)) == 0
    assert standing(session, tang.id).growth == 0


def test_rules_that_feed_each_other_are_stopped(
    session: Session, tang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = iter(range(1000))

    def more(*_: Any) -> list[Callable[..., Any]]:
        return [doorway.Goal("lesson.completed", f"l{next(number)}", doorway.Goal)]  # type: ignore[arg-type, list-item]

    monkeypatch.setattr(doorway, "reached", more)
    with pytest.raises(doorway.Runaway):
        record(tang, "lesson.completed", "own")
    assert session.scalar(select(func.count()).select_from(Fact)) == 0


def test_balances_are_the_sums_of_the_ledger(session: Session, tang: Person) -> None:
    for lesson in ("own", "no-stock", "who-fits"):
        record(tang, "lesson.completed", lesson)
    record(tang, "pledge.signed", "koc", "2026-09")
    sums = dict(
        session.execute(
            select(Entry.currency, func.sum(Entry.amount)).where(Entry.trainee_id == tang.id).group_by(Entry.currency)
        ).all()
    )
    now = standing(session, tang.id)
    assert {"growth": now.growth, "feathers": now.feathers} == sums == {"growth": 50, "feathers": 35}
