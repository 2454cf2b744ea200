"""HTTP for trainees: a package in its lesson, and by itself."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.order import opens_after
from academy.catalog.queries import on_page
from academy.db import db
from academy.journal.queries import done
from academy.scorm import actions, queries
from academy.scorm.models import Playthrough
from academy.scorm.tokens import Entry
from academy.web.errors import Refused
from academy.web.htmx import swaps
from academy.web.reading import locale, pick

bp = Blueprint("scorm", __name__)


@bp.post("/lessons/<lesson>/packages/<key>")
def begin(lesson: str, key: str) -> ResponseReturnValue:
    """Begin or go on with a package of a lesson that is open to her; in place, or on a page of its own."""
    catalog, trainee_id = on_page(), current_user.id
    held = catalog.lessons.get(lesson)
    if held is None or key not in held.packages:
        abort(404)
    finished = done(db.session(), trainee_id, ("stage.completed", "lesson.completed"))
    if before := opens_after(catalog, lesson, finished):
        raise Refused(
            _("“%(lesson)s” opens after “%(before)s”.", lesson=pick(held.title), before=pick(before.title)),
            (url_for("courses.map"), _("To the map")),
        )
    _check_playable()
    with db.writing() as session:
        run = actions.begin(session, trainee_id, key, bool(request.form.get("anew")))
    if swaps():
        return render_template("scorm/_player.html", **_shown(run))
    return redirect(url_for("scorm.show", id=run.id, lesson=lesson), 303)


@bp.get("/playthroughs/<int:id>")
def show(id: int) -> str:
    """A playthrough of hers on a page of its own."""
    run = queries.own(db.session(), current_user.id, id) or abort(404)
    _check_playable()
    lesson = request.args.get("lesson", "")
    back = url_for("courses.lesson", key=lesson) if lesson in on_page().lessons else url_for("courses.map")
    return render_template("scorm/show.html", back=back, **_shown(run))


def playable() -> bool:
    """Whether there is an origin to play packages on; on the academy's own they never are."""
    return current_app.extensions["settings"].player_origin is not None


def address(version_id: int, playthrough: int | None = None) -> str:
    """Where the player opens a version of a package, for this reader and for ten minutes."""
    person = current_user
    origin = request.host_url.rstrip("/")
    entry = Entry(person.id, person.epoch, playthrough, version_id, origin, locale())
    return str(current_app.extensions["settings"].player_origin) + url_for("player.frame", word=entry.word())


def _check_playable() -> None:
    if not playable():
        raise Refused(_("Packages can’t be played right now. Your teacher knows what to do."))


def _shown(run: Playthrough) -> Mapping[str, Any]:
    content = queries.content_of(db.session(), run.version_id) or abort(404)
    return {"title": content["title"], "address": address(run.version_id, run.id)}
