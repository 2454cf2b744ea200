"""A browser, and the app served from a thread of the test process, whose clock the test moves."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from academy.art.colour import LIGHTNESS, Colour
from academy.people.models import Person
from tests.browser import barriers, chromium
from tests.conftest import PASSWORD
from tests.servers import serving


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.config["WTF_CSRF_ENABLED"] = True
    with serving(app) as served:
        yield served


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a phone's browser, 390 px wide, in which nobody is signed in."""
    opened: list[BrowserContext] = []

    def page(*, scripts: bool = True, theme: str = "light", width: int = 390) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 844},
            java_script_enabled=scripts,
            color_scheme="dark" if theme == "dark" else "light",
            locale="zh-CN",
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        opened.append(context)
        return context.new_page()

    yield page
    for context in opened:
        context.close()


def sign_in(page: Page, person: Person, password: str = PASSWORD) -> None:
    """Send the sign-in form, whatever comes of it."""
    page.goto("/sign-in")
    page.fill("input[name=contact]", person.phone or person.email or "")
    page.fill("input[name=password]", password)
    page.click("main form button.key")


def signed_in(page: Page, person: Person, password: str = PASSWORD) -> Page:
    """The page, on which somebody has just signed in."""
    sign_in(page, person, password)
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def hold(page: Page) -> None:
    """The screen bars nobody, in light or dark, and reads without scrolling sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert barriers(page) == [], f"{page.url}, {scheme}"


def wears(page: Page, selector: str, brand: Colour) -> None:
    """Wait until the first of some elements is filled with a brand's --brand-600."""
    filled = f"oklch({LIGHTNESS} {brand.chroma:g} {brand.hue:g})"
    expect(page.locator(selector).first).to_have_css("background-color", filled)
