"""The whole story: a link in a chat, a first lesson, the bronze stage, 白银, and a certificate that prints."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.certificates.models import Certificate
from academy.achievements.rewards.actions import stock
from academy.catalog.content import Catalog, Question
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from tests.browser import barriers
from tests.conftest import ON_SQLITE, PASSWORD, Clock
from tests.journeys.conftest import hold, signed_in

WORDS = "我家 14 个月，换尿裤时用了两个月护臀膏，我看到膏体偏稠，冬天要先在手心焐一下再抹。盖子要两只手才拧得开。"


class Newcomer:
    """小棠 with her phone."""

    def __init__(self, page: Page, catalog: Catalog, scripts: bool) -> None:
        self.page = page
        self.scripts = scripts
        self.looked: set[str] = set()
        self.questions = {
            question.prompt["zh"]: question for quiz in catalog.quizzes.values() for question in quiz.questions
        }
        self.checks = {check.key: check for lesson in catalog.lessons.values() for check in lesson.checks}

    def look(self, screen: str) -> None:
        """Hold a screen, the first time that she sees it, to what axe knows, light and dark."""
        if self.scripts and screen not in self.looked:
            self.looked.add(screen)
            hold(self.page)

    def open(self, path: str) -> None:
        response = self.page.goto(path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        ).first.click()

    def choose(self, question: Question) -> None:
        """Tick what is right."""
        for key in sorted(question.right):
            self.page.locator(f"label.option:has(input[value='{key}'])").click()

    def take_lesson(self) -> None:
        """Answer the lesson's check, then go on."""
        check = self.page.locator(".quicktest").get_attribute("id") or ""
        self.choose(self.checks[check.removeprefix("check-")])
        self.page.locator(".quicktest form button").click()
        expect(self.page.locator(".quicktest .verdict")).to_contain_text("答对了")
        self.look("lesson")
        self.page.locator(".actionbar form button").click()

    def take_quiz(self) -> None:
        """From the quiz's first page to its result, all right."""
        self.page.locator(".actionbar form button").click()
        for _ in range(5):
            self.page.locator("form#question").wait_for()
            self.look("question")
            self.choose(self.questions[self.page.locator("#prompt").inner_text()])
            self.page.locator("#bottom button.key").click()
            expect(self.page.locator("#bottom.verdict")).to_contain_text("答对了")
            self.look("verdict")
            self.page.locator("#bottom a.button").click()

    def take_next_stop(self) -> None:
        """Do what the map shows as next, if anything."""
        self.open("/map")
        self.look("map")
        stop = self.page.locator(".stop a[aria-current=step]")
        if stop.count():
            stop.first.click()
            if "/quizzes/" in self.page.url:
                self.take_quiz()
                expect(self.page.locator("body")).to_contain_text("100")
                self.look("result")
            else:
                self.take_lesson()

    def take_assessment(self) -> None:
        """Answer all twenty, seeing no verdict, and end it."""
        self.page.locator(".actionbar form button").click()
        for _ in range(20):
            prompt = self.page.locator("#prompt").inner_text()
            self.choose(self.questions[prompt])
            self.page.locator("#bottom button.key").click()
            expect(self.page.locator("#prompt", has_text=prompt)).to_have_count(0)
            expect(self.page.locator("body")).not_to_contain_text("答对了")
            self.look("assessment")
        self.page.goto(self.page.url.split("/questions")[0] + "?ending=1")
        self.look("end of assessment")
        self.page.locator("#ending").get_by_role("button").click()


