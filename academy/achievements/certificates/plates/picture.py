"""A certificate as a PNG: its plate is drawn and deflated once, and only rows of pixels that bear a field anew."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from struct import pack

from PIL import Image

from academy.achievements.certificates.paper import render_pdf, render_png
from academy.achievements.certificates.plates.files import File, Printer
from academy.achievements.certificates.plates.plate import Content, Plate, Unsuited
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
        self._fields = File(plate, Content(b"", plate.apart.own))
        bare = File(plate, Content(plate.apart.common))
        probe = plate.reading.probe
        self._colours = drawn(File(plate).pdf(probe), width).convert("RGB").quantize(128, Image.Quantize.FASTOCTREE)
        self._image = drawn(bare.pdf(probe), width).convert("RGBA")
        self._height = self._image.height
        self._blocks = self._deflated(0, self._height, 9)
        used = bytes(self._colours.getpalette("RGB") or ())
        self._start = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", pack(">IIBBBBB", width, self._height, 8, 3, 0, 0, 0))
        self._start += _chunk(b"PLTE", used)

    def png(self, row: Paper) -> bytes:
        fields = drawn(self._fields.pdf(row), self._width, clear=True)
        ink, blank = fields.getchannel("A").tobytes(), bytes(ROWS * self._width)
        bears = [not ink.startswith(blank[: len(ink) - at], at) for at in range(0, len(ink), len(blank))]
        blocks = list(self._blocks)
        for first, last in _runs(bears):
            top, bottom = first * ROWS, min(last * ROWS, self._height)
            blocks[first:last] = self._deflated(top, bottom, 1, fields)
        # An empty last block ends the stream, whose parts were each deflated without regard to the others.
        content = b"\x78\x9c" + b"".join([block.deflated for block in blocks]) + b"\x03\x00"
        return self._start + _chunk(b"IDAT", content + pack(">I", _sum(blocks))) + _chunk(b"IEND", b"")

    def _deflated(self, top: int, bottom: int, level: int, over: Image.Image | None = None) -> "list[_Block]":
        """Some rows of the background, with what is drawn over them, in the plate's few colours."""
        band = self._image.crop((0, top, self._width, bottom))
        if over:
            band.alpha_composite(over.crop((0, top, self._width, bottom)))
        few = band.convert("RGB").quantize(palette=self._colours, dither=Image.Dither.NONE).tobytes()
        # Each row begins with a byte that says that it is not filtered.
        rows = b"".join([b"\0" + few[at : at + self._width] for at in range(0, len(few), self._width)])
        size = ROWS * (self._width + 1)
        return [_block(rows[at : at + size], level) for at in range(0, len(rows), size)]


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


@dataclass(frozen=True)
class _Block:
    """Rows that are deflated together, with what their sum is made of."""

    deflated: bytes
    size: int
    adler: int


def _block(rows: bytes, level: int) -> _Block:
    deflate = zlib.compressobj(level, wbits=-15)
    return _Block(deflate.compress(rows) + deflate.flush(zlib.Z_FULL_FLUSH), len(rows), zlib.adler32(rows))


def _sum(blocks: list[_Block]) -> int:
    """Adler-32 of all blocks, from those of each."""
    low, high = 1, 0
    for block in blocks:
        high = (high + (block.adler >> 16) + block.size * (low - 1)) % 65521
        low = (low + (block.adler & 0xFFFF) - 1) % 65521
    return high << 16 | low


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
