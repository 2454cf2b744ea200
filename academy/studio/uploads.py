"""Files for lessons: pictures are cut to shape and encoded anew; what is large comes in pieces.

The protocol of the pieces is tus 1.0 (creation); without JavaScript a plain form does.
"""

import base64
import fcntl
import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.blocks import FILE, FILES, KINDS, PICTURES, Field
from academy.catalog.drafts import Redrafted
from academy.catalog.models import Draft, Snapshot, Version
from academy.catalog.queries import on_page, published
from academy.db import db
from academy.files import FileRoom, named_in
from academy.files.media import kind_of
from academy.files.pictures import NotAPicture, cut
from academy.people.models import Person
from academy.studio import actions
from academy.studio.actions import PERMISSION
from academy.studio.models import Upload
from academy.studio.queries import Edited, one
from academy.studio.rules import LESSON
from academy.text.line import plain
from academy.web.access import needs

bp = Blueprint("uploads", __name__, url_prefix="/desk/studio")

AREA, PARTS = "lesson", "uploads"
MOST = 2 * 1024**3
MOST_AT_ONCE = 100 * 1024**2
"""As much as a plain form takes; larger ones come in pieces."""
PIECE = 8 * 1024**2
MOST_OPEN = 10
"""Uploads that somebody may have begun and not finished."""
KEPT = timedelta(days=2)
UNNAMED = timedelta(days=14)
"""How long a file stays that no version, draft or save names."""
TUS = {"Tus-Resumable": "1.0.0", "Tus-Version": "1.0.0", "Tus-Extension": "creation"}

SHAPES: Mapping[str, tuple[int, int] | None] = {"whole": None, "wide": (16, 10), "square": (1, 1), "tall": (3, 4)}
"""What a picture may be cut to."""


@bp.get("/lessons/<key>/blocks/<int:place>/files/<field>")
@needs(PERMISSION)
def choose(key: str, place: int, field: str) -> str:
    """Choose a file for a block."""
    return _page(*_found(key, place, field))


@bp.post("/lessons/<key>/blocks/<int:place>/files/<field>")
@needs(PERMISSION)
def put(key: str, place: int, field: str) -> ResponseReturnValue:
    """Put a file into a block: one that was chosen, one that has come in pieces, or none."""
    mine, named = _found(key, place, field)
    staff_id, seen = current_user.id, request.form.get("revision", -1, int)
    alt = plain(request.form.get("alt", ""))[:200]
    if request.form.get("do") == "remove":
        names: list[str] = []
    else:
        try:
            names = _taken(named, staff_id)
        except Unfit as error:
            return _page(mine, named, place=place, error=str(error), alt=alt), 422
        if named.endings == PICTURES and not alt:
            wanted = _("Please say what is to be seen, for those who can’t see it.")
            return _page(mine, named, place=place, error=wanted, kept=names), 422
    content = with_file(mine.content, place, named, names, alt)
    try:
        with db.writing() as session:
            now = one(session, published(session), mine.name) or abort(404)
            staff = session.get_one(Person, staff_id)
            actions.save(session, staff, Edited(mine.name, content, seen, now.version))
    except Redrafted:
        gone_on = _("Somebody has gone on writing this lesson meanwhile. The file is kept; please put it in once more.")
        return _page(_found(key, place, field)[0], named, place=place, error=gone_on, kept=names, alt=alt), 409
    return redirect(url_for("lessons_desk.edit", key=key, _anchor=f"blocks.{place}"), 303)


class Unfit(ValueError):
    """A file that can't be taken; it says why, in the reader's language."""