@pytest.mark.parametrize(
    ("backend", "scripts"),
    [("sqlite", False), ("postgresql", True)],
    ids=["on SQLite without scripts", "on PostgreSQL with scripts"],
    indirect=["backend"],
)
def test_a_newcomer_becomes_silver_and_prints_a_certificate_that_anybody_can_check(
    session: Session, clock: Clock, phone: Callable[..., Page], zhou: Person, tmp_path: Path, scripts: bool
) -> None:
    catalog = published(session)
    session.rollback()
    with db.writing() as s:
        stock(s, "silver-voucher", ["LY20-7KQ4M2VX"])
    page = phone(scripts=scripts)
    tang = Newcomer(page, catalog, scripts)

    # From the link to the first lesson, before she has an account.
    tang.open("/join/qt07")
    expect(page.locator("body")).to_contain_text("周以宁老师邀请你加入青铜 07 班")
    tang.look("invitation")
    tang.tap("先学第一课")
    expect(page.locator("h1")).to_have_text("只推自己用过的")
    tang.take_lesson()
    assert page.url.endswith("/sign-up")
    expect(page.locator("input[name=code]")).to_have_value("qt07")
    expect(page.locator("input[name=consent]")).not_to_be_checked()
    tang.look("sign up")
    page.fill("input[name=contact]", "139 0013 9000")
    page.fill("input[name=name]", "小棠妈妈")
    page.fill("input[name=password]", PASSWORD)
    page.locator("input[name=consent]").check()
    tang.tap("注册，开始学")
    page.wait_for_url("**/")
    me = session.scalars(select(Person).where(Person.phone == "13900139000")).one()
    lessons = select(Fact.topic).where(Fact.trainee_id == me.id, Fact.kind == "lesson.completed")
    assert session.scalars(lessons).all() == ["own"]
    assert (me.consent_version, me.legal_name) == ("2026-09", None)
    session.rollback()

    # Seven days: check in, and learn what is next.
    for _ in range(7):
        tang.open("/")
        tang.look("today")
        page.locator("#checkin").get_by_role("button", name="签到").click()
        expect(page.locator("#checkin")).to_contain_text("今天已签到")
        for _ in range(3):
            tang.take_next_stop()
        clock.move(days=1)
    tang.open("/map")
    expect(page.locator(".stop a[aria-current=step]")).to_have_count(0)

    # The pledge, and one hand-in that her trainer accepts.
    tang.open("/pledge")
    page.locator("input[name=agreed]").check()
    page.fill("input[name=name]", "小棠妈妈")
    page.locator("#sign button").click()
    expect(page.locator("body")).to_contain_text("已签署")
    tang.look("pledge")
    tang.open("/practice/first-words")
    page.fill("textarea[name=text]", WORDS)
    pictures = [tmp_path / "护臀膏.png", tmp_path / "柔湿巾.png"]
    for picture, shade in zip(pictures, ("#f3d9c8", "#c8e3f3"), strict=True):
        Image.new("RGB", (900, 1200), shade).save(picture)
    page.set_input_files("input[type=file]", pictures)
    page.locator("input[name=mine]").check()
    page.locator("#hand-in button.key").click()
    expect(page.locator("body")).to_contain_text("已交给老师")
    tang.look("hand-in")
    desk = signed_in(phone(scripts=scripts, width=1440), zhou)
    desk.goto("/desk/hand-ins")
    desk.get_by_role("link", name="小棠妈妈").first.click()
    assert desk.locator(".photos img").count() == 2
    if scripts:
        hold(desk)
    desk.locator("button[formaction*=acceptance]").click()
    expect(desk.locator("body")).to_contain_text("已通过")

    # The assessment completes the last condition.
    tang.open("/quizzes/bronze-exam")
    tang.take_assessment()
    expect(page.locator("h1")).to_have_text("羽翼渐丰，晋级白银")
    expect(page.locator("body")).to_contain_text("LY20-7KQ4M2VX")
    tang.look("promotion")
    expect(page.locator("body")).to_contain_text("白银 03 班")
    assert session.get_one(Standing, me.id).tier == "silver"
    session.rollback()

    # Her name, her certificate, its PDF.
    page.locator("a.prize").click()
    tang.look("legal name")
    page.fill("input[name=legal_name]", "林晓𠮷")
    page.locator("input[name=salutation][value=女士]").check()
    tang.tap("保存")
    expect(page.locator("h1")).to_have_text("羽翼渐丰，晋级白银")
    page.locator("a.prize").click()
    expect(page.locator("body")).to_contain_text("企业内部荣誉，非职业资格")
    tang.look("certificate")
    paper = session.scalars(select(Certificate).where(Certificate.trainee_id == me.id)).one()
    session.rollback()
    href = page.locator("a[href$='.pdf']").first.get_attribute("href")
    assert href
    pdf = page.request.get(href, timeout=60_000)
    assert pdf.headers["content-type"] == "application/pdf"
    (tmp_path / "paper.pdf").write_bytes(pdf.body())
    (only,) = PdfReader(io.BytesIO(pdf.body())).pages
    text = only.extract_text().replace(" ", "").replace("\n", "")
    for said in ("林晓𠮷", paper.serial, "企业内部荣誉，非职业资格", "结业考核一百分", "快乐宝妈·白银"):
        assert said.replace(" ", "") in text, text
    subprocess.run(["pdftoppm", "-r", "150", "-png", tmp_path / "paper.pdf", tmp_path / "paper"], check=True)
    (code,) = zxingcpp.read_barcodes(Image.open(next(tmp_path.glob("paper*.png"))))

    # Anybody checks it.
    stranger = phone(scripts=scripts)
    stranger.goto(code.text)
    expect(stranger.locator("h1")).to_have_text("证书真实有效")
    if scripts:
        hold(stranger)
    expect(stranger.locator("body")).to_contain_text("林*𠮷")
    expect(stranger.locator("body")).not_to_contain_text("林晓𠮷")
    stranger.goto(code.text.replace(paper.code, "22222222"))
    expect(stranger.locator("h1")).to_have_text("没有查到这张证书")
    if scripts:
        hold(stranger)

    # The celebration is shown until she accepts it, and can be opened again.
    tang.open("/")
    expect(page.locator("h1")).to_have_text("羽翼渐丰，晋级白银")
    tang.tap("收下，去白银班")
    tang.open("/")
    expect(page.locator("h1")).not_to_have_text("羽翼渐丰，晋级白银")
    tang.open("/honours/promotions/silver")
    expect(page.locator("h1")).to_have_text("羽翼渐丰，晋级白银")


