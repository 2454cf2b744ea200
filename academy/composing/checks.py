"""What is wrong with what is being edited, and what to think twice about, each at its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.composing.conditions import reason
from academy.composing.trees import Tree, address, as_all, is_group, items_of, n_of, nodes
from academy.criteria.language import WHOLE, Invalid, Leaf, parse
from academy.criteria.pack import NAMES
from academy.criteria.sense import doubts
from academy.criteria.sentences import titles
from academy.tiers.pack import counts_heads


@dataclass(frozen=True)
class Remark:
    """Something to point out, and where; what `blocks` can't be published."""

    address: str
    why: str
    blocks: bool = True


def both(place: str, text: Mapping[str, str], most: int) -> Iterator[Remark]:
    """What is wrong with a text that both languages need."""
    for locale in ("zh", "en"):
        words = text.get(locale, "")
        if not words:
            yield Remark(f"{place}.{locale}", _("Please fill this in."))
        # Two characters of English take the room of one of Chinese.
        elif len(words) > most * (2 if locale == "en" else 1):
            yield Remark(
                f"{place}.{locale}", _("%(n)s characters, at most %(most)s are possible.", n=len(words), most=most)
            )


def between(value: Any, low: int, high: int) -> bool:
    """Whether it is a whole number within bounds."""
    return type(value) is int and low <= value <= high


def number_wanted(low: int, high: int) -> str:
    """What to say where it is none."""
    return _("Please give a whole number from %(low)s to %(high)s.", low=low, high=high)


def checked(draft: Catalog, slot: str, tree: Tree, where: dict[Leaf, str], heads: bool = True) -> Iterator[Remark]:
    """What is wrong with the criterion in a slot; once all is well, `where` holds the address of each of its leaves.

    `heads` says whether it may ask how many people somebody gathers.
    """
    found: dict[Leaf, str] = {}
    whole = True
    for place, item in nodes(as_all(tree)):
        at = address(slot, place)
        if is_group(item):
            if not between(n_of(item), 1, len(items_of(item))):
                whole = False
                yield Remark(at, number_wanted(1, len(items_of(item))))
            continue
        try:
            leaf = parse(item)
        except Invalid as error:
            whole = False
            yield Remark(at, reason(error)[1])
            continue
        assert isinstance(leaf, Leaf)
        found.setdefault(leaf, at)
        if not heads and counts_heads(leaf):
            yield Remark(
                at, _("No tier and no certificate may depend on how many people somebody gathers (禁止传销条例).")
            )
        if leaf.topic != WHOLE and leaf.kind in NAMES and not _there(draft, leaf):
            yield Remark(at, _("“%(thing)s” is not published any more.", thing=leaf.topic))
        elif _retired(draft, leaf):
            yield Remark(at, _("This is retired: who doesn’t have it already never meets the condition."), blocks=False)
    if not whole:
        return
    where |= found
    for doubt in doubts(draft, parse(tree)):
        yield Remark(where[doubt.leaf], doubt.why, blocks=False)


def _retired(draft: Catalog, leaf: Leaf) -> bool:
    things = {"badge": draft.badges.values(), "certificate": draft.one("designs")["designs"]}.get(leaf.name, ())
    return any(one["key"] == leaf.topic and one.get("retired") for one in things)


def _there(draft: Catalog, leaf: Leaf) -> bool:
    if leaf.name == "tier" or leaf.kind == "approval.given":
        return any(tier["key"] == leaf.topic for tier in draft.one("ladder")["tiers"])
    return (leaf.kind, leaf.topic) in titles(draft)
