"""Editing criteria as trees, tiers and rewards."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from academy.composing import trees
from academy.composing.conditions import FAMILIES, built, filled, what_of
from academy.composing.trees import Place, Tree
from academy.criteria.language import parse
from academy.journal.kinds import KINDS
from academy.ladder import rules
from tests.criteria.test_agreement import criteria, leaf_data

A: Tree = {"count": {"kind": "checkin.done", "at_least": 7}}
B: Tree = {"growth": {"at_least": 300}}
C: Tree = {"course": {"key": "tools"}}
LADDER: dict[str, Any] = {
    "tiers": [
        {"key": "low", "metal": "bronze", "feathers": 1, "promotion": {"all": [A, B]}},
        {"key": "mid", "metal": "silver", "feathers": 2, "promotion": A},
        {"key": "top", "metal": "gold", "feathers": 5},
    ]
}


def places(tree: Tree) -> list[Place]:
    return [place for place, _ in trees.nodes(tree)]


def test_nodes_are_found_by_the_indices_that_lead_to_them() -> None:
    tree = {"all": [A, {"at_least": {"n": 1, "of": [B, {"not": C}]}}]}
    assert trees.node(tree, (1, 1, 0)) == C
    assert places(tree) == [(), (0,), (1,), (1, 0), (1, 1), (1, 1, 0)]
    with pytest.raises(LookupError):
        trees.node(tree, (0, 0))


def test_a_condition_is_added_replaced_wrapped_and_taken_out() -> None:
    tree = trees.added({"all": [A]}, (), B)
    assert tree == {"all": [A, B]}
    wrapped = trees.wrapped(tree, (1,), "any")
    assert wrapped == {"all": [A, {"any": [B]}]}
    more = trees.added(wrapped, (1,), C)
    assert more == {"all": [A, {"any": [B, C]}]}
    assert trees.regrouped(more, (1,), "at_least") == {"all": [A, {"at_least": {"n": 1, "of": [B, C]}}]}
    assert trees.regrouped(more, (1,), "not") == {"all": [A, {"not": {"any": [B, C]}}]}
    assert trees.dissolved(more, (1,)) == {"all": [A, B, C]}
    assert trees.replaced(more, (0,), C) == {"all": [C, {"any": [B, C]}]}
    assert trees.removed(wrapped, (1, 0)) == {"all": [A]}, "a group that is left empty goes with its last condition"
    assert trees.removed({"all": [A]}, (0,)) is None


def test_what_needs_more_than_there_are_is_cut_when_one_is_taken_out() -> None:
    tree = {"all": [{"at_least": {"n": 2, "of": [A, B]}}]}
    assert trees.removed(tree, (0, 1)) == {"all": [{"at_least": {"n": 1, "of": [A]}}]}


def as_composed(tree: Tree) -> Tree:
    """The same criterion as it is when put together by clicking."""
    items = [as_composed(item) for item in trees.items_of(tree)]
    return trees.grouped(trees.word_of(tree), items, trees.n_of(tree)) if items else tree


@given(criteria.map(as_composed), st.data())
@example({"not": {"any": [{"any": [A]}]}}, None)
def test_what_was_put_in_can_be_taken_out_again(tree: Tree, data: st.DataObject | None) -> None:
    groups = [place for place, item in trees.nodes(tree) if trees.word_of(item) in ("all", "any")] or [()]
    place = data.draw(st.sampled_from(groups)) if data else groups[-1]
    more = trees.added(trees.as_all(tree) if not place else tree, place, C)
    assert more is not None
    parse(more)
    last = (*place, len(trees.items_of(trees.node(more, place))) - 1)
    assert trees.node(more, last) == C
    assert trees.removed(more, last) == (trees.as_all(tree) if not place else tree)


@given(criteria, st.data())
def test_every_edit_leaves_a_criterion_of_the_language_or_none(tree: Tree, data: st.DataObject) -> None:
    tree = trees.as_all(tree)
    place = data.draw(st.sampled_from(places(tree)))
    word = data.draw(st.sampled_from(trees.GROUPS))
    for new in (
        trees.removed(tree, place),
        trees.wrapped(tree, place, word),
        trees.regrouped(tree, place, word),
        trees.dissolved(tree, place),
        trees.added(tree, place, A),
        trees.numbered(tree, {place: 1}),
    ):
        assert new is None or parse(new)


@given(criteria)
def test_an_edit_that_changes_nothing_leaves_it_as_it_was_written(tree: Tree) -> None:
    assert trees.edited(tree, lambda conditions: trees.numbered(conditions, {})) in (tree, trees.as_all(tree))
    assert trees.compared(tree, tree) == ({}, [])


@given(leaf_data)
def test_every_leaf_of_the_language_can_be_made_and_changed_by_a_form(leaf: Tree) -> None:
    assert parse(built(what_of(leaf), filled(leaf))) == parse(leaf)


def test_every_kind_of_fact_can_be_chosen_but_the_heads_that_somebody_gathers() -> None:
    chosen = [what for kinds in FAMILIES.values() for what in kinds]
    assert set(KINDS) - set(chosen) == {"group.built"}
    assert len(chosen) == len(set(chosen))


def test_a_changed_condition_is_known_by_what_it_is_about() -> None:
    fewer = {"count": {"kind": "checkin.done", "at_least": 5}}
    assert trees.compared({"all": [A, B]}, {"all": [fewer, C]}) == ({(0,): A, (1,): None}, [B])


def test_a_new_tier_goes_between_and_a_removed_one_closes_the_gap() -> None:
    more, key = rules.with_new_tier(LADDER, "low", {"zh": "新", "en": "New"})
    assert [tier["key"] for tier in more["tiers"]] == ["low", key, "mid", "top"]
    assert rules.tree_of(more, "into-mid") == LADDER["tiers"][0]["promotion"], "what led to 中 still does"
    assert rules.tree_of(more, f"into-{key}") is None
    assert rules.without_tier(more, key) == {"tiers": [{**LADDER["tiers"][0]}, *LADDER["tiers"][1:]]}
    without = rules.without_tier(LADDER, "mid")
    assert rules.tree_of(without, "into-top") == A
    assert "promotion" not in rules.without_tier(LADDER, "top")["tiers"][-1]
    assert rules.without_tier(LADDER, "low")["tiers"] == LADDER["tiers"][1:]


def test_staff_are_asked_once_and_no_more_when_the_switch_is_off() -> None:
    on = rules.with_approval(A, "mid", True)
    assert on == {"all": [A, {"approval": {"key": "mid"}}]}
    assert rules.with_approval(on, "mid", True) == on
    assert rules.with_approval(on, "mid", False) == {"all": [A]}
    assert rules.with_approval(None, "mid", True) == {"all": [{"approval": {"key": "mid"}}]}
    assert rules.with_approval({"all": [{"approval": {"key": "mid"}}]}, "mid", False) is None


def test_a_reward_comes_with_several_tiers_and_goes_with_the_last() -> None:
    rewards = rules.with_new_reward({"rewards": []}, "mid", {"zh": "券", "en": "Voucher"}, 20, True)
    (reward,) = rewards["rewards"]
    assert rules.comes_with(reward, "mid")
    both = rules.with_reward(rewards, reward["key"], "top")
    assert rules.comes_with(both["rewards"][0], "top")
    assert rules.comes_with(both["rewards"][0], "mid")
    assert rules.without_reward(both, reward["key"], "top") == rewards
    assert rules.without_reward(rewards, reward["key"], "mid") == {"rewards": []}


@pytest.mark.parametrize(("typed", "number"), [("７", 7), (" 12 ", 12), ("", ""), ("-1", "-1"), ("9" * 12, "9" * 12)])
def test_a_number_is_read_however_it_was_typed(typed: str, number: object) -> None:
    assert trees.number(typed) == number
