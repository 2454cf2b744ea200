"""What a trainee finds on her map, and what an invitation promises."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.goals import comes_with, things
from academy.catalog.content import Catalog, Course, Lesson, Text
from academy.courses.rules import LOCKED, Done, Station, Stop, Walk, numeral, visible, walk
from academy.criteria.explain import met
from academy.criteria.language import Criterion, leaves, parse
from academy.criteria.sentences import sentence
from academy.journal.models import Fact
from academy.journal.queries import Happened, done
from academy.people.models import Cohort
from academy.people.queries import cohort_by_code
from academy.people.rules import RECRUITING
from academy.tiers.rules import ladder
from academy.web.errors import Refused
from academy.web.reading import locale, pick

KINDS = (
    *("lesson.completed", "quiz.passed", "stage.completed", "course.completed", "exam.passed"),
    *("question.right", "package.completed", "live.attended", "update.passed"),
)
WITHIN = frozenset({"question.right", "package.completed", "live.attended", "update.passed"})
"""What happens within a lesson, and doesn't show on the map."""


class Locked(Refused):
    """A lesson that is not open yet; the message says how it opens, the link leads there."""


class Unplayed(Refused):
    """A lesson that requires a package which she has not completed."""


class NoSuchLesson(Refused):
    """No published lesson has this key."""

    status = 404


class NoInvitation(Refused):
    """No cohort has this invitation code."""

    status = 404


class InvitationClosed(Refused):
    """The cohort of an invitation takes nobody any more."""

    status = 410


class ByChoice(Refused):
    """The invitation is to a recruiting group, which one joins by applying."""

    title = lazy_gettext("This group is joined by applying")


def topics(session: Session, trainee_id: int) -> Happened:
    """What she has finished and answered right: one statement."""
    return done(session, trainee_id, KINDS)


def walk_of(session: Session, catalog: Catalog, trainee_id: int, tier: str, finished: Happened) -> Walk:
    """The courses of her tier and of those below, as she finds them."""
    return walked(catalog, tier, finished, barred(session, catalog, trainee_id, tier))


def barred(session: Session, catalog: Catalog, trainee_id: int, tier: str) -> frozenset[str]:
    """The courses whose own criterion she does not meet yet. Reads only where a course has one."""
    courses = visible(catalog, tiers_upto(catalog, tier))
    guarded = [(course.key, parse(course.unlock)) for course in courses if course.unlock]
    answers = met(session, catalog, [criterion for _key, criterion in guarded], trainee_id)
    return frozenset(key for (key, _criterion), open_ in zip(guarded, answers, strict=True) if not open_)


def walked(catalog: Catalog, tier: str, finished: Happened, barred: frozenset[str]) -> Walk:
    """The same of what has been read already."""
    return walk(
        visible(catalog, tiers_upto(catalog, tier)),
        Done(
            finished["lesson.completed"],
            finished["quiz.passed"],
            finished["stage.completed"],
            finished["course.completed"],
        ),
        barred,
    )


def tiers_upto(catalog: Catalog, tier: str) -> list[str]:
    """The keys of a tier and of all below it."""
    keys = [rung.key for rung in ladder(catalog).tiers]
    return keys[: keys.index(tier) + 1]


def reach(catalog: Catalog, walked: Walk, key: str) -> tuple[Station, Stop, Lesson]:
    """A lesson that is open to her. Raises `Locked` or `NoSuchLesson`."""
    lesson = catalog.lessons.get(key)
    if lesson is None:
        raise NoSuchLesson(_("There is no such lesson; perhaps it has moved."), _to_map())
    found = walked.find(key)
    if found is None:
        raise _beyond(catalog, lesson)
    station, stop = found
    if stop.state == LOCKED:
        raise _locked(catalog, walked, station, lesson)
    return station, stop, lesson


def is_asked(session: Session, catalog: Catalog, trainee_id: int, lesson: str, finished: Happened) -> bool:
    """Whether she is still to be asked about what changed in a lesson. Reads only where something did."""
    update = catalog.updates.get(lesson)
    if update is None or lesson not in finished["lesson.completed"] or update.key in finished["update.passed"]:
        return False
    hers = (Fact.trainee_id == trainee_id, Fact.kind == "lesson.completed", Fact.topic == lesson)
    return update.asks(session.scalars(select(Fact.at).where(*hers)).one())


