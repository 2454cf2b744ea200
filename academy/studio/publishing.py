"""Publishing what was written, at once or at a time, and looking back at what was published."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.catalog.blocks import MOMENT
from academy.catalog.drafts import Redrafted
from academy.catalog.queries import on_page, published
from academy.db import db
from academy.people.models import Person
from academy.studio import actions, checks, queries
from academy.studio.actions import PERMISSION, Forbidden, Marks, Overtaken, Unfinished
from academy.studio.differences import differences, place_of
from academy.studio.queries import sketch
from academy.studio.rules import ASSESSMENT, COURSE, EDITED, LESSON, UPDATE, Name
from academy.text.line import plain
from academy.web.access import needs
from academy.web.paging import page_asked, turned

bp = Blueprint("publishing", __name__, url_prefix="/desk/studio")

NOTE_MOST, PAGE = 200, 20


@bp.get("/publication/<key>")
@needs(PERMISSION)
def show(key: str) -> str:
    """What of a course, or of an assessment, is not published yet, what differs, and what is wrong with it."""
    return _page(key)


@bp.post("/publication/<key>")
@needs(PERMISSION)
def publish(key: str) -> ResponseReturnValue:
    """Publish the chosen drafts as they were looked at, or have them published at a time."""
    marks, staff_id = _marks(), current_user.id
    note, reason = (plain(request.form.get(field, ""))[:NOTE_MOST] for field in ("note", "reason"))
    typed = request.form.get("at", "").strip().replace("T", " ")
    at = _instant(typed) if typed else None
    if not marks:
        return _page(key, error=_("Please choose what is to be published.")), 422
    if typed and (at is None or at <= clock.now()):
        return _page(key, error=_("Please give a day and a time that lie ahead.")), 422
    try:
        with db.writing() as session:
            staff = session.get_one(Person, staff_id)
            done = None
            if at:
                actions.schedule(session, staff, key, marks, note, at, reason)
            else:
                done = actions.publish(session, staff, marks, note, reason)
    except Redrafted:
        return _page(key, error=_("Somebody has gone on writing since you looked. Please look once more.")), 409
    except Overtaken:
        return _page(key, error=_("Somebody has published another version meanwhile. Please look at it below.")), 409
    except Forbidden:
        wanted = _("Some words below are on the list. Please rewrite them, or say why they may stand.")
        return _page(key, error=wanted, claims=True), 422
    except Unfinished as unfinished:
        return _page(key, error=_("Not everything is ready yet."), more=unfinished.remarks), 422
    if at:
        flash(_("It will be published on its own at the time you chose."), "ok")
    elif done:
        flash(_("Published. Whoever is learning keeps everything she has reached."), "ok")
    return redirect(url_for("publishing.show", key=key), 303)


@bp.post("/publication/<key>/scheduled/<int:job>/cancellation")
@needs(PERMISSION)
def cancel(key: str, job: int) -> ResponseReturnValue:
    """Call off a release that waits for its time."""
    with db.writing() as session:
        gone = actions.cancel(session, session.get_one(Person, current_user.id), job)
    flash(_("Called off. The drafts are as they were.") if gone else _("It has been published already."), "ok")
    return redirect(url_for("publishing.show", key=key), 303)


@bp.post("/publication/<key>/overtaken/<kind>/<document>")
@needs(PERMISSION)
def settle(key: str, kind: str, document: str) -> ResponseReturnValue:
    """Of a document that somebody else published meanwhile, keep one's own draft or theirs."""
    if kind not in EDITED:
        abort(404)
    with db.writing() as session:
        staff = session.get_one(Person, current_user.id)
        mine = queries.one(session, published(session), (kind, document)) or abort(404)
        if mine.revision != request.form.get("revision", -1, int):
            abort(409)
        act = actions.keep_mine if request.form.get("keep") == "mine" else actions.discard
        act(session, staff, mine)
    return redirect(url_for("publishing.show", key=key), 303)


