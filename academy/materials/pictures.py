"""The pictures that trainees share: made from a pack's drawings and photos, with the mark of an advertisement.

A picture is made when it is first asked for, large and small, and kept. Slow: never inside a writing transaction.
"""

from base64 import b64encode
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock

from flask import current_app
from PIL import Image

from academy.files import FileRoom
from academy.files.pages import drawn, few_colours, printed
from academy.files.pictures import reencode
from academy.materials.pack import AREA, SVG
from academy.materials.rules import Picture

LARGE, SMALL, COVER = 1080, 360, 216
"""Pixels across: as it is posted, in a grid of three, in a list."""

TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}

MADE = "share"
RECIPE = 1
"""Goes up with each change of how pictures are made, so that they are made anew."""

PAGE = """<!doctype html><style>
@page {{ size: {width}px {height}px; margin: 0 }}
body {{ margin: 0 }}
img {{ display: block; width: {width}px; height: {height}px }}
p {{ position: absolute; right: 24px; bottom: 24px; margin: 0; padding: 4px 16px; border-radius: 12px;
    font: 40px/1.4 "Noto Sans SC"; color: #fff; background: #14323cb3 }}
</style><img src="data:{kind};base64,{data}">{mark}"""

_one_at_a_time = Lock()


def shared(picture: Picture, ad: bool, width: int) -> Path:
    """The file of a picture, `LARGE`, `SMALL` or `COVER`."""
    path = _path(picture, ad, width)
    if not path.is_file():
        # A page asks for many at once; each is made by whoever comes first.
        with _one_at_a_time:
            if not path.is_file():
                _make(picture, ad)
    return path


def _make(picture: Picture, ad: bool) -> None:
    source = _room().path(AREA, picture.file)
    page = drawn(_pdf(source, picture, ad), LARGE)
    made = {LARGE: few_colours(page) if source.suffix == SVG else _saved(page, "JPEG", 84)}
    for width in (SMALL, COVER):
        page.thumbnail((width, width * 3))
        made[width] = _saved(page, "WEBP", 70)
    for width, data in made.items():
        _room().keep(MADE, _path(picture, ad, width).name, data)


def _pdf(source: Path, picture: Picture, ad: bool) -> bytes:
    data = source.read_bytes()
    kind = "image/svg+xml"
    if source.suffix != SVG:
        kind, data = "image/jpeg", reencode(data).data
    return printed(
        PAGE.format(
            width=LARGE,
            height=round(LARGE * picture.height / picture.width),
            kind=kind,
            data=b64encode(data).decode(),
            mark="<p>广告</p>" if ad else "",
        )
    )


def _saved(page: Image.Image, kind: str, quality: int) -> bytes:
    kept = BytesIO()
    page.save(kept, kind, quality=quality)
    return kept.getvalue()


def _path(picture: Picture, ad: bool, width: int) -> Path:
    made_from = f"{RECIPE} {picture.file} {ad} {width}"
    suffix = ".webp" if width < LARGE else ".png" if picture.file.endswith(SVG) else ".jpg"
    return _room().path(MADE, sha256(made_from.encode()).hexdigest()[:40] + suffix)


def _room() -> FileRoom:
    room: FileRoom = current_app.extensions["files"]
    return room
