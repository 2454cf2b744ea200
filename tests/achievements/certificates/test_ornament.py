"""The certificate's art is computed, flat, and the same every time."""

import re
from itertools import product
from xml.etree import ElementTree

import pytest

from academy.achievements.certificates.ornament import PALETTES, SHEETS, emblem, seal, seal_frame, sheet
from academy.achievements.certificates.rules import METALS, Emblem

DRAWINGS = [
    *(sheet(paper, orientation) for paper, orientation in product(PALETTES, SHEETS)),
    *(seal_frame(paper) for paper in PALETTES),
    *(seal(characters, "gold") for characters in ("鹿", "鹿芽", "鹿芽印", "鹿芽之印", "𠮷一")),
    *(emblem(Emblem(metal, feathers)) for metal, feathers in product(METALS, range(1, 6))),
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_drawing_is_sound_flat_and_in_hex(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    assert {node.tag.rpartition("}")[2] for node in root.iter()} <= {"svg", "g", "path", "rect", "circle"}
    colours = {node.get(paint) for node in root.iter() for paint in ("fill", "stroke")} - {None, "none"}
    assert colours
    assert all(re.fullmatch("#[0-9a-f]{6}", colour or "") for colour in colours)


def test_the_fan_counts_the_tier() -> None:
    for feathers in range(1, 6):
        assert emblem(Emblem("gold", feathers)).count("rotate(") == feathers


def test_a_seal_always_wears_in_the_same_places() -> None:
    first = seal("鹿芽", "gold")
    seal.cache_clear()
    assert seal("鹿芽", "gold") == first
    assert seal("芽鹿", "gold") != first


def test_a_seal_draws_each_of_its_characters() -> None:
    for characters in ("鹿", "鹿芽", "鹿芽印", "鹿芽之印"):
        assert seal(characters, "gold").count("stroke-width=") == len(characters)
