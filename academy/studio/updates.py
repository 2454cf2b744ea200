"""What changed in a lesson, with a few questions for those who had completed it before: begun, written, ended."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.pack import UPDATE_MOST
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.studio import actions
from academy.studio.actions import PERMISSION, Unfinished
from academy.studio.editing import Editor
from academy.studio.queries import one
from academy.studio.rules import LESSON, UPDATE
from academy.web.access import needs

EDITOR = Editor("updates_desk", (UPDATE,), "questions", UPDATE_MOST, "/desk/studio/lessons/<key>/update")
bp = EDITOR.bp


@bp.get("")
@needs(PERMISSION)
def edit(key: str) -> str:
    """The update of a lesson as it is being written, or the way to begin one."""
    session, catalog = db.session(), on_page()
    if found := one(session, catalog, (UPDATE, key)):
        return EDITOR.page(found)
    lesson = one(session, catalog, (LESSON, key)) or abort(404)
    return render_template("studio/update.html", lesson=lesson.content, published=lesson.name in catalog.documents)


@bp.post("/beginning")
@needs(PERMISSION)
def begin(key: str) -> ResponseReturnValue:
    """Begin to write about a change; in a lesson that has an update, about another."""
    staff_id = current_user.id
    with db.writing() as session:
        actions.begin_update(session, session.get_one(Person, staff_id), key)
    return redirect(url_for("updates_desk.edit", key=key), 303)


@bp.post("/end")
@needs(PERMISSION)
def end(key: str) -> ResponseReturnValue:
    """Ask nobody about it any more, at once."""
    staff_id = current_user.id
    try:
        with db.writing() as session:
            actions.end_update(session, session.get_one(Person, staff_id), key)
    except Unfinished as unfinished:
        flash(unfinished.remarks[0].why, "bad")
        return redirect(url_for("updates_desk.edit", key=key), 303)
    flash(_("Nobody is asked about it any more. Whoever has passed it keeps that."), "ok")
    return redirect(url_for("lessons_desk.edit", key=key), 303)
