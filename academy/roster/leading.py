"""HTTP for those who lead a cohort: its phase, its rules, its group outside; the next one like it, who moves."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from academy import clock
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Cohort, Person
from academy.practice.pictures import room as files
from academy.practice.routes import picture_response
from academy.roster import actions, forms, queries
from academy.roster.manage import seat_all, who_leads
from academy.roster.routes import own_cohort
from academy.roster.rules import QR_DAYS, cohort_name, first_day, following, phase_after, phase_before
from academy.tiers.rules import ladder
from academy.web.access import needs

bp = Blueprint("leading", __name__)

AREA = "groupqr"


@bp.route("/desk/cohorts/<int:id>/phases/<to>", methods=["GET", "POST"])
@needs("cohort.lead")
def phase(id: int, to: str) -> ResponseReturnValue:
    """Ask whether a cohort is to go to the next phase, or one back; then do it."""
    cohort, staff_id = own_cohort(id), current_user.id
    if to not in forms.PHASE_NAMES:
        abort(404)
    if to not in (phase_before(cohort.phase), phase_after(cohort.phase)):
        flash(_("“%(cohort)s” has moved on meanwhile. This is where it is now.", cohort=cohort.name), "info")
        return _to_cohort(id)
    name = cohort_name(cohort.kind, cohort.title, cohort.number, to)
    if request.method == "GET":
        back = phase_before(cohort.phase) == to
        names = forms.PHASE_NAMES
        return render_template("roster/phase.html", cohort=cohort, to=to, name=name, back=back, phase_names=names)
    with db.writing() as session:
        moved = actions.move_on(session, session.get_one(Person, staff_id), id, request.form.get("from", ""), to)
    if moved:
        flash(_("It is called “%(name)s” from now on", name=name), "ok")
    else:
        flash(_("“%(cohort)s” has moved on meanwhile. This is where it is now.", cohort=cohort.name), "info")
    return _to_cohort(id)


@bp.route("/desk/cohorts/<int:id>/rules", methods=["GET", "POST"])
@needs("cohort.lead")
def rules(id: int) -> ResponseReturnValue:
    """Write what a cohort asks of its members; how many have accepted it."""
    cohort, staff_id = own_cohort(id), current_user.id
    form = forms.RulesForm(obj=cohort)
    if form.validate_on_submit():
        with db.writing() as session:
            changed = actions.set_rules(session, session.get_one(Person, staff_id), id, form.rules.data or "")
        flash(_("Saved. Members are asked to accept them.") if changed and form.rules.data else _("Saved"), "ok")
        return _to_cohort(id)
    agreed = queries.accepting(db.session(), cohort) if cohort.rules else 0
    return render_template("roster/rules.html", cohort=cohort, form=form, agreed=agreed), (
        422 if form.is_submitted() else 200
    )


@bp.route("/desk/cohorts/<int:id>/group-qr", methods=["GET", "POST"])
@needs("cohort.lead")
def group_qr(id: int) -> ResponseReturnValue:
    """Choose the picture that leads to a cohort's group outside, and until when it works."""
    cohort, staff_id = own_cohort(id), current_user.id
    form = forms.GroupQrForm(until=clock.today() + timedelta(days=QR_DAYS))
    if form.validate_on_submit():
        file = files().put(AREA, form.taken.data, ".jpg")
        with db.writing() as session:
            staff = session.get_one(Person, staff_id)
            before = actions.set_group_qr(session, staff, id, file, form.ends)
        _discard(before)
        flash(_("Saved. The members of this class see it on their class page."), "ok")
        return _to_cohort(id)
    return render_template("roster/group_qr.html", cohort=cohort, form=form), 422 if form.is_submitted() else 200


@bp.post("/desk/cohorts/<int:id>/group-qr/removal")
@needs("cohort.lead")
def remove_group_qr(id: int) -> ResponseReturnValue:
    """Show this picture no longer."""
    own_cohort(id)
    staff_id = current_user.id
    with db.writing() as session:
        before = actions.set_group_qr(session, session.get_one(Person, staff_id), id, None, None)
    _discard(before)
    flash(_("Removed"), "ok")
    return _to_cohort(id)


