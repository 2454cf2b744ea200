"""小棠 shares her certificate: a stranger sees it, until she switches the page off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from academy.achievements.certificates.models import Certificate
from academy.people.models import Person
from tests.achievements.conftest import paper as paper
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in


@ON_SQLITE
@pytest.mark.parametrize("scripts", [True, False])
def test_she_shows_it_to_a_stranger_for_as_long_as_she_likes(
    phone: Callable[..., Page], tang: Person, paper: Certificate, scripts: bool
) -> None:
    hers = signed_in(phone(scripts=scripts, width=360), tang)
    hers.goto(f"/honours/certificates/{paper.serial}")
    expect(hers.get_by_text("下载可验证证书（Open Badges 3.0）")).to_be_visible()
    hers.locator("#credential").get_by_role("link", name="分享").click()
    hers.get_by_role("link", name="林*棠").click()
    card = hers.locator("main img")
    expect(card).to_have_attribute("src", f"/honours/{paper.fact_id}/card.png?named=masked")
    assert card.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 1080
    hers.get_by_role("button", name="打开公开页面").click()
    address = hers.locator("#link").input_value()

    stranger = phone(scripts=scripts, width=360)
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="白银晋级荣誉证书")).to_be_visible()
    expect(stranger.get_by_text("授予 林*棠").last).to_be_visible()
    if scripts:
        hold(hers)
        hold(stranger)

    hers.get_by_role("button", name="关闭公开页面").click()
    expect(hers.get_by_role("button", name="打开公开页面")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", name="白银晋级荣誉证书")).to_have_count(0)
