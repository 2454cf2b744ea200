"""What differs between two states of a badge, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.badges.rules import HAND, RULE, STEPS, Badge, slots, tree_of, way_of
from academy.catalog.content import LEVELS, Catalog
from academy.composing.view import words


@dataclass(frozen=True)
class Change:
    """One difference: where, and what stood and stands there; None where nothing did or does."""

    where: str
    before: str | None
    after: str | None


def family_name(family: str) -> str:
    """What a family of badges is called."""
    return {
        "learning": lambda: _("Learning"),
        "sharing": lambda: _("Sharing"),
        "community": lambda: _("Community"),
        "contest": lambda: _("Contest"),
        "special": lambda: _("Special"),
    }[family]()


def metal_name(metal: str) -> str:
    """What a metal is called."""
    return {
        "bronze": lambda: _("Bronze metal"),
        "silver": lambda: _("Silver metal"),
        "gold": lambda: _("Gold metal"),
        "platinum": lambda: _("Platinum metal"),
        "diamond": lambda: _("Diamond"),
    }[metal]()


def way_name(way: str) -> str:
    """How a badge is won, in few words."""
    return {RULE: lambda: _("by a rule"), STEPS: lambda: _("in three levels"), HAND: lambda: _("by hand alone")}[way]()


def slot_name(slot: str) -> str:
    """What a place for a criterion is called."""
    if slot == RULE:
        return _("Conditions")
    return _("Level %(n)s", n=list(LEVELS)[int(slot.rpartition("-")[2]) - 1])


def differences(catalog: Catalog, old: Badge, new: Badge) -> list[Change]:
    """What differs, in the order of the form. Things are called as in `catalog`."""
    before, after = dict(_said(catalog, old)), dict(_said(catalog, new))
    return [
        Change(where, before.get(where), after.get(where))
        for where in dict.fromkeys((*before, *after))
        if before.get(where) != after.get(where)
    ]


def _said(catalog: Catalog, badge: Badge) -> Iterator[tuple[str, str]]:
    yield _("Title"), _both(badge["title"])
    yield _("How it is won"), _both(badge["how"])
    yield _("Family"), family_name(badge["family"])
    if "metal" in badge:
        yield _("Metal"), metal_name(badge["metal"])
    yield _("Drawing"), badge["glyph"]
    for field, said in (
        ("strip", _("Count on its strip")),
        ("limited", _("How many there are")),
    ):
        if field in badge:
            yield said, str(badge[field])
    yield _("Won"), way_name(way_of(badge))
    for slot in slots(badge):
        tree: Any = tree_of(badge, slot)
        yield slot_name(slot), words(catalog, tree) if tree else "–"
    for n, level in enumerate(badge.get("levels", ()), 1):
        yield f"{slot_name(f'level-{n}')} · {_('How it is won')}", _both(level["how"])
    for flag, said in (
        ("while_met", _("Only while it is met")),
        ("secret", _("Secret")),
        ("retired", _("Retired")),
        ("announce", _("To be announced")),
    ):
        if badge.get(flag):
            yield said, _("yes")
    if "hint" in badge:
        yield _("Hint until it is won"), _both(badge["hint"])


def _both(text: Mapping[str, str]) -> str:
    return " / ".join(words for words in (text.get("zh"), text.get("en")) if words) or "–"
