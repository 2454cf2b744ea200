"""A package from upload to certificate-worthy facts, in a real browser, and what a hostile one can't do there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Frame, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.journal.models import Fact
from academy.people.models import Person
from academy.scorm.models import Playthrough
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in
from tests.scorm.conftest import bring, held
from tests.scorm.packages import OTHERS_TITLE, made_by_others, one_page, sample

Phone = Callable[..., Page]

pytestmark = ON_SQLITE


@pytest.fixture
def address(app: Flask, address: str) -> str:
    """The academy's address; browsers find every name under localhost on this machine."""
    port = urlsplit(address).port
    app.extensions["settings"] = replace(app.extensions["settings"], player_origin=f"http://player.localhost:{port}")
    return address


def sco(page: Page, name: str) -> Frame:
    """The inner frame, once it shows a page of the package."""
    for _ in range(200):
        found = next((frame for frame in page.frames if name in frame.url and "/files/" in frame.url), None)
        if found:
            found.wait_for_load_state()
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"no frame shows {name}: {[frame.url for frame in page.frames]}")


def state(page: Page) -> object:
    """What the player says of itself."""
    return page.frame_locator(".player iframe").locator("#state")


def facts(session: Session, trainee: Person) -> list[tuple[str, int]]:
    session.rollback()
    of = Fact.trainee_id == trainee.id, Fact.kind.startswith("package.")
    found = [(kind, value) for kind, value in session.execute(select(Fact.kind, Fact.value).where(*of))]
    session.rollback()
    return sorted(found)


