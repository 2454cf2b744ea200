"""The brand designs a certificate: what it sees, what is refused, what is kept, and what happens when two do."""

import io
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.achievements import record
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.paper import render_pdf
from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.packs.actions import export, read
from academy.people.models import Audit, Person
from academy.registry import samples
from academy.registry.actions import DESIGNS
from academy.registry.design_form import is_round
from academy.registry.samples import NAMES, Sample
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, html
from tests.ladder.conftest import ENGLISH, fields
from tests.phone import HTMX, facts, statements

Clients = Callable[[Person | None], FlaskClient]
DESK = "/desk/certificates/designs"


class Editor:
    """Somebody at the editor of a design: the form is as she opened it, until she opens it again."""

    def __init__(self, client: FlaskClient, key: str = "silver-honor") -> None:
        self.client, self.address = client, f"{DESK}/{key}"
        self.open()

    def open(self) -> str:
        self.page = self.client.get(self.address, headers=ENGLISH).text
        self.fields = fields(self.page, "design")
        return self.page

    def send(self, do: str = "save", **typed: Any) -> TestResponse:
        return self.client.post(self.address, data={**self.fields, **typed, "do": do}, headers=ENGLISH)

    def see(self, **typed: Any) -> str:
        """The picture's part of the page, as htmx asks for it while one types."""
        answer = self.client.post(f"{self.address}/preview", data={**self.fields, **typed}, headers={**ENGLISH, **HTMX})
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def editor(client_of: Clients, lu: Person) -> Editor:
    return Editor(client_of(lu))


def designs(session: Session) -> dict[str, dict[str, Any]]:
    """The designs that are published now, by key."""
    session.rollback()
    found = {design["key"]: dict(design) for design in published(session).one("designs")["designs"]}
    session.rollback()
    return found


def png(
    draw: Callable[[ImageDraw.ImageDraw], object] = lambda pen: pen.rectangle((20, 20, 180, 180), fill="red"),
) -> bytes:
    picture = Image.new("RGBA", (200, 200))
    draw(ImageDraw.Draw(picture))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def read_text(pdf: bytes) -> str:
    return PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\n", " ")


