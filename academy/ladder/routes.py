"""HTTP for trainees: the own tier, why it is hers, what comes next, and what she says to a review."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.achievements import approvals, reviews
from academy.achievements.why import whys
from academy.catalog.queries import on_page
from academy.courses.queries import tiers_upto
from academy.courses.rules import exams, shut
from academy.criteria.explain import explain
from academy.criteria.gaps import row
from academy.criteria.language import Leaf
from academy.criteria.sentences import sentence
from academy.db import db
from academy.journal.queries import place, topics
from academy.ladder.forms import Said
from academy.ladder.queries import last_step_down
from academy.tiers.rules import ladder

bp = Blueprint("ladder", __name__)

MANY = 10


@bp.get("/tier")
def own() -> ResponseReturnValue:
    """Where she stands and why, what the next tier asks, and what a review or staff have said."""
    return _page(Said(formdata=None))


def _page(form: Said) -> str:
    session, catalog, me = db.session(), on_page(), current_user
    rungs, tier = ladder(catalog), ladder(catalog)[me.standing.tier]
    after = rungs.ahead(tier.key, me.external)
    step = next((step for step in rungs.steps if after and step.into == after.key and tier.key in step.out_of), None)
    parts = list(explain(session, catalog, step.criterion, me.id).conditions()) if step else []
    closed = shut(exams(catalog, tiers_upto(catalog, tier.key)), topics(session, me.id, "course.completed"))
    missing = [part for part in parts if not part.met]
    warned = reviews.warning(session, catalog, me.id) if rungs.review.on else None
    lowered = last_step_down(session, me.id)
    among = place(session, tier.key, me.standing.growth)
    return render_template(
        "ladder/own.html",
        tier=tier,
        next=after,
        missing=[row(catalog, part, closed) for part in missing],
        met=[row(catalog, part) for part in parts if part.met],
        waits=bool(missing) and all(_is_approval(part.criterion) for part in missing),
        put_off=approvals.put_off(session, me.id, after.key) if after and step and step.approved else None,
        why=next(iter(whys(session, catalog, me.id, {}, ("tier.reached", tier.key))), None),
        sentence=lambda criterion: sentence(catalog, criterion),
        warned=warned,
        lacks=[row(catalog, part) for part in warned[1].conditions() if not part.met] if warned else [],
        decided_on=reviews.decided_on(warned[0], rungs.review.warn_days) if warned else None,
        lowered=lowered,
        appealable=bool(lowered and reviews.appealable(session, me.id)),
        # A place among few says more of the others than of her.
        place=among if among.people >= MANY else None,
        form=form,
    )


def _is_approval(criterion: object) -> bool:
    return isinstance(criterion, Leaf) and criterion.name == "approval"


@bp.post("/tier/appeal")
def appeal() -> ResponseReturnValue:
    """Say something against the last step down, once."""
    form, trainee_id = Said(), current_user.id
    if not form.validate_on_submit():
        return _page(form), 422
    with db.writing() as session:
        reviews.appeal(session, trainee_id, form.said.data or "")
    flash(_("Sent. You find the answer here, and on today’s page."), "ok")
    return redirect(url_for("ladder.own"), 303)


@bp.post("/tier/request")
def ask_again() -> ResponseReturnValue:
    """Ask again for an approval that was put off; asked twice, it changes nothing."""
    trainee_id = current_user.id
    with db.writing() as session:
        approvals.ask_again(session, trainee_id, request.form.get("tier", "")[:60])
    flash(_("Asked. The brand looks at it again."), "ok")
    return redirect(url_for("ladder.own"), 303)
