"""HTTP for the brand's staff: a month's figures come in, and what follows for each allotment is confirmed."""

import json
from collections import Counter
from datetime import timedelta

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from academy import clock
from academy.benefits.allotments import actions, queries
from academy.benefits.allotments.forms import UNREADABLE, ImportForm, why
from academy.benefits.allotments.rules import (
    TEMPLATE_HEADS,
    Misfit,
    allotted,
    judged,
    last_day,
    months,
    proposed,
    read_sheet,
)
from academy.catalog.queries import on_page
from academy.db import db
from academy.files import FileRoom
from academy.jobs.actions import ask
from academy.jobs.queries import latest
from academy.people.actions import audit
from academy.people.models import Person
from academy.text.sheets import Unreadable, lines, written
from academy.tiers.benefits import Allotment
from academy.tiers.rules import ladder
from academy.web import dry_runs
from academy.web.access import needs
from academy.web.paging import page_asked, turned
from academy.web.reading import locale

bp = Blueprint("allotments", __name__)

AREA = "allotments"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
"""Lines that are named on the page; a sheet names them all."""
KEPT = timedelta(days=30)
"""How long the lines of an import that failed are kept, for somebody to look at."""


@bp.get("/desk/allotments")
@needs("benefit.edit")
def review() -> ResponseReturnValue:
    """A month: each trainee's rates, and the allotment that follows; still to be confirmed, or set."""
    session, month, settled = db.session(), _month(), bool(request.args.get("settled"))
    today, then = _allotments(month)
    held, page, pages, number = [], 1, 1, 0
    if today:
        wanted = queries.reviewed(current_user, allotted(ladder(on_page()), today), month, settled)
        number = queries.number_of(session, wanted)
        page, pages = turned(page_asked(), number, queries.PAGE)
        held = queries.held(session, wanted, month, page)
    return render_template(
        "allotments/review.html",
        month=month,
        months=months(clock.today()),
        settled=settled,
        allotment=then,
        rows=[_judged(one, month, then) for one in held] if then else [],
        number=number,
        page=page,
        pages=pages,
        ladder=ladder(on_page()),
    )


def _judged(held: queries.Held, month: str, allotment: Allotment) -> dict[str, object]:
    figures = held.care.figures_of(month)
    verdicts = judged(figures, allotment) if figures else ()
    return {"held": held, "verdicts": verdicts, "proposed": proposed(held.care.users, verdicts, allotment)}


@bp.post("/desk/allotments")
@needs("benefit.edit")
def settle() -> ResponseReturnValue:
    """Confirm what follows for one trainee or for those that are ticked; who changed meanwhile is left out."""
    month, staff_id = _month(), current_user.id
    today, then = _allotments(month)
    wanted = _wanted()
    if today is None or then is None:
        abort(404)
    if not wanted:
        flash(_("Nobody is ticked"), "warn")
        return redirect(url_for("allotments.review", month=month), 303)
    rungs = ladder(on_page())
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        done = actions.settle(session, staff, rungs, month, (today, then), wanted)
    flash(ngettext("%(num)s allotment is set", "%(num)s allotments are set", len(done)), "ok")
    if left := len(wanted) - len(done):
        flash(
            ngettext(
                "%(num)s was left out, because something has changed meanwhile",
                "%(num)s were left out, because something has changed meanwhile",
                left,
            ),
            "warn",
        )
    return redirect(url_for("allotments.review", month=month), 303)


def _wanted() -> dict[int, int]:
    """Whose allotment is to become what, as it was shown: the one whose button was pressed, or all ticked ones."""
    typed = [request.form["only"]] if "only" in request.form else request.form.getlist("each")[: queries.PAGE]
    pairs = [one.partition(":") for one in typed]
    if not all(id.isdecimal() and users.isdecimal() and len(id) < 10 for id, _, users in pairs):
        abort(400)
    return {int(id): int(users) for id, _, users in pairs}


def _month() -> str:
    found = request.values.get("month") or months(clock.today())[0]
    return found if found in months(clock.today()) else abort(404)


def _allotments(month: str) -> tuple[Allotment | None, Allotment | None]:
    return queries.targets(db.session(), clock.today(), last_day(month))


