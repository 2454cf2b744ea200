"""HTTP: the map, the lessons, and the first lesson for guests."""

import mimetypes

from flask import Blueprint, Response, abort, current_app, flash, render_template, request, send_file, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.achievements import Outcome
from academy.achievements.points.rules import earns
from academy.catalog.blocks import CAPTIONS, PAPERS, SOUNDS, VIDEOS
from academy.catalog.content import Catalog, Lesson
from academy.catalog.queries import on_page
from academy.courses import actions, lessons, queries
from academy.courses.forms import chosen
from academy.courses.lessons import Asked, Place, Setting
from academy.courses.rules import DONE, exams, front_door, phases, visible
from academy.db import db
from academy.journal.queries import Happened, Known
from academy.people.models import Cohort
from academy.text.line import plain
from academy.tiers.rules import ladder
from academy.web.access import public
from academy.web.bodies import Body, Kept, draw, kept
from academy.web.flashes import gains
from academy.web.htmx import go, swaps

bp = Blueprint("courses", __name__)

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@bp.get("/map")
def map() -> ResponseReturnValue:
    """Her courses as a walk from stage to stage, and the assessment at its end."""
    me = current_user
    return Kept(_own_map(on_page(), me.id, me.standing.tier, me.external, me.visit.known))


@kept
def _own_map(catalog: Catalog, trainee_id: int, tier: str, outside: bool, _known: Known) -> Body:
    session = db.session()
    finished = queries.topics(session, trainee_id)
    shown = frozenset(pair for pair in finished.pairs if pair[0] not in queries.WITHIN)
    return _map(catalog, tier, outside, Happened(shown), queries.barred(session, catalog, trainee_id, tier))


@kept
def _map(catalog: Catalog, key: str, outside: bool, finished: Happened, barred: frozenset[str]) -> str:
    tier = ladder(catalog)[key]
    walked = queries.walked(catalog, key, finished, barred)
    own = [lesson for course, _stations in walked.courses if course.tier == tier.key for lesson in course.lessons]
    return draw(
        "courses/map.html",
        catalog.one("brand"),
        tier=tier,
        walked=walked,
        lessons=own,
        learned=sum(lesson.key in finished["lesson.completed"] for lesson in own),
        exams=[
            (quiz, [course for course in before if course.key not in finished["course.completed"]])
            for quiz, before in exams(catalog, queries.tiers_upto(catalog, tier.key))
        ],
        passed=finished["exam.passed"],
        after=ladder(catalog).ahead(tier.key, outside),
        feathers=lambda key: earns(catalog, "lesson.completed", key)["feathers"],
        stop_url=queries.stop_url,
        stage_title=queries.stage_title,
    )


@bp.get("/lessons/<key>")
def lesson(key: str) -> ResponseReturnValue:
    """A lesson that is open to her."""
    return _lesson(key)


@bp.post("/lessons/<key>/checks/<question>")
def check(key: str, question: str) -> ResponseReturnValue:
    """Judge an answer; the right one and its reason go out only now."""
    trainee_id, tier = current_user.id, current_user.standing.tier
    walked = queries.walk_of(db.session(), on_page(), trainee_id, tier, queries.topics(db.session(), trainee_id))
    asked = lessons.find_check(queries.reach(on_page(), walked, key)[2], question)
    answer = chosen(asked, request.form)
    if answer is None:
        if swaps():
            return lessons.unanswered(_place(key), asked)
        return _lesson(key, error=lessons.nothing_chosen()), 422
    if asked.is_right(answer):
        with db.writing() as session:
            outcome = actions.answer_right(session, trainee_id, key, question)
        gains(outcome.gains)
        if promoted := _promotion(outcome):
            return go(promoted)
    return lessons.answered(_place(key), asked, answer)


@bp.post("/lessons/<key>/completion")
def complete(key: str) -> ResponseReturnValue:
    """Complete a lesson and go on to what follows."""
    trainee_id = current_user.id
    with db.writing() as session:
        outcome, following = actions.complete(session, trainee_id, key)
    gains(outcome.gains)
    return go(_promotion(outcome) or (queries.stop_url(following) if following else url_for("courses.map")))


def _lesson(key: str, error: str | None = None) -> Response:
    me, visit = current_user, current_user.visit
    now = phases(on_page().lessons.get(key), clock.now())
    asked = lessons.asked(error)
    return Kept(_own_lesson(on_page(), key, me.id, me.standing.tier, visit.known, visit.trainer, asked, now))


@kept
def _own_lesson(
    catalog: Catalog,
    key: str,
    trainee_id: int,
    tier: str,
    _known: Known,
    trainer: str | None,
    asked: Asked,
    now: tuple[tuple[str, str], ...],
) -> Body:
    session = db.session()
    finished = queries.topics(session, trainee_id)
    walked = queries.walk_of(session, catalog, trainee_id, tier, finished)
    station, stop, shown = queries.reach(catalog, walked, key)
    before, following = station.before(key), station.after(key)
    setting = Setting(
        back=url_for("courses.map", _anchor=f"stage-{station.stage.key}"),
        eyebrow=queries.stage_title(station),
        trainer=trainer,
        number=station.stops.index(stop) + 1,
        of=len(station.stage.lessons),
        learned=stop.state == DONE,
        before_url=queries.stop_url(before) if before else None,
        next_url=queries.stop_url(following) if following else url_for("courses.map"),
        leads_to="map" if following is None else "quiz" if following.is_quiz else "lesson",
        played=finished["package.completed"].intersection(shown.packages),
        phases=now,
        attended=finished["live.attended"].intersection(dict(now)),
        asked_anew=queries.is_asked(session, catalog, trainee_id, key, finished),
    )
    return lessons.page(catalog, shown, _place(key), setting, finished["question.right"], asked)


