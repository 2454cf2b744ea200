"""小棠 looks for something to post, makes it her own, copies it and saves its pictures."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.people.models import Person
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in
from tests.phone import facts

pytestmark = ON_SQLITE

SET = "autumn-bottom-care"
ANSWER = "两个月前开始"


def opened(page: Page, tang: Person) -> Page:
    """Signed in as 小棠, at the materials, by the tab."""
    signed_in(page, tang).get_by_role("link", name="素材", exact=True).click()
    expect(page.locator("h1")).to_have_text("素材")
    return page


def find(page: Page) -> None:
    """From the list, by two letters, to the set."""
    page.fill("input[name=q]", "安抚奶嘴")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("没有找到“安抚奶嘴”")
    page.get_by_role("link", name="看全部素材").click()
    page.get_by_role("link", name="九宫格", exact=True).click()
    expect(page.locator(".chip[aria-current]")).to_have_text("九宫格")
    page.fill("input[name=q]", "护臀")
    page.keyboard.press("Enter")
    page.locator(f"a.hit[href='/materials/{SET}']").click()
    expect(page.locator(".nine img")).to_have_count(9)


def fill(page: Page) -> str:
    """Fill in every blank; the text that comes of it."""
    lines = page.locator("#taking .field input")
    for n in range(lines.count()):
        lines.nth(n).fill(ANSWER)
    page.get_by_role("button", name="填好了，看文案").click()
    text = page.locator("#finished").input_value()
    assert ANSWER in text
    assert text.endswith("【广告】")
    return text


@pytest.mark.parametrize("clipboard", [True, False], ids=["with the clipboard", "by the selection"])
def test_she_fills_in_copies_and_saves(
    phone: Callable[..., Page], tang: Person, session: Session, clipboard: bool
) -> None:
    page = phone(width=360)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not clipboard:
        refuse = "navigator.clipboard.writeText = () => Promise.reject(new Error('not here'))"
        page.add_init_script(refuse)
    opened(page, tang)
    hold(page)
    find(page)
    page.get_by_role("button", name="填好了，看文案").click()
    expect(page.locator("#taking .error").first).to_have_text("填上自己家的真实情况。")
    hold(page)
    text = fill(page)
    hold(page)
    page.get_by_role("button", name="复制文案").click()
    expect(page.locator("#toasts")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n") == text
    assert [topic for topic, _ in facts(session, tang.id, "material.taken")] == [SET]

    page.get_by_role("button", name="存 9 张图").click()
    page.wait_for_url(f"**/materials/{SET}/pictures")
    pictures = page.locator("img.shared")
    expect(pictures).to_have_count(9)
    for n in range(9):
        pictures.nth(n).scroll_into_view_if_needed()
        page.wait_for_function("n => document.querySelectorAll('img.shared')[n].naturalWidth >= 1080", arg=n)
    hold(page)
    page.goto("/materials")
    expect(page.locator(f"li:has(a[href='/materials/{SET}']) .tag.ok")).to_have_text("取用过")


def test_where_nothing_copies_she_is_told_to_do_it_by_hand(phone: Callable[..., Page], tang: Person) -> None:
    page = phone()
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined});"
        "document.execCommand = () => false;"
    )
    find(opened(page, tang))
    fill(page)
    page.get_by_role("button", name="复制文案").click()
    expect(page.locator("#toasts")).to_have_text("没有复制成功，请长按文案自己复制。")


def test_without_scripts_she_selects_the_text_herself(
    phone: Callable[..., Page], tang: Person, session: Session
) -> None:
    page = opened(phone(scripts=False), tang)
    find(page)
    fill(page)
    expect(page.locator("#finished")).to_be_editable(editable=False)
    assert [topic for topic, _ in facts(session, tang.id, "material.taken")] == [SET]
    page.get_by_role("button", name="存 9 张图").click()
    expect(page.locator("img.shared")).to_have_count(9)


def test_wechat_draws_no_download(phone: Callable[..., Page], tang: Person) -> None:
    page = opened(phone(), tang)
    page.goto(f"/materials/{SET}/pictures")
    download = page.get_by_role("link", name="打包下载全部图片")
    expect(download).to_be_visible()
    page.evaluate("document.documentElement.dataset.host = 'wechat'")
    expect(download).to_be_hidden()
