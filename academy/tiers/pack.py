"""Checking the ladder and what its tiers bring in a pack."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from academy.catalog.pack import Pack, Source, items, key, text, whole
from academy.criteria.language import Criterion, leaves
from academy.criteria.pack import check_criterion
from academy.text.wording import hints
from academy.text.yaml import Path
from academy.tiers.benefits import MOST_RATE, MOST_USERS, Allotment
from academy.tiers.rules import HIGHEST, ONE

METALS = ("bronze", "silver", "gold", "platinum", "diamond")
HEADS = "group.built"
NO_HEADS = "no tier, point or reward may depend on how many people somebody gathers (禁止传销条例); a badge may"


def check_ladder(pack: Pack, source: Source, data: dict[str, Any]) -> None:
    """Note what is wrong with `ladder`."""
    tiers = data["ladder"].get("tiers")
    if not isinstance(tiers, list) or not tiers:
        source.wrong(("ladder", "tiers"), "must be a list with at least one tier")
        return
    for i in range(len(tiers)):
        key(pack, source, data, ("ladder", "tiers", i, "key"), "tier")
    for i, tier in enumerate(tiers):
        at = ("ladder", "tiers", i)
        for field in ("title", "class_name", "line"):
            text(source, data, (*at, field), both=True)
        if tier.get("metal") not in METALS:
            source.wrong((*at, "metal"), f"must be one of {', '.join(METALS)}")
        whole(source, data, (*at, "feathers"), 1, 5)
        for field in ("promotion", "keep"):
            if tier.get(field) is not None:
                _check(pack, source, tier[field], (*at, field))
    _settings(pack, source, data)


def _settings(pack: Pack, source: Source, data: Mapping[str, Any]) -> None:
    ladder = data["ladder"]
    if ladder.get("step", ONE) not in (ONE, HIGHEST):
        source.wrong(("ladder", "step"), f"must be {ONE} or {HIGHEST}")
    if ladder.get("common") is not None:
        _check(pack, source, ladder["common"], ("ladder", "common"))
    review = ladder.get("review", {})
    if not isinstance(review, dict) or not set(review) <= {"on", "protect_days", "warn_days"}:
        source.wrong(("ladder", "review"), "may have on, protect_days and warn_days")
    else:
        if type(review.get("on", False)) is not bool:
            source.wrong(("ladder", "review", "on"), "must be true or false")
        whole(source, data, ("ladder", "review", "protect_days"), 0, 3650, 90)
        whole(source, data, ("ladder", "review", "warn_days"), 1, 28, 7)
    external = ladder.get("external")
    if external is not None:
        _external(pack, source, external)


def _external(pack: Pack, source: Source, external: Any) -> None:
    at = ("ladder", "external")
    if not isinstance(external, dict) or set(external) != {"assessment", "days", "tiers"}:
        source.wrong(at, "must have assessment, days and tiers")
        return
    pack.named.append((source, (*at, "assessment"), f"quiz/{external['assessment']}"))
    if type(external["days"]) is not int or not 1 <= external["days"] <= 365:
        source.wrong((*at, "days"), "must be a number from 1 to 365")
    if type(external["tiers"]) is not bool:
        source.wrong((*at, "tiers"), "must be true or false")


def _check(pack: Pack, source: Source, data: Any, path: Path) -> None:
    criterion = check_criterion(pack, source, data, path)
    if criterion and counts_heads(criterion):
        source.wrong(path, NO_HEADS)


def counts_heads(criterion: Criterion) -> bool:
    """Whether a criterion asks how many people somebody has gathered."""
    return any(HEADS in leaf.kinds for leaf in leaves(criterion))


def check_benefits(pack: Pack, source: Source, data: dict[str, Any]) -> None:
    """Note what is wrong with `benefits`, where there are any."""
    if "benefits" not in data:
        return
    start = data["benefits"].get("from")
    if not isinstance(start, str) or not _is_day(start):
        source.wrong(("benefits", "from"), "must be a day such as '2026-09-01', in quotes")
    classes = []
    for i in items(source, data, ("benefits", "classes")):
        at: Path = ("benefits", "classes", i)
        classes.append(key(pack, source, data, (*at, "key"), "class"))
        _said(pack, source, (*at, "title"), text(source, data, (*at, "title")))
        one = data["benefits"]["classes"][i]
        if isinstance(one, dict) and one.get("hint") is not None:
            _said(pack, source, (*at, "hint"), text(source, data, (*at, "hint")))
    for i in items(source, data, ("benefits", "tiers")):
        _brings(pack, source, data, ("benefits", "tiers", i), classes)
    if data["benefits"].get("allotment") is not None:
        _allotment(pack, source, data, ("benefits", "allotment"))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _brings(pack: Pack, source: Source, data: dict[str, Any], at: Path, classes: list[str]) -> None:
    tier = data["benefits"]["tiers"][at[2]]
    pack.named.append((source, (*at, "key"), f"tier/{key(pack, source, data, (*at, 'key'), 'benefits of')}"))
    rates = tier.get("rates") if isinstance(tier, dict) else None
    if not isinstance(rates, dict) or set(rates) != set(classes):
        source.wrong((*at, "rates"), f"must have one rate for each of {', '.join(classes)}")
        return
    for name in classes:
        whole(source, data, (*at, "rates", name), 0, MOST_RATE)
    if "rights" in tier:
        for n in items(source, data, (*at, "rights")):
            _said(pack, source, (*at, "rights", n), text(source, data, (*at, "rights", n)))


def _allotment(pack: Pack, source: Source, data: dict[str, Any], at: Path) -> None:
    allotment = data["benefits"]["allotment"]
    names = {one.name for one in fields(Allotment)}
    if not isinstance(allotment, dict) or set(allotment) != names:
        source.wrong(at, f"must have {', '.join(sorted(names))}")
        return
    pack.named.append((source, (*at, "tier"), f"tier/{allotment['tier']}"))
    users = whole(source, data, (*at, "users"), 1, MOST_USERS)
    whole(source, data, (*at, "raised"), users, MOST_USERS)
    for name in ("orders", "service", "complaints"):
        whole(source, data, (*at, name), 0, 1000)


def _said(pack: Pack, source: Source, path: Path, words: dict[str, str]) -> None:
    # Among the listed words are promises of income.
    for hint in hints("\n".join(words.values()), pack.documents["words", "academy"]["rules"]):
        source.wrong(path, f"says “{hint.words}”: {hint.why['zh']}")
