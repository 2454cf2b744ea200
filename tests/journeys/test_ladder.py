"""The brand lowers one condition, sees whom it promotes, and they are; a review, a step down, and an appeal."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock as time
from academy.db import db
from academy.jobs.actions import ask
from academy.journal.actions import start
from academy.journal.models import Fact, Standing
from academy.people.actions import join_cohort
from academy.people.models import Cohort, Membership, Person
from tests.achievements.story import almost_silver, run_jobs
from tests.conftest import ON_SQLITE, Clock
from tests.journeys.conftest import hold, signed_in

pytestmark = ON_SQLITE

NEW = 14


def learners(tang: Person) -> None:
    """14 who have 7 check-ins and all the rest, 3 with one check-in fewer, 3 without the pledge."""
    with db.writing() as s:
        cohort = s.query(Cohort).filter_by(code="qt07").one()
        hashed = s.get_one(Person, tang.id).password_hash
        for n in range(1, NEW + 7):
            phone = f"1390000{n:04}"
            her = Person(role="trainee", name=f"学员{n}", phone=phone, password_hash=hashed, created_at=time.now())
            s.add(her)
            s.flush()
            start(s, her.id, "bronze")
            assert join_cohort(s, her.id, cohort)
            but = set() if n <= NEW else {"checkin.done"} if n <= NEW + 3 else {"pledge.signed"}
            almost_silver(s, her.id, but=but)


def test_fourteen_more_and_nobody_else(
    app: Flask, phone: Callable[..., Page], session: Session, lu: Person, tang: Person, clock: Clock
) -> None:
    desk, hers = phone(width=1440), phone()
    signed_in(desk, lu)
    desk.get_by_role("link", name="等级与晋升").click()
    desk.locator("#tier-silver > summary").click()
    silver = desk.locator("#tier-silver")
    checkins = silver.locator("[name='into-silver/4']")
    checkins.fill("10")
    desk.get_by_role("button", name="发布规则").click()
    expect(desk.locator("#toasts")).to_contain_text("已发布")
    learners(tang)
    run_jobs(app)
    assert set(session.scalars(select(Standing.tier))) == {"bronze"}
    session.rollback()

    signed_in(hers, session.query(Person).filter_by(phone="13900000001").one())
    session.rollback()
    hers.get_by_role("link", name="级", exact=False).first.wait_for()
    hers.goto("/tier")
    row = hers.locator(".needs a", has_text="签到")
    expect(row.locator(".amount")).to_have_text("7 / 10")
    hold(hers)

    desk.reload()
    desk.locator("#tier-silver > summary").click()
    for _ in range(3):
        desk.locator("[name='into-silver/4']").locator("xpath=preceding-sibling::button").click()
    outlook = desk.locator("#preview")
    expect(outlook).to_contain_text("比现行规则多 14 人")
    expect(outlook).to_contain_text("新增晋级 14")
    expect(outlook).to_contain_text("¥280")
    table = outlook.locator("tbody tr")
    expect(table.first).to_contain_text("新增晋级")
    # The same figures as on her phone: 7 check-ins, 92 in the assessment.
    expect(outlook.locator("tr", has_text="学员1").first.locator("td.num")).to_have_text(["7", "92"])
    hold(desk)
    desk.get_by_role("button", name="存草稿").click()
    expect(desk.locator(".pagehead")).to_contain_text("有未发布的改动")
    expect(desk.locator("[id='into-silver/4']")).to_contain_text("原为 10 天")
    hold(desk)
    desk.locator("#preview").get_by_role("link", name="看全部").click()
    expect(desk.locator("tbody tr")).to_have_count(NEW + 6)
    hold(desk)
    desk.get_by_role("link", name="返回等级规则").click()
    desk.get_by_role("button", name="发布规则").click()
    expect(desk.locator("#toasts")).to_contain_text("已发布")
    run_jobs(app)

    session.rollback()
    promoted = select(Person.name).join(Standing, Standing.trainee_id == Person.id).where(Standing.tier == "silver")
    assert set(session.scalars(promoted)) == {f"学员{n}" for n in range(1, NEW + 1)}
    silver_class = session.scalars(select(Cohort.id).where(Cohort.code == "by03")).one()
    seated = select(Membership.trainee_id).where(Membership.cohort_id == silver_class, Membership.until.is_(None))
    assert len(list(session.scalars(seated))) == NEW
    assert len(list(session.scalars(select(Fact.id).where(Fact.kind == "tier.reached")))) == NEW
    session.rollback()
    hers.goto("/")
    hers.wait_for_url("**/honours/promotions/silver")
    expect(hers.locator("main")).to_contain_text("白银")


def test_a_review_warns_then_lowers_and_an_appeal_restores(
    app: Flask, phone: Callable[..., Page], session: Session, lu: Person, tang: Person, clock: Clock
) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but=set())
    with db.writing() as s:
        ask(s, "nightly")
    run_jobs(app)
    desk, hers = phone(width=1440, scripts=False), phone(scripts=False)
    signed_in(desk, lu)
    desk.goto("/desk/ladder?open=keep-silver")
    desk.locator("#keep-silver").get_by_role("button", name="加条件").click()
    desk.get_by_role("link", name="签到", exact=True).click()
    desk.locator("[name=number]").fill("3")
    desk.get_by_label("时间").select_option("within")
    desk.locator("[name=days]").fill("30")
    desk.get_by_role("button", name="加上").click()
    desk.locator("[name='settings/review']").check()
    desk.locator("[name='settings/protect_days']").fill("0")
    desk.get_by_role("button", name="发布规则").click()
    expect(desk.locator("#toasts")).to_contain_text("已发布")

    def night(day: datetime) -> None:
        clock.to(day)
        with db.writing() as s:
            s.execute(update(Person).where(Person.id == tang.id).values(seen_at=time.now()))
            ask(s, "nightly")
        clock.move(seconds=1)
        run_jobs(app)

    night(datetime(2026, 10, 26, 3, tzinfo=time.ZONE))
    signed_in(hers, tang)
    expect(hers.locator("#notices")).to_contain_text("月度考核快到了")
    hers.get_by_role("link", name="白银的月度考核快到了").click()
    expect(hers.locator("#review")).to_contain_text("0 / 3")
    night(datetime(2026, 11, 2, 3, tzinfo=time.ZONE))
    hers.goto("/")
    expect(hers.locator("#notices")).to_contain_text("你现在的等级是青铜")
    hers.goto("/tier")
    hers.locator("textarea[name=said]").fill("孩子住院两周，现在都好了。")
    hers.get_by_role("button", name="提交申诉").click()
    expect(hers.locator("#appeal")).to_contain_text("正在看你的申诉")

    signed_in(desk, lu)
    desk.get_by_role("link", name="申诉").click()
    expect(desk.locator("main")).to_contain_text("孩子住院两周")
    expect(desk.locator("main")).to_contain_text("0 / 3")
    desk.get_by_label("你的答复").fill("安心照顾孩子，等级给你留着。")
    desk.get_by_role("button", name="恢复等级").click()
    expect(desk.locator("main")).to_contain_text("没有待处理的申诉")
    hers.goto("/tier")
    expect(hers.locator(".tiercard").first).to_contain_text("白银")
    expect(hers.locator("#appeal")).to_contain_text("等级给你留着")
    assert session.scalars(select(Standing.tier).where(Standing.trainee_id == tang.id)).one() == "silver"
