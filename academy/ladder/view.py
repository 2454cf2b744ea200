"""The ladder as the editor draws it: rungs from the top, conditions as rows, and what is said at each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.achievements.goals import DOCUMENTS
from academy.achievements.preview import GAINED, LOST, NEAR, SAME
from academy.catalog.content import Catalog
from academy.courses.queries import Promise
from academy.criteria.language import Invalid, Leaf, parse
from academy.criteria.sentences import amount, noun, unit
from academy.ladder.checks import Remark, address
from academy.ladder.conditions import icon_of, name_of, what_of
from academy.ladder.differences import Pair, words
from academy.ladder.rules import (
    Content,
    Place,
    Tree,
    as_all,
    asks_approval,
    bound_of,
    comes_with,
    compared,
    is_group,
    items_of,
    leaves_of,
    n_of,
    slots,
    tree_of,
    word_of,
)

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


@dataclass(frozen=True)
class Rung:
    """A tier with what leads to it, what keeps it and what comes with it; the first one asks for nothing."""

    tier: Content
    people: int
    first: bool
    into: Slot | None
    keep: Slot | None
    waits: bool
    """Whether staff have to agree."""
    conditions: list[str]
    rewards: list[Content]
    more: list[Promise]
    """What else comes with it, and is edited elsewhere."""
    marked: bool
    texts_marked: bool


def rungs(now: Pair, edited: Pair, draft: Catalog, people: Mapping[str, int], remarks: Remarks) -> list[Rung]:
    """The tiers from the top."""
    ladder = edited.ladder
    found = []
    for at, tier in enumerate(ladder["tiers"]):
        key = tier["key"]
        into = slot(now, edited, draft, f"into-{key}", remarks) if at else None
        tree = tree_of(ladder, f"into-{key}") if at else None
        found.append(
            Rung(
                tier,
                people.get(key, 0),
                at == 0,
                into,
                slot(now, edited, draft, f"keep-{key}", remarks) if at else None,
                asks_approval(tree, key),
                [words(draft, item) for item in items_of(as_all(tree))],
                [reward for reward in edited.rewards["rewards"] if comes_with(reward, key)],
                list(_more(draft, key)),
                any(place.startswith((f"tier-{key}/", f"into-{key}/", f"keep-{key}/")) for place in remarks),
                any(place.startswith(f"tier-{key}/") for place in remarks),
            )
        )
    return found[::-1]


def _more(draft: Catalog, tier: str) -> Iterator[Promise]:
    for course in draft.courses:
        if course.tier == tier:
            yield Promise("rank", course.title)
    for won, kind in (("certificate.earned", "honor"), ("badge.awarded", "feat")):
        for item in draft.one(DOCUMENTS[won])[DOCUMENTS[won]]:
            if comes_with(item, tier):
                yield Promise(kind, item.get("name", item["title"]))


def slot(now: Pair, edited: Pair, draft: Catalog, name: str, remarks: Remarks) -> Slot:
    """One place for a criterion beside what is published. An approval of the own tier is no row but a switch."""
    tree = tree_of(edited.ladder, name)
    old = tree_of(now.ladder, name) if name in slots(now.ladder) else None
    changes, gone = compared(old, tree)
    tier = name.partition("-")[2]
    leaves = dict(leaves_of(tree))
    made = [
        _node(draft, name, (i,), item, changes, remarks)
        for i, item in enumerate(items_of(as_all(tree)))
        if leaves.get((i,)) != {"approval": {"key": tier}}
    ]
    lost = [words(draft, leaf) for leaf in gone if leaf != {"approval": {"key": tier}}]
    return Slot(name, tuple(made), lost)


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


def result_name(result: str) -> str:
    """What becomes of somebody under a draft."""
    return {
        GAINED: lambda: _("newly promoted"),
        SAME: lambda: _("promoted anyway"),
        LOST: lambda: _("no longer promoted"),
        NEAR: lambda: _("one condition short"),
    }[result]()
