"""HTTP for trainers: planning a live session, leading it from the big screen, and who was there."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from academy import clock
from academy.achievements.points.rules import earns
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.text.codes import new_code, printed_code
from academy.training import actions, queries
from academy.training.actions import ATTENDED_KIND, Plan
from academy.training.forms import BLOCK_NAMES, GAME_NAMES, LETTERS, LinksForm, MarksForm, PlanForm, read_marks
from academy.training.models import Game, Live
from academy.training.rules import ATTENDED, DRAW, drawn, lot, seal, steps
from academy.web.access import needs
from academy.web.links import absolute, qr_code
from academy.web.paging import page_asked, turned

bp = Blueprint("sessions", __name__)


@bp.get("/desk/live")
@needs("class.teach")
def index() -> ResponseReturnValue:
    """The sessions to come and those that are over."""
    session = db.session()
    page, pages = turned(page_asked(), queries.number_over(session, current_user), queries.PAGE)
    return render_template(
        "training/sessions.html",
        coming=queries.listed(session, current_user, over=False),
        over=queries.listed(session, current_user, True, page),
        page=page,
        pages=pages,
    )


@bp.route("/desk/live/new", methods=["GET", "POST"])
@needs("class.teach")
def new() -> ResponseReturnValue:
    """Plan a session of a class, or begin it now."""
    session, me = db.session(), current_user.id
    own, classes = queries.scripts(session, current_user), queries.classes(session, current_user)
    chosen = next((row for row in own if str(row.id) == request.args.get("script")), None)
    form = PlanForm(code=new_code(), script=chosen.id if chosen else None, title=chosen.title if chosen else None)
    form.cohort.choices = [(one.id, one.name) for one in classes]
    form.script.choices = [("", _("No script")), *((row.id, row.title) for row in own)]
    if form.validate_on_submit():
        code = str(form.code.data)
        wanted = Plan(
            form.cohort.data,
            form.title.data or "",
            form.minutes.data or 60,
            form.script.data,
            form.at,
            form.join.data or "",
        )
        with db.writing() as writing:
            live = actions.plan(writing, writing.get_one(Person, me), code, wanted, _address(code))
        if live.by_id != me:
            abort(404)
        if form.at:
            flash(_("The session is on the calendar of the class"), "ok")
        return redirect(url_for("sessions.show" if form.at else "sessions.screen", id=live.id), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("training/plan.html", form=form, classes=classes), status


@bp.get("/desk/live/<int:id>")
@needs("class.teach")
def show(id: int) -> ResponseReturnValue:
    """One session: its links, what came of its games, who was there."""
    live = _seen(id)
    return _page(live, LinksForm(obj=live, formdata=None), MarksForm(formdata=None))


@bp.post("/desk/live/<int:id>/links")
@needs("class.teach")
def links(id: int) -> ResponseReturnValue:
    """Say where a session is joined and where it can be seen again."""
    live, me, form = _seen(id), current_user.id, LinksForm()
    if not form.validate_on_submit():
        return _page(live, form, MarksForm(formdata=None)), 422
    with db.writing() as session:
        actions.set_links(session, session.get_one(Person, me), id, form.join.data or "", form.replay.data or "")
    flash(_("Saved"), "ok")
    return redirect(url_for("sessions.show", id=id), 303)


@bp.post("/desk/live/<int:id>/marks")
@needs("class.teach")
def marks(id: int) -> ResponseReturnValue:
    """Read a pasted list of who was there; put it on record once it was looked at."""
    live, me, form = _seen(id), current_user.id, MarksForm()
    if live.goes_on or clock.now() < live.planned_at:
        abort(404)
    if not form.validate_on_submit():
        return _page(live, LinksForm(obj=live, formdata=None), form), 422
    members = [seat.person for seat in queries.attendance(db.session(), live)]
    read = read_marks(form.people.data or "", members, _length(live))
    if "confirmed" not in request.form:
        names = {one.id: one.name for one in members}
        return render_template("training/marks.html", live=live, form=form, read=read, names=names)
    with db.writing() as session:
        changed = actions.mark(session, session.get_one(Person, me), id, read.people)
    said = ngettext("%(num)s person is on record now", "%(num)s people are on record now", len(changed or ()))
    flash(said, "ok")
    return redirect(url_for("sessions.show", id=id, _anchor="attendance"), 303)


@bp.post("/desk/live/<int:id>/removal")
@needs("class.teach")
def call_off(id: int) -> ResponseReturnValue:
    """Call a session off that has not begun."""
    live, me = _seen(id), current_user.id
    with db.writing() as session:
        gone = actions.call_off(session, session.get_one(Person, me), id, _address(live.code or ""))
    flash(_("The session is called off") if gone else _("It has begun already"), "ok" if gone else "info")
    return redirect(url_for("sessions.index") if gone else url_for("sessions.show", id=id), 303)


@bp.get("/desk/live/<int:id>/qr.svg")
@needs("class.teach")
def qr(id: int) -> ResponseReturnValue:
    """The way in, as a QR code."""
    return qr_code(_address(_seen(id).code or ""))


# The big screen


@bp.get("/desk/live/<int:id>/screen")
@needs("class.teach")
def screen(id: int) -> ResponseReturnValue:
    """What the class sees: one step at a time."""
    live = _seen(id)
    shown = _step(live)
    return render_template("training/screen.html", link=_address(live.code or ""), **shown)


@bp.get("/desk/live/<int:id>/screen/now")
@needs("class.teach")
def now(id: int) -> ResponseReturnValue:
    """What changes on the screen by itself; a game that was opened or closed elsewhere draws the whole of it anew."""
    shown = _step(_seen(id))
    if request.args.get("seen") != shown["state"]:
        return "", 204, {"HX-Refresh": "true"}
    return render_template("training/_now.html", **shown)


@bp.post("/desk/live/<int:id>/beginning")
@needs("class.teach")
def begin(id: int) -> ResponseReturnValue:
    """Begin: from now on being there counts."""
    me = current_user.id
    with db.writing() as session:
        if not actions.begin(session, session.get_one(Person, me), id):
            abort(404)
    return redirect(url_for("sessions.screen", id=id, step=2), 303)


@bp.post("/desk/live/<int:id>/ending")
@needs("class.teach")
def end(id: int) -> ResponseReturnValue:
    """End: who was there becomes fact."""
    me = current_user.id
    with db.writing() as session:
        if not actions.end(session, session.get_one(Person, me), id):
            abort(404)
    flash(_("The session is over. Points for being there arrive within a minute."), "ok")
    return redirect(url_for("sessions.show", id=id), 303)


@bp.post("/desk/live/<int:id>/games/<int:n>/opening")
@needs("class.teach")
def open_game(id: int, n: int) -> ResponseReturnValue:
    """Open a game: the phones show it."""
    me = current_user.id
    with db.writing() as session:
        if not actions.open_game(session, session.get_one(Person, me), id, n):
            abort(404)
    return _to_step(id)


@bp.post("/desk/live/<int:id>/games/<int:n>/closing")
@needs("class.teach")
def close_game(id: int, n: int) -> ResponseReturnValue:
    """Close a game; a draw is drawn."""
    me = current_user.id
    try:
        with db.writing() as session:
            if not actions.close_game(session, session.get_one(Person, me), id, n):
                abort(404)
    except actions.Nobody as refused:
        flash(refused.message, "warn")
    return _to_step(id)


def _to_step(id: int) -> ResponseReturnValue:
    step = request.form.get("step", type=int)
    return redirect(url_for("sessions.screen", id=id, step=step if step and step > 0 else 1), 303)


def _seen(id: int) -> Live:
    return queries.seen(db.session(), current_user, id) or abort(404)


def _address(code: str) -> str:
    return absolute(url_for("live.show", code=code))


def _length(live: Live) -> int:
    """How long a session was, in minutes; one that was held elsewhere was as long as it was planned."""
    if live.began_at and live.ended_at:
        return max(round((live.ended_at - live.began_at).total_seconds() / 60), 1)
    return live.minutes


def _step(live: Live) -> dict[str, Any]:
    """What a step of a session shows; three statements at most besides the session."""
    session, words, moment = db.session(), queries.words_of(live), clock.now()
    all_steps = steps(words)
    number = min(max(request.args.get("step", 1, int), 1), len(all_steps))
    step, played = all_steps[number - 1], queries.games(session, live.id)
    row = played.get(step.n)
    return {
        "live": live,
        "words": words,
        "step": step,
        "number": number,
        "of": len(all_steps),
        "state": queries.state_of(live, played, moment),
        "game": words.games[step.n - 1] if words and step.n else None,
        "row": row,
        "is_open": bool(row and row.is_open(moment)),
        "left": max(int((row.closes_at - moment).total_seconds()), 0) if row and row.closes_at else None,
        "result": queries.result(session, row) if row else None,
        "here": len(queries.here(session, live.id)),
        "letters": LETTERS,
        "block_names": BLOCK_NAMES,
        "game_names": GAME_NAMES,
        "seal": seal,
    }


def _lots(game: Game) -> list[list[object]]:
    """The tickets of a draw with their lots, those that were drawn first."""
    return [[ticket, lot(game.seed, ticket)] for ticket in drawn(game.seed, game.entered, len(game.entered))]


def _page(live: Live, form: LinksForm, marking: MarksForm) -> str:
    session, words, played = db.session(), queries.words_of(live), queries.games(db.session(), live.id)
    code = live.code or ""
    return render_template(
        "training/session.html",
        live=live,
        words=words,
        played=played,
        results=queries.results(session, live, played) if played else {},
        seats=queries.attendance(session, live),
        link=_address(code),
        code=printed_code(code),
        form=form,
        marking=marking,
        can_mark=not live.goes_on and clock.now() >= live.planned_at,
        earns=earns(on_page(), ATTENDED_KIND, value=ATTENDED),
        attended=ATTENDED,
        game_names=GAME_NAMES,
        letters=LETTERS,
        draw=DRAW,
        seal=seal,
        lots=_lots,
    )
