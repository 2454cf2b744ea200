"""The brand designs a certificate and sees each change before it is made, with scripts and without."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person
from tests.journeys.conftest import hold, signed_in

EDITOR = "/desk/certificates/designs/silver-honor"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_brand_changes_a_certificate_and_sees_it_before(
    app: Flask, phone: Callable[..., Page], lu: Person, scripts: bool
) -> None:
    page = signed_in(phone(scripts=scripts, width=1280), lu)
    page.goto("/desk/certificates/designs")
    if scripts:
        hold(page)
    page.click("text=白银晋级荣誉证书")
    page.wait_for_url(f"**{EDITOR}")
    picture = page.locator("#preview img")
    before = picture.get_attribute("src")
    page.locator("input[name=paper][value=turquoise]").check()
    page.locator("input[name=orientation][value=portrait]").check()
    if scripts:
        page.locator("[name=closing_zh]").fill("以资鼓励。")
        page.locator("[name=closing_zh]").press("Home")
        page.click("[data-inserts='{issuer}']")
        expect(page.locator("[name=closing_zh]")).to_have_value("{issuer}以资鼓励。")
    else:
        page.locator("[name=closing_zh]").fill("{issuer}以资鼓励。")
        page.click("button[value=try]")
    expect(picture).not_to_have_attribute("src", before or "")
    page.fill("[name=title_zh]", "国家荣誉证书")
    if scripts:
        expect(page.locator("#preview .notice")).to_contain_text("国家")
        expect(picture).to_have_count(0)
        hold(page)
    page.click("button[value=publish]")
    expect(page.locator("#title_zh-error")).to_contain_text("国家")
    page.fill("[name=title_zh]", "荣誉证书")
    page.click("button[value=publish]")
    expect(page.locator("#toasts")).to_contain_text("已发布")
    with app.app_context():
        (design,) = published(db.session()).one("designs")["designs"]
    assert (design["paper"], design["orientation"], design["title"]["zh"]) == ("turquoise", "portrait", "荣誉证书")
    assert design["closing"]["zh"] == "{issuer}以资鼓励。"
    page.goto(f"{EDITOR}/history")
    expect(page.locator(".designs > li")).to_have_count(2)
    if scripts:
        hold(page)
