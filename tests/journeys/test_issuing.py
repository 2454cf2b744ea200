"""The brand issues to a class and prints; a trainee has hers, a stranger checks it, and then it is revoked."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.certificates.models import Certificate
from academy.people.models import Cohort, Person
from tests.achievements.story import run_jobs
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in
from tests.registry.conftest import crowd, named

pytestmark = ON_SQLITE


@pytest.mark.parametrize("scripts", [True, False])
def test_a_class_gets_its_certificates_and_a_stranger_checks_one_that_is_revoked_later(
    app: Flask,
    session: Session,
    phone: Callable[..., Page],
    lu: Person,
    tang: Person,
    aduo: Person,
    cohort: Cohort,
    scripts: bool,
) -> None:
    crowd(2, cohort)
    named({tang.id: "林晓棠"})
    desk = signed_in(phone(scripts=scripts, width=1440), lu)

    def seen(page: Page) -> None:
        if scripts:
            hold(page)

    desk.goto("/desk/certificates/issuing/new")
    seen(desk)
    desk.select_option("[name=cohort]", label="青铜 07 班")
    desk.click("text=下一步，核对")
    expect(desk.locator(".notice.warn")).to_contain_text("1 位学员缺真实姓名")
    row = desk.get_by_role("row", name="阿朵")
    expect(row).to_contain_text("缺姓名")
    expect(row.get_by_role("checkbox")).to_be_disabled()
    assert desk.locator("#sheet img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1000
    seen(desk)
    if scripts:
        last = desk.get_by_role("row", name="学员1").get_by_role("checkbox")
        last.uncheck()
        expect(desk.get_by_role("button", name="颁发 2 张")).to_be_visible()
        last.check()
    desk.click("text=发提醒请她们补填")
    expect(desk.locator("#toasts")).to_contain_text("已提醒 1 位")
    desk.get_by_role("button", name="颁发 3 张").click()
    expect(desk.locator("#progress")).to_contain_text("已颁发 0 / 3 张")
    seen(desk)
    with app.app_context():
        run_jobs(app)
    if not scripts:
        desk.reload()
    expect(desk.locator("#progress")).to_contain_text("已颁发 3 张证书")
    desk.reload()
    seen(desk)
    desk.click("text=合并打印")
    with app.app_context():
        run_jobs(app)
    desk.reload()
    seen(desk)
    with desk.expect_download() as loading:
        desk.get_by_role("button", name="下载").click()
    assert len(PdfReader(BytesIO(Path(loading.value.path()).read_bytes())).pages) == 3

    paper = session.scalars(select(Certificate).where(Certificate.trainee_id == tang.id)).one()
    address, place = f"/v/{paper.serial}/{paper.code}", f"/desk/certificates/register/{paper.id}"
    session.rollback()
    hers = signed_in(phone(scripts=scripts), tang)
    hers.click("text=白银晋级荣誉证书已颁发")
    expect(hers.locator("main")).to_contain_text("林晓棠")
    expect(signed_in(phone(scripts=scripts), aduo).locator("main")).to_contain_text("还缺你的真实姓名")

    stranger = phone(scripts=scripts)
    stranger.goto(address)
    expect(stranger.locator("main")).to_contain_text("林*棠")
    expect(stranger.locator("main")).not_to_contain_text("已撤销")
    desk.goto(place)
    desk.fill("[name=revoke-said]", "冒用他人作业")
    desk.locator("form:has([name=revoke-said]) button[type=submit]").last.click()
    expect(desk.locator("main")).to_contain_text("冒用他人作业")
    stranger.reload()
    expect(stranger.locator("main")).to_contain_text("撤销")
