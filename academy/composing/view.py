"""A criterion as an editor draws it: conditions as rows, beside what is published, with what is said at each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.composing.checks import Remark
from academy.composing.conditions import icon_of, name_of, what_of
from academy.composing.trees import (
    Place,
    Tree,
    address,
    as_all,
    bound_of,
    compared,
    is_group,
    items_of,
    leaves_of,
    n_of,
    word_of,
)
from academy.criteria.language import Invalid, Leaf, parse
from academy.criteria.sentences import amount, noun, sentence, unit

Remarks = Mapping[str, list[Remark]]


@dataclass(frozen=True)
class Node:
    """A condition or a group of them: what it says, its number, what it was, and what is to be said of it."""

    address: str
    word: str | None
    icon: str
    text: str
    bound: str | None
    value: Any
    unit: str
    was: str | None
    is_new: bool
    remarks: list[Remark]
    items: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Slot:
    """A place for a criterion: its conditions, and the sentences of those that are gone."""

    name: str
    nodes: tuple[Node, ...]
    gone: list[str]

    @property
    def changed(self) -> bool:
        return bool(self.gone) or any(_differs(node) for node in self.nodes)


def _differs(node: Node) -> bool:
    return node.is_new or node.was is not None or any(_differs(item) for item in node.items)


def drawn(
    draft: Catalog, name: str, old: Tree | None, new: Tree | None, remarks: Remarks, hidden: Tree | None = None
) -> Slot:
    """The criterion of a slot beside the one that is published; a condition like `hidden` is no row."""
    changes, gone = compared(old, new)
    leaves = dict(leaves_of(new))
    made = [
        _node(draft, name, (i,), item, changes, remarks)
        for i, item in enumerate(items_of(as_all(new)))
        if hidden is None or leaves.get((i,)) != hidden
    ]
    return Slot(name, tuple(made), [words(draft, leaf) for leaf in gone if leaf != hidden])


def _node(
    draft: Catalog, name: str, place: Place, item: Tree, changes: Mapping[Place, Tree | None], remarks: Remarks
) -> Node:
    at = address(name, place)
    said = remarks.get(at, [])
    if is_group(item):
        inner = tuple(_node(draft, name, (*place, i), one, changes, remarks) for i, one in enumerate(items_of(item)))
        n = n_of(item) if word_of(item) == "at_least" else None
        return Node(at, word_of(item), "list", "", None, n, "", None, False, said, inner)
    bound = bound_of(item)
    was = changes.get(place)
    return Node(
        at,
        None,
        icon_of(what_of(item)),
        _text(draft, item),
        bound,
        item[word_of(item)][bound] if bound else None,
        _unit(item) if bound else "",
        _was(draft, was, item) if was else None,
        place in changes and was is None,
        said,
    )


def _parsed(item: Tree) -> Leaf | None:
    """A leaf; with a harmless number where the one that was typed is none."""
    try:
        found = parse(item)
    except Invalid:
        bound, word = bound_of(item), word_of(item)
        if not bound or item[word][bound] == 1:
            return None
        return _parsed({word: {**item[word], bound: 1}})
    return found if isinstance(found, Leaf) else None


def _text(draft: Catalog, item: Tree) -> str:
    leaf = _parsed(item)
    if leaf is None:
        return name_of(what_of(item))
    return noun(draft, leaf) if bound_of(item) else words(draft, item)


def _unit(item: Tree) -> str:
    leaf = _parsed(item)
    return unit(leaf) if leaf else ""


def _was(draft: Catalog, was: Tree, now: Tree) -> str:
    old, new = _parsed(was), _parsed(now)
    if old and new and bound_of(was) and bound_of(was) == bound_of(now) and noun(draft, old) == noun(draft, new):
        return _("was %(amount)s", amount=amount(old, old.goal))
    return _("was: %(what)s", what=words(draft, was))


def by_place(remarks: Iterable[Remark]) -> dict[str, list[Remark]]:
    """Remarks by the address that they are about."""
    found: dict[str, list[Remark]] = {}
    for remark in remarks:
        found.setdefault(remark.address, []).append(remark)
    return found


def words(catalog: Catalog, tree: Tree) -> str:
    """A criterion as a sentence; what is not whole yet says so."""
    try:
        return sentence(catalog, parse(tree))
    except Invalid:
        return _("a condition that is not whole")
