"""Explain one, explain many, select all, and a plain Python oracle agree on every criterion and history."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.explain import Reason, explain, explain_many, met, qualified
from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not, parse
from academy.db import db
from academy.journal import actions as journal
from academy.journal.models import Fact, Measure, Standing, Tally
from academy.journal.validity import number_of
from academy.people.models import Cohort, Membership, Person, Trait

TODAY = date(2026, 9, 14)
TIERS = ["bronze", "silver", "gold", "platinum", "diamond", "star"]
TOPICS = {
    "checkin.done": [""],
    "quiz.finished": ["bronze-exam", "real-user-quiz"],
    "quiz.passed": ["real-user-quiz", "answers-quiz"],
    "handin.accepted": ["first-words", "self-intro"],
    "lesson.completed": ["own", "no-stock"],
    "badge.awarded": ["keeper", "first-seed"],
    "course.completed": ["first-steps", "tools"],
    "stage.completed": ["real-user", "answers"],
    "certificate.issued": ["silver-honor"],
    "certificate.revoked": ["silver-honor"],
    "certificate.restored": ["silver-honor"],
    "badge.withdrawn": ["keeper"],
    "badge.returned": ["keeper"],
    "approval.given": ["silver"],
    "violation.minor": ["privacy"],
    "violation.serious": ["privacy"],
    "violation.lifted": ["privacy"],
}


ENDS = [1, *(number_of(TODAY + timedelta(days=n)) for n in (-1, 0, 20, 45))]
"""The last day in force of a certificate: none, yesterday, today, soon, later."""


@dataclass(frozen=True)
class Past:
    """A trainee's history, as the oracle knows it."""

    facts: tuple[tuple[str, str, int, int], ...]
    """kind, topic, value, days ago; in the order in which they happened"""
    tier: str
    days_in_tier: int
    growth: int
    feathers: int
    entries: tuple[tuple[int, int], ...] = ()
    """growth earned, days ago"""
    traits: tuple[tuple[str, str, int], ...] = ()
    cohort: str | None = None


kinds = st.sampled_from(sorted(TOPICS))
facts = st.tuples(kinds, st.integers(0, 1), st.integers(0, 4), st.integers(0, 40)).map(
    lambda f: (
        f[0],
        TOPICS[f[0]][min(f[1], len(TOPICS[f[0]]) - 1)],
        ENDS[f[2]] if f[0] == "certificate.issued" else f[2],
        f[3],
    )
)
pasts = st.builds(
    Past,
    st.lists(facts, max_size=12).map(lambda found: tuple(sorted(found, key=lambda f: -f[3]))),
    st.sampled_from(TIERS[:3]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(-2, 4), st.integers(0, 40)), max_size=4).map(tuple),
    st.lists(
        st.tuples(
            st.sampled_from(["channel", "tag", "attribute"]), st.sampled_from(["母婴", "rfm"]), st.integers(0, 5)
        ),
        max_size=3,
        unique_by=lambda trait: trait[:2],
    ).map(tuple),
    st.sampled_from([None, "qt07", "qt08"]),
)


def figures() -> st.SearchStrategy[dict[str, Any]]:
    windows: st.SearchStrategy[dict[str, Any]] = st.one_of(
        st.just({}),
        st.integers(1, 40).map(lambda n: {"within": f"{n}d"}),
        st.sampled_from(["week", "month", "season"]).map(lambda p: {"this": p}),
    )

    def leaf(name: str, kind: str, topic: int, at_least: int, window: dict[str, Any], most: bool) -> dict[str, Any]:
        body: dict[str, Any] = {"kind": kind, "at_most" if most else "at_least": at_least}
        if topic and TOPICS[kind] != [""]:
            body["topic"] = TOPICS[kind][min(topic, len(TOPICS[kind])) - 1]
        if name in ("count", "sum", "best"):
            body |= window
        if name in ("count", "sum") and not most:
            body["at_least"] = max(1, at_least)
        return {name: body}

    names = st.sampled_from(["count", "sum", "best", "latest", "first"])
    return st.builds(leaf, names, kinds, st.integers(0, 2), st.integers(0, 5), windows, st.booleans())


def ratios() -> st.SearchStrategy[dict[str, Any]]:
    def ratio(of: str, over: str, figure: str, per: int, bound: str, n: int, window: dict[str, Any]) -> dict[str, Any]:
        body = {"kind": of, "over": {"kind": over}, "figure": figure, "per": per, bound: n, **window}
        return {"ratio": body}

    return st.builds(
        ratio,
        kinds,
        kinds,
        st.sampled_from(["count", "sum"]),
        st.sampled_from([100, 1000]),
        st.sampled_from(["at_least", "at_most"]),
        st.sampled_from([1, 33, 34, 50, 100, 333, 1000]),
        st.sampled_from([{}, {"within": "9d"}, {"this": "month"}]),
    )


