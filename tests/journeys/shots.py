"""Pictures of the product, with the demo people: `python -m tests.journeys.shots FOLDER [--all | --readme]`.

Every screen in zh, light, at 390 px; with `--all` also in en and dark, at 360 and 1440 px; with `--readme` only
those that the README shows, small enough to commit.
"""

import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import flask_migrate
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import ROOT, create_app
from academy.achievements import record
from academy.achievements.actions import issue_waiting
from academy.achievements.certificates import queries
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.paper import render_pdf
from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.checkins.actions import check_in
from academy.db import db
from academy.discussion import actions as discussion
from academy.discussion.models import Post
from academy.packs.actions import publish_pack, read
from academy.people.models import Cohort, Person
from academy.people.passwords import hash_password
from academy.people.queries import by_contact
from academy.practice.actions import hand_in, remark
from academy.practice.models import HandIn
from academy.quizzes.actions import begin, chance, keep
from academy.quizzes.models import Attempt
from academy.quizzes.queries import latest
from academy.sample.cohort import SampleCohort
from academy.sample.people import People
from academy.scorm import actions as scorm
from academy.scorm.models import Playthrough
from academy.studio import actions as studio
from academy.studio.previews import word_for
from academy.studio.queries import Edited
from academy.training import actions as training
from academy.training.models import Live, Script
from academy.training.queries import templates
from academy.training.rules import Script as Words
from academy.web.settings import Settings
from tests.browser import chromium
from tests.journeys.conftest import signed_in
from tests.scorm.packages import made_by_others
from tests.servers import serving

PASSWORD = "luya-2026-demo"
ADUO, TANG, DOUDOU = "13800000011", "13800000012", "13800000013"
ZHOU, BRAND = "13800000001", "brand@luya.example"


@contextmanager
def academy() -> Iterator[tuple[Flask, str]]:
    """An academy with the demo people, where 豆豆妈 has just been promoted."""
    with TemporaryDirectory() as folder:
        instance = Path(folder)
        app = create_app(Settings(False, "s" * 64, f"sqlite:///{instance}/academy.sqlite", instance))
        with app.app_context():
            flask_migrate.upgrade()
            with db.writing() as session:
                publish_pack(session, app.extensions["files"], read(ROOT / "courses"), "demo")
                People(session, hash_password(PASSWORD)).tell()
                SampleCohort(session, []).tell()
                doudou = session.scalars(select(Person).where(Person.phone == DOUDOU)).one()
                doudou.legal_name, doudou.salutation = "林晓棠", "女士"
                record(session, doudou.id, "profile.completed")
                check_in(session, doudou.id)
                issue_waiting(session, doudou)
                tang = session.scalars(select(Person).where(Person.phone == TANG)).one()
                catalog = published(session)
                quiz = catalog.quizzes["real-user-quiz"]
                sheet = begin(session, tang.id, catalog, quiz, latest(session, tang.id, quiz.key), chance())
                keep(session, sheet, sheet.asked[0], sheet.asked[0].question.right)
            with db.writing() as session:
                _teach(app, session)
        with serving(app) as address:
            player = f"http://player.localhost:{urlsplit(address).port}"
            app.extensions["settings"] = replace(app.extensions["settings"], player_origin=player)
            yield app, address


LIVE, REWRITTEN = "QT7KVE24", "own-words"


