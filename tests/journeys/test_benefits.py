"""The brand announces another rate, which a trainee reads beside her own; a good month gives her more customers."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock as time
from academy.db import db
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from tests.achievements.story import run_jobs
from tests.conftest import ON_SQLITE, Clock
from tests.journeys.conftest import hold, signed_in
from tests.roster.sheets import xlsx

pytestmark = ON_SQLITE

HEAD = ["手机号", "用户数", "成单数", "咨询数", "已服务数", "投诉数"]


@pytest.fixture
def gold(session: Session, tang: Person, aduo: Person) -> None:
    """小棠 and 阿朵 have reached 黄金."""
    with db.writing() as s:
        s.execute(update(Standing).where(Standing.trainee_id.in_([tang.id, aduo.id])).values(tier="gold"))


def test_a_rate_is_announced_and_each_reads_it_beside_her_own(
    phone: Callable[..., Page], lu: Person, tang: Person, clock: Clock
) -> None:
    desk, hers = signed_in(phone(width=1440), lu), signed_in(phone(), tang)
    desk.get_by_role("link", name="等级权益").click()
    hold(desk)
    desk.get_by_role("link", name="编辑").click()
    rate = desk.get_by_label("爆品, 白银")
    expect(rate).to_have_value("6")
    rate.fill("6.55")
    desk.get_by_role("button", name="发布").click()
    expect(desk.locator("main")).to_contain_text("6.55")
    expect(rate).to_have_attribute("aria-invalid", "true")
    hold(desk)
    rate.fill("6.5")
    desk.get_by_label("生效日期").fill("2026-10-01")
    desk.get_by_role("button", name="发布").click()
    coming = desk.locator("section.panel", has_text="已预告").first
    expect(coming).to_contain_text("6.5%")
    hold(desk)
    desk.get_by_role("link", name="改了什么").first.click()
    expect(desk.locator("tr", has_text="白银 × 爆品").locator("td")).to_have_text(["6.0%", "6.5%"])
    hold(desk)

    hers.goto("/honours")
    hers.get_by_role("link", name="等级权益").click()
    now = hers.locator("section.benefits").first
    expect(now).to_contain_text("到白银，你会有")
    expect(now).to_contain_text("爆品：高 2.0 个百分点")
    ahead = hers.locator("details.benefits").first
    expect(ahead.locator("summary")).to_contain_text("10 月 1 日")
    ahead.locator("summary").click()
    expect(ahead).to_contain_text("爆品：高 2.5 个百分点")
    hold(hers)
    clock.to(datetime(2026, 10, 1, 9, tzinfo=time.ZONE))
    hers.reload()
    expect(now).to_contain_text("爆品：高 2.5 个百分点")
    expect(hers.locator("main")).not_to_contain_text("起执行新表")


def test_a_sheet_with_a_wrong_line_comes_in_and_a_good_month_gives_more_customers(
    app: Flask,
    phone: Callable[..., Page],
    session: Session,
    gold: None,
    lu: Person,
    tang: Person,
    aduo: Person,
    tmp_path: Path,
    clock: Clock,
) -> None:
    desk, hers = signed_in(phone(width=1440), lu), signed_in(phone(), tang)
    desk.get_by_role("link", name="社群管理权").click()
    expect(desk.locator("tbody tr")).to_have_count(2)
    hold(desk)
    desk.get_by_role("button", name="确认勾选的").click()
    expect(desk.locator("#toasts")).to_contain_text("2")

    clock.to(datetime(2026, 10, 2, 10, tzinfo=time.ZONE))
    desk.get_by_role("link", name="社群管理权").click()
    desk.get_by_role("link", name="导入月度数据").click()
    sheet = tmp_path / "九月.xlsx"
    sheet.write_bytes(
        xlsx(
            HEAD,
            ["13800000011", 20000, 600, 400, 380, 3],
            ["13800000012", 20000, 100, 400, 380, 3],
            ["1380000001", 20000, 600, 400, 390, 3],
            ["13800000013", 20000, 600, 400, 390, 3],
        )
    )
    desk.get_by_label("表格").or_(desk.locator("input[type=file]")).first.set_input_files(sheet)
    hold(desk)
    desk.get_by_role("button", name="检查表格").click()
    wrong = desk.locator("tbody tr")
    expect(wrong).to_have_count(2)
    expect(wrong.nth(0).locator("td").nth(0)).to_have_text("4")
    expect(wrong.nth(0)).to_contain_text("1380000001")
    expect(wrong.nth(1).locator("td").nth(0)).to_have_text("5")
    expect(desk.locator("#outcome")).to_contain_text("2")
    hold(desk)
    assert session.scalars(select(Fact.id).where(Fact.kind.startswith("care."))).all() == []
    session.rollback()
    desk.get_by_role("button", name="导入无误的 2 行").click()
    desk.wait_for_url("**/desk/allotments/imports/*")
    hold(desk)
    run_jobs(app)
    # The page follows by itself, and leads on when all are in.
    desk.locator("#progress a[href*='month=2026-09']").click()
    good, poor = desk.locator("tbody tr", has_text="小棠"), desk.locator("tbody tr", has_text="阿朵")
    expect(good).to_contain_text("升到 50,000")
    expect(poor).to_contain_text("20,000")
    hold(desk)
    good.get_by_role("button", name="确认").click()
    expect(desk.locator("tbody tr")).to_have_count(1)
    expect(poor).to_be_visible()
    desk.get_by_role("link", name="已确认").click()
    expect(good).to_contain_text("50,000")

    hers.goto("/benefits")
    expect(hers.locator("main")).to_contain_text("50,000")
    expect(hers.locator("main")).to_contain_text("95.0%")
    hold(hers)
    raised = select(Fact.trainee_id, Fact.value).where(Fact.kind == "allotment.set", Fact.occurrence == "2026-09")
    assert session.execute(raised).all() == [(tang.id, 50000)]
