"""Checking how hand-ins are reviewed, and the briefs for UGC, in a pack."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from academy.catalog.pack import Pack, Source, aspects, items, key, text, whole
from academy.criteria.pack import check_criterion
from academy.practice.rules import PLATFORMS
from academy.text.yaml import Path

_REVIEW = {"days", "hour", "rubric", "checks", "phrases", "value"}
_BRIEF = {
    *("key", "title", "task", "shows", "from", "until", "platforms", "wants", "checks", "rubric", "limit"),
    *("criterion", "min", "max", "starter"),
}


def check_reviewing(pack: Pack, source: Source, data: Mapping[str, Any]) -> None:
    """Note what is wrong with `review` and `briefs`."""
    if "review" in data:
        _review(pack, source, data)
    if "briefs" in data:
        for i in items(source, data, ("briefs",)):
            if isinstance(data["briefs"][i], dict):
                _brief(pack, source, data, i)
            else:
                source.wrong(("briefs", i), "must be a mapping")


def _review(pack: Pack, source: Source, data: Mapping[str, Any]) -> None:
    review = data["review"]
    for name in set(review) - _REVIEW:
        source.wrong(("review", name), f"is no setting; known: {', '.join(sorted(_REVIEW))}")
    whole(source, data, ("review", "days"), 0, 30, 1)
    whole(source, data, ("review", "hour"), 0, 23, 20)
    whole(source, data, ("review", "value"), 0, 100_000, 100)
    _lists(pack, source, data, ("review",), review)
    if "phrases" in review:
        for i in items(source, data, ("review", "phrases")):
            for part in ("title", "text"):
                text(source, data, ("review", "phrases", i, part), both=True)


def _brief(pack: Pack, source: Source, data: Mapping[str, Any], i: int) -> None:
    at: Path = ("briefs", i)
    brief = data["briefs"][i]
    # Among the practices: a hand-in is named by either.
    key(pack, source, data, (*at, "key"), "practice")
    for name in set(brief) - _BRIEF:
        source.wrong((*at, name), "is no part of a brief")
    for part in ("title", "task"):
        text(source, data, (*at, part), both=True)
    if "starter" in brief:
        text(source, data, (*at, "starter"), both=True)
    if "shows" in brief:
        for n in items(source, data, (*at, "shows")):
            text(source, data, (*at, "shows", n), both=True)
    days = [_day(source, brief.get(part), (*at, part)) for part in ("from", "until")]
    if None not in days and days[0] > days[1]:  # type: ignore[operator]
        source.wrong((*at, "until"), "comes before from")
    for n, platform in enumerate(brief.get("platforms", ())):
        if platform not in PLATFORMS:
            source.wrong((*at, "platforms", n), f"must be one of {', '.join(PLATFORMS)}")
    wants = brief.get("wants", {})
    if not isinstance(wants, dict) or not set(wants) <= {"pictures", "link"}:
        source.wrong((*at, "wants"), "may have pictures (how many at most) and link (true or false)")
    else:
        whole(source, data, (*at, "wants", "pictures"), 0, 9, 0)
        if type(wants.get("link", False)) is not bool:
            source.wrong((*at, "wants", "link"), "must be true or false")
    least = whole(source, data, (*at, "min"), 1, 2000, 1)
    if least > whole(source, data, (*at, "max"), 1, 4000, 500):
        source.wrong((*at, "min"), "is more than max")
    whole(source, data, (*at, "limit"), 1, 31, 1)
    _lists(pack, source, data, at, brief)
    if brief.get("criterion") is not None:
        check_criterion(pack, source, brief["criterion"], (*at, "criterion"))


def _lists(pack: Pack, source: Source, data: Any, at: Path, holder: Mapping[str, Any]) -> None:
    if "checks" in holder:
        for n in items(source, data, (*at, "checks")):
            text(source, data, (*at, "checks", n), both=True)
    if "rubric" in holder:
        aspects(pack, source, data, (*at, "rubric"))


def _day(source: Source, found: Any, at: Path) -> date | None:
    try:
        return date.fromisoformat(found)
    except (TypeError, ValueError):
        source.wrong(at, "must be a day in quotes, such as '2026-09-14'")
        return None
