"""A design's criteria, whom a sheet names, which day a certificate may bear, and what a file of one is called. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from academy.catalog.parts import Part
from academy.composing.trees import Tree
from academy.people.rules import phone_number
from academy.text.sheets import HEAD_WITHIN, PHONE_HEADS, Line, Unreadable, cell, column

RULE, RENEWAL = SLOTS = ("criterion", "renewal")
"""Where a design holds a criterion: that by which it is issued, and that by which it is issued anew near its end."""

MOST_ROWS = 50_000
MOST_SHOWN = 40
OLDEST = 90
"""How many days before its issue a certificate may be dated."""

NAME_HEADS = ("姓名", "真实姓名", "名字", "学员", "昵称", "name", "full name", "legal name", "nickname")
TEMPLATE = {
    "zh": (("手机号", "姓名"), ("13800000000", "林晓棠")),
    "en": (("Phone", "Name"), ("13800000000", "Tang Lin")),
}


@dataclass(frozen=True)
class Named:
    """Somebody on a sheet; the name may be missing, and is only compared."""

    line: int
    phone: str
    name: str


@dataclass(frozen=True)
class Misfit:
    """A line left out: what stood there, and why: `phone`, `repeated`, `unknown` or `name`."""

    line: int
    shown: str
    why: str


def tree_of(design: Part, slot: str) -> Tree | None:
    """The criterion of a slot; LookupError if there is no such place."""
    if slot not in SLOTS:
        raise LookupError(slot)
    found: Tree | None = design.get(slot)
    return found


def with_tree(design: Part, slot: str, tree: Tree | None) -> Part:
    """The design with another criterion, or none, in a slot."""
    rest = {part: what for part, what in design.items() if part != slot}
    return rest | ({slot: tree} if tree else {})


def read_people(lines: Iterable[Line]) -> tuple[list[Named], list[Misfit]]:
    """Whom a sheet names, in its order, and the lines that name nobody. Raises `Unreadable`."""
    rest = iter(lines)
    head = next((cells for _, cells in islice(rest, HEAD_WITHIN) if column(cells, PHONE_HEADS) is not None), None)
    if head is None:
        raise Unreadable("columns")
    body = list(islice(rest, MOST_ROWS + 1))
    if not body:
        raise Unreadable("empty")
    if len(body) > MOST_ROWS:
        raise Unreadable("rows")
    phone_at, name_at = column(head, PHONE_HEADS), column(head, NAME_HEADS)
    people: dict[str, Named] = {}
    misfits = []
    for line, cells in body:
        typed = cell(cells, phone_at)
        phone = phone_number(typed.removesuffix(".0"))
        if phone is None or phone in people:
            misfits.append(Misfit(line, typed[:MOST_SHOWN], "repeated" if phone else "phone"))
        else:
            people[phone] = Named(line, phone, cell(cells, name_at)[:MOST_SHOWN])
    return list(people.values()), misfits


def earliest(today: date, valid_days: int | None) -> date:
    """The first day that a certificate issued today may bear; none is over before it is issued."""
    return today - timedelta(days=min(OLDEST, valid_days - 1 if valid_days else OLDEST))


def file_name(serial: str, name: str) -> str:
    """What one certificate is called in a ZIP: LY-2026-0918-0037_林晓棠.pdf; no name leads out of the folder."""
    return f"{_plain(serial)}_{_plain(name)}.pdf"


def _plain(text: str) -> str:
    kept = (letter if unicodedata.category(letter)[0] in "LMN" or letter in " ·-'" else "_" for letter in text)
    return "".join(kept).strip()[:60]
