"""HTTP for those who run the academy: cohorts, their trainers, whom they invite, and their calendars."""

import secrets
from collections import Counter
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import delete
from sqlalchemy.orm import Session

from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Appointment, Cohort, Person
from academy.people.passwords import hash_password
from academy.people.rules import RECRUITING, TIER, TRAINER
from academy.roster import actions, forms, queries
from academy.roster.routes import cohort_page, own_cohort
from academy.roster.rules import TEMPLATE_HEADS, Candidate, read_roster
from academy.text.sheets import Unreadable, lines, written
from academy.tiers.rules import ladder
from academy.web import dry_runs
from academy.web.access import needs
from academy.web.reading import locale, pick

bp = Blueprint("cohorts", __name__)

AREA = "roster"
SHOWN = 100
"""Lines of a list that are named one by one; whoever has more to mend looks at the file."""


@bp.route("/desk/cohorts/new", methods=["GET", "POST"])
@needs("cohort.manage")
def new() -> ResponseReturnValue:
    """Open a cohort."""
    return _edit(None)


@bp.route("/desk/cohorts/<int:id>/edit", methods=["GET", "POST"])
@needs("cohort.manage")
def edit(id: int) -> ResponseReturnValue:
    """Change a cohort: its name, who leads it, how many it takes, whether it is open."""
    return _edit(own_cohort(id))


