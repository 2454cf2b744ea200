"""Pictures that people upload: sniffed, bounded, turned upright, re-encoded without what cameras add."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
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
    if not data:
        raise NotAPicture("empty")
    if len(data) > MOST_BYTES:
        raise NotAPicture("large")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPicture("large")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            page = Image.new("RGB", upright.size, "white")
            flat = upright.convert("RGBA")
            page.paste(flat, mask=flat.getchannel("A"))
    except UnidentifiedImageError as error:
        raise NotAPicture("kind") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, NotAPicture):
            raise
        raise NotAPicture("broken") from error
    out = io.BytesIO()
    page.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return Reencoded(out.getvalue(), *page.size)
