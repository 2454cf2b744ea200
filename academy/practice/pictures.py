"""Pictures on their way into a hand-in.

They are re-encoded and kept before anything is written, and travel in the form as signed names, so that a form
that has to be shown again has not lost them.
"""

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from academy.files import FileRoom
from academy.files.pictures import MOST_BYTES, reencode
from academy.practice.models import Picture

AREA = "handin"
_SHOWN = 192


@dataclass(frozen=True)
class Kept:
    """A picture in the file room."""

    file: str
    width: int
    height: int


def room() -> FileRoom:
    """The file room of the running app."""
    found: FileRoom = current_app.extensions["files"]
    return found


def take(upload: FileStorage) -> Kept:
    """Re-encode an upload and keep it. Raises `NotAPicture`. Slow: never inside a writing transaction."""
    picture = reencode(upload.stream.read(MOST_BYTES + 1))
    return Kept(room().put(AREA, picture.data, ".jpg"), picture.width, picture.height)


def sign(kept: Kept, trainee_id: int) -> str:
    """A name that only this trainee's forms can carry."""
    return _signer(trainee_id).dumps([kept.file, kept.width, kept.height])


def unsign(tokens: Iterable[str], trainee_id: int) -> list[Kept]:
    """The pictures behind signed names, each once; forged names are none."""
    found: dict[Kept, None] = {}
    for token in tokens:
        try:
            found[Kept(*_signer(trainee_id).loads(token))] = None
        except BadSignature:
            continue
    there = [kept for kept in found if room().path(AREA, kept.file).is_file()]
    for kept in there:
        room().path(AREA, kept.file).touch()  # as good as new for whoever sweeps
    return there


def discard(session: Session, files: Iterable[str]) -> None:
    """Remove pictures from the file room, but for those that a hand-in still shows: equal pictures are one file."""
    files = set(files)
    shown = set(session.scalars(select(Picture.file).where(Picture.file.in_(files))))
    for file in files - shown:
        room().remove(AREA, file)


def preview(kept: Kept) -> str:
    """A small picture as a data URL, for the form that is shown again."""
    out = io.BytesIO()
    with Image.open(room().path(AREA, kept.file)) as picture:
        picture.draft("RGB", (_SHOWN, _SHOWN))
        picture.thumbnail((_SHOWN, _SHOWN))
        picture.save(out, "JPEG", quality=70)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def _signer(trainee_id: int) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"handin-picture-{trainee_id}")
