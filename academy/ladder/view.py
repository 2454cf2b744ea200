"""The ladder as the editor draws it: rungs from the top, conditions as rows, and what is said at each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from academy.achievements.goals import things
from academy.achievements.preview import GAINED, LOST, NEAR, SAME
from academy.catalog.content import Catalog
from academy.composing.trees import as_all, items_of
from academy.composing.view import Remarks, Slot, drawn, words
from academy.courses.queries import Promise
from academy.ladder.differences import Pair
from academy.ladder.rules import Content, asks_approval, comes_with, slots, tree_of


@dataclass(frozen=True)
class Rung:
    """A tier with what leads to it, what keeps it and what comes with it; the first one asks for nothing."""

    tier: Content
    people: int
    first: bool
    into: Slot | None
    keep: Slot | None
    waits: bool
    """Whether staff have to agree."""
    conditions: list[str]
    rewards: list[Content]
    more: list[Promise]
    """What else comes with it, and is edited elsewhere."""
    marked: bool
    texts_marked: bool


def rungs(now: Pair, edited: Pair, draft: Catalog, people: Mapping[str, int], remarks: Remarks) -> list[Rung]:
    """The tiers from the top."""
    ladder = edited.ladder
    found = []
    for at, tier in enumerate(ladder["tiers"]):
        key = tier["key"]
        into = slot(now, edited, draft, f"into-{key}", remarks) if at else None
        tree = tree_of(ladder, f"into-{key}") if at else None
        found.append(
            Rung(
                tier,
                people.get(key, 0),
                at == 0,
                into,
                slot(now, edited, draft, f"keep-{key}", remarks) if at else None,
                asks_approval(tree, key),
                [words(draft, item) for item in items_of(as_all(tree))],
                [reward for reward in edited.rewards["rewards"] if comes_with(reward, key)],
                list(_more(draft, key)),
                any(place.startswith((f"tier-{key}/", f"into-{key}/", f"keep-{key}/")) for place in remarks),
                any(place.startswith(f"tier-{key}/") for place in remarks),
            )
        )
    return found[::-1]


def _more(draft: Catalog, tier: str) -> Iterator[Promise]:
    for course in draft.courses:
        if course.tier == tier:
            yield Promise("rank", course.title)
    for won, kind in (("certificate.earned", "honor"), ("badge.awarded", "feat")):
        for item in things(draft, won):
            if "criterion" in item and comes_with(item, tier):
                yield Promise(kind, item.get("name", item["title"]))


def slot(now: Pair, edited: Pair, draft: Catalog, name: str, remarks: Remarks) -> Slot:
    """One place for a criterion beside what is published. An approval of the own tier is no row but a switch."""
    old = tree_of(now.ladder, name) if name in slots(now.ladder) else None
    switch = {"approval": {"key": name.partition("-")[2]}}
    return drawn(draft, name, old, tree_of(edited.ladder, name), remarks, switch)


def result_name(result: str) -> str:
    """What becomes of somebody under a draft."""
    return {
        GAINED: lambda: _("newly promoted"),
        SAME: lambda: _("promoted anyway"),
        LOST: lambda: _("no longer promoted"),
        NEAR: lambda: _("one condition short"),
    }[result]()
