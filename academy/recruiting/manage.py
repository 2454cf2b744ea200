"""HTTP for brand staff: recruiting groups, their candidates and invitations, and trainees from outside."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.actions import audit
from academy.people.models import Cohort, Person, Wording
from academy.people.queries import scope
from academy.people.rules import masked
from academy.recruiting import actions, forms, queries
from academy.recruiting.routes import named_way, way_asked
from academy.recruiting.rules import ACCEPTED, CAMPAIGN, DECLINED, POOL, STATES, over
from academy.text.sheets import written
from academy.tiers.rules import ladder
from academy.web.access import needs
from academy.web.links import absolute, qr_code
from academy.web.paging import page_asked, pages_of, turned
from academy.web.reading import pick

bp = Blueprint("candidates", __name__)

TICKED = "ticked"
"""What a button says that decides on those who are ticked, instead of on one."""


@bp.get("/desk/recruiting")
@needs("candidate.decide")
def groups() -> str:
    """The recruiting groups, and how many candidates each has."""
    return render_template("candidates/groups.html", groups=queries.groups(db.session()))


@bp.get("/desk/recruiting/<int:id>")
@needs("candidate.decide")
def group(id: int) -> ResponseReturnValue:
    """A group's candidates, fifty a page, with what to decide."""
    return _group_page(_group(id), forms.DecisionForm(formdata=None))


@bp.post("/desk/recruiting/<int:id>/decisions")
@needs("candidate.decide")
def decide(id: int) -> ResponseReturnValue:
    """Accept or decline one candidate, or those who are ticked."""
    found, form, staff_id = _group(id), forms.DecisionForm(), current_user.id
    verdict = ACCEPTED if ACCEPTED in request.form else DECLINED
    whom = request.form.get(verdict, "")
    typed = request.form.getlist("id") if whom == TICKED else [whom]
    ids = [int(one) for one in typed if one.isdecimal() and len(one) < 10]
    if not form.validate_on_submit():
        return _group_page(found, form, ids), 422
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        number = actions.decide(session, staff, id, ids[: queries.PAGE], verdict, form.note.data or "")
    if verdict == ACCEPTED:
        said = ngettext("%(num)s candidate is accepted now", "%(num)s candidates are accepted now", number)
    else:
        said = ngettext("%(num)s candidate is declined now", "%(num)s candidates are declined now", number)
    flash(said if number else _("Nobody was decided on: tick whom you mean."), "ok" if number else "info")
    return redirect(url_for("candidates.group", id=id, state=_state(), page=request.args.get("page")), 303)


@bp.post("/desk/recruiting/<int:id>/candidates.xlsx")
@needs("candidate.decide")
def export(id: int) -> ResponseReturnValue:
    """A group's candidates as a sheet; on record, as it takes personal data out of the house."""
    found, session, staff_id = _group(id), db.session(), current_user.id
    with db.writing() as writing:
        audit(writing, writing.get_one(Person, staff_id), "candidates.exported", f"cohort/{id}")
    return send_file(
        written(_sheet(session, id), (14, 14, 16, 22, 14, 12, 14, 14, 60, 40)),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"{found.name}-{_('Candidates')}-{clock.today()}.xlsx",
    )


def _sheet(session: Session, cohort_id: int) -> Iterator[list[str | int | date | None]]:
    yield [
        *(_("Candidate"), _("Phone number"), _("Shares about"), _("Way in"), _("State")),
        *(_("Applied on"), _("Decided on"), _("Why"), _("Note to her")),
    ]
    states, ways = state_names(), way_names()
    for row in queries.batches(session, cohort_id, _state()):
        one = row.candidate
        yield [
            *(one.name, one.phone, str(forms.CHANNEL_NAMES.get(one.channel, one.channel)), ways[one.way]),
            *(states[one.state], clock.day_of(one.at), one.decided_at and clock.day_of(one.decided_at)),
            *(one.why, one.note),
        ]


@bp.post("/desk/candidates/<int:id>/links")
@needs("candidate.decide")
def link(id: int) -> ResponseReturnValue:
    """A new link for a candidate who has lost hers, shown in this answer and never again."""
    staff_id = current_user.id
    with db.writing() as session:
        made = actions.new_link(session, session.get_one(Person, staff_id), id)
    if made is None:
        abort(404)
    candidate, token = made
    address = absolute(url_for("recruiting.application", token=token))
    return render_template("candidates/link.html", candidate=candidate, link=address)


