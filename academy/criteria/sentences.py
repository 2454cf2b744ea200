"""Criteria in words: what has to be done, in the reader's language."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import ngettext

from academy.catalog.content import Catalog, Text
from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not, Window
from academy.web.reading import pick

# How often something is to be done, by kind of fact.
TIMES: dict[str, Callable[[int], str]] = {
    "profile.completed": lambda n: _("Complete your profile"),
    "checkin.done": lambda n: ngettext("Check in once", "Check in %(num)s times", n),
    "streak.reached": lambda n: ngettext("Keep up a run of check-ins", "Keep up %(num)s runs of check-ins", n),
    "lesson.completed": lambda n: ngettext("Complete a lesson", "Complete %(num)s lessons", n),
    "question.right": lambda n: ngettext("Answer a question right", "Answer %(num)s questions right", n),
    "quiz.finished": lambda n: ngettext("Take a quiz", "Take quizzes %(num)s times", n),
    "quiz.passed": lambda n: ngettext("Pass a quiz", "Pass %(num)s quizzes", n),
    "quiz.perfect": lambda n: ngettext("Get full marks in a quiz", "Get full marks in %(num)s quizzes", n),
    "exam.passed": lambda n: ngettext("Pass an assessment", "Pass %(num)s assessments", n),
    "pledge.signed": lambda n: ngettext("Sign the pledge", "Sign the pledge %(num)s times", n),
    "handin.submitted": lambda n: ngettext("Hand in a practice", "Hand in %(num)s practices", n),
    "handin.accepted": lambda n: ngettext("Have a hand-in accepted", "Have %(num)s hand-ins accepted", n),
    "handin.returned": lambda n: ngettext("Have a hand-in returned", "Have %(num)s hand-ins returned", n),
    "material.taken": lambda n: ngettext("Take a material", "Take %(num)s materials", n),
    "stage.completed": lambda n: ngettext("Complete a stage", "Complete %(num)s stages", n),
    "course.completed": lambda n: ngettext("Complete a course", "Complete %(num)s courses", n),
    "badge.awarded": lambda n: ngettext("Earn a badge", "Earn %(num)s badges", n),
    "tier.reached": lambda n: ngettext("Be promoted", "Be promoted %(num)s times", n),
    "reward.granted": lambda n: ngettext("Get a reward", "Get %(num)s rewards", n),
    "reward.delivered": lambda n: ngettext("Receive a reward", "Receive %(num)s rewards", n),
    "certificate.earned": lambda n: ngettext("Earn a certificate", "Earn %(num)s certificates", n),
    "certificate.issued": lambda n: ngettext("Receive a certificate", "Receive %(num)s certificates", n),
}

# The same with a topic, once: what is done to the thing that the topic names.
ONCE: dict[str, Callable[[str], str]] = {
    "streak.reached": lambda thing: _("Check in %(length)s times in a row", length=thing),
    "lesson.completed": lambda thing: _("Complete the lesson “%(thing)s”", thing=thing),
    "question.right": lambda thing: _("Answer a question of “%(thing)s” right", thing=thing),
    "quiz.finished": lambda thing: _("Take “%(thing)s”", thing=thing),
    "quiz.passed": lambda thing: _("Pass “%(thing)s”", thing=thing),
    "quiz.perfect": lambda thing: _("Get full marks in “%(thing)s”", thing=thing),
    "exam.passed": lambda thing: _("Pass the assessment “%(thing)s”", thing=thing),
    "pledge.signed": lambda thing: _("Sign “%(thing)s”", thing=thing),
    "handin.submitted": lambda thing: _("Hand in “%(thing)s”", thing=thing),
    "handin.accepted": lambda thing: _("Have “%(thing)s” accepted", thing=thing),
    "handin.returned": lambda thing: _("Have “%(thing)s” returned", thing=thing),
    "material.taken": lambda thing: _("Take the material “%(thing)s”", thing=thing),
    "stage.completed": lambda thing: _("Complete the stage “%(thing)s”", thing=thing),
    "course.completed": lambda thing: _("Complete “%(thing)s”", thing=thing),
    "badge.awarded": lambda thing: _("Earn the badge “%(thing)s”", thing=thing),
    "tier.reached": lambda thing: _("Reach %(tier)s", tier=thing),
    "reward.granted": lambda thing: _("Get the reward “%(thing)s”", thing=thing),
    "reward.delivered": lambda thing: _("Receive the reward “%(thing)s”", thing=thing),
    "certificate.earned": lambda thing: _("Earn the certificate “%(thing)s”", thing=thing),
    "certificate.issued": lambda thing: _("Receive the certificate “%(thing)s”", thing=thing),
}


def sentence(catalog: Catalog, criterion: Criterion) -> str:
    """What a criterion asks for, without a full stop: “Check in 7 times”, “Complete the course …”."""
    match criterion:
        case Leaf():
            return _windowed(_tried(_asks(catalog, criterion), criterion.highest), criterion.window)
        case Not(item):
            return _("not: %(what)s", what=_nested(catalog, item))
        case All(items):
            return _joined(catalog, items, _("; "))
        case Any_(items):
            return _joined(catalog, items, _(" or "))
        case AtLeast(n, items):
            return _("at least %(n)s of these: %(what)s", n=n, what=_joined(catalog, items, _("; ")))


def _joined(catalog: Catalog, items: tuple[Criterion, ...], glue: str) -> str:
    return glue.join(_nested(catalog, item) for item in items)


def _nested(catalog: Catalog, criterion: Criterion) -> str:
    said = sentence(catalog, criterion)
    alone = isinstance(criterion, Leaf | Not) or (isinstance(criterion, All | Any_) and len(criterion.items) == 1)
    return said if alone else _("(%(what)s)", what=said)


def _asks(catalog: Catalog, leaf: Leaf) -> str:
    match leaf.name:
        case "growth":
            return _("Reach %(n)s growth", n=leaf.at_least)
        case "feathers":
            return _("Have %(n)s feathers", n=leaf.at_least)
        case "days_in_tier":
            return ngettext("Spend a day in your tier", "Spend %(num)s days in your tier", leaf.at_least)
        case "sum" | "best" | "latest" | "first":
            return _figure(catalog, leaf)
    if leaf.topic == WHOLE or leaf.kind not in ONCE:
        return TIMES[leaf.kind](leaf.at_least)
    once = ONCE[leaf.kind](title(catalog, leaf.kind, leaf.topic))
    return once if leaf.at_least == 1 else _("%(what)s, %(n)s times", what=once, n=leaf.at_least)


def _figure(catalog: Catalog, leaf: Leaf) -> str:
    """A figure of the facts' values: scores in per cent for quizzes, days for runs, else the number of times."""
    n = leaf.at_least
    if leaf.kind == "quiz.finished":
        quiz = _("any quiz") if leaf.topic == WHOLE else _("“%(title)s”", title=title(catalog, leaf.kind, leaf.topic))
        return {
            "sum": lambda: _("Score %(n)s in all in %(quiz)s", n=n, quiz=quiz),
            "best": lambda: _("Score %(n)s in %(quiz)s", n=n, quiz=quiz),
            "latest": lambda: _("Score %(n)s at your latest try in %(quiz)s", n=n, quiz=quiz),
            "first": lambda: _("Score %(n)s at your first try in %(quiz)s", n=n, quiz=quiz),
        }[leaf.name]()
    if leaf.kind == "streak.reached" and leaf.topic == WHOLE and leaf.name == "best":
        return ngettext("Check in on a day", "Check in %(num)s times in a row", n)
    whole = leaf.topic == WHOLE or leaf.kind not in ONCE
    what = TIMES[leaf.kind](1) if whole else ONCE[leaf.kind](title(catalog, leaf.kind, leaf.topic))
    return {
        "sum": lambda: _("%(what)s: %(n)s in all", what=what, n=n),
        "best": lambda: _("%(what)s: %(n)s at best", what=what, n=n),
        "latest": lambda: _("%(what)s: %(n)s the latest time", what=what, n=n),
        "first": lambda: _("%(what)s: %(n)s the first time", what=what, n=n),
    }[leaf.name]()


