"""Many certificates at once come to the same as one after the other, in a few statements; and whoever's can't be issued
stops nobody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from academy import clock
from academy.account.erasure import erase
from academy.achievements import actions, papers, record
from academy.achievements.actions import Runaway, award
from academy.achievements.badges.models import Edition
from academy.achievements.certificates.actions import Order
from academy.achievements.certificates.models import Batch, Certificate, Pick, Serial
from academy.achievements.rewards.actions import stock
from academy.achievements.rewards.models import Grant, Voucher
from academy.db import db
from academy.doctor.queries import differences
from academy.jobs.models import Job
from academy.journal import actions as journal
from academy.journal.models import Entry, Fact, Measure, Standing, Tally
from academy.people.actions import lock_all
from academy.people.models import Cohort, Membership, Person, Waiting
from academy.registry import batches
from tests.achievements.story import change, run_jobs
from tests.achievements.test_bad_luck import at_once
from tests.achievements.test_badges import LOOK, publish
from tests.conftest import ON_SQLITE, html
from tests.phone import statements
from tests.registry.conftest import DESIGN, ISSUING, begun, crowd, issued, listed, serials, whole

HELD = {"certificate": {"key": DESIGN}}
STORIES = ("new", "earned", "held", "restored", "has it", "gone")
PEOPLE = 7
OF_HERS = Fact, Tally, Entry, Standing, Certificate, Grant, Membership, Waiting
WRITTEN = *OF_HERS, Voucher, Edition, Cohort, Serial


@pytest.fixture
def much_follows(app: Flask, quiet: None) -> None:
    """A certificate ends, and brings points, a limited badge, a higher tier with few seats, and one of two vouchers."""
    change(lambda document: document["designs"][0].update(valid_days=20), "designs")
    change(lambda ladder: ladder["tiers"][0].update(promotion=HELD))
    paid = {"key": "paper", "title": LOOK["title"], "kind": "certificate.issued", "growth": 7, "feathers": 3}
    change(lambda document: document["rules"].append(paid), "points")
    publish(app, LOOK | {"key": "few", "limited": 3, "criterion": HELD})
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.code == "by03").values(capacity=2))
        stock(s, "silver-voucher", ["V1", "V2"])


def happened(session: Session, id: int, story: str, order: Order) -> None:
    """What somebody's story is before the batch."""
    if story == "earned":
        journal.write(session, id, "certificate.earned", DESIGN)
    if story in ("held", "restored", "has it"):
        award(session, DESIGN, {id: 1}, order)
    if story == "restored":
        staff = session.get_one(Person, order.by_id)
        paper = session.scalars(select(Certificate.id).where(Certificate.trainee_id == id)).one()
        papers.revoke(session, staff, paper, "看错了")
        papers.restore(session, staff, paper, "查明了")
    if story == "gone":
        session.get_one(Person, id).erased_at = clock.now()
        session.flush()


def everything(session: Session) -> dict[str, list[str]]:
    """All that the doorway writes, but for the codes; rows are named by what they say instead of by their numbers."""
    facts = {f.id: (f.trainee_id, f.kind, f.topic, f.occurrence) for f in session.scalars(select(Fact))}
    grants = {grant.id: facts[grant.fact_id] for grant in session.scalars(select(Grant))}
    named: dict[str, dict[int, Any]] = {
        "fact_id": facts,
        "grant_id": grants,
        "measure_id": {measure.id: (measure.kind, measure.topic) for measure in session.scalars(select(Measure))},
    }
    found = {}
    for model in WRITTEN:
        table = model.__table__
        left = {"id"} | ({"code"} if model is Certificate else set())
        rows = session.execute(select(*(column for column in table.c if column.name not in left))).mappings()
        found[model.__tablename__] = sorted(
            repr([(name, named[name].get(value) if name in named else value) for name, value in row.items()])
            for row in rows
        )
    return found


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=st.lists(st.sampled_from(STORIES), min_size=PEOPLE, max_size=PEOPLE))
def test_many_at_once_come_to_the_same_as_one_after_the_other(
    app: Flask, much_follows: None, lu: Person, crowd_of: list[int], stories: list[str]
) -> None:
    order = Order(lu.id, clock.today(), quiet=True)
    numbers = {id: 2 if story in ("held", "restored") else 1 for id, story in zip(crowd_of[::-1], stories, strict=True)}

    def in_bulk(session: Session) -> None:
        award(session, DESIGN, numbers, order)

    def one_by_one(session: Session) -> None:
        for id, number in numbers.items():
            award(session, DESIGN, {id: number}, order)

    def after(way: Callable[[Session], None]) -> dict[str, list[str]]:
        with db.writing() as session:
            for id, story in zip(crowd_of[::-1], stories, strict=True):
                happened(session, id, story, order)
            way(session)
            found = everything(session)
            assert list(differences(session)) == []
            session.rollback()
        return found

    bulk, single = after(in_bulk), after(one_by_one)
    assert bulk == single
    assert len(bulk["certificate"]) == sum(
        n for id, n in numbers.items() if stories[::-1][crowd_of.index(id)] != "gone"
    )


@pytest.fixture
def crowd_of(app: Flask, session: Session) -> list[int]:
    """A few people with legal names."""
    return crowd(PEOPLE)