def check_played(catalog: Catalog, lesson: Lesson, finished: Happened) -> None:
    """That she has completed the packages which a lesson requires. Raises `Unplayed`."""
    for key, required in lesson.packages.items():
        held = catalog.documents.get(("package", key))
        if required and held and key not in finished["package.completed"]:
            title = pick(held.content["title"])
            raise Unplayed(
                _("“%(title)s” comes first; it tells us itself when it is completed.", title=title),
                (url_for("courses.lesson", key=lesson.key, _anchor=f"package-{key}"), _("Back to the lesson")),
            )


def stop_url(stop: Stop) -> str:
    """Where a stop leads."""
    return url_for("quizzes.intro", key=stop.key) if stop.is_quiz else url_for("courses.lesson", key=stop.key)


def stage_title(station: Station) -> str:
    """A stage as it is named above its stops; the only stage of a course needs no number."""
    title = pick(station.stage.title)
    if station.alone:
        return title
    return _("Stage %(n)s · %(title)s", n=numeral(station.number, locale()), title=title)


def _to_map() -> tuple[str, str]:
    return url_for("courses.map"), _("To the map")


def _beyond(catalog: Catalog, lesson: Lesson) -> Locked:
    course = catalog.course[catalog.stage_of[lesson.key].course]
    tier = ladder(catalog)[course.tier]
    return Locked(
        _("“%(lesson)s” opens when you reach %(tier)s.", lesson=pick(lesson.title), tier=pick(tier.title)),
        (url_for("home.today"), _("See what is missing")),
    )


def _locked(catalog: Catalog, walked: Walk, station: Station, lesson: Lesson) -> Locked:
    course: Course = catalog.course[station.stage.course]
    title = pick(lesson.title)
    if course.unlock and course.key in walked.barred:
        what = sentence(catalog, parse(course.unlock))
        return Locked(_("“%(lesson)s” opens after this: %(what)s.", lesson=title, what=what), _to_map())
    opening = walked.opens(station)
    link = (stop_url(opening), _("Go on with “%(title)s”", title=pick(opening.thing.title))) if opening else _to_map()
    if station.waits_for:
        return Locked(
            _(
                "“%(lesson)s” belongs to “%(stage)s”. That stage opens once “%(before)s” is finished, quiz included.",
                lesson=title,
                stage=pick(station.stage.title),
                before=pick(station.waits_for.title),
            ),
            link,
        )
    return Locked(_("“%(lesson)s” opens once the lessons before it are finished.", lesson=title), link)


def invitation(session: Session, code: str) -> Cohort:
    """The cohort behind an invitation. Raises `NoInvitation` or `InvitationClosed`."""
    cohort = cohort_by_code(session, code)
    sign_in = url_for("account.sign_in"), _("I have an account: sign in")
    if cohort is None:
        raise NoInvitation(_("This invitation is not known. Please ask your teacher for a new link."), sign_in)
    if cohort.kind == RECRUITING:
        raise ByChoice(
            _(
                "“%(cohort)s” reads every application. Please write a few words; you will hear from us.",
                cohort=cohort.name,
            ),
            (url_for("recruiting.apply", code=cohort.code), _("To the application")),
        )
    if not cohort.takes:
        raise InvitationClosed(
            _("“%(cohort)s” takes no new classmates. Your teacher knows the next one to open.", cohort=cohort.name),
            sign_in,
        )
    return cohort


def teacher(name: str | None) -> str | None:
    """A trainer as her trainees call her."""
    if name is None:
        return None
    return name if name.endswith("老师") else _("teacher %(name)s", name=name)


@dataclass(frozen=True)
class Promise:
    """Something that comes with reaching a tier; `kind` is a kind of reward."""

    kind: str
    title: Text


def promised(catalog: Catalog, tier: str) -> list[Promise]:
    """What comes with reaching a tier: certificate, rewards, badges."""
    together = comes_with(catalog, tier)
    return [
        Promise(kind or item["kind"], item.get("name", item["title"]))
        for won, kind in (("certificate.earned", "honor"), ("reward.granted", None), ("badge.awarded", "feat"))
        for item in things(catalog, won)
        if (won, item["key"]) in together and not item.get("secret")
    ]


def fewest_days(criterion: Criterion | None) -> int:
    """The days that a promotion takes at least, since one checks in once a day; 0 if it asks for no check-ins."""
    asked = leaves(criterion) if criterion else ()
    return max((leaf.at_least for leaf in asked if leaf.kind == "checkin.done"), default=0)
