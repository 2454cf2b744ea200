"""The academy's drawings as template globals."""

from typing import Any

from flask import Flask
from markupsafe import Markup

from academy import art
from academy.web.assets import icon


def emblem(tier: str, size: int = 68, reached: bool = True, **options: Any) -> Markup:
    """The emblem of a tier by its key; a tier below bronze has one grey feather."""
    known = tier in art.FEATHERS
    return art.emblem(tier if known else "bronze", art.FEATHERS.get(tier, 1), size, reached and known, **options)


def badge(family: str, metal: str, glyph: str, strip: str | None = None, **options: Any) -> Markup:
    """A badge whose glyph is a lucide icon by name."""
    return art.badge(family, metal, icon(glyph), strip, **options)


def feathers(tier: str) -> int:
    """How many feathers a tier wears."""
    return art.FEATHERS.get(tier, 1)


def init(app: Flask) -> None:
    """Hand the drawings to the templates."""
    app.jinja_env.globals.update(
        emblem=emblem,
        badge=badge,
        feathers_of=feathers,
        feather=art.feather,
        fan=art.fan,
        seal=art.seal,
        talk=art.talk,
        confetti=art.confetti,
        certificate=art.certificate,
        mascot=art.deer,
    )