@bp.get("/desk/cohorts/<int:id>/group-qr.jpg")
@needs("cohort.lead")
def group_picture(id: int) -> ResponseReturnValue:
    """The picture itself, for staff."""
    return picture_response(own_cohort(id).group_qr, AREA)


# The next one, and who moves


@bp.route("/desk/cohorts/<int:id>/next", methods=["GET", "POST"])
@needs("cohort.manage")
def next_one(id: int) -> ResponseReturnValue:
    """Open the next cohort like one."""
    cohort, staff_id, session = own_cohort(id), current_user.id, db.session()
    plan = queries.plan(session, id)
    title, number = following(cohort.title, cohort.number)
    form = forms.NextForm(
        title=title,
        number=number,
        trainer_id=cohort.trainer_id,
        capacity=cohort.capacity,
        first=first_day([one.at for one in plan], clock.today()),
    )
    form.trainer_id.choices = who_leads(session)
    if form.validate_on_submit() and form.first.data:
        try:
            with db.writing() as writing:
                staff = writing.get_one(Person, staff_id)
                made = actions.make_next(writing, staff, id, form.first.data, **form.typed)
        except actions.Unfit as error:
            form[error.field].errors = [error.message]
        else:
            flash(_("“%(cohort)s” is open", cohort=made.name), "ok")
            seat_all(made.tier)
            return _to_cohort(made.id)
    status = 422 if form.is_submitted() else 200
    return render_template("roster/next.html", cohort=cohort, form=form, plan=plan), status


@bp.post("/desk/cohorts/<int:id>/members/placement")
@needs("cohort.manage")
def place_members(id: int) -> ResponseReturnValue:
    """Give all members of a cohort that has ended a seat in a class of their tier."""
    own_cohort(id)
    staff_id = current_user.id
    with db.writing() as session:
        seated, waiting = actions.place_members(session, session.get_one(Person, staff_id), id)
    if seated or not waiting:
        flash(ngettext("%(num)s member has moved to a class", "%(num)s members have moved to a class", seated), "ok")
    if waiting:
        flash(
            ngettext(
                "%(num)s member waits for the next free seat", "%(num)s members wait for the next free seat", waiting
            ),
            "warn",
        )
    return _to_cohort(id)


@bp.route("/desk/trainees/<int:id>/class", methods=["GET", "POST"])
@needs("cohort.manage")
def transfer(id: int) -> ResponseReturnValue:
    """Move a trainee to another class of her tier."""
    session, staff_id = db.session(), current_user.id
    row = queries.one(session, current_user, id)
    if row is None:
        abort(404)
    others = [one for one in session.scalars(queries.taking(row.standing.tier)) if one != row.cohort]
    form = forms.TransferForm()
    form.cohort.choices = [(one.id, _("%(cohort)s: %(n)s seats left", cohort=one.name, n=_left(one))) for one in others]
    if form.validate_on_submit():
        with db.writing() as writing:
            staff = writing.get_one(Person, staff_id)
            moved = actions.transfer(writing, staff, id, form.cohort.data, form.reason.data or "")
        if moved:
            flash(_("%(name)s learns in her new class now", name=row.person.name), "ok")
            return redirect(url_for("roster.trainee", id=id), 303)
        form.cohort.errors = [_("This class has no seat left. Nothing was changed; she stays where she is.")]
    tier = ladder(on_page())[row.standing.tier]
    status = 422 if form.is_submitted() else 200
    return render_template("roster/transfer.html", row=row, form=form, tier=tier, others=others), status


def _left(cohort: Cohort) -> int:
    return cohort.capacity - cohort.taken


def _discard(file: str | None) -> None:
    if file and not queries.used(db.session(), file):
        files().remove(AREA, file)


def _to_cohort(id: int) -> ResponseReturnValue:
    return redirect(url_for("roster.cohort", id=id), 303)
