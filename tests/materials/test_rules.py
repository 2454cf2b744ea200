"""What finds a material, whom it is open to, and the finished text."""

from typing import Any

import pytest

from academy import ROOT
from academy.catalog.content import Catalog, Document
from academy.materials.rules import Material, is_open, materials, search
from academy.packs.actions import read
from tests.materials.conftest import FILLED, TEXT


def material(version: int, key: str, **fields: Any) -> tuple[tuple[str, str], Document]:
    content = {
        "key": key,
        "kind": "product",
        "title": {"zh": "标题", "en": "Title"},
        "summary": {"zh": "简介", "en": "Summary"},
        "tier": "bronze",
        "ad": True,
        "tags": [],
        "text": "正文",
        "pictures": [],
    }
    return ("material", key), Document(version, {**content, **fields})


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    ladder = read(ROOT / "courses").documents["ladder", "academy"]
    picture = {"file": "0" * 40 + ".svg", "alt": {"zh": "", "en": ""}, "width": 1, "height": 1}
    return Catalog(
        1,
        {
            ("ladder", "academy"): Document(1, ladder),
            **dict(
                [
                    material(2, "cream", title={"zh": "护臀膏", "en": "Cream"}, tags=["换季"], text=TEXT),
                    material(3, "wipes", text="出门带柔湿巾，也带护臀膏。", pictures=[picture] * 9, ad=False),
                    material(4, "brand", kind="campaign", summary={"zh": "双１１ Live", "en": "-"}, pictures=[picture]),
                    material(5, "silver", tier="silver", title={"zh": "白银海报", "en": "P"}, text="扫码领护臀膏"),
                ]
            ),
        },
    )


def keys(catalog: Catalog, *args: str, tier: str | None = "bronze") -> list[str]:
    return [hit.material.key for hit in search(catalog, tier, *args)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["brand", "wipes", "cream", "silver"]),
        ("护臀", ["cream", "wipes"]),
        ("湿巾", ["wipes"]),
        ("柔湿巾　护臀膏", ["wipes"]),
        ("换季", ["cream"]),
        ("CREAM", ["cream"]),
        ("ｃｒｅａｍ", ["cream"]),
        ("双11 live", ["brand"]),
        ("活动", ["brand"]),
        ("campaign", ["brand"]),
        ("海报", ["silver"]),
        ("护臀 海报", []),
        ("没有", []),
        ("%", []),
        ("_", []),
    ],
)
def test_words_of_two_letters_find_whatever_is_said(catalog: Catalog, words: str, found: list[str]) -> None:
    assert keys(catalog, words) == found


def test_what_is_closed_to_her_is_not_found_by_its_text(catalog: Catalog) -> None:
    assert "silver" not in keys(catalog, "扫码")
    assert keys(catalog, "扫码", tier="silver") == keys(catalog, "扫码", tier="gold") == ["silver"]
    assert keys(catalog, "扫码", tier=None) == ["silver"]


def test_what_is_open_comes_before_what_is_not(catalog: Catalog) -> None:
    assert keys(catalog)[-1] == "silver"
    assert keys(catalog, tier="silver")[0] == "silver"


def test_kind_and_form_narrow_it_down(catalog: Catalog) -> None:
    assert keys(catalog, "", "campaign") == ["brand"]
    assert keys(catalog, "", "", "nine") == ["wipes"]
    assert keys(catalog, "", "", "words") == ["cream", "silver"]
    assert keys(catalog, "护臀", "product", "nine") == ["wipes"]


def test_a_tier_opens_what_is_its_own_and_below(catalog: Catalog) -> None:
    silver = materials(catalog)["silver"]
    assert [is_open(catalog, silver, tier) for tier in ("bronze", "silver", "gold", None)] == [False, True, True, True]


def test_they_are_read_once_a_release(catalog: Catalog) -> None:
    assert materials(catalog)["cream"] is materials(catalog)["cream"]


def of(text: str, ad: bool) -> Material:
    return Material.of(material(1, "x", text=text, ad=ad)[1])


def test_an_advertisement_says_so_at_its_end_unless_it_has_said_so() -> None:
    assert of("用法看包装。", True).finished({}) == "用法看包装。【广告】"
    assert of("【广告】用法看包装。", True).finished({}) == "【广告】用法看包装。"
    assert of("用法看包装。", False).finished({}) == "用法看包装。"
    assert of("【广告】", True).blanks == ()


def test_every_blank_must_be_filled_and_stands_once_in_the_form() -> None:
    twice = of("【物】一个，【谁】两个，再来一个【物】", False)
    assert twice.blanks == ("【物】", "【谁】")
    assert twice.finished({"【物】": "毛巾", "【谁】": "我"}) == "毛巾一个，我两个，再来一个毛巾"
    with pytest.raises(KeyError):
        of(TEXT, True).finished({name: word for name, word in FILLED.items() if name != "【变化】"})
