"""Editing the ladder as it is written: criteria as trees of JSON, tiers, and the rewards that come with them. Pure.

Nothing is changed in place. A node of a tree is addressed by the indices that lead to it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

Tree = Mapping[str, Any]
"""A criterion as it is written: one word, and what belongs to it. What was typed wrong stays in it as text."""

Place = tuple[int, ...]
Content = Mapping[str, Any]

GROUPS = ("all", "any", "at_least", "not")
MOST_DEPTH = 5


# Trees


def word_of(tree: Tree) -> str:
    """The one word of a node: that of a group or of a leaf."""
    return next(iter(tree))


def is_group(tree: Tree) -> bool:
    """Whether a node holds other nodes."""
    return word_of(tree) in GROUPS


def items_of(tree: Tree) -> list[Tree]:
    """What stands in a group; several things of which none may be are written `not: {any: […]}`."""
    match dict(tree):
        case {"all": items} | {"any": items} | {"not": {"any": items}} | {"at_least": {"of": items}}:
            return list(items)
        case {"not": item}:
            return [item]
    return []


def grouped(word: str, items: list[Tree], n: Any = 1) -> Tree:
    """A group of one or more items; `n` of them are needed where the word is `at_least`."""
    match word:
        case "not":
            return {"not": items[0] if len(items) == 1 else {"any": items}}
        case "at_least":
            return {"at_least": {"n": min(n, len(items)) if isinstance(n, int) else n, "of": items}}
    return {word: items}


def n_of(tree: Tree) -> Any:
    """How many of a group's items are needed, where it says so."""
    return tree["at_least"]["n"] if word_of(tree) == "at_least" else 1


def as_all(tree: Tree | None) -> Tree:
    """The same criterion as a list of conditions that have to be met together."""
    return tree if tree and word_of(tree) == "all" else {"all": [tree] if tree else []}


def edited(tree: Tree | None, change: Callable[[Tree], Tree | None]) -> Tree | None:
    """A criterion after a change of its list of conditions; None if nothing is left of it."""
    new = change(as_all(tree))
    if new is None or not items_of(new):
        return None
    alone = tree is not None and word_of(tree) != "all" and len(items_of(new)) == 1
    return items_of(new)[0] if alone else new


def node(tree: Tree, place: Place) -> Tree:
    """The node at a place; LookupError if there is none."""
    for i in place:
        tree = items_of(tree)[i]
    return tree


def nodes(tree: Tree, place: Place = ()) -> Iterator[tuple[Place, Tree]]:
    """All nodes with their places, each before what stands in it."""
    yield place, tree
    for i, item in enumerate(items_of(tree)):
        yield from nodes(item, (*place, i))


def changed(tree: Tree, place: Place, change: Callable[[Tree], list[Tree]]) -> Tree | None:
    """The tree with other nodes, or none, in the place of one; groups that are left empty go with it."""
    if not place:
        return next(iter(change(tree)), None)
    items = items_of(tree)
    inner = items[place[0]]
    if len(place) == 1:
        new = change(inner)
    else:
        deeper = changed(inner, place[1:], change)
        new = [deeper] if deeper else []
    items[place[0] : place[0] + 1] = new
    return grouped(word_of(tree), items, n_of(tree)) if items else None


def added(tree: Tree, place: Place, leaf: Tree) -> Tree | None:
    """With one more node in the group at a place, as its last."""

    def more(group: Tree) -> list[Tree]:
        if not is_group(group):
            return [{"all": [group, leaf]}]
        return [grouped(word_of(group), [*items_of(group), leaf], n_of(group))]

    return changed(tree, place, more)


def replaced(tree: Tree, place: Place, new: Tree) -> Tree | None:
    """With another node at a place."""
    return changed(tree, place, lambda _old: [new])


def removed(tree: Tree, place: Place) -> Tree | None:
    """Without the node at a place; None if it was the last."""
    return changed(tree, place, lambda _old: [])


def wrapped(tree: Tree, place: Place, word: str) -> Tree | None:
    """With the node at a place in a group of its own."""
    return changed(tree, place, lambda old: [grouped(word, [old])])


def regrouped(tree: Tree, place: Place, word: str) -> Tree | None:
    """With another kind of group at a place, around the same items."""
    return changed(tree, place, lambda old: [grouped(word, items_of(old), n_of(old))] if is_group(old) else [old])


def dissolved(tree: Tree, place: Place) -> Tree | None:
    """With the items of the group at a place in its stead."""
    return changed(tree, place, lambda old: items_of(old) or [old])


def bound_of(leaf: Tree) -> str | None:
    """The field of a leaf that holds its number: `at_least` or `at_most`; None where it has none."""
    if is_group(leaf) or word_of(leaf) == "tier":
        return None
    body = leaf[word_of(leaf)]
    return next((field for field in ("at_most", "at_least") if field in body), None)


def number(typed: str) -> int | str:
    """A whole number as it was typed, however wide; what is none stays as it is, to be pointed out."""
    text = unicodedata.normalize("NFKC", typed).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else text[:20]


def with_number(item: Tree, value: int | str) -> Tree:
    """A leaf with another bound, or a group with another number of items that are needed."""
    word = word_of(item)
    if word == "at_least":
        return {word: {**item[word], "n": value}}
    field = bound_of(item)
    return {word: {**item[word], field: value}} if field else item


def numbered(tree: Tree, values: Mapping[Place, int | str]) -> Tree:
    """With other numbers at some places; places that hold none are passed over."""

    def again(item: Tree, place: Place) -> Tree:
        items = items_of(item)
        new = [again(inner, (*place, i)) for i, inner in enumerate(items)]
        if new != items:
            item = grouped(word_of(item), new, n_of(item))
        return with_number(item, values[place]) if place in values else item

    return again(tree, ())


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


# What changed


def leaves_of(tree: Tree | None) -> list[tuple[Place, Tree]]:
    """The conditions of a criterion with their places in the list of those that have to be met together."""
    return [(place, item) for place, item in nodes(as_all(tree)) if not is_group(item)]


def compared(old: Tree | None, new: Tree | None) -> tuple[dict[Place, Tree | None], list[Tree]]:
    """What differs between two criteria: for each changed condition of the new one what it was, None where it is new;
    and what is gone."""
    gone = [leaf for _place, leaf in leaves_of(old)]
    rest = []
    for place, leaf in leaves_of(new):
        if leaf in gone:
            gone.remove(leaf)
        else:
            rest.append((place, leaf))
    changes: dict[Place, Tree | None] = {}
    for place, leaf in rest:
        was = next((other for other in gone if _subject(other) == _subject(leaf)), None)
        if was:
            gone.remove(was)
        changes[place] = was
    return changes, gone


def _subject(leaf: Tree) -> tuple[str, Any]:
    """What a condition is about, whatever its numbers and windows."""
    word = word_of(leaf)
    measures = {"at_least", "at_most", "within", "this", "highest", "per", "none_of"}
    return word, {field: value for field, value in leaf[word].items() if field not in measures}
