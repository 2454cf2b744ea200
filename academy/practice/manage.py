"""HTTP for trainers: the hand-ins that wait for them, what they say to them, and the verdict."""

from typing import NoReturn

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
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
from academy.practice.actions import Decided
from academy.practice.forms import RemarkForm, VerdictForm
from academy.practice.models import HandIn
from academy.practice.peers.queries import of_hand_in
from academy.practice.routes import picture_response
from academy.practice.rules import (
    ACCEPTED,
    EXCELLENT,
    MOST_COUNTED,
    PRAISE,
    RETURNED,
    STATES,
    WAITING,
    Aspect,
    Phrase,
    average,
    manner,
    pieces,
    rubric,
    sentences,
    tasks,
)
from academy.text.wording import Hint, hints
from academy.tiers.rules import ladder
from academy.web.access import needs
from academy.web.htmx import swaps
from academy.web.reading import pick

bp = Blueprint("review", __name__)


@bp.app_template_global()
def to_be_reviewed() -> str:
    """How many hand-ins wait for a verdict, beside the way to them on every desk page; empty where none does."""
    waiting = _counts().waiting
    return few(waiting) if waiting else ""


@bp.app_template_global()
def few(number: int) -> str:
    """A number as a desk says it: 23, and 99+ where it was not counted on."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


PAGE = 50
BEFORE, BEHIND = 5, 6
"""How many of the queue stand above the one that is open, and how many from it on."""


@bp.get("/desk/hand-ins")
@needs("handin.review")
def queue() -> ResponseReturnValue:
    """The hand-ins of a state, fifty a page; what is overdue comes first."""
    state = request.args.get("state", WAITING)
    if state not in STATES:
        abort(404)
    rows = queries.listed(db.session(), current_user, state, PAGE + 1, request.args.get("after", type=int))
    return render_template(
        "review/queue.html",
        state=state,
        rows=rows[:PAGE],
        following=rows[PAGE - 1].hand_in.id if len(rows) > PAGE else None,
        first="after" not in request.args,
        **_desk(),
    )


@bp.get("/desk/hand-ins/workload")
@needs("handin.review")
def workload() -> ResponseReturnValue:
    """What lies on each desk, and how quickly it was answered in the last seven days."""
    loads = queries.workload(db.session(), current_user)
    return render_template("review/workload.html", loads=loads, **_desk())


@bp.get("/desk/hand-ins/<int:id>")
@needs("handin.review")
def one(id: int) -> ResponseReturnValue:
    """One hand-in, with what came before it and the verdict form."""
    found = _found(id)
    return _page(found, VerdictForm(_aspects(found), obj=found))


@bp.get("/desk/hand-ins/<int:id>/rounds")
@needs("handin.review")
def rounds(id: int) -> ResponseReturnValue:
    """All rounds side by side, each with what changed since the one before."""
    found = _found(id)
    earlier = queries.earlier(db.session(), found)
    return render_template(
        "review/rounds.html",
        hand_in=found,
        practice=_practice(found),
        rounds=[*earlier[::-1], found],
        **_desk(),
    )


@bp.post("/desk/hand-ins/<int:id>/acceptance")
@needs("handin.review")
def accept(id: int) -> ResponseReturnValue:
    """Accept it."""
    return _decide(id, ACCEPTED)


@bp.post("/desk/hand-ins/<int:id>/excellence")
@needs("handin.review")
def praise(id: int) -> ResponseReturnValue:
    """Accept it as an example to others; UGC is featured."""
    return _decide(id, EXCELLENT)


@bp.post("/desk/hand-ins/<int:id>/return")
@needs("handin.review")
def return_(id: int) -> ResponseReturnValue:
    """Return it with what to change."""
    return _decide(id, RETURNED)


@bp.post("/desk/hand-ins/<int:id>/remarks")
@needs("handin.review")
def remark(id: int) -> ResponseReturnValue:
    """Say something to a passage; without scripts the page comes back with what else was typed."""
    staff_id, found = current_user.id, _found(id)
    form = RemarkForm(found.text)
    if not form.validate_on_submit():
        return _said(found, form), 422
    assert form.passage
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        if not actions.remark(session, staff, id, *form.passage, form.remark.data or ""):
            _missing(id)
    return _said(_found(id), RemarkForm(found.text, formdata=None))


@bp.post("/desk/hand-ins/<int:id>/remarks/<int:n>/removal")
@needs("handin.review")
def unsay(id: int, n: int) -> ResponseReturnValue:
    """Take back one of her own remarks."""
    staff_id, found = current_user.id, _found(id)
    with db.writing() as session:
        if not actions.unsay(session, session.get_one(Person, staff_id), id, n):
            _missing(id)
    return _said(_found(id), RemarkForm(found.text, formdata=None))


@bp.post("/desk/hand-ins/<int:id>/phrases")
@needs("handin.review")
def insert(id: int) -> ResponseReturnValue:
    """Without scripts: put a phrase at the end of the comment."""
    found = _found(id)
    form = VerdictForm(_aspects(found))
    phrases, number = _phrases(), request.form.get("phrase", -1, int)
    if not 0 <= number < len(phrases):
        return _page(found, form), 422
    form.comment.data = "\n".join(filter(None, [form.comment.data, pick(phrases[number].text)]))
    return _page(found, form)


@bp.get("/desk/hand-ins/<int:id>/owner")
@needs("handin.review")
def owner(id: int) -> ResponseReturnValue:
    """To whom it may be handed over."""
    found, session = _found(id), db.session()
    return render_template(
        "review/owner.html",
        hand_in=found,
        practice=_practice(found),
        colleagues=[one for one in queries.reviewers(session) if one.id != current_user.id],
        **_desk(),
    )


@bp.post("/desk/hand-ins/<int:id>/owner")
@needs("handin.review")
def entrust(id: int) -> ResponseReturnValue:
    """Hand it over to a colleague, or take it."""
    staff_id, to_id = current_user.id, request.form.get("to", -1, int)
    with db.writing() as session:
        if not actions.entrust(session, session.get_one(Person, staff_id), id, to_id):
            _missing(id)
        name = session.get_one(Person, to_id).name
    flash(_("It is yours now.") if to_id == staff_id else _("%(name)s takes care of it now.", name=name), "ok")
    return redirect(url_for("review.one", id=id), 303)


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
    staff_id, found = current_user.id, _found(id)
    form = VerdictForm(_aspects(found))
    # A remark says what to change, too.
    form.needed = verdict == RETURNED and not found.remarks
    form.counts = verdict != RETURNED and found.people is not None
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        with db.writing() as session:
            staff = session.get_one(Person, staff_id)
            outcome = actions.decide(
                session, staff, id, verdict, form.comment.data or "", form.people.data, form.scores
            )
            if outcome is None:
                _missing(id)
            following = queries.next_waiting(session, staff, found) or queries.next_waiting(session, staff)
            name = session.get_one(HandIn, id).trainee.name
    except Decided as told:
        # What she wrote is not lost: it stands there to be copied.
        return _page(_found(id), form, told.message), 409
    _tell(verdict, name, outcome.won("tier.reached"), bool(following))
    onwards = url_for("review.one", id=following, _anchor="hand-in") if following else url_for("review.queue")
    return redirect(onwards, 303)


def _tell(verdict: str, name: str, tiers: list[str], more: bool) -> None:
    said = {
        ACCEPTED: (_("Accepted. Here is the next one."), _("Accepted. The queue is empty.")),
        EXCELLENT: (_("Accepted as excellent. Here is the next one."), _("Accepted as excellent. The queue is empty.")),
        RETURNED: (_("Returned. Here is the next one."), _("Returned. The queue is empty.")),
    }
    flash(said[verdict][not more], "ok")
    for tier in tiers:
        flash(_("%(name)s has reached %(tier)s.", name=name, tier=pick(ladder(on_page())[tier].title)), "ok")


def _said(hand_in: HandIn, form: RemarkForm) -> str:
    """What the text shows once a remark was made: in place, or on the page with what else was typed."""
    if swaps():
        return render_template("review/_answer.html", **_answer(hand_in, form))
    return _page(hand_in, VerdictForm(_aspects(hand_in)), remark=form)


def _answer(hand_in: HandIn, form: RemarkForm) -> dict[str, object]:
    found = _hints(hand_in)
    passages = [(one.start, one.end) for one in hand_in.remarks]
    return {
        "hand_in": hand_in,
        "hints": found,
        "pieces": pieces(hand_in.text, (hint.words for hint in found), passages),
        "remarks": hand_in.remarks,
        "sentences": [hand_in.text[start:end] for start, end in sentences(hand_in.text)],
        "remark": form,
    }


def _page(hand_in: HandIn, form: VerdictForm, unsent: object = None, remark: RemarkForm | None = None) -> str:
    session, catalog = db.session(), on_page()
    waits = hand_in.verdict_id is None
    beside = queries.beside(session, current_user, hand_in, BEFORE, BEHIND)
    above = [row.hand_in.id for row in beside if (row.hand_in.due, row.hand_in.id) < (hand_in.due, hand_in.id)]
    below = [row.hand_in.id for row in beside if (row.hand_in.due, row.hand_in.id) > (hand_in.due, hand_in.id)]
    earlier = queries.earlier(session, hand_in)
    told = queries.told(session, hand_in) if hand_in.state == ACCEPTED else {}
    counted = told.get("group.built")
    paid = any(round.state == ACCEPTED for round in earlier)
    aspects = _aspects(hand_in)
    return render_template(
        "review/one.html",
        unsent=unsent,
        counted=counted,
        excellent=PRAISE[hand_in.kind] in told,
        announcement=_announcement(hand_in, counted) if counted else None,
        practice=_practice(hand_in),
        earlier=earlier,
        form=form,
        aspects=aspects,
        average=average(hand_in.scores),
        phrases=_phrases() if waits else [],
        peers=of_hand_in(session, hand_in, hidden=True) if not waits else [],
        earns={} if paid else earns(catalog, f"{hand_in.kind}.accepted", hand_in.practice),
        more=earns(catalog, PRAISE[hand_in.kind], hand_in.practice),
        place=queries.before(session, current_user, hand_in) + 1 if waits else None,
        beside=beside,
        previous=above[-1] if above else None,
        following=below[0] if below else None,
        **_answer(hand_in, remark or RemarkForm(hand_in.text, formdata=None)),
        **_desk(),
    )


def _aspects(hand_in: HandIn) -> tuple[Aspect, ...]:
    return rubric(on_page(), _practice(hand_in))


def _phrases() -> list[Phrase]:
    """Her own phrases, those that colleagues keep for all, and the academy's."""
    kept = queries.phrases(db.session(), current_user)
    return [*(Phrase(one.title, one.text) for one in kept), *manner(on_page()).phrases]


def _announcement(hand_in: HandIn, counted: int) -> str:
    """What to paste into the class's group about a group that is an example to others."""
    return _(
        "An example for all of us: %(name)s. Clear rules, a plan for each day of the week, and %(n)s people who "
        "like to come back. Well done! Ask her how she did it.",
        name=hand_in.trainee.name,
        n=counted,
    )


def _counts() -> queries.Counts:
    """How much there is to do, read once a page."""
    if "to_do" not in g:
        g.to_do = queries.counts(db.session(), current_user)
    found: queries.Counts = g.to_do
    return found


def _desk() -> dict[str, object]:
    """What every page of this room shows: how much waits, and how to read a row."""
    counts = _counts()
    return {
        "counts": counts,
        "longest": span(int((clock.now() - counts.since).total_seconds())) if counts.since else "",
        "tasks": tasks(on_page()),
        "waited": waited,
        "late": lambda hand_in: hand_in.due < clock.now(),
        "hints_of": _hints,
    }


def _practice(hand_in: HandIn) -> Practice | None:
    return tasks(on_page()).get(hand_in.practice)


def _hints(hand_in: HandIn) -> list[Hint]:
    return hints(hand_in.text, on_page().one("words")["rules"])
