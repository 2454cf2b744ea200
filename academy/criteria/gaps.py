"""A condition as a row of a page: what it asks for, how far she is, and what closes it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.criteria.explain import Reason
from academy.criteria.language import WHOLE, Leaf
from academy.criteria.sentences import amount, sentence


@dataclass(frozen=True)
class Closer:
    """What closes a gap: an icon, and the endpoint and key (or anchor) of the page to go to."""

    icon: str
    endpoint: str
    key: str | None = None
    anchor: str | None = None


def closer(reason: Reason, quizzes: Iterable[str], practices: Iterable[str]) -> Closer:
    """Where to go to close a gap. What names several things leads to the first that is missing."""
    leaf = next((r.criterion for r in reason.leaves() if not r.met), None)
    if not isinstance(leaf, Leaf):
        return Closer("circle-check", "courses.map")
    family = leaf.kind.partition(".")[0]
    match family:
        case "quiz" | "exam" | "update" if leaf.topic in set(quizzes):
            return Closer("flag", "quizzes.intro", leaf.topic)
        case "checkin" | "streak":
            return Closer("calendar-check", "home.today", anchor="checkin")
        case "pledge":
            return Closer("signature", "pledges.show")
        case "handin":
            first = next(iter(practices), None) if leaf.topic == WHOLE else leaf.topic
            return Closer("file-pen", "practice.show", first) if first else Closer("file-pen", "courses.map")
        case "profile":
            return Closer("user", "account.me")
        case "tier":
            return Closer("chevrons-up", "home.today", anchor="tier")
        case "badge" | "certificate" | "reward":
            return Closer("award", "honours.index")
        case "growth" | "feathers":
            return Closer("sprout", "courses.map")
        case "approval":
            return Closer("shield-check", "ladder.own")
        case "violation":
            return Closer("shield-alert", "ladder.own")
        case "care":
            return Closer("users", "benefits.show")
        case "cohort":
            return Closer("users", "classroom.show")
        case _:
            return Closer("book-open", "courses.map")


def row(catalog: Catalog, reason: Reason, shut: Collection[str] = ()) -> dict[str, Any]:
    """A row of `ui/tier.html`; assessments that are `shut` open only after their courses."""
    way = closer(reason, catalog.all_quizzes, catalog.practices)
    values: dict[str, Any] = {name: value for name, value in (("key", way.key), ("_anchor", way.anchor)) if value}
    leaf = reason.criterion
    locked = isinstance(leaf, Leaf) and leaf.topic in shut
    return {
        "text": sentence(catalog, reason.criterion),
        "icon": way.icon,
        "now": int(reason.met) if reason.is_limit else min(reason.current, reason.target),
        "goal": 1 if reason.is_limit else reason.target,
        "href": url_for(way.endpoint, **values),
        "locked": locked,
        "note": _note(reason, locked),
        "unit": _("stops") if isinstance(leaf, Leaf) and leaf.name in ("course", "stage") else None,
    }


def _note(reason: Reason, locked: bool) -> str | None:
    if locked:
        return _("opens after the courses")
    if not reason.is_limit:
        return None
    if reason.met:
        return _("met")
    if isinstance(reason.criterion, Leaf):
        return _("now %(now)s", now=amount(reason.criterion, reason.current))
    return _("not met")
