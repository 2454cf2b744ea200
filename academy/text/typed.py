"""Texts that people type and fill in: tidied, their blanks found and filled, listed words cut out. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

AD = "【广告】"
"""The mark of a paid recommendation, which looks like a blank and is none."""

_BLANK = re.compile(r"【(?!广告】)[^【】]*】")


def tidy(typed: str | None) -> str:
    """A text as we keep it: one kind of line end, no control characters, nothing around it."""
    lines = (typed or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def blanks(text: str) -> list[str]:
    """The blanks that are still to be filled, such as 【月龄】."""
    return _BLANK.findall(text)


def fill(text: str, filled: Mapping[str, str]) -> str:
    """The text with each blank replaced; KeyError for a blank that is not filled."""
    return _BLANK.sub(lambda blank: filled[blank[0]], text)


def pieces(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """A text cut where listed words stand in it; True for the words, the longest where they overlap."""
    found = sorted(set(words), key=len, reverse=True)
    if not found:
        return [(text, False)]
    cut = re.split(f"({'|'.join(map(re.escape, found))})", text)
    return [(piece, bool(i % 2)) for i, piece in enumerate(cut) if piece]
