"""A recruiting group from its invitation to its training: a stranger applies, both sides choose, she has a class."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.people.models import Person
from academy.people.queries import by_contact, membership
from tests.conftest import ON_SQLITE, PASSWORD
from tests.journeys.conftest import hold, signed_in
from tests.phone import did

pytestmark = ON_SQLITE

GROUP_RULES = "只聊护理和育儿，不发别家链接。\n不晒别人的截图，不露宝宝正脸。"
WHY = "我家 8 个月，常在楼下的妈妈群里聊换尿裤。"
INTRO = "大家好，我是小树，宝宝 8 个月，爱分享换尿裤和出门的小办法，想学会怎么把话说得实在。"


def apply(page: Page, link: str, name: str, number: str, why: str) -> None:
    """Fill the application page that an invitation opens, and send it."""
    page.goto(link)
    page.get_by_label("称呼").fill(name)
    page.get_by_label("手机号").fill(number)
    page.get_by_label("为什么").fill(why)
    page.locator("input[name=rules]").check()
    page.locator("input[name=consent]").check()
    page.get_by_role("button", name="提交申请").click()


def test_both_sides_choose_and_the_group_goes_on(
    phone: Callable[..., Page], session: Session, lu: Person, zhou: Person
) -> None:
    # The brand opens a group, says its rules, and copies the invitation.
    desk = signed_in(phone(width=1440), lu)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.get_by_role("link", name="招募", exact=True).click()
    desk.get_by_role("link", name="新建班级").first.click()
    desk.get_by_label("招募群").check()
    desk.get_by_label("名称").fill("鹿芽")
    desk.get_by_label("期数").fill("3")
    desk.get_by_label("讲师").select_option(label="周以宁")
    desk.get_by_label("名额").fill("20")
    desk.get_by_role("button", name="保存").click()
    heading = desk.get_by_role("heading", level=1)
    expect(heading).to_have_text("鹿芽 03 群 · 招募")
    desk.locator("#group").get_by_role("link", name="群规").click()
    desk.get_by_label("群规").fill(GROUP_RULES)
    desk.get_by_role("button", name="保存").click()
    hold(desk)
    desk.get_by_role("link", name="申请和邀请").click()
    desk.get_by_role("link", name="去看邀请").click()
    hold(desk)
    desk.get_by_role("button", name="复制进群邀请").click()
    expect(desk.locator("#toasts")).to_contain_text("已复制")
    pasted = desk.evaluate("navigator.clipboard.readText()")
    (link,) = re.findall(r"http\S+", pasted)

    # Two strangers apply; what the first has typed outlives her mistake.
    hers, another = phone(), phone(scripts=False)
    apply(hers, link, "小树", "1390013", WHY)
    mistaken = hers.get_by_label("手机号")
    expect(mistaken).to_have_attribute("aria-invalid", "true")
    expect(hers.locator("main")).to_contain_text("请填 11 位手机号")
    expect(mistaken).to_have_value("1390013")
    expect(hers.get_by_label("为什么")).to_have_value(WHY)
    expect(hers.locator("input[name=rules]")).to_be_checked()
    hold(hers)
    mistaken.fill("139 0013 9001")
    hers.get_by_role("button", name="提交申请").click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("申请收到了")
    hold(hers)
    apply(another, link, "阿宽", "13900139002", "想拿试用装。")
    expect(another.get_by_role("heading", level=1)).to_have_text("申请收到了")

    # The brand accepts one and declines the other, with a few words.
    desk.get_by_role("link", name="候选人").click()
    row = desk.locator("tbody tr")
    expect(row).to_have_count(2)
    hold(desk)
    row.filter(has_text="小树").get_by_role("button", name="通过", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("已通过 1 位候选人")
    desk.get_by_label("给她的几句话").fill("这一期人满了，下一期很欢迎你。")
    row.filter(has_text="阿宽").get_by_role("button", name="婉拒", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("已婉拒 1 位候选人")
    another.reload()
    expect(another.get_by_role("heading", level=1)).to_have_text("这一次没能一起")
    expect(another.locator("main")).to_contain_text("下一期很欢迎你")
    expect(another.get_by_role("link", name="现在加入")).to_have_count(0)

    # She says yes in her turn, and is in the class, whose rules she accepts.
    hers.reload()
    expect(hers.get_by_role("heading", level=1)).to_have_text("小树，欢迎你！")
    hold(hers)
    hers.get_by_role("link", name="现在加入").click()
    expect(hers.locator("input[name=name]")).to_have_value("小树")
    hers.fill("input[name=password]", PASSWORD)
    hers.check("input[name=consent]")
    hers.get_by_role("button", name="注册，开始学").click()
    hers.wait_for_url("**/")
    hers.get_by_role("link", name="我的班级").click()
    main = hers.locator("main")
    expect(main).to_contain_text("鹿芽 03 群 · 招募")
    expect(main).to_contain_text("周以宁老师")
    hold(hers)
    hers.get_by_role("button", name="我已读，会遵守").click()
    expect(hers.locator("#rules")).to_contain_text("已确认")
    intro = hers.get_by_role("link", name="介绍一下自己")
    expect(hers.locator("li", has=intro)).to_contain_text("学完「产品适合谁，不适合谁」解锁")
    person = by_contact(session, "13900139001")
    assert person
    for lesson in ("own", "no-stock", "who-fits"):
        did(person.id, "lesson.completed", lesson)
    hers.reload()
    intro.click()
    hers.locator("textarea[name=text]").fill(INTRO)
    hers.get_by_role("button", name="交给老师").click()
    hers.wait_for_url("**/hand-ins/*")
    hers.goto("/class")
    expect(hers.locator("li", has=intro)).to_contain_text("待点评")
    seat = membership(session, person.id)
    assert seat
    assert seat.cohort.code == urlsplit(link).path.rpartition("/")[2]
    session.rollback()

    # The trainer moves the group on: it is called otherwise, and its page tells what it was called.
    trainer = signed_in(phone(width=1440), zhou)
    trainer.get_by_role("link", name="鹿芽 03 群").first.click()
    trainer.get_by_role("link", name="进入：培训", exact=True).click()
    expect(trainer.locator("main")).to_contain_text("鹿芽 03 群 · 培训")
    trainer.get_by_role("button", name="进入：培训").click()
    expect(trainer.locator("#toasts")).to_contain_text("鹿芽 03 群 · 培训")
    expect(trainer.get_by_role("heading", level=1)).to_have_text("鹿芽 03 群 · 培训")
    names = trainer.locator("#phase .list li")
    expect(names).to_have_count(2)
    expect(names.nth(0)).to_contain_text("周以宁")
    expect(names.nth(1)).to_contain_text("鹿芽 03 群 · 招募")
    hers.reload()
    expect(main).to_contain_text("鹿芽 03 群 · 培训")
    stranger = phone()
    stranger.goto(link)
    expect(stranger.locator("main")).to_contain_text("现在不收申请")