def _tried(what: str, highest: int | None) -> str:
    if highest is None:
        return what
    if highest == 1:
        return _("%(what)s at the first try", what=what)
    return _("%(what)s, each within %(n)s tries", what=what, n=highest)


def _windowed(what: str, window: Window | None) -> str:
    if window is None:
        return what
    if window.days is not None:
        return ngettext("%(what)s within %(num)s day", "%(what)s within %(num)s days", window.days, what=what)
    return {
        "week": lambda: _("%(what)s this week", what=what),
        "month": lambda: _("%(what)s this month", what=what),
        "season": lambda: _("%(what)s this quarter", what=what),
    }[str(window.period)]()


# What is counted, by kind of fact; anything else is counted in times.
AMOUNTS: dict[str, Callable[[int], str]] = {
    "checkin.done": lambda n: ngettext("%(num)s day", "%(num)s days", n),
    "streak.reached": lambda n: ngettext("%(num)s day", "%(num)s days", n),
    "lesson.completed": lambda n: ngettext("%(num)s lesson", "%(num)s lessons", n),
    "growth": lambda n: _("%(n)s growth", n=n),
    "feathers": lambda n: _("%(n)s feathers", n=n),
}


def amount(criterion: Criterion, n: int) -> str:
    """So much of what a criterion counts: “2 days”, “3 lessons”."""
    match criterion:
        case Leaf(name="days_in_tier"):
            return AMOUNTS["checkin.done"](n)
        case Leaf(name="best" | "latest" | "first" | "sum", kind="quiz.finished"):
            return ngettext("%(num)s point", "%(num)s points", n)
        case Leaf(name="course" | "stage"):
            return ngettext("%(num)s stop", "%(num)s stops", n)
        case Leaf(kind=kind) if kind in AMOUNTS:
            return AMOUNTS[kind](n)
        case Leaf():
            return ngettext("%(num)s time", "%(num)s times", n)
    return ngettext("%(num)s item", "%(num)s items", n)


