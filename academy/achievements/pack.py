"""Checking points rules, badges, rewards, certificate designs and the pledge in a pack."""

import re
from typing import Any

from academy.achievements.certificates.rules import Design, design_problems
from academy.art.palette import FIELDS, METALS
from academy.catalog.content import LEVELS
from academy.catalog.pack import Pack, Source, key, text, whole
from academy.criteria.pack import check_criterion
from academy.journal.kinds import KINDS
from academy.journal.validity import WARNING
from academy.text.yaml import Path
from academy.tiers.pack import HEADS, NO_HEADS, counts_heads


def check_achievements(pack: Pack, source: Source, data: dict[str, Any]) -> None:
    """Note what is wrong with these sections of `academy.yaml`."""
    for field in ("name", "company", "serial", "seal", "consent", "hotline"):
        if not isinstance(data["brand"].get(field), str) or not data["brand"][field].strip():
            source.wrong(("brand", field), "must be a text")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(data["brand"].get("colour"))):
        source.wrong(("brand", "colour"), "must be a colour such as '#c4305d'")
    text(source, data, ("brand", "academy"), both=True)
    for i in _each(source, data, ("points", "rules")):
        _rule(pack, source, data, ("points", "rules", i))
    for section, name in (("badges", "badge"), ("rewards", "reward"), ("designs", "design")):
        for i in _each(source, data, (section, section)):
            key(pack, source, data, (section, section, i, "key"), name)
    for section in ("rewards", "designs"):
        for i in _each(source, data, (section, section)):
            at: Path = (section, section, i)
            text(source, data, (*at, "title"), both=True)
            if section == "designs" and "criterion" not in data[section][section][i]:
                continue  # issued by hand alone
            criterion = check_criterion(pack, source, data[section][section][i].get("criterion"), (*at, "criterion"))
            if criterion and counts_heads(criterion):
                source.wrong((*at, "criterion"), NO_HEADS)
    for i in _each(source, data, ("badges", "badges")):
        check_badge(pack, source, data, ("badges", "badges", i))
    for i in _each(source, data, ("rewards", "rewards")):
        _while_met(source, data, ("rewards", "rewards", i))
        whole(source, data, ("rewards", "rewards", i, "value"), 0, 1_000_000, 0)  # yuan
    for i in _each(source, data, ("designs", "designs")):
        _design(pack, source, data, ("designs", "designs", i))
        _renewal(pack, source, data, ("designs", "designs", i))
    for field in ("title", "intro"):
        text(source, data, ("pledge", field), both=True)
    for i in _each(source, data, ("pledge", "points")):
        text(source, data, ("pledge", "points", i), both=True)


BADGE_PARTS = {
    *("key", "title", "how", "family", "metal", "glyph", "strip", "criterion", "levels", "while_met"),
    *("secret", "hint", "retired", "limited", "by_hand", "announce"),
}
MOST_KEY = 60
MOST_COPIES = 999
"""As many as the strip under a badge has room for."""


def check_badge(pack: Pack, source: Source, data: dict[str, Any], at: Path) -> None:
    """Note what is wrong with one badge."""
    badge = data["badges"]["badges"][at[2]]
    if unknown := set(badge) - BADGE_PARTS:
        source.wrong(at, f"knows no {', '.join(sorted(unknown))}")
    text(source, data, (*at, "title"), both=True)
    text(source, data, (*at, "how"), both=True)
    for flag in ("secret", "retired", "by_hand", "announce"):
        if type(badge.get(flag, False)) is not bool:
            source.wrong((*at, flag), "must be true or false")
    if badge.get("secret") or "hint" in badge:
        text(source, data, (*at, "hint"), both=True)
    if "limited" in badge:
        whole(source, data, (*at, "limited"), 1, MOST_COPIES)
        if "strip" in badge or "levels" in badge:
            source.wrong((*at, "limited"), "has the number of the copy on its strip, so neither `strip` nor `levels`")
    _winning(pack, source, data, at)
    _while_met(source, data, at)
    for field, known in (("family", FIELDS), *(() if "levels" in badge else (("metal", METALS),))):
        if badge.get(field) not in known:
            source.wrong((*at, field), f"must be one of {', '.join(known)}")
    if not re.fullmatch(r"[a-z0-9-]+", str(badge.get("glyph"))):
        source.wrong((*at, "glyph"), "must be the name of a lucide icon")
    if "strip" in badge and not re.fullmatch(r"[0-9ⅠⅡⅢ]{1,3}", str(badge["strip"])):
        source.wrong((*at, "strip"), "must be a count of at most three digits, or Ⅰ, Ⅱ, Ⅲ")


