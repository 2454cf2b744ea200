"""Pictures that people upload: sniffed, bounded, turned upright, re-encoded without what cameras add."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
MOST_LOGO_BYTES = 2 * 1024 * 1024
MOST_LOGO_PIXELS = 16_000_000
LOGO_SIDE = 512
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


class NotAPicture(ValueError):
    """The bytes are no picture that we take; `reason` is `empty`, `large`, `kind` or `broken`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reencoded:
    """A picture as we keep it: JPEG, upright, at most 1,600 pixels a side, no EXIF, no place."""

    data: bytes
    width: int
    height: int


def reencode(data: bytes) -> Reencoded:
    """Read an upload whatever its name says and write it anew. Raises `NotAPicture`."""
    return cut(data, None, (0.5, 0.5))


def cut(data: bytes, shape: tuple[int, int] | None, about: tuple[float, float]) -> Reencoded:
    """The same, cut to the proportions of a shape around a point (0–1 across and down). Raises `NotAPicture`."""
    with _opened(data, MOST_BYTES, MOST_PIXELS) as picture:
        if shape is None:
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        if shape:
            side = min(upright.width / shape[0], upright.height / shape[1])
            size = max(1, round(shape[0] * side)), max(1, round(shape[1] * side))
            upright = ImageOps.fit(upright, size, centering=about)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        page = Image.new("RGB", upright.size, "white")
        flat = upright.convert("RGBA")
        page.paste(flat, mask=flat.getchannel("A"))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return Reencoded(out.getvalue(), *page.size)


def reencode_logo(data: bytes) -> bytes:
    """Read a logo likewise and write it as PNG: transparent where it was, at most 512 pixels a side."""
    with _opened(data, MOST_LOGO_BYTES, MOST_LOGO_PIXELS) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        upright.thumbnail((LOGO_SIDE, LOGO_SIDE))
        bare = Image.new("RGBA", upright.size)
        bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()


def look_at(path: Path) -> None:
    """See that a file is a picture that can be shown. Raises `NotAPicture`."""
    with _opened(path.read_bytes(), MOST_BYTES, MOST_PIXELS) as picture:
        picture.load()


@contextmanager
def _opened(data: bytes, most_bytes: int, most_pixels: int) -> Iterator[Image.Image]:
    """An upload as a picture; whatever goes wrong while it is read is a `NotAPicture`."""
    if not data:
        raise NotAPicture("empty")
    if len(data) > most_bytes:
        raise NotAPicture("large")
    # WeasyPrint, once loaded, lets Pillow fill up pictures that were cut off.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > most_pixels:
                raise NotAPicture("large")
            yield picture
    except UnidentifiedImageError as error:
        raise NotAPicture("kind") from error
    except Image.DecompressionBombError as error:
        raise NotAPicture("large") from error
    except (OSError, ValueError, SyntaxError) as error:
        if isinstance(error, NotAPicture):
            raise
        raise NotAPicture("broken") from error
