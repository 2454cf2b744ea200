"""HTTP for brand staff: what is noted of a trainee, and the import from the CRM."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from academy import clock
from academy.achievements import Outcome
from academy.catalog.queries import on_page
from academy.db import db
from academy.files import FileRoom
from academy.jobs.actions import ask
from academy.jobs.queries import latest
from academy.people.actions import audit
from academy.people.models import Person
from academy.people.queries import scope
from academy.text.sheets import Unreadable, lines, written
from academy.tiers.rules import ladder
from academy.traits import actions, queries
from academy.traits.forms import KINDS, OBJECTIONS, UNREADABLE, ImportForm, TraitForm
from academy.traits.rules import TEMPLATE, Misfit, Sheet, read_traits
from academy.web import dry_runs
from academy.web.access import needs
from academy.web.reading import locale, pick

bp = Blueprint("traits", __name__)

AREA = "traitchecks"
SHOWN = 100
"""Wrong lines that stand on the page; all of them are in the sheet to download."""
KEPT = timedelta(days=30)
"""How long the lines of an import that failed are kept, for somebody to look at."""


@bp.route("/desk/trainees/<int:id>/traits", methods=["GET", "POST"])
@needs("trait.keep")
def show(id: int) -> ResponseReturnValue:
    """What is noted of a trainee, and a form for more."""
    form, staff_id, trainee = TraitForm(), current_user.id, _trainee(id)
    if form.validate_on_submit():
        with db.writing() as session:
            outcome = actions.note(session, session.get_one(Person, staff_id), id, form.noted)
        _say(trainee.name, _("Noted") if outcome is not None else _("It stands there already"), outcome)
        return redirect(url_for("traits.show", id=id), 303)
    status = 422 if form.is_submitted() else 200
    traits = queries.of_trainee(db.session(), id)
    return render_template("traits/show.html", form=form, trainee=trainee, traits=traits, kinds=KINDS), status


@bp.post("/desk/trainees/<int:id>/traits/removal")
@needs("trait.keep")
def forget(id: int) -> ResponseReturnValue:
    """Remove something that is noted of a trainee."""
    staff_id, trainee = current_user.id, _trainee(id)
    kind, key = (request.form.get(name, "") for name in ("kind", "key"))
    with db.writing() as session:
        outcome = actions.forget(session, session.get_one(Person, staff_id), id, kind, key)
    _say(trainee.name, _("Removed") if outcome is not None else _("It is not there any more"), outcome)
    return redirect(url_for("traits.show", id=id), 303)


def _trainee(id: int) -> Person:
    return db.session().scalar(scope(current_user).where(Person.id == id)) or abort(404)


def _say(name: str, what: str, outcome: Outcome | None) -> None:
    flash(what, "info" if outcome is None else "ok")
    for tier in outcome.won("tier.reached") if outcome else ():
        flash(_("%(name)s has reached %(tier)s.", name=name, tier=pick(ladder(on_page())[tier].title)), "ok")


# A sheet from the CRM


@bp.route("/desk/traits/import", methods=["GET", "POST"])
@needs("trait.keep")
def upload() -> ResponseReturnValue:
    """Take a sheet and say what an import would do; nothing is written to the database."""
    form = ImportForm()
    if not form.validate_on_submit():
        return _form(form, 200)
    try:
        sheet = read_traits(lines(form.read()))
    except Unreadable as error:
        form.file.errors = [UNREADABLE[error.reason]]
        return _form(form, 422)
    found, unknown = queries.sort_out(db.session(), current_user, sheet.told)
    return _dry_run(sheet, found, sorted([*sheet.misfits, *unknown], key=lambda misfit: misfit.line))


def _form(form: ImportForm, status: int) -> ResponseReturnValue:
    return render_template("traits/import.html", form=form, imports=latest(db.session(), queries.JOB)), status


def _dry_run(sheet: Sheet, found: list[tuple[int, Any]], misfits: list[Misfit]) -> str:
    people = sorted((id, [(n.kind, n.key, n.value) for n in told.traits]) for id, told in found)
    wrong = [(misfit.line, misfit.shown, _why(misfit)) for misfit in misfits]
    return render_template(
        "traits/dry_run.html",
        sheet=sheet,
        people=len(people),
        traits=Counter(kind for _, hers in people for kind, *_ in hers),
        kinds=KINDS,
        wrong=wrong[:SHOWN],
        all_wrong=len(wrong),
        token=dry_runs.keep(AREA, current_user.id, {"people": people, "wrong": wrong}),
    )


def _why(misfit: Misfit) -> str:
    column = str(KINDS.get(misfit.column, misfit.column))
    return {
        "phone": lambda: _("no mobile number of 11 digits") if misfit.shown else _("the phone number is missing"),
        "repeated": lambda: _("stands further up already"),
        "unknown": lambda: _("no trainee has this number"),
        "most": lambda: _("more than 50 things would be noted of her"),
        "key": lambda: f"{column}: {OBJECTIONS['key']}",
        "private": lambda: f"{column}: {OBJECTIONS['private']}",
        "value": lambda: _("%(column)s: no whole number from 0 to 1,000,000,000", column=column),
    }[misfit.why]()


@bp.post("/desk/traits/imports")
@needs("trait.keep")
def confirm() -> ResponseReturnValue:
    """Let the good lines of a dry run be taken in; doing it again does nothing."""
    staff_id = current_user.id
    kept = dry_runs.opened(AREA, staff_id, request.form.get("token", ""))
    if kept is None or not kept.holds["people"]:
        return _over()
    room: FileRoom = current_app.extensions["files"]
    people = kept.holds["people"]
    room.sweep(actions.AREA, clock.now() - KEPT)
    room.keep(actions.AREA, kept.path.name, json.dumps(people).encode())
    with db.writing() as session:
        if ask(session, queries.JOB, kept.path.stem, file=kept.path.name, people=len(people)):
            audit(session, session.get_one(Person, staff_id), "traits.imported", f"people/{len(people)}")
    kept.path.unlink(missing_ok=True)
    flash(ngettext("%(num)s person is being noted", "%(num)s people are being noted", len(people)), "ok")
    return redirect(url_for("traits.upload"), 303)


def _over() -> ResponseReturnValue:
    flash(_("0 new: this list has been imported before, or is older than a day. To be sure, check it again."), "info")
    return redirect(url_for("traits.upload"), 303)


@bp.post("/desk/traits/misfits.xlsx")
@needs("trait.keep")
def misfits() -> ResponseReturnValue:
    """All lines of a dry run that are left out, as a sheet."""
    kept = dry_runs.opened(AREA, current_user.id, request.form.get("token", ""))
    return dry_runs.left_out(kept) if kept else _over()


@bp.get("/desk/traits/template.xlsx")
@needs("trait.keep")
def template() -> ResponseReturnValue:
    """A list with the columns that an import understands, and a line to show how."""
    return send_file(
        written(TEMPLATE[locale()], (16, 18, 18, 18)), dry_runs.XLSX, as_attachment=True, download_name="template.xlsx"
    )
