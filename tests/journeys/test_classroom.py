"""A class has rules and a group outside; the brand opens the next one like it, and one of its trainees moves there."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.people.models import Cohort, Person
from academy.people.queries import membership
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in
from tests.practice.conftest import photo

pytestmark = ON_SQLITE

RULES = "不刷屏。\n不私下加人。"


def test_the_code_is_shown_to_members_who_keep_the_rules_and_one_moves_to_the_next_class(
    phone: Callable[..., Page], session: Session, zhou: Person, lu: Person, tang: Person, cohort: Cohort
) -> None:
    # The trainer writes the rules and puts the group's code on the class page.
    trainer, hers = signed_in(phone(width=1440), zhou), signed_in(phone(), tang)
    trainer.goto(f"/desk/cohorts/{cohort.id}")
    trainer.locator("#group").get_by_role("link", name="群规").click()
    trainer.get_by_label("群规").fill(RULES)
    trainer.get_by_role("button", name="保存").click()
    trainer.locator("#group").get_by_role("link", name="微信群二维码").click()
    code = trainer.locator("input[type=file]")
    code.set_input_files({"name": "code.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    trainer.get_by_role("button", name="保存").click()
    expect(trainer.locator("main")).to_contain_text("这不是能打开的图片")
    code.set_input_files({"name": "code.png", "mimeType": "image/png", "buffer": photo().getvalue()})
    trainer.get_by_role("button", name="保存").click()
    expect(trainer.locator("#group")).to_contain_text("有效期")

    # She sees it once she has accepted them.
    hers.get_by_role("link", name="我的班级").click()
    picture = hers.locator("#group img")
    expect(hers.locator("#group")).to_contain_text("确认群规后")
    expect(picture).to_have_count(0)
    hers.get_by_role("button", name="我已读，会遵守").click()
    expect(picture).to_have_js_property("naturalWidth", 40)
    hold(hers)

    # The brand opens the next one like it; a name that is taken is refused at its field.
    desk = signed_in(phone(width=1440), lu)
    desk.goto(f"/desk/cohorts/{cohort.id}")
    desk.get_by_role("link", name="开下一期").click()
    number = desk.get_by_label("期数")
    expect(number).to_have_value("8")
    desk.get_by_role("button", name="开班").click()
    expect(desk.locator("main")).to_contain_text("已有开放的班级叫“青铜 08 班”")
    number.fill("9")
    hold(desk)
    desk.get_by_role("button", name="开班").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("青铜 09 班")
    expect(desk.locator("#group")).to_contain_text("不刷屏")

    # 小棠 moves there: the rules of her new class are hers to accept, its group has no code yet.
    desk.goto(f"/desk/trainees/{tang.id}")
    desk.get_by_role("link", name="转班").click()
    desk.get_by_label("新班级").select_option(label="青铜 09 班：还有 50 个座位")
    hold(desk)
    desk.get_by_role("button", name="确认转班").click()
    expect(desk.locator("#toasts")).to_contain_text("小棠 已转到新班级")
    hers.reload()
    expect(hers.locator("main h2").first).to_have_text("青铜 09 班")
    expect(hers.locator("#rules").get_by_role("button", name="我已读，会遵守")).to_be_visible()
    expect(hers.locator("#group")).to_have_count(0)
    hold(hers)
    seat = membership(session, tang.id)
    assert seat
    assert seat.cohort.name == "青铜 09 班"