def _winning(pack: Pack, source: Source, data: dict[str, Any], at: Path) -> None:
    """How a badge is won: by its criterion, by those of its levels, or by hand alone."""
    badge = data["badges"]["badges"][at[2]]
    if sum((bool(badge.get("by_hand")), "criterion" in badge, "levels" in badge)) > 1:
        source.wrong(at, "has one of criterion, levels and by_hand")
    if badge.get("by_hand") and badge.get("while_met"):
        source.wrong((*at, "while_met"), "is for what is won by a criterion")
    if "levels" not in badge:
        if not badge.get("by_hand"):
            check_criterion(pack, source, badge.get("criterion"), (*at, "criterion"))
        return
    if {"metal", "strip", "while_met"} & set(badge):
        source.wrong(at, "with levels has no metal, strip or while_met of its own")
    levels = badge["levels"]
    if not isinstance(levels, list) or not 2 <= len(levels) <= len(LEVELS):
        source.wrong((*at, "levels"), f"must be two or {len(LEVELS)}")
        return
    for n, level in enumerate(levels):
        if not isinstance(level, dict) or set(level) != {"how", "criterion"}:
            source.wrong((*at, "levels", n), "must be {how, criterion}")
            continue
        text(source, data, (*at, "levels", n, "how"), both=True)
        check_criterion(pack, source, level["criterion"], (*at, "levels", n, "criterion"))
        slot = f"badge/{badge.get('key')}-{n + 1}"
        if slot in pack.keys or len(slot) > len("badge/") + MOST_KEY:
            source.wrong((*at, "key"), f"{badge.get('key')}-{n + 1} is taken already, or too long")
        pack.keys[slot] = source.name


def _design(pack: Pack, source: Source, data: dict[str, Any], at: Path) -> None:
    document = data["designs"]["designs"][at[2]]
    if unknown := set(document) - DESIGN_PARTS:
        source.wrong(at, f"knows no {', '.join(sorted(unknown))}")
    if type(document.get("retired", False)) is not bool:
        source.wrong((*at, "retired"), "must be true or false")
    for name, figure in (document.get("fields") or {}).items():
        _figure(pack, source, figure, (*at, "fields", name))
    try:
        problems = design_problems(Design.of(document, data["brand"]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        source.wrong(at, f"is not whole: {error}")
        return
    for field, problem in problems.items():
        name, *language = field.split(".")
        source.wrong((*at, name, *(language if isinstance(document.get(name), dict) else ())), problem)


def _while_met(source: Source, data: dict[str, Any], at: Path) -> None:
    section, _same, i = at
    if not isinstance(data[str(section)][section][i].get("while_met", False), bool):
        source.wrong((*at, "while_met"), "must be true where it is withdrawn when its criterion is met no more")


def _renewal(pack: Pack, source: Source, data: dict[str, Any], at: Path) -> None:
    document = data["designs"]["designs"][at[2]]
    if "renewal" not in document:
        return
    if (document.get("valid_days") or 0) <= WARNING.days:
        source.wrong((*at, "renewal"), f"is for what has `valid_days` of more than {WARNING.days}")
    criterion = check_criterion(pack, source, document["renewal"], (*at, "renewal"))
    if criterion and counts_heads(criterion):
        source.wrong((*at, "renewal"), NO_HEADS)


DESIGN_PARTS = {
    *("key", "title", "name", "subtitle", "body", "closing", "emblem", "paper", "orientation", "language", "numerals"),
    *("seal", "signature", "logo", "valid_days", "tier", "fields", "criterion", "renewal"),
    "retired",
}


def _figure(pack: Pack, source: Source, figure: object, at: Path) -> None:
    """Where the wording's fields come from: the best value or the count of facts, or the title of a course or tier."""
    forms = ({"kind", "topic"}, {"kind", "topic", "of"}, {"course"}, {"tier"})
    if not isinstance(figure, dict) or set(figure) not in forms or figure.get("of", "count") != "count":
        source.wrong(at, "must be {kind, topic}, {kind, topic, of: count}, {course} or {tier}")
    elif "kind" not in figure:
        ((kind, key),) = figure.items()
        pack.named.append((source, at, f"{kind}/{key}"))
    elif figure["kind"] not in KINDS:
        source.wrong(at, f"{figure['kind']!r} is not a kind of fact")


def _rule(pack: Pack, source: Source, data: dict[str, Any], at: Path) -> None:
    rule = data["points"]["rules"][at[2]]
    key(pack, source, data, (*at, "key"), "rule")
    text(source, data, (*at, "title"), both=True)
    if rule.get("kind") not in KINDS:
        source.wrong((*at, "kind"), f"{rule.get('kind')!r} is not a kind of fact")
    elif rule["kind"] == "material.taken":
        source.wrong((*at, "kind"), "taking a material earns nothing: it would pay for posting, which WeChat forbids")
    elif rule["kind"] == HEADS:
        source.wrong((*at, "kind"), NO_HEADS)
    for currency in ("growth", "feathers"):
        whole(source, data, (*at, currency), 0, 100_000, 0)
    cap = rule.get("cap")
    if cap is not None and (
        not isinstance(cap, dict)
        or cap.get("per") not in ("day", "month", "ever")
        or not set(cap) <= {"per", "times", "growth", "feathers"}
    ):
        source.wrong((*at, "cap"), "must be {per: day, month or ever, times: …} or with growth, feathers")


def _each(source: Source, data: Any, path: Path) -> range:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    if not isinstance(data, list):
        source.wrong(path, "must be a list")
        return range(0)
    return range(len(data))