# Figures of a month


@bp.route("/desk/allotments/import", methods=["GET", "POST"])
@needs("benefit.edit")
def upload() -> ResponseReturnValue:
    """Take a sheet of figures and say what an import would do; nothing is written to the database."""
    form = ImportForm(data={"month": request.args.get("month") or months(clock.today())[0]})
    if not form.validate_on_submit():
        return _form(form, 422 if form.is_submitted() else 200)
    try:
        sheet = read_sheet(lines(form.read()))
    except Unreadable as error:
        form.file.errors = [UNREADABLE[error.reason]]
        return _form(form, 422)
    month, session = form.month.data, db.session()
    today, _then = _allotments(month)
    tiers = allotted(ladder(on_page()), today)
    new, known, more = queries.sort_out(session, current_user, sheet.rows, month, tiers)
    misfits = sorted([*sheet.misfits, *more], key=lambda misfit: misfit.line)
    holds = {
        "month": month,
        "rows": [(id, *vars(figures).values()) for id, figures in new],
        "misfits": [list(vars(misfit).values()) for misfit in misfits],
    }
    return render_template(
        "allotments/dry_run.html",
        month=month,
        new=len(new),
        known=known,
        misfits=misfits[:SHOWN],
        counts=Counter(misfit.why for misfit in misfits),
        ignored=sheet.ignored,
        why=why,
        token=dry_runs.keep(AREA, current_user.id, holds),
    )


def _form(form: ImportForm, status: int) -> ResponseReturnValue:
    return render_template("allotments/import.html", form=form, imports=latest(db.session(), queries.JOB)), status


@bp.post("/desk/allotments/misfits.xlsx")
@needs("benefit.edit")
def misfits() -> ResponseReturnValue:
    """All lines that a dry run left out, each with the reason."""
    kept = dry_runs.opened(AREA, current_user.id, request.form.get("token", ""))
    if kept is None:
        return _over()
    left = (Misfit(*one) for one in kept.holds["misfits"])
    table: list[tuple[str | int, ...]] = [(_("Line"), _("What stands there"), _("Why"))]
    table += [(one.line, one.shown, why(one)) for one in left]
    return send_file(written(table, (8, 24, 60)), mimetype=XLSX, as_attachment=True, download_name="left-out.xlsx")


@bp.post("/desk/allotments/imports")
@needs("benefit.edit")
def confirm() -> ResponseReturnValue:
    """Let the good lines of a dry run be taken in; doing it again does nothing."""
    staff_id = current_user.id
    kept = dry_runs.opened(AREA, staff_id, request.form.get("token", ""))
    if kept is None or not kept.holds["rows"]:
        return _over()
    room: FileRoom = current_app.extensions["files"]
    month, rows = kept.holds["month"], kept.holds["rows"]
    room.sweep(actions.AREA, clock.now() - KEPT)
    room.keep(actions.AREA, kept.path.name, json.dumps(rows).encode())
    with db.writing() as session:
        if ask(session, queries.JOB, kept.path.stem, file=kept.path.name, month=month, people=len(rows)):
            audit(session, session.get_one(Person, staff_id), "care.imported", f"month/{month}")
    kept.path.unlink(missing_ok=True)
    return redirect(url_for("allotments.progress", key=kept.path.stem), 303)


@bp.get("/desk/allotments/imports/<key>")
@needs("benefit.edit")
def progress(key: str) -> str:
    """How far an import has come."""
    job = queries.job(db.session(), key) or abort(404)
    return render_template("allotments/progress.html", job=job)


def _over() -> ResponseReturnValue:
    flash(_("This sheet has been imported before, or is older than a day. To be sure, check it again."), "info")
    return redirect(url_for("allotments.upload"), 303)


@bp.get("/desk/allotments/template.xlsx")
@needs("benefit.edit")
def template() -> ResponseReturnValue:
    """An empty sheet with the columns that an import understands."""
    sheet = written([TEMPLATE_HEADS[locale()]], (16, 14))
    return send_file(sheet, mimetype=XLSX, as_attachment=True, download_name="figures.xlsx")
