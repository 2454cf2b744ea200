"""What of a criterion is unmet, what a search means, what cohorts are called, and whom a sheet names. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise

from academy import clock
from academy.catalog.content import Course, Stage, Text
from academy.criteria.explain import Reason
from academy.criteria.language import All
from academy.people.rules import ENDED, PHASES, RECRUITING, TIER, phone_number
from academy.text.sheets import FORMULA, HEAD_WITHIN, PHONE_HEADS, Line, Unreadable, cell, column

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


# What a cohort is called, and the phases that it goes through

MOST_TITLE, MOST_NUMBER, MOST_RULES = 40, 9_999, 2_000
_MOST_NAME = 60

FIRST_PHASE = {TIER: "training", RECRUITING: "recruiting"}
"""A group begins with finding its people; a class runs from the day on which it is opened."""

# Names are the brand's words, in its own language.
_UNITS = {TIER: "班", RECRUITING: "群"}
_PHASE_WORDS = dict(zip(PHASES, ("招募", "培训", "培训中", "培训末", "培训结束"), strict=True))
_GRADUATED = "已结业"

_NUMBERED = re.compile(r"(.*\D)(\d{1,4}) ?[班群]", re.DOTALL)


def cohort_name(kind: str, title: str, number: int | None, phase: str) -> str:
    """How a cohort is called: 鹿芽 03 群 · 培训中. A class is called alike in all phases, until it has ended."""
    unit = "" if number is None else f" {number:02} {_UNITS[kind]}"
    word = _PHASE_WORDS[phase] if kind == RECRUITING else _GRADUATED if phase == ENDED else ""
    rest = f"{unit} · {word}" if word else unit
    return title[: _MOST_NAME - len(rest)].rstrip() + rest


def following(title: str, number: int | None) -> tuple[str, int | None]:
    """Title and number of the next cohort like one; those that were named before there were numbers have theirs in
    the title."""
    found = _NUMBERED.fullmatch(title) if number is None else None
    if found:
        title, number = found[1].strip(), int(found[2])
    return title, None if number is None else number + 1


def phase_before(phase: str) -> str | None:
    """The phase to which a cohort can be taken back."""
    return next((a for a, b in pairwise(PHASES) if b == phase), None)


def phase_after(phase: str) -> str | None:
    """The phase that comes next."""
    return next((b for a, b in pairwise(PHASES) if a == phase), None)


def first_day(appointments: Sequence[datetime], today: date) -> date:
    """When the next cohort may begin: in a week at the earliest, on the weekday on which the last one did."""
    soonest = today + timedelta(days=7)
    if not appointments:
        return soonest
    return soonest + timedelta(days=(clock.day_of(min(appointments)).weekday() - soonest.weekday()) % 7)


def shifted(appointments: Sequence[datetime], first: date) -> list[datetime]:
    """The same appointments with the first one on a day, at the same hours of the wall clock."""
    if not appointments:
        return []
    days = first - clock.day_of(min(appointments))
    return [datetime.combine(local.date() + days, local.time(), clock.ZONE) for local in map(clock.local, appointments)]


QR_DAYS, QR_WARN_DAYS = 7, 2
"""How long a group's QR code lives outside, and how long before its end its trainer is reminded."""

WORKS, ENDS, OVER = "works", "ends", "over"


def qr_state(until: datetime | None, now: datetime) -> str | None:
    """Whether a group's QR code works, works but not for long, or works no more; None if there is none."""
    if until is None:
        return None
    return OVER if until <= now else ENDS if until - now <= timedelta(days=QR_WARN_DAYS) else WORKS


SELF_INTRO = "self-intro"
"""The practice with which a member introduces herself."""


# A roster that is to be imported

MOST_ROWS = 20_000
MOST_NAME = 40

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
    head = next((cells for _, cells in islice(rest, HEAD_WITHIN) if column(cells, PHONE_HEADS) is not None), None)
    if head is None:
        raise Unreadable("columns")
    phone_at, name_at = column(head, PHONE_HEADS), column(head, NAME_HEADS)
    roster = Roster([], [], [title for at, title in enumerate(head) if title and at not in (phone_at, name_at)])
    seen: set[str] = set()
    for count, (line, cells) in enumerate(rest):
        if count == MOST_ROWS:
            raise Unreadable("rows")
        typed, name = cell(cells, phone_at), cell(cells, name_at)
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
