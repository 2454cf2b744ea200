"""The criteria language: what may be written, and what it means as values.

    all: [course: {key: first-steps}, growth: {at_least: 300}, count: {kind: checkin.done, at_least: 7}]

Pure: no flask, no database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from academy.journal.kinds import ATTEMPT, KINDS

WHOLE = "*"
FIGURES = {"count": "count", "sum": "total", "best": "best", "latest": "last", "first": "first"}
WINDOWED = {"count", "sum", "best"}
PERIODS = ("week", "month", "season")
BALANCES = ("growth", "feathers")

# Leaves that name one thing won or done: leaf name -> kind of fact.
NAMED = {
    "course": "course.completed",
    "stage": "stage.completed",
    "lesson": "lesson.completed",
    "badge": "badge.awarded",
}


class Invalid(ValueError):
    """A criterion that is not in the language; `path` leads to the field, e.g. ('all', 2, 'count', 'kind')."""

    def __init__(self, path: tuple[str | int, ...], reason: str) -> None:
        super().__init__(f"{'.'.join(map(str, path)) or 'criterion'}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Window:
    """A stretch of brand days that ends today: the last n days, or the calendar period that today is in."""

    days: int | None = None
    period: str | None = None

    def start(self, today: date) -> date:
        """The first day that counts."""
        if self.days is not None:
            return today - timedelta(days=self.days - 1)
        if self.period == "week":
            return today - timedelta(days=today.weekday())
        if self.period == "month":
            return today.replace(day=1)
        return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)


@dataclass(frozen=True)
class Leaf:
    """One condition. `kind` is a kind of fact, or what of her standing it reads."""

    name: str
    kind: str
    topic: str = WHOLE
    at_least: int = 1
    window: Window | None = None
    highest: int | None = None
    """A fact that took more attempts than this does not count."""

    @property
    def reads_facts(self) -> bool:
        """Whether it counts facts one by one, because no tally tells."""
        return self.window is not None or self.highest is not None

    @property
    def figure(self) -> str:
        return FIGURES.get(self.name, "count")


@dataclass(frozen=True)
class All:
    items: tuple["Criterion", ...]


@dataclass(frozen=True)
class Any_:
    items: tuple["Criterion", ...]


@dataclass(frozen=True)
class Not:
    item: "Criterion"


@dataclass(frozen=True)
class AtLeast:
    """At least n of the items."""

    n: int
    items: tuple["Criterion", ...]


Criterion = All | Any_ | Not | AtLeast | Leaf


def leaves(criterion: Criterion) -> Iterator[Leaf]:
    """The leaves in the order in which they are written."""
    match criterion:
        case Leaf():
            yield criterion
        case Not(item):
            yield from leaves(item)
        case All(items) | Any_(items) | AtLeast(_, items):
            for item in items:
                yield from leaves(item)


def reads(criterion: Criterion) -> frozenset[str]:
    """The kinds of fact, and the balances, that can change the answer."""
    return frozenset(leaf.kind for leaf in leaves(criterion))


def parse(data: Any, path: tuple[str | int, ...] = ()) -> Criterion:
    """A criterion from its JSON; raises `Invalid` with the path of the first thing wrong."""
    if not isinstance(data, Mapping) or len(data) != 1:
        raise Invalid(path, "must be a mapping with exactly one key, such as `all` or `count`")
    ((name, body),) = data.items()
    here = (*path, name)
    match name:
        case "all" | "any":
            items = _items(body, here)
            return All(items) if name == "all" else Any_(items)
        case "not":
            return Not(parse(body, here))
        case "at_least":
            _fields(body, here, {"n", "of"}, {"n", "of"})
            items = _items(body["of"], (*here, "of"))
            return AtLeast(_number(body, "n", here, 1, len(items)), items)
        case _ if name in NAMED:
            _fields(body, here, {"key"}, {"key"})
            return Leaf(name, NAMED[name], _topic(body, "key", here))
        case "tier":
            _fields(body, here, {"at_least"}, {"at_least"})
            return Leaf("tier", "tier.reached", _topic(body, "at_least", here))
        case "growth" | "feathers":
            _fields(body, here, {"at_least"}, {"at_least"})
            return Leaf(name, name, at_least=_number(body, "at_least", here, 1))
        case "days_in_tier":
            _fields(body, here, {"at_least"}, {"at_least"})
            return Leaf(name, "tier.reached", at_least=_number(body, "at_least", here, 1))
        case "fact":
            _fields(body, here, {"kind", "topic"}, {"kind"})
            return Leaf(name, _kind(body, here), _topic(body, "topic", here))
        case _ if name in FIGURES:
            return _figure(str(name), body, here)
        case _:
            raise Invalid(here, "is not a word of the criteria language")


def _figure(name: str, body: Any, here: tuple[str | int, ...]) -> Leaf:
    more = {"within", "this"} if name in WINDOWED else set()
    if name == "count":
        more |= {"highest"}
    _fields(body, here, {"kind", "topic", "at_least"} | more, {"kind", "at_least"})
    lowest = 1 if name in {"count", "sum"} else 0
    return Leaf(
        name,
        _kind(body, here),
        _topic(body, "topic", here),
        _number(body, "at_least", here, lowest),
        _window(body, here),
        _highest(body, here),
    )


def _highest(body: Mapping[str, Any], path: tuple[str | int, ...]) -> int | None:
    if "highest" not in body:
        return None
    if KINDS[body["kind"]].unit != ATTEMPT:
        raise Invalid((*path, "highest"), f"is only for kinds whose value is the {ATTEMPT}")
    return _number(body, "highest", path, 1)


def _items(body: Any, path: tuple[str | int, ...]) -> tuple[Criterion, ...]:
    if not isinstance(body, list) or not body:
        raise Invalid(path, "must be a list with at least one criterion")
    return tuple(parse(item, (*path, i)) for i, item in enumerate(body))


def _fields(body: Any, path: tuple[str | int, ...], known: set[str], needed: set[str]) -> None:
    if not isinstance(body, Mapping):
        raise Invalid(path, "must be a mapping")
    for field in body:
        if field not in known:
            raise Invalid((*path, field), f"is not a field here; known: {', '.join(sorted(known))}")
    for field in sorted(needed):
        if field not in body:
            raise Invalid((*path, field), "is missing")


def _number(body: Mapping[str, Any], field: str, path: tuple[str | int, ...], lowest: int, highest: int = 10**9) -> int:
    value = body[field]
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise Invalid((*path, field), f"must be a whole number from {lowest} to {highest}")
    return value


def _kind(body: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
    kind = body["kind"]
    if isinstance(kind, str) and kind.startswith("referral."):
        raise Invalid(
            (*path, "kind"),
            "nothing may depend on whom she recruited (禁止传销条例); `referral.*` is not allowed in criteria",
        )
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid((*path, "kind"), f"{kind!r} is not a kind of fact")
    return kind


def _topic(body: Mapping[str, Any], field: str, path: tuple[str | int, ...]) -> str:
    topic = body.get(field, WHOLE)
    if not isinstance(topic, str) or not topic:
        raise Invalid((*path, field), "must be a key")
    return topic


def _window(body: Mapping[str, Any], path: tuple[str | int, ...]) -> Window | None:
    if "within" in body and "this" in body:
        raise Invalid((*path, "this"), "cannot stand beside `within`")
    if "within" in body:
        found = re.fullmatch(r"([1-9]\d{0,3})d", str(body["within"]))
        if not found:
            raise Invalid((*path, "within"), "must be a number of days such as 30d")
        return Window(days=int(found[1]))
    if "this" in body:
        if body["this"] not in PERIODS:
            raise Invalid((*path, "this"), f"must be one of {', '.join(PERIODS)}")
        return Window(period=body["this"])
    return None
