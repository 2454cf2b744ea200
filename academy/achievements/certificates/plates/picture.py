"""A certificate as a PNG: its plate is drawn and deflated once, and only rows of pixels that bear a field anew."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from struct import pack

from PIL import Image

from academy.achievements.certificates.paper import render_pdf, render_png
from academy.achievements.certificates.plates.files import File, Printer
from academy.achievements.certificates.plates.plate import Plate, Unsuited
from academy.achievements.certificates.rules import Design, Paper
from academy.files.pages import drawn
from academy.text.truetype import Unset

ROWS = 16
"""Rows that are deflated together."""


def picture(design: Design, row: Paper, width: int) -> bytes:
    """A certificate as a picture of so many pixels across, a pure function of what is given."""
    try:
        return _background(Printer(design).plate(row), width).png(row)
    except (Unset, Unsuited):
        return render_png(render_pdf(design, row), width)


class _Background:
    def __init__(self, plate: Plate, width: int) -> None:
        self._width = width
        self._fields = File(plate, replace(plate.apart, common=b""))
        bare = File(plate, replace(plate.apart, own=()))
        probe = plate.reading.probe
        self._colours = drawn(File(plate).pdf(probe), width).convert("RGB").quantize(128, Image.Quantize.FASTOCTREE)
        self._image = drawn(bare.pdf(probe), width).convert("RGB")
        self._height = self._image.height
        self._rows = self._lines(self._image)
        self._deflated = [_deflated(block, 9) for block in self._blocks(self._rows)]
        used = bytes(self._colours.getpalette("RGB") or ())
        self._start = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", pack(">IIBBBBB", width, self._height, 8, 3, 0, 0, 0))
        self._start += _chunk(b"PLTE", used)

    def png(self, row: Paper) -> bytes:
        fields = drawn(self._fields.pdf(row), self._width, clear=True)
        bears = fields.getchannel("A").tobytes()
        bears += bytes(-len(bears) % (ROWS * self._width))
        size, line = ROWS * self._width, self._width + 1
        deflated, rows = list(self._deflated), bytearray(self._rows)
        for first, last in _runs([bears.count(0, at, at + size) < size for at in range(0, len(bears), size)]):
            top, bottom = first * ROWS, min(last * ROWS, self._height)
            band = self._image.crop((0, top, self._width, bottom)).convert("RGBA")
            band.alpha_composite(fields.crop((0, top, self._width, bottom)))
            rows[top * line : bottom * line] = self._lines(band.convert("RGB"))
            for block in range(first, last):
                deflated[block] = _deflated(bytes(rows[block * ROWS * line : (block + 1) * ROWS * line]), 1)
        # An empty last block ends the stream, whose parts were each deflated without regard to the others.
        content = b"\x78\x9c" + b"".join(deflated) + b"\x03\x00" + pack(">I", zlib.adler32(rows))
        return self._start + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")

    def _lines(self, image: Image.Image) -> bytes:
        """The rows of an image in the plate's few colours, each with a byte that says it is not filtered."""
        few = image.quantize(palette=self._colours, dither=Image.Dither.NONE).tobytes()
        return b"".join([b"\0" + few[at : at + self._width] for at in range(0, len(few), self._width)])

    def _blocks(self, rows: bytes) -> Iterator[bytes]:
        size = ROWS * (self._width + 1)
        return (rows[at : at + size] for at in range(0, len(rows), size))


_background = lru_cache(maxsize=32)(_Background)


def _runs(marked: list[bool]) -> Iterator[tuple[int, int]]:
    """Where each run of marked ones begins and ends."""
    first = None
    for i, one in enumerate([*marked, False]):
        if one and first is None:
            first = i
        elif not one and first is not None:
            yield first, i
            first = None


def _deflated(rows: bytes, level: int) -> bytes:
    deflate = zlib.compressobj(level, wbits=-15)
    return deflate.compress(rows) + deflate.flush(zlib.Z_FULL_FLUSH)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
