"""A line that somebody typed. Pure."""

import re
import unicodedata

# What joins emoji stays; what turns the direction of writing or hides would let one name look like another.
_JOINERS = frozenset("\u200d\ufe0f")


def plain(text: str) -> str:
    """A line as typed, without what can't be seen and without outer or doubled spaces."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in composed
        if letter.isspace() or letter in _JOINERS or unicodedata.category(letter)[0] != "C"
    )
    return re.sub(" +", " ", seen).strip()
