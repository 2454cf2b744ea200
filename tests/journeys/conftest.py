"""A browser, and the app served from a thread of the test process, whose clock the test moves."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import chromium
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
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield page
    for context in opened:
        context.close()
