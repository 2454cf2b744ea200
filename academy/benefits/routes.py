"""HTTP for trainees: what her tier brings, what the next one would, and the customers whom she looks after."""

from flask import Blueprint, Response
from flask_login import current_user

from academy import clock
from academy.benefits.allotments.queries import care
from academy.benefits.allotments.rules import Care, allotted, judged, last_day
from academy.benefits.queries import issues
from academy.benefits.rules import news, steps
from academy.catalog.content import Catalog
from academy.catalog.queries import on_page
from academy.db import db
from academy.tiers.benefits import coming, in_force
from academy.tiers.rules import ladder
from academy.web.bodies import Kept, draw, kept

bp = Blueprint("benefits", __name__)


@bp.get("/benefits")
def show() -> Response:
    """The table that holds today, her tier beside the next; and what is announced."""
    me = current_user
    return Kept(_show(on_page(), me.standing.tier, me.external, care(db.session(), [me.id])[me.id]))


@kept
def _show(catalog: Catalog, tier: str, outside: bool, hers: Care) -> str:
    found, today, rungs = issues(db.session()), clock.today(), ladder(catalog)
    now, ahead = in_force(found, today), coming(found, today)
    allotment = now.benefits.allotment if now else None
    month, figures = hers.figures[-1] if hers.figures else (None, None)
    then = in_force(found, last_day(month)) if month else None
    targets = (then and then.benefits.allotment) or allotment
    return draw(
        "benefits/show.html",
        catalog.one("brand"),
        tiers=rungs.tiers,
        tier=rungs[tier],
        after=rungs.ahead(tier, outside),
        climbs=rungs.climbed_by(outside),
        now=now.benefits if now else None,
        ahead=ahead.benefits if ahead else None,
        steps=steps,
        news=news,
        allotment=allotment,
        looks_after=tier in allotted(rungs, allotment),
        from_tier=rungs[allotment.tier] if allotment and allotment.tier in rungs else None,
        care=hers,
        month=month,
        verdicts=judged(figures, targets) if figures and targets else (),
    )
