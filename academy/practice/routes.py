"""HTTP for trainees: a practice, its form, and what became of a hand-in."""

from datetime import datetime

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
from academy.practice import actions, queries, rules
from academy.practice.briefs.queries import opens
from academy.practice.forms import HandInForm
from academy.practice.models import HandIn
from academy.practice.peers.queries import of_hand_in
from academy.practice.pictures import AREA, Kept, preview, room, sign
from academy.practice.rules import (
    ACCEPTED,
    PLATFORMS,
    PRACTICE,
    PRAISE,
    UGC,
    average,
    briefs,
    checks,
    manner,
    months_on,
    pieces,
    rubric,
    takes,
    tasks,
    waits_for,
)
from academy.text.differences import became
from academy.text.wording import Hint, hints
from academy.web.errors import Refused
from academy.web.flashes import gains
from academy.web.reading import moment, pick

bp = Blueprint("practice", __name__)


class Withdrawn(Refused):
    """What she writes for is not published any more."""

    status = 404


BETWEEN = "|"
"""Stands between the words whose hints she has seen."""

for _drawn in (rules.platform_of, became):
    bp.add_app_template_global(_drawn)


@bp.app_template_global()
def platform_name(key: str) -> str:
    """What a platform is called."""
    return pick(PLATFORMS[key][0])


@bp.get("/practice/<key>")
def show(key: str) -> ResponseReturnValue:
    """The task with its form; the hand-in instead, while one waits or when one was accepted."""
    practice = _practice(key)
    last = queries.latest(db.session(), current_user.id, key)
    if last and not takes(last.state, _repeats(practice) and "again" in request.args):
        return _hand_in_page(last, practice)
    _must_be_open(practice)
    if last and last.state == ACCEPTED and not practice.group:
        last = None  # another piece begins anew
    text = last.text if last else pick(practice.starter) if practice.starter else ""
    form = HandInForm(practice, current_user.id, _is_ugc(practice), data={"text": text} | _told(last))
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
    if last and not takes(last.state, _repeats(practice)):
        return _already(last)
    _must_be_open(practice)
    form = HandInForm(practice, trainee_id, _is_ugc(practice))
    valid = form.validate_on_submit()
    text = form.text.data or ""
    pointed_out = _hints(text)
    seen = request.form.get("seen", "").split(BETWEEN)
    if not valid or any(hint.words not in seen for hint in pointed_out):
        shelf = [(kept, preview(kept)) for kept in form.kept]
        return _form_page(practice, form, shelf, last, pointed_out), 200 if valid else 422
    listed = checks(on_page(), practice)
    ticked = [pick(line) for n, line in enumerate(listed) if str(n) in (form.checks.data or ())]
    with db.writing() as session:
        made, outcome = actions.hand_in(
            session,
            trainee_id,
            key,
            text,
            form.kept,
            *((form.people.data, form.named.data) if practice.group else ()),
            link=(form.link.data or "") if practice.link else "",
            checks=form.statements + ticked,
            all_checked=len(ticked) == len(listed) > 0,
            shared=form.shared.data,
            terms=form.terms,
        )
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
    return _hand_in_page(found, tasks(on_page()).get(found.practice))


@bp.post("/hand-ins/<int:id>/withdrawal")
def withdraw(id: int) -> ResponseReturnValue:
    """Take back what she allowed the brand to do with a piece."""
    trainee_id = current_user.id
    with db.writing() as session:
        if not actions.withdraw_licence(session, trainee_id, id):
            abort(404)
    flash(_("Taken back. The brand sees it as recalled and may not use it again."), "ok")
    return redirect(url_for("practice.one", id=id), 303)


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
    until = hand_in.due
    if until < clock.now():
        return _("The reply was due %(moment)s. It is late; your text is safe and still in line.", moment=moment(until))
    return by(until)


def by(until: datetime) -> str:
    """By when a trainer replies, as said now."""
    hour = f"{clock.local(until):%H:%M}"
    days = (clock.day_of(until) - clock.today()).days
    if days == 0:
        return _("A trainer replies today by %(hour)s", hour=hour)
    if days == 1:
        return _("A trainer replies tomorrow by %(hour)s", hour=hour)
    return _("A trainer replies by %(moment)s", moment=moment(until))


def _practice(key: str) -> Practice:
    found = tasks(on_page()).get(key)
    if found is None and request.method == "POST":
        message = _("This task is not offered any more. What you wrote stays on this phone.")
        raise Withdrawn(message, (url_for("courses.map"), _("To the map")))
    return found or abort(404)


def _is_ugc(practice: Practice) -> bool:
    return practice.key in briefs(on_page())


def _repeats(practice: Practice) -> bool:
    return practice.group or _is_ugc(practice)


def _told(last: HandIn | None) -> dict[str, object]:
    """What she said in the round before and need not say again; what the law wants she states each time."""
    if last is None:
        return {}
    told: dict[str, object] = {name: getattr(last, name) for name in ("people", "named", "link", "shared")}
    if last.licence:
        told |= {name: getattr(last.licence, name) for name in ("scope", "months", "portrait")}
    return told | {"mine": bool(last.pictures)}


def _must_be_open(practice: Practice) -> None:
    brief = briefs(on_page()).get(practice.key)
    if brief:
        if not opens(db.session(), on_page(), brief, current_user.id):
            raise Refused(
                _("“%(brief)s” is not open to you yet. The list says what it takes.", brief=pick(brief.title)),
                (url_for("briefs.index"), _("To the briefs")),
            )
        return
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
    session = db.session()
    told = queries.told(session, hand_in) if hand_in.state == ACCEPTED else {}
    licence, verdict = hand_in.licence, hand_in.verdict
    return render_template(
        "practice/one.html",
        hand_in=hand_in,
        practice=practice,
        hints=_hints(hand_in.text),
        reply_by=reply_by(hand_in),
        counted=told.get("group.built"),
        excellent=PRAISE[hand_in.kind] in told,
        rounds=[*queries.earlier(session, hand_in)[::-1], hand_in],
        repeats=practice is not None and _repeats(practice),
        peers=of_hand_in(session, hand_in) if verdict else [],
        until=months_on(verdict.day, licence.months) if licence and verdict else None,
        **_said(hand_in, practice),
    )


def _said(hand_in: HandIn | None, practice: Practice | None) -> dict[str, object]:
    """What a trainer said to it: the text with its passages, the remarks, the stars; nothing before the verdict."""
    remarks = hand_in.remarks if hand_in and hand_in.verdict_id is not None else []
    return {
        "remarks": remarks,
        "pieces": pieces(hand_in.text, (), [(one.start, one.end) for one in remarks]) if hand_in else [],
        "aspects": rubric(on_page(), practice),
        "average": average(hand_in.scores) if hand_in else None,
    }


def _form_page(
    practice: Practice,
    form: HandInForm,
    shelf: list[tuple[Kept, str]],
    last: HandIn | None,
    pointed_out: list[Hint] | None = None,
) -> str:
    catalog = on_page()
    kind = UGC if _is_ugc(practice) else PRACTICE
    return render_template(
        "practice/show.html",
        practice=practice,
        brief=briefs(catalog).get(practice.key),
        form=form,
        shelf=[(sign(kept, current_user.id), src) for kept, src in shelf],
        last=last,
        checks=checks(catalog, practice),
        reply_by=by(manner(catalog).due(clock.now())),
        hints=pointed_out,
        seen=BETWEEN.join(hint.words for hint in pointed_out or ()),
        earns={} if last and last.state == ACCEPTED else earns(catalog, f"{kind}.accepted", practice.key),
        **_said(last, practice),
    )
