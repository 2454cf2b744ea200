"""What is being written, as learners will see it: on the trainer's screen, and by a link on her phone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from academy import clock
from academy.catalog.content import Lesson, Stage
from academy.catalog.queries import on_page
from academy.courses import lessons
from academy.courses.forms import chosen
from academy.courses.lessons import Asked, Place, Setting
from academy.db import db
from academy.people.models import Person
from academy.studio.actions import PERMISSION
from academy.studio.queries import Sketch, sketch
from academy.web.access import needs, public
from academy.web.bodies import Kept
from academy.web.links import absolute, qr_code
from academy.web.reading import THEMES, pick
from academy.web.sessions import ClockSigner

bp = Blueprint("studio", __name__)

LASTS = timedelta(hours=2)
"""How long a link to a preview works."""


@dataclass(frozen=True)
class Look:
    """How a preview is looked at: in the studio's frame, or by a link on a phone."""

    page: str
    given: tuple[tuple[str, str], ...]

    def at(self, key: str) -> Place:
        given = (("key", key), *self.given)
        return Place(self.page, f"{self.page}_check", f"{self.page}_on", given)

    def url(self, key: str) -> str:
        given: dict[str, Any] = dict(self.given)
        return url_for(self.page, key=key, **given)


@bp.get("/desk/studio/lessons/<key>/preview")
@needs(PERMISSION)
def preview(key: str) -> ResponseReturnValue:
    """A lesson or a quiz as it is written now; `theme` and `lang` may be chosen."""
    return _page(key, _framed())


@bp.post("/desk/studio/lessons/<key>/preview/checks/<question>")
@needs(PERMISSION)
def preview_check(key: str, question: str) -> ResponseReturnValue:
    """Judge an answer; nothing is recorded."""
    return _check(key, question, _framed())


@bp.post("/desk/studio/lessons/<key>/preview/completion")
@needs(PERMISSION)
def preview_on(key: str) -> ResponseReturnValue:
    """Go on to what follows; nothing is recorded."""
    return _on(key, _framed())


@bp.get("/desk/studio/lessons/<key>/phone")
@needs(PERMISSION)
def phone(key: str) -> str:
    """The way to see it on a real phone: a QR code and a link, which work for two hours."""
    now = sketch(db.session(), on_page())
    title = _titled(now, key) or abort(404)
    word = word_for(key, current_user.id)
    link = absolute(url_for("studio.shown", word=word, key=key))
    until = clock.now() + LASTS
    return render_template("studio/phone.html", key=key, titled=title, link=link, word=word, until=until)


@bp.get("/desk/studio/phone/<word>.svg")
@needs(PERMISSION)
def phone_code(word: str) -> ResponseReturnValue:
    """The QR code of such a link."""
    key, _until = _read(word)
    return qr_code(absolute(url_for("studio.shown", word=word, key=key)))


@bp.get("/preview/<word>/<key>")
@public
def shown(word: str, key: str) -> ResponseReturnValue:
    """The same on a phone where nobody is signed in; works while whoever made the link may write."""
    return _page(key, _linked(word))


@bp.post("/preview/<word>/<key>/checks/<question>")
@public
def shown_check(word: str, key: str, question: str) -> ResponseReturnValue:
    """Judge an answer; nothing is recorded."""
    return _check(key, question, _linked(word))


@bp.post("/preview/<word>/<key>/completion")
@public
def shown_on(word: str, key: str) -> ResponseReturnValue:
    """Go on to what follows; nothing is recorded."""
    return _on(key, _linked(word))


def _framed() -> Look:
    g.framed = True
    asked = {name: request.args[name] for name in ("theme", "lang") if request.args.get(name)}
    if asked.get("theme") in THEMES:
        g.theme = asked["theme"]
    return Look("studio.preview", tuple(asked.items()))


def _linked(word: str) -> Look:
    _key, by = _read(word)
    staff = db.session().get(Person, by)
    if staff is None or not staff.may(PERMISSION):
        abort(404)
    return Look("studio.shown", (("word", word),))


def word_for(key: str, staff_id: int) -> str:
    """What opens a preview, and what follows on it, to whoever has it."""
    return str(_signer().dumps([key, staff_id]))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="studio.preview", signer=ClockSigner)


def _read(word: str) -> tuple[str, int]:
    try:
        key, by = _signer().loads(word, max_age=int(LASTS.total_seconds()))
    except BadData:
        abort(404)
    return key, by


def _titled(now: Sketch, key: str) -> str | None:
    found = now.catalog.lessons.get(key) or now.catalog.all_quizzes.get(key)
    return pick(found.title) if found else None


def _page(key: str, look: Look) -> ResponseReturnValue:
    now = sketch(db.session(), on_page())
    lesson = now.catalog.lessons.get(key)
    if lesson is None:
        return _quiz(now, key, look)
    return Kept(lessons.written(now.catalog, lesson, look.at(key), _setting(now, lesson, look), lessons.asked()))


def _quiz(now: Sketch, key: str, look: Look) -> str:
    quiz = now.catalog.all_quizzes.get(key) or abort(404)
    return render_template("studio/quiz_preview.html", quiz=quiz, back=look.url(key))


def _setting(now: Sketch, lesson: Lesson, look: Look) -> Setting:
    stage: Stage = now.catalog.stage_of[lesson.key]
    keys = [one.key for one in stage.lessons]
    place = keys.index(lesson.key)
    return Setting(
        back=look.url(lesson.key),
        eyebrow=pick(stage.title),
        trainer=None,
        number=place + 1,
        of=len(keys),
        before_url=look.url(keys[place - 1]) if place else None,
        leads_to="lesson" if place + 1 < len(keys) else "quiz" if stage.quiz else "map",
    )


def _check(key: str, question: str, look: Look) -> ResponseReturnValue:
    now = sketch(db.session(), on_page())
    lesson = now.catalog.lessons.get(key) or abort(404)
    asked, place = lessons.find_check(lesson, question), look.at(key)
    answer = chosen(asked, request.form)
    if answer is None:
        said = Asked("", frozenset(), True, lessons.nothing_chosen())
        return Kept(lessons.written(now.catalog, lesson, place, _setting(now, lesson, look), said)), 422
    return lessons.answered(place, asked, answer)


def _on(key: str, look: Look) -> ResponseReturnValue:
    now = sketch(db.session(), on_page())
    stage = now.catalog.stage_of.get(key) or abort(404)
    keys = [*(lesson.key for lesson in stage.lessons), *([stage.quiz.key] if stage.quiz else [])]
    following = keys[keys.index(key) + 1 :]
    return redirect(look.url(following[0] if following else keys[0]), 303)
