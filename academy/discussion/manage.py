"""HTTP for trainers: what waits to be read, what is reported, and what they say themselves."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.queries import on_page
from academy.db import db
from academy.discussion import actions, queries
from academy.discussion.forms import REASONS_SAID, LettingForm, PostForm, RemovalForm
from academy.discussion.models import Post
from academy.discussion.queries import REPORTED, TABS
from academy.discussion.rules import MOST_COUNTED, PASSED, WAITING, manner, pointed_out
from academy.people.models import Person
from academy.practice.rules import pieces
from academy.text.wording import Hint
from academy.web.access import needs

bp = Blueprint("moderation", __name__)


@bp.get("/desk/discussion")
@needs("discussion.moderate")
def queue() -> ResponseReturnValue:
    """The posts of a tab, fifty at a time."""
    tab = request.args.get("tab", WAITING)
    if tab not in TABS:
        abort(404)
    session = db.session()
    lines = queries.listed(session, current_user, tab, queries.PAGE + 1, request.args.get("after", type=int))
    return render_template(
        "moderation/queue.html",
        tab=tab,
        lines=lines[: queries.PAGE],
        further=lines[queries.PAGE - 1].post.id if len(lines) > queries.PAGE else None,
        counts=queries.counts(session, current_user),
        **_shared(),
    )


@bp.get("/desk/discussion/<int:id>")
@needs("discussion.moderate")
def one(id: int) -> ResponseReturnValue:
    """One post in its thread, to be judged."""
    return _page(_judged(id), RemovalForm(), PostForm(_("My answer")))


@bp.post("/desk/discussion/<int:id>/passage")
@needs("discussion.moderate")
def let_through(id: int) -> ResponseReturnValue:
    """Show it, or go on showing it."""
    staff_id, form, found = current_user.id, LettingForm(), _judged(id)
    if not form.validate_on_submit():
        return _page(found, RemovalForm(), PostForm(_("My answer"))), 422
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        if actions.let_through(session, staff, id, int(form.version.data or 0)) is None:
            abort(404)
        following = queries.next_one(session, staff)
    return _onwards(_("It is shown now"), following)


@bp.post("/desk/discussion/<int:id>/removal")
@needs("discussion.moderate")
def take_down(id: int) -> ResponseReturnValue:
    """Take it away from everybody but its author, who reads why."""
    staff_id, form, found = current_user.id, RemovalForm(), _judged(id)
    if not form.validate_on_submit():
        return _page(found, form, PostForm(_("My answer"))), 422
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        if not actions.take_down(session, staff, id, int(form.version.data or 0), form.reason.data or ""):
            abort(404)
        following = queries.next_one(session, staff)
    return _onwards(_("It is not shown, and its author reads why"), following)


@bp.post("/desk/discussion/<int:id>/answers")
@needs("discussion.moderate")
def answer(id: int) -> ResponseReturnValue:
    """Answer the question of a thread; one that still waits is let through with it."""
    staff_id, form, found = current_user.id, PostForm(_("My answer")), _judged(id)
    read = LettingForm()
    if not (form.validate_on_submit() and read.validate()):
        return _page(found, RemovalForm(), form), 422
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        if found.question_id is None and found.state == WAITING:
            actions.let_through(session, staff, id, int(read.version.data or 0))
        actions.answer(session, staff, found.question_id or id, form.text.data or "")
    flash(_("Your answer is shown"), "ok")
    return redirect(url_for("moderation.one", id=id), 303)


@bp.post("/desk/discussion/<int:id>/acceptance")
@needs("discussion.moderate")
def accept(id: int) -> ResponseReturnValue:
    """Accept an answer for who asked, for good."""
    staff_id, found = current_user.id, _judged(id)
    if found.question_id is None:
        abort(404)
    with db.writing() as session:
        actions.accept(session, session.get_one(Person, staff_id), id)
    flash(_("The answer is accepted"), "ok")
    return redirect(url_for("moderation.one", id=id), 303)


@bp.post("/desk/discussion/<int:id>/lock")
@needs("discussion.moderate")
def lock(id: int) -> ResponseReturnValue:
    """Lock a question, so that nobody answers it any more, or open it again."""
    staff_id, closed = current_user.id, request.form.get("closed") == "1"
    with db.writing() as session:
        if not actions.close(session, session.get_one(Person, staff_id), id, closed):
            abort(404)
    flash(_("The question takes no more answers") if closed else _("The question takes answers again"), "ok")
    return redirect(url_for("moderation.one", id=id), 303)


def _judged(id: int) -> Post:
    return queries.judged(db.session(), current_user, id) or abort(404)


def _onwards(said: str, following: int | None) -> ResponseReturnValue:
    flash(said, "ok")
    return redirect(url_for("moderation.one", id=following) if following else url_for("moderation.queue"), 303)


def _page(post: Post, removal: RemovalForm, form: PostForm) -> str:
    session = db.session()
    reports = queries.reports(session, post.id)
    tab = REPORTED if reports and post.state in (WAITING, PASSED) else post.state
    answers = queries.around(session, post)
    words = [hint.words for hint in _hints(post)]
    return render_template(
        "moderation/one.html",
        post=post,
        question=post.question or post,
        answers=answers,
        pieces=pieces(post.text, words),
        reports=reports,
        said=dict(REASONS_SAID),
        beside=queries.beside(session, current_user, tab, post.id),
        todo=tab in (WAITING, REPORTED),
        acceptable=_acceptable(post, answers),
        removal=removal,
        form=form,
        **_shared(),
    )


def _acceptable(post: Post, answers: list[Post]) -> bool:
    return bool(
        post.question
        and post.state == PASSED
        and post.author_id != post.question.author_id
        and not any(one.accepted for one in answers)
    )


def _shared() -> dict[str, object]:
    return {"lessons": on_page().lessons, "hints_of": _hints, "most": MOST_COUNTED, "manner": manner(on_page())}


def _hints(post: Post) -> list[Hint]:
    return pointed_out(post.text, on_page().one("words")["rules"])
