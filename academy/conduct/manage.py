"""HTTP for brand staff: recording a violation, and lifting it."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.queries import on_page
from academy.conduct import actions, queries
from academy.conduct.forms import CaseForm, LiftingForm
from academy.db import db
from academy.journal.conduct import RULES
from academy.people.models import Person
from academy.people.queries import scope
from academy.tiers.rules import ladder
from academy.web.access import needs
from academy.web.reading import pick

bp = Blueprint("conduct", __name__)


@bp.app_template_global()
def rule_words(rule: str) -> str:
    """The rule that a case is about, in words."""
    return pick(RULES[rule])


@bp.route("/desk/trainees/<int:id>/violations/new", methods=["GET", "POST"])
@needs("conduct.judge")
def accuse(id: int) -> ResponseReturnValue:
    """Record that a trainee broke a rule."""
    staff_id = current_user.id
    trainee = db.session().scalar(scope(current_user).where(Person.id == id)) or abort(404)
    form = CaseForm(number=str(queries.number_of(db.session(), id) + 1))
    if not form.validate_on_submit():
        return render_template("conduct/accuse.html", form=form, trainee=trainee), 422 if form.is_submitted() else 200
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        made = actions.accuse(
            session, staff, id, form.kind.data, form.rule.data, form.note.data or "", int(form.number.data or 0)
        )
    flash(_("The violation is on record") if made else _("It is on record already"), "ok" if made else "info")
    return redirect(url_for("roster.trainee", id=id, _anchor="conduct"), 303)


@bp.route("/desk/violations/<int:id>/lifting", methods=["GET", "POST"])
@needs("conduct.judge")
def lift(id: int) -> ResponseReturnValue:
    """Take a violation back."""
    staff_id, form = current_user.id, LiftingForm()
    case = queries.seen(db.session(), current_user, id) or abort(404)
    if not form.validate_on_submit():
        return render_template("conduct/lift.html", form=form, case=case), 422 if form.is_submitted() else 200
    trainee_id, name = case.trainee_id, case.trainee.name
    with db.writing() as session:
        outcome = actions.lift(session, session.get_one(Person, staff_id), id, form.note.data or "") or abort(404)
    flash(_("The violation is lifted"), "ok")
    for tier in outcome.won("tier.reached"):
        flash(_("%(name)s has reached %(tier)s.", name=name, tier=pick(ladder(on_page())[tier].title)), "ok")
    return redirect(url_for("roster.trainee", id=trainee_id, _anchor="conduct"), 303)