def test_a_step_needs_few_statements_however_many_people(session: Session, lu: Person, quiet: None) -> None:
    seen = dict[int, int]()
    people = crowd(42)
    for some in (people[:2], people[2:]):
        batch = begun(lu, some)
        with statements() as made, db.writing() as s:
            batches.issue(s, s.get_one(Batch, batch), lu.id, some)
        seen[len(some)] = len(made)
    assert seen[40] <= seen[2] <= 30, seen


# Whoever's can't be issued


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> dict[int, Exception]:
    """What goes wrong with whose certificate; empty it to mend it."""
    wrong = dict[int, Exception]()
    issue = batches.issue

    def maybe(session: Session, batch: Batch, by_id: int, trainees: list[int]) -> int:
        done = issue(session, batch, by_id, trainees)
        for id in wrong.keys() & set(trainees):
            raise wrong[id]
        return done

    monkeypatch.setattr(batches, "issue", maybe)
    return wrong


@pytest.mark.parametrize("at_once", [1, 4, 500])
def test_whose_certificate_cannot_be_issued_is_left_out_with_the_reason_and_the_others_get_theirs(
    app: Flask,
    session: Session,
    quiet: None,
    desk: FlaskClient,
    lu: Person,
    breaks: dict[int, Exception],
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", at_once)
    people = crowd(9)
    breaks[people[2]] = Runaway("more than 64 facts follow from certificate.issued silver-honor")
    breaks[people[6]] = IntegrityError("INSERT …", {"name": "陈晓"}, Exception("a value is missing\nDETAIL: 陈晓"))
    batch = begun(lu, people)
    run_jobs(app)
    assert serials(session) == whole(7)
    assert issued(session, batch) == 7
    assert session.scalars(select(Job.state).where(Job.name == "batch")).all() == ["done"]
    reasons = select(Pick.trainee_id, Pick.why).where(Pick.why != "").order_by(Pick.place)
    assert [tuple(row) for row in session.execute(reasons)] == [
        (people[2], "Runaway: more than 64 facts follow from certificate.issued silver-honor"),
        (people[6], "Exception: a value is missing"),
    ]
    session.rollback()
    shown = html(desk.get(f"{ISSUING}/{batch}"))
    for said in ("已颁发 7 / 9 张", "2 张没有颁发成", "more than 64 facts", "补发 2 张"):
        assert said in shown, said
    assert "more than 64 facts" in html(desk.get(f"{ISSUING}/{batch}?state=failed"))
    breaks.clear()
    desk.post(f"{ISSUING}/{batch}", data={"runs": 1, "do": "issue"})
    run_jobs(app)
    assert serials(session) == whole(9)
    assert not session.scalars(select(Pick.why).where(Pick.why != "")).all()
    session.rollback()
    assert "没有颁发成" not in html(desk.get(f"{ISSUING}/{batch}"))


@ON_SQLITE
def test_rules_that_feed_each_other_for_one_person_stop_nobody_else(
    app: Flask, session: Session, quiet: None, lu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, to_the_end = crowd(5), actions._to_the_end

    def endless(session: Session, catalog: Any, queue: Any) -> Any:
        if queue[0].trainee_id == people[3]:
            raise Runaway("more than 64 facts")
        return to_the_end(session, catalog, queue)

    monkeypatch.setattr(actions, "_to_the_end", endless)
    batch = begun(lu, people)
    run_jobs(app)
    assert issued(session, batch) == 4
    facts = select(Fact.id).where(Fact.trainee_id == people[3], Fact.kind.startswith("certificate"))
    assert session.scalars(facts).all() == [], "nothing of hers is half done"


# Limited badges


def test_two_who_win_the_last_of_two_limited_badges_in_opposite_orders_wait_for_each_other_once(
    app: Flask, session: Session, quiet: None
) -> None:
    kinds = {"one": "profile.completed", "two": "streak.reached"}
    publish(
        app,
        *(LOOK | {"key": key, "limited": 90, "criterion": {"fact": {"kind": kind}}} for key, kind in kinds.items()),
    )
    first, *people = crowd(41)
    with db.writing() as s:
        for kind in kinds.values():
            assert record(s, first, kind).won("badge.awarded")

    def winning(some: list[int], *order: str) -> Callable[[], None]:
        def work() -> None:
            with db.writing() as s:
                lock_all(s, some)
                for kind, id in zip([order[0]] * 10 + [order[1]] * 10, some, strict=True):
                    record(s, id, kind)

        return work

    at_once(app, winning(people[:20], *kinds.values()), winning(people[20:], *reversed(kinds.values())))
    session.rollback()
    for key in kinds:
        won = select(Fact.value).where(Fact.kind == "badge.awarded", Fact.topic == key).order_by(Fact.value)
        assert session.scalars(won).all() == list(range(1, 22))


# Gone


@ON_SQLITE
def test_who_leaves_takes_her_name_and_the_reason_from_what_was_issued_by_hand(
    app: Flask, session: Session, quiet: None, lu: Person
) -> None:
    (her,) = crowd(1)
    with db.writing() as s:
        batch = batches.choose(s, s.get_one(Person, lu.id), DESIGN, "陈晓", [her], "线下活动优秀分享").id
    other = listed(lu, [her])
    with db.writing() as s:
        batches.leave_out(s, batch, her, "没有")
        erase(s, her)
    session.rollback()
    kept = session.execute(select(Batch.title, Batch.reason).order_by(Batch.id)).all()
    assert [tuple(row) for row in kept] == [("–", ""), ("一批", "")]
    assert session.scalars(select(Pick.why)).all() == ["", ""]
    assert other
