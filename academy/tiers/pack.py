"""Checking the ladder in a pack."""

from typing import Any

from academy.catalog.pack import Pack, Source, key, text, whole
from academy.criteria.pack import check_criterion

METALS = ("bronze", "silver", "gold", "platinum", "diamond")


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
        if tier.get("promotion") is not None:
            check_criterion(pack, source, tier["promotion"], (*at, "promotion"))
