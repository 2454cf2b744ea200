"""Debian's Chromium, seeing only the project's fonts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
FONTS = ROOT / "static/fonts.conf"

ARGS = [
    "--no-sandbox",  # it refuses to run as root, and opens only our own pages
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--font-render-hinting=none",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser; give each test a context of its own: `browser.new_context(base_url=…)`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=ARGS,
            env={**os.environ, "FONTCONFIG_FILE": str(FONTS)},
        )
        try:
            yield browser
        finally:
            browser.close()


def barriers(page: Page) -> list[str]:
    """What axe finds wrong for people who use assistive technology, a line each: rule, and where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Colours that are still on their way to another theme are nobody's to read; a child's start when its parent's end.
    page.evaluate(
        """async () => {
            for (let calm = 0; calm < 5;) {
                await new Promise(requestAnimationFrame);
                const moving = document.getAnimations().filter(
                    one => one.playState === "running" && one.effect.getTiming().iterations < Infinity);
                moving.forEach(one => one.finish());
                calm = moving.length ? 0 : calm + 1;
            }
        }"""
    )
    found: list[str] = page.evaluate(
        """async () => (await axe.run()).violations.flatMap(
            rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")}`))"""
    )
    return found
