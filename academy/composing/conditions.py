"""Conditions as forms: which kinds there are to choose from, what each asks, and the leaf that it makes."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.composing.trees import Tree, number, word_of
from academy.criteria.facts import ICONS
from academy.criteria.language import FIGURES, NAMED, PERIODS, WHOLE, WINDOWED, Invalid
from academy.criteria.sentences import SUBJECTS, titles
from academy.journal.kinds import ATTEMPT, COPY, KINDS
from academy.web.reading import pick

# What can be chosen, by family: a leaf of the language, or a kind of fact to be counted. How many people somebody
# gathers is not among them: no tier may depend on it.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "learning": (
        *("course", "stage", "lesson", "course.completed", "stage.completed", "lesson.completed", "live.attended"),
        *("package.completed", "package.finished"),
    ),
    "quizzes": (
        *("quiz.finished", "quiz.passed", "exam.passed", "quiz.perfect", "update.passed"),
        *("question.right", "game.right"),
    ),
    "practice": (
        *("handin.accepted", "handin.excellent", "handin.submitted", "handin.returned", "material.taken"),
        *("ugc.accepted", "ugc.featured", "ugc.checked", "ugc.submitted", "ugc.returned", "peer.reviewed"),
        *("answer.accepted", "question.answered", "comment.passed", "comment.returned"),
    ),
    "daily": ("checkin.done", "streak.reached", "profile.completed", "pledge.signed"),
    "points": ("growth", "feathers"),
    "tier": (
        *("days_in_tier", "tier", "tier.reached", "tier.lowered"),
        *("tier.restored", "review.warned", "review.kept"),
    ),
    "honours": (
        *("badge", "certificate", "badge.awarded", "reward.granted", "reward.delivered"),
        *("badge.withdrawn", "badge.returned", "reward.withdrawn", "reward.returned"),
        *("certificate.earned", "certificate.issued", "certificate.expiring"),
        *("certificate.revoked", "certificate.restored"),
    ),
    "person": ("cohort", "channel", "tag", "attribute"),
    "conduct": ("conduct", "violation.minor", "violation.serious", "violation.lifted", "external.removed"),
    "care": (
        *("ratio", "care.users", "care.orders", "care.asked", "care.served", "care.complaints"),
        "allotment.set",
    ),
    "staff": ("approval", "approval.given", "approval.returned", "approval.asked", "appeal.answered", "name.asked"),
}

_ICONS = {
    "course": "book-open",
    "stage": "flag",
    "lesson": "book-open",
    "badge": "medal",
    "certificate": "award",
    "approval": "shield-check",
    "tier": "chevrons-up",
    "days_in_tier": "calendar-days",
    "growth": "sprout",
    "feathers": "feather",
    "cohort": "users",
    "channel": "route",
    "tag": "tag",
    "attribute": "sliders-horizontal",
    "conduct": "shield-check",
    "ratio": "percent",
}


def family_name(family: str) -> str:
    """What a family of conditions is called."""
    return {
        "learning": lambda: _("Lessons and courses"),
        "quizzes": lambda: _("Quizzes and assessments"),
        "practice": lambda: _("Hand-ins and materials"),
        "daily": lambda: _("Day by day"),
        "points": lambda: _("Growth and feathers"),
        "tier": lambda: _("Tiers and reviews"),
        "honours": lambda: _("Badges, rewards, certificates"),
        "person": lambda: _("Who she is"),
        "conduct": lambda: _("Conduct"),
        "care": lambda: _("Looking after customers"),
        "staff": lambda: _("Approval by staff"),
    }[family]()


def name_of(what: str) -> str:
    """What a kind of condition is called."""
    if what in SUBJECTS:
        return SUBJECTS[what]()
    return {
        "course": lambda: _("A course completed"),
        "stage": lambda: _("A stage completed"),
        "lesson": lambda: _("A lesson completed"),
        "badge": lambda: _("A badge"),
        "certificate": lambda: _("A certificate in force"),
        "approval": lambda: _("Approved by staff"),
        "tier": lambda: _("At least a tier"),
        "days_in_tier": lambda: _("Days in the tier"),
        "growth": lambda: _("Growth"),
        "feathers": lambda: _("Feathers"),
        "cohort": lambda: _("In a class"),
        "channel": lambda: _("A channel"),
        "tag": lambda: _("A tag"),
        "attribute": lambda: _("An attribute with a number"),
        "conduct": lambda: _("Clean conduct"),
        "ratio": lambda: _("A share, such as orders of all customers"),
    }[what]()


def icon_of(what: str) -> str:
    """The icon of a kind of condition."""
    return _ICONS.get(what) or ICONS.get(what, "circle-check")


def what_of(leaf: Tree) -> str:
    """The kind of condition that made a leaf."""
    word = word_of(leaf)
    return str(leaf[word]["kind"]) if word == "fact" or word in FIGURES else word


@dataclass(frozen=True)
class Asked:
    """What a kind of condition asks: each field is there or not.

    `figures` are the ways to count it, `key` the field of the leaf that names a thing, if it must.
    """

    key: str | None = None
    thing: bool = False
    figures: tuple[str, ...] = ()
    bound: bool = False
    number: bool = False
    window: tuple[str, ...] = ()
    highest: bool = False
    conduct: bool = False
    ratio: bool = False


EVER, WITHIN = "always", "within"
WINDOWS = (EVER, WITHIN, *PERIODS)


def asked(what: str) -> Asked:
    """The fields of a kind of condition; KeyError if there is none of this name."""
    match what:
        case "tier":
            return Asked(key="at_least")
        case "cohort":
            return Asked(key="code")
        case "channel" | "tag":
            return Asked(key="key")
        case "attribute":
            return Asked(key="key", bound=True, number=True)
        case "growth":
            return Asked(number=True, window=WINDOWS)
        case "feathers" | "days_in_tier":
            return Asked(number=True)
        case "conduct":
            return Asked(conduct=True, window=WINDOWS[:2])
        case "ratio":
            return Asked(ratio=True, bound=True, number=True, window=WINDOWS)
        case _ if what in NAMED:
            return Asked(key="key")
    kind = KINDS[what]
    return Asked(
        thing=bool(kind.topic),
        figures=("fact", "count") if kind.unit in ("1", ATTEMPT, COPY) else ("fact", *FIGURES),
        bound=True,
        number=True,
        window=WINDOWS,
        highest=kind.unit == ATTEMPT,
    )


def empty(what: str) -> dict[str, str]:
    """What the form of a new condition begins with."""
    figures = asked(what).figures
    scores = KINDS[what].unit.startswith("score") if figures else False
    return {
        "key": "",
        "thing": "",
        "figure": "best" if scores else "count",
        "bound": "at_least",
        "number": "80" if scores else "1",
        "window": EVER,
        "days": "30",
        "highest": "",
        "serious": "1",
        "minor": "",
        "part": "",
        "over": "",
        "of": "count",
        "per": "100",
    }


def filled(leaf: Tree) -> dict[str, str]:
    """What to fill the form with for a leaf that is there."""
    what, body = what_of(leaf), leaf[word_of(leaf)]
    typed = empty(what) | {"figure": word_of(leaf), "thing": str(body.get("topic", ""))}
    if asked(what).key:
        typed["key"] = str(body.get(asked(what).key, ""))
    for bound in ("at_least", "at_most"):
        if asked(what).number and bound in body:
            typed |= {"bound": bound, "number": str(body[bound])}
    if "within" in body:
        typed |= {"window": WITHIN, "days": str(body["within"]).removesuffix("d")}
    typed["window"] = body.get("this", typed["window"])
    typed["highest"] = str(body.get("highest", ""))
    if "none_of" in body:
        typed["serious"] = "1" if "violation.serious" in body["none_of"] else ""
        typed["minor"] = "1" if "violation.minor" in body["none_of"] else ""
    if "over" in body:
        typed |= {"part": _pair(body), "over": _pair(body["over"])}
        typed |= {"of": body.get("figure", "count"), "per": str(body.get("per", 100))}
    return typed


def built(what: str, typed: Mapping[str, str]) -> Tree:
    """The leaf that a form makes, perhaps with what is no number as it was typed; `parse` says what is wrong."""
    ask = asked(what)
    word = typed.get("figure", "") if ask.figures else what
    if ask.figures and word not in ("fact", *FIGURES):
        word = "count"
    body: dict[str, Any] = {}
    if ask.figures:
        body["kind"] = what
    if ask.key:
        body[ask.key] = _line(typed.get("key", ""))
    if ask.thing and _line(typed.get("thing", "")):
        body["topic"] = _line(typed["thing"])
    if ask.ratio:
        body |= _ratio(typed)
    if ask.conduct:
        body["none_of"] = [f"violation.{how}" for how in ("minor", "serious") if typed.get(how)]
    if ask.number and word != "fact":
        bound = "at_most" if ask.bound and typed.get("bound") == "at_most" else "at_least"
        body[bound] = number(typed.get("number", ""))
    if ask.window and (not ask.figures or word in WINDOWED):
        body |= _window(typed, ask.window)
    if ask.highest and word == "count" and typed.get("highest", "").strip():
        body["highest"] = number(typed["highest"])
    return {word: body}


def _line(typed: str) -> str:
    return unicodedata.normalize("NFC", " ".join(typed.split()))[:60]


def _window(typed: Mapping[str, str], known: tuple[str, ...]) -> dict[str, Any]:
    chosen = typed.get("window", EVER)
    if chosen == EVER or chosen not in known:
        return {}
    return {"within": f"{number(typed.get('days', ''))}d"} if chosen == WITHIN else {"this": chosen}


def _ratio(typed: Mapping[str, str]) -> dict[str, Any]:
    part, over = _named(typed.get("part", "")), _named(typed.get("over", ""))
    return {**part, "over": over, "figure": typed.get("of", ""), "per": number(typed.get("per", ""))}


def _pair(body: Mapping[str, Any]) -> str:
    return f"{body['kind']}/{body['topic']}" if "topic" in body else str(body["kind"])


def _named(pair: str) -> dict[str, Any]:
    kind, _slash, topic = pair.partition("/")
    return {"kind": kind} | ({"topic": topic} if topic else {})


# What there is to choose from


def things(catalog: Catalog, what: str, now: str = "") -> list[tuple[str, str]]:
    """The published things that a kind of condition may name, with their titles; `now` is kept though it be gone."""
    kind = {"tier": "tier.reached", "approval": "approval.given"}.get(what) or NAMED.get(what, what)
    if kind == "question.right":
        known = {}
    else:
        known = {topic: pick(text) for (of, topic), text in titles(catalog).items() if of == kind}
    if now and now != WHOLE and known and now not in known:
        known[now] = now
    return list(known.items())


def counted(catalog: Catalog) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that a share may be made of: by kind, the whole of it and the things that it names."""
    return [
        (
            SUBJECTS[kind](),
            [(kind, SUBJECTS[kind]()), *((f"{kind}/{key}", text) for key, text in things(catalog, kind))],
        )
        for kinds in FAMILIES.values()
        for kind in kinds
        if kind in KINDS
    ]


def reason(error: Invalid) -> tuple[str, str]:
    """The field of the form that a reason is about, and the reason in the reader's language."""
    field = next((str(step) for step in reversed(error.path) if isinstance(step, str)), "")
    match field:
        case "at_least" | "at_most" | "n" if "whole number" in error.reason or "missing" in error.reason:
            lowest, highest = _bounds(error.reason)
            return "number", _("Please give a whole number from %(low)s to %(high)s.", low=lowest, high=highest)
        case "within":
            return "days", _("Please give a number of days from 1 to 9999.")
        case "highest":
            return "highest", _("Please give a whole number from 1 on.")
        case "key" | "code" | "at_least":
            return "key", _("Please choose one.")
        case "none_of":
            return "conduct", _("Please choose at least one.")
        case "kind" | "topic" | "over":
            return "part", _("Please choose what is counted.")
        case "per" | "figure":
            return "per", _("Please choose one.")
    return "", _("This condition is not whole: %(why)s", why=error.reason)


def _bounds(reason: str) -> tuple[str, str]:
    found = re.search(r"from (\d+) to (\d+)", reason)
    return (found[1], found[2]) if found else ("1", str(10**9))
