"""HTTP for brand staff: clearing the sample."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import func

from academy.db import db
from academy.people.models import Person
from academy.practice.pictures import discard
from academy.sample import actions
from academy.sample.queries import invented
from academy.web.access import needs

bp = Blueprint("sample", __name__)


@bp.get("/desk/sample/clearing")
@needs("sample.clear")
def question() -> str:
    """Whether to clear it, asked where no dialog opens."""
    number = db.session.scalar(invented().with_only_columns(func.count()))
    return render_template("sample/question.html", invented=number)


@bp.post("/desk/sample/clearing")
@needs("sample.clear")
def clear() -> ResponseReturnValue:
    """Clear it; a second time there is nothing left to clear."""
    staff_id = current_user.id
    with db.writing() as session:
        cleared = actions.clear(session, session.get_one(Person, staff_id))
    discard(db.session(), cleared.files)
    if cleared.people:
        number = cleared.people
        flash(
            ngettext("The sample is cleared: %(num)s person.", "The sample is cleared: %(num)s people.", number), "ok"
        )
    else:
        flash(_("There was no sample left to clear."), "info")
    return redirect(url_for("roster.desk"), 303)
