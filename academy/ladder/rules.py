"""Editing the ladder as it is written: its criteria, its tiers, and the rewards that come with them. Pure.

Nothing is changed in place.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from academy.composing.trees import Tree, as_all, edited, items_of, word_of

Content = Mapping[str, Any]


# Where criteria stand in a ladder: `common`, `into-<tier>`, `keep-<tier>`


def slots(ladder: Content) -> list[str]:
    """The names of all places for a criterion, from the top."""
    tiers = [tier["key"] for tier in ladder["tiers"][:0:-1]]
    return ["common", *(f"{kind}-{key}" for key in tiers for kind in ("into", "keep"))]


def tree_of(ladder: Content, slot: str) -> Tree | None:
    """The criterion of a slot: what leads into a tier is written with the tier below."""
    holder, field = _holder(ladder, slot)
    found: Tree | None = holder.get(field)
    return found


def with_tree(ladder: Content, slot: str, tree: Tree | None) -> Content:
    """The ladder with another criterion, or none, in a slot."""
    holder, field = _holder(ladder, slot)
    new = {name: value for name, value in holder.items() if name != field} | ({field: tree} if tree else {})
    if holder is ladder:
        return new
    return {**ladder, "tiers": [new if tier is holder else tier for tier in ladder["tiers"]]}


def _holder(ladder: Content, slot: str) -> tuple[Content, str]:
    if slot == "common":
        return ladder, "common"
    kind, _, key = slot.partition("-")
    at = place_of(ladder, key)
    if at == 0 or kind not in ("into", "keep"):
        raise LookupError(slot)
    return (ladder["tiers"][at - 1], "promotion") if kind == "into" else (ladder["tiers"][at], "keep")


def place_of(ladder: Content, key: str) -> int:
    """The number of a tier from below; LookupError if there is none of this key."""
    for at, tier in enumerate(ladder["tiers"]):
        if tier["key"] == key:
            return at
    raise LookupError(key)


def asks_approval(tree: Tree | None, tier: str) -> bool:
    """Whether a promotion waits until staff agree."""
    return _approval(tier) in items_of(as_all(tree))


def with_approval(tree: Tree | None, tier: str, on: bool) -> Tree | None:
    """A promotion that waits for staff, or doesn't."""
    if on == asks_approval(tree, tier):
        return tree

    def change(conditions: Tree) -> Tree:
        items = [item for item in items_of(conditions) if item != _approval(tier)]
        return {"all": [*items, _approval(tier)] if on else items}

    return edited(tree, change)


def _approval(tier: str) -> Tree:
    return {"approval": {"key": tier}}


# Tiers


def with_new_tier(ladder: Content, above: str, title: Mapping[str, str]) -> tuple[Content, str]:
    """The ladder with a tier more, right above another; what led there goes on leading to the tier after.

    The second is its key.
    """
    at = place_of(ladder, above)
    tiers = list(ladder["tiers"])
    below = tiers[at]
    new = {
        "key": _unused("tier", [tier["key"] for tier in tiers]),
        "title": dict(title),
        "class_name": dict(title),
        "line": dict(title),
        "metal": below["metal"],
        "feathers": min(below["feathers"] + 1, 5),
    }
    tiers[at : at + 1] = [_leading(below, None), _leading(new, below.get("promotion"))]
    return {**ladder, "tiers": tiers}, str(new["key"])


def without_tier(ladder: Content, key: str) -> Content:
    """The ladder without a tier; what led on from it leads on from the tier below."""
    at = place_of(ladder, key)
    tiers = list(ladder["tiers"])
    gone = tiers.pop(at)
    if at:
        tiers[at - 1] = _leading(tiers[at - 1], gone.get("promotion"))
    return {**ladder, "tiers": tiers}


def _leading(tier: Content, promotion: Tree | None) -> Content:
    return {k: v for k, v in tier.items() if k != "promotion"} | ({"promotion": promotion} if promotion else {})


# Rewards


def comes_with(reward: Content, tier: str) -> bool:
    """Whether reaching a tier is enough to get a reward."""
    criterion: Tree = reward["criterion"]
    return _reached(tier) in ([criterion] if word_of(criterion) != "any" else items_of(criterion))


def with_reward(rewards: Content, key: str, tier: str) -> Content:
    """The catalogue with one of its rewards coming with a tier, too."""

    def more(reward: Content) -> Content:
        old: Tree = reward["criterion"]
        others = items_of(old) if word_of(old) == "any" else [old]
        return {**reward, "criterion": {"any": [*others, _reached(tier)]}}

    return _each(rewards, lambda one: more(one) if one["key"] == key and not comes_with(one, tier) else one)


def without_reward(rewards: Content, key: str, tier: str) -> Content:
    """The catalogue with a reward no longer coming with a tier; one that comes with nothing else is no more."""

    def less(reward: Content) -> Content | None:
        old: Tree = reward["criterion"]
        others = [item for item in (items_of(old) if word_of(old) == "any" else [old]) if item != _reached(tier)]
        if not others:
            return None
        return {**reward, "criterion": others[0] if len(others) == 1 else {"any": others}}

    return _each(rewards, lambda one: less(one) if one["key"] == key else one)


def with_new_reward(rewards: Content, tier: str, title: Mapping[str, str], value: int | str, voucher: bool) -> Content:
    """The catalogue with a reward more, which comes with a tier; its value is in yuan."""
    new = {
        "key": _unused("reward", [reward["key"] for reward in rewards["rewards"]]),
        "kind": "virtual" if voucher else "goods",
        "title": dict(title),
        "value": value,
        "criterion": _reached(tier),
    } | ({"voucher": True} if voucher else {})
    return {**rewards, "rewards": [*rewards["rewards"], new]}


def _each(rewards: Content, change: Callable[[Content], Content | None]) -> Content:
    found = (change(reward) for reward in rewards["rewards"])
    return {**rewards, "rewards": [reward for reward in found if reward]}


def _reached(tier: str) -> Tree:
    return {"tier": {"at_least": tier}}


def _unused(stem: str, taken: Iterable[str]) -> str:
    known = set(taken)
    return next(key for n in count(1) if (key := f"{stem}-{n}") not in known)
