"""HTTP for trainees: a practice, its form, and what became of a hand-in."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from academy import clock
from academy.achievements.points.rules import earns
from academy.catalog.content import Practice
from academy.catalog.queries import on_page
from academy.db import db
from academy.journal.queries import done
from academy.practice import actions, queries
from academy.practice.forms import HandInForm
from academy.practice.models import HandIn
from academy.practice.pictures import AREA, Kept, preview, room, sign
from academy.practice.rules import ACCEPTED, promised, takes, waits_for
from academy.text.wording import Hint, hints
from academy.web.errors import Refused
from academy.web.flashes import gains
from academy.web.reading import moment, pick

bp = Blueprint("practice", __name__)

BETWEEN = "|"
"""Stands between the words whose hints she has seen."""


@bp.get("/practice/<key>")
def show(key: str) -> ResponseReturnValue:
    """The task with its form; the hand-in instead, while one waits or when one was accepted."""
    practice = _practice(key)
    last = queries.latest(db.session(), current_user.id, key)
    if last and not takes(last.state, practice.group and "again" in request.args):
        return _hand_in_page(last, practice)
    _must_be_open(practice)
    text = last.text if last else pick(practice.starter) if practice.starter else ""
    told = {"people": last.people, "named": last.named} if last else {}
    form = HandInForm(practice, current_user.id, data={"text": text, "mine": bool(last and last.pictures)} | told)
    shelf = [
        (Kept(p.file, p.width, p.height), url_for("practice.picture", id=p.hand_in_id, n=p.position))
        for p in (last.pictures if last else [])
    ]
    return _form_page(practice, form, shelf, last)


@bp.post("/practice/<key>/hand-ins")
def hand_in(key: str) -> ResponseReturnValue:
    """Hand in; what the word list points out is shown first, once."""
    practice, trainee_id = _practice(key), current_user.id
    last = queries.latest(db.session(), trainee_id, key)
    if last and not takes(last.state, practice.group):
        return _already(last)
    _must_be_open(practice)
    form = HandInForm(practice, trainee_id)
    valid = form.validate_on_submit()
    text = form.text.data or ""
    pointed_out = _hints(text)
    seen = request.form.get("seen", "").split(BETWEEN)
    if not valid or any(hint.words not in seen for hint in pointed_out):
        shelf = [(kept, preview(kept)) for kept in form.kept]
        return _form_page(practice, form, shelf, last, pointed_out), 200 if valid else 422
    with db.writing() as session:
        people, named = (form.people.data, form.named.data) if practice.group else (None, False)
        made, outcome = actions.hand_in(session, trainee_id, key, text, form.kept, people, named)
        made_id = made.id
    if not outcome:
        return _already(made)
    gains(outcome.gains)
    for tier in outcome.won("tier.reached"):
        return redirect(url_for("honours.promotion", tier=tier), 303)
    return redirect(url_for("practice.one", id=made_id), 303)


@bp.get("/hand-ins/<int:id>")
def one(id: int) -> ResponseReturnValue:
    """Her own hand-in: what she wrote, where it is, what her trainer said."""
    found = queries.own(db.session(), current_user.id, id)
    if found is None:
        abort(404)
    return _hand_in_page(found, on_page().practices.get(found.practice))


@bp.get("/hand-ins/<int:id>/pictures/<int:n>")
def picture(id: int, n: int) -> ResponseReturnValue:
    """The nth picture of her own hand-in."""
    hers = select(HandIn).where(HandIn.trainee_id == current_user.id)
    return picture_response(queries.picture(db.session(), hers, id, n))


def picture_response(file: str | None, area: str = AREA) -> ResponseReturnValue:
    """A kept picture, for this reader only; asked for anew each time, so that signing out ends it."""
    path = file and room().path(area, file)
    if not path or not path.is_file():
        abort(404)
    response = Response(path.read_bytes(), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(path.stem)
    return response.make_conditional(request)


def reply_by(hand_in: HandIn) -> str:
    """When a trainer replies, as said to the trainee."""
    until = promised(hand_in.at)
    if until < clock.now():
        return _("The reply was due %(moment)s. It is late; your text is safe and still in line.", moment=moment(until))
    if clock.day_of(until) == clock.today():
        return _("A trainer replies today by 20:00")
    return _("A trainer replies tomorrow by 20:00")


def _practice(key: str) -> Practice:
    catalog = on_page()
    if key not in catalog.practices:
        abort(404)
    return catalog.practices[key]


def _must_be_open(practice: Practice) -> None:
    finished = done(db.session(), current_user.id, ("stage.completed", "lesson.completed"))
    before = waits_for(on_page(), practice, finished)
    if before:
        raise Refused(
            _("“%(practice)s” opens after “%(before)s”.", practice=pick(practice.title), before=pick(before.title)),
            (url_for("courses.map"), _("To the map")),
        )


def _hints(text: str) -> list[Hint]:
    return hints(text, on_page().one("words")["rules"])


def _already(hand_in: HandIn) -> ResponseReturnValue:
    if hand_in.verdict_id is None:
        flash(_("This one is with your trainer already; nothing was sent twice."), "info")
    return redirect(url_for("practice.one", id=hand_in.id), 303)


def _hand_in_page(hand_in: HandIn, practice: Practice | None) -> str:
    return render_template(
        "practice/one.html",
        hand_in=hand_in,
        practice=practice,
        hints=_hints(hand_in.text),
        reply_by=reply_by(hand_in),
        counted=queries.counted(db.session(), hand_in) if hand_in.people is not None else None,
        earns=earns(on_page(), "handin.accepted", hand_in.practice),
    )


def _form_page(
    practice: Practice,
    form: HandInForm,
    shelf: list[tuple[Kept, str]],
    last: HandIn | None,
    pointed_out: list[Hint] | None = None,
) -> str:
    return render_template(
        "practice/show.html",
        practice=practice,
        form=form,
        shelf=[(sign(kept, current_user.id), src) for kept, src in shelf],
        last=last,
        hints=pointed_out,
        seen=BETWEEN.join(hint.words for hint in pointed_out or ()),
        earns={} if last and last.state == ACCEPTED else earns(on_page(), "handin.accepted", practice.key),
    )
