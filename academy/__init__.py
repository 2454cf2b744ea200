"""The academy. A package imports only from floors below its own:

sample            invented people, told through what real ones do
home · account · roster · brand · ladder · badges · benefits · recruiting · registry · credentials · report · packs ·
verify · doctor                                          what people open; only `sample` imports these
discussion        what they say to each other under a lesson that is open to them
courses · quizzes · practice · scorm · pledges · checkins · materials ·
training                                                             what people do: each calls record()
conduct · traits                                                     what the brand notes of them, likewise
composing         criteria put together by clicking, for whatever room edits one
achievements      record(): points → badges → tiers → rewards → certificates; nightly(), reviews, previews
tiers             decides standing and promotion; no routes, records nothing
criteria          who qualifies; reads only journal, catalog, people
journal           facts, tallies, ledger, standing
catalog           authored content; holds criteria as opaque JSON
people            accounts, roles, cohorts
db clock text files art jobs web                         ground
"""

from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from academy.text.fonts import use_our_fonts

ROOT = Path(__file__).resolve().parent.parent
use_our_fonts(ROOT)

from academy.account.routes import bp as account_bp  # noqa: E402
from academy.achievements.nightly import nightly, sweep  # noqa: E402
from academy.achievements.routes import bp as honours_bp  # noqa: E402
from academy.badges.announcing import bp as announcing_bp  # noqa: E402
from academy.badges.giving import bp as giving_bp  # noqa: E402
from academy.badges.manage import bp as badges_desk_bp  # noqa: E402
from academy.benefits.allotments.actions import take_in as take_in_figures  # noqa: E402
from academy.benefits.allotments.manage import bp as allotments_bp  # noqa: E402
from academy.benefits.manage import bp as rates_bp  # noqa: E402
from academy.benefits.routes import bp as benefits_bp  # noqa: E402
from academy.brand.routes import bp as brand_bp  # noqa: E402
from academy.checkins.routes import bp as checkins_bp  # noqa: E402
from academy.conduct.manage import bp as conduct_bp  # noqa: E402
from academy.courses.routes import bp as courses_bp  # noqa: E402
from academy.credentials.commands import credentials_commands  # noqa: E402
from academy.credentials.routes import bp as credentials_bp  # noqa: E402
from academy.credentials.sharing import bp as shares_bp  # noqa: E402
from academy.db import db, prepare  # noqa: E402
from academy.discussion.manage import bp as moderation_bp  # noqa: E402
from academy.discussion.routes import bp as discussion_bp  # noqa: E402
from academy.doctor.commands import doctor_command  # noqa: E402
from academy.files import FileRoom  # noqa: E402
from academy.files.archives import MOST_BYTES  # noqa: E402
from academy.home.routes import bp as home_bp  # noqa: E402
from academy.jobs.commands import jobs_commands  # noqa: E402
from academy.jobs.work import Task  # noqa: E402
from academy.journal.queries import visitor  # noqa: E402
from academy.ladder.decide import bp as decide_bp  # noqa: E402
from academy.ladder.manage import bp as tiers_desk_bp  # noqa: E402
from academy.ladder.outlook import bp as outlook_bp  # noqa: E402
from academy.ladder.routes import bp as ladder_bp  # noqa: E402
from academy.materials.routes import bp as materials_bp  # noqa: E402
from academy.packs.commands import packs_commands  # noqa: E402
from academy.packs.manage import bp as packs_bp  # noqa: E402
from academy.packs.manage import sweep as sweep_packs  # noqa: E402
from academy.people.models import Person  # noqa: E402
from academy.pledges.routes import bp as pledges_bp  # noqa: E402
from academy.practice.briefs.manage import bp as ugc_bp  # noqa: E402
from academy.practice.briefs.routes import bp as briefs_bp  # noqa: E402
from academy.practice.jobs import sweep as sweep_pictures  # noqa: E402
from academy.practice.manage import bp as practice_desk_bp  # noqa: E402
from academy.practice.peers.routes import bp as peers_bp  # noqa: E402
from academy.practice.phrases import bp as phrases_bp  # noqa: E402
from academy.practice.routes import bp as practice_bp  # noqa: E402
from academy.quizzes.routes import bp as quizzes_bp  # noqa: E402
from academy.recruiting.jobs import forget_candidates, remove_overdue  # noqa: E402
from academy.recruiting.manage import bp as candidates_bp  # noqa: E402
from academy.recruiting.routes import bp as recruiting_bp  # noqa: E402
from academy.registry.designs import bp as designs_bp  # noqa: E402
from academy.registry.issuing import bp as issuing_bp  # noqa: E402
from academy.registry.jobs import issue as issue_batch  # noqa: E402
from academy.registry.jobs import make as make_print  # noqa: E402
from academy.registry.jobs import sweep as sweep_prints  # noqa: E402
from academy.registry.prints import bp as prints_bp  # noqa: E402
from academy.registry.register import bp as register_bp  # noqa: E402
from academy.report.routes import bp as report_bp  # noqa: E402
from academy.roster.classroom import bp as classroom_bp  # noqa: E402
from academy.roster.jobs import seats  # noqa: E402
from academy.roster.leading import bp as leading_bp  # noqa: E402
from academy.roster.manage import bp as cohorts_bp  # noqa: E402
from academy.roster.routes import bp as roster_bp  # noqa: E402
from academy.sample.commands import sample_commands  # noqa: E402
from academy.sample.routes import bp as sample_bp  # noqa: E402
from academy.scorm.manage import bp as packages_bp  # noqa: E402
from academy.scorm.player import bp as player_bp  # noqa: E402
from academy.scorm.routes import bp as scorm_bp  # noqa: E402
from academy.studio.jobs import forget_saves, publish_scheduled  # noqa: E402
from academy.studio.lessons import bp as lessons_desk_bp  # noqa: E402
from academy.studio.manage import bp as outlines_bp  # noqa: E402
from academy.studio.previews import bp as studio_bp  # noqa: E402
from academy.studio.publishing import bp as publishing_bp  # noqa: E402
from academy.studio.quizzes import bp as quizzes_desk_bp  # noqa: E402
from academy.studio.translation import bp as translation_bp  # noqa: E402
from academy.studio.unlocking import bp as unlocking_bp  # noqa: E402
from academy.studio.updates import bp as updates_bp  # noqa: E402
from academy.studio.uploads import PIECE  # noqa: E402
from academy.studio.uploads import bp as uploads_bp  # noqa: E402
from academy.studio.uploads import sweep as sweep_uploads  # noqa: E402
from academy.tiers.looks import look_of  # noqa: E402
from academy.training.jobs import attendance  # noqa: E402
from academy.training.manage import bp as scripts_bp  # noqa: E402
from academy.training.routes import bp as live_bp  # noqa: E402
from academy.training.sessions import bp as sessions_bp  # noqa: E402
from academy.traits.actions import take_in as take_in_traits  # noqa: E402
from academy.traits.manage import bp as traits_bp  # noqa: E402
from academy.verify.routes import bp as verify_bp  # noqa: E402
from academy.web import access, assets, bodies, drawing, errors, offline, origins, reading  # noqa: E402
from academy.web.sessions import ClockSessions  # noqa: E402
from academy.web.settings import Settings  # noqa: E402

