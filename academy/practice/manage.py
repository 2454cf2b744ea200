"""HTTP for trainers: the hand-ins that wait for them, and the verdict."""

from typing import NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from academy import clock
from academy.achievements.points.rules import earns
from academy.catalog.content import Practice
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.actions import Erased
from academy.people.models import Person
from academy.practice import actions, queries
from academy.practice.forms import VerdictForm
from academy.practice.models import HandIn
from academy.practice.routes import picture_response
from academy.practice.rules import ACCEPTED, RETURNED, STATES, WAITING, promised
from academy.text.typed import pieces
from academy.text.wording import Hint, hints
from academy.tiers.rules import ladder
from academy.web.access import needs
from academy.web.paging import page_asked, turned
from academy.web.reading import pick

bp = Blueprint("review", __name__)


@bp.app_template_global()
def to_be_reviewed() -> int:
    """How many hand-ins wait for a verdict, beside the way to them on every desk page."""
    return queries.counts(db.session(), current_user).waiting


PAGE = 50
BESIDE = 10
"""How many of the queue stand beside the one that is open."""


@bp.get("/desk/hand-ins")
@needs("handin.review")
def queue() -> ResponseReturnValue:
    """The hand-ins of a state, fifty a page."""
    state = request.args.get("state", WAITING)
    if state not in STATES:
        abort(404)
    session = db.session()
    number = queries.number_of(session, current_user, state)
    page, pages = turned(page_asked(), number, PAGE)
    return render_template(
        "review/queue.html",
        state=state,
        rows=queries.listed(session, current_user, state, PAGE, (page - 1) * PAGE),
        number=number,
        page=page,
        pages=pages,
        **_desk(),
    )


@bp.get("/desk/hand-ins/<int:id>")
@needs("handin.review")
def one(id: int) -> ResponseReturnValue:
    """One hand-in, with what came before it and the verdict form."""
    found = _found(id)
    return _page(found, VerdictForm(obj=found))


@bp.post("/desk/hand-ins/<int:id>/acceptance")
@needs("handin.review")
def accept(id: int) -> ResponseReturnValue:
    """Accept it."""
    return _decide(id, ACCEPTED)


@bp.post("/desk/hand-ins/<int:id>/return")
@needs("handin.review")
def return_(id: int) -> ResponseReturnValue:
    """Return it with what to change."""
    return _decide(id, RETURNED)


@bp.post("/desk/hand-ins/<int:id>/announcement")
@needs("handin.review")
def announce(id: int) -> ResponseReturnValue:
    """Put on record that a group was announced as an example (标杆)."""
    staff_id = current_user.id
    with db.writing() as session:
        if not actions.announce(session, session.get_one(Person, staff_id), id):
            _missing(id)
    flash(_("On record as announced"), "ok")
    return redirect(url_for("review.one", id=id, _anchor="announcement"), 303)


@bp.get("/desk/hand-ins/<int:id>/pictures/<int:n>")
@needs("handin.review")
def picture(id: int, n: int) -> ResponseReturnValue:
    """The nth picture of a hand-in that she may see."""
    return picture_response(queries.picture(db.session(), queries.in_scope(current_user), id, n))


def waited(hand_in: HandIn) -> str:
    """How long a hand-in has waited, in the largest unit that is at least one."""
    return span(int((clock.now() - hand_in.at).total_seconds()))


def span(seconds: int) -> str:
    """A stretch of time in words."""
    if seconds >= 48 * 3600:
        return ngettext("%(num)s day", "%(num)s days", seconds // (24 * 3600))
    if seconds >= 3600:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // 3600)
    return ngettext("%(num)s minute", "%(num)s minutes", max(seconds // 60, 1))


def _found(id: int) -> HandIn:
    return queries.seen(db.session(), current_user, id) or _missing(id)


def _missing(id: int) -> NoReturn:
    """Say that its trainee has left, to those who taught her; to others it was never there."""
    if queries.of_erased(db.session(), current_user, id):
        raise Erased((url_for("review.queue"), _("On to the next one")))
    abort(404)


def _decide(id: int, verdict: str) -> ResponseReturnValue:
    form, staff_id, found = VerdictForm(), current_user.id, _found(id)
    form.needed = verdict == RETURNED
    form.counts = verdict == ACCEPTED and found.people is not None
    if not form.validate_on_submit():
        return _page(found, form), 422
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        outcome = actions.decide(session, staff, id, verdict, form.comment.data or "", form.people.data)
        if outcome is None:
            _missing(id)
        following = queries.next_waiting(session, staff)
        name = session.get_one(HandIn, id).trainee.name
    _say(verdict, name, outcome.won("tier.reached"), bool(following))
    onwards = url_for("review.one", id=following, _anchor="hand-in") if following else url_for("review.queue")
    return redirect(onwards, 303)


def _say(verdict: str, name: str, tiers: list[str], more: bool) -> None:
    if verdict == ACCEPTED:
        flash(_("Accepted. Here is the next one.") if more else _("Accepted. The queue is empty."), "ok")
    else:
        flash(_("Returned. Here is the next one.") if more else _("Returned. The queue is empty."), "ok")
    for tier in tiers:
        flash(_("%(name)s has reached %(tier)s.", name=name, tier=pick(ladder(on_page())[tier].title)), "ok")


def _page(hand_in: HandIn, form: VerdictForm) -> str:
    session = db.session()
    waits = hand_in.verdict_id is None
    place = queries.before(session, current_user, hand_in) if waits else 0
    start = max(place - BESIDE // 2, 0)
    beside = queries.listed(session, current_user, WAITING, BESIDE, start)
    desk, earlier = _desk(), queries.earlier(session, hand_in)
    counted = queries.counted(session, hand_in) if hand_in.people is not None else None
    paid = any(round.state == ACCEPTED for round in earlier)
    return render_template(
        "review/one.html",
        hand_in=hand_in,
        counted=counted,
        announcement=_announcement(hand_in, counted) if counted else None,
        practice=_practice(hand_in),
        hints=_hints(hand_in),
        pieces=pieces(hand_in.text, (hint.words for hint in _hints(hand_in))),
        earlier=earlier,
        form=form,
        earns={} if paid else earns(on_page(), "handin.accepted", hand_in.practice),
        place=place + 1,
        beside=beside,
        previous=beside[place - start - 1].hand_in.id if waits and place else None,
        following=beside[place - start + 1].hand_in.id if waits and place - start + 1 < len(beside) else None,
        **desk,
    )


def _announcement(hand_in: HandIn, counted: int) -> str:
    """What to paste into the class's group about a group that is an example to others."""
    return _(
        "An example for all of us: %(name)s. Clear rules, a plan for each day of the week, and %(n)s people who "
        "like to come back. Well done! Ask her how she did it.",
        name=hand_in.trainee.name,
        n=counted,
    )


def _desk() -> dict[str, object]:
    """What every page of this room shows: how much waits, and how to read a row."""
    counts = queries.counts(db.session(), current_user)
    return {
        "counts": counts,
        "longest": span(int((clock.now() - counts.since).total_seconds())) if counts.since else "",
        "practices": on_page().practices,
        "waited": waited,
        "late": lambda hand_in: promised(hand_in.at) < clock.now(),
        "hints_of": _hints,
    }


def _practice(hand_in: HandIn) -> Practice | None:
    catalog = on_page()
    found = catalog.practices.get(hand_in.practice)
    return found


def _hints(hand_in: HandIn) -> list[Hint]:
    return hints(hand_in.text, on_page().one("words")["rules"])
