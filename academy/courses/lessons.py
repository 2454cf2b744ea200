"""The lesson page and its checks, drawn alike for trainees and for guests.

What was answered last is kept in the signed cookie, so that a page that is loaded anew shows it without
JavaScript too; right answer and reason are drawn only for a question that was answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from academy.achievements.points.rules import earns
from academy.catalog.content import Lesson, Question
from academy.catalog.queries import on_page
from academy.courses.queries import teacher
from academy.courses.rules import blocks_in, check_of, drawn
from academy.web.reading import locale


@dataclass(frozen=True)
class Place:
    """Where a lesson is read: the endpoints of its page, of its checks and of its completion, and their arguments."""

    page: str
    check: str
    completion: str
    arguments: Mapping[str, Any]

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


def page(
    lesson: Lesson, place: Place, known: Mapping[str, frozenset[str]], *, error: str | None = None, **more: Any
) -> str:
    """The page of a lesson; `known` are the answers to checks that were answered before."""
    answers = dict(known) | _latest(lesson)
    if error or request.args.get("again"):
        answers = {}
    return render_template(
        "courses/lesson.html",
        lesson=lesson,
        blocks=drawn(blocks_in(lesson, locale())),
        question_of=Question.of,
        place=place,
        answers=answers,
        teacher=teacher,
        feathers=lambda kind, topic: earns(on_page(), kind, topic)["feathers"],
        error=error,
        **more,
    )


def find_check(lesson: Lesson, key: str) -> Question:
    """A check of a lesson in the reader's language; not found if it asks no such question."""
    return check_of(lesson, key, locale()) or abort(404)


def answered(place: Place, question: Question, chosen: frozenset[str]) -> ResponseReturnValue:
    """What follows an answer: the check with its verdict, or the page at the check. Changes the check alone."""
    cookie["answered"] = [question.key, sorted(chosen)]
    if not request.headers.get("HX-Request"):
        return redirect(place.at(question.key), 303)
    return render_template("courses/_answered.html", question=question, chosen=chosen, place=place, error=None)


def unanswered(place: Place, question: Question) -> ResponseReturnValue:
    """The check again, for htmx, where nothing that can be was chosen."""
    shown = render_template("courses/_check.html", question=question, chosen=None, place=place, error=nothing_chosen())
    return shown, 422


def nothing_chosen() -> str:
    """What to say where nothing that can be was chosen."""
    return _("Please choose an answer first.")


def _latest(lesson: Lesson) -> dict[str, frozenset[str]]:
    question, chosen = cookie.get("answered", ("", ()))
    return {question: frozenset(chosen)} if question in {check.key for check in lesson.checks} else {}