def title(catalog: Catalog, kind: str, topic: str) -> str:
    """What the topic of a fact is called; its key where that is no longer published."""
    found = titles(catalog).get((kind, topic))
    return pick(found) if found else topic


@lru_cache(maxsize=16)
def titles(catalog: Catalog) -> Mapping[tuple[str, str], Text]:
    """The titles of topics by kind of fact; a question has that of the lesson or the quiz that asks it."""
    found: dict[tuple[str, str], Text] = {}

    def name(kinds: str, key: str, text: Text) -> None:
        for kind in kinds.split():
            found[kind, key] = text

    for course in catalog.courses:
        name("course.completed", course.key, course.title)
    for stage in catalog.stages.values():
        name("stage.completed", stage.key, stage.title)
    for lesson in catalog.lessons.values():
        name("lesson.completed", lesson.key, lesson.title)
        for check in lesson.checks:
            name("question.right", check.key, lesson.title)
    for quiz in catalog.quizzes.values():
        name("quiz.finished quiz.passed quiz.perfect exam.passed", quiz.key, quiz.title)
        if not quiz.is_assessment:
            for question in quiz.questions:
                name("question.right", question.key, quiz.title)
    for practice in catalog.practices.values():
        name("handin.submitted handin.accepted handin.returned", practice.key, practice.title)
    pledge = catalog.one("pledge")
    name("pledge.signed", pledge["key"], pledge["title"])
    for tier in catalog.one("ladder")["tiers"]:
        name("tier.reached", tier["key"], tier["title"])
    for badge in catalog.one("badges")["badges"]:
        name("badge.awarded", badge["key"], badge["title"])
    for reward in catalog.one("rewards")["rewards"]:
        name("reward.granted reward.delivered", reward["key"], reward["title"])
    for design in catalog.one("designs")["designs"]:
        name("certificate.earned certificate.issued", design["key"], design.get("name", design["title"]))
    return found
