"""A trainee hands in, revises and is accepted; a trainer goes through ten hand-ins without a mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.db import db
from academy.people.models import Person
from academy.practice.actions import hand_in
from academy.practice.models import HandIn
from tests.browser import barriers
from tests.conftest import ON_SQLITE, Clock
from tests.journeys.conftest import hold, signed_in
from tests.phone import facts
from tests.practice.conftest import TEXT

pytestmark = ON_SQLITE


def test_ten_hand_ins_are_reviewed_by_keyboard(
    phone: Callable[..., Page], tang: Person, aduo: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    ids = []
    for n in range(10):
        with db.writing() as writing:
            ids.append(hand_in(writing, (tang, aduo)[n % 2].id, f"task-{n}", TEXT, [])[0].id)
        clock.move(minutes=1)
    page = signed_in(phone(width=1440), zhou)
    page.goto(f"/desk/hand-ins/{ids[0]}")
    for n, id in enumerate(ids):
        page.wait_for_url(f"**/desk/hand-ins/{id}*")
        expect(page.locator("[data-single-keys]")).to_be_checked()
        if n == 0:
            assert barriers(page) == []
            page.get_by_role("radiogroup", name="讲自己的体验").get_by_role("radio").first.focus()
            page.keyboard.press("Space")
            expect(page.locator("[data-stars]")).to_have_text("5")
            page.locator("body").evaluate("() => document.activeElement.blur()")
        page.keyboard.press("1")
        expect(page.locator("#comment")).not_to_have_value("")
        page.locator("#comment").blur()
        page.keyboard.press(("e", "r", "a")[n % 3])
    page.wait_for_url("**/desk/hand-ins")
    session.rollback()
    found = [session.get_one(HandIn, id) for id in ids]
    assert [one.state for one in found] == [("accepted", "returned", "accepted")[n % 3] for n in range(10)]
    assert found[0].scores == {"own": 5}
    assert all("保证效果" in one.comment for one in found)
    excellent = facts(session, tang.id, "handin.excellent") + facts(session, aduo.id, "handin.excellent")
    assert len(excellent) == 4


def test_a_trainee_hands_in_reads_the_remark_revises_and_is_accepted(
    phone: Callable[..., Page], tang: Person, zhou: Person, session: Session
) -> None:
    hers = signed_in(phone(), tang)
    hers.goto("/practice/first-words")
    hers.fill("[name=text]", TEXT)
    hers.get_by_label("有月龄、场景、用了多久").check()
    hers.get_by_role("button", name="交给老师").click()
    hers.wait_for_url("**/hand-ins/*")

    desk = signed_in(phone(width=1440), zhou)
    desk.goto("/desk/hand-ins")
    desk.locator(".queue a").first.click()
    # Select words as a mouse would.
    answer = desk.locator("[data-passages]")
    answer.evaluate(
        """(text) => {
            const node = text.firstChild, at = node.data.indexOf("薄薄涂一层");
            getSelection().setBaseAndExtent(node, at, node, at + 5);
            document.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
        }"""
    )
    expect(desk.locator("[data-quote]")).to_have_text("“薄薄涂一层”")
    desk.fill("#comment", "整体很真实。")
    desk.fill("[name=remark]", "多少算薄？写个黄豆大小。")
    desk.get_by_role("button", name="放上批注").click()
    expect(desk.locator("mark.noted")).to_have_text("薄薄涂一层")
    expect(desk.locator("#comment")).to_have_value("整体很真实。")
    assert barriers(desk) == []
    desk.locator("#comment").blur()
    desk.keyboard.press("r")
    desk.wait_for_url("**/desk/hand-ins")

    hers.reload()
    expect(hers.locator(".passages mark")).to_have_text("薄薄涂一层")
    expect(hers.locator(".passages .remark")).to_contain_text("多少算薄？")
    hold(hers)
    hers.get_by_role("link", name="去修改，再交一次").click()
    hers.fill("[name=text]", TEXT.replace("薄薄涂一层", "涂黄豆大小一层"))
    hers.get_by_role("button", name="交给老师").click()
    hers.wait_for_url("**/hand-ins/*")

    desk.goto("/desk/hand-ins")
    desk.locator(".queue a").first.click()
    desk.get_by_role("link", name="各次并排看").click()
    expect(desk.locator(".became ins")).to_contain_text("涂黄豆大小一层")
    assert barriers(desk) == []
    desk.go_back()
    desk.keyboard.press("a")
    desk.wait_for_url("**/desk/hand-ins")
    hers.reload()
    expect(hers.locator(".notice.ok")).to_contain_text("已通过")
    assert facts(session, tang.id, "handin.accepted") == [("first-words", "2")]
    assert barriers(hers) == []
