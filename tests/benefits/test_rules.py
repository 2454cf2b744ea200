"""Which table holds, what differs between two, what a typed rate means."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy import ROOT, clock
from academy.benefits.rules import changes, news, per_mille, percent, steps
from academy.packs.actions import read
from academy.tiers.benefits import Benefits, Issue, coming, in_force

TABLE: dict[str, Any] = read(ROOT / "courses").documents["benefits", "academy"]
DAY = date(2026, 9, 14)


def issue(published: int, start: int, id: int = 1) -> Issue:
    """A version published and beginning so many days after 14 September."""
    at = datetime.combine(DAY + timedelta(days=published), datetime.min.time(), clock.ZONE)
    content = {**TABLE, "from": str(DAY + timedelta(days=start))}
    return Issue(id, at, None, Benefits.of(content))


def holding(issues: list[Issue], day: int) -> int | None:
    found = in_force(issues, DAY + timedelta(days=day))
    return found.version_id if found else None


def announced(issues: list[Issue], day: int) -> int | None:
    found = coming(issues, DAY + timedelta(days=day))
    return found.version_id if found else None


def test_an_announced_table_does_not_hide_the_one_that_holds() -> None:
    both = [issue(0, -13, 1), issue(0, 10, 2)]
    assert [holding(both, day) for day in (0, 9, 10, 99)] == [1, 1, 2, 2]
    assert [announced(both, day) for day in (0, 9, 10)] == [2, 2, None]


def test_publishing_again_replaces_what_was_announced_and_has_not_begun() -> None:
    postponed = [issue(0, 0, 1), issue(1, 10, 2), issue(5, 20, 3)]
    assert [holding(postponed, day) for day in (5, 10, 19, 20)] == [1, 1, 1, 3]
    assert announced(postponed, 5) == 3


def test_what_has_begun_is_not_replaced_for_the_days_that_it_held() -> None:
    three = [issue(0, 0, 1), issue(1, 10, 2), issue(15, 30, 3)]
    assert [holding(three, day) for day in (5, 12, 29, 30)] == [1, 2, 2, 3]


def test_of_two_that_begin_on_one_day_the_later_one_holds_and_before_the_first_none_does() -> None:
    assert holding([issue(0, 0, 1), issue(0, 0, 2)], 0) == 2
    assert holding([issue(0, 0, 1)], -1) is None
    assert holding([], 0) is None
    assert announced([], 0) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), max_size=6))
def test_whoever_publishes_from_today_on_sees_it_hold_today(moves: list[tuple[int, int]]) -> None:
    issues, day = [issue(0, 0, 1)], 0
    for id, (later, ahead) in enumerate(moves, 2):
        day += later
        before = holding(issues, day)
        issues.append(issue(day, day + ahead, id))
        assert holding(issues, day) == (id if ahead == 0 else before)
        assert announced(issues, day) == (id if ahead else None)
        assert holding(issues, day + ahead) == id


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("3", 30),
        ("3.5", 35),
        ("3,5", 35),
        (" ３．５ % ", 35),
        ("0", 0),
        ("50.0", 500),
        ("3.50", 35),
        ("-0.5", -5),
        ("3.55", None),
        ("", None),
        ("abc", None),
        ("1e2", None),
        ("NaN", None),
        ("=1+1", None),
        ("9" * 40, None),
    ],
)
def test_a_rate_is_typed_in_per_cent_with_one_decimal(typed: str, rate: int | None) -> None:
    assert per_mille(typed) == rate


@given(st.integers(0, 500))
def test_a_rate_that_is_written_reads_back_as_the_same(rate: int) -> None:
    assert per_mille(percent(rate)) == rate


def test_the_step_to_the_next_tier_is_said_by_difference() -> None:
    table = Benefits.of(TABLE)
    told = [(points, [one.title["zh"] for one in classes]) for points, classes in steps(table, "silver", "gold")]
    assert told == [(20, ["爆品"]), (15, ["高毛利", "新品"]), (10, ["常规"])]
    assert steps(table, "silver", "silver") == []
    assert steps(table, "silver", "nobody") == []
    assert [right["zh"] for right in news(table.rights["silver"], table.rights["gold"])] == [
        "社群管理权，可照看一批老客户",
        "每月一场运营答疑",
    ]


def test_two_versions_differ_cell_by_cell() -> None:
    new = deepcopy(TABLE)
    new["from"] = "2026-10-01"
    new["classes"] = [*new["classes"][:3], {"key": "gift", "title": {"zh": "礼盒"}}]
    new["classes"][0]["title"] = {"zh": "日用"}
    for tier in new["tiers"]:
        tier["rates"] = {**{k: v for k, v in tier["rates"].items() if k != "new"}, "gift": 10}
    new["tiers"][2]["rates"]["hit"] = 85
    new["tiers"][1]["rights"] = [{"zh": "白银课程"}]
    new["allotment"] = {**new["allotment"], "raised": 40000}
    found = [(one.what, one.tier, one.before, one.after) for one in changes(Benefits.of(TABLE), Benefits.of(new))]
    assert found[:4] == [
        ("from", None, date(2026, 9, 1), date(2026, 10, 1)),
        ("class", None, {"zh": "常规", "en": "Everyday"}, {"zh": "日用"}),
        ("class", None, {"zh": "新品", "en": "New"}, None),
        ("class", None, None, {"zh": "礼盒"}),
    ]
    assert ("rate", "gold", 80, 85) in found
    assert [one for one in found if one[0] == "rate" and one[1] == "bronze"] == [
        ("rate", "bronze", 30, None),
        ("rate", "bronze", None, 10),
    ]
    assert [one[2:] for one in found if one[0] == "right"] == [
        ({"zh": "白银课程与白银班级", "en": "Silver courses and a silver class"}, None),
        ({"zh": "优先报名新品试用", "en": "First to apply for product trials"}, None),
        (None, {"zh": "白银课程"}),
    ]
    assert ("raised", None, 50000, 40000) in found
    assert list(changes(Benefits.of(TABLE), Benefits.of(TABLE))) == []