def _teach(app: Flask, session: Session) -> None:
    """What 周老师 has in hand: a lesson half rewritten, a package, questions under a lesson, a class that goes on."""
    zhou, aduo, tang, doudou = (by_contact(session, phone) for phone in (ZHOU, ADUO, TANG, DOUDOU))
    assert zhou
    assert aduo
    assert tang
    assert doudou
    with TemporaryDirectory() as folder, made_by_others(Path(folder)).open("rb") as package:
        scorm.bring(session, zhou, scorm.take(app.extensions["files"], package), "eczema", "", False)
    own = dict(published(session).one("lesson", "own"))
    own["blocks"] = [*own["blocks"], {"type": "scorm", "package": "eczema"}]
    publish(session, {("lesson", "own"): own}, origin="studio", by_id=zhou.id)
    scorm.begin(session, tang.id, "eczema", False)
    name = "lesson", REWRITTEN
    publish(session, {name: _reworded(session, "周三下午", "周三下班前")}, origin="studio", by_id=zhou.id)
    draft = _reworded(session, "一字没改", "一个字没改，还说这是最好的护臀膏")
    studio.save(session, zhou, Edited(name, draft, 0, published(session).version_id(*name)))
    studio.begin_update(session, zhou, REWRITTEN)

    red, _ = discussion.ask(session, aduo.id, "own", "宝宝 8 个月，换季屁屁有点红，护臀膏要先停几天再用吗？")
    discussion.let_through(session, zhou, red.id, red.version)
    said, _ = discussion.answer(session, doudou, red.id, "我家那次先停了三天，不红了才接着薄薄涂一层。")
    discussion.let_through(session, zhou, said.id, said.version)
    discussion.accept(session, aduo, said.id)
    discussion.answer(session, zhou, red.id, "先观察两天；要是更红了，请带宝宝去看医生，别自己换着试。")
    discussion.ask(session, doudou.id, "own", "素材里写的“两个月”，我家才用了三周，能照着发吗？")

    waiting = session.scalars(select(HandIn).where(HandIn.trainee_id == tang.id, HandIn.verdict_id.is_(None))).one()
    for who, practice, text in (
        (aduo, "first-words", "我家 8 个月，红屁屁三天就治好了，比药膏还管用，推荐给同月龄的妈妈。"),
        (doudou, "three-sentences-text", "夜里换尿裤怕吵醒他，我把灯拧到最小，先垫后脱，两分钟换完。"),
        (aduo, "self-intro", "我是阿朵，女儿刚学爬。我用过的才说，不合适的也说。"),
    ):
        hand_in(session, who.id, practice, text, [])
    at = waiting.text.index("膏体偏稠")
    remark(session, zhou, waiting.id, at, at + 4, "这句真好，只有用过的人才知道。")

    words = Words.of(templates(published(session))[0], lambda text: text["zh"])
    script = training.write(session, zhou, words)
    cohort = session.scalars(select(Cohort).where(Cohort.code == "qt07")).one()
    live = training.plan(session, zhou, LIVE, training.Plan(cohort.id, words.title, 60, script.id), "")
    training.begin(session, zhou, live.id)
    for trainee in (tang, aduo):
        training.appear(session, live, trainee.id)
    training.open_game(session, zhou, live.id, 1)
    assert training.answer(session, aduo.id, LIVE, 1, 1)


def _reworded(session: Session, old: str, new: str) -> dict[str, Any]:
    """The lesson that is being rewritten, with other words."""
    held = json.dumps(published(session).one("lesson", REWRITTEN), ensure_ascii=False)
    assert old in held
    found: dict[str, Any] = json.loads(held.replace(old, new))
    return found