def with_file(content: Mapping[str, Any], place: int, named: Field, names: list[str], alt: str) -> dict[str, Any]:
    """A lesson with files in a field of one of its blocks; a set of pictures grows, whatever else is replaced."""
    block = dict(content["blocks"][place])
    if named.shape == FILES:
        new = [{"file": name, "alt": {"zh": alt}} for name in names]
        block[named.name] = [*block.get(named.name, ()), *new][:9] if names else []
    elif names:
        block[named.name] = names[0]
        if "alt" in (field.name for field in KINDS[block["type"]]):
            block["alt"] = {**block.get("alt", {}), "zh": alt}
    else:
        block[named.name] = ""
    return {**content, "blocks": [block if n == place else one for n, one in enumerate(content["blocks"])]}


def _found(key: str, place: int, field: str) -> tuple[Edited, Field]:
    mine = one(db.session(), on_page(), (LESSON, key)) or abort(404)
    blocks = mine.content["blocks"]
    kinds = KINDS[blocks[place]["type"]] if place < len(blocks) else ()
    named = next((one for one in kinds if one.name == field and one.shape in (FILE, FILES)), None)
    return mine, named or abort(404)


def _page(mine: Edited, named: Field, *, place: int | None = None, error: str | None = None, **more: Any) -> str:
    at = int(request.view_args["place"]) if place is None and request.view_args else place or 0
    return render_template(
        "studio/file.html",
        mine=mine,
        block=mine.content["blocks"][at],
        place=at,
        field=named,
        is_picture=named.endings == PICTURES,
        shapes=SHAPES,
        error=error,
        kept=more.get("kept", []),
        alt=more.get("alt", ""),
        most=MOST,
        at_once=MOST_AT_ONCE,
    )


def _taken(named: Field, staff_id: int) -> list[str]:
    """The names in the file room of what was sent. Raises `Unfit`."""
    if kept := [name for name in request.form.getlist("kept") if _is_there(name)]:
        return kept
    if word := request.form.get("upload", ""):
        return [_finished(word, staff_id, named)]
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        raise Unfit(_("Please choose a file first."))
    if named.endings == PICTURES:
        return [_picture(file.stream) for file in files[:9]]
    return [_plain_file(files[0].stream, named)]


def _is_there(name: str) -> bool:
    try:
        return room().path(AREA, name).is_file()
    except ValueError:
        return False


def _picture(stream: IO[bytes]) -> str:
    shape = SHAPES.get(request.form.get("shape", "whole"))
    across, down = (max(0, min(100, request.form.get(name, 50, int))) for name in ("across", "down"))
    try:
        made = cut(stream.read(), shape, (across / 100, down / 100))
    except NotAPicture as error:
        reasons = {
            "empty": _("This file is empty."),
            "large": _("This picture is too large: at most 10 MB and 50 megapixels."),
            "kind": _("This is no picture that we can read. Please choose a JPEG, PNG or WebP."),
            "broken": _("This picture is damaged. Please save it once more and try again."),
        }
        raise Unfit(reasons[error.reason]) from error
    return room().put(AREA, made.data, ".jpg")


def _plain_file(stream: IO[bytes], named: Field) -> str:
    name = hashlib.sha256(f"{clock.now()}{os.urandom(16).hex()}".encode()).hexdigest()[:40] + ".zip"
    path = room().path(PARTS, name)
    with room().filled(PARTS, name) as out:
        shutil.copyfileobj(stream, out)
    return _settled(path, named)


def _settled(path: Path, named: Field) -> str:
    """Move a file that is whole to its place; its name is the digest of what it holds. Raises `Unfit`."""
    kind = kind_of(path)
    if kind not in named.endings:
        path.unlink(missing_ok=True)
        wanted = ", ".join(ending.upper() for ending in named.endings)
        raise Unfit(_("This is not what its name says, or not a kind that can be shown: %(kinds)s.", kinds=wanted))
    with path.open("rb") as file:
        name = f"{hashlib.file_digest(file, 'sha256').hexdigest()[:40]}.{kind}"
    to = room().path(AREA, name)
    to.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, to)
    return name


# In pieces


