"""HTTP on the player's origin: the frame with the SCORM API, the files of packages, and what they save.

Nobody is signed in here: every address holds a token that allows one thing.
"""

import mimetypes
from zipfile import ZIP_DEFLATED

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wsgi import FileWrapper

from academy.db import db
from academy.files.archives import SMALL, opened
from academy.people.actions import Erased
from academy.people.models import Person
from academy.scorm import actions, rules
from academy.scorm.pack import AREA
from academy.scorm.queries import content_of
from academy.scorm.rules import BROWSE, NORMAL, REVIEW, Wrong
from academy.scorm.tokens import Entry, Files, Save, pseudonym
from academy.web import assets
from academy.web.access import public
from academy.web.origins import PLAYER

bp = Blueprint(PLAYER, __name__)

SANDBOX = "sandbox allow-scripts allow-same-origin allow-forms"
"""No windows of its own, and no way to the page around it."""

FRAME = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; "
    f"form-action 'none'; {SANDBOX}; frame-ancestors"
)
CONTENT = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
    f"form-action 'self'; {SANDBOX}; frame-ancestors 'self'"
)


@bp.get("/play/<word>")
@public
def frame(word: str) -> ResponseReturnValue:
    """The frame around a package; its script opens the playthrough."""
    entry = Entry.read(word)
    if entry is None:
        return render_template("scorm/over.html"), 410
    with force_locale(entry.locale):
        page = Response(render_template("scorm/player.html", word=word, locale=entry.locale))
    page.headers["Content-Security-Policy"] = f"{FRAME} {entry.origin}"
    return page


@bp.post("/play/<word>/launches")
@public
def launch(word: str) -> ResponseReturnValue:
    """Open the player: what is in the package, where she left it, and the token to save with."""
    entry = Entry.read(word)
    if entry is None:
        return _over()
    with db.writing() as session:
        try:
            id = entry.playthrough
            found = actions.launch(session, entry.person, entry.epoch, id) if id else None
        except (actions.Ended, Erased):
            return _over()
        person, content = session.get_one(Person, entry.person), content_of(session, entry.version)
    if content is None or person.epoch != entry.epoch:
        return _over()
    mode = BROWSE if found is None else REVIEW if found.finished_at else NORMAL
    student = pseudonym(person.id), person.name if content["named"] else _("Trainee")
    files = Files(content["file"], entry.origin).word()
    parts = {part.position: part for part in found.parts} if found else {}
    return jsonify(
        save=_saving(Save(entry.person, entry.epoch, found.id, found.launch)) if found and mode == NORMAL else None,
        items=[
            {
                "title": item["title"],
                "depth": item["depth"],
                "address": _address(files, item["href"]) if "href" in item else None,
                "sco": item.get("sco", False),
                "status": parts[n].status if n in parts else rules.NEW,
                "cmi": rules.beginning(
                    item,
                    parts[n].data if n in parts else rules.first(item),
                    rules.played(parts[n].seconds, parts[n].data) if n in parts else 0,
                    mode,
                    student,
                ),
            }
            for n, item in enumerate(content["items"])
        ],
    )


@bp.post("/saves/<word>")
@public
def save(word: str) -> ResponseReturnValue:
    """Keep what a SCO told; the answer holds a token that lasts longer. Sent without anything it only asks for that."""
    token = Save.read(word)
    if token is None:
        return _over()
    request.max_content_length = rules.MOST_BODY
    try:
        told = rules.told(request.get_json(force=True, silent=True))
        with db.writing() as session:
            run = actions.save(session, token.person, token.epoch, token.playthrough, token.launch, told)
    except Wrong as wrong:
        return jsonify(element=wrong.element, error=wrong.code), 422
    except RecursionError:
        return jsonify(), 422
    except actions.Elsewhere:
        return jsonify(), 409
    except (actions.Ended, Erased):
        return _over()
    return jsonify(
        save=_saving(token),
        statuses={part.position: part.status for part in run.parts},
        completed=run.completed_at is not None,
    )


@bp.get("/files/<word>/<path:name>")
@public
def file(word: str, name: str) -> ResponseReturnValue:
    """A file of a package, read out of its ZIP."""
    token = Files.read(word)
    if token is None:
        return render_template("scorm/over.html"), 410
    path = current_app.extensions["files"].path(AREA, token.file)
    if not path.is_file():
        abort(404)
    archive = opened(path)
    found = archive.find(name)
    # A service worker would answer for what comes after this package.
    if found is None or "Service-Worker" in request.headers:
        abort(404)
    tag = f"{token.file[:16]}-{found.CRC:08x}"
    small = found.compress_type == ZIP_DEFLATED and found.file_size < 8 * SMALL and not request.range
    if small and request.accept_encodings.quality("gzip") > 0:
        response = Response(archive.deflated(found), direct_passthrough=True)
        response.content_encoding = "gzip"
        response.set_etag(f"{tag}-gzip")
        response.make_conditional(request)
    else:
        response = Response(FileWrapper(archive.zip.open(found)), direct_passthrough=True)
        response.content_length = found.file_size
        response.set_etag(tag)
        response.make_conditional(request, accept_ranges=True, complete_length=found.file_size)
    # Without a charset: that is for the page itself to say.
    response.headers["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response.headers["Cache-Control"] = "private, max-age=43200"
    response.headers["Content-Security-Policy"] = f"{CONTENT} {token.origin}"
    response.vary.add("Accept-Encoding")
    return response


@bp.get("/assets/player/<name>")
@public
def asset(name: str) -> ResponseReturnValue:
    """The player's own script and style."""
    return assets.send(f"player/{name}")


def _saving(token: Save) -> str:
    return url_for("player.save", word=token.word())


def _address(files: str, href: str) -> str:
    """The address of a page in a package, with its query as the manifest has it."""
    name, question, query = href.partition("?")
    return url_for("player.file", word=files, name=name) + question + query


def _over() -> tuple[Response, int]:
    return jsonify(), 410
