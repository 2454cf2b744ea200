"""Rates of a month against their targets, what follows for the allotment, and whom a sheet names. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import groupby, islice

from academy.people.rules import phone_number
from academy.text.sheets import HEAD_WITHIN, PHONE_HEADS, Line, Unreadable, cell, column
from academy.tiers.benefits import Allotment
from academy.tiers.rules import Ladder

ORDERS, SERVICE, COMPLAINTS = "orders", "service", "complaints"
SET = "allotment.set"


@dataclass(frozen=True)
class Figures:
    """What happened in a month among the customers in a trainee's care."""

    users: int
    orders: int
    asked: int
    served: int
    complaints: int


NAMES = tuple(one.name for one in fields(Figures))

RECORDED = tuple(f"care.{name}" for name in ("users", "complaints", "asked", "orders", "served"))
"""The kinds of fact in the order in which they are recorded: what speaks against her first, so that no rule that is
judged after each of them sees the month better than it was."""


@dataclass(frozen=True)
class Verdict:
    """A rate in per mille against its target; `met` is None where there was nothing to judge."""

    name: str
    rate: int
    target: int
    met: bool | None


def judged(figures: Figures, allotment: Allotment) -> tuple[Verdict, Verdict, Verdict]:
    """The three rates: orders of customers, requests served of those asked, complaints of orders.

    Without customers, requests or orders there is nothing to divide by, and the rate is not judged.
    """
    return (
        _at_least(ORDERS, figures.orders, figures.users, allotment.orders),
        _at_least(SERVICE, figures.served, figures.asked, allotment.service),
        _at_most(COMPLAINTS, figures.complaints, figures.orders, allotment.complaints),
    )


