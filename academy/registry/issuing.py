"""HTTP for brand staff: whom certificates are issued to, checked, issued, and how far that is."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from academy import clock
from academy.achievements.certificates.models import Batch
from academy.catalog.content import Text
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Cohort, Person
from academy.people.queries import by_contact, cohorts_of, scope
from academy.registry import batches
from academy.registry.batches import Line
from academy.registry.choosing import HAND, SHEET, UNREADABLE, Choice, Terms
from academy.registry.rules import TEMPLATE, Misfit, read_people
from academy.registry.samples import SAMPLE_CODE, drawn, sample_serial
from academy.text.line import plain
from academy.text.sheets import Unreadable, lines, written
from academy.traits.queries import in_use
from academy.web import dry_runs
from academy.web.access import needs
from academy.web.links import absolute
from academy.web.paging import page_asked, turned
from academy.web.reading import locale

bp = Blueprint("issuing", __name__, url_prefix="/desk/certificates/issuing")

AREA = "issuing"
SHOWN = 100
"""Lines left out that stand on the page; all of them are in the sheet to download."""
WIDTH = 1000  # px


@bp.get("")
@needs("certificate.issue")
def index() -> str:
    """All batches, the newest first."""
    session = db.session()
    page, pages = turned(page_asked(), batches.how_many(session), batches.PAGE)
    rows = batches.newest(session, page)
    retired = {key for key in _names() if batches.is_retired(on_page(), key)}
    return render_template("registry/batches.html", rows=rows, page=page, pages=pages, names=_names(), retired=retired)


def _names() -> dict[str, Text]:
    return {one["key"]: one.get("name", one["title"]) for one in on_page().one("designs")["designs"]}


# Choosing


@bp.route("/new", methods=["GET", "POST"])
@needs("certificate.issue")
def new() -> ResponseReturnValue:
    """Choose whom a certificate is issued to."""
    form = _choice()
    if not form.validate_on_submit():
        return _choose(form)
    if form.way.data == SHEET:
        return _sheet(form)
    session, staff = db.session(), current_user
    if form.way.data == HAND:
        person = by_contact(session, form.contact.data or "")
        hers = person and session.scalar(scope(staff).where(Person.id == person.id))
        if hers is None:
            form.contact.errors = [_("No trainee has this number or address.")]
            return _choose(form)
        return _begin(form.design.data, hers.name, [hers.id], form.reason.data or "")
    chosen = list(session.scalars(batches.found(staff, on_page(), form.wanted)))
    if not chosen:
        form.way.errors = [_("Nobody fits. Please choose others.")]
        return _choose(form)
    return _begin(form.design.data, form.title, chosen)


def _choice() -> Choice:
    session = db.session()
    cohorts = list(session.scalars(cohorts_of(current_user).order_by(Cohort.id.desc())))
    person = request.args.get("trainee", type=int)
    hers = session.scalar(scope(current_user).where(Person.id == person)) if person else None
    told = {"way": HAND, "contact": hers.phone or hers.email} if hers else {}
    return Choice(on_page(), cohorts, in_use(session), data=told)


def _choose(form: Choice) -> ResponseReturnValue:
    return render_template("registry/choose.html", form=form), 422 if form.is_submitted() else 200


def _begin(design: str, title: str, trainees: list[int], reason: str = "") -> ResponseReturnValue:
    staff_id = current_user.id
    with db.writing() as session:
        batch = batches.choose(session, session.get_one(Person, staff_id), design, title, trainees, reason)
    return redirect(url_for("issuing.show", id=batch.id), 303)


def _sheet(form: Choice) -> ResponseReturnValue:
    try:
        named, misfits = read_people(lines(form.read()))
    except Unreadable as error:
        form.file.errors = [UNREADABLE[error.reason]]
        return _choose(form)
    found, unknown = batches.sort_out(db.session(), current_user, named)
    wrong = [(one.line, one.shown, _why(one)) for one in sorted([*misfits, *unknown], key=lambda misfit: misfit.line)]
    holds = {"design": form.design.data, "title": form.title, "people": found, "wrong": wrong}
    return render_template(
        "registry/dry_run.html",
        people=len(found),
        wrong=wrong[:SHOWN],
        all_wrong=len(wrong),
        design=form.design.data,
        token=dry_runs.keep(AREA, current_user.id, holds),
    )


def _why(misfit: Misfit) -> str:
    return {
        "phone": lambda: _("no mobile number of 11 digits") if misfit.shown else _("the phone number is missing"),
        "repeated": lambda: _("stands further up already"),
        "unknown": lambda: _("no trainee has this number"),
        "name": lambda: _("the trainee with this number has another name"),
    }[misfit.why]()


@bp.post("/sheets")
@needs("certificate.issue")
def confirm() -> ResponseReturnValue:
    """Begin a batch of the people whom a dry run has found; doing it again does nothing."""
    kept = dry_runs.opened(AREA, current_user.id, request.form.get("token", ""))
    if kept is None or not kept.holds["people"] or kept.holds["design"] not in _names():
        return _over()
    kept.path.unlink(missing_ok=True)
    return _begin(kept.holds["design"], kept.holds["title"], kept.holds["people"])


def _over() -> ResponseReturnValue:
    flash(_("This list has been taken before, or is older than a day. To be sure, check it again."), "info")
    return redirect(url_for("issuing.new"), 303)


@bp.post("/misfits.xlsx")
@needs("certificate.issue")
def misfits() -> ResponseReturnValue:
    """All lines of a dry run that are left out, as a sheet."""
    kept = dry_runs.opened(AREA, current_user.id, request.form.get("token", ""))
    return dry_runs.left_out(kept) if kept else _over()


@bp.get("/template.xlsx")
@needs("certificate.issue")
def template() -> ResponseReturnValue:
    """A list with the columns that are understood, and a line to show how."""
    return send_file(
        written(TEMPLATE[locale()], (16, 18)), dry_runs.XLSX, as_attachment=True, download_name="template.xlsx"
    )


# Checking and issuing


@bp.get("/<int:id>")
@needs("certificate.issue")
def show(id: int) -> str:
    """A batch: to be checked until it is begun, then how far it is."""
    return _show(_batch(id))


def _batch(id: int) -> Batch:
    return db.session().get(Batch, id) or abort(404)


def _show(batch: Batch, terms: Terms | None = None) -> str:
    session, catalog = db.session(), on_page()
    if batch.design not in _names():
        return render_template("registry/batch_over.html", batch=batch, name=None)
    count = batches.count(session, batch)
    state, typed = request.values.get("state"), plain(request.values.get("q", ""))[:40]
    shown = {"state": state if state in batches.STATES else None, "q": typed or None}
    wanted = page_asked()
    rows, number = batches.lines(session, catalog, batch, typed, shown["state"], wanted)
    if wanted > 1 and not rows:
        rows, number = batches.lines(session, catalog, batch, typed, shown["state"], wanted := 1)
    page, pages = turned(wanted, number, batches.PAGE)
    seen: dict[str, Any] = {
        "batch": batch,
        "count": count,
        "rows": rows,
        "shown": shown,
        "number": number,
        "page": page,
        "pages": pages,
        "states": [one for one in batches.STATES if count.of[one]],
        "name": _names()[batch.design],
        "counts": batches.figure_source(catalog, batch.design) is not None,
    }
    if batch.runs:
        return render_template(
            "registry/batch.html",
            job=batches.job(session, batch),
            retired=batches.is_retired(on_page(), batch.design),
            **seen,
        )
    if batches.is_retired(on_page(), batch.design):
        return render_template("registry/batch_over.html", batch=batch, name=_names()[batch.design])
    picked = request.args.get("who", type=int)
    return render_template(
        "registry/check.html",
        terms=terms or Terms(catalog, batch.design, formdata=None, data=_terms(batch)),
        picked=_picked(rows, picked),
        **seen,
    )


def _terms(batch: Batch) -> Mapping[str, Any]:
    return {"issued_on": batch.issued_on or clock.today(), "notify": not batch.quiet}


def _picked(rows: list[Line], asked: int | None) -> Person | None:
    """Whose certificate is shown: the one asked for, else the first on the page who gets one."""
    living = [row for row in rows if row.person.erased_at is None]
    first = [row.person for row in sorted(living, key=lambda row: row.state != batches.READY)]
    return next((person for person in first if person.id == asked), first[0] if first else None)


@bp.post("/<int:id>")
@needs("certificate.issue")
def change(id: int) -> ResponseReturnValue:
    """Keep what is ticked and the terms; then issue, remind, tick all or none, turn the page, or look for somebody."""
    batch, do = _batch(id), request.form.get("do", "")
    if batch.design not in _names():
        abort(404)
    if batch.runs:
        return _go_on(batch) if do == "issue" else redirect(url_for("issuing.show", id=id), 303)
    batches.refuse_retired(on_page(), batch.design)
    terms, staff_id = Terms(on_page(), batch.design), current_user.id
    if not terms.validate_on_submit():
        return _show(batch, terms), 422
    with db.writing() as session:
        staff, batch = session.get_one(Person, staff_id), session.get_one(Batch, id)
        batches.tick(session, batch, request.form.getlist("shown", int), request.form.getlist("tick", int))
        if do in ("all", "none"):
            batches.tick_all(session, batch, do == "all")
        today = clock.today()
        batch.issued_on = terms.issued_on.data if terms.issued_on.data != today else None
        batch.quiet = not terms.notify.data
        session.flush()
        asked = batches.remind(session, staff, batch) if do == "remind" else 0
        ready = do == "issue" and batches.count(session, batch).ticked
        if ready:
            batches.begin(session, staff, batch, 0)
    if do == "remind":
        flash(
            ngettext("%(num)s trainee is asked for her name", "%(num)s trainees are asked for their names", asked)
            if asked
            else _("They have all been asked already"),
            "ok" if asked else "info",
        )
    if do == "issue" and not ready:
        flash(_("Nobody is ticked who can get it"), "warn")
    if do == "issue":
        return redirect(url_for("issuing.show", id=id), 303)
    page = do.removeprefix("page:") if do.startswith("page:") else request.args.get("page")
    kept: dict[str, Any] = {name: request.form.get(name) or None for name in ("q", "state", "who")}
    return redirect(url_for("issuing.show", id=id, page=page if do != "look" else None, **kept), 303)


def _go_on(batch: Batch) -> ResponseReturnValue:
    """Let a batch go on that stopped, or issue to those who could not get theirs before."""
    staff_id, id, seen = current_user.id, batch.id, request.form.get("runs", type=int)
    with db.writing() as session:
        batches.begin(session, session.get_one(Person, staff_id), session.get_one(Batch, id), seen or 0)
    return redirect(url_for("issuing.show", id=id), 303)


# What it would look like


@bp.get("/<int:id>/<int:trainee>.png")
@needs("certificate.issue")
def picture(id: int, trainee: int) -> ResponseReturnValue:
    """Somebody's certificate as it would be."""
    from academy.achievements.certificates.plates.picture import picture

    return picture(*_specimen(id, trainee, proof=False), WIDTH), 200, {"Content-Type": "image/png"}


@bp.get("/<int:id>/<int:trainee>.pdf")
@needs("certificate.issue")
def proof(id: int, trainee: int) -> ResponseReturnValue:
    """Somebody's certificate as a proof print, which says that it is one."""
    from academy.achievements.certificates.plates.files import Printer

    design, row = _specimen(id, trainee, proof=True)
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{row.serial}.pdf"'}
    return Printer(design).pdf(row), 200, headers


def _specimen(id: int, trainee: int, proof: bool) -> tuple[Any, Any]:
    session, catalog, batch = db.session(), on_page(), _batch(id)
    holder = batches.person(session, batch, trainee)
    if holder is None or batch.design not in _names():
        abort(404)
    address = absolute(url_for("verify.show", serial=sample_serial(catalog), code=SAMPLE_CODE))
    row = batches.specimen(session, catalog, batch, holder, address, proof)
    return drawn(catalog, batches.document(catalog, batch.design)), row