ROOMS = (
    home_bp,
    account_bp,
    honours_bp,
    courses_bp,
    quizzes_bp,
    practice_bp,
    practice_desk_bp,
    scorm_bp,
    packages_bp,
    player_bp,
    phrases_bp,
    briefs_bp,
    ugc_bp,
    peers_bp,
    discussion_bp,
    moderation_bp,
    pledges_bp,
    checkins_bp,
    materials_bp,
    scripts_bp,
    sessions_bp,
    live_bp,
    conduct_bp,
    traits_bp,
    roster_bp,
    cohorts_bp,
    leading_bp,
    classroom_bp,
    brand_bp,
    ladder_bp,
    tiers_desk_bp,
    outlook_bp,
    decide_bp,
    badges_desk_bp,
    giving_bp,
    announcing_bp,
    benefits_bp,
    rates_bp,
    allotments_bp,
    recruiting_bp,
    candidates_bp,
    designs_bp,
    register_bp,
    issuing_bp,
    prints_bp,
    credentials_bp,
    shares_bp,
    report_bp,
    sample_bp,
    outlines_bp,
    packs_bp,
    studio_bp,
    lessons_desk_bp,
    quizzes_desk_bp,
    updates_bp,
    unlocking_bp,
    publishing_bp,
    translation_bp,
    uploads_bp,
    verify_bp,
)

