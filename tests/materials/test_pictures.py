"""The pictures that trainees share."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageChops
from sqlalchemy.orm import Session

from academy.catalog.queries import published
from academy.materials import pictures
from academy.materials.pictures import COVER, LARGE, SMALL, shared
from academy.materials.rules import Picture, materials
from tests.conftest import ON_SQLITE
from tests.materials.conftest import SVG, Write, photo

pytestmark = ON_SQLITE


@pytest.fixture
def drawing(session: Session, write: Write, given: Callable[[], None]) -> Picture:
    write("cream", drawings=1)
    given()
    return materials(published(session))["cream"].pictures[0]


def differs(one: Path, other: Path) -> tuple[int, int, int, int] | None:
    """Where two pictures differ."""
    with Image.open(one) as a, Image.open(other) as b:
        return ImageChops.difference(a.convert("RGB"), b.convert("RGB")).getbbox()


def test_a_drawing_becomes_a_picture_of_1080_pixels_and_two_small_ones(app: Flask, drawing: Picture) -> None:
    sizes = {}
    for width in (LARGE, SMALL, COVER):
        with Image.open(shared(drawing, True, width)) as made:
            sizes[made.format, made.size] = made.convert("RGB").getpixel((5, 5))
    assert list(sizes) == [("PNG", (1080, 1080)), ("WEBP", (360, 360)), ("WEBP", (216, 216))]
    assert sizes["PNG", (1080, 1080)] == (0x12, 0xD6, 0x87)


def test_an_advertisement_bears_its_mark_in_the_corner_and_nowhere_else(app: Flask, drawing: Picture) -> None:
    box = differs(shared(drawing, True, LARGE), shared(drawing, False, LARGE))
    assert box is not None
    left, top, right, bottom = box
    assert left > 900
    assert top > 960
    assert (right, bottom) <= (1080 - 24, 1080 - 24)
    assert right - left > 90
    assert shared(drawing, True, SMALL) != shared(drawing, False, SMALL)


def test_a_drawing_keeps_its_shape(
    app: Flask, session: Session, root: Path, write: Write, given: Callable[[], None]
) -> None:
    (path := write("cream", drawings=1)).with_name("1.svg").write_text(SVG.format(height=160, fill="red"), "utf-8")
    given()
    assert path.is_file()
    with Image.open(shared(materials(published(session))["cream"].pictures[0], False, LARGE)) as made:
        assert made.size == (1080, 1440)


def test_a_photo_is_turned_upright_and_loses_what_the_camera_wrote(
    app: Flask, session: Session, write: Write, given: Callable[[], None]
) -> None:
    path = write("cream", pictures=[{"file": "1.jpg", "alt": {"zh": "一", "en": "1"}}])
    path.with_name("1.jpg").write_bytes(photo(60, 80))
    given()
    kept = shared(materials(published(session))["cream"].pictures[0], True, LARGE)
    with Image.open(kept) as made:
        assert (made.format, made.size, dict(made.getexif())) == ("JPEG", (1080, 1440), {})
    assert b"at home" not in kept.read_bytes()


def test_a_picture_is_made_once(app: Flask, drawing: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shared(drawing, True, LARGE).stat()
    monkeypatch.setattr(pictures, "_make", lambda *_: pytest.fail("made again"))
    assert shared(drawing, True, LARGE).stat() == first
    assert shared(drawing, True, COVER).is_file()


def test_many_who_ask_at_once_get_one_whole_picture(
    app: Flask, drawing: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, make = [], pictures._make

    def counted(picture: Picture, ad: bool) -> None:
        made.append(picture)
        make(picture, ad)

    monkeypatch.setattr(pictures, "_make", counted)

    def ask(width: int) -> bytes:
        with app.app_context():
            return shared(drawing, True, width).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, [LARGE, SMALL] * 8))
    assert len(made) == 1
    assert len(set(found)) == 2
    for data in set(found):
        with Image.open(io.BytesIO(data)) as whole:
            whole.load()
    assert list((app.extensions["files"].root / "share").rglob("tmp*")) == []


def test_a_drawing_fetches_nothing(
    app: Flask, session: Session, root: Path, write: Write, given: Callable[[], None]
) -> None:
    secret = root / "secret.png"
    Image.new("RGB", (10, 10), "blue").save(secret)
    drawing = SVG.format(height=120, fill="red").replace(
        "</svg>", f'<image href="file://{secret}" width="120" height="120"/></svg>'
    )
    write("cream", drawings=1).with_name("1.svg").write_text(drawing, "utf-8")
    given()
    with Image.open(shared(materials(published(session))["cream"].pictures[0], False, LARGE)) as made:
        assert made.convert("RGB").getpixel((540, 540)) == (255, 0, 0)
