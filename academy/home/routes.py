"""HTTP."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from academy import clock
from academy.catalog.content import Catalog
from academy.catalog.queries import on_page
from academy.courses.queries import stage_title, stop_url
from academy.db import db
from academy.home import actions, queries
from academy.home.health import examine
from academy.home.rules import greeting
from academy.journal.queries import Known
from academy.people.models import Person
from academy.people.queries import seat
from academy.tiers.rules import ladder
from academy.web.access import public
from academy.web.bodies import Kept, draw, kept
from academy.web.htmx import go, swaps

bp = Blueprint("home", __name__)


@bp.get("/")
def today() -> ResponseReturnValue:
    """What to do today; a promotion that she has not celebrated comes first."""
    me = current_user
    celebration = _celebration(on_page(), me.id, me.visit.known.fact, me.seen_at)
    if celebration:
        return go(url_for("honours.promotion", tier=celebration), 302)
    with db.engine.connect() as connection:
        hers = seat(connection, me.id)
    her = queries.Her(me.id, me.name, bool(me.legal_name), me.standing.tier, me.seen_at, hers, me.external, _entry(me))
    return Kept(_today(on_page(), her, me.visit.known, greeting(clock.local(clock.now()).hour)))


@lru_cache(maxsize=4096)
def _celebration(_catalog: Catalog, trainee_id: int, _last: int, seen_at: datetime | None) -> str | None:
    return queries.celebration(db.session(), trainee_id, seen_at)


@kept
def _today(catalog: Catalog, her: queries.Her, known: Known, daytime: str) -> str:
    shown = queries.today(db.session(), catalog, her, known.waits)
    return draw(
        "home/today.html",
        catalog.one("brand"),
        today=shown,
        checkin=shown.checkin,
        daytime=daytime,
        days_left=max((shown.entry[1] - clock.today()).days, 0) if shown.entry else 0,
        stop_url=stop_url,
        stage_title=stage_title,
    )


def _entry(me: Person) -> queries.Entry | None:
    external = ladder(on_page()).external
    if external is None or me.external_since is None:
        return None
    return queries.Entry(external.assessment, external.until(clock.day_of(me.external_since)))


@bp.post("/notices/seen")
def seen() -> ResponseReturnValue:
    """Put the notices that were shown away; changes the list of notices alone."""
    trainee_id = current_user.id
    with db.writing() as session:
        actions.see(session, trainee_id, _until(request.form.get("until", "")))
    if swaps():
        return ""
    return redirect(url_for("home.today"), 303)


def _until(typed: str) -> datetime:
    try:
        return datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError):
        abort(400)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Whether database, content and fonts are in order: 200, or 503 naming what is not."""
    health = examine(current_app)
    return asdict(health), 200 if health.is_good else 503
