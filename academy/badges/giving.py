"""HTTP for those who give badges with their own hands."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from academy.achievements import giving
from academy.achievements.forms import Reason
from academy.achievements.queries import gone, won
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.people.queries import scope
from academy.web.access import needs

bp = Blueprint("giving", __name__, url_prefix="/desk/trainees/<int:id>/badges")


@bp.get("")
@needs("badge.edit")
def show(id: int) -> str:
    """The badges of a trainee, and those that can be given to her."""
    return _page(id, Reason(formdata=None))


@bp.post("")
@needs("badge.edit")
def give(id: int) -> ResponseReturnValue:
    """Give her a badge, with a reason that she reads."""
    form = Reason()
    if not form.validate_on_submit():
        return _page(id, form), 422
    staff_id = current_user.id
    with db.writing() as session:
        _hers(session, id)
        done = giving.give(
            session, session.get_one(Person, staff_id), id, request.form.get("badge", ""), form.said.data or ""
        )
    flash(_("The badge is hers, and she reads why.") if done else _("She has it already."), "ok" if done else "info")
    return redirect(url_for("giving.show", id=id), 303)


@bp.post("/withdrawal")
@needs("badge.edit")
def withdraw(id: int) -> ResponseReturnValue:
    """Take a badge from her, with a reason."""
    form, key = Reason(), request.form.get("badge", "")
    if not form.validate_on_submit():
        return _page(id, form, key), 422
    staff_id = current_user.id
    with db.writing() as session:
        _hers(session, id)
        done = giving.withdraw(session, session.get_one(Person, staff_id), id, key, form.said.data or "")
    flash(_("The badge is withdrawn.") if done else _("She doesn’t have it."), "ok" if done else "info")
    return redirect(url_for("giving.show", id=id), 303)


def _hers(session: Session, id: int) -> Person:
    return session.scalar(scope(current_user).where(Person.id == id)) or abort(404)


def _page(id: int, form: Reason, withdrawing: str | None = None) -> str:
    session, catalog = db.session(), on_page()
    person = _hers(session, id)
    found = won(session, id)
    lost = gone(found)
    hers = {
        one.fact.topic: one
        for one in found
        if one.fact.kind == giving.AWARDED and (one.fact.kind, one.fact.topic) not in lost
    }
    return render_template(
        "badges/giving.html",
        person=person,
        form=form,
        withdrawing=withdrawing,
        chosen=request.form.get("badge"),
        hers=[(catalog.badges[key], one) for key, one in hers.items() if key in catalog.badges],
        others=[
            badge
            for key, badge in catalog.badges.items()
            if key not in hers and not badge.get("retired") and not badge.get("while_met")
        ],
    )