def _place(key: str) -> Place:
    return Place("courses.lesson", "courses.check", "courses.complete", (("key", key),))


def _promotion(outcome: Outcome) -> str | None:
    tiers = outcome.won("tier.reached")
    return url_for("honours.promotion", tier=tiers[-1]) if tiers else None


@bp.get("/lesson-pictures/<name>")
@public
def picture(name: str) -> ResponseReturnValue:
    """A lesson's picture; its name is the digest of what it holds."""
    try:
        path = current_app.extensions["files"].path("lesson", name)
    except ValueError:
        abort(404)
    if not path.is_file():
        abort(404)
    response = Response(path.read_bytes(), mimetype=mimetypes.guess_type(name)[0])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@bp.get("/lesson-files/<name>")
@public
def media(name: str) -> ResponseReturnValue:
    """A lesson’s video, sound or paper, or the part of it that is asked for."""
    try:
        path = current_app.extensions["files"].path("lesson", name)
    except ValueError:
        abort(404)
    if not path.is_file() or path.suffix.lstrip(".") not in (*VIDEOS, *SOUNDS, *CAPTIONS, *PAPERS):
        abort(404)
    called = plain(request.args.get("as", ""))[:80]
    response = send_file(
        path,
        as_attachment=bool(called),
        download_name=f"{called}{path.suffix}" if called else None,
        conditional=True,
        etag=name,
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@bp.get("/join/<code>")
@public
def join(code: str) -> ResponseReturnValue:
    """Who invites, what it is, and the way to the first lesson."""
    if current_user.is_authenticated:
        return _at_home()
    catalog = on_page()
    cohort, shown = _invited(code)
    after = ladder(catalog).ahead(ladder(catalog).first.key, cohort.external)
    return render_template(
        "courses/join.html",
        cohort=cohort,
        teacher=queries.teacher(cohort.trainer.name if cohort.trainer else None),
        full=cohort.taken >= cohort.capacity,
        lesson=shown,
        after=after,
        promises=queries.promised(catalog, after.key) if after else [],
        days=queries.fewest_days(ladder(catalog).first.promotion),
        lessons=sum(1 for course in visible(catalog, [ladder(catalog).first.key]) for _lesson in course.lessons),
    )


@bp.get("/join/<code>/lesson")
@public
def trial(code: str) -> ResponseReturnValue:
    """The first lesson, before there is an account."""
    if current_user.is_authenticated:
        return _at_home()
    cohort, shown = _invited(code)
    return _trial(cohort, shown)


@bp.post("/join/<code>/lesson/checks/<question>")
@public
def trial_check(code: str, question: str) -> ResponseReturnValue:
    """Judge a guest's answer; it is kept in her cookie, no row is written."""
    if current_user.is_authenticated:
        return _at_home()
    cohort, shown = _invited(code)
    asked = lessons.find_check(shown, question)
    answer = chosen(asked, request.form)
    if answer is None:
        if swaps():
            return lessons.unanswered(_guest_place(cohort), asked)
        return _trial(cohort, shown, error=lessons.nothing_chosen()), 422
    if asked.is_right(answer):
        cookie["right"] = sorted({*cookie.get("right", ()), question})
    return lessons.answered(_guest_place(cohort), asked, answer)


@bp.post("/join/<code>/lesson/completion")
@public
def trial_complete(code: str) -> ResponseReturnValue:
    """Remember what the guest has learned, and let her sign up."""
    if current_user.is_authenticated:
        return _at_home()
    cohort, shown = _invited(code)
    cookie["trial"] = {"cohort": cohort.code, "lesson": shown.key, "right": cookie.get("right", [])}
    return go(url_for("account.sign_up"))


def _invited(code: str) -> tuple[Cohort, Lesson]:
    cohort = queries.invitation(db.session(), code)
    return cohort, front_door(on_page()) or abort(404)


def _trial(cohort: Cohort, shown: Lesson, error: str | None = None) -> Response:
    setting = Setting(
        guest=True,
        back=url_for("courses.join", code=cohort.code),
        eyebrow=_("First lesson, no sign-up needed"),
        trainer=cohort.trainer.name if cohort.trainer else None,
        number=1,
        of=len(on_page().stage_of[shown.key].lessons),
    )
    right = cookie.get("right", ())
    return Kept(lessons.page(on_page(), shown, _guest_place(cohort), setting, right, lessons.asked(error)))


def _guest_place(cohort: Cohort) -> Place:
    return Place("courses.trial", "courses.trial_check", "courses.trial_complete", (("code", cohort.code),))


def _at_home() -> ResponseReturnValue:
    flash(_("You have an account already: invitations are for those who are new. Here is your own page."), "info")
    return go(url_for("home.today"))
