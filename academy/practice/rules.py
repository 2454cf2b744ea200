"""What is handed in and judged: tasks, rubrics, passages, rounds, and by when a reply is promised. Pure."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from academy import clock
from academy.catalog.content import Catalog, Lesson, Practice, Stage, Text
from academy.catalog.order import opens_after

WAITING, RETURNED, ACCEPTED = STATES = ("waiting", "returned", "accepted")
REVISED = "revised"
STAND = (*STATES, REVISED)
"""Where a hand-in stands: one that was returned is `revised` once she has handed in again."""
EXCELLENT = "excellent"
"""A verdict that accepts and says that it is an example to others."""

PRACTICE, UGC = KINDS = ("handin", "ugc")
"""What is handed in for a practice, and for a brief; so begin the kinds of its facts."""
PRAISE = {PRACTICE: "handin.excellent", UGC: "ugc.featured"}

MOST_COMMENT = 1000
MOST_REMARK = 300
LEAST_PEER = 10
MOST_PEOPLE = 500
"""As many as a group in WeChat holds."""
MOST_COUNTED = 99
"""Beyond this a desk says “99+”: counting further would cost more than anybody learns from it."""
STARS = 5

SITE, BRAND = SCOPES = ("site", "brand")
"""What a licence allows: to be shown inside the academy, or to be used again by the brand."""
MONTHS = (6, 12, 24)


@dataclass(frozen=True)
class Aspect:
    """One line of a rubric, for which a hand-in gets up to five stars."""

    key: str
    title: Text


@dataclass(frozen=True)
class Phrase:
    """Words that are often said in a comment, put in at a touch."""

    title: Text | str
    text: Text | str


@dataclass(frozen=True)
class Manner:
    """How an academy reviews: by when, along what, with which words, and what a piece of UGC is worth to it."""

    days: int = 1
    hour: int = 20
    rubric: tuple[Aspect, ...] = ()
    checks: tuple[Text, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    value: int = 100
    """Yuan; an assumption, and named so wherever it is shown."""

    def due(self, handed_in: datetime) -> datetime:
        """The instant by which a trainer replies."""
        day = clock.day_of(handed_in) + timedelta(days=self.days)
        return datetime.combine(day, time(self.hour), tzinfo=clock.ZONE)


@dataclass(frozen=True)
class Brief:
    """A task from the brand (种草任务): what to show where and until when, and how often a month somebody may."""

    task: Practice
    shows: tuple[Text, ...]
    platforms: tuple[str, ...]
    since: date
    until: date
    limit: int
    criterion: Any

    @property
    def key(self) -> str:
        return self.task.key

    @property
    def title(self) -> Text:
        return self.task.title

    def runs(self, day: date) -> bool:
        """Whether it takes new pieces on a day."""
        return self.since <= day <= self.until

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Brief":
        wants = data.get("wants", {})
        task = {**data, "pictures": wants.get("pictures", 0), "link": wants.get("link", False)}
        return cls(
            Practice.of(task, ""),
            tuple(data.get("shows", ())),
            tuple(data.get("platforms", ())),
            date.fromisoformat(data["from"]),
            date.fromisoformat(data["until"]),
            data.get("limit", 1),
            data.get("criterion"),
        )


@lru_cache(maxsize=16)
def manner(catalog: Catalog) -> Manner:
    """How this academy reviews."""
    if ("review", "academy") not in catalog.documents:
        return Manner()
    data = catalog.one("review")
    return Manner(
        data.get("days", 1),
        data.get("hour", 20),
        _aspects(data.get("rubric", ())),
        tuple(data.get("checks", ())),
        tuple(Phrase(one["title"], one["text"]) for one in data.get("phrases", ())),
        data.get("value", 100),
    )


@lru_cache(maxsize=16)
def briefs(catalog: Catalog) -> Mapping[str, Brief]:
    """All briefs by key, those that end first before the others."""
    if ("briefs", "academy") not in catalog.documents:
        return {}
    found = sorted(map(Brief.of, catalog.one("briefs")["briefs"]), key=lambda brief: (brief.until, brief.key))
    return {brief.key: brief for brief in found}


@lru_cache(maxsize=16)
def tasks(catalog: Catalog) -> Mapping[str, Practice]:
    """Whatever can be handed in, by key: practices, and what briefs ask for."""
    return {**catalog.practices, **{key: brief.task for key, brief in briefs(catalog).items()}}


def rubric(catalog: Catalog, task: Practice | None) -> tuple[Aspect, ...]:
    """What a hand-in gets stars for: the task's own aspects, or else the academy's."""
    return _aspects(task.rubric) if task and task.rubric else manner(catalog).rubric


def checks(catalog: Catalog, task: Practice) -> tuple[Text, ...]:
    """What she goes through before she hands in: the task's own list, or else the academy's."""
    return task.checks or manner(catalog).checks


def _aspects(rows: Iterable[Mapping[str, Any]]) -> tuple[Aspect, ...]:
    return tuple(Aspect(row["key"], row["title"]) for row in rows)


def average(scores: Mapping[str, int]) -> float | None:
    """The mean of the stars; None where none were given."""
    return round(sum(scores.values()) / len(scores), 1) if scores else None


def takes(state: str | None, again: bool) -> bool:
    """Whether a task takes a hand-in after one in this state; a group may grow, and a brief take a second piece."""
    return state in (None, RETURNED) or (again and state == ACCEPTED)


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


# Links

PLATFORMS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "xiaohongshu": ({"zh": "小红书", "en": "Xiaohongshu"}, ("xiaohongshu.com", "xhslink.com")),
    "douyin": ({"zh": "抖音", "en": "Douyin"}, ("douyin.com", "iesdouyin.com")),
    "weixin": ({"zh": "微信", "en": "WeChat"}, ("weixin.qq.com", "channels.weixin.qq.com")),
    "weibo": ({"zh": "微博", "en": "Weibo"}, ("weibo.com", "weibo.cn")),
    "bilibili": ({"zh": "哔哩哔哩", "en": "Bilibili"}, ("bilibili.com", "b23.tv")),
    "kuaishou": ({"zh": "快手", "en": "Kuaishou"}, ("kuaishou.com",)),
}
MOST_LINK = 500


def is_link(typed: str) -> bool:
    """Whether it is an address that a browser opens over https, with nobody's password in it."""
    if len(typed) > MOST_LINK or re.search(r"[\s\x00-\x1f<>\"\\]", typed):
        return False
    try:
        parts = urlsplit(typed)
        _port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and "@" not in parts.netloc and bool(re.fullmatch(r"[^.]+(\.[^.]+)+", host))


