"""小棠 takes her data along and deletes her account; with and without script."""

import json
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from academy.people.models import Person
from tests.browser import barriers
from tests.conftest import ON_SQLITE, PASSWORD
from tests.journeys.conftest import sign_in, signed_in

pytestmark = ON_SQLITE


@pytest.mark.parametrize("scripts", [True, False])
def test_she_takes_her_data_along_and_leaves(
    phone: Callable[..., Page], session: Session, tang: Person, scripts: bool
) -> None:
    page = signed_in(phone(scripts=scripts), tang)
    page.get_by_role("navigation").get_by_role("link", name="我的").click()
    page.get_by_role("link", name="下载我的数据").click()
    if scripts:
        assert barriers(page) == []
    page.fill("input[name=present]", "wrong-wrong")
    page.get_by_role("button", name="下载").click()
    expect(page.get_by_text("这不是现在的密码")).to_be_visible()
    page.fill("input[name=present]", PASSWORD)
    with page.expect_download() as waited:
        page.get_by_role("button", name="下载").click()
    with ZipFile(waited.value.path()) as packed:
        assert json.loads(packed.read("data.json"))["account"]["name"] == "小棠"

    page.goto("/me")
    page.get_by_role("link", name="注销账号").click()
    if scripts:
        assert barriers(page) == []
    page.get_by_role("button", name="注销账号").click()
    expect(page.get_by_text("请先勾选")).to_be_visible()
    page.get_by_label("我明白").check()
    page.fill("input[name=present]", PASSWORD)
    page.get_by_role("button", name="注销账号").click()
    expect(page.get_by_role("heading", name="账号已注销")).to_be_visible()
    if scripts:
        assert barriers(page) == []
    page.goto("/me")
    assert "/sign-in" in page.url
    sign_in(page, tang)
    expect(page.locator(".error")).to_be_visible()
    session.rollback()
    assert session.get_one(Person, tang.id, populate_existing=True).name == "已注销用户"
