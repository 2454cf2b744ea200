"""What is typed and clicked in the editor of a badge."""

from collections.abc import Mapping
from typing import Any

from flask import request

from academy.art.palette import FIELDS, METALS
from academy.badges.actions import BADGES
from academy.badges.rules import (
    FLAGS,
    GLYPHS,
    RULE,
    WAYS,
    WHILE_MET,
    Badge,
    slots,
    tree_of,
    way_of,
    with_tree,
    with_way,
)
from academy.catalog.parts import Edited
from academy.composing import trees
from academy.composing.drafts import carried
from academy.text.line import plain

LOCALES = ("zh", "en")
MOST_TYPED = 200


def sent(key: str) -> Edited:
    """What the form of this request was filled with, and what was typed since; 400 if it isn't from us."""
    was = carried(BADGES, key)
    return Edited(typed(was.part, request.form), was.revision, was.version)


def typed(badge: Badge, form: Mapping[str, str]) -> Badge:
    """The badge with what was typed into the form that showed it; what it doesn't hold stays."""
    new: dict[str, Any] = {**badge, "title": _text("title", form), "how": _text("how", form)}
    for field, known in (("family", FIELDS), ("metal", METALS), ("glyph", (*GLYPHS, badge["glyph"]))):
        if form.get(field) in known and (field != "metal" or "metal" in badge):
            new[field] = form[field]
    for flag in FLAGS:
        new.pop(flag, None)
        if flag in form and (flag != WHILE_MET or way_of(badge) == RULE):
            new[flag] = True
    hint = _text("hint", form)
    new.pop("hint", None)
    if any(hint.values()):
        new["hint"] = hint
    _strip(new, form)
    for slot in slots(badge):
        new = dict(with_tree(new, slot, trees.typed(slot, tree_of(new, slot), form)))
    if "levels" in new:
        new["levels"] = [{**level, "how": _text(f"level-{n}/how", form)} for n, level in enumerate(new["levels"], 1)]
    return with_way(new, form["way"]) if form.get("way") in WAYS else new


def _strip(new: dict[str, Any], form: Mapping[str, str]) -> None:
    """The count on its strip, or how many copies there are of it."""
    for field in ("limited", "strip"):
        new.pop(field, None)
    if "levels" in new:
        return
    if limited := form.get("limited", "").strip():
        new["limited"] = trees.number(limited)
    elif strip := str(trees.number(form.get("strip", ""))):
        new["strip"] = strip[:3]


def _text(at: str, form: Mapping[str, str]) -> dict[str, str]:
    return {locale: plain(form.get(f"{at}.{locale}", ""))[:MOST_TYPED] for locale in LOCALES}
