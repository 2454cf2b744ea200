"""HTTP for trainers and brand staff: the desk, the roster, one trainee, one cohort."""

import io
from collections import Counter

import segno
from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.queries import on_page
from academy.courses.rules import visible
from academy.criteria.explain import Reason
from academy.criteria.sentences import sentence
from academy.db import db
from academy.people.models import Cohort, Person
from academy.people.queries import scope
from academy.people.rules import masked
from academy.practice.queries import counts, of_trainee, waiting_by_cohort
from academy.roster import actions, queries
from academy.roster.rules import columns, unmet
from academy.roster.story import told
from academy.tiers.rules import ladder
from academy.web.access import needs
from academy.web.reading import pick

bp = Blueprint("roster", __name__)


@bp.get("/desk")
@needs("desk.open")
def desk() -> ResponseReturnValue:
    """What there is to do today, and how the cohorts are."""
    session = db.session()
    todo = counts(session, current_user)
    return render_template(
        "roster/desk.html",
        todo=todo,
        absent=queries.by_cohort(session, queries.absent(current_user)),
        members=queries.by_cohort(session, scope(current_user)),
        cohorts=queries.cohorts(session, current_user),
        to_review=waiting_by_cohort(session, current_user),
        ladder=ladder(on_page()),
    )


@bp.get("/desk/roster")
@needs("roster.see")
def index() -> ResponseReturnValue:
    """The trainees, fifty a page, each with what is missing to her next tier."""
    session = db.session()
    cohorts = queries.cohorts(session, current_user)
    cohort_id = request.args.get("cohort", type=int)
    if "cohort" in request.args and cohort_id not in {cohort.id for cohort in cohorts}:
        abort(404)
    typed = request.args.get("q", "").strip()[:40]
    only_absent = bool(request.args.get("absent"))
    trainees = queries.found(current_user, cohort_id, typed, only_absent)
    number = queries.number_of(session, trainees)
    pages = max(-(-number // queries.PAGE), 1)
    page = min(max(request.args.get("page", 1, int), 1), pages)
    rows = queries.rows(session, trainees, (page - 1) * queries.PAGE)
    return render_template(
        "roster/index.html",
        cohorts=cohorts,
        cohort_id=cohort_id,
        q=typed,
        only_absent=only_absent,
        number=number,
        page=page,
        pages=pages,
        rows=rows,
        gaps=queries.gaps(session, on_page(), rows),
        ladder=ladder(on_page()),
        unmet=unmet,
        said=_said,
        contact=_contact,
    )


@bp.get("/desk/trainees/<int:id>")
@needs("roster.see")
def trainee(id: int) -> ResponseReturnValue:
    """One trainee: her conditions, what happened, what she handed in, her certificates."""
    session, catalog = db.session(), on_page()
    row = queries.one(session, current_user, id)
    if row is None:
        abort(404)
    page = max(request.args.get("page", 1, int), 1)
    facts, number = queries.timeline(session, id, page)
    reason = queries.gaps(session, catalog, [row]).get(id)
    return render_template(
        "roster/trainee.html",
        row=row,
        contact=_contact(row.person),
        tier=ladder(catalog)[row.standing.tier],
        next=ladder(catalog).after(row.standing.tier),
        conditions=list(reason.conditions()) if reason else [],
        said=_said,
        days=told(catalog, facts),
        page=page,
        pages=max(-(-number // queries.PAGE), 1),
        hand_ins=of_trainee(session, id),
        practices=catalog.practices,
        certificates=queries.certificates(session, id),
        designs={design["key"]: design for design in catalog.one("designs")["designs"]},
    )


@bp.post("/desk/trainees/<int:id>/reset-codes")
@needs("password.reset")
def reset_code(id: int) -> ResponseReturnValue:
    """A new one-time code, shown in this answer and never again."""
    staff_id = current_user.id
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        person = session.scalar(scope(staff).where(Person.id == id))
        if person is None:
            abort(404)
        code, until = actions.make_reset_code(session, staff, person)
    return render_template("roster/reset_code.html", person=person, code=code, until=until)


@bp.get("/desk/cohorts/<int:id>")
@needs("roster.see")
def cohort(id: int) -> ResponseReturnValue:
    """One cohort, with its invitation as text, link and QR code."""
    session = db.session()
    found = _cohort(id)
    link = _link(found)
    return render_template(
        "roster/cohort.html",
        cohort=found,
        tier=ladder(on_page())[found.tier],
        members=queries.number_of(session, queries.found(current_user, id)),
        absent=queries.number_of(session, queries.found(current_user, id, only_absent=True)),
        invites=found.open and found.tier == ladder(on_page()).first.key,
        link=link,
        text=_invitation(found, link),
    )


@bp.get("/desk/cohorts/<int:id>/progress")
@needs("roster.see")
def progress(id: int) -> ResponseReturnValue:
    """Who of a cohort has finished which lesson and quiz of its tier, fifty trainees a page."""
    session, found = db.session(), _cohort(id)
    trainees = queries.found(current_user, id)
    number = queries.number_of(session, trainees)
    pages = max(-(-number // queries.PAGE), 1)
    page = min(max(request.args.get("page", 1, int), 1), pages)
    stages = columns(visible(on_page(), [found.tier]))
    asked = [column for _stage, together in stages for column in together]
    deeds = queries.deeds(session, trainees, asked)
    return render_template(
        "roster/progress.html",
        cohort=found,
        tier=ladder(on_page())[found.tier],
        stages=stages,
        asked=asked,
        rows=queries.rows(session, trainees, (page - 1) * queries.PAGE),
        deeds=deeds,
        totals=Counter(deed for hers in deeds.values() for deed in hers),
        number=number,
        page=page,
        pages=pages,
    )


@bp.get("/desk/cohorts/<int:id>/qr.svg")
@needs("roster.see")
def cohort_qr(id: int) -> ResponseReturnValue:
    """The invitation link as a QR code."""
    out = io.BytesIO()
    segno.make(_link(_cohort(id)), error="m").save(out, kind="svg", scale=8, border=4, light="#fff", xmldecl=False)
    return out.getvalue(), {"Content-Type": "image/svg+xml"}


def _cohort(id: int) -> Cohort:
    found = queries.cohort(db.session(), current_user, id)
    if found is None:
        abort(404)
    return found


def _link(cohort: Cohort) -> str:
    base = current_app.extensions["settings"].base_url or request.host_url
    return str(base).rstrip("/") + url_for("courses.join", code=cohort.code)


def _invitation(cohort: Cohort, link: str) -> str:
    academy = pick(on_page().one("brand")["academy"])
    return _(
        "%(who)s invites you to join “%(cohort)s” at %(academy)s. It is free: nothing to stock, nobody to recruit. "
        "Open the link and take the first lesson, no sign-in needed: %(link)s",
        who=cohort.trainer.name if cohort.trainer else academy,
        cohort=cohort.name,
        academy=academy,
        link=link,
    )


def _said(reason: Reason) -> str:
    return sentence(on_page(), reason.criterion)


def _contact(person: Person) -> str:
    return masked(person.phone or person.email or "")