tries = st.fixed_dictionaries(
    {"kind": st.just("quiz.passed"), "highest": st.integers(1, 3), "at_least": st.integers(1, 3)},
    optional={"topic": st.sampled_from(TOPICS["quiz.passed"]), "within": st.just("20d")},
).map(lambda body: {"count": body})
placed = st.sampled_from(
    [
        {"cohort": {"code": "qt07"}},
        {"channel": {"key": "母婴"}},
        {"tag": {"key": "rfm"}},
        {"attribute": {"key": "rfm", "at_least": 3}},
        {"attribute": {"key": "母婴", "at_most": 2}},
        {"certificate": {"key": "silver-honor"}},
        {"approval": {"key": "silver"}},
        {"conduct": {"none_of": ["violation.serious"]}},
        {"conduct": {"none_of": ["violation.minor", "violation.serious"], "within": "20d"}},
        {"growth": {"at_least": 2, "within": "10d"}},
        {"growth": {"at_least": 1, "this": "month"}},
    ]
)
leaf_data = st.one_of(
    figures(),
    ratios(),
    placed,
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
        case Leaf(name="conduct"):
            return not violations(criterion, past)
        case Leaf(name="growth") if criterion.window:
            return sum(n for n, ago in past.entries if first_day(criterion) <= TODAY - timedelta(days=ago)) >= (
                criterion.at_least
            )
        case Leaf(name="cohort"):
            return past.cohort == criterion.topic
        case Leaf(name="channel" | "tag" | "attribute"):
            values = [value for kind, key, value in past.traits if (kind, key) == (criterion.kind, criterion.topic)]
            return bool(values) and (criterion.name != "attribute" or bounded(criterion, values[0]))
        case Leaf(name="certificate"):
            ends = [end for kind, _topic, end, _ago in past.facts if kind == "certificate.issued"]
            return any(end == 1 or end >= number_of(TODAY) for end in ends) and not taken("certificate", past)
        case Leaf(name="badge"):
            return bool(counted(criterion, past, criterion.kind)) and not taken("badge", past)
        case Leaf(name="ratio"):
            assert criterion.ratio
            part, whole = (
                sum(value if criterion.ratio.figure == "sum" else 1 for value in counted(criterion, past, kind))
                for kind in (criterion.kind, criterion.ratio.kind)
            )
            return whole > 0 and bounded(criterion, Fraction(part * criterion.ratio.per, whole))
        case Leaf(name="growth"):
            return past.growth >= criterion.at_least
        case Leaf(name="feathers"):
            return past.feathers >= criterion.at_least
        case Leaf(name="days_in_tier"):
            return past.days_in_tier >= criterion.at_least
        case Leaf(name="tier"):
            return TIERS.index(past.tier) >= TIERS.index(criterion.topic)
    values = counted(criterion, past, criterion.kind)
    if not values and criterion.name in ("best", "latest", "first"):
        return False
    figure = {
        "sum": lambda: sum(values),
        "best": lambda: max(values),
        "latest": lambda: values[-1],
        "first": lambda: values[0],
    }.get(criterion.name, lambda: len(values))()
    return bounded(criterion, figure)


def taken(what: str, past: Past) -> bool:
    """Whether it was taken away more often than given back; there is one topic of each."""
    kinds = [kind for kind, *_ in past.facts]
    away, back = {"certificate": ("revoked", "restored"), "badge": ("withdrawn", "returned")}[what]
    return kinds.count(f"{what}.{away}") > kinds.count(f"{what}.{back}")


def counted(leaf: Leaf, past: Past, of: str) -> list[int]:
    """The values of the facts that a leaf counts, in the order in which they happened."""
    return [
        value
        for kind, topic, value, ago in past.facts
        if kind == of
        and (leaf.topic in (WHOLE, topic))
        and (leaf.window is None or first_day(leaf) <= TODAY - timedelta(days=ago))
        and (leaf.highest is None or value <= leaf.highest)
    ]


def bounded(leaf: Leaf, figure: int | Fraction) -> bool:
    return figure >= leaf.at_least if leaf.at_most is None else figure <= leaf.at_most


def violations(leaf: Leaf, past: Past) -> int:
    """Violations that still stand: the nth lifting lifts the nth fact of a history."""
    lifted = {n for n, (kind, *_) in enumerate(past.facts) if kind == "violation.lifted"}
    return sum(
        kind in leaf.none_of
        and (leaf.window is None or first_day(leaf) <= TODAY - timedelta(days=ago))
        and (n - 1) not in lifted
        for n, (kind, _topic, _value, ago) in enumerate(past.facts)
    )


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
        # A lifting has the number of the case that it lifts: here that of the fact after it.
        case = str(n + 1) if kind == "violation.lifted" else str(n)
        fact = journal.write(s, trainee_id, kind, topic, case, value, at)
        assert fact
    for n, (amount, ago) in enumerate(past.entries):
        at = datetime(2026, 9, 14, 10, tzinfo=clock.ZONE) - timedelta(days=ago)
        earned = journal.write(s, trainee_id, "profile.completed", "", f"entry {n}", 1, at)
        assert earned
        journal.post(s, earned, "profile", "growth", amount)
    s.execute(update(Standing).where(Standing.trainee_id == trainee_id).values(growth=past.growth))
    s.add_all(Trait(trainee_id=trainee_id, kind=kind, key=key, value=value) for kind, key, value in past.traits)
    if past.cohort:
        cohort = s.scalars(select(Cohort).where(Cohort.code == past.cohort)).one()
        s.add(Membership(trainee_id=trainee_id, cohort_id=cohort.id, since=clock.now()))
    s.flush()


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
                assert shown(leaf), leaf
    finally:
        s.rollback()


def shown(reason: Reason) -> bool:
    """Whether the figures that a trainee reads say what the verdict says; where nothing happened there is no score."""
    leaf = reason.criterion
    assert isinstance(leaf, Leaf)
    if leaf.goal == 0 or leaf.name in ("best", "latest", "first", "ratio", "attribute"):
        return not reason.met or bounded(leaf, reason.current)
    return reason.met == (reason.current >= reason.target if leaf.at_most is None else reason.current <= reason.target)


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
