"""The academy's drawings as template globals."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from markupsafe import Markup

from academy import art
from academy.web.assets import icon

Look = tuple[str, int]
"""What a tier wears: a metal, and how many feathers."""


def badge(family: str, metal: str, glyph: str, strip: str | None = None, **options: Any) -> Markup:
    """A badge whose glyph is a lucide icon by name."""
    return art.badge(family, metal, icon(glyph), strip, **options)


def init(app: Flask, look_of: Callable[[str], Look | None]) -> None:
    """Hand the drawings to the templates; `look_of` tells what a tier wears by its key, None for what is no tier."""

    def emblem(tier: str, size: int = 68, reached: bool = True, **options: Any) -> Markup:
        """The emblem of a tier by its key; what is no tier has one grey feather."""
        look = look_of(tier)
        metal, feathers = look or ("bronze", 1)
        return art.emblem(metal, feathers, size, reached and look is not None, **options)

    def feathers(tier: str) -> int:
        """How many feathers a tier wears."""
        return (look_of(tier) or ("", 1))[1]

    def metal(tier: str) -> str:
        """The metal of a tier, as its class in the style."""
        return (look_of(tier) or (tier, 1))[0]

    app.jinja_env.globals.update(
        emblem=emblem,
        badge=badge,
        feathers_of=feathers,
        metal_of=metal,
        feather=art.feather,
        fan=art.fan,
        seal=art.seal,
        talk=art.talk,
        confetti=art.confetti,
        certificate=art.certificate,
        mascot=art.deer,
    )
