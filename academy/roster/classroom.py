"""HTTP for trainees: the class in which one learns, its rules, and its group outside."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.catalog.queries import on_page
from academy.db import db
from academy.journal.queries import done
from academy.people.rules import rules_digest
from academy.practice.queries import latest
from academy.practice.routes import picture_response
from academy.practice.rules import waits_for
from academy.roster import actions, queries
from academy.roster.forms import PHASE_NAMES
from academy.roster.leading import AREA
from academy.roster.rules import OVER, SELF_INTRO, qr_state
from academy.tiers.rules import ladder

bp = Blueprint("classroom", __name__)


@bp.get("/class")
def show() -> ResponseReturnValue:
    """Her class: who leads it, what is next, what it asks of her, where its group is."""
    session, catalog = db.session(), on_page()
    room = queries.room(session, current_user.id)
    cohort, practice = room.cohort, catalog.practices.get(SELF_INTRO)
    intro = latest(session, current_user.id, SELF_INTRO, remarks=False) if practice else None
    finished = done(session, current_user.id, ("stage.completed", "lesson.completed"))
    return render_template(
        "roster/classroom.html",
        cohort=cohort,
        phase_names=PHASE_NAMES,
        waits=ladder(catalog)[room.waiting.tier] if room.waiting else None,
        appointments=queries.appointments(session, cohort.id)[:3] if cohort else [],
        digest=rules_digest(cohort.rules) if cohort else None,
        accepted=room.accepted,
        qr=qr_state(cohort.group_qr_until, clock.now()) if cohort else None,
        practice=practice,
        intro=intro,
        before=waits_for(catalog, practice, finished) if practice and not intro else None,
    )


@bp.post("/class/rules")
def accept() -> ResponseReturnValue:
    """Accept the rules of her class, as she has read them."""
    trainee_id = current_user.id
    with db.writing() as session:
        accepted = actions.accept_rules(session, trainee_id, request.form.get("digest", ""))
    if accepted:
        flash(_("Thank you. Welcome to the group!"), "ok")
    else:
        flash(_("The rules have changed meanwhile. Please read them once more."), "info")
    return redirect(url_for("classroom.show"), 303)


@bp.get("/class/group-qr/<name>")
def group_qr(name: str) -> ResponseReturnValue:
    """The picture that leads to the group of her class, while it works; for those alone who accepted its rules."""
    room = queries.room(db.session(), current_user.id)
    cohort = room.cohort
    if cohort is None or cohort.group_qr != name or qr_state(cohort.group_qr_until, clock.now()) in (None, OVER):
        abort(404)
    if cohort.rules and room.accepted != rules_digest(cohort.rules):
        abort(404)
    return picture_response(name, AREA)
