"""What a trainee sees of what she has won, and that nobody else sees it."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements.certificates.models import Certificate
from academy.achievements.rewards.actions import stock
from academy.db import db
from academy.journal import actions as journal
from academy.journal.models import Fact
from academy.people.models import Cohort, Person
from academy.people.queries import membership
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html

Clients = Callable[[Person | None], FlaskClient]


def promote(person: Person, legal_name: str | None = "林晓棠", voucher: bool = True) -> None:
    with db.writing() as s:
        almost_silver(s, person.id, but={"pledge.signed"})
        if voucher:
            stock(s, "silver-voucher", [f"LY20-{person.id:04}"])
        s.get_one(Person, person.id).legal_name = legal_name
        achievements.record(s, person.id, "pledge.signed", "koc", "2026-09")


def seen_at(session: Session, person: Person) -> object:
    session.rollback()
    return session.scalar(select(Person.seen_at).where(Person.id == person.id))


def serial_of(session: Session, person: Person) -> str:
    session.rollback()
    return session.scalars(select(Certificate.serial).where(Certificate.trainee_id == person.id)).one()


def test_a_beginner_sees_what_can_be_won(tang: Person, client_of: Clients) -> None:
    page = html(client_of(tang).get("/honours"))
    assert "0 / 100" in page
    assert "新手班" in page
    assert "青铜 07 班" in page


def test_each_line_of_the_ledger_says_what_it_was_for(tang: Person, client_of: Clients) -> None:
    with db.writing() as s:
        achievements.record(s, tang.id, "lesson.completed", "own")
    page = html(client_of(tang).get("/honours"))
    for said in ("学完一课", "只推自己用过的", "+10", "+5", "9 月 14 日"):
        assert said in page


def test_the_celebration_shows_everything_that_came_with_the_tier(
    session: Session, tang: Person, client_of: Clients
) -> None:
    promote(tang)
    page = html(client_of(tang).get("/honours/promotions/silver"))
    for said in ("羽翼渐丰", "白银 03 班", f"LY20-{tang.id:04}", "白银启航", serial_of(session, tang)):
        assert said in page
    assert "confetti" in page


@ON_SQLITE
def test_a_tier_that_was_not_reached_is_not_celebrated(tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    for tier in ("silver", "bronze", "unheard-of"):
        assert client.get(f"/honours/promotions/{tier}").status_code == 404
        assert client.post(f"/honours/promotions/{tier}/acceptance").status_code == 404


@ON_SQLITE
def test_somebody_else_s_promotion_is_not_hers(aduo: Person, tang: Person, client_of: Clients) -> None:
    promote(aduo)
    assert client_of(tang).get("/honours/promotions/silver").status_code == 404


@ON_SQLITE
def test_a_certificate_without_a_name_waits_for_it(tang: Person, client_of: Clients) -> None:
    promote(tang, legal_name=None)
    client = client_of(tang)
    for path in ("/honours", "/honours/promotions/silver"):
        assert "/me/legal-name?next=/honours" in html(client.get(path))


def test_an_empty_stock_owes_the_voucher_and_says_so(tang: Person, client_of: Clients) -> None:
    promote(tang, voucher=False)
    client = client_of(tang)
    for path in ("/honours", "/honours/promotions/silver"):
        page = html(client.get(path))
        assert "LY20-" not in page
        assert "库存补上就发给你" in page
        assert "data-copies" not in page
    with db.writing() as s:
        stock(s, "silver-voucher", ["LY20-LATE"])
    assert 'data-copies="LY20-LATE"' in html(client.get("/honours"))


@ON_SQLITE
def test_a_voucher_is_shown_to_its_owner_only(tang: Person, aduo: Person, zhou: Person, client_of: Clients) -> None:
    promote(tang)
    promote(aduo)
    mine, hers = f"LY20-{tang.id:04}", f"LY20-{aduo.id:04}"
    page = html(client_of(tang).get("/honours"))
    assert mine in page
    assert "在鹿芽小程序下单时输入券码" in page
    assert hers not in page
    assert mine not in html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))


def test_each_of_two_promotions_can_be_celebrated_again(tang: Person, client_of: Clients, clock: Clock) -> None:
    promote(tang)
    clock.move(days=40)
    with db.writing() as s:
        journal.write(s, tang.id, "tier.reached", "gold", "2")
        journal.stand(s, tang.id, "gold")
    client = client_of(tang)
    page = html(client.get("/honours"))
    assert re.findall(r'href="/honours/promotions/(\w+)"', page) == ["gold", "silver"]
    assert "振翅高飞" in html(client.get("/honours/promotions/gold"))
    silver = html(client.get("/honours/promotions/silver"))
    assert "羽翼渐丰" in silver
    assert "9 月 14 日" in silver
    assert "白银启航" not in html(client.get("/honours/promotions/gold"))
    assert "0 项" not in html(client.get("/honours/promotions/gold"))


def test_without_a_class_she_waits_and_is_told(session: Session, tang: Person, client_of: Clients) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.tier == "silver").values(open=False))
    promote(tang)
    page = html(client_of(tang).get("/honours/promotions/silver"))
    assert "白银 03 班" not in page
    assert "已排上候补" in page
    placed = membership(session, tang.id)
    assert placed is not None
    assert placed.cohort.tier == "bronze"


def test_a_promotion_is_accepted_once(session: Session, tang: Person, client_of: Clients, clock: Clock) -> None:
    promote(tang)
    client = client_of(tang)
    assert "/acceptance" in html(client.get("/honours/promotions/silver"))
    clock.move(minutes=3)
    answer = client.post("/honours/promotions/silver/acceptance")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    first = seen_at(session, tang)
    assert first == clock.at
    clock.move(days=2)
    assert client.get("/honours/promotions/silver").status_code == 200
    assert "/acceptance" not in html(client.get("/honours/promotions/silver"))
    client.post("/honours/promotions/silver/acceptance")
    assert seen_at(session, tang) == first


@ON_SQLITE
def test_looking_at_the_celebration_writes_nothing(session: Session, tang: Person, client_of: Clients) -> None:
    promote(tang)
    before = session.scalars(select(Fact.id)).all()
    client_of(tang).get("/honours/promotions/silver")
    assert seen_at(session, tang) is None
    assert session.scalars(select(Fact.id)).all() == before


@ON_SQLITE
def test_the_certificate_page_and_its_pdf_say_the_same(
    app: Flask, session: Session, tang: Person, client_of: Clients
) -> None:
    promote(tang)
    client, serial = client_of(tang), serial_of(session, tang)
    page = html(client.get(f"/honours/certificates/{serial}"))
    printed = client.get(f"/honours/certificates/{serial}.pdf")
    assert printed.mimetype == "application/pdf"
    assert printed.headers["Content-Disposition"] == f'inline; filename="{serial}.pdf"'
    text = "".join(PdfReader(io.BytesIO(printed.data)).pages[0].extract_text().split())
    for said in ("林晓棠", serial, "企业内部荣誉，非职业资格"):
        assert said in page
        assert said in text
    assert f"http://localhost/v/{serial}/" in page


@ON_SQLITE
def test_the_verification_address_is_the_configured_one(
    app: Flask, session: Session, tang: Person, client_of: Clients
) -> None:
    promote(tang)
    app.extensions["settings"] = replace(app.extensions["settings"], base_url="https://academy.example/")
    serial = serial_of(session, tang)
    page = html(client_of(tang).get(f"/honours/certificates/{serial}"))
    assert f"https://academy.example/v/{serial}/" in page
    assert "http://localhost" not in page


@pytest.mark.parametrize("suffix", ["", ".pdf"])
def test_a_changed_serial_in_the_address_opens_nothing(
    session: Session, tang: Person, aduo: Person, zhou: Person, client_of: Clients, suffix: str
) -> None:
    promote(tang)
    serial = serial_of(session, tang)
    assert client_of(tang).get(f"/honours/certificates/{serial}{suffix}").status_code == 200
    for other in (aduo, zhou):
        assert client_of(other).get(f"/honours/certificates/{serial}{suffix}").status_code == 404
    assert client_of(None).get(f"/honours/certificates/{serial}{suffix}").status_code == 302
    for changed in (f"{serial[:-1]}2", "%00", "..%2f"):
        assert client_of(tang).get(f"/honours/certificates/{changed}{suffix}").status_code == 404
