"""HTTP for brand staff: the register of certificates, and what becomes of a paper."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import papers
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.rules import REPLACED, REVOKED, STATUSES
from academy.achievements.forms import LegalName, Reason
from academy.achievements.queries import wording
from academy.catalog.queries import on_page
from academy.criteria.sentences import sentence
from academy.db import db
from academy.people.actions import audit
from academy.people.models import Person
from academy.registry import queries
from academy.text.codes import printed_code
from academy.text.line import plain
from academy.text.sheets import written_as_csv
from academy.web.access import needs
from academy.web.paging import page_asked, turned

bp = Blueprint("register", __name__, url_prefix="/desk/certificates/register")


@bp.get("")
@needs("certificate.issue")
def index() -> str:
    """What was issued, thirty a page, and the corrections that were asked for."""
    session = db.session()
    chosen, shown = _chosen(request.args, current_user)
    number = queries.number_of(session, chosen)
    page, pages = turned(page_asked(), number, queries.PAGE)
    return render_template(
        "registry/register.html",
        rows=queries.rows(session, chosen, page),
        number=number,
        page=page,
        pages=pages,
        shown=shown,
        statuses=STATUSES,
        designs=queries.designs(session, on_page()),
        wishes=queries.wishes(session, current_user),
    )


@bp.post("/register.csv")
@needs("certificate.issue")
def export() -> ResponseReturnValue:
    """The same as a sheet; on record, as it takes names out of the house."""
    staff_id = current_user.id
    with db.writing() as writing:
        staff = writing.get_one(Person, staff_id)
        audit(writing, staff, "register.exported", "certificates")
    chosen, _shown = _chosen(request.form, staff)
    return send_file(
        written_as_csv(queries.lines(db.session(), chosen)),
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"{_('Register of certificates')}-{clock.today()}.csv",
    )


def _chosen(asked: Any, staff: Person) -> tuple[Select[Certificate], dict[str, str | None]]:
    typed, status = plain(asked.get("q", ""))[:40], asked.get("status")
    shown = {
        "q": typed or None,
        "status": status if status in STATUSES else None,
        "design": asked.get("design") or None,
    }
    return queries.found(staff, typed, shown["status"], shown["design"]), shown


@bp.get("/<int:id>")
@needs("certificate.issue")
def one(id: int) -> str:
    """One paper: what it says, its versions, and what became of it."""
    return _one(id)


@bp.post("/<int:id>/revocation")
@needs("certificate.issue")
def revoke(id: int) -> ResponseReturnValue:
    """Take a certificate back."""
    form = Reason(prefix="revoke")
    if not form.validate_on_submit():
        return _one(id, revoking=form), 422
    with db.writing() as session:
        papers.revoke(session, _staff(session, id), id, form.said.data or "")
    flash(_("The certificate is revoked. Every later print says so, and so does the public page."), "ok")
    return redirect(url_for("register.one", id=id), 303)


@bp.post("/<int:id>/restoring")
@needs("certificate.issue")
def restore(id: int) -> ResponseReturnValue:
    """Give a revoked certificate back."""
    form = Reason(prefix="restore")
    if not form.validate_on_submit():
        return _one(id, restoring=form), 422
    with db.writing() as session:
        papers.restore(session, _staff(session, id), id, form.said.data or "")
    flash(_("The certificate is in force again, with what had gone with it."), "ok")
    return redirect(url_for("register.one", id=id), 303)


@bp.post("/<int:id>/name")
@needs("certificate.issue")
def correct(id: int) -> ResponseReturnValue:
    """Print a paper anew with another name."""
    form = LegalName()
    if not form.validate_on_submit():
        return _one(id, naming=form), 422
    with db.writing() as session:
        staff = _staff(session, id)
        new = papers.correct_name(session, staff, id, form.legal_name.data or "", form.salutation.data or "").id
    flash(_("Printed anew with a number of its own. The earlier paper now reads as replaced."), "ok")
    return redirect(url_for("register.one", id=new), 303)


@bp.post("/<int:id>/refusal")
@needs("certificate.issue")
def decline(id: int) -> ResponseReturnValue:
    """Leave a paper as it is, though its holder asked for another name."""
    form = Reason(prefix="decline")
    if not form.validate_on_submit():
        return _one(id, declining=form), 422
    with db.writing() as session:
        papers.decline(session, _staff(session, id), id, form.said.data or "")
    flash(_("Answered. She reads why."), "ok")
    return redirect(url_for("register.one", id=id), 303)


def _staff(session: Session, paper_id: int) -> Person:
    """Who acts, once it is known that she may see the paper."""
    staff = session.get_one(Person, current_user.id)
    if queries.one(session, staff, paper_id) is None:
        abort(404)
    return staff


def _one(
    id: int,
    revoking: Reason | None = None,
    restoring: Reason | None = None,
    naming: LegalName | None = None,
    declining: Reason | None = None,
) -> str:
    session = db.session()
    row = queries.one(session, current_user, id) or abort(404)
    paper, wish = row.held.paper, papers.wished(session, row.held.paper)
    named, rule = wish or paper, queries.rule(session, paper)
    return render_template(
        "registry/paper.html",
        row=row,
        paper=paper,
        status=row.held.status,
        living=row.holder.erased_at is None,
        in_force=row.held.status not in (REPLACED, REVOKED),
        says=wording(session, paper, paper.name),
        code=printed_code(paper.code),
        rule=sentence(on_page(), rule) if rule else None,
        versions=papers.versions(session, paper),
        batch=papers.batch_of(session, paper),
        revocations=papers.revocations(session, paper),
        wish=wish,
        revoking=revoking or Reason(formdata=None, prefix="revoke"),
        restoring=restoring or Reason(formdata=None, prefix="restore"),
        declining=declining or Reason(formdata=None, prefix="decline"),
        naming=naming or LegalName(formdata=None, legal_name=named.name, salutation=named.salutation),
    )
