"""Colours that never follow the brand or the theme, so that they can be written as plain hex."""

from typing import NamedTuple


class Metal(NamedTuple):
    """One metal: light, middle and dark stop, the medallion under the feathers, and ink for words."""

    hi: str
    mid: str
    lo: str
    face: str
    ink: str


METALS = {
    "bronze": Metal("#f5cca4", "#cb8352", "#7d4427", "#45281b", "#7c4225"),
    "silver": Metal("#f1f4f7", "#afb7bf", "#5b646f", "#2d3641", "#47515c"),
    "gold": Metal("#fdeea8", "#ebbb45", "#a26a0e", "#4a3015", "#7a4d08"),
    "platinum": Metal("#e7faf7", "#9dcdcc", "#387078", "#17383e", "#1d5962"),
    "diamond": Metal("#fae7fe", "#adaaf8", "#534bb3", "#2a2656", "#5042aa"),
}

FEATHERS = {"bronze": 1, "silver": 2, "gold": 3, "platinum": 4, "diamond": 5}


class Field(NamedTuple):
    """The enamel of a badge family and its darker rim."""

    fill: str
    rim: str


FIELDS = {
    "learning": Field("#1575a6", "#085378"),
    "sharing": Field("#b7375b", "#84243f"),
    "community": Field("#1b7f62", "#0d5b45"),
    "contest": Field("#6a5fb4", "#4a4282"),
    "special": Field("#9c5c14", "#704008"),
}

# What follows the theme on a page is a class there; on paper it is one of these.
PAPER = {
    "plate": "#e3eaec",
    "well": "#edf2f4",
    "track": "#d6dee1",
    "ash": "#b9c5c9",
    "ash-deep": "#909ea3",
    "dash": "#79878c",
    "feather": "#eeb23d",
    "feather-deep": "#bf7b1f",
    "quill": "#7a4a12",
    "ok": "#20844f",
    "warn": "#ef9d32",
    "bad": "#b73c18",
    "tick": "#ffffff",
}


def fill(name: str, palette: str) -> str:
    """The attribute that fills with a themed colour, as a class on pages and as hex on paper."""
    return f'fill="{PAPER[name]}"' if palette == "hex" else f'class="a-{name}"'


def stroke(name: str, palette: str) -> str:
    """The attributes that stroke with a themed colour and fill nothing."""
    return f'fill="none" stroke="{PAPER[name]}"' if palette == "hex" else f'fill="none" class="a-{name}-line"'
