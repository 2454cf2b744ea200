"""The ladder as values: its steps, what stands behind each of them, and when a review is held."""

from datetime import date
from typing import Any

import pytest

from academy.criteria.language import leaves, together
from academy.tiers.rules import Ladder, Review


def content(**more: Any) -> dict[str, Any]:
    def tier(key: str, **fields: Any) -> dict[str, Any]:
        named = {"title": {"zh": key}, "class_name": {"zh": key}, "line": {"zh": key}}
        return {"key": key, **named, "metal": "bronze", "feathers": 1, **fields}

    return {
        "tiers": [
            tier("bronze", promotion={"growth": {"at_least": 300}}),
            tier("silver", promotion={"growth": {"at_least": 800}}, keep={"growth": {"at_least": 20, "within": "30d"}}),
            tier("gold", keep={"growth": {"at_least": 50, "within": "30d"}}),
        ],
        **more,
    }


def test_one_step_leads_out_of_the_tier_below_only() -> None:
    assert [(step.out_of, step.into) for step in Ladder.of(content()).steps] == [
        (("bronze",), "silver"),
        (("silver",), "gold"),
    ]


def test_the_highest_step_leads_out_of_any_lower_tier() -> None:
    steps = Ladder.of(content(step="highest")).steps
    assert [(step.out_of, step.into) for step in steps] == [(("bronze",), "silver"), (("bronze", "silver"), "gold")]


def test_what_is_common_to_all_promotions_stands_behind_each() -> None:
    rungs = Ladder.of(content(common={"conduct": {"none_of": ["violation.serious"]}}))
    for step in rungs.steps:
        assert [leaf.name for leaf in leaves(step.criterion)] == ["growth", "conduct"]


def test_who_was_lowered_comes_back_by_what_keeps_the_tier_and_only_while_reviews_are_on() -> None:
    off, on = Ladder.of(content()), Ladder.of(content(review={"on": True}))
    assert [tier.keep for tier in off.tiers] == [None, None, None]
    promotion = on["bronze"].promotion
    assert promotion
    _growth, back = together(promotion)
    assert [leaf.kind for leaf in leaves(back)] == ["tier.lowered", "growth"]


def test_the_top_has_nothing_above_and_the_bottom_nothing_below() -> None:
    rungs = Ladder.of(content())
    assert (rungs.after("gold"), rungs.before("bronze")) == (None, None)
    assert rungs.before("gold") == rungs["silver"] == rungs.after("bronze")
    assert "star" not in rungs


def test_from_outside_one_climbs_only_a_ladder_that_says_so() -> None:
    entry = {"assessment": "exam", "days": 14}
    for rungs, climbs in (
        (Ladder.of(content()), False),
        (Ladder.of(content(external={**entry, "tiers": False})), False),
        (Ladder.of(content(external={**entry, "tiers": True})), True),
    ):
        assert (rungs.ahead("bronze", outside=True) is not None, rungs.climbed_by(outside=True)) == (climbs, climbs)
        assert rungs.ahead("bronze", outside=False) == rungs["silver"]


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 9, 1), date(2026, 9, 1)),
        (date(2026, 9, 2), date(2026, 10, 1)),
        (date(2026, 9, 30), date(2026, 10, 1)),
        (date(2026, 12, 24), date(2027, 1, 1)),
        (date(2027, 1, 31), date(2027, 2, 1)),
    ],
)
def test_a_review_is_held_on_the_first_day_of_a_month(today: date, day: date) -> None:
    assert Review().next(today) == day