@bp.route("/desk/recruiting/<int:id>/invitation", methods=["GET", "POST"])
@needs("candidate.decide")
def invitation(id: int) -> ResponseReturnValue:
    """What to paste and show for each way in, and what the application page says."""
    found, staff_id = _group(id), current_user.id
    form = forms.WordingForm(obj=db.session().get(Wording, id))
    if form.validate_on_submit():
        with db.writing() as session:
            staff = session.get_one(Person, staff_id)
            actions.word(session, staff, id, form.duties.data or "", form.honours.data or "")
        flash(_("Saved"), "ok")
        return redirect(url_for("candidates.invitation", id=id, **named_way()), 303)
    address = _link(found)
    return render_template(
        "candidates/invitation.html",
        group=found,
        way=way_asked(),
        ways=way_names(),
        link=address,
        text=_invitation(found, address),
        form=form,
    ), 422 if form.is_submitted() else 200


@bp.get("/desk/recruiting/<int:id>/qr.svg")
@needs("candidate.decide")
def qr(id: int) -> ResponseReturnValue:
    """The address of the application page as a QR code."""
    return qr_code(_link(_group(id)))


# Trainees from outside


@bp.get("/desk/outsiders")
@needs("candidate.decide")
def outsiders() -> str:
    """The trainees from outside: until when they have time, who has passed, who was removed."""
    entry, page = ladder(on_page()).external, page_asked()
    rows, number = queries.outsiders(db.session(), entry, page)
    return render_template(
        "candidates/outsiders.html",
        rows=rows,
        number=number,
        page=page,
        pages=pages_of(number, queries.PAGE),
        quiz=on_page().quizzes.get(entry.assessment) if entry else None,
        entry=entry,
        until=lambda person: entry and person.external_since and entry.until(clock.day_of(person.external_since)),
    )


@bp.post("/desk/outsiders/<int:id>/return")
@needs("candidate.decide")
def take_back(id: int) -> ResponseReturnValue:
    """Let a removed trainee learn again."""
    staff_id = current_user.id
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        if session.scalar(scope(staff).where(Person.id == id, Person.external)) is None:
            abort(404)
        seated = actions.take_back(session, staff, id)
    if seated is None:
        flash(_("She is in already; nothing was changed."), "info")
    else:
        flash(_("She can learn again; her time begins anew today."), "ok")
        if not seated:
            flash(_("Her class is full or closed. She is on its waiting list."), "info")
    return redirect(url_for("candidates.outsiders"), 303)


def state_names() -> dict[str, str]:
    """The states of an application, as staff read them."""
    return {
        "applied": _("To decide"),
        "accepted": _("Accepted"),
        "declined": _("Declined"),
        "withdrawn": _("Withdrawn"),
        "joined": _("Has joined"),
    }


def way_names() -> dict[str, str]:
    """The ways in, as staff read them."""
    return {"pool": _("Existing pool"), "campaign": _("Most active of a campaign"), "policy": _("Published policy")}


def _group(id: int) -> Cohort:
    return queries.group(db.session(), id) or abort(404)


def _state() -> str | None:
    """The state that the filter asks for; None for all."""
    state = request.args.get("state")
    if state is not None and state not in STATES:
        abort(404)
    return state


def _group_page(found: Cohort, form: forms.DecisionForm, ticked: list[int] | None = None) -> str:
    session, state = db.session(), _state()
    counts = queries.counts(session, found.id)
    number = counts.get(state, 0) if state else sum(counts.values())
    page, pages = turned(page_asked(), number, queries.PAGE)
    return render_template(
        "candidates/group.html",
        group=found,
        state=state,
        states=state_names(),
        ways=way_names(),
        channels=forms.CHANNEL_NAMES,
        counts=counts,
        over=over(counts.get(ACCEPTED, 0), found.taken, found.capacity),
        rows=queries.listed(session, found.id, state, page),
        page=page,
        pages=pages,
        masked=masked,
        form=form,
        ticked=ticked or [],
    )


def _link(found: Cohort) -> str:
    return absolute(url_for("recruiting.apply", code=found.code, **named_way()))


def _invitation(found: Cohort, address: str) -> str:
    academy, way = pick(on_page().one("brand")["academy"]), way_asked()
    if way == POOL:
        said = _("You know our products from your own home. %(academy)s would like to hear from you.", academy=academy)
    elif way == CAMPAIGN:
        said = _("You were among the most active in our campaign. %(academy)s thanks and invites you.", academy=academy)
    else:
        said = _("%(academy)s takes applications, with the same rules for everybody.", academy=academy)
    more = _(
        "Group: %(group)s. Free: nothing to stock, no fee, nobody to recruit. What you do and what you get stands "
        "on the page; we read every application and answer: %(link)s",
        group=found.name,
        link=address,
    )
    return f"{said}\n{more}"
