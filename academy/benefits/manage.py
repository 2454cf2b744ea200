"""HTTP for the brand's staff: the table in all its versions, and the form that publishes the next one."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.benefits import actions, queries
from academy.benefits.forms import BenefitsForm, filled, ladder_of
from academy.benefits.rules import changes, percent
from academy.catalog.actions import Overtaken
from academy.catalog.content import Document
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.tiers.benefits import BENEFITS, Benefits, Issue, coming, in_force
from academy.tiers.rules import ladder
from academy.web.access import needs

bp = Blueprint("rates", __name__)

bp.add_app_template_filter(percent, "percent")
bp.add_app_template_filter("{:,}".format, "grouped")

NONE = Document(0, {})
"""What an academy has that has published no table yet."""


@bp.get("/desk/benefits")
@needs("benefit.edit")
def index() -> ResponseReturnValue:
    """The table that holds today, the one announced for later, and all that were published."""
    issues, today = _issues(), clock.today()
    return render_template(
        "benefits/index.html",
        now=in_force(issues, today),
        coming=coming(issues, today),
        issues=issues[::-1],
        tiers=ladder(on_page()).tiers,
    )


@bp.get("/desk/benefits/versions/<int:id>")
@needs("benefit.edit")
def version(id: int) -> ResponseReturnValue:
    """One version, with what it changed, cell by cell."""
    issues = _issues()
    place = next((place for place, issue in enumerate(issues) if issue.version_id == id), None)
    if place is None:
        abort(404)
    before = issues[place - 1] if place else None
    return render_template(
        "benefits/version.html",
        issue=issues[place],
        before=before,
        changes=list(changes(before.benefits, issues[place].benefits)) if before else [],
        tiers=ladder(on_page()).tiers,
    )


@bp.get("/desk/benefits/edit")
@needs("benefit.edit")
def edit() -> ResponseReturnValue:
    """The form, filled with the newest version or with the one that is asked for."""
    published = on_page().documents.get(BENEFITS, NONE)
    content = published.content
    if wanted := request.args.get("version", type=int):
        content = queries.content(db.session(), wanted) or abort(404)
    tiers = ladder(on_page()).tiers
    typed = {**filled(tiers, content), "version": published.version_id or "", "ladder": ladder_of(tiers)}
    return _page(BenefitsForm(tiers, published.content, data=typed))


@bp.post("/desk/benefits/edit")
@needs("benefit.edit")
def publish() -> ResponseReturnValue:
    """Publish the next version."""
    published, staff_id = on_page().documents.get(BENEFITS, NONE), current_user.id
    form = BenefitsForm(ladder(on_page()).tiers, published.content)
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with db.writing() as session:
            staff = session.get_one(Person, staff_id)
            changed = actions.publish_benefits(session, staff, form.content, form.version.data or "")
    except Overtaken as overtaken:
        form.version.data = str(overtaken.theirs.version_id)
        return _page(form, next(issue for issue in _issues() if issue.version_id == overtaken.theirs.version_id)), 409
    flash(_("Published.") if changed else _("Nothing was changed."), "ok")
    return redirect(url_for("rates.index"), 303)


def _page(form: BenefitsForm, theirs: Issue | None = None) -> str:
    return render_template(
        "benefits/edit.html",
        form=form,
        tiers=form.tiers,
        theirs=theirs,
        changes=list(changes(theirs.benefits, Benefits.of(form.content))) if theirs else [],
    )


def _issues() -> list[Issue]:
    return queries.issues(db.session())
