"""HTTP for trainees: the live session of their class on their phones, and those that lessons announce."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.achievements.points.rules import earns
from academy.catalog.blocks import OVER, phase_of, span_of
from academy.catalog.queries import on_page
from academy.db import db
from academy.training import actions, queries
from academy.training.actions import ATTENDED_KIND
from academy.training.forms import GAME_NAMES, LETTERS
from academy.training.models import Live, Presence
from academy.training.rules import ATTENDED, seal
from academy.web.access import signed_in
from academy.web.flashes import gains
from academy.web.htmx import go, swaps

bp = Blueprint("live", __name__)


@bp.get("/live/<code>")
@signed_in
def show(code: str) -> ResponseReturnValue:
    """A session of her class: what is to be answered, what came of it; staff are led to the big screen."""
    session = db.session()
    if not current_user.may("learn"):
        live = queries.by_code(session, code)
        if live is None or queries.seen(session, current_user, live.id) is None:
            abort(404)
        return redirect(url_for("sessions.screen", id=live.id))
    live = queries.hers(session, current_user.id, code) or abort(404)
    moment, played, row = clock.now(), queries.games(session, live.id), _presence(live)
    return render_template(
        "live/show.html",
        live=live,
        code=live.code,
        words=queries.words_of(live),
        played=played,
        open=[n for n, game in sorted(played.items()) if game.is_open(moment)],
        closed=[n for n, game in sorted(played.items()) if not game.is_open(moment)],
        left={n: int((game.closes_at - moment).total_seconds()) for n, game in played.items() if game.closes_at},
        mine=queries.mine(session, current_user.id, played),
        state=queries.state_of(live, played, moment),
        presence=row,
        share=queries.share(live, row, moment) if row else None,
        earns=earns(on_page(), ATTENDED_KIND, value=ATTENDED),
        earns_right=earns(on_page(), "game.right"),
        attended=ATTENDED,
        game_names=GAME_NAMES,
        letters=LETTERS,
        seal=seal,
    )


@bp.get("/live/<code>/now")
def now(code: str) -> ResponseReturnValue:
    """Whether anything has changed since the page was drawn: then it is drawn anew."""
    session = db.session()
    live = queries.hers(session, current_user.id, code) or abort(404)
    state = queries.state_of(live, queries.games(session, live.id), clock.now())
    return "", 204, {} if request.args.get("seen") == state else {"HX-Refresh": "true"}


@bp.post("/live/<code>/presence")
def appear(code: str) -> ResponseReturnValue:
    """I am here: by the page itself every minute, or by hand."""
    trainee_id = current_user.id
    with db.writing() as session:
        live = queries.hers(session, trainee_id, code) or abort(404)
        new = queries.presence(session, live.id, trainee_id) is None
        outcome = actions.attend(session, live, trainee_id)
    gains(outcome.gains)
    # The first time her page learns her number.
    return go(url_for("live.show", code=code)) if new or outcome or not swaps() else ("", 204)


@bp.post("/live/<code>/games/<int:n>/answer")
def answer(code: str, n: int) -> ResponseReturnValue:
    """Answer a game, once."""
    trainee_id, choice = current_user.id, request.form.get("choice", type=int)
    if choice is None:
        if queries.hers(db.session(), trainee_id, code) is None:
            abort(404)
        flash(_("Please choose an answer first."), "warn")
        return go(url_for("live.show", code=code))
    with db.writing() as session:
        if not actions.answer(session, trainee_id, code, n, choice):
            abort(404)
    return go(url_for("live.show", code=code, _anchor=f"game-{n}"))


@bp.get("/live-lessons/<key>")
def lesson(key: str) -> ResponseReturnValue:
    """The live session that a lesson announces: when, the way in, and how long she has been there."""
    session, moment = db.session(), clock.now()
    found = queries.open_to(on_page(), current_user.standing.tier, key) or abort(404)
    begins, ends = span_of(found.block)
    live = queries.of_block(session, key, begins)
    row = _presence(live) if live else None
    return render_template(
        "live/lesson.html",
        found=found,
        begins=begins,
        ends=ends,
        phase=phase_of(found.block, moment),
        began=moment >= begins,
        over=OVER,
        presence=row,
        share=queries.share(live, row, moment) if live and row else None,
        earns=earns(on_page(), ATTENDED_KIND, key, ATTENDED),
        attended=ATTENDED,
    )


@bp.post("/live-lessons/<key>/presence")
def attend(key: str) -> ResponseReturnValue:
    """Join the live session of a lesson, and say again that one is still there."""
    trainee_id = current_user.id
    with db.writing() as session:
        joined = actions.join_block(session, trainee_id, key)
        if joined is None:
            abort(404)
    gains(joined[1].gains)
    return ("", 204) if swaps() and not joined[1] else go(url_for("live.lesson", key=key))


def _presence(live: Live) -> Presence | None:
    return queries.presence(db.session(), live.id, current_user.id)