PUBLIC = ["/join/qt07", "/join/qt07/lesson", "/sign-up", "/sign-in", "/terms", "/privacy", "/v", "/nowhere"]
HERS = [
    "/",
    "/map",
    "/lessons/own",
    "/lessons/hand-over",
    "/quizzes/real-user-quiz",
    "/quizzes/bronze-exam",
    "/practice/first-words",
    "/pledge",
    "/honours",
    "/me",
    "/me/legal-name",
    "/me/password",
]
DESK = ["/desk", "/desk/hand-ins", "/desk/roster"]


@ON_SQLITE
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_no_page_of_the_journey_bars_anybody(
    app: Flask, phone: Callable[..., Page], tang: Person, zhou: Person, theme: str, locale: str
) -> None:
    found: dict[str, list[str]] = {}
    for who, width, paths in ((None, 390, PUBLIC), (tang, 360, HERS), (zhou, 1440, DESK)):
        page = phone(theme=theme, width=width)
        if who:
            with db.writing() as s:
                s.get_one(Person, who.id).locale = locale
            signed_in(page, who)
        for path in paths:
            page.goto(path)
            if barred := barriers(page):
                found[path] = barred
            for size in ("100%", "200%"):
                wide = page.evaluate(
                    """size => { const page = document.documentElement; page.style.fontSize = size;
                                 return page.scrollWidth - page.clientWidth }""",
                    size,
                )
                if wide > 0:
                    found.setdefault(path, []).append(f"{wide} px too wide at {width} px and {size} text")
    assert found == {}
