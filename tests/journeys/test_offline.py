"""A phone that loses its network, a slow one, and one that dies while she writes."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from academy.people.models import Person
from tests.browser import barriers
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import signed_in
from tests.phone import facts

pytestmark = ON_SQLITE

DRAFT = "我家 14 个月，换尿裤时用了两个月护臀膏，我看到膏体偏稠，冬天要先在手心焐一下再抹。"


@pytest.fixture
def hers(phone: Callable[..., Page], tang: Person) -> Page:
    """小棠's phone, signed in."""
    return signed_in(phone(), tang)


def kept(page: Page) -> list[str]:
    """The addresses that the worker keeps."""
    found: list[str] = page.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys())
                for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
            return found.sort();
        }"""
    )
    return found


def ready(page: Page) -> None:
    """The worker has been installed and answers for this page."""
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def workers(page: Page) -> int:
    number: int = page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length")
    return number


def test_the_first_page_fetches_no_worker(phone: Callable[..., Page]) -> None:
    page = phone()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/sign-in")
    page.wait_for_load_state("networkidle")
    assert workers(page) == 0
    assert [url for url in asked if url.endswith(("/sw.js", "/offline"))] == []


def test_without_a_network_a_page_says_so_and_opens_when_it_is_back(hers: Page) -> None:
    hers.goto("/map")
    hers.get_by_role("navigation").get_by_role("link", name="荣誉").click()
    ready(hers)
    hers.goto("/map")
    assert [address for address in kept(hers) if not address.startswith("/assets/app.")] == ["/offline"]
    hers.context.set_offline(True)
    hers.goto("/lessons/own")
    expect(hers.get_by_role("heading", name="网络断开了")).to_be_visible()
    assert hers.evaluate("getComputedStyle(document.querySelector('.button')).borderRadius") != "0px"
    assert "小棠" not in hers.content()
    assert barriers(hers) == []
    hers.context.set_offline(False)
    hers.get_by_role("link", name="再试一次").click()
    expect(hers.get_by_role("heading", name="网络断开了")).to_be_hidden()
    assert hers.url.endswith("/lessons/own")
    assert [address for address in kept(hers) if not address.startswith("/assets/app.")] == ["/offline"]


def test_the_bar_comes_and_goes_with_the_network(hers: Page) -> None:
    bar = hers.locator("#network")
    hers.goto("/practice/first-words")
    expect(bar).to_be_empty()
    hers.context.set_offline(True)
    expect(bar).to_have_text("网络断开了，写的内容还在这里")
    assert barriers(hers) == []
    hers.context.set_offline(False)
    expect(bar).to_be_empty()


def test_what_she_wrote_is_not_sent_into_the_void(hers: Page, session: Session, tang: Person) -> None:
    hers.goto("/practice/first-words")
    hers.fill("textarea", DRAFT)
    hers.context.set_offline(True)
    hers.locator("#hand-in button.key").click()
    expect(hers.locator(".toast")).to_have_text("没有提交成功，内容还在，请再试一次")
    expect(hers.locator("textarea")).to_have_value(DRAFT)
    hers.context.set_offline(False)
    hers.locator("#hand-in button.key").click()
    hers.wait_for_url("**/hand-ins/*")
    assert facts(session, tang.id, "handin.submitted") == [("first-words", "1")]


def test_a_draft_outlives_the_page_and_ends_with_the_hand_in(hers: Page) -> None:
    hers.goto("/practice/first-words")
    line = hers.get_by_text("已在本机存草稿")
    expect(line).to_be_hidden()
    hers.locator("textarea").press_sequentially("我家 14 个月")
    expect(line).to_be_visible()
    hers.fill("textarea", DRAFT)
    hers.goto("/map")
    hers.goto("/practice/first-words")
    expect(hers.locator("textarea")).to_have_value(DRAFT)
    expect(hers.locator("#text-count")).to_contain_text(str(len(DRAFT)))
    expect(line).to_be_visible()
    assert barriers(hers) == []
    hers.locator("#hand-in button.key").click()
    hers.wait_for_url("**/hand-ins/*")
    assert drafts(hers) == []


def drafts(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft:'))")
    return found


def test_a_draft_is_nobody_else_s_and_ends_when_she_signs_out(hers: Page, aduo: Person) -> None:
    hers.goto("/practice/first-words")
    hers.fill("textarea", DRAFT)
    assert len(drafts(hers)) == 1
    # Her session ends without her; somebody else takes the phone.
    hers.context.clear_cookies()
    signed_in(hers, aduo)
    hers.goto("/practice/first-words")
    assert DRAFT not in hers.locator("textarea").input_value()
    hers.goto("/me")
    hers.get_by_role("button", name="退出登录").click()
    hers.wait_for_url("**/sign-in")
    assert drafts(hers) == []


def test_a_slow_button_turns_keeps_its_label_and_sends_once(hers: Page, session: Session, tang: Person) -> None:
    hers.goto("/practice/first-words")
    hers.fill("textarea", DRAFT)
    key = hers.locator("#hand-in button.key")
    label, width = key.inner_text(), key.evaluate("one => one.getBoundingClientRect().width")
    held: list[Route] = []
    hers.route("**/practice/first-words/hand-ins", lambda route: held.append(route))
    seen: dict[str, Any] = hers.evaluate(
        """async () => {
            const key = document.querySelector("#hand-in button.key");
            const busy = () => key.getAttribute("aria-busy");
            const wait = span => new Promise(next => setTimeout(next, span));
            key.click(); key.click();
            const atOnce = busy();
            await wait(450);
            key.click();
            return { atOnce, later: busy(), label: key.innerText, width: key.getBoundingClientRect().width };
        }"""
    )
    assert (seen["atOnce"], seen["later"], seen["label"], seen["width"]) == (None, "true", label, width)
    [only] = held
    only.continue_()
    hers.wait_for_url("**/hand-ins/*")
    assert len(held) == 1
    assert facts(session, tang.id, "handin.submitted") == [("first-words", "1")]


def test_a_check_in_that_fails_may_be_tried_again(hers: Page, session: Session, tang: Person) -> None:
    hers.route("**/check-ins", lambda route: route.abort())
    button = hers.locator("#checkin form button")
    button.click()
    expect(hers.locator(".toast")).to_have_text("没有提交成功，内容还在，请再试一次")
    expect(button).not_to_have_attribute("aria-busy", "true")
    hers.unroute("**/check-ins")
    button.click()
    expect(hers.locator("#checkin form")).to_have_count(0)
    assert len(facts(session, tang.id, "checkin.done")) == 1


def test_a_page_that_breaks_keeps_what_she_may_do(app: Flask, hers: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "courses.map", lambda: 1 / 0)
    hers.goto("/map")
    expect(hers.get_by_role("heading", name="出了点问题")).to_be_visible()
    assert barriers(hers) == []
    hers.get_by_role("link", name="回首页").click()
    hers.wait_for_url("**/")
