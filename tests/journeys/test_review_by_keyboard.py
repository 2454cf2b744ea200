"""A trainer goes through her queue with single keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.db import db
from academy.people.models import Person
from academy.practice.actions import hand_in
from tests.browser import barriers
from tests.conftest import ON_SQLITE, Clock
from tests.journeys.conftest import hold, signed_in
from tests.phone import facts
from tests.practice.conftest import TEXT

pytestmark = ON_SQLITE


@pytest.fixture
def queue(tang: Person, aduo: Person, clock: Clock) -> list[int]:
    """Three hand-ins, the longest waiting first."""
    ids = []
    for trainee, practice in ((tang, "first-words"), (aduo, "first-words"), (tang, "self-intro")):
        with db.writing() as session:
            ids.append(hand_in(session, trainee.id, practice, TEXT, [])[0].id)
        clock.move(minutes=5)
    return ids


def at(page: Page, hand_in_id: int) -> None:
    page.wait_for_url(f"**/desk/hand-ins/{hand_in_id}*")
    expect(page.locator("[data-single-keys]")).to_be_visible()


def test_j_and_k_turn_the_pages_a_accepts_and_r_returns(
    phone: Callable[..., Page], queue: list[int], zhou: Person, tang: Person, aduo: Person, session: Session
) -> None:
    page = signed_in(phone(width=1440), zhou)
    page.goto(f"/desk/hand-ins/{queue[0]}")
    at(page, queue[0])
    page.keyboard.press("k")
    page.keyboard.press("j")
    at(page, queue[1])
    page.keyboard.press("J")
    at(page, queue[2])
    page.keyboard.press("k")
    at(page, queue[1])
    page.keyboard.press("k")
    at(page, queue[0])

    page.keyboard.press("a")
    at(page, queue[1])
    assert facts(session, tang.id, "handin.accepted") == [("first-words", "1")]

    comment = page.locator("#comment")
    page.keyboard.press("r")
    expect(comment).to_be_focused()
    expect(comment).to_have_value("")
    page.keyboard.type("arjk 说说用了多久。")
    expect(comment).to_have_value("arjk 说说用了多久。")
    at(page, queue[1])
    assert facts(session, aduo.id, "handin.returned") == []
    comment.blur()
    for combined in ("Control+a", "Alt+a", "Shift+a", "Meta+a"):
        page.keyboard.press(combined)
    at(page, queue[1])
    assert facts(session, aduo.id, "handin.accepted") == []
    page.keyboard.press("r")
    at(page, queue[2])
    assert facts(session, aduo.id, "handin.returned") == [("first-words", "1")]
    assert facts(session, aduo.id, "handin.accepted") == []


def test_the_switch_turns_single_keys_off_and_is_remembered(
    phone: Callable[..., Page], queue: list[int], zhou: Person, tang: Person, session: Session
) -> None:
    page = signed_in(phone(width=1440), zhou)
    page.goto(f"/desk/hand-ins/{queue[0]}")
    switch, accept = page.get_by_role("switch"), page.locator("[data-key=A]")
    expect(switch).to_be_checked()
    expect(accept).to_have_attribute("aria-keyshortcuts", "A")
    assert page.locator("kbd:visible").all_inner_texts() == ["J", "1", "2", "3", "4", "R", "A", "E"]
    assert barriers(page) == []
    switch.press(" ")
    for _ in range(2):
        expect(switch).not_to_be_checked()
        expect(page.locator("kbd:visible")).to_have_count(0)
        assert accept.get_attribute("aria-keyshortcuts") is None
        for key in "jar":
            page.keyboard.press(key)
        at(page, queue[0])
        page.reload()
    assert facts(session, tang.id, "handin.accepted") == []
    switch.press(" ")
    page.keyboard.press("j")
    at(page, queue[1])


def test_without_scripts_nothing_speaks_of_keys(phone: Callable[..., Page], queue: list[int], zhou: Person) -> None:
    page = signed_in(phone(width=1440, scripts=False), zhou)
    page.goto(f"/desk/hand-ins/{queue[0]}")
    expect(page.locator("[data-single-keys]")).to_be_hidden()
    expect(page.locator("kbd:visible")).to_have_count(0)
    page.locator("[data-key=A]").click()
    page.wait_for_url(f"**/desk/hand-ins/{queue[1]}*")


def test_the_progress_of_a_cohort_bars_nobody_and_scrolls_in_its_own_box(
    phone: Callable[..., Page], queue: list[int], zhou: Person
) -> None:
    page = signed_in(phone(), zhou)
    page.goto("/desk/cohorts/1/progress")
    hold(page)
    box, name = page.locator(".tablebox"), page.get_by_role("rowheader").first
    before = name.bounding_box()
    box.evaluate("box => box.scrollTo(400, 0)")
    assert box.evaluate("box => box.scrollLeft") > 0
    assert name.bounding_box() == before
