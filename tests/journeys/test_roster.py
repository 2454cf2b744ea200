"""The brand opens a cohort, brings its list, and one of those on it comes in without any code."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.people.models import Cohort, Invitee
from academy.people.queries import by_contact, membership
from tests.browser import barriers
from tests.conftest import PASSWORD
from tests.roster.sheets import xlsx


def sign_in(page: Page, contact: str) -> None:
    page.goto("/sign-in")
    page.fill("input[name=contact]", contact)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/desk")


def clean(page: Page) -> None:
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_from_an_empty_cohort_to_its_first_trainee(
    phone: Callable[..., Page], session: Session, tmp_path: Path
) -> None:
    desk = phone(width=1440)
    sign_in(desk, "lu@luya.example")
    desk.get_by_role("link", name="新建班级").click()
    desk.get_by_label("名称").fill("青铜 09 班")
    desk.get_by_label("讲师").select_option(label="周以宁")
    desk.get_by_label("名额").fill("20")
    clean(desk)
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("青铜 09 班")
    clean(desk)

    rows = [[f"139000000{n:02}", f"学员{n}"] for n in range(34)]
    (tmp_path / "名单.xlsx").write_bytes(
        xlsx(["姓名", "手机号"], *(row[::-1] for row in rows), ["甲", "1390"], ["乙", ""])
    )
    desk.locator("#invited").get_by_role("link", name="导入名单").click()
    clean(desk)
    desk.get_by_label("名单").set_input_files(tmp_path / "名单.xlsx")
    desk.get_by_role("button", name="先检查名单").click()
    expect(desk.locator("#outcome")).to_have_text("34 人可导入，2 行手机号有误")
    expect(desk.locator("main")).to_contain_text("班里还有 20 个位子，受邀的共 34 人")
    clean(desk)
    desk.get_by_role("button", name="确认导入").click()
    expect(desk.locator("#invited")).to_contain_text("34 人已邀请，0 人已加入")

    desk.get_by_label("内容").fill("直播")
    desk.get_by_label("日期").fill("2026-09-18")
    desk.get_by_label("时间").fill("20:00")
    desk.get_by_role("button", name="加入日程").click()
    expect(desk.locator("#calendar")).to_contain_text("9 月 18 日 20:00")

    hers = phone()
    hers.goto("/sign-up")
    hers.get_by_label("手机号或邮箱").fill("139 0000 0007")
    hers.locator("input[name=name]").fill("小七")
    hers.fill("input[name=password]", PASSWORD)
    hers.check("input[name=consent]")
    hers.locator("main form button[type=submit]").first.click()
    hers.wait_for_url("**/")
    expect(hers.locator("main")).to_contain_text("周五 20:00")
    clean(hers)
    person = by_contact(session, "13900000007")
    assert person is not None
    seat = membership(session, person.id)
    assert seat is not None
    assert seat.cohort_id == session.scalar(select(Cohort.id).where(Cohort.name == "青铜 09 班"))
    assert session.scalar(select(Invitee.person_id).where(Invitee.phone == "13900000007")) == person.id

    desk.reload()
    expect(desk.locator("#invited")).to_contain_text("34 人已邀请，1 人已加入")
    trainer = phone()
    sign_in(trainer, "13800000001")
    expect(trainer.locator(".pagehead")).to_contain_text("今天：0 份待点评，0 人三天没来，周五直播")
    clean(trainer)
    trainer.get_by_role("link", name="周五 20:00 直播").click()
    expect(trainer.locator("#calendar")).to_contain_text("直播")
    trainer.goto("/desk/roster")
    with trainer.expect_download() as download:
        trainer.get_by_role("button", name="导出表格").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    clean(trainer)
