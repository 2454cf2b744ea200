"""Letters set one by one, and cut out as fonts of their own."""

from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

from academy.text.fonts import BOLD, file_of
from academy.text.truetype import Face, Unset


@cache
def serif() -> Face:
    return Face(file_of("Noto Serif SC", BOLD))


def drawn(font: TTFont, glyph: str) -> list[object]:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(pen)
    return list(pen.value)


def test_hanzi_stand_side_by_side_and_latin_letters_are_kerned() -> None:
    assert [letter.advance for letter in serif().set("林晓棠")] == [1000, 1000, 1000]
    apart = sum(serif().set(letter)[0].advance for letter in "AVA")
    assert sum(letter.advance for letter in serif().set("AVA")) < apart


@pytest.mark.parametrize("text", ["𠮷", "g̈", "नमिता"])
def test_what_is_missing_or_must_be_shaped_is_refused(text: str) -> None:
    with pytest.raises(Unset):
        serif().set(text)


@pytest.mark.parametrize("text", ["林晓棠", "Zoë O'Brien", "〇一二年月日", "ÅÉñ"])
def test_a_font_of_some_letters_draws_them_as_the_whole_one_does(text: str) -> None:
    glyphs = list(dict.fromkeys(letter.glyph for letter in serif().set(text)))
    with (
        TTFont(BytesIO(serif().cut(glyphs))) as cut,
        TTFont(file_of("Noto Serif SC", BOLD), lazy=True) as whole,
    ):
        assert cut["maxp"].numGlyphs >= len(glyphs) + 1
        for i, glyph in enumerate(glyphs, 1):
            assert drawn(cut, cut.getGlyphName(i)) == drawn(whole, whole.getGlyphName(glyph))
            assert cut["hmtx"][cut.getGlyphName(i)] == whole["hmtx"][whole.getGlyphName(glyph)]


def test_a_font_of_another_kind_is_refused(tmp_path: Path) -> None:
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef"])
    builder.setupCharacterMap({})
    builder.setupCFF("Curves", {}, {".notdef": T2CharStringPen(500, None).getCharString()}, {})
    builder.setupHorizontalMetrics({".notdef": (500, 0)})
    builder.setupHorizontalHeader()
    builder.setupPost()
    builder.save(tmp_path / "curves.otf")
    with pytest.raises(ValueError, match="no plain TrueType face"):
        Face(tmp_path / "curves.otf")
