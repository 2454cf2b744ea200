"""Editing a badge as it is written: how it is won, and the criteria of its slots. Pure."""

from collections.abc import Mapping
from typing import Any

from academy.catalog.content import LEVELS
from academy.composing.trees import Tree

Badge = Mapping[str, Any]

RULE, STEPS, HAND = WAYS = ("rule", "levels", "hand")
"""A badge is won by one criterion, by one for each of its levels, or given by hand alone."""

WHILE_MET = "while_met"
"""A badge with this flag is worn only while its criterion is met."""
FLAGS = ("secret", "retired", "announce", WHILE_MET)

GLYPHS = (
    *("book-open", "graduation-cap", "target", "star", "lightbulb", "pencil", "brain", "medal"),
    *("share-2", "camera", "image", "video", "megaphone", "message-circle", "heart", "heart-handshake"),
    *("users", "house", "handshake", "smile", "gift", "coffee", "baby", "flower-2"),
    *("trophy", "crown", "swords", "flame", "zap", "rocket", "mountain", "flag"),
    *("sprout", "leaf", "trees", "droplets", "sun", "moon", "sailboat", "shield-check"),
    *("key-round", "sparkles", "feather", "calendar-check", "clock", "compass", "gem", "party-popper"),
)
"""The drawings that are offered."""


def way_of(badge: Badge) -> str:
    """How a badge is won."""
    return STEPS if "levels" in badge else HAND if badge.get("by_hand") else RULE


def with_way(badge: Badge, way: str) -> Badge:
    """The badge won in another way; the first level and the only criterion are the same."""
    if way == way_of(badge):
        return badge
    criterion = tree_of(badge, slots(badge)[0]) if slots(badge) else None
    new = {part: what for part, what in badge.items() if part not in ("criterion", "levels", "by_hand", WHILE_MET)}
    if way == STEPS:
        first = {"how": badge["how"]} | ({"criterion": criterion} if criterion else {})
        levels = [first, *({"how": {"zh": "", "en": ""}} for _ in range(len(LEVELS) - 1))]
        return {part: what for part, what in new.items() if part not in ("metal", "strip", "limited")} | {
            "levels": levels
        }
    new.setdefault("metal", next(iter(LEVELS.values())))
    if way == HAND:
        return new | {"by_hand": True}
    return new | ({"criterion": criterion} if criterion else {})


def slots(badge: Badge) -> list[str]:
    """The names of the places for a criterion: `rule`, or `level-1` and so on."""
    if way_of(badge) == STEPS:
        return [f"level-{n}" for n in range(1, len(badge["levels"]) + 1)]
    return [RULE] if way_of(badge) == RULE else []


def tree_of(badge: Badge, slot: str) -> Tree | None:
    """The criterion of a slot; LookupError if there is no such place."""
    if slot not in slots(badge):
        raise LookupError(slot)
    holder = badge if slot == RULE else badge["levels"][_place(slot)]
    found: Tree | None = holder.get("criterion")
    return found


def with_tree(badge: Badge, slot: str, tree: Tree | None) -> Badge:
    """The badge with another criterion, or none, in a slot."""

    def changed(holder: Mapping[str, Any]) -> dict[str, Any]:
        rest = {part: what for part, what in holder.items() if part != "criterion"}
        return rest | ({"criterion": tree} if tree else {})

    tree_of(badge, slot)
    if slot == RULE:
        return changed(badge)
    levels = [changed(level) if n == _place(slot) else level for n, level in enumerate(badge["levels"])]
    return {**badge, "levels": levels}


def _place(slot: str) -> int:
    return int(slot.rpartition("-")[2]) - 1


def new_badge(key: str, title: str) -> Badge:
    """A badge to begin with."""
    return {
        "key": key,
        "title": {"zh": title, "en": title},
        "how": {"zh": "", "en": ""},
        "family": "learning",
        "metal": "bronze",
        "glyph": "star",
    }
