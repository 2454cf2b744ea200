"""HTTP for trainees: one fellow student's hand-in after another, without a name; for staff, hiding what is unkind."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.achievements.points.rules import earns
from academy.catalog.content import Practice
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.practice.forms import PeerForm
from academy.practice.peers import actions, queries
from academy.practice.queries import picture as picture_of
from academy.practice.routes import picture_response
from academy.practice.rules import rubric, tasks
from academy.web.access import needs
from academy.web.flashes import gains

bp = Blueprint("peers", __name__)


@bp.get("/peers/<key>")
def show(key: str) -> ResponseReturnValue:
    """The next hand-in to review, or that there is none."""
    task = _task(key)
    return _page(task, PeerForm(rubric(on_page(), task)))


@bp.post("/peers/<key>/<int:id>")
def review(key: str, id: int) -> ResponseReturnValue:
    """Review it, and go on to the next one."""
    task, author_id = _task(key), current_user.id
    form = PeerForm(rubric(on_page(), task))
    if not form.validate_on_submit():
        return _page(task, form, id), 422
    with db.writing() as session:
        outcome = actions.review(session, author_id, key, id, form.scores, form.comment.data or "")
    gains(outcome.gains)
    flash(_("Thank you. She reads it without your name."), "ok")
    return redirect(url_for("peers.show", key=key), 303)


@bp.get("/peers/<key>/<int:id>/pictures/<int:n>")
def picture(key: str, id: int, n: int) -> ResponseReturnValue:
    """The nth picture of a hand-in that she may review."""
    return picture_response(picture_of(db.session(), queries.open_to(current_user.id, key), id, n))


@bp.post("/desk/peer-reviews/<int:id>/hiding")
@needs("handin.review")
def hide(id: int) -> ResponseReturnValue:
    """Hide what a fellow student said, or show it again."""
    staff_id = current_user.id
    with db.writing() as session:
        hand_in_id = actions.hide(session, session.get_one(Person, staff_id), id)
        if hand_in_id is None:
            abort(404)
    return redirect(url_for("review.one", id=hand_in_id, _anchor="peers"), 303)


def _task(key: str) -> Practice:
    return tasks(on_page()).get(key) or abort(404)


def _page(task: Practice, form: PeerForm, id: int | None = None) -> str:
    return render_template(
        "peers/show.html",
        task=task,
        form=form,
        hand_in=queries.next_one(db.session(), current_user.id, task.key, id),
        aspects=form.rubric,
        earns=earns(on_page(), "peer.reviewed", task.key),
    )