def link_in(typed: str) -> str:
    """The address in what an app gives to copy, “看我的笔记 https://xhslink.com/a/1 复制打开”; else what was typed."""
    found = re.search(r"https?://[^\s，。！]+", typed)
    return found[0] if found else typed


def platform_of(link: str) -> str | None:
    """The platform that an address leads to, if it is one that we know."""
    host = urlsplit(link).hostname or ""
    for key, (_name, hosts) in PLATFORMS.items():
        if any(host == known or host.endswith(f".{known}") for known in hosts):
            return key
    return None


# Passages and rounds

_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]+[」”』）)]*|[^。！？!?\n]+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand, for those who choose one by its number."""
    found = []
    for one in _SENTENCE.finditer(text):
        words = one[0].strip()
        if words:
            start = one.start() + one[0].index(words[0])
            found.append((start, start + len(words)))
    return found


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: whether the word list names it, inside which remarks it is, and which of them end here."""

    text: str
    listed: bool
    inside: tuple[int, ...]
    ending: tuple[int, ...]


def pieces(text: str, words: Iterable[str], passages: Sequence[tuple[int, int]] = ()) -> list[Piece]:
    """A text cut where listed words and passages begin and end; passages are numbered from 1."""
    named = sorted(set(words), key=len, reverse=True)
    found = re.finditer("|".join(map(re.escape, named)), text) if named else ()
    marks = [one.span() for one in found]
    places = {0, len(text), *(place for span in (*marks, *passages) for place in span)}
    cuts = sorted(place for place in places if 0 <= place <= len(text))
    return [
        Piece(
            text[start:end],
            any(first <= start and end <= last for first, last in marks),
            tuple(n for n, (first, last) in enumerate(passages, 1) if first <= start and end <= last),
            tuple(n for n, (_first, last) in enumerate(passages, 1) if last == end),
        )
        for start, end in pairwise(cuts)
    ]


def waits_for(catalog: Catalog, practice: Practice, done: Mapping[str, Collection[str]]) -> Stage | Lesson | None:
    """What a practice opens after."""
    return opens_after(catalog, practice.lesson, done)
