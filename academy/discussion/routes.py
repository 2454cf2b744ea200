"""HTTP for trainees: what is asked and answered under a lesson that is open to them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.achievements.points.rules import earns
from academy.catalog.content import Lesson
from academy.catalog.queries import on_page
from academy.courses.queries import reach, topics, walk_of
from academy.db import db
from academy.discussion import actions, queries
from academy.discussion.forms import PostForm, ReportForm
from academy.discussion.models import Post
from academy.discussion.queries import ANSWERS, QUESTIONS, Reader
from academy.discussion.rules import DELETED, DOWN, LEAST, MOST, MOST_COUNTED, Manner, manner, pointed_out
from academy.people.models import Person
from academy.people.throttle import free_again
from academy.text.wording import Hint
from academy.web.reading import moment

bp = Blueprint("discussion", __name__)

NEWEST = 3
BETWEEN = "|"
"""Stands between the words whose hints she has seen."""


@bp.get("/lessons/<key>/discussion")
def show(key: str) -> ResponseReturnValue:
    """The questions under a lesson, the newest first, with a form to ask."""
    return _questions(_lesson(key), PostForm(_("My question")))


@bp.get("/lessons/<key>/discussion/newest")
def newest(key: str) -> ResponseReturnValue:
    """What stands at the end of the lesson's page: how many questions there are, and the newest."""
    lesson, reader = _lesson(key), _reader()
    rows = queries.questions(db.session(), lesson.key, reader, NEWEST)
    number = queries.number_of(db.session(), lesson.key, reader) if len(rows) == NEWEST else len(rows)
    return _page(
        "discussion/_newest.html", lesson, rows=rows, number=min(number, MOST_COUNTED), more=number > MOST_COUNTED
    )


@bp.post("/lessons/<key>/discussion/questions")
def ask(key: str) -> ResponseReturnValue:
    """Ask; what the word list points out is shown first, once."""
    lesson, author_id, form = _lesson(key), current_user.id, PostForm(_("My question"))
    if not form.validate_on_submit():
        return _questions(lesson, form), 422
    if hints := _unseen(form):
        return _questions(lesson, form, hints)
    try:
        with db.writing() as session:
            made, new = actions.ask(session, author_id, lesson.key, form.text.data or "")
            made_id = made.id
    except actions.TooMany as error:
        return _questions(lesson, _refused(form, error)), 429
    _say(new)
    return redirect(url_for("discussion.thread", id=made_id), 303)


@bp.get("/discussion/<int:id>")
def thread(id: int) -> ResponseReturnValue:
    """A question with its answers; an answer is found below its question."""
    question_id = queries.question_of(db.session(), id)
    if question_id:
        return redirect(url_for("discussion.thread", id=question_id, _anchor=f"post-{id}"))
    return _thread(_seen(id), PostForm(_("My answer")))


@bp.post("/discussion/<int:id>/answers")
def answer(id: int) -> ResponseReturnValue:
    """Answer a question; what the word list points out is shown first, once."""
    question, author_id, form = _seen(id), current_user.id, PostForm(_("My answer"))
    if question.question_id:
        abort(404)
    if not form.validate_on_submit():
        return _thread(question, form), 422
    if hints := _unseen(form):
        return _thread(question, form, hints)
    try:
        with db.writing() as session:
            made, new = actions.answer(session, session.get_one(Person, author_id), id, form.text.data or "")
            made_id = made.id
    except actions.TooMany as error:
        return _thread(_seen(id), _refused(form, error)), 429
    _say(new)
    return redirect(url_for("discussion.thread", id=id, _anchor=f"post-{made_id}"), 303)


@bp.route("/discussion/<int:id>/acceptance", methods=["GET", "POST"])
def accept(id: int) -> ResponseReturnValue:
    """Accept an answer to her own question, for good."""
    me_id, found = current_user.id, _seen(id)
    question = found.question_id and queries.own(db.session(), me_id, found.question_id)
    if not question or found.author_id == me_id:
        abort(404)
    if request.method == "GET":
        return _sure("discussion/accept.html", found, earns=earns(on_page(), "answer.accepted", found.lesson))
    with db.writing() as session:
        actions.accept(session, session.get_one(Person, me_id), id)
    flash(_("Accepted. Thank you for telling; others find it first now."), "ok")
    return redirect(url_for("discussion.thread", id=question.id), 303)


@bp.route("/discussion/<int:id>/edit", methods=["GET", "POST"])
def edit(id: int) -> ResponseReturnValue:
    """Change her own words while they are new."""
    me_id, found = current_user.id, _own(id)
    form = PostForm(_("My words"), obj=found)
    if not actions.may_edit(found):
        raise actions.Final(_("Words can be changed for ten minutes, and not after they were accepted or taken down."))
    valid = form.validate_on_submit()
    hints = _unseen(form) if valid else []
    if not valid or hints:
        shown = _sure("discussion/edit.html", found, form=form, hints=hints, seen=_joined(hints))
        return shown, 422 if form.is_submitted() and not valid else 200
    with db.writing() as session:
        actions.edit(session, me_id, id, form.text.data or "") or abort(404)
    flash(_("Changed"), "ok")
    return redirect(_back_to(found), 303)


