"""A ladder that asks for the brand's confirmation: of two who meet the rest, one is promoted and one has to wait."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.db import db
from academy.people.models import Person
from tests.achievements.story import almost_silver, run_jobs, tier_of
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in
from tests.phone import did

pytestmark = ON_SQLITE

REASON = "承诺书里的称呼请改成你常用的，再来申请。"


def test_one_is_put_off_with_a_reason_and_the_other_is_promoted(
    app: Flask, phone: Callable[..., Page], session: Session, lu: Person, tang: Person, aduo: Person
) -> None:
    desk = signed_in(phone(width=1440), lu)
    desk.get_by_role("link", name="等级与晋升").click()
    desk.locator("#tier-silver > summary").click()
    desk.locator("[name='into-silver:approval']").check()
    desk.get_by_role("button", name="发布规则").click()
    expect(desk.locator("#toasts")).to_contain_text("已发布")
    run_jobs(app)
    for her in (tang, aduo):
        with db.writing() as s:
            almost_silver(s, her.id, but={"pledge.signed"})
        did(her.id, "pledge.signed", "koc", "2026-09")
    assert (tier_of(session, tang), tier_of(session, aduo)) == ("bronze", "bronze")
    hers, other = signed_in(phone(), tang), signed_in(phone(scripts=False), aduo)
    hers.goto("/tier")
    expect(hers.locator("main")).to_contain_text("品牌正在审核")
    hold(hers)

    # The queue names both with what they have met; without a reason nobody is put off.
    desk.get_by_role("link", name="晋级审核").click()
    row = desk.locator("tbody tr")
    expect(row).to_have_count(2)
    expect(desk.locator(".pagehead")).to_contain_text("2 人在等")
    expect(row.filter(has_text="小棠")).to_contain_text("签到 7")
    hold(desk)
    desk.get_by_label("选择小棠").check()
    desk.get_by_role("button", name="暂缓").click()
    expect(desk.locator("textarea[name=said]")).to_have_attribute("aria-invalid", "true")
    expect(desk.get_by_label("选择小棠")).to_be_checked()
    hold(desk)
    desk.locator("textarea[name=said]").fill(REASON)
    desk.get_by_role("button", name="暂缓").click()
    expect(desk.locator("#toasts")).to_contain_text("1 人的晋级已暂缓")
    expect(row).to_have_count(1)
    expect(desk.get_by_label("选择阿朵")).to_be_checked()
    desk.get_by_role("button", name="通过").click()
    expect(desk.locator("#toasts")).to_contain_text("1 人已晋级")
    expect(row).to_have_count(0)
    hold(desk)
    assert (tier_of(session, tang), tier_of(session, aduo)) == ("bronze", "silver")
    session.rollback()

    # Both read it on their phones.
    other.goto("/")
    other.wait_for_url("**/honours/promotions/silver")
    expect(other.locator("main")).to_contain_text("白银")
    hers.goto("/")
    expect(hers.locator("#notices")).to_contain_text("晋级白银先等一等")
    hold(hers)
    hers.locator("#notices").get_by_role("link", name="晋级白银先等一等").click()
    expect(hers.locator("#put-off")).to_contain_text(REASON)
    hold(hers)
    hers.get_by_role("button", name="再次申请").click()
    expect(hers.locator("main")).to_contain_text("品牌正在审核")
    desk.reload()
    expect(row).to_have_count(1)
    expect(row).to_contain_text("小棠")