@bp.post("/uploads")
@needs(PERMISSION)
def begin() -> ResponseReturnValue:
    """Begin an upload; the answer says where its pieces go."""
    size = request.headers.get("Upload-Length", -1, int)
    if not 0 < size <= MOST:
        return _told(413)
    staff_id, name = current_user.id, plain(_metadata().get("filename", ""))[:200]
    with db.writing() as session:
        held = select(Upload).where(Upload.by_id == staff_id, Upload.file.is_(None)).order_by(Upload.id.desc())
        for old in session.scalars(held.offset(MOST_OPEN - 1)):
            _part(old).unlink(missing_ok=True)
            session.delete(old)
        new = Upload(by_id=staff_id, name=name, size=size, at=clock.now())
        session.add(new)
        session.flush()
        id = new.id
        part = _part(new)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    return _told(201, Location=url_for("uploads.go_on", id=id))


@bp.route("/uploads/<int:id>", methods=["HEAD", "PATCH"])
@needs(PERMISSION)
def go_on(id: int) -> ResponseReturnValue:
    """How far an upload has come, or its next piece."""
    upload = _own(id, current_user.id) or abort(404)
    part, size = _part(upload), upload.size
    db.session().rollback()
    if not part.is_file():
        abort(410)
    if request.method == "HEAD":
        return _told(200, **{"Upload-Offset": str(part.stat().st_size), "Upload-Length": str(size)})
    if request.mimetype != "application/offset+octet-stream":
        return _told(415)
    with part.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _told(423)
        at = file.seek(0, os.SEEK_END)
        if request.headers.get("Upload-Offset", -1, int) != at:
            return _told(409, **{"Upload-Offset": str(at)})
        # What was cut off in the middle stays: the next piece begins where it ended.
        while piece := request.stream.read(min(256 * 1024, size - at)):
            file.write(piece)
            at += len(piece)
    return _told(204, **{"Upload-Offset": str(at)})


def _told(status: int, **headers: str) -> Response:
    response = Response(status=status, headers=TUS | headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _metadata() -> dict[str, str]:
    """What tus says of a file: pairs of a name and a text in base64."""
    found: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _blank, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            continue
    return found


def _own(id: int, staff_id: int) -> Upload | None:
    return db.session().scalar(select(Upload).where(Upload.id == id, Upload.by_id == staff_id))


def _part(upload: Upload) -> Path:
    name = hashlib.sha256(f"upload/{upload.id}/{upload.at.isoformat()}".encode()).hexdigest()[:40]
    return room().path(PARTS, f"{name}.zip")


def _finished(word: str, staff_id: int, named: Field) -> str:
    """The name of what has come whole in pieces. Raises `Unfit`."""
    typed = word.rsplit("/", 1)[-1]
    upload = _own(int(typed), staff_id) if typed.isdecimal() else None
    if upload is None:
        raise Unfit(_("This upload is not there any more. Please choose the file once more."))
    if upload.file:
        return upload.file
    id, part, size = upload.id, _part(upload), upload.size
    db.session().rollback()
    if not part.is_file() or part.stat().st_size < size:
        raise Unfit(_("The file has not come whole yet. Please go on with the upload."))
    name = _settled(part, named)
    with db.writing() as session:
        session.get_one(Upload, id).file = name
    return name


# Over the days


def room() -> FileRoom:
    """The file room."""
    found: FileRoom = current_app.extensions["files"]
    return found


def sweep() -> None:
    """Remove what never came whole, and files that no version, draft or save names any more."""
    session: Session = db.session()
    kinds = (Version, Draft, Snapshot)
    rows = [held for kind in kinds for held in session.scalars(select(kind.content).where(kind.kind == LESSON))]
    session.rollback()
    room().sweep(AREA, clock.now() - UNNAMED, named_in(rows))
    room().sweep(PARTS, clock.now() - KEPT)
    with db.writing() as session:
        session.execute(delete(Upload).where(Upload.at < clock.now() - KEPT))
