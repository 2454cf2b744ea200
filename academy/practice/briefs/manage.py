"""HTTP for brand staff: the UGC that was accepted, what may be done with it, and what it is worth."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from academy import clock
from academy.catalog.queries import on_page
from academy.db import db
from academy.practice import queries
from academy.practice.models import HandIn
from academy.practice.rules import manner, months_on, tasks
from academy.web.access import needs

bp = Blueprint("ugc", __name__)

PAGE = 30


@bp.get("/desk/ugc")
@needs("roster.see_all")
def index() -> ResponseReturnValue:
    """All accepted pieces, the newest first."""
    session = db.session()
    pieces = queries.published(session, PAGE + 1, request.args.get("after", type=int))
    shown = pieces[:PAGE]
    return render_template(
        "briefs/ugc.html",
        pieces=shown,
        following=shown[-1].id if len(pieces) > PAGE else None,
        featured=queries.featured(session, shown),
        brought=queries.accepted(session),
        value=manner(on_page()).value,
        tasks=tasks(on_page()),
        licensed=_licensed,
    )


def _licensed(piece: HandIn) -> tuple[str, object]:
    """Where the licence of a piece stands, `recalled`, `over` or `held`, and since or until when."""
    assert piece.licence
    assert piece.verdict
    until = months_on(piece.verdict.day, piece.licence.months)
    if piece.licence.withdrawn_at:
        return "recalled", piece.licence.withdrawn_at
    return ("over" if until < clock.today() else "held"), until
