"""HTTP."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from academy.catalog.queries import on_page, published
from academy.db import db
from academy.pledges import actions, queries
from academy.pledges.forms import SignForm
from academy.pledges.rules import Pledge
from academy.web.flashes import gains

bp = Blueprint("pledges", __name__)


@bp.get("/pledge")
def show() -> ResponseReturnValue:
    """The pledge, to be signed, or when it was."""
    return _page(SignForm())


@bp.post("/pledge/signature")
def sign() -> ResponseReturnValue:
    """Sign what was shown; if another version has been published since, that one is shown instead."""
    form, trainee_id = SignForm(), current_user.id
    valid = form.validate_on_submit()
    if form.version.data != _pledge().version:
        return _page(form, changed=True), 409
    if not valid:
        return _page(form), 422
    with db.writing() as session:
        pledge = Pledge.of(published(session).one("pledge"))
        outcome = actions.sign(session, trainee_id, pledge) if pledge.version == form.version.data else None
    if outcome is None:
        return redirect(url_for("pledges.show"), 303)
    gains(outcome.gains)
    for tier in outcome.won("tier.reached"):
        return redirect(url_for("honours.promotion", tier=tier), 303)
    return redirect(url_for("pledges.show"), 303)


def _pledge() -> Pledge:
    return Pledge.of(on_page().one("pledge"))


def _page(form: SignForm, changed: bool = False) -> str:
    pledge = _pledge()
    signed = queries.signatures(db.session(), current_user.id, pledge)
    return render_template(
        "pledges/show.html",
        pledge=pledge,
        form=form,
        changed=changed,
        signed=next((fact for fact in signed if fact.occurrence == pledge.version), None),
        before=next((fact for fact in signed if fact.occurrence != pledge.version), None),
    )