# Rounded away from the target, so that what is read never says more than what is met.
def _at_least(name: str, part: int, whole: int, target: int) -> Verdict:
    if not whole:
        return Verdict(name, 0, target, None)
    return Verdict(name, part * 1000 // whole, target, part * 1000 >= target * whole)


def _at_most(name: str, part: int, whole: int, target: int) -> Verdict:
    if not whole:
        return Verdict(name, 0, target, None)
    return Verdict(name, -(-part * 1000 // whole), target, part * 1000 <= target * whole)


def proposed(current: int | None, verdicts: Sequence[Verdict], allotment: Allotment) -> int | None:
    """The allotment that follows: the first one, more after a month that met all, back after one that missed any.

    None where nothing follows, because no figures came.
    """
    if current is None:
        return allotment.users
    if not verdicts:
        return None
    if any(verdict.met is False for verdict in verdicts):
        return min(current, allotment.users)
    return max(current, allotment.raised) if all(verdict.met for verdict in verdicts) else current


def allotted(ladder: Ladder, allotment: Allotment | None) -> list[str]:
    """The tiers that have an allotment: one and those above it."""
    keys = [tier.key for tier in ladder.tiers]
    return keys[keys.index(allotment.tier) :] if allotment and allotment.tier in keys else []


# Months, as 2026-10


def months(today: date) -> list[str]:
    """The twelve months that are over, the last one first."""
    found = []
    for _ in range(12):
        today = today.replace(day=1) - timedelta(days=1)
        found.append(f"{today:%Y-%m}")
    return found


def last_day(month: str) -> date:
    """The last day of a month."""
    return (date.fromisoformat(f"{month}-01") + timedelta(days=31)).replace(day=1) - timedelta(days=1)


# What is known of a trainee


@dataclass(frozen=True)
class Care:
    """A trainee's allotments and figures, each by month, oldest first; and the day of the fact that set each."""

    allotments: tuple[tuple[str, int, date], ...] = ()
    figures: tuple[tuple[str, Figures], ...] = ()

    @classmethod
    def of(cls, facts: Iterable[tuple[str, str, int, date]]) -> "Care":
        """From kind, month, value and day of her facts."""
        allotments, months = [], dict[str, dict[str, int]]()
        for kind, month, value, day in facts:
            if kind == SET:
                allotments.append((month, value, day))
            else:
                months.setdefault(month, {})[kind.removeprefix("care.")] = value
        whole = ((month, Figures(**hers)) for month, hers in sorted(months.items()) if len(hers) == len(NAMES))
        return cls(tuple(sorted(allotments)), tuple(whole))

    @property
    def users(self) -> int | None:
        """How many customers she is allotted."""
        return self.allotments[-1][1] if self.allotments else None

    def figures_of(self, month: str) -> Figures | None:
        """What happened in a month; None where nothing is known of it."""
        return dict(self.figures).get(month)

    @property
    def since(self) -> date | None:
        """The day since which she has been allotted as many as now."""
        runs = [list(run) for _, run in groupby(self.allotments, key=lambda one: one[1])]
        return runs[-1][0][2] if runs else None

    def is_settled(self, month: str) -> bool:
        """Whether the allotment after this month, or a later one, is set already."""
        return any(settled >= month for settled, _, _ in self.allotments)


# A sheet of figures

MOST_ROWS = 50_000
MOST = 1_000_000
LAST_NUMBER = 2**31 - 1
MOST_SHOWN = 40

NUMBER_HEADS = ("学员编号", "编号", "trainee number", "trainee no.", "number")
HEADS: Mapping[str, tuple[str, ...]] = {
    "users": ("用户数", "客户数", "users", "customers"),
    "orders": ("成单数", "订单数", "orders"),
    "asked": ("咨询数", "服务请求数", "asked", "requests"),
    "served": ("已服务数", "服务数", "served"),
    "complaints": ("投诉数", "complaints"),
}
TEMPLATE_HEADS = {
    "zh": ("手机号", "学员编号", "用户数", "成单数", "咨询数", "已服务数", "投诉数"),
    "en": ("Phone", "Trainee number", "Users", "Orders", "Asked", "Served", "Complaints"),
}


@dataclass(frozen=True)
class Row:
    """A line that can be read: whose it is, by phone number or by trainee number, and her figures."""

    line: int
    phone: str | None
    number: int | None
    figures: Figures

    @property
    def shown(self) -> str:
        return self.phone or str(self.number)


@dataclass(frozen=True)
class Misfit:
    """A line that is left out: what stood there, and why.

    `who` no phone or trainee number, `figure` no whole number (`where`: which column), `orders` more than users,
    `served` or `complaints` more than asked, `repeated`, `unknown`, `tier` (`where`: hers), `differs` from the figures
    that are known.
    """

    line: int
    shown: str
    why: str
    where: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a sheet holds: lines that can be read, lines that can't, and the columns of which nothing is kept."""

    rows: list[Row]
    misfits: list[Misfit]
    ignored: list[str]


def read_sheet(lines: Iterable[Line]) -> Sheet:
    """The figures in the lines of a sheet. Raises `Unreadable`."""
    rest = iter(lines)
    head = next((cells for _, cells in islice(rest, HEAD_WITHIN) if _is_head(cells)), None)
    if head is None:
        raise Unreadable("columns")
    places = {name: column(head, heads) for name, heads in HEADS.items()}
    phone_at, number_at = column(head, PHONE_HEADS), column(head, NUMBER_HEADS)
    known = {*places.values(), phone_at, number_at}
    sheet = Sheet([], [], [title for at, title in enumerate(head) if title and at not in known])
    for count, (line, cells) in enumerate(rest):
        if count == MOST_ROWS:
            raise Unreadable("rows")
        who = cell(cells, phone_at) or cell(cells, number_at)
        read = _read(line, who, bool(cell(cells, phone_at)), {name: cell(cells, at) for name, at in places.items()})
        (sheet.rows if isinstance(read, Row) else sheet.misfits).append(read)  # type: ignore[arg-type]
    if not sheet.rows and not sheet.misfits:
        raise Unreadable("empty")
    return sheet


def _is_head(cells: Sequence[str]) -> bool:
    whose = column(cells, PHONE_HEADS) is not None or column(cells, NUMBER_HEADS) is not None
    return whose and all(column(cells, heads) is not None for heads in HEADS.values())


def _read(line: int, who: str, by_phone: bool, typed: Mapping[str, str]) -> Row | Misfit:
    phone, number = (phone_number(who), None) if by_phone else (None, _whole(who, LAST_NUMBER))
    if phone is None and number is None:
        return Misfit(line, who[:MOST_SHOWN], "who")
    for name, text in typed.items():
        if _whole(text) is None:
            return Misfit(line, text[:MOST_SHOWN], "figure", name)
    figures = Figures(**{name: _whole(text) or 0 for name, text in typed.items()})
    for name, whole in (("orders", figures.users), ("served", figures.asked), ("complaints", figures.asked)):
        if getattr(figures, name) > whole:
            return Misfit(line, f"{getattr(figures, name)} > {whole}", name)
    return Row(line, phone, number, figures)


def _whole(text: str, most: int = MOST) -> int | None:
    """A whole number that is not too large; None if that is none."""
    found = re.fullmatch(r"\d{1,10}", unicodedata.normalize("NFKC", text).removesuffix(".0"))
    return int(found[0]) if found and int(found[0]) <= most else None
