"""HTTP for quizzes and assessments."""

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome
from academy.catalog.queries import on_page, published
from academy.db import db
from academy.people.actions import lock
from academy.quizzes.actions import begin, chance, go_through, keep
from academy.quizzes.actions import finish as end
from academy.quizzes.queries import Sheet, before, best, gained, latest, own
from academy.quizzes.rules import Asked, minutes_left, to_revise
from academy.web.flashes import gains
from academy.web.htmx import go, swaps

bp = Blueprint("quizzes", __name__)


@bp.get("/quizzes/<key>")
def intro(key: str) -> ResponseReturnValue:
    """What a quiz or an assessment covers and asks for, and the way in."""
    session, me, catalog = db.session(), current_user.id, on_page()
    quiz = catalog.all_quizzes.get(key) or abort(404)
    last = latest(session, me, key)
    asked = {quiz.lesson, *(question.lesson for question in quiz.questions)}
    stage = catalog.stage_of.get(key)
    return render_template(
        "quizzes/intro.html",
        quiz=quiz,
        stage=stage,
        last=last,
        best=best(session, me, key) if last else None,
        missing=[] if last else before(session, catalog, quiz, me),
        lessons=stage.lessons if stage else [lesson for k, lesson in catalog.lessons.items() if k in asked],
    )


@bp.post("/quizzes/<key>/attempts")
def start(key: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the one that is open; one whose time has run out is closed."""
    me = current_user.id
    outcome = Outcome()
    with db.writing() as session:
        lock(session, me)
        catalog = published(session)
        quiz = catalog.all_quizzes.get(key) or abort(404)
        of = latest(session, me, key)
        if of is None or of.finished:
            of = begin(session, me, catalog, quiz, of, chance())
        elif of.over(clock.now()):
            outcome = end(session, of)
    return _after(outcome) or go(_place(of))


@bp.get("/attempts/<int:id>/questions/<int:n>")
def question(id: int, n: int) -> ResponseReturnValue:
    """One question; in a quiz with the verdict once it is answered."""
    of = own(db.session(), current_user.id, id) or abort(404)
    item = _nth(of, n)
    if of.over(clock.now()) or (of.finished and of.quiz.is_assessment):
        return go(url_for("quizzes.result", id=id))
    return _screen(of, item)


@bp.post("/attempts/<int:id>/questions/<int:n>")
def answer(id: int, n: int) -> ResponseReturnValue:
    """Answer one question; after the end of an assessment nothing counts any more."""
    me, chosen = current_user.id, frozenset(request.form.getlist("option"))
    outcome, problem = Outcome(), None
    with db.writing() as session:
        of = _held(session, me, id)
        item = _nth(of, n)
        late = of.over(clock.now()) or (of.finished and of.quiz.is_assessment)
        if late:
            outcome = end(session, of)
        elif of.takes(item):
            problem = _problem(item, chosen)
            if not problem:
                of, outcome = keep(session, of, item, chosen)
    if late:
        flash(_("This attempt has ended, so this answer is not counted. What you had answered before is."), "warn")
        return _after(outcome) or go(url_for("quizzes.result", id=id))
    if problem:
        return _screen(of, item, problem, chosen), 422
    if promoted := _after(outcome):
        return promoted
    if not of.quiz.is_assessment:
        return _screen(of, _nth(of, n)) if swaps() else go(url_for("quizzes.question", id=id, n=n))
    onward = of.next_open(n)
    if onward is None or not swaps():
        return go(_place(of, n))
    response = make_response(_screen(of, _nth(of, onward)))
    response.headers["HX-Push-Url"] = url_for("quizzes.question", id=id, n=onward)
    return response


@bp.post("/attempts/<int:id>/completion")
def finish(id: int) -> ResponseReturnValue:
    """End an assessment; a quiz ends with its last answer."""
    me = current_user.id
    with db.writing() as session:
        of = _held(session, me, id)
        outcome = end(session, of) if of.quiz.is_assessment else Outcome()
    return _after(outcome) or go(_place(of))


@bp.get("/attempts/<int:id>")
def result(id: int) -> ResponseReturnValue:
    """What an attempt came to; while an assessment is open, its questions and the time that is left."""
    session, now = db.session(), clock.now()
    of = own(session, current_user.id, id) or abort(404)
    if of.over(now):
        return render_template("quizzes/over.html", of=of)
    if not of.finished:
        if not of.quiz.is_assessment:
            return go(_place(of))
        return render_template("quizzes/overview.html", of=of, ending="ending" in request.args, **_time(of))
    catalog = on_page()
    stage = catalog.stage_of.get(of.quiz.key)
    revise = to_revise(of.quiz, (item.question for item in of.wrong))
    return render_template(
        "quizzes/result.html",
        of=of,
        gained=gained(session, of, stage.key if stage else None),
        revise=[(catalog.lessons[key], missed) for key, missed in revise.items() if key in catalog.lessons],
    )


@bp.route("/attempts/<int:id>/review", methods=["GET", "POST"])
def review(id: int) -> ResponseReturnValue:
    """The wrong answers of a finished attempt with the right ones and why; going through them opens the next."""
    me = current_user.id
    if request.method == "POST":
        with db.writing() as session:
            of = _held(session, me, id)
            if not of.finished:
                abort(404)
            go_through(of)
        return go(url_for("quizzes.intro", key=of.quiz.key))
    of = own(db.session(), me, id) or abort(404)
    if not of.finished:
        abort(404)
    if not of.wrong:
        return go(url_for("quizzes.result", id=id))
    return render_template("quizzes/review.html", of=of, lessons=on_page().lessons)


def _held(session: Session, trainee_id: int, id: int) -> Sheet:
    lock(session, trainee_id)
    return own(session, trainee_id, id) or abort(404)


def _nth(of: Sheet, n: int) -> Asked:
    return of.asked[n - 1] if 1 <= n <= len(of.asked) else abort(404)


def _problem(item: Asked, chosen: frozenset[str]) -> str | None:
    if not item.admits(chosen):
        return _("Please choose from these answers.")
    return None if chosen else _("Please choose an answer first.")


def _place(of: Sheet, n: int = 0) -> str:
    """Where an attempt goes on: at its next question without an answer after the nth, else at its result."""
    onward = None if of.finished or of.over(clock.now()) else of.next_open(n)
    if onward is None:
        return url_for("quizzes.result", id=of.attempt.id)
    return url_for("quizzes.question", id=of.attempt.id, n=onward)


def _time(of: Sheet) -> dict[str, int | None]:
    now, due_at = clock.now(), of.attempt.due_at
    if due_at is None:
        return {"minutes": None, "seconds": None}
    return {"minutes": minutes_left(due_at, now), "seconds": int((due_at - now).total_seconds())}


def _screen(of: Sheet, item: Asked, problem: str | None = None, chosen: frozenset[str] = frozenset()) -> str:
    """The screen of one question: as a page, or for htmx its regions: the question, the progress, the bottom bar."""
    told = item.answered and not of.quiz.is_assessment
    following = item.n + 1 if item.n < len(of.asked) else None
    return render_template(
        "quizzes/_screen.html" if swaps() else "quizzes/question.html",
        of=of,
        item=item,
        told=told,
        onward=following if of.finished else of.next_open(item.n),
        problem=problem,
        chosen=chosen or item.chosen or frozenset(),
        swapped=swaps(),
        **_time(of),
    )


def _after(outcome: Outcome) -> ResponseReturnValue | None:
    """Say what was earned; a promotion is celebrated before all else."""
    gains(outcome.gains)
    for tier in outcome.won("tier.reached"):
        return go(url_for("honours.promotion", tier=tier))
    return None
