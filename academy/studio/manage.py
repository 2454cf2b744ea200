"""The courses that there are, and the outline of one: its stages with their lessons and quizzes, in their order."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from academy.catalog.drafts import Redrafted
from academy.catalog.queries import on_page, published
from academy.composing.view import words
from academy.db import db
from academy.people.models import Person
from academy.studio import actions, checks
from academy.studio.actions import PERMISSION
from academy.studio.queries import Edited, Sketch, one, sketch
from academy.studio.rules import (
    ASSESSMENT,
    COURSE,
    LESSONS_MOST,
    STAGES_MOST,
    SUMMARY_MOST,
    TITLE_MOST,
    UNLOCK,
    changed,
    moved,
    new_stage,
    stage_of,
    tidy,
    with_lesson,
    without,
)
from academy.text.line import plain
from academy.tiers.rules import ladder
from academy.web.access import needs

bp = Blueprint("outlines", __name__, url_prefix="/desk/studio")


@bp.get("")
@needs(PERMISSION)
def index() -> str:
    """All courses and assessments, with what is not published of each."""
    return _index()


def _index(error: str | None = None, title: str = "") -> str:
    now = sketch(db.session(), on_page())
    exams = [document.content for (kind, _key), document in now.catalog.documents.items() if kind == ASSESSMENT]
    return render_template(
        "studio/index.html",
        courses=now.outlines,
        exams=sorted(exams, key=lambda exam: str(exam["key"])),
        sketch=now,
        tiers=ladder(on_page()).tiers,
        tier_of=ladder(on_page()),
        error=error,
        title=title,
    )


@bp.post("")
@needs(PERMISSION)
def new() -> ResponseReturnValue:
    """Begin a course."""
    title, tier = plain(request.form.get("title", ""))[:TITLE_MOST], request.form.get("tier", "")
    if not title:
        return _index(_("Please give it a name first.")), 422
    if tier not in ladder(on_page()):
        abort(404)
    staff_id = current_user.id
    with db.writing() as session:
        key = actions.begin_course(session, session.get_one(Person, staff_id), title, tier)
    return redirect(url_for("outlines.show", key=key), 303)


@bp.get("/courses/<key>")
@needs(PERMISSION)
def show(key: str) -> str:
    """The outline of a course as it is being edited."""
    return _page(_opened(key)[1])


@bp.post("/courses/<key>")
@needs(PERMISSION)
def change(key: str) -> ResponseReturnValue:
    """Keep what was typed, and do what was clicked besides: add, move, take away."""
    staff_id = current_user.id
    do, _colon, about = request.form.get("do", "save").partition(":")
    if do not in CLICKS:
        abort(404)
    try:
        with db.writing() as session:
            now = one(session, published(session), (COURSE, key)) or abort(404)
            mine = _sent(now)
            if (revision := request.form.get("revision", -1, int)) != now.revision:
                raise Stale(mine)
            to = CLICKS[do](
                session,
                session.get_one(Person, staff_id),
                Edited(mine.name, mine.content, revision, now.version),
                about,
            )
    except Stale as stale:
        return _page(stale.mine, stale=True), 409
    except Redrafted:
        return _page(_opened(key)[1], stale=True), 409
    if do == "save":
        flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
    return redirect(to or url_for("outlines.show", key=key, _anchor=about.partition("/")[0] or None), 303)


class Stale(Exception):
    """The outline was changed by somebody else since the form was opened."""

    def __init__(self, mine: Edited) -> None:
        super().__init__(mine.key)
        self.mine = mine


def _opened(key: str) -> tuple[Sketch, Edited]:
    now = sketch(db.session(), on_page())
    return now, now.opened((COURSE, key)) or abort(404)


def _page(edited: Edited, *, stale: bool = False) -> str:
    now = sketch(db.session(), on_page())
    said = checks.of(now.catalog, edited.name)
    return render_template(
        "studio/course.html",
        course=edited.content,
        edited=edited,
        sketch=now,
        stale=stale,
        revision=now.rows[edited.name].revision if edited.name in now.rows else 0,
        said={remark.field: remark.why for remark in said},
        changed=now.changed(edited.key),
        opens=words(now.catalog, edited.content[UNLOCK]) if edited.content[UNLOCK] else None,
        tiers=ladder(on_page()).tiers,
        title_most=TITLE_MOST,
        summary_most=SUMMARY_MOST,
        here=None,
    )


# What was typed


def _text(name: str, most: int) -> dict[str, str]:
    typed = {locale: plain(request.form.get(f"{name}.{locale}", ""))[:most] for locale in ("zh", "en")}
    return {"zh": typed["zh"], **({"en": typed["en"]} if typed["en"] else {})}


def _sent(now: Edited) -> Edited:
    """The outline with the texts of the form, for those stages that the form had."""
    content: dict[str, Any] = deepcopy(dict(now.content))
    if "title.zh" in request.form:
        content["title"] = _text("title", 2 * TITLE_MOST)
        content["summary"] = _text("summary", 2 * SUMMARY_MOST)
        tier = request.form.get("tier", "")
        content["tier"] = tier if tier in ladder(on_page()) else content["tier"]
        content["order"] = max(0, min(request.form.get("order", content["order"], int), 100_000))
    for stage in content["stages"]:
        if f"{stage['key']}.title.zh" in request.form:
            stage["title"] = _text(f"{stage['key']}.title", 2 * TITLE_MOST)
            stage["summary"] = _text(f"{stage['key']}.summary", 2 * SUMMARY_MOST)
    return Edited(now.name, tidy(content), now.revision, now.version)


# What was clicked: each keeps what was typed, and says where to go on, if not back to the outline.

Click = Callable[[Session, Person, Edited, str], str | None]


def _save(session: Session, staff: Person, mine: Edited, _about: str) -> None:
    actions.save(session, staff, mine)


def _add_stage(session: Session, staff: Person, mine: Edited, _about: str) -> None:
    title = plain(request.form.get("stage", ""))[:TITLE_MOST] or _("New stage")
    if len(mine.content["stages"]) >= STAGES_MOST:
        abort(422)
    new = new_stage(actions.new_key(mine.key), title)
    _kept(session, staff, mine, changed(mine.content, lambda course: course["stages"].append(new)))


def _add_lesson(session: Session, staff: Person, mine: Edited, stage: str) -> str:
    held = stage_of(mine.content, stage) or abort(404)
    if len(held["lessons"]) >= LESSONS_MOST:
        abort(422)
    title = plain(request.form.get(f"{stage}.lesson", ""))[:TITLE_MOST] or _("New lesson")
    lesson = actions.begin_lesson(session, staff, mine, held["key"], title)
    return url_for("lessons_desk.edit", key=lesson)


def _add_quiz(session: Session, staff: Person, mine: Edited, stage: str) -> str:
    held = stage_of(mine.content, stage) or abort(404)
    if held["quiz"]:
        abort(409)
    quiz = actions.begin_quiz(
        session, staff, mine, held["key"], _("Quiz: %(stage)s", stage=held["title"]["zh"])[:TITLE_MOST]
    )
    return url_for("quizzes_desk.edit", key=quiz)


def _remove(session: Session, staff: Person, mine: Edited, key: str) -> None:
    _kept(session, staff, mine, without(mine.content, key))


def _up(session: Session, staff: Person, mine: Edited, key: str) -> None:
    _step(session, staff, mine, key, -1)


def _down(session: Session, staff: Person, mine: Edited, key: str) -> None:
    _step(session, staff, mine, key, 1)


def _step(session: Session, staff: Person, mine: Edited, key: str, by: int) -> None:
    """A stage goes past the next one; a lesson too, and from the end of its stage into the next stage."""
    stages = mine.content["stages"]
    keys = [stage["key"] for stage in stages]
    held = stage_of(mine.content, key) or abort(404)
    place = keys.index(held["key"])
    if key == held["key"]:
        after = changed(mine.content, lambda course: course.update(stages=moved(stages, place, max(0, place + by))))
    elif key not in held["lessons"]:
        abort(404)
    elif 0 <= (to := held["lessons"].index(key) + by) < len(held["lessons"]):
        after = with_lesson(mine.content, held["key"], key, to)
    elif 0 <= place + by < len(stages):
        after = with_lesson(mine.content, keys[place + by], key, 0 if by > 0 else None)
    else:
        after = dict(mine.content)
    _kept(session, staff, mine, after)


def _put(session: Session, staff: Person, mine: Edited, about: str) -> None:
    """What was dragged: `lesson/stage/place`, or `stage//place`."""
    try:
        key, stage, typed = about.split("/")
        place = int(typed)
    except ValueError:
        abort(404)
    if stage:
        if stage_of(mine.content, key) is None or stage not in [held["key"] for held in mine.content["stages"]]:
            abort(404)
        _kept(session, staff, mine, with_lesson(mine.content, stage, key, place))
        return
    stages = mine.content["stages"]
    at = next((n for n, held in enumerate(stages) if held["key"] == key), None)
    if at is None:
        abort(404)
    _kept(session, staff, mine, changed(mine.content, lambda course: course.update(stages=moved(stages, at, place))))


def _undo(session: Session, staff: Person, mine: Edited, _about: str) -> None:
    actions.undo(session, staff, mine)


def _discard(session: Session, staff: Person, mine: Edited, _about: str) -> str:
    """Forget the draft; a course that was never published is gone then."""
    if mine.version is None:
        actions.abandon(session, staff, mine)
        return url_for("outlines.index")
    actions.discard(session, staff, mine)
    return url_for("outlines.show", key=mine.key)


def _kept(session: Session, staff: Person, mine: Edited, content: Mapping[str, Any]) -> None:
    actions.save(session, staff, Edited(mine.name, content, mine.revision, mine.version))


CLICKS: Mapping[str, Click] = {
    "save": _save,
    "stage": _add_stage,
    "lesson": _add_lesson,
    "quiz": _add_quiz,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "put": _put,
    "undo": _undo,
    "discard": _discard,
}
