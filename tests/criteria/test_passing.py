"""Days on which time alone may let a trainee qualify never come too late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from academy.catalog.content import Catalog
from academy.criteria.language import Criterion, Leaf, leaves, parse
from academy.criteria.passing import next_changes, rising
from tests.criteria import test_agreement as agreement
from tests.criteria.test_agreement import ENDS, TODAY, Past, criteria, live, oracle, pasts
from tests.criteria.test_agreement import stage as stage
from tests.phone import statements

AHEAD = 140  # days; the longest window is a quarter, the oldest fact 40 days old


def meets(criterion: Criterion, past: Past, day: date) -> bool:
    """Whether she would qualify on a later day if nothing happened until then, by the oracle."""
    on = (day - TODAY).days
    then = replace(
        past,
        facts=tuple((kind, topic, value, ago + on) for kind, topic, value, ago in past.facts),
        entries=tuple((amount, ago + on) for amount, ago in past.entries),
        days_in_tier=past.days_in_tier + on,
    )
    with mock.patch.multiple(agreement, TODAY=day, first_day=begins(day)):
        return oracle(criterion, then)


def begins(day: date) -> Callable[[Leaf], date]:
    """The first day that a leaf's window holds on a day."""

    def first(leaf: Leaf) -> date:
        assert leaf.window
        if leaf.window.days:
            return day - timedelta(days=leaf.window.days - 1)
        monday, quarter = day - timedelta(days=day.weekday()), (1, 4, 7, 10)[(day.month - 1) // 3]
        return {"week": monday, "month": day.replace(day=1), "season": date(day.year, quarter, 1)}[
            str(leaf.window.period)
        ]

    return first


def past(*facts: tuple[str, str, int, int], entries: tuple[tuple[int, int], ...] = ()) -> Past:
    return Past(facts, "bronze", 0, 0, 0, entries)


CLEAN = {"conduct": {"none_of": ["violation.serious"], "within": "20d"}}
# What was once forgotten stays here: growth that was taken back leaves the window, and so does the only try.
TAKEN_BACK = {"growth": {"at_least": 2, "within": "10d"}}
NO_TRY = {"not": {"best": {"kind": "quiz.finished", "at_most": 3, "within": "7d"}}}
LAPSED = {"not": {"certificate": {"key": "silver-honor"}}}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=criteria, history=pasts, waited=st.integers(0, 45))
@example(data=CLEAN, history=past(("violation.serious", "privacy", 1, 3)), waited=0)
@example(data=TAKEN_BACK, history=past(entries=((-2, 8), (3, 2))), waited=0)
@example(data=NO_TRY, history=past(("quiz.finished", "bronze-exam", 2, 3)), waited=0)
@example(data=LAPSED, history=past(("certificate.issued", "silver-honor", ENDS[3], 3)), waited=0)
@example(data={"days_in_tier": {"at_least": 5}}, history=past(), waited=2)
def test_whoever_comes_to_qualify_without_doing_anything_was_due_by_then(
    stage: tuple[Session, Catalog, list[int]], data: dict[str, Any], history: Past, waited: int
) -> None:
    session, _catalog, (trainee_id, *_) = stage
    criterion, start = parse(data), TODAY + timedelta(days=waited)
    days = [start + timedelta(days=n) for n in range(AHEAD)]
    answers = [meets(criterion, history, day) for day in days]
    turns = [day for day, before, now in zip(days[1:], answers, answers[1:], strict=False) if now and not before]
    concerned = tuple(dict.fromkeys(rising(criterion)))
    try:
        session.rollback()
        live(session, trainee_id, history)
        due = next_changes(session, concerned, [trainee_id], start)[trainee_id]
    finally:
        session.rollback()
    assert due is None or due > start
    if turns:
        assert due is not None
        assert due <= turns[0]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=criteria, history=pasts)
def test_being_judged_when_due_alone_finds_every_day_on_which_she_comes_to_qualify(
    stage: tuple[Session, Catalog, list[int]], data: dict[str, Any], history: Past
) -> None:
    session, _catalog, (trainee_id, *_) = stage
    criterion = parse(data)
    concerned = tuple(dict.fromkeys(rising(criterion)))
    first = next(
        (day for n in range(AHEAD) if meets(criterion, history, day := TODAY + timedelta(days=n))),
        None,
    )
    found, day = None, TODAY
    try:
        session.rollback()
        live(session, trainee_id, history)
        for _ in range(AHEAD):
            if meets(criterion, history, day):
                found = day
                break
            due = next_changes(session, concerned, [trainee_id], day)[trainee_id]
            if due is None:
                break
            day = due
    finally:
        session.rollback()
    assert found == first


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"days_in_tier": {"at_least": 30}}, ["days_in_tier"]),
        ({"not": {"days_in_tier": {"at_least": 30}}}, []),
        ({"growth": {"at_least": 300}}, []),
        ({"count": {"kind": "checkin.done", "at_least": 7, "within": "7d"}}, []),
        ({"not": {"count": {"kind": "checkin.done", "at_least": 7, "within": "7d"}}}, ["count"]),
        ({"count": {"kind": "checkin.done", "at_most": 7, "this": "week"}}, ["count"]),
        ({"count": {"kind": "checkin.done", "at_most": 7}}, []),
        ({"any": [CLEAN, {"not": {"not": CLEAN}}]}, ["conduct", "conduct"]),
        (TAKEN_BACK, ["growth"]),
        (NO_TRY, ["best"]),
        ({"certificate": {"key": "silver-honor"}}, []),
        (LAPSED, ["certificate"]),
    ],
)
def test_only_what_time_can_turn_in_favour_makes_her_due(data: dict[str, Any], names: list[str]) -> None:
    criterion = parse(data)
    assert [leaf.name for leaf in rising(criterion)] == names
    assert set(rising(criterion)) <= set(leaves(criterion))


def test_many_are_looked_at_in_one_statement(stage: tuple[Session, Catalog, list[int]]) -> None:
    session, _catalog, ids = stage
    session.rollback()
    histories = [
        past(("violation.serious", "privacy", 1, 3)),
        past(("violation.serious", "privacy", 1, 19), ("violation.serious", "privacy", 1, 2)),
        past(),
    ]
    for trainee_id, history in zip(ids, histories, strict=True):
        live(session, trainee_id, history)
    concerned = tuple(rising(parse({"all": [CLEAN, {"days_in_tier": {"at_least": 18}}]})))
    with statements() as seen:
        found = next_changes(session, concerned, ids, TODAY)
    assert [(found[id] - TODAY).days if found[id] else None for id in ids] == [17, 1, 18]
    assert len(seen) == 1
    assert next_changes(session, (), ids, TODAY) == dict.fromkeys(ids)
    session.rollback()
