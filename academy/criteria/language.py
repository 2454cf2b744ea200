"""The criteria language: what may be written, and what it means as values.

    all: [course: {key: first-steps}, growth: {at_least: 300}, count: {kind: checkin.done, at_least: 7}]

Pure: no flask, no database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from academy.journal.kinds import ATTEMPT, KINDS, TAKEN

WHOLE = "*"
FIGURES = {"count": "count", "sum": "total", "best": "best", "latest": "last", "first": "first"}
WINDOWED = {"count", "sum", "best"}
PERIODS = ("week", "month", "season")
BALANCES = ("growth", "feathers")
TRAITS = ("channel", "tag", "attribute")
VIOLATIONS = ("violation.minor", "violation.serious")
LIFTED = "violation.lifted"

# Leaves that name one thing won or done: leaf name -> kind of fact.
NAMED = {
    "course": "course.completed",
    "stage": "stage.completed",
    "lesson": "lesson.completed",
    "badge": "badge.awarded",
    "certificate": "certificate.issued",
    "approval": "approval.given",
}
# Those that name what can be taken away again.
HELD = ("badge", "certificate")
# Leaves that read how she is placed or known, not what happened: they change without a fact.
PLACED = ("cohort", "channel", "tag")


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

    @property
    def most_days(self) -> int:
        """How many days it can hold."""
        return self.days or {"week": 7, "month": 31, "season": 92}[str(self.period)]

    def left_on(self, day: date) -> date:
        """The day on which what happened on `day` no longer counts."""
        if self.days is not None:
            return day + timedelta(days=self.days)
        return self.start(self.start(day) + timedelta(days=self.most_days))


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
    at_most: int | None = None
    """Instead of `at_least`: met by so much or less."""
    ratio: "Ratio | None" = None
    none_of: tuple[str, ...] = ()
    """Kinds of violation, none of which may stand."""

    @property
    def reads_facts(self) -> bool:
        """Whether it counts facts one by one, because no tally tells."""
        return self.window is not None or self.highest is not None

    @property
    def figure(self) -> str:
        """The column of a tally that it reads."""
        return FIGURES.get(self.ratio.figure if self.ratio else self.name, "count")

    @property
    def goal(self) -> int:
        """What `current` is held against."""
        return self.at_least if self.at_most is None else self.at_most

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of fact, the balance or the trait, that can change the answer."""
        if self.none_of:
            return frozenset((*self.none_of, LIFTED))
        more = {self.ratio.kind} if self.ratio else set(TAKEN.get(self.kind, ())) if self.name in HELD else set()
        # Coming back to a tier is as good as coming to it, and being lowered changes it too.
        moved = {"tier.lowered", "tier.restored"} if self.kind == "tier.reached" else set()
        return frozenset({self.kind} | more | moved)


@dataclass(frozen=True)
class Ratio:
    """What a figure is divided by, and in which parts the quotient is said: 100 for per cent, 1000 for per mille.

    Without anything to divide by there is no quotient, and the leaf is not met.
    """

    kind: str
    topic: str
    per: int
    figure: str


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


def together(criterion: Criterion) -> Iterator[Criterion]:
    """What has to be met together, in the order in which it is written."""
    if isinstance(criterion, All):
        for item in criterion.items:
            yield from together(item)
    else:
        yield criterion


def reads(criterion: Criterion) -> frozenset[str]:
    """The kinds of fact, and the balances, that can change the answer."""
    return frozenset(kind for leaf in leaves(criterion) for kind in leaf.kinds)


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
        case "growth":
            _fields(body, here, {"at_least", "within", "this"}, {"at_least"})
            return Leaf(name, name, at_least=_number(body, "at_least", here, 1), window=_window(body, here))
        case "feathers":
            _fields(body, here, {"at_least"}, {"at_least"})
            return Leaf(name, name, at_least=_number(body, "at_least", here, 1))
        case "cohort":
            _fields(body, here, {"code"}, {"code"})
            return Leaf(name, name, _topic(body, "code", here))
        case "channel" | "tag":
            _fields(body, here, {"key"}, {"key"})
            return Leaf(name, name, _topic(body, "key", here))
        case "attribute":
            _fields(body, here, {"key", "at_least", "at_most"}, {"key"})
            return _bounded(Leaf(name, name, _topic(body, "key", here)), body, here, 0)
        case "conduct":
            _fields(body, here, {"none_of", "within"}, {"none_of"})
            kinds = _violations(body, here)
            return Leaf(name, kinds[0], window=_window(body, here), at_most=0, none_of=kinds)
        case "ratio":
            return _ratio(body, here)
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
    _fields(body, here, {"kind", "topic", "at_least", "at_most"} | more, {"kind"})
    leaf = Leaf(
        name,
        _kind(body, here),
        _topic(body, "topic", here),
        window=_window(body, here),
        highest=_highest(body, here),
    )
    return _bounded(leaf, body, here, 1 if name in {"count", "sum"} else 0)


def _ratio(body: Any, here: tuple[str | int, ...]) -> Leaf:
    known = {"kind", "topic", "over", "figure", "per", "at_least", "at_most", "within", "this"}
    _fields(body, here, known, {"kind", "over"})
    over = body["over"]
    _fields(over, (*here, "over"), {"kind", "topic"}, {"kind"})
    figure, per = body.get("figure", "count"), body.get("per", 100)
    if figure not in ("count", "sum"):
        raise Invalid((*here, "figure"), "must be count or sum")
    if per not in (100, 1000, 10000):
        raise Invalid((*here, "per"), "must be 100, 1000 or 10000")
    divisor = Ratio(_kind(over, (*here, "over")), _topic(over, "topic", (*here, "over")), per, figure)
    leaf = Leaf("ratio", _kind(body, here), _topic(body, "topic", here), window=_window(body, here), ratio=divisor)
    return _bounded(leaf, body, here, 1)


def _bounded(leaf: Leaf, body: Any, path: tuple[str | int, ...], lowest: int) -> Leaf:
    """The leaf with its bound: either at least so much or at most."""
    if "at_most" not in body:
        if "at_least" not in body:
            raise Invalid((*path, "at_least"), "is missing")
        return replace(leaf, at_least=_number(body, "at_least", path, lowest))
    if "at_least" in body:
        raise Invalid((*path, "at_most"), "cannot stand beside `at_least`")
    return replace(leaf, at_most=_number(body, "at_most", path, 0))


def _violations(body: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[str, ...]:
    kinds = body["none_of"]
    if not isinstance(kinds, list) or not kinds or not all(kind in VIOLATIONS for kind in kinds):
        raise Invalid((*path, "none_of"), f"must be a list of {', '.join(VIOLATIONS)}")
    return tuple(kinds)


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
