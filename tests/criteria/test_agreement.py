"""Explain one, explain many, select all, and a plain Python oracle agree on every criterion and history."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.explain import explain, explain_many, met, qualified
from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not, parse
from academy.db import db
from academy.journal import actions as journal
from academy.journal.models import Fact, Measure, Standing, Tally
from academy.people.models import Person

TODAY = date(2026, 9, 14)
TIERS = ["bronze", "silver", "gold", "platinum", "diamond"]
TOPICS = {
    "checkin.done": [""],
    "quiz.finished": ["bronze-exam", "real-user-quiz"],
    "quiz.passed": ["real-user-quiz", "answers-quiz"],
    "handin.accepted": ["first-words", "self-intro"],
    "lesson.completed": ["own", "no-stock"],
    "badge.awarded": ["keeper", "first-seed"],
    "course.completed": ["first-steps", "tools"],
    "stage.completed": ["real-user", "answers"],
}


@dataclass(frozen=True)
class Past:
    """A trainee's history, as the oracle knows it."""

    facts: tuple[tuple[str, str, int, int], ...]
    """kind, topic, value, days ago; in the order in which they happened"""
    tier: str
    days_in_tier: int
    growth: int
    feathers: int


kinds = st.sampled_from(sorted(TOPICS))
facts = st.tuples(kinds, st.integers(0, 1), st.integers(0, 4), st.integers(0, 40)).map(
    lambda f: (f[0], TOPICS[f[0]][min(f[1], len(TOPICS[f[0]]) - 1)], f[2], f[3])
)
pasts = st.builds(
    Past,
    st.lists(facts, max_size=12).map(lambda found: tuple(sorted(found, key=lambda f: -f[3]))),
    st.sampled_from(TIERS[:3]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 5),
)


def figures() -> st.SearchStrategy[dict[str, Any]]:
    windows = st.one_of(
        st.just({}),
        st.integers(1, 40).map(lambda n: {"within": f"{n}d"}),
        st.sampled_from(["week", "month", "season"]).map(lambda p: {"this": p}),
    )

    def leaf(name: str, kind: str, topic: int, at_least: int, window: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {"kind": kind, "at_least": at_least}
        if topic and TOPICS[kind] != [""]:
            body["topic"] = TOPICS[kind][topic - 1]
        if name in ("count", "sum", "best"):
            body |= window
        if name in ("count", "sum"):
            body["at_least"] = max(1, at_least)
        return {name: body}

    names = st.sampled_from(["count", "sum", "best", "latest", "first"])
    return st.builds(leaf, names, kinds, st.integers(0, 2), st.integers(0, 5), windows)


tries = st.fixed_dictionaries(
    {"kind": st.just("quiz.passed"), "highest": st.integers(1, 3), "at_least": st.integers(1, 3)},
    optional={"topic": st.sampled_from(TOPICS["quiz.passed"]), "within": st.just("20d")},
).map(lambda body: {"count": body})
leaf_data = st.one_of(
    figures(),
    tries,
    st.sampled_from(["growth", "feathers", "days_in_tier"]).flatmap(
        lambda name: st.integers(1, 5).map(lambda n: {name: {"at_least": n}})
    ),
    st.sampled_from(TIERS).map(lambda key: {"tier": {"at_least": key}}),
    st.sampled_from(
        [
            {"course": {"key": "first-steps"}},
            {"stage": {"key": "real-user"}},
            {"lesson": {"key": "own"}},
            {"badge": {"key": "keeper"}},
        ]
    ),
    kinds.map(lambda kind: {"fact": {"kind": kind}}),
)
criteria = st.recursive(
    leaf_data,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: {"all": items}),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: {"any": items}),
        inner.map(lambda item: {"not": item}),
        st.lists(inner, min_size=2, max_size=3).flatmap(
            lambda items: st.integers(1, len(items)).map(lambda n: {"at_least": {"n": n, "of": items}})
        ),
    ),
    max_leaves=6,
)


def oracle(criterion: Criterion, past: Past) -> bool:
    """Who qualifies, in plain Python over the plain history."""
    match criterion:
        case All(items):
            return all(oracle(item, past) for item in items)
        case Any_(items):
            return any(oracle(item, past) for item in items)
        case Not(item):
            return not oracle(item, past)
        case AtLeast(n, items):
            return sum(oracle(item, past) for item in items) >= n
        case Leaf(name="growth"):
            return past.growth >= criterion.at_least
        case Leaf(name="feathers"):
            return past.feathers >= criterion.at_least
        case Leaf(name="days_in_tier"):
            return past.days_in_tier >= criterion.at_least
        case Leaf(name="tier"):
            return TIERS.index(past.tier) >= TIERS.index(criterion.topic)
    values = [
        value
        for kind, topic, value, ago in past.facts
        if kind == criterion.kind
        and criterion.topic in (WHOLE, topic)
        and (criterion.window is None or first_day(criterion) <= TODAY - timedelta(days=ago))
        and (criterion.highest is None or value <= criterion.highest)
    ]
    figure = {
        "count": len(values),
        "sum": sum(values),
        "best": max(values, default=-1),
        "latest": values[-1] if values else -1,
        "first": values[0] if values else -1,
    }.get(criterion.name, len(values))
    return figure >= criterion.at_least


