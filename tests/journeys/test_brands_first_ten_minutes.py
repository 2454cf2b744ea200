"""鹿芽运营 dresses her academy, opens a cohort, brings its list, reads the week of the sample, and clears it."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.art.colour import Colour
from academy.db import db
from academy.people.models import Cohort, Invitee, Person
from academy.people.queries import by_contact, membership
from academy.sample import cohort as sample
from academy.sample.cohort import SampleCohort
from academy.sample.queries import invented
from tests.conftest import ON_SQLITE, PASSWORD
from tests.journeys.conftest import hold, signed_in, wears
from tests.roster.sheets import xlsx
from tests.sample.conftest import FEW

pytestmark = ON_SQLITE

COMPANY = "山野（上海）母婴用品有限公司"
YELLOW = Colour("#ffd400")


def logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (255, 212, 0, 255)).save(out, "PNG")
    return out.getvalue()


def roster() -> bytes:
    """Thirty-four who can be invited, and two whose phone numbers cannot be."""
    good = [[f"学员{n}", f"139000000{n:02}"] for n in range(34)]
    return xlsx(["姓名", "手机号"], *good, ["甲", "1390"], ["乙", ""])


@pytest.fixture
def sampled(session: Session, tang: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample cohort of three beside the real people."""
    monkeypatch.setattr(sample, "PLANS", FEW)
    with db.writing() as s:
        SampleCohort(s).tell()


def test_the_brand_s_first_ten_minutes(
    phone: Callable[..., Page], session: Session, sampled: None, lu: Person, tang: Person, tmp_path: Path
) -> None:
    wrong: list[str] = []

    def watched(page: Page) -> Page:
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        return page

    desk = signed_in(watched(phone(width=1440)), lu)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])

    # Logo, colour and full company name; the sample shows them before anybody else sees them.
    desk.get_by_role("link", name="品牌外观").click()
    desk.get_by_label("标志").set_input_files({"name": "mark.png", "mimeType": "image/png", "buffer": logo()})
    desk.get_by_label("学堂名称（中文）").fill("山野学堂")
    desk.get_by_label("公司全称").fill(COMPANY)
    desk.get_by_label("品牌色", exact=True).fill("#ffd400")
    expect(desk.get_by_text("你的黄色会以深赭色出现在按钮上")).to_be_visible()
    wears(desk, ".sample [data-theme=light] .button.wide", YELLOW)
    expect(desk.locator(".sample [data-theme=light]")).to_contain_text("山野学堂")
    desk.get_by_role("button", name="保存并发布").click()
    expect(desk.locator(".sidenav .logo")).to_be_visible()
    wears(desk, "main form .button", YELLOW)
    hold(desk)

    # From now on every trainee's pages wear them.
    hers = signed_in(watched(phone()), tang)
    expect(hers.locator(".topbar .logo")).to_have_js_property("naturalWidth", 64)
    expect(hers.locator(".topbar")).to_contain_text("山野学堂")
    hold(hers)
    hers.goto("/map")
    wears(hers, ".skip", YELLOW)
    hers.goto("/terms")
    expect(hers.locator("main")).to_contain_text(COMPANY)

    # A cohort, and its list: first checked, then imported.
    desk.get_by_role("link", name="总览").click()
    desk.get_by_role("link", name="新建班级").click()
    desk.get_by_label("名称").fill("青铜 09 班")
    desk.get_by_label("讲师").select_option(label="周以宁")
    desk.get_by_label("名额").fill("20")
    hold(desk)
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("青铜 09 班")
    desk.locator("#invited").get_by_role("link", name="导入名单").click()
    hold(desk)
    (tmp_path / "名单.xlsx").write_bytes(roster())
    desk.get_by_label("名单").set_input_files(tmp_path / "名单.xlsx")
    desk.get_by_role("button", name="先检查名单").click()
    expect(desk.locator("#outcome")).to_have_text("34 人可导入，2 行手机号有误")
    expect(desk.locator("main")).to_contain_text("班里还有 20 个位子，受邀的共 34 人")
    hold(desk)
    assert session.scalars(select(Invitee.phone)).all() == []
    session.rollback()
    desk.get_by_role("button", name="确认导入").click()
    expect(desk.locator("#invited")).to_contain_text("34 人已邀请，0 人已加入")
    hold(desk)

    # The invitation to paste, and its QR, lead to the same door.
    desk.get_by_role("button", name="复制进群邀请").click()
    expect(desk.locator("#toasts")).to_contain_text("已复制")
    pasted = desk.evaluate("navigator.clipboard.readText()")
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(desk.locator("img[width='264']").screenshot())))
    assert code.text in pasted
    guest = watched(phone())
    guest.goto(code.text)
    expect(guest.locator("main")).to_contain_text("周以宁老师邀请你加入青铜 09 班")

    # Who is on the list gets her seat without any link.
    guest.goto("/sign-up")
    guest.get_by_label("手机号或邮箱").fill("139 0000 0007")
    guest.locator("input[name=name]").fill("小七")
    guest.fill("input[name=password]", PASSWORD)
    guest.check("input[name=consent]")
    guest.locator("main form button[type=submit]").first.click()
    guest.wait_for_url("**/")
    person = by_contact(session, "13900000007")
    assert person is not None
    seat = membership(session, person.id)
    assert seat is not None
    assert seat.cohort_id == session.scalar(select(Cohort.id).where(Cohort.name == "青铜 09 班"))
    assert session.scalar(select(Invitee.person_id).where(Invitee.phone == "13900000007")) == person.id
    session.rollback()
    desk.reload()
    expect(desk.locator("#invited")).to_contain_text("34 人已邀请，1 人已加入")

    # The week, told of the sample: to read, to paste, to print.
    desk.get_by_role("link", name="周报").click()
    desk.get_by_role("link", name="上一周").click()
    expect(desk.locator("main")).to_contain_text("示例")
    hold(desk)
    desk.get_by_role("button", name="复制周报文字").click()
    expect(desk.locator("#toasts")).to_contain_text("已复制")
    assert "含示例班的虚构数据" in desk.evaluate("navigator.clipboard.readText()")
    href = desk.get_by_role("link", name="打印（PDF）").get_attribute("href")
    assert href
    (page,) = PdfReader(io.BytesIO(desk.request.get(href, timeout=60_000).body())).pages
    assert COMPANY in page.extract_text().replace(" ", "")

    # Cleared, the invented people are gone and the real ones are not.
    assert len(session.scalars(invented()).all()) == len(FEW)
    session.rollback()
    desk.get_by_role("link", name="清空示例").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("3")
    dialog.get_by_role("button", name="清空示例").click()
    desk.wait_for_url("**/desk")
    expect(desk.locator("#toasts")).to_contain_text("3")
    expect(desk.get_by_text("清空示例")).to_have_count(0)
    assert session.scalars(invented()).all() == []
    session.rollback()
    hers.goto("/")
    expect(hers.locator(".topbar")).to_contain_text("山野学堂")
    assert wrong == []
