"""A TrueType face whose letters are set one by one: shaped by HarfBuzz, and cut out as a small font of their own."""

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import pack, pack_into, unpack, unpack_from

import uharfbuzz
from fontTools.ttLib import TTFont

HANZI = re.compile("[㐀-鿿]+").fullmatch
"""What stands alone, whatever is beside it."""


class Unset(ValueError):
    """A text whose letters don't simply stand beside each other in this face."""


@dataclass(frozen=True, slots=True)
class Set:
    """A letter as it is set: its glyph, how far off the next one is, and its own width, in thousandths of its size."""

    letter: str
    glyph: int
    advance: int
    width: int


class Face:
    """The face in a TrueType file without instructions; ValueError for a file of another kind."""

    def __init__(self, file: Path) -> None:
        with TTFont(file, lazy=True) as font:
            if "glyf" not in font or "fpgm" in font:
                raise ValueError("no plain TrueType face")
            self._tables: dict[str, bytes] = {tag: font.reader[tag] for tag in ("head", "hhea", "hmtx", "maxp")}
            self._first = font.reader.tables["glyf"].offset
            self._places = array("L", font["loca"].locations)
            self.glyphs = len(self._places) - 1
            self._em: int = font["head"].unitsPerEm
            self._measured: int = font["hhea"].numberOfHMetrics
        # A face weighs 12 MB, of which names need a few pages.
        with file.open("rb") as opened:
            self._file = mmap(opened.fileno(), 0, access=ACCESS_READ)
        self._font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))))
        self.alone = lru_cache(maxsize=8192)(self._alone)
        self._beside = lru_cache(maxsize=4096)(self._shaped)
        self._inked = lru_cache(maxsize=8192)(self._inked_outline)
        self._frame = lru_cache(maxsize=64)(self._framed)

    def set(self, text: str) -> tuple[Set, ...]:
        """The letters of a text in their places; `Unset` where one is missing, merged, stacked or turned about."""
        if HANZI(text):
            return tuple([self.alone(letter) for letter in text])
        return self._beside(text)

    def _alone(self, letter: str, script: str = "Hani") -> Set:
        """A letter as it is set among others of a script that it doesn't kern with; `Unset`."""
        return self._shaped(letter, script)[0]

    def _shaped(self, text: str, script: str = "") -> tuple[Set, ...]:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        if script:
            buffer.script = script
        # What is spaced out has no ligatures; what is not has none in a name.
        uharfbuzz.shape(self._font, buffer, {"liga": False, "clig": False})
        glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        plain = len(glyphs) == len(text) and all(
            info.codepoint and info.cluster == i and not place.x_offset and not place.y_offset
            for i, (info, place) in enumerate(glyphs)
        )
        if not plain:
            raise Unset(text)
        return tuple(
            Set(letter, info.codepoint, round(place.x_advance * 1000 / self._em), self.width(info.codepoint))
            for letter, (info, place) in zip(text, glyphs, strict=True)
        )

    def width(self, glyph: int) -> int:
        """How wide a glyph is by itself, in thousandths of its size."""
        return round(int(unpack_from(">H", self._metric(glyph))[0]) * 1000 / self._em)

    def cut(self, glyphs: Iterable[int]) -> bytes:
        """A font of these glyphs alone, numbered from 1 in their order."""
        wanted = [0, *glyphs]
        number = {glyph: i for i, glyph in enumerate(wanted)}
        parts, widths, places, at = [], [], [0], 0
        for glyph in wanted:  # which grows by the parts that glyphs are put together from
            outline, metric = self._inked(glyph)
            if outline[:1] >= b"\x80":
                outline = _renumbered(outline, number, wanted)
            parts.append(outline)
            widths.append(metric)
            at += len(outline)
            places.append(at)
        count = len(wanted)
        head, hhea, maxp = self._frame(count)
        offset = 12 + 16 * 6
        directory, body = [b"\x00\x01\x00\x00\x00\x06\x00\x40\x00\x02\x00\x20"], []
        for tag, table in (
            (b"glyf", b"".join(parts) or bytes(4)),
            (b"head", head),
            (b"hhea", hhea),
            (b"hmtx", b"".join(widths)),
            (b"loca", pack(f">{count + 1}I", *places)),
            (b"maxp", maxp),
        ):
            padded = table + bytes(-len(table) % 4)
            total = sum(unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
            directory.append(tag + pack(">III", total, offset, len(table)))
            body.append(padded)
            offset += len(padded)
        return b"".join(directory + body)

    def _framed(self, count: int) -> tuple[bytes, bytes, bytes]:
        head, hhea, maxp = (bytearray(self._tables[tag]) for tag in ("head", "hhea", "maxp"))
        pack_into(">h", head, 50, 1)  # places of four bytes
        pack_into(">H", hhea, 34, count)
        pack_into(">H", maxp, 4, count)
        return bytes(head), bytes(hhea), bytes(maxp)

    def _inked_outline(self, glyph: int) -> tuple[bytes, bytes]:
        first, last = (self._first + place for place in self._places[glyph : glyph + 2])
        outline = self._file[first:last] if glyph else b""
        return outline + bytes(-len(outline) % 4), self._metric(glyph)

    def _metric(self, glyph: int) -> bytes:
        if glyph < self._measured:
            return self._tables["hmtx"][4 * glyph : 4 * glyph + 4]
        last, beyond = 4 * self._measured, glyph - self._measured
        return self._tables["hmtx"][last - 4 : last - 2] + self._tables["hmtx"][last + 2 * beyond :][:2]


def _renumbered(outline: bytes, number: dict[int, int], wanted: list[int]) -> bytes:
    """A glyph that is put together from others, which are named by their new numbers and wanted too."""
    words, scaled, more = 0x0001, ((0x0008, 2), (0x0040, 4), (0x0080, 8)), 0x0020
    changed, at, goes_on = bytearray(outline), 10, True
    while goes_on:
        flags, part = unpack_from(">HH", changed, at)
        if part not in number:
            number[part] = len(wanted)
            wanted.append(part)
        pack_into(">H", changed, at + 2, number[part])
        at += 4 + (4 if flags & words else 2) + sum(size for flag, size in scaled if flags & flag)
        goes_on = bool(flags & more)
    return bytes(changed)
