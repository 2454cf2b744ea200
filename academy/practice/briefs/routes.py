"""HTTP for trainees: the briefs."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from academy.achievements.points.rules import earns
from academy.catalog.queries import on_page
from academy.criteria.sentences import sentence
from academy.db import db
from academy.practice.briefs.queries import board

bp = Blueprint("briefs", __name__)


@bp.get("/briefs")
def index() -> ResponseReturnValue:
    """What the brand would like to see, and what has become of her pieces."""
    catalog = on_page()
    return render_template(
        "briefs/index.html",
        offers=board(db.session(), catalog, current_user.id),
        said=lambda criterion: sentence(catalog, criterion),
        earns=lambda brief: earns(catalog, "ugc.accepted", brief.key),
    )
