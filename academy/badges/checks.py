"""What is wrong with a badge that is being edited, and where a badge is named."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from academy.achievements.goals import things
from academy.achievements.pack import MOST_COPIES, check_badge
from academy.badges.rules import Badge, slots, tree_of
from academy.catalog.content import Catalog
from academy.catalog.pack import Pack, Source
from academy.composing.checks import Remark, between, both, checked, number_wanted
from academy.composing.trees import Tree
from academy.criteria.language import Invalid, leaves, parse
from academy.criteria.pack import NAMES
from academy.web.reading import pick

MOST_TITLE, MOST_HOW = 12, 30


def remarks(draft: Catalog, badge: Badge) -> list[Remark]:
    """All that there is to say about a badge, which is in the draft of the catalog."""
    found = [*both("title", badge["title"], MOST_TITLE), *both("how", badge["how"], MOST_HOW)]
    if badge.get("secret"):
        found += both("hint", badge.get("hint", {}), MOST_HOW)
    if "limited" in badge and not between(badge["limited"], 1, MOST_COPIES):
        found.append(Remark("limited", number_wanted(1, MOST_COPIES)))
    for n, level in enumerate(badge.get("levels", ()), 1):
        found += both(f"level-{n}/how", level["how"], MOST_HOW)
    for slot in slots(badge):
        tree = tree_of(badge, slot)
        found += checked(draft, slot, tree, {}) if tree else [Remark(f"{slot}/", _("Please add a condition."))]
    if not found and _breaks_packs(badge):
        found.append(Remark("", _("This badge is not whole.")))
    return found


def _breaks_packs(badge: Badge) -> bool:
    """Whether it breaks the rules of packs, and so could be neither exported nor imported again."""
    source = Source("academy.yaml", {}, [])
    check_badge(Pack(), source, {"badges": {"badges": [dict(badge)]}}, ("badges", "badges", 0))
    return bool(source.problems)


def uses(catalog: Catalog, badge: str, keys: set[str]) -> list[str]:
    """Where what a badge can be worn as is named outside of it, in words."""
    named = [where for where, tree in _criteria(catalog, badge) if tree and _names(tree, keys)]
    rules = [rule for rule in catalog.one("points")["rules"] if rule["kind"].startswith("badge.")]
    named += [
        _("the points rule “%(title)s”", title=pick(rule["title"])) for rule in rules if rule.get("topic") in keys
    ]
    return list(dict.fromkeys(named))


def _criteria(catalog: Catalog, but: str) -> Iterator[tuple[str, Any]]:
    """All criteria, each with whose it is, but for those of one badge."""
    ladder = catalog.one("ladder")
    yield _("every promotion"), ladder.get("common")
    for tier in ladder["tiers"]:
        said = _("the tier “%(title)s”", title=pick(tier["title"]))
        yield from ((said, tier.get(field)) for field in ("promotion", "keep"))
    for kind, said in (
        ("badge.awarded", _("the badge “%(title)s”")),
        ("reward.granted", _("the reward “%(title)s”")),
        ("certificate.earned", _("the certificate “%(title)s”")),
    ):
        for item in things(catalog, kind):
            if kind != "badge.awarded" or but not in (item["key"], item.get("family_key")):
                title = said % {"title": pick(item.get("name", item["title"]))}
                yield from ((title, item.get(field)) for field in ("criterion", "renewal"))
    for course in catalog.courses:
        said = _("the course “%(title)s”", title=pick(course.title))
        yield from ((said, tree) for tree in (course.unlock, course.completion, *(s.completion for s in course.stages)))


def _names(tree: Tree | Mapping[str, Any], keys: set[str]) -> bool:
    try:
        return any(NAMES.get(leaf.kind) == "badge" and leaf.topic in keys for leaf in leaves(parse(tree)))
    except Invalid:
        return False
