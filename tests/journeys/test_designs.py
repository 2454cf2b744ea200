"""The brand designs a certificate and sees each change before it is made, with scripts and without."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from academy.catalog.queries import published
from academy.db import db
from academy.journal import actions as journal
from academy.people.models import Person
from tests.achievements.story import run_jobs
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in

EDITOR = "/desk/certificates/designs/silver-honor"
FIELDS = """Object.fromEntries(
    [...new FormData(document.querySelector("#design"))].filter(pair => typeof pair[1] == "string"))"""


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


@ON_SQLITE
def test_the_brand_words_it_for_hard_names_prints_a_sample_gives_it_a_rule_and_retires_it(
    app: Flask, phone: Callable[..., Page], lu: Person, tang: Person
) -> None:
    with db.writing() as s:
        journal.write(s, tang.id, "lesson.completed", "lesson")
    page = signed_in(phone(width=1280), lu)
    page.goto(EDITOR)
    picture = page.locator("#preview img")

    def seen_with(name: str) -> str:
        """The picture with this name on it."""
        before = picture.get_attribute("src") or ""
        page.select_option("#sample", name)
        expect(picture).not_to_have_attribute("src", before)
        return picture.get_attribute("src") or ""

    page.fill("[name=body_zh]", "{name}完成{tier}全部课程，现授予")
    assert seen_with("longest") != seen_with("rarest")
    expect(page.locator("#preview .notice")).to_have_count(0)
    address = page.evaluate("document.querySelector('#design').action")
    proof = page.request.post(
        address,
        multipart=page.evaluate(FIELDS) | {"do": "proof", "sample": "rarest"},
        headers={"Referer": page.url},
    )
    said = PdfReader(BytesIO(proof.body())).pages[0].extract_text().replace("\n", "").replace(" ", "")
    assert "样张" in said
    assert "𠮷䶮完成白银全部课程" in said

    page.locator("#criterion").get_by_role("button", name="加条件").click()
    page.get_by_role("link", name="已学完的课").click()
    page.fill("[name=number]", "1")
    page.get_by_role("button", name="加上").click()
    page.get_by_role("button", name="删除：晋级白银").click()
    outlook = page.locator(".outlook")
    expect(outlook.locator(".bignum")).to_contain_text("1")
    expect(outlook).to_contain_text("还没填真实姓名")
    expect(outlook.get_by_role("row", name="小棠")).to_contain_text("会得到")
    hold(page)
    page.click("button[value=publish]")
    expect(page.locator("#toasts")).to_contain_text("已发布")
    run_jobs(app)

    page.locator("[name=retired]").check()
    expect(outlook).to_contain_text("已停发")
    page.click("button[value=publish]")
    page.goto("/desk/certificates/designs")
    expect(page.locator(".designs .retired")).to_contain_text("已停发")
    hold(page)

    page.context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 844})
    signed_in(page, tang)
    page.goto("/")
    expect(page.locator("#notices")).to_contain_text("白银晋级荣誉证书")