def huge() -> bytes:
    """The beginning of a picture of 20,000 by 20,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (20_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")


def round_seal(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((10, 10, 190, 190), outline="red", width=8)
    pen.regular_polygon((100, 100, 30), 5, fill="red")


def test_saving_what_stands_there_changes_nothing(editor: Editor, session: Session) -> None:
    before = designs(session)
    editor.send()
    assert "Changes not published" not in editor.open()
    assert editor.send("publish").status_code == 303
    assert designs(session) == before


def test_a_draft_is_seen_by_nobody_until_it_is_published(editor: Editor, session: Session, lu: Person) -> None:
    assert editor.send(paper="turquoise", body_zh="恭喜您完成全部课程，结业考核{score}分，现授予").status_code == 303
    assert designs(session)["silver-honor"]["paper"] == "gold"
    page = editor.open()
    assert "Changes not published" in page
    assert lu.name in page
    assert editor.send("publish").status_code == 303
    new = designs(session)["silver-honor"]
    assert new["paper"] == "turquoise"
    assert new["body"] == {"zh": "恭喜您完成全部课程，结业考核{score}分，现授予", "en": ""}
    assert new["criterion"] == {"tier": {"at_least": "silver"}}
    session.rollback()
    assert session.scalars(select(Audit).where(Audit.action == "design.published")).one().staff_id == lu.id


def test_what_was_issued_stays_as_it_was(editor: Editor, session: Session, tang: Person, client_of: Clients) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        s.get_one(Person, tang.id).legal_name = "林晓棠"
        record(s, tang.id, "pledge.signed", "koc", "2026-09")
    serial = session.scalars(select(Certificate.serial)).one()
    session.rollback()

    def printed() -> str:
        return read_text(client_of(tang).get(f"/honours/certificates/{serial}.pdf").data)

    before = printed()
    editor.send("publish", closing_zh="特此鼓励。", orientation="portrait")
    assert designs(session)["silver-honor"]["closing"]["zh"] == "特此鼓励。"
    assert printed() == before


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"body_zh": "国家级荣誉，现授予"}, "“国家” would make certificates look like those of the state"),
        ({"title_zh": "职业资格证书"}, "“职业资格” would make certificates look like those of the state"),
        ({"title_en": "National Certificate"}, "“national” would make certificates look like"),
        ({"seal": "国务院印"}, "“国务院” would make certificates look like"),
        ({"seal": "鹿芽学堂印"}, "A seal holds one to four characters."),
        ({"body_zh": "您" * 151}, "At most 150 characters in Chinese, 300 in English."),
        ({"body_zh": "您得了{points}分"}, "This names a field that has no source."),
        ({"language": "both"}, "Please write this too"),
        ({"valid_days": "29"}, "From 30 to 3650 days"),
        ({"orientation": "portrait", "title_zh": "荣" * 20}, "This is too wide for the sheet"),
    ],
)
def test_what_can_t_be_printed_is_said_at_its_field_and_never_published(
    editor: Editor, session: Session, typed: dict[str, str], said: str
) -> None:
    before = designs(session)
    assert said in editor.see(**typed)
    refused = editor.send("publish", **typed)
    assert refused.status_code == 422
    assert said in refused.text
    assert designs(session) == before


def test_titles_and_counts_are_set_in_the_paper_s_languages(
    editor: Editor, session: Session, tang: Person, client_of: Clients
) -> None:
    answer = editor.send(
        "publish",
        language="both",
        course="first-steps",
        count="checkin.done",
        body_zh="您在{course}打卡{count}天，考了{score}分，升为{tier}",
        body_en="for {count} days of {course} with {score} points, now {tier}",
        subtitle_en="Happy Mom",
    )
    assert answer.status_code == 303, answer.text
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        s.get_one(Person, tang.id).legal_name = "林晓棠"
        record(s, tang.id, "pledge.signed", "koc", "2026-09")
    paper = session.scalars(select(Certificate)).one()
    course, days = published(session).course["first-steps"].title, paper.fields["count"]
    serial, found = paper.serial, paper.fields
    assert found == {"course": course, "count": days, "score": 92, "tier": {"zh": "白银", "en": "Silver"}}
    assert days == len(facts(session, tang.id, "checkin.done")) > 1
    pdf = client_of(tang).get(f"/honours/certificates/{serial}.pdf").data
    assert f"for {days} days of {course['en']} with 92 points, now Silver" in read_text(pdf)


@ON_SQLITE
def test_the_picture_follows_what_is_typed_with_the_names_that_are_hardest(editor: Editor) -> None:
    seen = {editor.see(sample=name) for name in ("usual", "longest", "rarest")}
    assert len(seen) == 3
    assert editor.see(sample="usual") == editor.see(sample="nobody")
    assert editor.see(paper="plain") not in seen
    # Without JavaScript a button does the same, and keeps nothing.
    tried = editor.send("try", paper="plain", sample="rarest")
    assert "data:image/png;base64," in tried.text
    assert 'value="plain"' in tried.text
    assert "Changes not published" not in editor.open()


@ON_SQLITE
def test_papers_drawn_at_the_same_time_are_as_sharp_as_one_alone(app: Flask) -> None:
    with app.test_request_context():
        catalog = published(db.session())
        design = {**DESIGNS.all(catalog)[0], "paper": "vermilion", "orientation": "portrait"}
        look = samples.drawn(catalog, design)
        rows = [samples.sample(catalog, design, Sample(name), "https://academy.example/v/1/2") for name in NAMES]
    with ThreadPoolExecutor(len(rows)) as threads:
        together = list(threads.map(render_pdf, [look] * len(rows), rows))
    assert together == [render_pdf(look, row) for row in rows]


@ON_SQLITE
def test_a_proof_says_that_it_is_one(editor: Editor) -> None:
    answer = editor.send("proof", body_zh="恭喜您完成全部课程，现授予", sample="longest")
    assert answer.mimetype == "application/pdf"
    said = read_text(answer.data).replace(" ", "")
    for words in ("样张", "恭喜您完成全部课程", "LY-SAMPLE-0000", "SAMP-LE00", "阿不都热西提"):
        assert words in said
    assert "Changes not published" not in editor.open()


def test_a_new_design_begins_as_a_copy_that_no_rule_issues(editor: Editor, session: Session) -> None:
    answer = editor.client.post(DESK, data={"from": "silver-honor", "title": "年度优秀"})
    assert answer.location == f"{DESK}/silver-honor-2"
    new = Editor(editor.client, "silver-honor-2")
    assert "Not published yet" in new.page
    assert "no rule issues it" in new.page
    assert "年度优秀" in html(editor.client.get(DESK))
    new.send("publish", name_en="Of the year", valid_days="365", tier="gold")
    found = designs(session)["silver-honor-2"]
    assert "criterion" not in found
    assert (found["valid_days"], found["tier"], found["emblem"]) == (365, "gold", {"metal": "gold", "feathers": 3})
    assert editor.client.get(f"{DESK}/silver-honor-2/history").status_code == 200


def test_of_two_editors_the_second_is_told_and_loses_nothing(editor: Editor, session: Session, wu: Person) -> None:
    other = Editor(editor.client)
    other.send(paper="plain")
    late = editor.send(paper="vermilion", closing_zh="以资鼓励。")
    assert late.status_code == 409
    assert "Nothing of yours is lost" in late.text
    again = fields(late.text, "design")
    assert again["closing_zh"] == "以资鼓励。"
    assert editor.client.post(editor.address, data={**again, "do": "publish"}).status_code == 303
    assert designs(session)["silver-honor"]["paper"] == "vermilion"


def test_who_publishes_over_a_newer_version_sees_it_first(editor: Editor, session: Session) -> None:
    editor.send(paper="plain")
    editor.open()
    with db.writing() as s:
        now = published(s).one("designs")
        changed = {**now, "designs": [{**design, "closing": "以资鼓励。"} for design in now["designs"]]}
        publish(s, {("designs", "academy"): changed}, origin="pack")
    late = editor.send("publish")
    assert late.status_code == 409
    assert "以资鼓励。" in late.text
    again = fields(late.text, "design")
    assert editor.client.post(editor.address, data={**again, "do": "publish"}).status_code == 303
    found = designs(session)["silver-honor"]
    assert (found["paper"], found["closing"]) == ("plain", "荣誉称号。特颁此证，以资鼓励。")


@ON_SQLITE
def test_an_unfinished_draft_breaks_no_page(editor: Editor) -> None:
    assert editor.send(body_zh="您得了{points}分", title_zh="").status_code == 303
    for address in (DESK, editor.address, f"{editor.address}.png", f"{editor.address}/history"):
        assert editor.client.get(address).status_code == 200


def test_an_earlier_version_can_be_taken_up_again(editor: Editor, session: Session) -> None:
    first = designs(session)["silver-honor"]
    editor.send("publish", paper="plain")
    page = editor.client.get(f"{editor.address}/history", headers=ENGLISH).text
    assert page.count("release=") == 2
    release, mark = page.split("/history/")[1].split('"')[0], page.split('name="mark" value="')[1].split('"')[0]
    assert editor.client.post(f"{editor.address}/history/{release}", data={"mark": mark}).status_code == 303
    editor.open()
    editor.send("publish")
    assert designs(session)["silver-honor"] == first


@ON_SQLITE
def test_discarding_takes_back_what_was_saved(editor: Editor, session: Session) -> None:
    editor.send(paper="plain")
    editor.open()
    assert editor.send("discard").status_code == 303
    assert "Changes not published" not in editor.open()
    assert editor.fields["paper"] == "gold"


def test_seal_and_signature_may_be_pictures_and_travel_with_the_pack(
    editor: Editor, session: Session, app: Flask, tmp_path: Any
) -> None:
    answer = editor.send(
        seal_picture=(io.BytesIO(png()), "seal.png"),
        signature_picture=(io.BytesIO(png()), "hand.png"),
        signature_name="许知夏 院长",
        logo="y",
    )
    assert answer.status_code == 303
    editor.open()
    assert editor.send("publish").status_code == 303
    found = designs(session)["silver-honor"]
    assert found["signature"]["name"] == "许知夏 院长"
    assert app.extensions["files"].path("certificate", found["seal"]["picture"]).is_file()
    with app.app_context():
        export(published(db.session()), app.extensions["files"], tmp_path / "pack")
    pack = read(tmp_path / "pack")
    assert not pack.problems
    assert pack.documents["designs", "academy"] == dict(published(session).one("designs"))
    assert ("certificate", found["seal"]["picture"]) in pack.pictures
    session.rollback()
    editor.open()
    del editor.fields["kept_seal"]
    editor.send("publish")
    assert "seal" not in designs(session)["silver-honor"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "An SVG can carry programs"),
        (huge(), "16 megapixels"),
        (png(round_seal), "Round seals imitate those of offices"),
    ],
)
def test_what_is_no_picture_for_a_seal_is_refused(editor: Editor, session: Session, data: bytes, said: str) -> None:
    answer = editor.send("publish", seal_picture=(io.BytesIO(data), "seal.png"))
    assert said in answer.text
    assert "seal" not in designs(session)["silver-honor"]


def test_a_round_seal_is_told_from_a_square_one() -> None:
    assert is_round(png(round_seal))
    assert not is_round(png())
    assert not is_round(png(lambda pen: pen.rectangle((10, 10, 190, 190), outline="red", width=8)))
    assert not is_round(png(lambda pen: pen.line((10, 100, 90, 20, 120, 180, 190, 60), fill="black", width=6)))


@ON_SQLITE
def test_a_picture_of_somebody_elses_or_of_nothing_is_not_kept(editor: Editor, session: Session) -> None:
    for name in ("../../secret.png", "0" * 40 + ".png"):
        editor.open()
        editor.send("publish", kept_seal=name)
        assert "seal" not in designs(session)["silver-honor"]


@ON_SQLITE
def test_a_form_that_isnt_ours_breaks_nothing(editor: Editor) -> None:
    assert editor.send(kept="x").status_code == 400
    assert editor.client.post(editor.address, data={"do": "save"}).status_code == 400
    assert editor.client.get(f"{DESK}/unknown").status_code == 404
    assert editor.client.get(f"{DESK}/silver-honor.png").mimetype == "image/png"
    assert editor.client.post(DESK, data={"from": "unknown"}).location == DESK


@ON_SQLITE
def test_the_pages_need_few_statements(editor: Editor) -> None:
    for address in (DESK, editor.address, f"{editor.address}/history"):
        editor.client.get(address)
        with statements() as seen:
            editor.client.get(address)
        assert len(seen) <= 6, (address, seen)
