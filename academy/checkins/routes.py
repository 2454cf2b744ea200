"""HTTP."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.queries import on_page
from academy.checkins import actions
from academy.checkins.queries import card
from academy.db import db
from academy.journal.queries import days, standing
from academy.web.flashes import gains
from academy.web.htmx import go, swaps

bp = Blueprint("checkins", __name__)


@bp.post("/check-ins")
def check_in() -> ResponseReturnValue:
    """Check in today. Changes the card, the wallet, and through the event `checked-in` the tier card."""
    trainee_id = current_user.id
    with db.writing() as session:
        outcome = actions.check_in(session, trainee_id)
    if outcome:
        gains(outcome.gains)
    else:
        flash(_("You have checked in today already."), "ok")
    onwards = url_for("home.today", _anchor="checkin")
    if tiers := outcome.won("tier.reached"):
        onwards = url_for("honours.promotion", tier=tiers[-1])
    if tiers or not swaps():
        return go(onwards)
    session = db.session()
    page = render_template(
        "checkins/_checked_in.html",
        checkin=card(on_page(), days(session, trainee_id, "checkin.done")),
        feathers=standing(session, trainee_id).feathers,
    )
    return page, {"HX-Trigger": "checked-in"}
