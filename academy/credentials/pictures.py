"""Pictures of what was won: alone, for whoever reads its credential, and on the card that its holder shows around."""

from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup

from academy.art.certificate import certificate
from academy.credentials.queries import Thing
from academy.files.pages import drawn, few_colours, printed
from academy.web.drawing import badge
from academy.web.reading import pick

SIDE = 600
CARD = 1080
"""Pixels across; a card is a quarter higher, as feeds show a picture upright."""


def art(thing: Thing, line: str, size: int) -> Markup:
    """A badge; or a certificate in small, with a line under its title."""
    look = thing.document
    if thing.is_badge:
        return badge(look["family"], look["metal"], look["glyph"], look.get("strip"), size=size, palette="hex")
    # The style of a printed page doesn't reach into a drawing.
    drawing = str(certificate(look["title"]["zh"], line, size=size))
    return Markup(drawing.replace("<svg ", '<svg font-family="Noto Serif SC" ', 1))


def alone(thing: Thing) -> bytes:
    """What can be won, as a square PNG that names nobody."""
    return _drawn(SIDE, template="credentials/picture.html", art=art(thing, pick(thing.title), 560))


def card(**shown: Any) -> bytes:
    """What was won, by whom and how, as a PNG to save and to show around."""
    return _drawn(CARD, template="credentials/card.html", **shown)


@lru_cache(maxsize=128)
def _drawn(width: int, template: str, **shown: Any) -> bytes:
    html = current_app.jinja_env.get_template(template).render(**shown)
    return few_colours(drawn(printed(html), width))
