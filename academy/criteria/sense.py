"""What is wrong with a criterion that the language allows: what nobody can meet, and what contradicts itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not, leaves, together
from academy.criteria.sentences import titles
from academy.journal.kinds import KINDS

# At most one of these a day.
DAILY = frozenset({"checkin.done"})
# Where nothing happened there is no such figure, so that neither much nor little of it is met.
ABSENT = frozenset({"best", "latest", "first", "ratio", "attribute"})


@dataclass(frozen=True)
class Doubt:
    """One thing to point out: the leaf that it is about, and why."""

    leaf: Leaf
    why: str


def doubts(catalog: Catalog, criterion: Criterion) -> list[Doubt]:
    """What can never be met, and what contradicts itself, in the order in which it is written."""
    return [*(doubt for leaf in _wanted(criterion) for doubt in _impossible(catalog, leaf)), *_clashes(criterion)]


def _wanted(criterion: Criterion) -> Iterator[Leaf]:
    """The leaves that somebody has to meet; what is to be avoided may be impossible."""
    if not isinstance(criterion, Not):
        if isinstance(criterion, Leaf):
            yield criterion
        else:
            for item in criterion.items:
                yield from _wanted(item)


def _impossible(catalog: Catalog, leaf: Leaf) -> Iterator[Doubt]:
    most = most_possible(catalog, leaf)
    if leaf.at_most is None and most is not None and leaf.at_least > most:
        yield Doubt(leaf, _("Nobody can get further than %(most)s.", most=most))


def most_possible(catalog: Catalog, leaf: Leaf) -> int | None:
    """The highest figure that a leaf can ever reach; None where there is no bound."""
    if leaf.kind == "quiz.finished" and leaf.name in ("best", "latest", "first"):
        return 100
    if leaf.name != "count":
        return None
    bounds: list[int] = []
    kind = KINDS[leaf.kind]
    if not kind.occurrence:
        named = sum(1 for of, _topic in titles(catalog) if of == leaf.kind)
        bounds.append(1 if leaf.topic != WHOLE or not kind.topic else named)
    if leaf.window and leaf.kind in DAILY:
        bounds.append(leaf.window.most_days)
    return min(bounds, default=None)


def _clashes(criterion: Criterion) -> Iterator[Doubt]:
    match criterion:
        case All(items):
            yield from _clash(list(_bounds(items)))
            for item in together(criterion):
                yield from _clashes(item)
        case Any_(items) | AtLeast(_, items):
            for item in items:
                yield from _clashes(item)


def _bounds(items: tuple[Criterion, ...]) -> Iterator[tuple[Leaf, int, int | None]]:
    """What is asked for together: each leaf with the lowest and the highest figure that it allows."""
    for item in items:
        match item:
            case All(more):
                yield from _bounds(more)
            case Leaf():
                yield item, *_allowed(item)
            case Not(Leaf(at_most=None) as leaf) if leaf.name != "tier":
                # Who has no such figure at all has it below any.
                yield leaf, min(0, leaf.at_least - 1) if leaf.name in ABSENT else 0, leaf.at_least - 1
            case Not(Leaf(at_most=int(most)) as leaf) if leaf.name not in ABSENT:
                yield leaf, most + 1, None


def _allowed(leaf: Leaf) -> tuple[int, int | None]:
    return (leaf.at_least, None) if leaf.at_most is None else (0, leaf.at_most)


def _clash(bounds: list[tuple[Leaf, int, int | None]]) -> Iterator[Doubt]:
    seen: dict[Leaf, tuple[Leaf, int, int | None]] = {}
    for leaf, low, high in bounds:
        what = replace(leaf, at_least=1, at_most=None)
        if what in seen:
            other, lowest, highest = seen[what]
            low, high = max(low, lowest), min((h for h in (high, highest) if h is not None), default=None)
            if high is not None and low > high:
                yield Doubt(leaf, _("It contradicts another condition about the same."))
                continue
            leaf = other
        seen[what] = (leaf, low, high)


def names(criterion: Criterion, kind: str, topic: str) -> bool:
    """Whether a criterion names this very thing, which therefore can't be taken away."""
    return any(leaf.topic == topic and kind in leaf.kinds for leaf in leaves(criterion))
