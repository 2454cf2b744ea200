"""The brand clicks a badge together, sees who would win it and publishes; 小棠 finds it among her news and wears it."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from academy.db import db
from academy.journal import actions as journal
from academy.people.models import Person
from tests.achievements.story import run_jobs
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in


@ON_SQLITE
@pytest.mark.parametrize("scripts", [True, False])
def test_a_badge_is_made_seen_before_and_worn(
    app: Flask, phone: Callable[..., Page], lu: Person, tang: Person, aduo: Person, scripts: bool
) -> None:
    with db.writing() as s:
        for person, number in ((tang, 2), (aduo, 1)):
            for n in range(number):
                journal.write(s, person.id, "lesson.completed", f"lesson {n}")
    page = signed_in(phone(scripts=scripts, width=1280), lu)
    page.goto("/desk/badges")
    page.fill("[name=title]", "小太阳")
    page.get_by_role("button", name="开始").click()
    for field, typed in (("title.en", "Little sun"), ("how.zh", "学完 2 课"), ("how.en", "Complete 2 lessons")):
        page.fill(f"[name='{field}']", typed)
    page.locator("input[name=glyph][value=sun] + svg").click()
    page.fill("[name=limited]", "1")
    page.get_by_role("button", name="加条件").click()
    page.get_by_role("link", name="已学完的课").click()
    page.fill("[name=number]", "1")
    page.get_by_role("button", name="加上").click()

    def outlook() -> None:
        """Who would win it stands beside the form; without scripts a link leads there."""
        if not scripts:
            page.click("button[value=save]")
            page.get_by_role("link", name="看看谁会得到").click()

    outlook()
    expect(page.locator("#preview .bignum")).to_contain_text("2")
    expect(page.locator("#preview")).to_contain_text("还剩 1 枚")
    expect(page.get_by_role("row", name="阿朵")).to_contain_text("轮不到")
    if scripts:
        hold(page)
    else:
        page.get_by_role("link", name="回到徽章").click()
    page.fill("[name='rule/0']", "2")
    page.press("[name='rule/0']", "Tab")
    outlook()
    expect(page.locator("#preview .bignum")).to_contain_text("1")
    expect(page.get_by_role("row", name="阿朵")).to_contain_text("差：")
    if not scripts:
        page.get_by_role("link", name="回到徽章").click()
    page.get_by_role("button", name="发布").click()
    expect(page.locator("#toasts")).to_contain_text("已发布")
    run_jobs(app)

    page.context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 844})
    signed_in(page, tang)
    page.goto("/")
    page.get_by_role("link", name="新徽章「小太阳」").click()
    page.get_by_role("link", name="小太阳").click()
    expect(page.locator("main")).to_contain_text("第 1 枚，共 1 枚")
    if scripts:
        hold(page)
