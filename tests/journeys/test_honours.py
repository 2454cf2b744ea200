"""Her honours in a browser: from the wall to a badge and back, the voucher copied, the ledger turned."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.achievements.rewards.actions import stock
from academy.db import db
from academy.people.models import Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in

pytestmark = ON_SQLITE


@pytest.fixture
def promoted(session: Session, tang: Person) -> Person:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        stock(s, "silver-voucher", ["LY20-AAAA"])
        record(s, tang.id, "pledge.signed", "koc", "2026-09")
        for day in range(1, 32):
            record(s, tang.id, "checkin.done", "", f"2026-08-{day:02}")
    return tang


def honours(page: Page, promoted: Person) -> Page:
    signed_in(page, promoted).wait_for_url("**/honours/promotions/silver")
    page.locator(".actionbar form button").click()
    page.wait_for_url("**/")
    page.goto("/honours")
    return page


def test_the_wall_the_voucher_and_the_ledger(phone: Callable[..., Page], promoted: Person) -> None:
    page = honours(phone(), promoted)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制券码").click()
    expect(page.locator("#toasts")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "LY20-AAAA"
    hold(page)
    page.get_by_role("link", name="百日常青").click()
    expect(page.locator("main h2").first).to_have_text("还差 62 天")
    page.get_by_role("link", name="签到 100 次").click()
    page.wait_for_url("**/#checkin")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_ledger_turns_its_pages(phone: Callable[..., Page], promoted: Person, scripts: bool) -> None:
    page = honours(phone(scripts=scripts, width=360), promoted)
    page.get_by_role("link", name="全部明细").click()
    expect(page.locator(".list > li")).to_have_count(30)
    page.get_by_role("link", name="下一页").click()
    page.wait_for_url("**/honours/ledger?page=2")
    page.get_by_role("link", name="羽毛").first.click()
    page.wait_for_url("**/honours/ledger?currency=feathers")


def test_nothing_clips_when_the_text_is_twice_as_large(phone: Callable[..., Page], promoted: Person) -> None:
    page = honours(phone(width=360), promoted)
    for path in ("/honours", "/honours/badges/evergreen", "/honours/ledger"):
        page.goto(path)
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