def first_day(leaf: Leaf) -> date:
    assert leaf.window
    if leaf.window.days:
        return TODAY - timedelta(days=leaf.window.days - 1)
    return {"week": date(2026, 9, 14), "month": date(2026, 9, 1), "season": date(2026, 7, 1)}[leaf.window.period or ""]


@pytest.fixture
def stage(session: Session) -> tuple[Session, Catalog, list[int]]:
    """Three trainees of whom nothing is known yet."""
    with db.writing() as s:
        people = [
            Person(role="trainee", name=f"学员{n}", phone=f"1390000000{n}", password_hash="-", created_at=clock.now())
            for n in range(3)
        ]
        s.add_all(people)
        s.flush()
        ids = [person.id for person in people]
    return session, published(session), ids


def live(s: Session, trainee_id: int, past: Past) -> None:
    """Write a history with its projections, as the journal would."""
    s.execute(
        insert(Standing).values(
            trainee_id=trainee_id,
            tier=past.tier,
            since=TODAY - timedelta(days=past.days_in_tier),
            growth=past.growth,
            feathers=past.feathers,
        )
    )
    for n, (kind, topic, value, ago) in enumerate(past.facts):
        at = datetime(2026, 9, 14, 10, tzinfo=clock.ZONE) - timedelta(days=ago)
        assert journal.write(s, trainee_id, kind, topic, str(n), value, at)


@settings(
    max_examples=170,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=criteria, histories=st.tuples(pasts, pasts, pasts))
def test_explain_one_explain_many_select_all_and_the_oracle_agree(
    stage: tuple[Session, Catalog, list[int]], data: dict[str, Any], histories: tuple[Past, Past, Past]
) -> None:
    s, catalog, ids = stage
    criterion = parse(data)
    # 170 criteria, each with three histories: 510 pairs on each database.
    try:
        s.rollback()
        for trainee_id, past in zip(ids, histories, strict=True):
            live(s, trainee_id, past)
        expected = {i: oracle(criterion, past) for i, past in zip(ids, histories, strict=True)}
        many = explain_many(s, catalog, criterion, select(Person.id).where(Person.id.in_(ids)), TODAY)
        chosen = set(s.scalars(qualified(catalog, criterion, TODAY).where(Person.id.in_(ids))))
        assert {i: reason.met for i, reason in many.items()} == expected
        assert {i: i in chosen for i in ids} == expected
        for i in ids:
            one = explain(s, catalog, criterion, i)
            assert one == many[i]
            assert met(s, catalog, [criterion], i) == [expected[i]]
            for leaf in one.leaves():
                assert leaf.met == (leaf.current >= leaf.target) or leaf.criterion.at_least == 0  # type: ignore[union-attr]
    finally:
        s.rollback()


def test_the_interned_measures_keep_a_topic_apart_from_its_kind(session: Session, tang: Person) -> None:
    with db.writing() as s:
        journal.write(s, tang.id, "handin.accepted", "first-words", "1")
        journal.write(s, tang.id, "handin.accepted", "self-intro", "1", 3)
        journal.write(s, tang.id, "handin.accepted", "self-intro", "2", 2)
    rows = session.execute(
        select(Measure.topic, Tally.count, Tally.total, Tally.first, Tally.best, Tally.last)
        .join(Tally, Tally.measure_id == Measure.id)
        .where(Measure.kind == "handin.accepted", Tally.trainee_id == tang.id)
    )
    assert {row[0]: tuple(row[1:]) for row in rows} == {
        "*": (3, 6, 1, 3, 2),
        "first-words": (1, 1, 1, 1, 1),
        "self-intro": (2, 5, 3, 3, 2),
    }
    assert session.query(Fact).count() == 3


@pytest.mark.parametrize(("attempts", "current"), [([], 0), ([1, 2, 1], 2), ([1, 1, 1], 3), ([2, 2, 2, 2], 0)])
def test_only_what_was_passed_at_the_first_try_counts(
    stage: tuple[Session, Catalog, list[int]], attempts: list[int], current: int
) -> None:
    s, catalog, (trainee_id, *others) = stage
    criterion = parse({"count": {"kind": "quiz.passed", "highest": 1, "at_least": 3}})
    with db.writing():
        for n, value in enumerate(attempts):
            journal.write(s, trainee_id, "quiz.passed", f"quiz {n}", value=value)
            journal.write(s, others[0], "quiz.passed", f"quiz {n}", value=1)
    one = explain(s, catalog, criterion, trainee_id)
    assert (one.current, one.target, one.met) == (current, 3, current >= 3)
    many = explain_many(s, catalog, criterion, select(Person.id).where(Person.id == trainee_id))
    assert many == {trainee_id: one}
    assert (trainee_id in set(s.scalars(qualified(catalog, criterion)))) == one.met