def pages(app: Flask) -> list[tuple[str, str | None, str]]:
    """Every screen: its name, who sees it, its address."""
    with app.app_context():
        certificate = db.session.scalars(select(Certificate)).one()
        waiting = db.session.scalars(select(HandIn).where(HandIn.verdict_id.is_(None)).order_by(HandIn.at)).first()
        tang = db.session.scalars(select(Person).where(Person.phone == TANG)).one()
        serial, code = certificate.serial, certificate.code
        asked = db.session.scalars(select(Attempt.id).where(Attempt.finished_at.is_(None))).one()
        cohort = db.session.scalars(select(Cohort.id).where(Cohort.code == "qt07")).one()
        zhou = db.session.scalars(select(Person).where(Person.phone == ZHOU)).one()
        asked_first, asked_last = db.session.scalars(
            select(Post.id).where(Post.question_id.is_(None)).order_by(Post.id)
        )
        live = db.session.scalars(select(Live.id).where(Live.code == LIVE)).one()
        script = db.session.scalars(select(Script.id)).one()
        played = db.session.scalars(select(Playthrough.id)).one()
        assert waiting
        found = [
            ("join", None, "/join/qt07"),
            ("trial", None, "/join/qt07/lesson"),
            ("sign-up", None, "/sign-up"),
            ("sign-in", None, "/sign-in"),
            ("verify-search", None, "/v"),
            ("verify", None, f"/v/{serial}/{code}"),
            ("verify-unknown", None, f"/v/{serial}/22222222"),
            ("today", TANG, "/"),
            ("map", TANG, "/map"),
            ("lesson", TANG, "/lessons/own-words"),
            ("locked", TANG, "/lessons/hand-over"),
            ("quiz", TANG, f"/attempts/{asked}/questions/1"),
            ("quiz-question", TANG, f"/attempts/{asked}/questions/2"),
            ("quiz-intro", TANG, "/quizzes/first-share-quiz"),
            ("practice", TANG, "/practice/three-sentences-text"),
            ("hand-in", TANG, f"/hand-ins/{waiting.id}"),
            ("pledge", TANG, "/pledge"),
            ("honours", TANG, "/honours"),
            ("badge", TANG, "/honours/badges/gardener"),
            ("ledger", TANG, "/honours/ledger"),
            ("benefits", TANG, "/benefits"),
            ("materials", TANG, "/materials"),
            ("materials-none", TANG, "/materials?q=%E5%A5%B6%E6%98%94"),
            ("material", TANG, "/materials/autumn-bottom-care"),
            ("material-pictures", TANG, "/materials/autumn-bottom-care/pictures"),
            ("material-locked", TANG, "/materials/trial-five"),
            ("me", TANG, "/me"),
            ("own-data", TANG, "/me/data"),
            ("erasure", TANG, "/me/erasure"),
            ("offline", TANG, "/offline"),
            ("not-found", TANG, "/nowhere"),
            ("promotion", DOUDOU, "/honours/promotions/silver"),
            ("certificate-page", DOUDOU, f"/honours/certificates/{serial}"),
            ("exam", DOUDOU, "/quizzes/bronze-exam"),
            ("desk", ZHOU, "/desk"),
            ("queue", ZHOU, "/desk/hand-ins"),
            ("review", ZHOU, f"/desk/hand-ins/{waiting.id}"),
            ("roster", ZHOU, "/desk/roster"),
            ("progress", ZHOU, f"/desk/cohorts/{cohort}/progress"),
            ("trainee", ZHOU, f"/desk/trainees/{tang.id}"),
            ("trainee-promoted", ZHOU, f"/desk/trainees/{certificate.trainee_id}"),
            ("cohort", ZHOU, f"/desk/cohorts/{cohort}"),
            ("brand-desk", BRAND, "/desk"),
            ("appearance", BRAND, "/desk/brand"),
            ("benefits-desk", BRAND, "/desk/benefits"),
            ("benefits-edit", BRAND, "/desk/benefits/edit"),
            ("allotments", BRAND, "/desk/allotments"),
            ("figures", BRAND, "/desk/allotments/import"),
            ("new-cohort", BRAND, "/desk/cohorts/new"),
            ("import", BRAND, "/desk/roster/import"),
            ("trainers", BRAND, "/desk/trainers"),
            ("week", BRAND, "/desk/week"),
            ("studio", ZHOU, "/desk/studio"),
            ("studio-course", ZHOU, "/desk/studio/courses/first-steps"),
            ("studio-unlock", ZHOU, "/desk/studio/courses/first-steps/unlock"),
            ("studio-lesson", ZHOU, "/desk/studio/lessons/own-words"),
            ("studio-file", ZHOU, "/desk/studio/lessons/own-words/blocks/1/files/file"),
            ("studio-saves", ZHOU, "/desk/studio/lessons/own-words/saves"),
            ("studio-update", ZHOU, "/desk/studio/lessons/own-words/update"),
            ("studio-phone", ZHOU, "/desk/studio/lessons/own-words/phone"),
            ("studio-preview", ZHOU, f"/preview/{word_for('own-words', zhou.id)}/own-words"),
            ("studio-quiz", ZHOU, "/desk/studio/quizzes/first-share-quiz"),
            ("studio-publish", ZHOU, "/desk/studio/publication/first-steps"),
            ("studio-history", ZHOU, "/desk/studio/history/lesson/own-words"),
            ("studio-translation", ZHOU, "/desk/studio/translation/lesson/own-words"),
            ("packs", ZHOU, "/desk/packs"),
            ("packages", ZHOU, "/desk/packages"),
            ("package", ZHOU, "/desk/packages/eczema"),
            ("package-played", TANG, f"/playthroughs/{played}?lesson=own"),
            ("review-rounds", ZHOU, f"/desk/hand-ins/{waiting.id}/rounds"),
            ("phrases", ZHOU, "/desk/phrases"),
            ("workload", BRAND, "/desk/hand-ins/workload"),
            ("briefs", TANG, "/briefs"),
            ("ugc", BRAND, "/desk/ugc"),
            ("discussion", TANG, "/lessons/own/discussion"),
            ("thread", TANG, f"/discussion/{asked_first}"),
            ("discussion-desk", ZHOU, "/desk/discussion"),
            ("moderation", ZHOU, f"/desk/discussion/{asked_last}"),
            ("sessions", ZHOU, "/desk/live"),
            ("session-new", ZHOU, "/desk/live/new"),
            ("session", ZHOU, f"/desk/live/{live}"),
            ("screen", ZHOU, f"/desk/live/{live}/screen"),
            ("screen-game", ZHOU, f"/desk/live/{live}/screen?step=3"),
            ("live", TANG, f"/live/{LIVE}"),
            ("scripts", ZHOU, "/desk/scripts"),
            ("script", ZHOU, f"/desk/scripts/{script}"),
            ("script-game", ZHOU, f"/desk/scripts/{script}/games/1"),
            ("badges-desk", BRAND, "/desk/badges"),
            ("badge-editor", BRAND, "/desk/badges/gardener"),
            ("designs", BRAND, "/desk/certificates/designs"),
            ("design-editor", BRAND, "/desk/certificates/designs/silver-honor"),
        ]
        db.session.rollback()
    return found


