"""周以宁 sees what waits, answers it with two keys, reads why somebody has what she has, and plans Friday."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.db import db
from academy.people.models import Person
from academy.practice.actions import hand_in
from tests.conftest import ON_SQLITE, Clock
from tests.journeys.conftest import hold, signed_in
from tests.phone import did, facts
from tests.practice.conftest import TEXT

pytestmark = ON_SQLITE


@pytest.fixture
def monday(tang: Person, aduo: Person, clock: Clock) -> None:
    """A week on: 小棠 has come and signed, 阿朵 has not been seen; three hand-ins wait, 小棠's the longest."""
    clock.move(days=7)
    did(tang.id, "checkin.done", "", "2026-09-21")
    did(tang.id, "pledge.signed", "koc", "2026-09")
    for trainee, practice in ((tang, "first-words"), (aduo, "first-words"), (tang, "self-intro")):
        with db.writing() as session:
            hand_in(session, trainee.id, practice, TEXT, [])
        clock.move(minutes=5)


def test_the_trainer_s_first_ten_minutes(
    phone: Callable[..., Page], session: Session, monday: None, zhou: Person, tang: Person, aduo: Person
) -> None:
    desk = signed_in(phone(width=1440), zhou)
    expect(desk.locator(".pagehead")).to_contain_text("今天：3 份待点评，1 人三天没来")
    hold(desk)

    # The queue with R and A, without a look at the mouse.
    desk.get_by_role("link", name="3 份待点评").click()
    desk.get_by_role("link", name="从第一份开始").click()
    expect(desk.locator("#hand-in h2")).to_have_text("小棠")
    hold(desk)
    desk.keyboard.press("r")
    desk.keyboard.type("再说说用了多久。")
    desk.locator("#comment").blur()
    desk.keyboard.press("r")
    expect(desk.locator("#toasts")).to_contain_text("已退回，下一份")
    expect(desk.locator("#hand-in h2")).to_have_text("阿朵")
    desk.keyboard.press("a")
    expect(desk.locator("#toasts")).to_contain_text("已通过，下一份")
    desk.keyboard.press("a")
    expect(desk.locator("#toasts")).to_contain_text("已通过，全部点评完了")
    expect(desk.get_by_role("heading", name="作业都点评完了")).to_be_visible()
    hold(desk)
    assert facts(session, tang.id, "handin.returned") == [("first-words", "1")]
    assert facts(session, aduo.id, "handin.accepted") == [("first-words", "1")]
    assert facts(session, tang.id, "handin.accepted") == [("self-intro", "1")]

    # Who is away, how far her people are, and why one of them has what she has.
    desk.get_by_role("link", name="总览").click()
    desk.get_by_role("link", name="1 人三天没来").click()
    expect(desk.locator("tbody")).to_contain_text("阿朵")
    expect(desk.locator("tbody")).not_to_contain_text("小棠")
    desk.goto("/desk/roster")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="导出表格").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    hold(desk)
    desk.get_by_role("link", name="小棠").click()
    badge = desk.locator("details.why", has_text="获得徽章「守约宝妈」")
    badge.locator("summary").click()
    expect(badge).to_contain_text("按 9 月 14 日发布的规则（第 1 版）")
    expect(badge.locator("li.done")).to_have_text("签署承诺书")
    hold(desk)

    # Friday's live stream: on her desk, and on the trainees' page.
    desk.get_by_role("link", name="总览").click()
    desk.get_by_role("link", name="青铜 07 班").click()
    desk.get_by_label("内容").fill("直播")
    desk.get_by_label("日期").fill("2026-09-25")
    desk.get_by_label("时间").fill("20:00")
    desk.get_by_role("button", name="加入日程").click()
    expect(desk.locator("#calendar")).to_contain_text("9 月 25 日 20:00")
    hold(desk)
    desk.get_by_role("link", name="总览").click()
    expect(desk.locator(".pagehead")).to_contain_text("今天：0 份待点评，1 人三天没来，周五直播")
    desk.get_by_role("link", name="周五 20:00 直播").click()
    expect(desk.locator("#calendar")).to_contain_text("直播")
    hers = signed_in(phone(), tang)
    expect(hers.locator("main")).to_contain_text("周五 20:00")
    hold(hers)