@bp.get("/history/<kind>/<key>")
@needs(PERMISSION)
def history(kind: str, key: str) -> str:
    """The versions of a document, who published each, and what it changed."""
    if kind not in EDITED:
        abort(404)
    session = db.session()
    issues = queries.issues(session, (kind, key))
    if not issues:
        return render_template("studio/history.html", issues=[], name=(kind, key), back=_back(kind, key))
    page, pages = turned(page_asked(), len(issues), PAGE)
    asked = request.args.get("release", issues[0].release, int)
    at = next((n for n, issue in enumerate(issues) if issue.release == asked), None)
    if at is None:
        abort(404)
    before = issues[at + 1].content if at + 1 < len(issues) else None
    update = on_page().updates.get(key) if kind in (LESSON, UPDATE) else None
    return render_template(
        "studio/history.html",
        name=(kind, key),
        issues=issues[(page - 1) * PAGE : page * PAGE],
        shown=issues[at],
        first=at + 1 == len(issues),
        newest=at == 0,
        changes=differences(kind, before, issues[at].content) if at + 1 < len(issues) else [],
        edited=queries.one(session, on_page(), (kind, key)),
        update=update,
        asking=queries.asking(session, update) if update else None,
        page=page,
        pages=pages,
        back=_back(kind, key),
    )


@bp.post("/history/<kind>/<key>/restoration")
@needs(PERMISSION)
def restore(kind: str, key: str) -> ResponseReturnValue:
    """Make an earlier version the draft; it holds once it is published."""
    version, staff_id = request.form.get("version", 0, int), current_user.id
    with db.writing() as session:
        issue = next((one for one in queries.issues(session, (kind, key)) if one.version == version), None)
        mine = queries.one(session, published(session), (kind, key))
        if kind not in EDITED or mine is None:
            abort(404)
        if issue is None or issue.content is None:
            abort(400)
        revision = request.form.get("revision", -1, int)
        if mine.revision != revision:
            abort(409)
        actions.return_to(session, session.get_one(Person, staff_id), mine, issue.content)
    flash(_("This version is the draft now. It holds once you publish it."), "ok")
    return redirect(_back(kind, key), 303)


def _page(key: str, error: str | None = None, more: Sequence[checks.Remark] = (), *, claims: bool = False) -> str:
    session = db.session()
    now = sketch(session, on_page())
    whole = next((kind for kind in (COURSE, ASSESSMENT) if (kind, key) in now.catalog.documents), None) or abort(404)
    names = now.changed(key)
    remarks = [*checks.remarks(now.catalog, names), *(one for one in more if one.name not in names)]
    return render_template(
        "studio/publish.html",
        key=key,
        titled=now.catalog.one(whole, key)["title"],
        names=names,
        sketch=now,
        differences=differences,
        place_of=place_of,
        remarks=remarks,
        chosen=_marks() if request.method == "POST" else None,
        claims=claims or bool(checks.claims(now.published, now.catalog, names)),
        note=request.form.get("note", ""),
        reason=request.form.get("reason", ""),
        at=request.form.get("at", ""),
        learning=queries.learning(session, now.published, key),
        scheduled=queries.scheduled(session, key),
        error=error,
        back=_back(whole, key),
        edit=_back,
        note_most=NOTE_MOST,
    )


def _back(kind: str, key: str) -> str:
    """Where a document is edited."""
    views = {"course": "outlines.show", "lesson": "lessons_desk.edit", "update": "updates_desk.edit"}
    return url_for(views.get(kind, "quizzes_desk.edit"), key=key)


def _marks() -> Marks:
    """Which drafts were chosen, and the revision of each that was looked at."""
    found: dict[Name, int] = {}
    for mark in request.form.getlist("mark"):
        kind, _slash, rest = mark.partition("/")
        key, _at, revision = rest.partition("@")
        if kind not in EDITED or not revision.isdigit():
            abort(404)
        found[kind, key] = int(revision)
    return found


def _instant(typed: str) -> datetime | None:
    try:
        return datetime.strptime(typed, MOMENT).replace(tzinfo=clock.ZONE)
    except ValueError:
        return None
