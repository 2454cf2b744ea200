"""The certificate as a picture to save and as a link for another browser: who gets which, and for how long."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements.certificates import sharing
from academy.achievements.certificates.models import Certificate
from academy.db import db
from academy.people.models import Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture
def link(app: Flask, paper: Certificate) -> str:
    """The path of a link to it, made now."""
    return f"/c/{sharing.token(app.extensions['settings'].secret_key, paper)}.pdf"


def words(pdf: bytes) -> str:
    return "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


@ON_SQLITE
def test_the_picture_is_the_certificate_and_its_qr_reads(paper: Certificate, tang: Person, client_of: Clients) -> None:
    answer = client_of(tang).get(f"/honours/certificates/{paper.serial}.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "private, no-store"
    picture = Image.open(io.BytesIO(answer.data))
    assert (picture.format, picture.mode, picture.width) == ("PNG", "P", 1600)
    assert picture.width / picture.height == pytest.approx(297 / 210, rel=0.002)
    assert len(answer.data) < 400_000
    read = zxingcpp.read_barcode(picture.convert("L"))
    assert read
    assert read.text == f"http://localhost/v/{paper.serial}/{paper.code}"


@ON_SQLITE
def test_the_picture_is_nobody_else_s(
    paper: Certificate, aduo: Person, zhou: Person, lu: Person, client_of: Clients
) -> None:
    address = f"/honours/certificates/{paper.serial}.png"
    assert client_of(None).get(address).status_code == 302
    for other in (aduo, zhou, lu):
        assert client_of(other).get(address).status_code == 404


@ON_SQLITE
def test_the_page_holds_the_picture_and_a_link_that_can_be_selected(
    app: Flask, paper: Certificate, link: str, tang: Person, client_of: Clients
) -> None:
    page = html(client_of(tang).get(f"/honours/certificates/{paper.serial}"))
    assert f'src="/honours/certificates/{paper.serial}.png"' in page
    assert f'value="http://localhost{link}" readonly' in page
    assert f'data-copies="http://localhost{link}"' in page
    assert "9 月 21 日 10:00" in page
    app.extensions["settings"] = replace(app.extensions["settings"], base_url="https://academy.example/")
    page = html(client_of(tang).get(f"/honours/certificates/{paper.serial}"))
    assert f'value="https://academy.example{link}"' in page


def test_the_link_opens_for_a_stranger(paper: Certificate, link: str, client_of: Clients) -> None:
    answer = client_of(None).get(link)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="{paper.serial}.pdf"'
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers
    for said in ("林晓棠", paper.serial):
        assert said in words(answer.data)


@ON_SQLITE
def test_the_link_opens_that_paper_and_nothing_else(
    session: Session, paper: Certificate, link: str, aduo: Person, client_of: Clients
) -> None:
    with db.writing() as s:
        almost_silver(s, aduo.id, but={"pledge.signed"})
        s.get_one(Person, aduo.id).legal_name = "陈朵"
        achievements.record(s, aduo.id, "pledge.signed", "koc", "2026-09")
    stranger = client_of(None)
    assert "林晓棠" in words(stranger.get(link).data)
    assert "陈朵" not in words(stranger.get(link).data)
    for address in ("", ".pdf", ".png"):
        assert stranger.get(f"/honours/certificates/{paper.serial}{address}").status_code == 302
    assert "林晓棠" in words(client_of(aduo).get(link).data)


@ON_SQLITE
def test_the_link_works_for_seven_days(link: str, client_of: Clients, clock: Clock) -> None:
    clock.to(clock.at + timedelta(days=7))
    assert client_of(None).get(link).status_code == 200
    clock.move(days=1)
    answer = client_of(None).get(link)
    assert answer.status_code == 410
    assert "复制一个新的" in html(answer)


@ON_SQLITE
@pytest.mark.parametrize("spoil", [lambda token: "forged", lambda token: token[:-1], lambda token: "A" + token[1:]])
def test_a_forged_link_opens_nothing(link: str, client_of: Clients, spoil: Callable[[str], str]) -> None:
    token = link.removeprefix("/c/").removesuffix(".pdf")
    assert client_of(None).get(f"/c/{spoil(token)}.pdf").status_code == 404


@ON_SQLITE
def test_another_key_and_another_salt_open_nothing(app: Flask, paper: Certificate, client_of: Clients) -> None:
    cookies = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    for token in (sharing.token("b" * 64, paper), cookies.dumps(paper.id)):
        assert client_of(None).get(f"/c/{token}.pdf").status_code == 404


@ON_SQLITE
def test_the_link_of_somebody_erased_opens_nothing(
    link: str, paper: Certificate, client_of: Clients, clock: Clock
) -> None:
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == paper.trainee_id).values(erased_at=clock.at))
    assert client_of(None).get(link).status_code == 404
