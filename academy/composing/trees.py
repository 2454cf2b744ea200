"""Editing a criterion as it is written, as a tree of JSON. Pure.

Nothing is changed in place. A node of a tree is addressed by the indices that lead to it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Tree = Mapping[str, Any]
"""A criterion as it is written: one word, and what belongs to it. What was typed wrong stays in it as text."""

Place = tuple[int, ...]

GROUPS = ("all", "any", "at_least", "not")
MOST_DEPTH = 5


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
            # An `any` right under a `not` is that one's own list.
            alone = len(items) == 1 and word_of(items[0]) != "any"
            return {"not": items[0] if alone else {"any": items}}
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


def on_node(tree: Tree | None, place: Place, do: Callable[[Tree, Place], Tree | None]) -> Tree | None:
    """A criterion after something was done at a place; LookupError if there is none."""
    node(as_all(tree), place)
    return edited(tree, lambda all_: do(all_, place))


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


# What a form says of it


def address(slot: str, place: Place) -> str:
    """How a page names a node of the criterion in a slot."""
    return f"{slot}/{'.'.join(map(str, place))}"


def located(about: str) -> tuple[str, Place]:
    """The slot and the place that an address names; LookupError if it is none."""
    name, _slash, path = about.partition("/")
    try:
        return name, tuple(int(step) for step in path.split(".") if step)
    except ValueError:
        raise LookupError(about) from None


def typed(slot: str, tree: Tree | None, form: Mapping[str, str]) -> Tree | None:
    """A criterion with the words and numbers that were typed into the form that showed it."""
    if tree is None:
        return None
    for place, item in nodes(as_all(tree)):
        word = form.get(f"{address(slot, place)}:word", "")
        if place and is_group(item) and word in GROUPS and word != word_of(item):
            tree = edited(tree, lambda all_, place=place, word=word: regrouped(all_, place, word))  # type: ignore[misc]
    values = {
        place: number(form[address(slot, place)])
        for place, item in nodes(as_all(tree))
        if address(slot, place) in form and (word_of(item) == "at_least" or bound_of(item))
    }
    return edited(tree, lambda all_: numbered(all_, values))


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
