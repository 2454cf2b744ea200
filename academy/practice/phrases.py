"""HTTP for trainers: the phrases that they put into comments."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.practice import actions, queries
from academy.practice.forms import PhraseForm
from academy.practice.rules import manner
from academy.web.access import needs

bp = Blueprint("phrases", __name__)


@bp.get("/desk/phrases")
@needs("handin.review")
def index() -> ResponseReturnValue:
    """Her own phrases with a form for another, her colleagues' and the academy's."""
    return _page(PhraseForm())


@bp.post("/desk/phrases")
@needs("handin.review")
def keep() -> ResponseReturnValue:
    """Keep a phrase; one of the same name is replaced."""
    form, staff_id = PhraseForm(), current_user.id
    if not form.validate_on_submit():
        return _page(form), 422
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        actions.keep_phrase(session, staff, form.title.data or "", form.text.data or "", form.shared.data)
    flash(_("Kept"), "ok")
    return redirect(url_for("phrases.index"), 303)


@bp.post("/desk/phrases/<int:id>/removal")
@needs("handin.review")
def drop(id: int) -> ResponseReturnValue:
    """Forget one of her own phrases."""
    staff_id = current_user.id
    with db.writing() as session:
        actions.drop_phrase(session, session.get_one(Person, staff_id), id)
    return redirect(url_for("phrases.index"), 303)


def _page(form: PhraseForm) -> str:
    return render_template(
        "review/phrases.html",
        form=form,
        phrases=queries.phrases(db.session(), current_user),
        of_the_academy=manner(on_page()).phrases,
    )
