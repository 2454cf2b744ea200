"""周老师 writes a stage before lunch, sees it as learners do, publishes and corrects it; and brings in Markdown."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from academy import ROOT
from academy.people.models import Person
from tests.conftest import ON_SQLITE
from tests.journeys.conftest import hold, signed_in

WORDS = "开播前十分钟，先把手机架稳，再对着镜头说一遍开场。"
BETTER = "开播前十分钟，先把手机架稳，光从前面来，再说一遍开场。"


def saved(page: Page) -> None:
    """Wait until what was typed is kept."""
    expect(page.locator("#saved")).to_contain_text("已保存")


def chosen_kind(page: Page, kind: str) -> None:
    page.locator(f"#add button[value={kind}]").first.click()


def write_question(page: Page, at: str, prompt: str) -> None:
    page.fill(f"[name='{at}.prompt.zh']", prompt)
    for n, said in enumerate(("手机架稳，光从前面来", "躺着播，背对着窗", "开着美颜就行")):
        page.fill(f"[name='{at}.options.{n}.text.zh']", said)
    page.check(f"[name='{at}.right'][value=a]")
    page.fill(f"[name='{at}.reason.zh']", "稳和亮，别人才看得清你手里的东西。")


def publish(page: Page) -> None:
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("已发布")


@ON_SQLITE
def test_a_stage_is_written_seen_published_corrected_and_brought_back(
    phone: Callable[..., Page], zhou: Person, tang: Person
) -> None:
    page = signed_in(phone(width=1440), zhou)
    page.goto("/desk/studio")
    page.fill("[name=title]", "第一次直播")
    page.get_by_role("button", name="开始").click()
    course = page.url
    page.fill("[name='summary.zh']", "十分钟学会开播")
    page.fill("[name=stage]", "开播前")
    page.get_by_role("button", name="加一站").click()
    stage = page.locator(".stagebox")
    stage.locator("[name$='.summary.zh']").fill("手机、光和开场")
    stage.locator("[name$='.lesson']").fill("把手机架稳")
    stage.get_by_role("button", name="加一课").click()

    page.fill("[name='summary.zh']", "稳、亮、开口。")
    page.fill("[name='blocks.0.md.zh']", WORDS)
    saved(page)
    chosen_kind(page, "check")
    write_question(page, "blocks.1", "哪一种架法，别人看得清？")
    saved(page)
    lesson = page.url.split("#")[0]
    shown = page.frame_locator("#preview")
    expect(shown.locator("article")).to_contain_text("开播前十分钟")
    expect(shown.locator("article")).to_contain_text("哪一种架法")
    hold(page)

    page.goto(course)
    page.get_by_role("button", name="加小测").click()
    page.fill("[name=draw]", "1")
    chosen_kind(page, "single")
    write_question(page, "questions.0", "开播前，先做什么？")
    saved(page)

    page.goto(course)
    hold(page)
    page.get_by_role("link", name="发布…").click()
    expect(page.locator("main")).to_contain_text("把手机架稳")
    hold(page)
    publish(page)
    expect(page.locator("main")).to_contain_text("全部已发布")

    hers = signed_in(phone(), tang)
    hers.goto("/map")
    expect(hers.locator("main")).to_contain_text("第一次直播")
    key = lesson.rsplit("/", 1)[-1]
    hers.goto(f"/lessons/{key}")
    expect(hers.locator("article")).to_contain_text(WORDS)
    hers.get_by_text("手机架稳，光从前面来").click()
    hers.get_by_role("button", name="选好了").click()
    expect(hers.locator(".verdict")).to_contain_text("别人才看得清")

    page.goto(lesson)
    page.fill("[name='blocks.0.md.zh']", BETTER)
    saved(page)
    hers.reload()
    expect(hers.locator("article")).to_contain_text(WORDS)
    page.get_by_role("link", name="发布…").click()
    expect(page.locator("ins").first).to_contain_text("光从前面来")
    publish(page)
    hers.reload()
    expect(hers.locator("article")).to_contain_text(BETTER)

    page.goto(f"/desk/studio/history/lesson/{key}")
    page.locator(".list a").nth(1).click()
    page.get_by_role("button", name="把这一版放进草稿").click()
    page.get_by_role("link", name="发布…").click()
    publish(page)
    hers.reload()
    expect(hers.locator("article")).to_contain_text(WORDS)


def others_notes() -> bytes:
    """What other people wrote as Markdown: the guides that come with our own development tools."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted((ROOT / "node_modules").glob("*/README.md"))[:20]:
            archive.write(path, Path("guides", f"{path.parent.name}.md").as_posix())
    return out.getvalue()


@ON_SQLITE
def test_a_folder_of_markdown_that_others_wrote_becomes_a_course(phone: Callable[..., Page], zhou: Person) -> None:
    page = signed_in(phone(width=1280), zhou)
    page.goto("/desk/packs")
    hold(page)
    page.set_input_files("#folder", {"name": "guides.zip", "mimeType": "application/zip", "buffer": others_notes()})
    page.fill("#title", "别人写的指南")
    page.get_by_role("button", name="做成一门课程").click()
    expect(page.locator("h1")).to_contain_text("没能带上的内容")
    hold(page)
    page.get_by_role("link", name="去看课程").click()
    expect(page.locator("h1")).to_contain_text("别人写的指南")
    expect(page.locator(".lessonlist li")).not_to_have_count(0)
    page.locator(".lessonlist a").first.click()
    expect(page.frame_locator("#preview").locator("article")).to_be_visible()
