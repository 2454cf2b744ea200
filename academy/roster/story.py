"""What happened to a trainee, as a trainer reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask_babel import gettext as _

from academy import clock
from academy.catalog.content import Catalog
from academy.criteria.sentences import title
from academy.journal.models import Fact

ICONS = {
    "checkin.done": "calendar-check",
    "streak.reached": "flame",
    "lesson.completed": "book-open",
    "quiz.finished": "circle-help",
    "quiz.passed": "circle-check",
    "quiz.perfect": "star",
    "exam.passed": "graduation-cap",
    "pledge.signed": "file-pen",
    "profile.completed": "user",
    "handin.submitted": "send",
    "handin.accepted": "check",
    "handin.returned": "rotate-ccw",
    "stage.completed": "flag",
    "course.completed": "flag",
    "badge.awarded": "medal",
    "tier.reached": "chevrons-up",
    "reward.granted": "gift",
    "reward.delivered": "gift",
    "certificate.earned": "award",
    "certificate.issued": "award",
}


@dataclass(frozen=True)
class Line:
    """One fact in words, with its time on the wall clock."""

    icon: str
    text: str
    time: str


def told(catalog: Catalog, facts: Iterable[Fact]) -> list[tuple[date, list[Line]]]:
    """Facts in words, by brand day, in the order in which they come."""
    by_day = groupby(facts, key=lambda fact: fact.day)
    return [(day, [_line(catalog, fact) for fact in together]) for day, together in by_day]


def _line(catalog: Catalog, fact: Fact) -> Line:
    return Line(ICONS.get(fact.kind, "circle"), _said(catalog, fact), f"{clock.local(fact.at):%H:%M}")


def _said(catalog: Catalog, fact: Fact) -> str:
    thing, n = title(catalog, fact.kind, fact.topic), fact.value
    match fact.kind:
        case "profile.completed":
            return _("Completed her profile")
        case "checkin.done":
            return _("Checked in")
        case "streak.reached":
            return _("Checked in %(n)s days in a row", n=fact.topic)
        case "lesson.completed":
            return _("Finished the lesson “%(title)s”", title=thing)
        case "quiz.finished":
            return _("“%(title)s”: %(n)s points", title=thing, n=n)
        case "quiz.passed" | "exam.passed":
            return _("Passed “%(title)s”", title=thing)
        case "quiz.perfect":
            return _("Full marks in “%(title)s”", title=thing)
        case "pledge.signed":
            return _("Signed the pledge, version %(version)s", version=fact.occurrence)
        case "handin.submitted":
            return _("Handed in “%(title)s”, round %(n)s", title=thing, n=fact.occurrence)
        case "handin.accepted":
            return _("“%(title)s” was accepted", title=thing)
        case "handin.returned":
            return _("“%(title)s” was returned to change", title=thing)
        case "stage.completed":
            return _("Finished the stage “%(title)s”", title=thing)
        case "course.completed":
            return _("Finished the course “%(title)s”", title=thing)
        case "badge.awarded":
            return _("Won the badge “%(title)s”", title=thing)
        case "tier.reached":
            return _("Reached %(title)s", title=thing)
        case "reward.granted":
            return _("Was granted “%(title)s”", title=thing)
        case "reward.delivered":
            return _("Got “%(title)s”", title=thing)
        case "certificate.earned":
            return _("Earned “%(title)s”", title=thing)
        case "certificate.issued":
            return _("“%(title)s” was issued", title=thing)
    return f"{fact.kind} {fact.topic}".strip()
