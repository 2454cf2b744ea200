"""A trainer leads a class through a script; two trainees answer on their phones, and being there pays."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.journal.models import Standing
from academy.people.models import Cohort, Person
from academy.training.models import Live
from tests.conftest import ON_SQLITE, Clock
from tests.journeys.conftest import hold, signed_in
from tests.training.conftest import worked

pytestmark = ON_SQLITE


def feathers(session: Session, person: Person) -> int:
    session.rollback()
    return session.get_one(Standing, person.id, populate_existing=True).feathers


def test_a_session_with_a_poll_a_question_and_a_draw(
    app: Flask,
    phone: Callable[..., Page],
    session: Session,
    zhou: Person,
    tang: Person,
    aduo: Person,
    cohort: Cohort,
    clock: Clock,
) -> None:
    # She takes the academy's template and holds it for her class now.
    screen = signed_in(phone(width=1440), zhou)
    screen.goto("/desk/scripts")
    screen.get_by_role("button", name="复制").click()
    hold(screen)
    screen.get_by_role("link", name="开讲").click()
    hold(screen)
    screen.get_by_role("button", name="继续").click()
    link = screen.locator(".address").inner_text()

    # One phone has scripts, the other has none.
    hers, plain = signed_in(phone(), tang), signed_in(phone(scripts=False, width=360), aduo)
    hers.goto(link)
    expect(hers.get_by_text("你的号码：1")).to_be_visible()
    plain.goto(link)
    plain.get_by_role("button", name="我在").click()
    expect(screen.locator("#now")).to_contain_text("2 人在场")
    hold(screen)
    hold(hers)
    screen.get_by_role("button", name="开始").click()
    expect(screen.locator("main")).to_contain_text("凌晨三点")
    hold(screen)

    # The poll, by the arrow key; results come by themselves.
    screen.keyboard.press("ArrowRight")
    screen.get_by_role("button", name="开始作答").click()
    hers.get_by_text("不吵醒孩子").click()
    hold(hers)
    hers.get_by_role("button", name="提交").click()
    expect(hers.get_by_text("已提交：不吵醒孩子")).to_be_visible()
    plain.reload()
    plain.get_by_text("找东西").click()
    plain.get_by_role("button", name="提交").click()
    expect(screen.locator("#now")).to_contain_text("2 条回答")
    hold(screen)
    screen.get_by_role("button", name="结束作答").click()

    # The question.
    for _ in range(3):
        number = screen.locator("header .num").inner_text()
        screen.keyboard.press("ArrowRight")
        expect(screen.locator("header .num")).not_to_have_text(number)
    screen.get_by_role("button", name="开始作答").click()
    hers.get_by_text("先请她看医生").click()
    hers.get_by_role("button", name="提交").click()
    plain.reload()
    plain.get_by_text("换大一码").click()
    plain.get_by_role("button", name="提交").click()
    screen.get_by_role("button", name="结束作答").click()
    expect(screen.locator("#now")).to_contain_text("1 人答对")
    expect(hers.get_by_text("答对了！")).to_be_visible()
    hold(screen)

    # The draw: its rules first, then two names.
    for _ in range(2):
        number = screen.locator("header .num").inner_text()
        screen.keyboard.press("ArrowRight")
        expect(screen.locator("header .num")).not_to_have_text(number)
    screen.get_by_role("button", name="公布规则").click()
    expect(screen.locator("#now")).to_contain_text("SHA-256")
    screen.get_by_role("button", name="现在抽取").click()
    expect(screen.locator(".winners")).to_contain_text("小棠")
    expect(screen.locator(".winners")).to_contain_text("阿朵")
    hold(screen)
    expect(hers.get_by_text("抽到你了")).to_be_visible()

    # Both stay for four minutes more, then it ends; who was there is paid.
    clock.move(minutes=4)
    screen.keyboard.press("ArrowRight")
    screen.get_by_role("button", name="结束直播课").click()
    worked(app)
    screen.reload()
    expect(screen.locator("#attendance")).to_contain_text("100 %")
    hold(screen)
    assert feathers(session, tang) == 10 + 5
    assert feathers(session, aduo) == 10
    plain.reload()
    expect(plain.locator("main")).to_contain_text("你在场 100%")
    assert session.query(Live).one().settled
    session.rollback()