@bp.route("/discussion/<int:id>/deletion", methods=["GET", "POST"])
def delete(id: int) -> ResponseReturnValue:
    """Delete her own words."""
    me_id, found = current_user.id, _own(id)
    if request.method == "GET":
        return _sure("discussion/delete.html", found)
    with db.writing() as session:
        actions.remove_own(session, me_id, id) or abort(404)
    flash(_("Deleted"), "ok")
    up = url_for("discussion.thread", id=found.question_id) if found.question_id else _all(found)
    return redirect(up, 303)


@bp.route("/discussion/<int:id>/report", methods=["GET", "POST"])
def report(id: int) -> ResponseReturnValue:
    """Bring somebody else's words to the trainers' eyes."""
    me_id, found, form = current_user.id, _seen(id), ReportForm()
    if found.author_id == me_id or found.state == DELETED:
        abort(404)
    if not form.validate_on_submit():
        return _sure("discussion/report.html", found, form=form), 422 if form.is_submitted() else 200
    try:
        with db.writing() as session:
            new = actions.report(session, me_id, id, form.reason.data)
    except actions.TooMany:
        flash(_("You have reported a lot within the last hour. The trainers are looking at it."), "info")
    else:
        said = _("Thank you. A trainer will look at it; until then it stays as it is.")
        flash(said if new else _("You have reported this one already."), "ok" if new else "info")
    return redirect(_back_to(found), 303)


def _manner() -> Manner:
    return manner(on_page()) or abort(404)


def _reader() -> Reader:
    return Reader(current_user.id, _manner().moderated)


def _lesson(key: str) -> Lesson:
    """A lesson that is open to her, in an academy that discusses them."""
    _manner()
    session, me = db.session(), current_user
    walked = walk_of(session, on_page(), me.id, me.standing.tier, topics(session, me.id))
    return reach(on_page(), walked, key)[2]


def _seen(id: int) -> Post:
    """A post that is shown to her, under a lesson that is open to her; an answer only while its question is shown."""
    session, reader = db.session(), _reader()
    found = queries.seen(session, id, reader) or abort(404)
    if found.question_id and not queries.seen(session, found.question_id, reader):
        abort(404)
    _lesson(found.lesson)
    return found


def _own(id: int) -> Post:
    _manner()
    return queries.own(db.session(), current_user.id, id) or abort(404)


def _page(template: str, lesson: Lesson, **shown: Any) -> str:
    return render_template(
        template,
        lesson=lesson,
        me=current_user.id,
        manner=_manner(),
        may_edit=actions.may_edit,
        least=LEAST,
        most=MOST,
        **shown,
    )


def _questions(lesson: Lesson, form: PostForm, hints: Sequence[Hint] = ()) -> str:
    before = request.args.get("before", type=int)
    rows = queries.questions(db.session(), lesson.key, _reader(), QUESTIONS + 1, before)
    return _page(
        "discussion/show.html",
        lesson,
        rows=rows[:QUESTIONS],
        older=rows[QUESTIONS - 1].post.id if len(rows) > QUESTIONS else None,
        first=before is None,
        form=form,
        hints=hints,
        seen=_joined(hints),
    )


def _thread(question: Post, form: PostForm, hints: Sequence[Hint] = ()) -> str:
    after = request.args.get("after", type=int)
    answers = queries.answers(db.session(), question.id, _reader(), ANSWERS + 1, after)
    lesson = on_page().lessons[question.lesson]
    return _page(
        "discussion/thread.html",
        lesson,
        question=question,
        answers=answers[:ANSWERS],
        further=answers[ANSWERS - 1].id if len(answers) > ANSWERS else None,
        settled=any(one.accepted for one in answers) or after is not None,
        takes=_manner().open and not question.locked_at and question.state not in (DOWN, DELETED),
        form=form,
        hints=hints,
        seen=_joined(hints),
    )


def _sure(template: str, post: Post, **shown: Any) -> str:
    """A page that asks whether she means it."""
    return _page(template, on_page().lessons[post.lesson], post=post, back=_back_to(post), **shown)


def _refused(form: PostForm, error: actions.TooMany) -> PostForm:
    """Her form, which says from when on it may be sent."""
    free = free_again(actions.SCOPE, error.since)
    form.text.errors = [_("That was a lot for an hour. Please send it after %(moment)s.", moment=moment(free))]
    return form


def _all(post: Post) -> str:
    return url_for("discussion.show", key=post.lesson)


def _back_to(post: Post) -> str:
    return url_for("discussion.thread", id=post.question_id or post.id, _anchor=f"post-{post.id}")


def _unseen(form: PostForm) -> list[Hint]:
    """What is pointed out in what she typed, unless she has seen all of it and sends it all the same."""
    hints = pointed_out(form.text.data or "", on_page().one("words")["rules"])
    seen = request.form.get("seen", "").split(BETWEEN)
    return hints if any(hint.words not in seen for hint in hints) else []


def _joined(hints: Sequence[Hint]) -> str:
    return BETWEEN.join(hint.words for hint in hints)


def _say(new: bool) -> None:
    if not new:
        flash(_("You have said this here already; nothing was sent twice."), "info")
    elif _manner().moderated:
        flash(_("Sent. You see it already; the others do once a trainer has read it."), "ok")
    else:
        flash(_("Sent"), "ok")
