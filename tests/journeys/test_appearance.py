"""The sample beside the brand's appearance, with and without scripts."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from academy.art.colour import Colour
from academy.people.models import Person
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in, wears

pytestmark = ON_SQLITE

CRIMSON, YELLOW = Colour("#c4305d"), Colour("#ffd400")


def test_the_sample_follows_what_is_typed_and_what_is_picked(phone: Callable[..., Page], lu: Person) -> None:
    desk = signed_in(phone(width=1440), lu)
    wrong: list[str] = []
    desk.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    desk.goto("/desk/brand")
    desk.get_by_label("品牌色", exact=True).fill("#ffd400")
    expect(desk.get_by_text("你的黄色会以深赭色出现在按钮上")).to_be_visible()
    expect(desk.get_by_label("选一个颜色")).to_have_value("#ffd400")
    wears(desk, ".sample [data-theme=light] .button.wide", YELLOW)
    on_dark = re.compile(rf"oklch\(0\.735 .* {YELLOW.hue:g}\)")
    expect(desk.locator(".sample [data-theme=dark] .button.wide")).to_have_css("background-color", on_dark)
    wears(desk, "main form .button", CRIMSON)
    hold(desk)
    desk.get_by_label("选一个颜色").fill("#1677ff")
    expect(desk.get_by_label("品牌色", exact=True)).to_have_value("#1677ff")
    expect(desk.get_by_text("你的黄色会以深赭色出现在按钮上")).to_be_hidden()
    assert wrong == []


def test_without_scripts_the_sample_is_a_button_away(phone: Callable[..., Page], lu: Person) -> None:
    desk = signed_in(phone(width=360, scripts=False), lu)
    desk.goto("/desk/brand")
    expect(desk.locator("input[type=color]")).to_be_hidden()
    desk.get_by_label("品牌色", exact=True).fill("fd0")
    desk.get_by_role("button", name="先看样板").click()
    expect(desk.get_by_text("你的黄色会以深赭色出现在按钮上")).to_be_visible()
    expect(desk.get_by_label("品牌色", exact=True)).to_have_value("#ffdd00")
    desk.get_by_role("button", name="保存并发布").click()
    wears(desk, "main form .button", Colour("#ffdd00"))
