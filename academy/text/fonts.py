"""Our own fonts, found through our own font configuration, so that a missing one shows instead of being replaced."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen

# Each face that is set in print: family and fontconfig's weight.
REGULAR, BOLD = 80, 200
FACES = (
    ("Noto Serif SC", REGULAR),
    ("Noto Serif SC", BOLD),
    ("Noto Sans SC", REGULAR),
    ("Noto Sans SC", BOLD),
    ("LXGW WenKai", REGULAR),
    ("LXGW WenKai", BOLD),
)


@dataclass(frozen=True)
class Outline:
    """A letter as SVG path data in font units, y upwards, and the box of its ink."""

    path: str
    left: float
    bottom: float
    width: float
    height: float


def use_our_fonts(root: Path) -> None:
    """Point fontconfig at static/fonts.conf, unless the environment names another; before the first text is set."""
    os.environ.setdefault("FONTCONFIG_FILE", str(root / "static" / "fonts.conf"))


def missing_fonts() -> list[str]:
    """What is not to be found: the configuration's path, or the faces (“Noto Serif SC 200”) that don't resolve."""
    path = os.environ.get("FONTCONFIG_FILE")
    if not path or not Path(path).is_file():
        return [path or "FONTCONFIG_FILE"]
    return [f"{family} {weight}" for family, weight in FACES if not _resolves(family, weight)]


def lacking(text: str, family: str) -> str:
    """The letters of a text that a family's regular face can't draw."""
    with _matched(family, REGULAR) as face:
        return "".join(letter for letter in text if not _draws(face, letter))


def unprintable(text: str) -> str:
    """The letters of a text that none of our faces for print can draw."""
    return lacking(lacking(text, "Noto Serif SC"), "LXGW WenKai")


def file_of(family: str, weight: int) -> Path:
    """The file of a face; its weight is fontconfig's."""
    with _matched(family, weight) as face:
        return _file(face)


@cache
def outline(letter: str) -> Outline:
    """A letter's outline in the first bold face that has it; an empty one where none has."""
    for family, weight in (("Noto Serif SC", BOLD), ("LXGW WenKai", BOLD)):
        with _matched(family, weight) as face:
            if _draws(face, letter[0]):
                return _outline(_file(face), letter)
    return Outline("", 0, 0, 0, 0)


def _outline(file: Path, letter: str) -> Outline:
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))))
    glyph = font.get_nominal_glyph(ord(letter[0]))
    path, box = SVGPathPen(None, ntos="{:g}".format), BoundsPen(None)
    font.draw_glyph_with_pen(glyph, path)
    font.draw_glyph_with_pen(glyph, box)
    left, bottom, right, top = box.bounds or (0, 0, 0, 0)
    return Outline(path.getCommands(), left, bottom, right - left, top - bottom)


def _resolves(family: str, weight: int) -> bool:
    with _matched(family, weight) as pattern:
        found, real = ctypes.c_char_p(), ctypes.c_double()
        library = _fontconfig()
        library.FcPatternGetDouble(pattern, b"weight", 0, ctypes.byref(real))
        names: list[str] = []
        while library.FcPatternGetString(pattern, b"family", len(names), ctypes.byref(found)) == 0:
            names.append((found.value or b"").decode())
        return family in names and real.value == weight and _file(pattern).is_file()


def _file(pattern: int) -> Path:
    file = ctypes.c_char_p()
    _fontconfig().FcPatternGetString(pattern, b"file", 0, ctypes.byref(file))
    return Path(os.fsdecode(file.value or b""))


def _draws(pattern: int, letter: str) -> bool:
    letters = ctypes.c_void_p()
    library = _fontconfig()
    library.FcPatternGetCharSet(pattern, b"charset", 0, ctypes.byref(letters))
    return bool(library.FcCharSetHasChar(letters, ord(letter)))


@contextmanager
def _matched(family: str, weight: int) -> Iterator[int]:
    """The pattern of the font that fontconfig gives for a face."""
    library = _fontconfig()
    wanted = library.FcNameParse(f"{family}:weight={weight}".encode())
    library.FcConfigSubstitute(None, wanted, 0)
    library.FcDefaultSubstitute(wanted)
    found = library.FcFontMatch(None, wanted, ctypes.byref(ctypes.c_int()))
    try:
        yield found
    finally:
        library.FcPatternDestroy(found)
        library.FcPatternDestroy(wanted)


@cache
def _fontconfig() -> ctypes.CDLL:
    library = ctypes.CDLL("libfontconfig.so.1")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("FcNameParse", pointer, [text]),
        ("FcConfigSubstitute", number, [pointer, pointer, number]),
        ("FcDefaultSubstitute", None, [pointer]),
        ("FcFontMatch", pointer, [pointer, pointer, pointer]),
        ("FcPatternGetString", number, [pointer, text, number, pointer]),
        ("FcPatternGetDouble", number, [pointer, text, number, pointer]),
        ("FcPatternGetCharSet", number, [pointer, text, number, pointer]),
        ("FcCharSetHasChar", number, [pointer, ctypes.c_uint32]),
        ("FcPatternDestroy", None, [pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
