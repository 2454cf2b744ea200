"""A question is asked under a lesson, read by a trainer with single keys, answered, and the answer accepted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.people.models import Person
from tests.conftest import ON_SQLITE
from tests.discussion.conftest import ANSWER, LESSON, QUESTION, answered, asked
from tests.journeys.conftest import hold, signed_in
from tests.phone import facts

pytestmark = ON_SQLITE


def test_from_the_question_to_the_accepted_answer(
    phone: Callable[..., Page], tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    hers = signed_in(phone(), tang)
    hers.goto(f"/lessons/{LESSON}")
    newest = hers.locator("#discussion")
    newest.scroll_into_view_if_needed()
    expect(newest).to_contain_text("还没有人提问")
    hers.get_by_role("link", name="提个问题").click()
    hold(hers)
    hers.fill("textarea", QUESTION)
    hers.get_by_role("button", name="提问").click()
    hers.wait_for_url("**/discussion/*")
    question = int(hers.url.rpartition("/")[2])
    expect(hers.locator(f"#post-{question}")).to_contain_text("审核中")
    hold(hers)

    asked(aduo, "另一个问题，怎么办？")
    desk = signed_in(phone(width=1440), zhou)
    desk.goto("/desk/discussion")
    hold(desk)
    desk.get_by_role("link", name="从第一份开始").click()
    expect(desk.locator("[data-single-keys]")).to_be_visible()
    hold(desk)
    desk.keyboard.press("a")
    desk.wait_for_url(f"**/desk/discussion/{question + 1}*")
    expect(desk.locator("[data-single-keys]")).to_be_visible()
    desk.keyboard.press("r")
    reason = desk.locator("textarea[name=reason]")
    expect(reason).to_be_focused()
    expect(reason).to_have_value("")
    desk.keyboard.type("请说得再具体一点。")
    reason.blur()
    desk.keyboard.press("r")
    desk.wait_for_url("**/desk/discussion")
    expect(desk.locator("main")).to_contain_text("都看完了")
    assert len(facts(session, tang.id, "comment.passed")) == 1
    assert len(facts(session, aduo.id, "comment.returned")) == 1

    other = signed_in(phone(scripts=False, width=360), aduo)
    other.goto(f"/lessons/{LESSON}")
    other.locator("#discussion a").click()
    other.get_by_role("link", name="宝宝 14 个月").click()
    other.fill("textarea", f"{ANSWER} 打 13800138000 问我")
    other.get_by_role("button", name="回答").click()
    expect(other.locator("#wording")).to_contain_text("像是手机号")
    other.fill("textarea", ANSWER)
    other.get_by_role("button", name="改好了，发出").click()
    expect(other.locator("article").last).to_contain_text("审核中")

    desk.goto("/desk/discussion")
    desk.get_by_role("link", name="从第一份开始").click()
    expect(desk.locator("[data-single-keys]")).to_be_visible()
    desk.keyboard.press("a")
    desk.wait_for_url("**/desk/discussion")

    hers.goto("/")
    hers.get_by_role("link", name="你的提问有回答了").click()
    hers.wait_for_url(f"**/discussion/{question}#post-*")
    hers.get_by_role("link", name="采纳这条回答").click()
    expect(hers.locator("main")).to_contain_text("采纳后不能撤回")
    hold(hers)
    hers.get_by_role("button", name="采纳").click()
    hers.wait_for_url(f"**/discussion/{question}")
    expect(hers.locator("article").nth(1)).to_contain_text("已采纳")
    hold(hers)
    assert len(facts(session, aduo.id, "answer.accepted")) == 1
    other.goto("/")
    expect(other.locator("#notices")).to_contain_text("你的回答被采纳了")


@pytest.mark.parametrize("path", ["report", "deletion", "edit"])
def test_the_small_pages_bar_nobody_at_360(
    phone: Callable[..., Page], tang: Person, aduo: Person, zhou: Person, path: str
) -> None:
    question = asked(tang, by=zhou)
    answer = answered(aduo, question, by=zhou)
    page = signed_in(phone(width=360), tang)
    page.goto(f"/discussion/{answer if path == 'report' else question}/{path}")
    expect(page.locator("form")).to_be_visible()
    hold(page)
