"""What may be noted of a trainee, and what a sheet from the brand's CRM tells. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from academy.people.rules import phone_number
from academy.text.line import plain
from academy.text.sheets import FORMULA, HEAD_WITHIN, PHONE_HEADS, Line, Unreadable, cell, column

CHANNEL, TAG, ATTRIBUTE = KINDS = ("channel", "tag", "attribute")
MOST = 50
"""How many traits a person may have."""
MOST_KEY = 40
MOST_VALUE = 10**9
MOST_ROWS = 50_000

CHANNEL_HEADS = ("渠道", "频道", "类目", "channel", "channels")
TAG_HEADS = ("标签", "用户标签", "客户标签", "tag", "tags")
TEMPLATE = {
    "zh": (("手机号", "频道", "标签", "近30天消费"), ("13800000000", "母婴、美妆", "老客、爱分享", 199)),
    "en": (("Phone", "Channels", "Tags", "Spent in 30 days"), ("13800000000", "Baby; Beauty", "Regular; Sharer", 199)),
}

_BORN = re.compile(r"生日|出生|生辰|预产|birth|\bdob\b|due date", re.IGNORECASE)
_NUMBERED = re.compile(
    r"身份证|证件|护照|passport|\bid (card|number)|微信号|\d{15}|(?<!\d)1[3-9]\d{9}(?!\d)|\S@\S+\.", re.IGNORECASE
)
_CHILD = re.compile(r"宝宝|宝贝|孩子|儿子|女儿|娃|baby|child|kid\b|\bson\b|daughter", re.IGNORECASE)
_NAMED = re.compile(r"名字|姓名|小名|大名|乳名|昵称|叫|\bname|called", re.IGNORECASE)
_DATE = re.compile(r"\d{6}|\d{4}\s*[-/.年]")


@dataclass(frozen=True)
class Noted:
    """A trait; only an attribute has a value to speak of."""

    kind: str
    key: str
    value: int = 1


def normal(typed: str) -> str:
    """A key as it is kept: full-width letters and ligatures as plain ones, one space at most, none around it."""
    return plain(unicodedata.normalize("NFKC", typed))


def number(typed: str) -> int | None:
    """A whole number from 0 to 10⁹, however it was grouped; None if it is none."""
    digits = unicodedata.normalize("NFKC", typed).strip().replace(",", "").removesuffix(".0")
    return int(digits) if re.fullmatch(r"[0-9]{1,10}", digits) and int(digits) <= MOST_VALUE else None


def is_private(key: str, value: int = 1) -> bool:
    """Whether this says when a child was born or what she is called, or whose number it is: that is not kept."""
    if _BORN.search(key) or _NUMBERED.search(key):
        return True
    return bool(_CHILD.search(key)) and bool(_NAMED.search(key) or _DATE.search(key) or value >= 10**5)


def objection(noted: Noted) -> str | None:
    """Why a trait can't be noted: `key` or `private`; None if it can."""
    if not noted.key or len(noted.key) > MOST_KEY or FORMULA.match(noted.key):
        return "key"
    return "private" if is_private(noted.key, noted.value) else None


# A sheet: a column with phone numbers, one of channels, one of tags, and each column of numbers an attribute


@dataclass(frozen=True)
class Told:
    """What a line tells of whom."""

    line: int
    phone: str
    traits: tuple[Noted, ...]


@dataclass(frozen=True)
class Misfit:
    """A line left out: what stood there, in which column, and why: `phone`, `repeated`, `key`, `private`, `value`;
    `unknown` or `most` by what the database knows."""

    line: int
    shown: str
    why: str
    column: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a sheet tells; which lines not, the columns of which nothing is kept, and those that must not be kept."""

    told: list[Told]
    misfits: list[Misfit]
    ignored: list[str]
    private: list[str]


def read_traits(lines: Iterable[Line]) -> Sheet:
    """What a sheet tells of whom. Raises `Unreadable`."""
    rest = iter(lines)
    head = next((cells for _, cells in islice(rest, HEAD_WITHIN) if column(cells, PHONE_HEADS) is not None), None)
    if head is None:
        raise Unreadable("columns")
    body = list(islice(rest, MOST_ROWS + 1))
    if not body:
        raise Unreadable("empty")
    if len(body) > MOST_ROWS:
        raise Unreadable("rows")
    phone_at = column(head, PHONE_HEADS)
    lists = [(CHANNEL, column(head, CHANNEL_HEADS)), (TAG, column(head, TAG_HEADS))]
    sheet, numbers = Sheet([], [], [], []), dict[str, int]()
    for at, title in enumerate(head):
        key = normal(title)
        if not key or at == phone_at or at in (place for _, place in lists):
            continue
        if is_private(key):
            sheet.private.append(title)
        elif key in numbers or objection(Noted(ATTRIBUTE, key)) or not _has_numbers(body, at):
            sheet.ignored.append(title)
        else:
            numbers[key] = at
    seen: set[str] = set()
    for line, cells in body:
        typed = cell(cells, phone_at)
        phone = phone_number(typed.removesuffix(".0"))
        traits, wrong = _traits(line, cells, lists, numbers)
        if phone is None:
            sheet.misfits.append(Misfit(line, typed[:MOST_KEY], "phone"))
        elif phone in seen:
            sheet.misfits.append(Misfit(line, typed[:MOST_KEY], "repeated"))
        elif wrong:
            sheet.misfits.append(wrong)
        elif traits:
            sheet.told.append(Told(line, phone, tuple(dict.fromkeys(traits))))
        seen.add(phone or "")
    return sheet


def _has_numbers(body: Iterable[Line], at: int) -> bool:
    return any(number(cell(cells, at)) is not None for _, cells in body)


def _traits(
    line: int, cells: list[str], lists: Iterable[tuple[str, int | None]], numbers: dict[str, int]
) -> tuple[list[Noted], Misfit | None]:
    """What stands in a line, or the first thing that is wrong with it."""
    found: list[Noted] = []
    for kind, at in lists:
        for part in _parts(cell(cells, at)):
            found.append(Noted(kind, part))
            if why := objection(found[-1]):
                return [], Misfit(line, part[:MOST_KEY], why, kind)
    for key, at in numbers.items():
        if typed := cell(cells, at):
            value = number(typed)
            if value is None:
                return [], Misfit(line, typed[:MOST_KEY], "value", key)
            found.append(Noted(ATTRIBUTE, key, value))
            if why := objection(found[-1]):
                return [], Misfit(line, typed[:MOST_KEY], why, key)
    return found, None


def _parts(typed: str) -> Iterator[str]:
    return filter(None, map(normal, re.split(r"[,，、;；|]", typed)))