def shoot(
    browser: Browser,
    app: Flask,
    address: str,
    folder: Path,
    width: int,
    theme: str,
    locale: str,
    wanted: Collection[str] = (),
) -> None:
    """Take every screen, or those that are wanted, in one width, theme and language."""
    people: dict[str | None, Page] = {}
    for name, who, path in pages(app):
        if wanted and name not in wanted:
            continue
        if who not in people:
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": 844 if width < 1000 else 900},
                device_scale_factor=2 if width < 1000 else 1,
                color_scheme="dark" if theme == "dark" else "light",
                locale="zh-CN" if locale == "zh" else "en-GB",
                reduced_motion="reduce",
            )
            people[who] = context.new_page()
            if who:
                with app.app_context():
                    person = by_contact(db.session(), who)
                    assert person
                    signed_in(people[who], person, PASSWORD)
                    with db.writing():
                        person.locale = locale
        page = people[who]
        page.goto(path, wait_until="networkidle")
        # As tall as the page, so that sticky bars stand where the page ends.
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(tall, 844 if width < 1000 else 900)})
        page.screenshot(path=folder / f"{name}-{width}-{theme}-{locale}.png")
        page.set_viewport_size({"width": width, "height": 844 if width < 1000 else 900})
    for page in people.values():
        page.context.close()


def contact_sheet(folder: Path, look: str) -> None:
    """All screens of one look as a single picture, each by its top."""
    shots = sorted(folder.glob(f"*-{look}.png"))
    wide = look.startswith("1440")
    across, down, columns = (480, 330, 4) if wide else (234, 506, 8)
    sheet = Image.new("RGB", (columns * (across + 8), -(-len(shots) // columns) * (down + 8)), "#888")
    for n, path in enumerate(shots):
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((across, picture.height * across // picture.width))
        sheet.paste(
            small.crop((0, 0, across, min(small.height, down))), (n % columns * (across + 8), n // columns * (down + 8))
        )
        path.unlink()
    sheet.save(folder / f"all-{look}.png", optimize=True)


README = dict.fromkeys(("today", "map", "lesson", "quiz", "promotion", "honours", "material", "verify"), 390)
README |= dict.fromkeys(("studio-lesson", "review", "week", "appearance"), 1440)


def show(browser: Browser, app: Flask, address: str, folder: Path) -> None:
    """The README's pictures: the top of some screens, and the certificate."""
    with TemporaryDirectory() as everything:
        shots = Path(everything)
        for width in (390, 1440):
            wanted = {name for name, at in README.items() if at == width}
            shoot(browser, app, address, shots, width, "light", "zh", wanted)
        for name, width in README.items():
            with Image.open(shots / f"{name}-{width}-light-zh.png") as picture:
                across = 390 if width == 390 else 1200
                small = picture.convert("RGB").resize((across, picture.height * across // picture.width))
                top = small.crop((0, 0, across, min(small.height, 844 if width == 390 else 500)))
                top.quantize(128).save(folder / f"{name}.png", optimize=True)
    with app.app_context():
        certificate = db.session.scalars(select(Certificate)).one()
        paper = queries.paper(certificate, f"https://academy.example/v/{certificate.serial}/{certificate.code}")
        pdf = render_pdf(queries.design(db.session(), certificate), paper)
    with TemporaryDirectory() as place:
        (Path(place) / "paper.pdf").write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", "90", "-png", "paper.pdf", "paper"], cwd=place, check=True)
        with Image.open(next(Path(place).glob("*.png"))) as picture:
            picture.quantize(64).save(folder / "certificate.png", optimize=True)


def main(folder: Path, wanted: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    looks = [(390, "light", "zh")]
    if wanted == "--all":
        looks += [(360, "light", "zh"), (390, "dark", "zh"), (390, "light", "en")]
        looks += [(1440, "light", "zh"), (1440, "dark", "en")]
    with academy() as (app, address), chromium() as browser:
        if wanted == "--readme":
            show(browser, app, address, folder)
            return
        for n, (width, theme, locale) in enumerate(looks):
            shoot(browser, app, address, folder, width, theme, locale)
            if n:
                contact_sheet(folder, f"{width}-{theme}-{locale}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
