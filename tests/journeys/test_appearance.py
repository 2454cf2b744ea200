"""The brand dresses its academy, and a trainee's next page wears it."""

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect

from academy.art.colour import LIGHTNESS, Colour
from academy.people.models import Person
from tests.browser import barriers
from tests.conftest import PASSWORD

CRIMSON, YELLOW = Colour("#c4305d"), Colour("#ffd400")


def sign_in(page: Page, contact: str) -> Page:
    page.goto("/sign-in")
    page.fill("input[name=contact]", contact)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def wears(page: Page, selector: str, brand: Colour) -> None:
    """Wait until the first of some elements is filled with a brand's --brand-600."""
    filled = f"oklch({LIGHTNESS} {brand.chroma:g} {brand.hue:g})"
    expect(page.locator(selector).first).to_have_css("background-color", filled)


def bars_nobody(page: Page) -> None:
    """Neither by day nor by night."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert barriers(page) == [], scheme


def logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (255, 212, 0, 255)).save(out, "PNG")
    return out.getvalue()


def test_a_yellow_brand_sees_its_ochre_saves_and_everybody_wears_it(
    phone: Callable[..., Page], lu: Person, tang: Person
) -> None:
    hers, desk = sign_in(phone(), "13800000011"), sign_in(phone(width=1440), "lu@luya.example")
    wrong: list[str] = []
    for page in (hers, desk):
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    hers.goto("/map")
    wears(hers, ".skip", CRIMSON)

    desk.get_by_role("link", name="品牌外观").click()
    expect(desk.get_by_role("heading", name="品牌外观")).to_be_visible()
    desk.get_by_label("品牌色", exact=True).fill("#ffd400")
    expect(desk.get_by_text("你的黄色会以深赭色出现在按钮上")).to_be_visible()
    expect(desk.get_by_label("选一个颜色")).to_have_value("#ffd400")
    wears(desk, ".sample [data-theme=light] .button.wide", YELLOW)
    on_dark = re.compile(rf"oklch\(0\.735 .* {YELLOW.hue:g}\)")
    expect(desk.locator(".sample [data-theme=dark] .button.wide")).to_have_css("background-color", on_dark)
    wears(desk, "main form .button", CRIMSON)
    desk.get_by_label("选一个颜色").fill("#1677ff")
    expect(desk.get_by_label("品牌色", exact=True)).to_have_value("#1677ff")
    desk.get_by_label("品牌色", exact=True).fill("#ffd400")
    expect(desk.get_by_text("你的黄色会以深赭色出现在按钮上")).to_be_visible()
    bars_nobody(desk)

    desk.get_by_label("标志").set_input_files({"name": "mark.png", "mimeType": "image/png", "buffer": logo()})
    desk.get_by_label("学堂名称（中文）").fill("山野学堂")
    desk.get_by_role("button", name="保存并发布").click()
    expect(desk.locator(".sidenav .logo")).to_be_visible()
    wears(desk, "main form .button", YELLOW)
    bars_nobody(desk)

    hers.goto("/map")
    wears(hers, ".skip", YELLOW)
    hers.goto("/")
    expect(hers.locator(".topbar .logo")).to_have_js_property("naturalWidth", 64)
    expect(hers.locator(".topbar")).to_contain_text("山野学堂")
    bars_nobody(hers)
    assert wrong == []


def test_without_scripts_the_sample_is_a_button_away(phone: Callable[..., Page], lu: Person) -> None:
    desk = sign_in(phone(width=360, scripts=False), "lu@luya.example")
    desk.goto("/desk/brand")
    expect(desk.locator("input[type=color]")).to_be_hidden()
    desk.get_by_label("品牌色", exact=True).fill("fd0")
    desk.get_by_role("button", name="先看样板").click()
    expect(desk.get_by_text("你的黄色会以深赭色出现在按钮上")).to_be_visible()
    expect(desk.get_by_label("品牌色", exact=True)).to_have_value("#ffdd00")
    desk.get_by_role("button", name="保存并发布").click()
    wears(desk, "main form .button", Colour("#ffdd00"))
