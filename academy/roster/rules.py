"""What of a criterion is unmet, what a search means, and whom a sheet names. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from academy.catalog.content import Course, Stage, Text
from academy.criteria.explain import Reason
from academy.criteria.language import All
from academy.people.rules import phone_number
from academy.roster.sheets import FORMULA, Line, Unreadable

CODE_HOURS = 24


def unmet(reason: Reason) -> Iterator[Reason]:
    """What is still missing, condition by condition; alternatives are one condition."""
    if reason.met:
        return
    if isinstance(reason.criterion, All):
        for part in reason.parts:
            yield from unmet(part)
    else:
        yield reason


def last_digits(typed: str) -> str | None:
    """The end of a phone number, if that is what was typed."""
    return typed if re.fullmatch(r"\d{4}", typed) else None


Deed = tuple[str, str]
"""What somebody did, as kind and topic of the fact."""


@dataclass(frozen=True)
class Column:
    """A lesson, the nth of its stage, or the stage's quiz, which has no number: what counts as having done it."""

    deed: Deed
    title: Text
    number: int | None = None


def columns(courses: Iterable[Course]) -> list[tuple[Stage, list[Column]]]:
    """What there is to do in some courses, stage by stage."""
    return [(stage, list(_columns(stage))) for course in courses for stage in course.stages]


def _columns(stage: Stage) -> Iterator[Column]:
    for number, lesson in enumerate(stage.lessons, 1):
        yield Column(("lesson.completed", lesson.key), lesson.title, number)
    if stage.quiz:
        yield Column(("quiz.passed", stage.quiz.key), stage.quiz.title)


# A roster that is to be imported

MOST_ROWS = 20_000
MOST_NAME = 40
HEAD_WITHIN = 10
"""The lines among which the head of the table is looked for: titles may stand above it."""

PHONE_HEADS = (
    *("手机号", "手机号码", "手机", "电话", "电话号码", "联系电话"),
    *("phone", "phone number", "mobile", "mobile phone", "mobile number", "tel"),
)
# A nickname says least about her, so it is preferred.
NAME_HEADS = ("昵称", "称呼", "姓名", "名字", "nickname", "name")
TEMPLATE_HEADS = {"zh": ("手机号", "昵称"), "en": ("Phone", "Nickname")}


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be invited, and the line on which she stands."""

    line: int
    phone: str
    name: str


@dataclass(frozen=True)
class Misfit:
    """A line left out: what stood there, and why: `phone`, `name`, `repeated`; `member` or `invited`, and where."""

    line: int
    shown: str
    why: str
    where: str = ""


@dataclass(frozen=True)
class Roster:
    """What a sheet holds: whom to invite, which lines not, and the columns of which nothing is kept."""

    candidates: list[Candidate]
    misfits: list[Misfit]
    ignored: list[str]


def read_roster(lines: Iterable[Line]) -> Roster:
    """A roster from the lines of a sheet. Raises `Unreadable`."""
    rest = iter(lines)
    head = next((cells for _, cells in islice(rest, HEAD_WITHIN) if _column(cells, PHONE_HEADS) is not None), None)
    if head is None:
        raise Unreadable("columns")
    phone_at, name_at = _column(head, PHONE_HEADS), _column(head, NAME_HEADS)
    roster = Roster([], [], [title for at, title in enumerate(head) if title and at not in (phone_at, name_at)])
    seen: set[str] = set()
    for count, (line, cells) in enumerate(rest):
        if count == MOST_ROWS:
            raise Unreadable("rows")
        typed, name = _cell(cells, phone_at), _cell(cells, name_at)
        phone = phone_number(typed.removesuffix(".0"))
        if phone is None:
            roster.misfits.append(Misfit(line, typed[:MOST_NAME], "phone"))
        elif FORMULA.match(name) or len(name) > MOST_NAME:
            roster.misfits.append(Misfit(line, name[:MOST_NAME], "name"))
        elif phone in seen:
            roster.misfits.append(Misfit(line, typed[:MOST_NAME], "repeated"))
        else:
            seen.add(phone)
            roster.candidates.append(Candidate(line, phone, name))
    if not roster.candidates and not roster.misfits:
        raise Unreadable("empty")
    return roster


def _column(head: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the column with the most preferred of some names is."""
    heads = [unicodedata.normalize("NFKC", title).casefold() for title in head]
    return next((heads.index(name) for name in names if name in heads), None)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""