def test_a_package_from_the_trainers_upload_to_a_trainees_facts(
    app: Flask, session: Session, phone: Phone, zhou: Person, tang: Person, tmp_path: Path
) -> None:
    (tmp_path / "care.zip").write_bytes(sample().getvalue())
    (tmp_path / "photo.zip").write_bytes(b"GIF89a")
    desk = signed_in(phone(width=1280), zhou)
    desk.goto("/desk/packages")
    desk.set_input_files("input[name=file]", tmp_path / "photo.zip")
    desk.click("form[enctype] button.key")
    expect(desk.locator("p.error")).to_contain_text("ZIP")
    desk.set_input_files("input[name=file]", tmp_path / "care.zip")
    desk.click("form[enctype] button.key")
    expect(desk.locator("h1")).to_have_text("宝宝护理 · 互动课")
    hold(desk)
    key = desk.url.rsplit("/", 1)[1]

    desk.locator("a.key").click()
    tried = sco(desk, "Lesson.html")
    expect(tried.locator("#who")).to_contain_text("/browse")
    tried.click("#finish")
    assert session.scalars(select(Playthrough)).all() == []

    held(key, required=True)
    mine = signed_in(phone(), tang)
    mine.goto("/lessons/own")
    mine.locator(".package button").click()
    lesson = sco(mine, "Lesson.html")
    expect(lesson.locator("#entry")).to_have_text("ab-initio")
    expect(lesson.locator("#launch")).to_have_text("从学堂来")
    expect(lesson.locator("#query")).to_have_text("?from=manifest")
    expect(lesson.locator("#who")).not_to_contain_text("小棠")
    expect(lesson.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    assert lesson.locator("#calls").inner_text().split() == [
        *("LMSGetValue::301", "LMSInitialize:true:0", "LMSSetValue:false:403", "LMSGetValue::202", "LMSGetValue::203"),
        *("LMSSetValue:false:402", "LMSGetValue::404", "LMSSetValue:false:405", "LMSGetValue::401"),
        *("LMSInitialize:false:101", "LMSGetErrorString:Incorrect", "Data", "Type:101"),
        *lesson.locator("#calls").inner_text().split()[13:-1],
        "LMSSetValue:true:0",
    ]
    hold(mine)
    lesson.click("#page")
    expect(state(mine)).to_have_text("已保存")  # type: ignore[arg-type]

    mine.reload()
    mine.locator("form[action$=completion] button").click()
    expect(mine.locator("h1")).to_contain_text("还不行")
    mine.goto("/lessons/own")
    mine.locator(".package button").click()
    lesson = sco(mine, "Lesson.html")
    expect(lesson.locator("#entry")).to_have_text("resume")
    expect(lesson.locator("#location")).to_have_text('page-2/{"seen":[1,2]}')
    expect(lesson.locator("#time")).to_have_text("00:01:30")

    full = mine.locator("[data-fills]")
    full.click()
    expect(full).to_have_attribute("aria-pressed", "true")
    assert mine.locator(".player iframe").bounding_box()["width"] == 390  # type: ignore[index]
    full.click()

    lesson.click("#finish")
    contents = mine.frame_locator(".player iframe")
    contents.locator("summary").click()
    contents.get_by_role("button", name="图解").click()
    sco(mine, "look.html")
    contents.locator("summary").click()
    expect(contents.locator("button", has_text="✓")).to_have_count(2)
    contents.get_by_role("button", name="小测").click()
    quiz = sco(mine, "quiz.html")
    expect(quiz.locator("#mastery")).to_have_text("80")
    quiz.click("#right")
    expect(state(mine)).to_have_text("已完成")  # type: ignore[arg-type]
    assert facts(session, tang) == [("package.completed", 1), ("package.finished", 92)]
    mine.goto("/lessons/own")
    expect(mine.locator(".package .tag")).to_have_text("已完成")
    mine.locator("form[action$=completion] button").click()
    mine.wait_for_url(lambda url: "/lessons/own" not in url)


def test_a_package_that_others_tools_made_is_put_into_a_lesson_and_played_to_its_end(
    app: Flask, session: Session, phone: Phone, zhou: Person, tang: Person, tmp_path: Path
) -> None:
    desk = signed_in(phone(width=1440), zhou)
    desk.goto("/desk/packages")
    desk.set_input_files("input[name=file]", made_by_others(tmp_path))
    desk.click("form[enctype] button.key")
    expect(desk.locator("h1")).to_have_text(OTHERS_TITLE)
    expect(desk.locator("main")).to_contain_text("80 分起")
    hold(desk)
    key = desk.url.rsplit("/", 1)[1]
    desk.locator("a.key").click()
    tried = sco(desk, "index.html")
    expect(tried.locator("h1:visible")).to_have_css("color", "rgb(20, 90, 80)")
    tried.click("#next")
    expect(tried.locator("h1:visible")).to_have_text("擦")
    assert session.scalars(select(Playthrough)).all() == []

    desk.goto("/desk/studio/lessons/own")
    desk.locator("#add summary").click()
    desk.locator("#add button[value=scorm]").click()
    desk.locator("select[name$='.package']").select_option(label=OTHERS_TITLE)
    expect(desk.locator("#saved")).to_contain_text("已保存")
    desk.get_by_role("link", name="发布…").click()
    desk.get_by_role("button", name="发布", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("已发布")

    mine = signed_in(phone(), tang)
    mine.goto("/lessons/own")
    mine.locator(".package button").click()
    course = sco(mine, "index.html")
    course.click("#next")
    expect(state(mine)).to_have_text("已保存")  # type: ignore[arg-type]
    course.click("#next")

    mine.goto("/map")
    mine.goto("/lessons/own")
    mine.locator(".package button").click()
    course = sco(mine, "index.html")
    expect(course.locator("h1:visible")).to_have_text("多久擦一次润肤霜？")
    course.get_by_label("洗完三分钟内").check()
    course.click("#next")
    expect(course.locator("body")).to_have_class("told")
    expect(state(mine)).to_have_text("已完成")  # type: ignore[arg-type]
    assert facts(session, tang) == [("package.completed", 1), ("package.finished", 90)]
    desk.goto(f"/desk/packages/{key}")
    expect(desk.get_by_role("row", name="小棠")).to_contain_text("90")


def test_what_was_not_saved_when_the_page_was_left_arrives_all_the_same(
    app: Flask, session: Session, phone: Phone, lu: Person, tang: Person
) -> None:
    key = bring(app, lu, one_page(page="<script>parent.API.LMSInitialize('');</script><p>课</p>"))
    held(key)
    mine = signed_in(phone(), tang)
    mine.goto("/lessons/own")
    mine.locator(".package button").click()
    lesson = sco(mine, "index.html")
    lesson.evaluate("parent.API.LMSSetValue('cmi.core.score.raw', '66')")
    lesson.evaluate("parent.API.LMSSetValue('cmi.core.lesson_status', 'completed')")
    mine.goto("/map")
    for _ in range(100):
        if facts(session, tang):
            break
        mine.wait_for_timeout(50)
    assert facts(session, tang) == [("package.completed", 1), ("package.finished", 66)]


def test_the_window_that_was_opened_first_says_that_it_saves_no_more(
    app: Flask, session: Session, phone: Phone, lu: Person, tang: Person
) -> None:
    key = bring(app, lu, one_page(page="<script>parent.API.LMSInitialize('');</script><p>课</p>"))
    held(key)
    first = signed_in(phone(), tang)
    second = first.context.new_page()
    for window in (first, second):
        window.goto("/lessons/own")
        window.locator(".package button").click()
        sco(window, "index.html")
    older = sco(first, "index.html")
    older.evaluate("parent.API.LMSSetValue('cmi.core.lesson_location', 'old'), parent.API.LMSCommit('')")
    expect(state(first)).to_contain_text("另一个窗口")  # type: ignore[arg-type]
    assert older.evaluate("parent.API.LMSCommit('')") == "false"
    sco(second, "index.html").evaluate(
        "parent.API.LMSSetValue('cmi.core.lesson_location', 'new'), parent.API.LMSCommit('')"
    )
    expect(state(second)).to_have_text("已保存")  # type: ignore[arg-type]


HOSTILE = """<!doctype html><meta charset="utf-8"><p id="said">…</p><script>
(async () => {
  const found = {}, academy = document.referrer || "%(academy)s";
  const attempt = async (name, what) => {
    try { found[name] = String(await what()); } catch (error) { found[name] = "refused"; }
  };
  await attempt("cookies", () => document.cookie);
  await attempt("page around", () => top.document.title);
  await attempt("storage around", () => top.localStorage.length);
  await attempt("read", async () => (await fetch("%(academy)s/me", { credentials: "include" })).status);
  await attempt("write", async () =>
    (await fetch("%(academy)s/check-ins", { method: "POST", credentials: "include", mode: "no-cors" })).type);
  await attempt("beacon", () => navigator.sendBeacon("%(academy)s/check-ins"));
  await attempt("break out", () => { top.location = "%(academy)s/farewell"; return "asked"; });
  await attempt("window", () => open("%(academy)s/me"));
  await attempt("worker", async () => (await navigator.serviceWorker.register("index.html")).scope);
  await attempt("elsewhere", async () => (await fetch("https://evil.example/", { mode: "no-cors" })).type);
  document.getElementById("said").textContent = JSON.stringify(found);
})();
</script><form method="post" action="%(academy)s/check-ins"><button>提交</button></form>"""


def test_a_hostile_package_gets_nowhere(
    app: Flask, session: Session, phone: Phone, lu: Person, tang: Person, address: str
) -> None:
    key = bring(app, lu, one_page(page=HOSTILE % {"academy": address}))
    held(key)
    mine = signed_in(phone(), tang)
    mine.goto("/lessons/own")
    mine.locator(".package button").click()
    page = sco(mine, "index.html")
    expect(page.locator("#said")).to_contain_text("elsewhere")
    found = page.evaluate("JSON.parse(document.getElementById('said').textContent)")
    assert found.pop("cookies") == ""
    assert found.pop("window") == "null"
    assert found.pop("break out") in ("asked", "refused")
    assert found.pop("beacon") in ("true", "false", "refused")
    assert set(found.values()) == {"refused"}, found
    page.click("button")
    mine.wait_for_timeout(300)
    assert urlsplit(mine.url).path == "/lessons/own"
    assert session.scalars(select(Fact.kind).where(Fact.trainee_id == tang.id, Fact.kind == "checkin.done")).all() == []
    mine.goto("/me")
    assert urlsplit(mine.url).path == "/me", "she is still signed in"


def test_without_javascript_the_page_says_that_a_package_needs_it(
    app: Flask, phone: Phone, lu: Person, tang: Person
) -> None:
    held(bring(app, lu, one_page()))
    mine = signed_in(phone(scripts=False), tang)
    mine.goto("/lessons/own")
    mine.locator(".package button").click()
    mine.wait_for_url("**/playthroughs/*")
    assert mine.locator("noscript p").bounding_box()
    assert "这个课件需要 JavaScript" in mine.content()
    expect(mine.locator("iframe")).to_be_hidden()
