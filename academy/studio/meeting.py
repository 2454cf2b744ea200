"""Two people's versions of one document: where they differ, and what is taken of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from academy.catalog.actions import digest
from academy.studio.differences import Change, differences
from academy.studio.rules import LESSON, Content

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Pair:
    """A block of hers beside one of theirs, or a field of the document; either may be missing.

    `take` is whose is proposed: that of whoever changed it since both began.
    """

    name: str
    take: str
    changes: Sequence[Change]


def pairs(kind: str, items: str, mine: Content, theirs: Content, base: Content) -> list[Pair]:
    """The whole of two versions side by side, what is the same in both too: that has no changes."""
    found = []
    for field in dict.fromkeys((*mine, *theirs)):
        if field not in (items, "key", "outdated"):
            sides = [{items: [], **({field: one[field]} if field in one else {})} for one in (theirs, mine)]
            take = THEIRS if mine.get(field) == base.get(field) else MINE
            found.append(Pair(f"take.{field}", take, differences(kind, *sides)))
    began = {_mark(one) for one in base.get(items, ())}
    for i, j in _aligned(mine[items], theirs[items]):
        hers, other = (None if n is None else side[items][n] for n, side in ((i, mine), (j, theirs)))
        known = _mark(other if hers is None else hers) in began
        # What she left as it was, she did not mean; what she took out, she did.
        take = THEIRS if known == (hers is not None) else MINE
        lead = [_NOTHING] * ((j or 0) if i is None else i) if kind == LESSON else []
        sides = [{items: [*lead, *([] if one is None else [one])]} for one in (other, hers)]
        found.append(Pair(f"take.{_shown(i)}.{_shown(j)}", take, differences(kind, *sides)))
    return found


_NOTHING = {"type": "text", "md": {"zh": ""}}
"""As many of these before two blocks, so that both are called by their number."""


def _aligned(mine: Sequence[Content], theirs: Sequence[Content]) -> Iterator[tuple[int | None, int | None]]:
    hers, others = ([_mark(one) for one in side] for side in (mine, theirs))
    for what, a, b, c, d in SequenceMatcher(None, hers, others, autojunk=False).get_opcodes():
        if what == "equal":
            yield from zip(range(a, b), range(c, d), strict=True)
        else:
            yield from zip_longest(range(a, b), range(c, d))


def _mark(one: Any) -> str:
    return digest({name: held for name, held in one.items() if name != "outdated"})


def _shown(n: int | None) -> str:
    return "-" if n is None else str(n)


def taken(items: str, mine: Content, theirs: Content, form: Mapping[str, str]) -> dict[str, Any]:
    """What was chosen of both versions, in the order in which they stood side by side.

    Raises LookupError for what is in neither.
    """
    if whole := form.get("whose"):
        return dict({MINE: mine, THEIRS: theirs}[whole])
    sides = {MINE: mine, THEIRS: theirs}
    found: dict[str, Any] = {**mine, items: []}
    for name, whose in form.items():
        what, _dot, place = name.partition(".")
        if what != "take":
            continue
        i, dot, j = place.partition(".")
        if not dot:
            found[i] = sides[whose][i]
        elif (n := {MINE: i, THEIRS: j}[whose]) != "-":
            found[items].append(sides[whose][items][int(n)])
    return found
