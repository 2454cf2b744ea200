"""What differs between two ladders, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.composing.trees import Tree, compared, leaves_of
from academy.composing.view import words
from academy.criteria.sentences import title
from academy.ladder.rules import Content, comes_with, slots, tree_of
from academy.tiers.rules import HIGHEST, ONE
from academy.web.reading import pick


@dataclass(frozen=True)
class Change:
    """One difference: where, and what stood and stands there; None where nothing did or does."""

    where: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Pair:
    """The two documents that are edited together."""

    ladder: Content
    rewards: Content


def differences(catalog: Catalog, old: Pair, new: Pair) -> list[Change]:
    """What differs, from the top of the ladder down. Things are called as in `catalog`."""
    found = [*_tiers(old.ladder, new.ladder)]
    for slot in dict.fromkeys((*slots(new.ladder), *slots(old.ladder))):
        found += _criterion(catalog, slot, old.ladder, new.ladder)
    return [*found, *_settings(catalog, old.ladder, new.ladder), *_rewards(old, new)]


def _by_key(items: list[Content]) -> dict[str, Content]:
    return {item["key"]: item for item in items}


def _tiers(old: Content, new: Content) -> Iterator[Change]:
    before, after = _by_key(old["tiers"]), _by_key(new["tiers"])
    for key in dict.fromkeys((*reversed(after), *reversed(before))):
        if key not in before or key not in after:
            yield Change(_("Tiers"), _title(before, key), _title(after, key))
            continue
        for field, word in (
            ("title", _("Name")),
            ("class_name", _("Name of its classes")),
            ("line", _("Its line")),
            ("metal", _("Emblem")),
            ("feathers", _("Emblem")),
        ):
            was, now = before[key].get(field), after[key].get(field)
            if (was or now) and was != now:
                where = _("%(tier)s: %(what)s", tier=_title(after, key), what=word)
                yield Change(where, _shown(was), _shown(now))


def _title(tiers: Mapping[str, Content], key: str) -> str | None:
    return pick(tiers[key]["title"]) if key in tiers else None


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    return _both(value) if isinstance(value, dict) else str(value)


def _both(text: Mapping[str, str]) -> str:
    return " / ".join(words for words in (text.get("zh"), text.get("en")) if words)


def slot_name(ladder: Content, slot: str) -> str:
    """What a place for a criterion is called."""
    if slot == "common":
        return _("Every promotion")
    kind, _dash, key = slot.partition("-")
    tier = _title(_by_key(ladder["tiers"]), key) or key
    return _("To reach %(tier)s", tier=tier) if kind == "into" else _("To keep %(tier)s", tier=tier)


def _criterion(catalog: Catalog, slot: str, old: Content, new: Content) -> Iterator[Change]:
    before, after = _tree(old, slot), _tree(new, slot)
    if before == after:
        return
    where = slot_name(new if slot in slots(new) else old, slot)
    changes, gone = compared(before, after)
    leaves = dict(leaves_of(after))
    for place, was in changes.items():
        yield Change(where, words(catalog, was) if was else None, words(catalog, leaves[place]))
    for leaf in gone:
        yield Change(where, words(catalog, leaf), None)
    if not changes and not gone:
        yield Change(where, words(catalog, before) if before else None, words(catalog, after) if after else None)


def _tree(ladder: Content, slot: str) -> Tree | None:
    return tree_of(ladder, slot) if slot in slots(ladder) else None


def _settings(catalog: Catalog, old: Content, new: Content) -> Iterator[Change]:
    if old.get("step", ONE) != new.get("step", ONE):
        yield Change(_("Steps"), _step(old), _step(new))
    before, after = _review(old), _review(new)
    if before != after:
        yield Change(_("Monthly review"), before, after)
    before, after = _external(catalog, old), _external(catalog, new)
    if before != after:
        yield Change(_("Distributors from outside"), before, after)


def _step(ladder: Content) -> str:
    return _("to the highest tier met") if ladder.get("step", ONE) == HIGHEST else _("one tier at a time")


def _review(ladder: Content) -> str:
    review = {"on": False, "protect_days": 90, "warn_days": 7} | ladder.get("review", {})
    if not review["on"]:
        return _("off")
    return _(
        "on, after %(protect)s protected days, warning %(warn)s days before",
        protect=review["protect_days"],
        warn=review["warn_days"],
    )


def _external(catalog: Catalog, ladder: Content) -> str:
    external = ladder.get("external")
    if not external:
        return _("nothing of their own")
    said = _(
        "“%(quiz)s” within %(days)s days",
        quiz=title(catalog, "quiz.passed", external["assessment"]),
        days=external["days"],
    )
    return said + _("; they climb the tiers") if external["tiers"] else said


def _rewards(old: Pair, new: Pair) -> Iterator[Change]:
    before, after = _by_key(old.rewards["rewards"]), _by_key(new.rewards["rewards"])
    for key in dict.fromkeys((*after, *before)):
        was = _reward(before[key], old.ladder) if key in before else None
        now = _reward(after[key], new.ladder) if key in after else None
        if before.get(key) != after.get(key):
            yield Change(_("Rewards"), was, now)


def _reward(reward: Content, ladder: Content) -> str:
    tiers = [pick(tier["title"]) for tier in ladder["tiers"] if comes_with(reward, tier["key"])]
    parts = [_both(reward["title"]), f"¥{reward.get('value', 0)}"]
    parts += [_("a voucher")] if reward.get("voucher") else []
    return " · ".join([*parts, *(_("with %(tier)s", tier=name) for name in tiers)])
