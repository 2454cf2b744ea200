"""The verdict of a check: a scalloped seal with a tick, a bar or a question mark."""

from markupsafe import Markup

from academy.art.palette import fill, stroke
from academy.art.shapes import wavy

_MARKS = {
    "ok": "m31 49 12 12 23-26",
    "warn": "M48 28v26M48 67v.1",
    "bad": "m34 34 28 28m0-28L34 62",
}


def seal(kind: str, size: int = 76, palette: str = "page") -> Markup:
    """A seal in a 96 box; kind is ok, warn or bad."""
    return Markup(
        f'<svg class="seal" width="{size}" height="{size}" viewBox="0 0 96 96" aria-hidden="true">'
        f'<path d="{wavy(48, 48, 44, 14, 3)}" {fill(kind, palette)}/>'
        f'<path d="{_MARKS[kind]}" {stroke("tick", palette)} stroke-width="8" stroke-linecap="round"'
        f' stroke-linejoin="round"/></svg>'
    )
