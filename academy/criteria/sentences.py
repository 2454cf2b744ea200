"""Criteria in words: what has to be done, in the reader's language."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import ngettext

from academy.catalog.content import Catalog, Text
from academy.criteria.language import WHOLE, All, Any_, AtLeast, Criterion, Leaf, Not, Window
from academy.journal.conduct import RULES
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
    "update.passed": lambda n: ngettext("Pass a quiz about a change", "Pass %(num)s quizzes about changes", n),
    "package.completed": lambda n: ngettext("Complete a package", "Complete %(num)s packages", n),
    "package.finished": lambda n: ngettext("Play a package", "Play packages %(num)s times", n),
    "pledge.signed": lambda n: ngettext("Sign the pledge", "Sign the pledge %(num)s times", n),
    "handin.submitted": lambda n: ngettext("Hand in a practice", "Hand in %(num)s practices", n),
    "handin.accepted": lambda n: ngettext("Have a hand-in accepted", "Have %(num)s hand-ins accepted", n),
    "handin.returned": lambda n: ngettext("Have a hand-in returned", "Have %(num)s hand-ins returned", n),
    "handin.excellent": lambda n: ngettext("Hand in something excellent", "Hand in %(num)s excellent practices", n),
    "ugc.submitted": lambda n: ngettext("Hand in a piece for a brief", "Hand in %(num)s pieces for briefs", n),
    "ugc.accepted": lambda n: ngettext(
        "Have a piece for a brief accepted", "Have %(num)s pieces for briefs accepted", n
    ),
    "ugc.returned": lambda n: ngettext(
        "Have a piece for a brief returned", "Have %(num)s pieces for briefs returned", n
    ),
    "ugc.featured": lambda n: ngettext("Have a piece featured", "Have %(num)s pieces featured", n),
    "ugc.checked": lambda n: ngettext(
        "Go through the whole self-check of a piece", "Go through the whole self-check of %(num)s pieces", n
    ),
    "peer.reviewed": lambda n: ngettext("Review a fellow student", "Review fellow students %(num)s times", n),
    "live.attended": lambda n: ngettext("Come to a live session", "Come to %(num)s live sessions", n),
    "game.right": lambda n: ngettext(
        "Answer a quick question in class right", "Answer %(num)s quick questions in class right", n
    ),
    "comment.passed": lambda n: ngettext("Say something under a lesson", "Say %(num)s things under lessons", n),
    "comment.returned": lambda n: ngettext("Have a post taken down", "Have %(num)s posts taken down", n),
    "question.answered": lambda n: ngettext("Have a question answered", "Get %(num)s answers to your questions", n),
    "answer.accepted": lambda n: ngettext("Have an answer accepted", "Have %(num)s answers accepted", n),
    "material.taken": lambda n: ngettext("Take a material", "Take %(num)s materials", n),
    "stage.completed": lambda n: ngettext("Complete a stage", "Complete %(num)s stages", n),
    "course.completed": lambda n: ngettext("Complete a course", "Complete %(num)s courses", n),
    "badge.awarded": lambda n: ngettext("Earn a badge", "Earn %(num)s badges", n),
    "tier.reached": lambda n: ngettext("Be promoted", "Be promoted %(num)s times", n),
    "reward.granted": lambda n: ngettext("Get a reward", "Get %(num)s rewards", n),
    "reward.delivered": lambda n: ngettext("Receive a reward", "Receive %(num)s rewards", n),
    "certificate.earned": lambda n: ngettext("Earn a certificate", "Earn %(num)s certificates", n),
    "certificate.issued": lambda n: ngettext("Receive a certificate", "Receive %(num)s certificates", n),
    "certificate.revoked": lambda n: ngettext("Have a certificate revoked", "Have %(num)s certificates revoked", n),
    "certificate.restored": lambda n: ngettext("Have a certificate restored", "Have %(num)s certificates restored", n),
    "certificate.expiring": lambda n: ngettext(
        "Hold a certificate that ends soon", "Hold %(num)s certificates that end soon", n
    ),
    "name.asked": lambda n: ngettext("Be asked for the legal name", "Be asked for the legal name %(num)s times", n),
    "badge.withdrawn": lambda n: ngettext("Have a badge withdrawn", "Have %(num)s badges withdrawn", n),
    "badge.returned": lambda n: ngettext("Get a badge back", "Get %(num)s badges back", n),
    "reward.withdrawn": lambda n: ngettext("Have a reward withdrawn", "Have %(num)s rewards withdrawn", n),
    "reward.returned": lambda n: ngettext("Get a reward back", "Get %(num)s rewards back", n),
    "group.built": lambda n: ngettext("Build a group", "Build %(num)s groups", n),
    "approval.given": lambda n: ngettext("Get an approval by staff", "Get %(num)s approvals by staff", n),
    "appeal.answered": lambda n: ngettext("Have an appeal answered", "Have %(num)s appeals answered", n),
    "approval.returned": lambda n: ngettext("Have an approval put off", "Have %(num)s approvals put off", n),
    "approval.asked": lambda n: ngettext("Ask for an approval again", "Ask for an approval %(num)s times again", n),
    "violation.minor": lambda n: ngettext("Break a rule", "Break rules %(num)s times", n),
    "violation.serious": lambda n: ngettext("Break a rule seriously", "Break rules seriously %(num)s times", n),
    "violation.lifted": lambda n: ngettext("Have a violation lifted", "Have %(num)s violations lifted", n),
    "care.users": lambda n: ngettext("Look after a customer", "Look after %(num)s customers", n),
    "care.orders": lambda n: ngettext("Bring a month's orders", "Bring %(num)s months' orders", n),
    "care.asked": lambda n: ngettext("A month with requests", "%(num)s months with requests", n),
    "care.served": lambda n: ngettext("A month of service", "%(num)s months of service", n),
    "care.complaints": lambda n: ngettext("A month with complaints", "%(num)s months with complaints", n),
    "allotment.set": lambda n: ngettext("Be allotted customers", "Be allotted customers %(num)s times", n),
    "external.removed": lambda n: ngettext("Be removed", "Be removed %(num)s times", n),
    "tier.lowered": lambda n: ngettext("Be lowered a tier", "Be lowered %(num)s tiers", n),
    "tier.restored": lambda n: ngettext("Be given a tier back", "Be given tiers back %(num)s times", n),
    "review.warned": lambda n: ngettext("Be warned before a review", "Be warned before %(num)s reviews", n),
    "review.kept": lambda n: ngettext("Keep your tier in a review", "Keep your tier in %(num)s reviews", n),
}

# What is counted or compared, by kind of fact, as a noun: in ratios, in limits, and where a rule is built.
SUBJECTS: dict[str, Callable[[], str]] = {
    "profile.completed": lambda: _("Profile completed"),
    "checkin.done": lambda: _("Check-ins"),
    "streak.reached": lambda: _("Runs of check-ins"),
    "lesson.completed": lambda: _("Lessons completed"),
    "question.right": lambda: _("Questions answered right"),
    "quiz.finished": lambda: _("Quizzes taken"),
    "quiz.passed": lambda: _("Quizzes passed"),
    "quiz.perfect": lambda: _("Quizzes with full marks"),
    "exam.passed": lambda: _("Assessments passed"),
    "update.passed": lambda: _("Quizzes about changes passed"),
    "package.completed": lambda: _("Packages completed"),
    "package.finished": lambda: _("Packages played"),
    "pledge.signed": lambda: _("Pledge signed"),
    "handin.submitted": lambda: _("All hand-ins"),
    "handin.accepted": lambda: _("Hand-ins accepted"),
    "handin.returned": lambda: _("Hand-ins returned"),
    "handin.excellent": lambda: _("Excellent hand-ins"),
    "ugc.submitted": lambda: _("Pieces for briefs handed in"),
    "ugc.accepted": lambda: _("Pieces for briefs accepted"),
    "ugc.returned": lambda: _("Pieces for briefs returned"),
    "ugc.featured": lambda: _("Pieces featured"),
    "ugc.checked": lambda: _("Pieces with the whole self-check"),
    "peer.reviewed": lambda: _("Reviews of fellow students"),
    "live.attended": lambda: _("Live sessions, in percent"),
    "game.right": lambda: _("Quick questions answered right"),
    "comment.passed": lambda: _("Posts let through"),
    "comment.returned": lambda: _("Posts taken down"),
    "question.answered": lambda: _("Answers to her questions"),
    "answer.accepted": lambda: _("Answers accepted"),
    "material.taken": lambda: _("Materials taken"),
    "group.built": lambda: _("People in her group"),
    "approval.given": lambda: _("Approvals by staff"),
    "appeal.answered": lambda: _("Appeals answered"),
    "approval.returned": lambda: _("Approvals put off"),
    "approval.asked": lambda: _("Approvals asked for again"),
    "violation.minor": lambda: _("Violations"),
    "violation.serious": lambda: _("Serious violations"),
    "violation.lifted": lambda: _("Violations lifted"),
    "care.users": lambda: _("Customers in her care"),
    "care.orders": lambda: _("Orders"),
    "care.asked": lambda: _("Requests for service"),
    "care.served": lambda: _("Requests served"),
    "care.complaints": lambda: _("Complaints"),
    "allotment.set": lambda: _("Customers allotted"),
    "external.removed": lambda: _("Removals"),
    "stage.completed": lambda: _("Stages completed"),
    "course.completed": lambda: _("Courses completed"),
    "badge.awarded": lambda: _("Badges"),
    "tier.reached": lambda: _("Promotions"),
    "tier.lowered": lambda: _("Steps down"),
    "tier.restored": lambda: _("Tiers given back"),
    "review.warned": lambda: _("Warnings before a review"),
    "review.kept": lambda: _("Reviews passed"),
    "reward.granted": lambda: _("Rewards"),
    "reward.delivered": lambda: _("Rewards received"),
    "certificate.earned": lambda: _("Certificates earned"),
    "certificate.issued": lambda: _("Certificates received"),
    "certificate.revoked": lambda: _("Certificates revoked"),
    "certificate.restored": lambda: _("Certificates restored"),
    "certificate.expiring": lambda: _("Certificates that end soon"),
    "name.asked": lambda: _("Requests for the legal name"),
    "badge.withdrawn": lambda: _("Badges withdrawn"),
    "badge.returned": lambda: _("Badges given back"),
    "reward.withdrawn": lambda: _("Rewards withdrawn"),
    "reward.returned": lambda: _("Rewards given back"),
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
    "update.passed": lambda thing: _("Pass the quiz about the change “%(thing)s”", thing=thing),
    "pledge.signed": lambda thing: _("Sign “%(thing)s”", thing=thing),
    "package.completed": lambda thing: _("Complete the package “%(thing)s”", thing=thing),
    "package.finished": lambda thing: _("Play “%(thing)s” to its end", thing=thing),
    "handin.submitted": lambda thing: _("Hand in “%(thing)s”", thing=thing),
    "handin.accepted": lambda thing: _("Have “%(thing)s” accepted", thing=thing),
    "handin.returned": lambda thing: _("Have “%(thing)s” returned", thing=thing),
    "handin.excellent": lambda thing: _("Hand in an excellent “%(thing)s”", thing=thing),
    "ugc.submitted": lambda thing: _("Hand in a piece for “%(thing)s”", thing=thing),
    "ugc.accepted": lambda thing: _("Have a piece for “%(thing)s” accepted", thing=thing),
    "ugc.returned": lambda thing: _("Have a piece for “%(thing)s” returned", thing=thing),
    "ugc.featured": lambda thing: _("Have a piece for “%(thing)s” featured", thing=thing),
    "ugc.checked": lambda thing: _("Go through the whole self-check of “%(thing)s”", thing=thing),
    "peer.reviewed": lambda thing: _("Review a fellow student’s “%(thing)s”", thing=thing),
    "live.attended": lambda thing: _("Come to the live session “%(thing)s”", thing=thing),
    "comment.passed": lambda thing: _("Say something under “%(thing)s”", thing=thing),
    "comment.returned": lambda thing: _("Have a post under “%(thing)s” taken down", thing=thing),
    "question.answered": lambda thing: _("Have a question under “%(thing)s” answered", thing=thing),
    "answer.accepted": lambda thing: _("Have an answer under “%(thing)s” accepted", thing=thing),
    "material.taken": lambda thing: _("Take the material “%(thing)s”", thing=thing),
    "stage.completed": lambda thing: _("Complete the stage “%(thing)s”", thing=thing),
    "course.completed": lambda thing: _("Complete “%(thing)s”", thing=thing),
    "badge.awarded": lambda thing: _("Earn the badge “%(thing)s”", thing=thing),
    "tier.reached": lambda thing: _("Reach %(tier)s", tier=thing),
    "reward.granted": lambda thing: _("Get the reward “%(thing)s”", thing=thing),
    "reward.delivered": lambda thing: _("Receive the reward “%(thing)s”", thing=thing),
    "certificate.earned": lambda thing: _("Earn the certificate “%(thing)s”", thing=thing),
    "certificate.issued": lambda thing: _("Receive the certificate “%(thing)s”", thing=thing),
    "certificate.revoked": lambda thing: _("Have the certificate “%(thing)s” revoked", thing=thing),
    "certificate.restored": lambda thing: _("Have the certificate “%(thing)s” restored", thing=thing),
    "certificate.expiring": lambda thing: _("Hold the certificate “%(thing)s” while it ends soon", thing=thing),
    "name.asked": lambda thing: _("Be asked for the legal name for “%(thing)s”", thing=thing),
    "badge.withdrawn": lambda thing: _("Have the badge “%(thing)s” withdrawn", thing=thing),
    "badge.returned": lambda thing: _("Get the badge “%(thing)s” back", thing=thing),
    "reward.withdrawn": lambda thing: _("Have the reward “%(thing)s” withdrawn", thing=thing),
    "reward.returned": lambda thing: _("Get the reward “%(thing)s” back", thing=thing),
    "group.built": lambda thing: _("Build the group of “%(thing)s”", thing=thing),
    "approval.given": lambda thing: _("Be approved for %(tier)s", tier=thing),
    "appeal.answered": lambda thing: _("Have an appeal answered at %(tier)s", tier=thing),
    "approval.returned": lambda thing: _("Have the approval for %(tier)s put off", tier=thing),
    "approval.asked": lambda thing: _("Ask again for the approval for %(tier)s", tier=thing),
    "violation.minor": lambda thing: _("Break the rule “%(thing)s”", thing=thing),
    "violation.serious": lambda thing: _("Break the rule “%(thing)s” seriously", thing=thing),
    "violation.lifted": lambda thing: _("Have the violation of “%(thing)s” lifted", thing=thing),
    "external.removed": lambda thing: _("Be removed for want of “%(thing)s”", thing=thing),
    "tier.lowered": lambda thing: _("Be lowered to %(tier)s", tier=thing),
    "tier.restored": lambda thing: _("Be given %(tier)s back", tier=thing),
    "review.warned": lambda thing: _("Be warned of losing %(tier)s", tier=thing),
    "review.kept": lambda thing: _("Keep %(tier)s in a review", tier=thing),
}


def sentence(catalog: Catalog, criterion: Criterion) -> str:
    """What a criterion asks for, without a full stop: “Check in 7 times”, “Complete the course …”."""
    match criterion:
        case Leaf(name="conduct"):
            return _conduct(criterion)
        case Leaf():
            return _windowed(_tried(_asks(catalog, criterion), criterion.highest), criterion.window)
        case Any_((Not(Leaf(kind="tier.lowered")), keep)):
            return sentence(catalog, keep)
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
        case "cohort":
            return _("Be in the class with the code %(code)s", code=leaf.topic)
        case "channel":
            return _("Be at home in the channel “%(channel)s”", channel=leaf.topic)
        case "tag":
            return _("Have the tag “%(tag)s”", tag=leaf.topic)
        case "attribute":
            return _bounded(leaf.topic, leaf)
        case "certificate":
            return _("Hold the certificate “%(thing)s”", thing=title(catalog, leaf.kind, leaf.topic))
        case "approval":
            return _("Be approved by the brand")
        case "ratio":
            return _ratio(catalog, leaf)
    if leaf.at_most is not None:
        return _bounded(subject(catalog, leaf.kind, leaf.topic), leaf)
    match leaf.name:
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


def subject(catalog: Catalog, kind: str, topic: str = WHOLE) -> str:
    """What a figure is about: “Check-ins”, “Quizzes taken: Final assessment”."""
    noun = SUBJECTS[kind]()
    return noun if topic == WHOLE else _("%(noun)s: %(thing)s", noun=noun, thing=title(catalog, kind, topic))


def _bounded(what: str, leaf: Leaf) -> str:
    if leaf.at_most is not None:
        return _("%(what)s: at most %(n)s", what=what, n=leaf.at_most)
    return _("%(what)s: at least %(n)s", what=what, n=leaf.at_least)


def noun(catalog: Catalog, leaf: Leaf) -> str:
    """What a leaf is about, without its number: “Check-ins within 30 days”; the sentence where it has none."""
    match leaf.name:
        case "growth":
            what = _("Growth")
        case "feathers":
            what = _("Feathers")
        case "days_in_tier":
            what = _("Days in the tier")
        case "attribute":
            what = leaf.topic
        case "ratio":
            what = _share(catalog, leaf)
        case "best" | "latest" | "first" if leaf.kind == "quiz.finished":
            quiz = _("Any quiz") if leaf.topic == WHOLE else title(catalog, leaf.kind, leaf.topic)
            what = {
                "best": lambda: _("%(quiz)s: best score", quiz=quiz),
                "latest": lambda: _("%(quiz)s: latest score", quiz=quiz),
                "first": lambda: _("%(quiz)s: first score", quiz=quiz),
            }[leaf.name]()
        case "sum" | "best" | "latest" | "first":
            of = subject(catalog, leaf.kind, leaf.topic)
            what = {
                "sum": lambda: _("%(what)s, in all", what=of),
                "best": lambda: _("%(what)s, at best", what=of),
                "latest": lambda: _("%(what)s, the latest time", what=of),
                "first": lambda: _("%(what)s, the first time", what=of),
            }[leaf.name]()
        case "count":
            what = subject(catalog, leaf.kind, leaf.topic)
        case _:
            return sentence(catalog, leaf)
    return _windowed(_tried(what, leaf.highest), leaf.window)


def unit(leaf: Leaf) -> str:
    """What the number of a leaf counts: “days”, “%”; nothing where its noun says it."""
    if leaf.ratio:
        return {100: "%", 1000: "‰", 10000: "‱"}[leaf.ratio.per]
    if leaf.name in ("growth", "feathers", "attribute"):
        return ""
    return amount(leaf, leaf.goal).removeprefix(str(leaf.goal)).strip()


def _share(catalog: Catalog, leaf: Leaf) -> str:
    assert leaf.ratio
    part = subject(catalog, leaf.kind, leaf.topic)
    whole = subject(catalog, leaf.ratio.kind, leaf.ratio.topic)
    return _("%(part)s of all %(whole)s", part=part, whole=whole)


def _ratio(catalog: Catalog, leaf: Leaf) -> str:
    assert leaf.ratio
    what = _share(catalog, leaf)
    share = f"{leaf.goal * 100 / leaf.ratio.per:g} %"
    if leaf.at_most is not None:
        return _("%(what)s: at most %(n)s", what=what, n=share)
    return _("%(what)s: at least %(n)s", what=what, n=share)


def _conduct(leaf: Leaf) -> str:
    minor = "violation.minor" in leaf.none_of
    if leaf.window is None:
        return _("No violation") if minor else _("No serious violation")
    days = leaf.window.most_days
    if minor:
        return ngettext("No violation for a day", "No violation for %(num)s days", days)
    return ngettext("No serious violation for a day", "No serious violation for %(num)s days", days)


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
        case Leaf(ratio=ratio) if ratio:
            return f"{n * 100 / ratio.per:g} %"
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
        said = "comment.passed comment.returned question.answered answer.accepted"
        name(f"lesson.completed {said}", lesson.key, lesson.title)
        for check in lesson.checks:
            name("question.right", check.key, lesson.title)
        for block in lesson.blocks:
            if block["type"] == "live":
                name("live.attended", block["key"], block["title"])
    for quiz in catalog.quizzes.values():
        name("quiz.finished quiz.passed quiz.perfect exam.passed external.removed", quiz.key, quiz.title)
        if not quiz.is_assessment:
            for question in quiz.questions:
                name("question.right", question.key, quiz.title)
    for update in catalog.updates.values():
        name("quiz.finished update.passed", update.key, update.title)
    for practice in catalog.practices.values():
        name(
            "handin.submitted handin.accepted handin.returned handin.excellent group.built peer.reviewed",
            practice.key,
            practice.title,
        )
    for brief in catalog.one("briefs")["briefs"] if ("briefs", "academy") in catalog.documents else ():
        name(
            "ugc.submitted ugc.accepted ugc.returned ugc.featured ugc.checked peer.reviewed",
            brief["key"],
            brief["title"],
        )
    for (kind, key), held in catalog.documents.items():
        if kind == "package":
            name("package.completed package.finished", key, held.content["title"])
    for rule, words in RULES.items():
        name("violation.minor violation.serious violation.lifted", rule, words)
    pledge = catalog.one("pledge")
    name("pledge.signed", pledge["key"], pledge["title"])
    for tier in catalog.one("ladder")["tiers"]:
        name(
            "tier.reached tier.lowered tier.restored review.warned review.kept"
            " approval.given approval.returned approval.asked appeal.answered",
            tier["key"],
            tier["title"],
        )
    for badge in catalog.badges.values():
        name("badge.awarded badge.withdrawn badge.returned", badge["key"], badge["title"])
    for reward in catalog.one("rewards")["rewards"]:
        name("reward.granted reward.delivered reward.withdrawn reward.returned", reward["key"], reward["title"])
    for design in catalog.one("designs")["designs"]:
        name(
            "certificate.earned certificate.issued certificate.expiring certificate.revoked certificate.restored"
            " name.asked",
            design["key"],
            design.get("name", design["title"]),
        )
    return found
