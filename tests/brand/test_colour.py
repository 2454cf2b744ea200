"""Colours: whatever a brand sends, what stands on its colour can be read."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from academy import ROOT
from academy.art.colour import (
    LEAST_CHROMA,
    LIGHTNESS,
    MOST_CHROMA,
    Colour,
    Triple,
    colour,
    most_chroma,
    to_hex,
    to_linear,
    to_oklch,
)

HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TOKENS = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/tokens.css").read_text("utf-8"), flags=re.DOTALL)


def declared(selector: str) -> dict[str, str]:
    """The tokens of every rule with this selector, those for old engines apart."""
    tokens: dict[str, str] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", TOKENS.partition("@supports")[0]):
        if selector in (one.strip() for one in selectors.split(",")):
            tokens.update(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    return tokens


LIGHT = declared(":root")
DARK = LIGHT | declared('[data-theme="dark"]')
NUMBER = r"(?:calc\(var\(--brand-c\) \* [\d.]+\)|var\(--brand-[hc]\)|[\d.]+)"


def token(name: str, theme: dict[str, str], brand: Colour) -> Triple:
    """What tokens.css makes of a token for a brand."""
    value = theme[name]
    if alias := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return token(alias[1], theme, brand)
    parts = re.fullmatch(rf"oklch\(({NUMBER}) ({NUMBER}) ({NUMBER})\)", value)
    assert parts, f"--{name}: {value} is not understood"
    lightness, chroma, hue = (number(part, brand) for part in parts.groups())
    return lightness, chroma, hue


def number(written: str, brand: Colour) -> float:
    knobs = {"var(--brand-h)": brand.hue, "var(--brand-c)": brand.chroma}
    value, _, factor = written.removeprefix("calc(").removesuffix(")" if "calc" in written else "").partition(" * ")
    return (knobs[value] if value in knobs else float(value)) * float(factor or 1)


def clipped(seen: Triple) -> Triple:
    """As engines show what sRGB can't hold: most clip each channel."""
    return seen


def reduced(seen: Triple) -> Triple:
    """As the standard says to show it: with less chroma."""
    lightness, chroma, hue = seen
    return lightness, min(chroma, most_chroma(lightness, hue)), hue


def luminance(seen: Triple) -> float:
    red, green, blue = (min(max(channel, 0), 1) for channel in to_linear(seen))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Triple, other: Triple) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


WORDS = [
    *[("on-brand", ground) for ground in ("brand", "brand-hover")],
    *[
        ("brand-text", ground)
        for ground in ("bg", "bg-console", "surface", "surface-2", "surface-3", "brand-soft", "brand-wash")
    ],
    *[(words, ground) for words in ("text", "text-2") for ground in ("bg", "brand-soft", "brand-wash")],
    *[("text-3", ground) for ground in ("bg", "brand-wash")],
    *[(f"{words}-text", "bg") for words in ("ok", "warn", "bad", "info", "feather")],
]
GRAPHICS = [
    *[("brand", ground) for ground in ("bg", "surface", "surface-2", "surface-3", "brand-soft", "brand-wash")],
    *[("line-strong", ground) for ground in ("bg", "brand-wash")],
    ("focus", "bg"),
]


@pytest.mark.parametrize("shown", [clipped, reduced])
@pytest.mark.parametrize("theme", ["light", "dark"])
@given(hex=HEX)
@example(hex="#ffff00")
@example(hex="#ffd400")
@example(hex="#00ff00")
@example(hex="#000000")
@example(hex="#ffffff")
def test_every_pair_can_be_read_whatever_the_colour(theme: str, shown: Callable[[Triple], Triple], hex: str) -> None:
    tokens, brand = LIGHT if theme == "light" else DARK, Colour(hex)
    for pairs, least in ((WORDS, 4.5), (GRAPHICS, 3)):
        for front, ground in pairs:
            found = contrast(shown(token(front, tokens, brand)), shown(token(ground, tokens, brand)))
            assert found >= least, f"{front} on {ground}: {found:.2f}"


@pytest.mark.parametrize("hue", range(0, 360, 5))
def test_the_most_vivid_brand_of_each_hue_can_be_read_too(hue: int) -> None:
    vivid = (LIGHTNESS, min(MOST_CHROMA, most_chroma(LIGHTNESS, hue)), float(hue))
    for tokens in (LIGHT, DARK):
        for front, ground in (("on-brand", "brand"), ("brand-text", "brand-soft")):
            brand = Colour(to_hex(vivid))
            assert contrast(token(front, tokens, brand), token(ground, tokens, brand)) >= 4.5


@given(hex=HEX)
def test_hue_and_chroma_are_kept_as_far_as_they_go(hex: str) -> None:
    made, (_, chroma, hue) = Colour(hex), to_oklch(hex)
    assert LEAST_CHROMA <= made.chroma <= MOST_CHROMA
    assert made.chroma <= most_chroma(LIGHTNESS, made.hue) + 0.0005
    if chroma > 0.02:
        assert abs((made.hue - hue + 180) % 360 - 180) <= 0.05
    if LEAST_CHROMA <= chroma <= made.chroma:
        assert abs(made.chroma - chroma) <= 0.0005


@given(hex=HEX)
def test_a_colour_that_went_to_oklch_comes_back(hex: str) -> None:
    assert to_hex(to_oklch(hex)) == hex


def test_the_demo_brand_is_what_the_tokens_begin_with() -> None:
    demo = Colour("#c4305d")
    assert (LIGHT["brand-h"], LIGHT["brand-c"]) == (f"{demo.hue:g}", f"{demo.chroma:g}")
    assert demo.knobs == "--brand-h:8;--brand-c:0.185;--brand-hex:#c4305d"
    assert demo.change is None


def test_a_grey_takes_the_hue_of_the_ink_and_a_trace_of_chroma() -> None:
    for hex in ("#000000", "#808080", "#ffffff"):
        assert (Colour(hex).hue, Colour(hex).chroma) == (220, LEAST_CHROMA)


@pytest.mark.parametrize(
    ("hex", "change"),
    [
        ("#ffd400", "ochre"),
        ("#ffff00", "ochre"),
        ("#ff8800", "deeper"),
        ("#ffc0cb", "deeper"),
        ("#ffffff", "deeper"),
        ("#0a1f44", "lighter"),
        ("#000000", "lighter"),
        ("#2e8b57", None),
    ],
)
def test_it_is_told_when_buttons_look_otherwise(hex: str, change: str | None) -> None:
    assert Colour(hex).change == change


@pytest.mark.parametrize("typed", ["#c4305d", "c4305d", " C4305D ", "#C4305d"])
def test_six_digits_however_they_are_typed(typed: str) -> None:
    assert colour(typed) == Colour("#c4305d")


def test_three_digits_stand_for_six() -> None:
    assert colour("#fd0") == colour("fd0") == Colour("#ffdd00")


@pytest.mark.parametrize(
    "typed", ["", "#", "#12", "#1234", "#12345", "#1234567", "red", "#ggg", "##fff", "１２３", "#fff;}"]
)
def test_what_is_no_colour_is_none(typed: str) -> None:
    assert colour(typed) is None
