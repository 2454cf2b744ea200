"""What is wrong with a ladder that is being edited, and what to think twice about, each at its place."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from academy.achievements.goals import things
from academy.catalog.content import Catalog
from academy.composing.checks import Remark, between, both, checked, number_wanted
from academy.composing.trees import Tree
from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Invalid, Leaf, Not, leaves, parse
from academy.criteria.pack import NAMES
from academy.ladder.rules import place_of, slots, tree_of
from academy.web.reading import pick

MOST_TEXT = {"title": 20, "class_name": 20, "line": 60}
NUMBERS = {"protect_days": (0, 3650), "warn_days": (1, 28), "days": (1, 365)}
MOST_VALUE = 1_000_000


def remarks(draft: Catalog) -> list[Remark]:
    """All that there is to say about a draft of the ladder and of its rewards."""
    ladder, rewards = draft.one("ladder"), draft.one("rewards")
    found = [*_texts(ladder), *_settings(draft, ladder), *_rewards(rewards)]
    for slot in slots(ladder):
        if tree := tree_of(ladder, slot):
            found += _criterion(draft, slot, tree)
    return found


def _texts(ladder: Mapping[str, Any]) -> Iterator[Remark]:
    for tier in ladder["tiers"]:
        for field, most in MOST_TEXT.items():
            yield from both(f"tier-{tier['key']}/{field}", tier[field], most)


def _settings(draft: Catalog, ladder: Mapping[str, Any]) -> Iterator[Remark]:
    external = ladder.get("external") or {}
    for name, value in {**ladder.get("review", {}), **external}.items():
        if name in NUMBERS and not between(value, *NUMBERS[name]):
            yield Remark(f"settings/{name}", number_wanted(*NUMBERS[name]))
    if external and external.get("assessment") not in draft.assessments:
        yield Remark("settings/assessment", _("Please choose one."))


def _rewards(rewards: Mapping[str, Any]) -> Iterator[Remark]:
    for reward in rewards["rewards"]:
        yield from both(f"reward-{reward['key']}/title", reward["title"], 30)
        if not between(reward.get("value", 0), 0, MOST_VALUE):
            yield Remark(f"reward-{reward['key']}/value", number_wanted(0, MOST_VALUE))


# Criteria


def _criterion(draft: Catalog, slot: str, tree: Tree) -> Iterator[Remark]:
    where: dict[Leaf, str] = {}
    yield from checked(draft, slot, tree, where, heads=False)
    if where and slot.startswith("into-"):
        yield from _circles(draft, slot.removeprefix("into-"), parse(tree), where)


def _circles(draft: Catalog, tier: str, criterion: Criterion, where: Mapping[Leaf, str]) -> Iterator[Remark]:
    """What a promotion asks for that one gets only above."""
    tiers = draft.one("ladder")["tiers"]
    above = frozenset(one["key"] for one in tiers[place_of(draft.one("ladder"), tier) :])
    if _can(draft, criterion, above):
        return
    for leaf, at in where.items():
        if not _can(draft, leaf, above):
            name = pick(next(one["title"] for one in tiers if one["key"] == tier))
            yield Remark(at, _("Nobody gets this before reaching %(tier)s, so nobody could be promoted.", tier=name))


_WON = {
    "badge.awarded": "badge.awarded",
    "reward.granted": "reward.granted",
    "reward.delivered": "reward.granted",
    "certificate.earned": "certificate.earned",
    "certificate.issued": "certificate.earned",
}
"""How something is won that has to have been won or delivered."""


def _can(draft: Catalog, criterion: Criterion, above: frozenset[str], seen: frozenset[Leaf] = frozenset()) -> bool:
    """Whether somebody who stands below some tiers can ever meet a criterion, as far as what it names is open there."""
    match criterion:
        case Not():
            return True
        case All(items):
            return all(_can(draft, item, above, seen) for item in items)
        case Any_(items):
            return any(_can(draft, item, above, seen) for item in items)
        case AtLeast(n, items):
            return sum(_can(draft, item, above, seen) for item in items) >= n
        case Leaf():
            if criterion.topic == WHOLE or criterion.at_most is not None:
                return True
            if criterion.name == "tier" or criterion.kind == "tier.reached":
                return criterion.topic not in above
            if criterion.kind in _WON:
                known = things(draft, _WON[criterion.kind])
                goal = next((one.get("criterion") for one in known if one["key"] == criterion.topic), None)
                # Two that wait for each other are met by nobody, whatever the tier.
                return goal is None or criterion in seen or _can(draft, parse(goal), above, seen | {criterion})
            return not _tiers_of(draft, criterion) or not _tiers_of(draft, criterion) <= above


def _tiers_of(draft: Catalog, leaf: Leaf) -> frozenset[str]:
    """The tiers whose courses hold what a leaf names; none where it is in no course."""
    practice = draft.practices.get(leaf.topic)
    stage = draft.stages.get(leaf.topic) or draft.stage_of.get(practice.lesson if practice else leaf.topic)
    course = draft.course.get(stage.course if stage else leaf.topic)
    if course:
        return frozenset({course.tier})
    quiz = draft.assessments.get(leaf.topic)
    return frozenset(before.tier for before in draft.courses_before(quiz)) if quiz else frozenset()


# What names a tier


def uses(draft: Catalog, tier: str) -> list[str]:
    """Where a tier is named, in words: as long as there is anything, it can't go."""
    ladder = draft.one("ladder")
    found = [_("the course “%(title)s”", title=pick(one.title)) for one in draft.courses if one.tier == tier]
    for (kind, _key), document in sorted(draft.documents.items(), key=lambda item: item[0]):
        content = document.content
        if kind == "material" and content["tier"] == tier:
            found.append(_("the material “%(title)s”", title=pick(content["title"])))
        if kind == "course" and content.get("unlock") and _names(content["unlock"], tier):
            found.append(_("what unlocks the course “%(title)s”", title=pick(content["title"])))
    for kind, said in (
        ("badge.awarded", _("the badge “%(title)s”")),
        ("reward.granted", _("the reward “%(title)s”")),
        ("certificate.earned", _("the certificate “%(title)s”")),
    ):
        for item in things(draft, kind):
            if item.get("tier") == tier or ("criterion" in item and _names(item["criterion"], tier)):
                found.append(said % {"title": pick(item.get("name", item["title"]))})
    for slot in slots(ladder):
        tree = tree_of(ladder, slot)
        if tree and not slot.endswith(f"-{tier}") and _names(tree, tier):
            found.append(_("the conditions for another tier"))
    return found + _benefits(draft, tier)


def _benefits(draft: Catalog, tier: str) -> list[str]:
    if ("benefits", "academy") not in draft.documents:
        return []
    benefits = draft.one("benefits")
    named = [one["key"] for one in benefits["tiers"]] + [(benefits.get("allotment") or {}).get("tier")]
    return [_("the table of benefits")] if tier in named else []


def _names(tree: Tree, tier: str) -> bool:
    try:
        return any(NAMES.get(leaf.kind) == "tier" and leaf.topic == tier for leaf in leaves(parse(tree)))
    except Invalid:
        return False
