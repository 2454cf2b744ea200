"""Checking points rules, badges, rewards, certificate designs and the pledge in a pack."""

import re
from typing import Any

from academy.achievements.certificates.rules import Design, design_problems
from academy.art.palette import FIELDS, METALS
from academy.catalog.pack import Pack, Source, key, text, whole
from academy.criteria.pack import check_criterion
from academy.journal.kinds import KINDS
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
    for section in ("badges", "rewards", "designs"):
        for i in _each(source, data, (section, section)):
            at: Path = (section, section, i)
            text(source, data, (*at, "title"), both=True)
            criterion = check_criterion(pack, source, data[section][section][i].get("criterion"), (*at, "criterion"))
            if section != "badges" and criterion and counts_heads(criterion):
                source.wrong((*at, "criterion"), NO_HEADS)
    for i in _each(source, data, ("badges", "badges")):
        _badge(source, data, ("badges", "badges", i))
    for i in _each(source, data, ("rewards", "rewards")):
        whole(source, data, ("rewards", "rewards", i, "value"), 0, 1_000_000, 0)  # yuan
    for i in _each(source, data, ("designs", "designs")):
        _design(source, data, ("designs", "designs", i))
    for field in ("title", "intro"):
        text(source, data, ("pledge", field), both=True)
    for i in _each(source, data, ("pledge", "points")):
        text(source, data, ("pledge", "points", i), both=True)


def _badge(source: Source, data: dict[str, Any], at: Path) -> None:
    badge = data["badges"]["badges"][at[2]]
    text(source, data, (*at, "how"), both=True)
    for field, known in (("family", FIELDS), ("metal", METALS)):
        if badge.get(field) not in known:
            source.wrong((*at, field), f"must be one of {', '.join(known)}")
    if not re.fullmatch(r"[a-z0-9-]+", str(badge.get("glyph"))):
        source.wrong((*at, "glyph"), "must be the name of a lucide icon")
    if "strip" in badge and not re.fullmatch(r"[0-9ⅠⅡⅢ]{1,3}", str(badge["strip"])):
        source.wrong((*at, "strip"), "must be a count of at most three digits, or Ⅰ, Ⅱ, Ⅲ")


def _design(source: Source, data: dict[str, Any], at: Path) -> None:
    try:
        design = Design.of(data["designs"]["designs"][at[2]], data["brand"])
    except (KeyError, TypeError) as error:
        source.wrong(at, f"is not whole: {error}")
        return
    for field, problem in design_problems(design).items():
        source.wrong((*at, *field.split(".")), problem)


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
