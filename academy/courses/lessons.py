"""The lesson page and its checks, drawn alike for trainees and for guests.

What was answered last is kept in the signed cookie, so that a page that is loaded anew shows it without
JavaScript too; right answer and reason are drawn only for a question that was answered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from academy.achievements.points.rules import earns
from academy.catalog.blocks import span_of
from academy.catalog.content import Catalog, Lesson, Question
from academy.courses.queries import teacher
from academy.courses.rules import check_of, drawn
from academy.web.bodies import Body, draw, kept
from academy.web.htmx import swaps


@dataclass(frozen=True)
class Place:
    """Where a lesson is read: the endpoints of its page, of its checks and of its completion, and their arguments."""

    page: str
    check: str
    completion: str
    given: tuple[tuple[str, str], ...]

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.given)

    @property
    def complete_url(self) -> str:
        return url_for(self.completion, **self.arguments)

    def check_url(self, question: str) -> str:
        return url_for(self.check, **self.arguments, question=question)

    def at(self, question: str) -> str:
        """The page, at a check."""
        return url_for(self.page, **self.arguments, _anchor=f"check-{question}")

    def again_url(self, question: str) -> str:
        """The page, at a check that is to be answered once more."""
        return url_for(self.page, **self.arguments, again=question, _anchor=f"check-{question}")


@dataclass(frozen=True)
class Setting:
    """What stands around a lesson: where it belongs, who teaches it, what comes before and after."""

    back: str
    eyebrow: str
    trainer: str | None
    number: int
    of: int
    learned: bool = False
    before_url: str | None = None
    next_url: str | None = None
    leads_to: str = "sign-up"
    guest: bool = False
    played: frozenset[str] = frozenset()
    """The packages in it that she has completed."""
    phases: tuple[tuple[str, str], ...] = ()
    """How far each live session in it is, by key."""
    attended: frozenset[str] = frozenset()
    """The live sessions that she was at."""
    asked_anew: bool = False
    """Whether she is still to be asked about what changed since she learned it."""


@dataclass(frozen=True)
class Asked:
    """How a lesson's page was asked for: the answer given last, whether to answer anew, and what was wrong."""

    question: str
    chosen: frozenset[str]
    anew: bool
    error: str | None


def asked(error: str | None = None) -> Asked:
    """How this request asks."""
    question, chosen = cookie.get("answered", ("", ()))
    return Asked(question, frozenset(chosen), bool(error or request.args.get("again")), error)


def page(
    catalog: Catalog, lesson: Lesson, place: Place, setting: Setting, right: Collection[str], asked: Asked
) -> Body:
    """The page of a lesson; `right` are the keys of questions that were answered right before."""
    answers = {check.key: check.right for check in lesson.checks if check.key in right}
    if asked.question in {check.key for check in lesson.checks}:
        answers[asked.question] = asked.chosen
    known = frozenset() if asked.anew else frozenset(answers.items())
    return _drawn(catalog, lesson.key, place, setting, known, asked.error)


def written(catalog: Catalog, lesson: Lesson, place: Place, setting: Setting, asked: Asked) -> Body:
    """The same of a lesson that is being written: drawn anew each time, with no answers but the last."""
    known = frozenset() if asked.anew or not asked.question else frozenset({(asked.question, asked.chosen)})
    return Body(_shown(catalog, lesson.key, place, setting, known, asked.error))


def _shown(
    catalog: Catalog,
    key: str,
    place: Place,
    setting: Setting,
    answers: frozenset[tuple[str, frozenset[str]]],
    error: str | None,
) -> str:
    lesson = catalog.lessons[key]
    return draw(
        "courses/lesson.html",
        catalog.one("brand"),
        lesson=lesson,
        blocks=drawn(lesson.blocks),
        question_of=Question.of,
        span_of=span_of,
        package_of=lambda package: catalog.documents.get(("package", package)),
        discussed=("discussion", "academy") in catalog.documents,
        update=catalog.updates.get(key),
        place=place,
        answers=dict(answers),
        teacher=teacher(setting.trainer),
        **vars(setting),
        feathers=lambda kind, topic: earns(catalog, kind, topic)["feathers"],
        error=error,
    )


_drawn = kept(_shown)


def find_check(lesson: Lesson, key: str) -> Question:
    """A check of a lesson; not found if it asks no such question."""
    return check_of(lesson, key) or abort(404)


def answered(place: Place, question: Question, chosen: frozenset[str]) -> ResponseReturnValue:
    """What follows an answer: the check with its verdict, or the page at the check. Changes the check alone."""
    cookie["answered"] = [question.key, sorted(chosen)]
    if not swaps():
        return redirect(place.at(question.key), 303)
    return render_template("courses/_answered.html", question=question, chosen=chosen, place=place, error=None)


def unanswered(place: Place, question: Question) -> ResponseReturnValue:
    """The check again, for htmx, where nothing that can be was chosen."""
    shown = render_template("courses/_check.html", question=question, chosen=None, place=place, error=nothing_chosen())
    return shown, 422


def nothing_chosen() -> str:
    """What to say where nothing that can be was chosen."""
    return _("Please choose an answer first.")
