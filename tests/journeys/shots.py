"""Pictures of the product, with the demo people: `python -m tests.journeys.shots FOLDER [--all | --readme]`.

Every screen in zh, light, at 390 px; with `--all` also in en and dark, at 360 and 1440 px; with `--readme` only
those that the README shows, small enough to commit.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from academy import ROOT, create_app
from academy.achievements import record
from academy.achievements.actions import issue_waiting
from academy.achievements.certificates import queries
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.paper import render_pdf
from academy.catalog.queries import published
from academy.checkins.actions import check_in
from academy.db import db
from academy.packs.actions import publish_pack, read
from academy.people.models import Cohort, Person
from academy.people.passwords import hash_password
from academy.people.queries import by_contact
from academy.practice.models import HandIn
from academy.quizzes.actions import begin, chance, keep
from academy.quizzes.models import Attempt
from academy.quizzes.queries import latest
from academy.sample.cohort import SampleCohort
from academy.sample.people import People
from academy.web.settings import Settings
from tests.browser import chromium
from tests.journeys.conftest import signed_in
from tests.servers import serving

PASSWORD = "luya-2026-demo"
TANG, DOUDOU, ZHOU, BRAND = "13800000012", "13800000013", "13800000001", "brand@luya.example"


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
        with serving(app) as address:
            yield app, address


def pages(app: Flask) -> list[tuple[str, str | None, str]]:
    """Every screen: its name, who sees it, its address."""
    with app.app_context():
        certificate = db.session.scalars(select(Certificate)).one()
        waiting = db.session.scalars(select(HandIn).where(HandIn.verdict_id.is_(None))).first()
        tang = db.session.scalars(select(Person).where(Person.phone == TANG)).one()
        serial, code = certificate.serial, certificate.code
        asked = db.session.scalars(select(Attempt.id).where(Attempt.finished_at.is_(None))).one()
        cohort = db.session.scalars(select(Cohort.id).where(Cohort.code == "qt07")).one()
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
        ]
        db.session.rollback()
    return found


def shoot(browser: Browser, app: Flask, address: str, folder: Path, width: int, theme: str, locale: str) -> None:
    """Take every screen in one width, theme and language."""
    people: dict[str | None, Page] = {}
    for name, who, path in pages(app):
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
README |= dict.fromkeys(("review", "week", "appearance"), 1440)


def show(browser: Browser, app: Flask, address: str, folder: Path) -> None:
    """The README's pictures: the top of some screens, and the certificate."""
    with TemporaryDirectory() as everything:
        shots = Path(everything)
        for width in (390, 1440):
            shoot(browser, app, address, shots, width, "light", "zh")
        for name, width in README.items():
            with Image.open(shots / f"{name}-{width}-light-zh.png") as picture:
                across = 390 if width == 390 else 1200
                small = picture.convert("RGB").resize((across, picture.height * across // picture.width))
                top = small.crop((0, 0, across, min(small.height, 844 if width == 390 else 420)))
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