JOBS = {
    "attendance": Task(attendance, daily=True),
    "batch": Task(issue_batch),
    "candidates": Task(lambda _job: forget_candidates(), daily=True),
    "figures": Task(take_in_figures),
    "nightly": Task(nightly, daily=True),
    "outsiders": Task(lambda _job: remove_overdue(), daily=True),
    "print": Task(make_print),
    "packs": Task(lambda _job: sweep_packs(), daily=True),
    "publish": Task(publish_scheduled),
    "saves": Task(lambda _job: forget_saves(), daily=True),
    "pictures": Task(lambda _job: sweep_pictures(), daily=True),
    "prints": Task(lambda _job: sweep_prints(), daily=True),
    "seats": Task(seats, daily=True),
    "sweep": Task(sweep),
    "traits": Task(take_in_traits),
    "uploads": Task(lambda _job: sweep_uploads(), daily=True),
}

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        # Videos may be streamed from elsewhere.
        "media-src 'self' https:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


class Number(IntegerConverter):
    """A number in an address: one that no row can have is not found."""

    def __init__(self, map: Map, max: int = 2**31 - 1) -> None:
        super().__init__(map, max=max)


class House(Flask):
    """Flask without a question that is asked of every function in every request: none of ours is a coroutine."""

    def ensure_sync(self, func: Any) -> Any:
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the house; raises `Unconfigured` where production lacks a secret key."""
    settings = settings or Settings.from_environment()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = House("academy", root_path=str(ROOT / "academy"), template_folder="../templates", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # With this prefix browsers take it from no other host, so that no package can sign anybody in as another.
        SESSION_COOKIE_NAME="__Host-session" if settings.production else "session",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=30 * 24 * 3600,
        MAX_CONTENT_LENGTH=100 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.session_interface = ClockSessions()
    app.url_map.converters["int"] = Number
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    app.extensions["jobs"] = JOBS
    app.extensions["files"] = FileRoom(settings.instance / "files")

    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.before_request(origins.apart)
    app.before_request(_bound)
    guarded = CSRFProtect(app)
    Htmx(app)
    _sign_in(app)
    reading.init(app)
    assets.init(app)
    drawing.init(app, look_of)
    errors.init(app)
    offline.init(app)
    bodies.init(app)
    for room in ROOMS:
        app.register_blueprint(room)
    # Its pages leave no cookie, so that there is nothing that a forged form could use.
    guarded.exempt(verify_bp)
    # Nobody is signed in there; what may be saved, a token says.
    guarded.exempt(player_bp)
    app.cli.add_command(packs_commands)
    app.cli.add_command(sample_commands)
    app.cli.add_command(doctor_command)
    app.cli.add_command(jobs_commands)
    app.cli.add_command(credentials_commands)
    app.before_request(access.guard)
    app.after_request(_headers)
    return app


def _sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(key: str) -> Person | None:
        id, _, epoch = key.partition(".")
        if not id.isdigit():
            return None
        # Most pages are kept and need no session besides.
        with db.engine.connect() as connection:
            found = visitor(connection, int(id))
        if found is None or str(found.person.epoch) != epoch or not found.person.is_active:
            return None
        g.release = found.release
        # Attributes of this request, not columns.
        vars(found.person).update(standing=found.standing, visit=found)
        return found.person


def _bound() -> None:
    """Only uploads may be large; a plain form is read at once, so its whole size is what counts."""
    if request.endpoint in ("packages.upload", "packages.renew", "packs.check", "packs.bring"):
        request.max_content_length = MOST_BYTES + 1024 * 1024
    elif request.endpoint == "uploads.go_on":
        request.max_content_length = PIECE
    elif request.method != "GET" and request.mimetype != "multipart/form-data":
        request.max_content_length = 1024 * 1024


def _headers(response: Any) -> ResponseReturnValue:
    player = current_app.extensions["settings"].player_origin or ""
    framed = "'self'" if g.get("framed") else "'none'"
    ours = {
        "Content-Security-Policy": f"{POLICY}; frame-ancestors {framed}; frame-src 'self' {player}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    for name, value in ours.items():
        if name not in response.headers:
            response.headers.add(name, value)
    return response  # type: ignore[no-any-return]