def _edit(cohort: Cohort | None) -> ResponseReturnValue:
    session, staff_id = db.session(), current_user.id
    form = forms.CohortForm(obj=cohort, kind=cohort.kind if cohort else request.args.get("kind", TIER))
    form.trainer_id.choices = who_leads(session)
    form.tier.choices = [(tier.key, pick(tier.title)) for tier in ladder(on_page()).tiers]
    if cohort:
        del form.kind, form.tier
    if form.validate_on_submit():
        try:
            with db.writing() as writing:
                staff = writing.get_one(Person, staff_id)
                if cohort:
                    done = actions.change_cohort(writing, staff, cohort.id, **form.typed)
                else:
                    done = actions.make_cohort(writing, staff, form.kind.data, _tier(form), **form.typed)
        except actions.Unfit as error:
            form[error.field].errors = [error.message]
        else:
            flash(_("Saved"), "ok")
            seat_all(done.tier)
            return redirect(url_for("roster.cohort", id=done.id), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("roster/edit.html", form=form, cohort=cohort), status


def _tier(form: forms.CohortForm) -> str:
    """The tier that was chosen; who is recruited begins with the first one."""
    return ladder(on_page()).first.key if form.kind.data == RECRUITING else str(form.tier.data)


def who_leads(session: Session) -> list[tuple[str, str]]:
    """The trainers to choose from, or nobody yet."""
    return [("", _("Nobody yet")), *((str(who.id), who.name) for who in queries.trainers(session))]


def seat_all(tier: str) -> None:
    """Give the free seats of a tier to those who wait, and say how many sat down."""
    seated = sum(iter(lambda: _seat(tier), 0))
    if seated:
        flash(ngettext("%(num)s person who waited has a seat", "%(num)s people who waited have a seat", seated), "ok")


def _seat(tier: str) -> int:
    with db.writing() as session:
        return actions.seat(session, tier)


@bp.route("/desk/trainers", methods=["GET", "POST"])
@needs("cohort.manage")
def trainers() -> ResponseReturnValue:
    """The trainers, and a form for a new one; she sets her password with the code that is shown once."""
    form, staff_id = forms.TrainerForm(), current_user.id
    if form.validate_on_submit():
        # A password that nobody knows, until she sets her own.
        unknown = hash_password(secrets.token_urlsafe())
        try:
            with db.writing() as session:
                staff = session.get_one(Person, staff_id)
                trainer = actions.make_trainer(session, staff, form.name.data or "", form.contact.data or "", unknown)
                code, until = actions.make_reset_code(session, staff, trainer)
        except actions.Unfit as error:
            form[error.field].errors = [error.message]
        else:
            return _code(trainer, code, until)
    status = 422 if form.is_submitted() else 200
    return render_template("roster/trainers.html", form=form, trainers=queries.trainers(db.session())), status


@bp.post("/desk/trainers/<int:id>/reset-codes")
@needs("cohort.manage")
def trainer_code(id: int) -> ResponseReturnValue:
    """A new one-time code for a trainer, shown in this answer and never again."""
    staff_id = current_user.id
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        trainer = session.get(Person, id)
        if trainer is None or trainer.role != TRAINER or trainer.erased_at:
            abort(404)
        code, until = actions.make_reset_code(session, staff, trainer)
    return _code(trainer, code, until)


# Whom a cohort invites


@bp.route("/desk/roster/import", methods=["GET", "POST"])
@needs("roster.import")
def upload() -> ResponseReturnValue:
    """Take a list of people and say what an import would do; nothing is written to the database."""
    session = db.session()
    cohorts = queries.inviting(session, ladder(on_page()).first.key)
    form = forms.ImportForm(cohort=request.args.get("cohort"))
    form.cohort.choices = [(cohort.id, cohort.name) for cohort in cohorts]
    if not form.validate_on_submit():
        return render_template("roster/import.html", form=form), 422 if form.is_submitted() else 200
    try:
        roster = read_roster(lines(form.read()))
    except Unreadable as error:
        form.file.errors = [forms.UNREADABLE[error.reason]]
        return render_template("roster/import.html", form=form), 422
    new, known = queries.sort_out(session, roster.candidates)
    cohort = next(cohort for cohort in cohorts if cohort.id == form.cohort.data)
    misfits = sorted([*roster.misfits, *known], key=lambda misfit: misfit.line)
    invited = queries.invited(session, cohort.id, 1)
    return render_template(
        "roster/dry_run.html",
        cohort=cohort,
        new=len(new),
        waiting=invited.number - invited.joined,
        misfits=misfits[:SHOWN],
        counts=Counter(misfit.why for misfit in misfits),
        ignored=roster.ignored,
        token=_waits(current_user.id, cohort.id, new) if new else None,
    )


def _waits(staff_id: int, cohort_id: int, candidates: list[Candidate]) -> str:
    """Of the upload only phone numbers and names are kept."""
    people = [(one.phone, one.name) for one in candidates]
    return dry_runs.keep(AREA, staff_id, {"cohort": cohort_id, "people": people})


@bp.post("/desk/roster/imports")
@needs("roster.import")
def confirm() -> ResponseReturnValue:
    """Invite those whom a dry run found; doing it again invites nobody."""
    staff_id = current_user.id
    kept = dry_runs.opened(AREA, staff_id, request.form.get("token", ""))
    if kept is None:
        flash(
            _("0 new: this list has been imported before, or is older than a day. To be sure, check it again."), "info"
        )
        return redirect(url_for("cohorts.upload"), 303)
    with db.writing() as session:
        staff, people = session.get_one(Person, staff_id), [(phone, name) for phone, name in kept.holds["people"]]
        number = actions.invite(session, staff, kept.holds["cohort"], people)
    kept.path.unlink(missing_ok=True)
    flash(ngettext("%(num)s person is invited now", "%(num)s people are invited now", number), "ok")
    return redirect(url_for("roster.cohort", id=kept.holds["cohort"], _anchor="invited"), 303)


@bp.get("/desk/roster/template.xlsx")
@needs("roster.import")
def template() -> ResponseReturnValue:
    """An empty list with the columns that an import understands."""
    return send_file(
        written([TEMPLATE_HEADS[locale()]], (18, 18)),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name="template.xlsx",
    )


@bp.post("/desk/cohorts/<int:id>/invitees/<int:invitee>/removal")
@needs("roster.import")
def uninvite(id: int, invitee: int) -> ResponseReturnValue:
    """Take somebody from a cohort's list."""
    own_cohort(id)
    staff_id = current_user.id
    with db.writing() as session:
        gone = actions.uninvite(session, session.get_one(Person, staff_id), id, invitee)
    flash(_("Taken from the list") if gone else _("She is not on the list any more"), "ok" if gone else "info")
    return redirect(url_for("roster.cohort", id=id, _anchor="invited"), 303)


# What is on a cohort's calendar


@bp.post("/desk/cohorts/<int:id>/appointments")
@needs("calendar.keep")
def appoint(id: int) -> ResponseReturnValue:
    """Put something on a cohort's calendar."""
    cohort, form = own_cohort(id), forms.AppointmentForm()
    if not form.validate_on_submit():
        return cohort_page(cohort, form), 422
    with db.writing() as session:
        session.add(Appointment(cohort_id=id, title=form.title.data or "", at=form.at, link=form.link.data or None))
    flash(_("It is on the calendar, and on the trainees’ page of the week before"), "ok")
    return redirect(url_for("roster.cohort", id=id, _anchor="calendar"), 303)


@bp.post("/desk/cohorts/<int:id>/appointments/<int:appointment>/removal")
@needs("calendar.keep")
def cancel(id: int, appointment: int) -> ResponseReturnValue:
    """Take something off a cohort's calendar; what is gone already stays gone."""
    own_cohort(id)
    with db.writing() as session:
        session.execute(delete(Appointment).where(Appointment.id == appointment, Appointment.cohort_id == id))
    flash(_("Taken off the calendar"), "ok")
    return redirect(url_for("roster.cohort", id=id, _anchor="calendar"), 303)


def _code(trainer: Person, code: str, until: datetime) -> str:
    back = url_for("cohorts.trainers")
    return render_template("roster/reset_code.html", person=trainer, code=code, until=until, back=back)
