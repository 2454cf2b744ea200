"""Sharing an honour: a card to save, and a page that is public while its holder wants it to be."""

import io
from collections.abc import Callable
from zipfile import ZipFile

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageColor
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy.account.erasure import erase
from academy.account.export import archive
from academy.achievements import papers
from academy.achievements.certificates.models import Certificate
from academy.achievements.models import Share
from academy.art.palette import FIELDS
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Person
from tests.conftest import ON_SQLITE, html
from tests.credentials.conftest import Checker
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]


def shares(session: Session) -> list[tuple[str, bool]]:
    """Under which name each share is, and whether it is on."""
    session.rollback()
    rows = session.execute(select(Share.named, Share.ended_at.is_(None)).order_by(Share.id))
    return [(named, bool(on)) for named, on in rows]


def shows(picture: Image.Image, colour: str) -> bool:
    """Whether a good deal of a picture has about this colour."""
    wanted = ImageColor.getrgb(colour)
    found = picture.convert("RGB").getcolors(2**24) or []
    near = (count for count, pixel in found if max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) < 12)
    return sum(near) > 2000


@pytest.fixture
def link(client_of: Clients, tang: Person) -> Callable[..., str]:
    """小棠 switches the page of an honour on, and copies the path of its link."""

    def on(id: int, named: str = "nickname") -> str:
        page = client_of(tang).post(f"/honours/{id}/share", data={"named": named}, follow_redirects=True)
        return html(page).partition('data-copies="http://localhost')[2].partition('"')[0]

    return on


@ON_SQLITE
def test_nothing_is_public_before_she_wants_it(session: Session, badge: int, tang: Person, client_of: Clients) -> None:
    page = html(client_of(tang).get(f"/honours/{badge}/share"))
    assert "data-copies" not in page
    assert shares(session) == []


def test_whoever_has_the_link_sees_what_it_is_and_how_it_is_won(
    badge: int, paper: Certificate, link: Callable[..., str], client_of: Clients
) -> None:
    answer = client_of(None).get(link(badge))
    page = html(answer)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in page
    for word in ("守约宝妈", "小棠", "签署承诺书", "有效", "鹿芽有限公司"):
        assert word in page
    assert "林晓棠" not in page
    page = html(client_of(None).get(link(paper.fact_id, "masked")))
    assert "林*棠" in page
    assert not [hers for hers in ("小棠", "林晓棠", "138", paper.serial, paper.code) if hers in page]


def test_sharing_earns_nothing(session: Session, badge: int, link: Callable[..., str]) -> None:
    before = session.scalar(select(func.count(Fact.id)))
    session.rollback()
    link(badge)
    assert session.scalar(select(func.count(Fact.id))) == before


def test_a_withdrawn_link_opens_nothing_and_a_new_one_is_another(
    session: Session, badge: int, link: Callable[..., str], tang: Person, client_of: Clients
) -> None:
    old = link(badge)
    assert link(badge, "masked") == old, "another name is no other link"
    assert shares(session) == [("masked", True)]
    client_of(tang).post(f"/honours/{badge}/share/end")
    client_of(tang).post(f"/honours/{badge}/share/end")
    for path in (old, f"{old}.jwt"):
        assert client_of(None).get(path).status_code == 404
    new = link(badge)
    assert new != old
    assert client_of(None).get(new).status_code == 200
    assert client_of(None).get(old).status_code == 404


@ON_SQLITE
def test_a_link_can_t_be_guessed_or_forged(badge: int, link: Callable[..., str], client_of: Clients) -> None:
    word = link(badge).removeprefix("/s/")
    body, _, signature = word.partition(".")
    for forged in ("1", body, f"Mg.{signature}", f"{word}x", f".{signature}", "%00", "W10.x"):
        assert client_of(None).get(f"/s/{forged}").status_code == 404, forged


def test_the_page_says_when_it_was_revoked_and_she_can_still_switch_it_off(
    paper: Certificate, link: Callable[..., str], lu: Person, tang: Person, client_of: Clients
) -> None:
    path = link(paper.fact_id)
    with db.writing() as session:
        papers.revoke(session, session.get_one(Person, lu.id), paper.id, "名字不实")
    page = html(client_of(None).get(path))
    assert "已撤销" in page
    assert "名字不实" not in page
    hers = client_of(tang)
    assert hers.get(f"/honours/{paper.fact_id}/share").status_code == 200
    assert hers.get(f"/honours/{paper.fact_id}/card.png").status_code == 404
    assert hers.post(f"/honours/{paper.fact_id}/share").status_code == 404
    assert hers.post(f"/honours/{paper.fact_id}/share/end").status_code == 303
    assert client_of(None).get(path).status_code == 404


def test_erasing_her_account_ends_it(
    session: Session, badge: int, link: Callable[..., str], tang: Person, client_of: Clients
) -> None:
    path = link(badge)
    with db.writing() as s:
        erase(s, tang.id)
    assert client_of(None).get(path).status_code == 404
    assert client_of(None).get(f"{path}.jwt").status_code == 404
    assert shares(session) == []


def test_who_takes_her_data_along_finds_what_she_shared(
    app: Flask, session: Session, badge: int, link: Callable[..., str], tang: Person
) -> None:
    link(badge, "masked")
    session.rollback()
    hers = session.get_one(Person, tang.id)
    with archive(session, app.extensions["files"], hers, "") as file, ZipFile(file) as packed:
        data = packed.read("data.json").decode()
    assert '"named": "masked"' in data


@ON_SQLITE
def test_others_neither_share_nor_end_what_is_hers(
    session: Session, badge: int, link: Callable[..., str], aduo: Person, client_of: Clients
) -> None:
    link(badge)
    for address in (f"/honours/{badge}/share", f"/honours/{badge}/share/end"):
        assert client_of(aduo).post(address).status_code == 404
    assert client_of(aduo).get(f"/honours/{badge}/card.png").status_code == 404
    assert shares(session) == [("nickname", True)]


@ON_SQLITE
def test_a_name_that_is_not_hers_to_choose_is_her_nickname(
    session: Session, badge: int, link: Callable[..., str], tang: Person, client_of: Clients
) -> None:
    link(badge, "x" * 9999)
    assert shares(session) == [("nickname", True)]
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(legal_name=None))
    link(badge, "masked")
    assert shares(session) == [("nickname", True)]
    assert "林*棠" not in html(client_of(tang).get(f"/honours/{badge}/share"))


@ON_SQLITE
def test_the_credential_on_the_page_is_genuine_and_nameless(
    badge: int, link: Callable[..., str], checker: Checker
) -> None:
    path = link(badge)
    token = checker.fetch(f"{path}.jwt").decode()
    checker.verified(token)
    assert "identifier" not in checker.claims(checker.fetch(f"{path}.jwt?named").decode())["credentialSubject"]


@ON_SQLITE
def test_the_card_is_a_picture_whose_qr_leads_to_the_page_while_that_is_on(
    badge: int, paper: Certificate, link: Callable[..., str], tang: Person, client_of: Clients
) -> None:
    for id in (badge, paper.fact_id):
        answer = client_of(tang).get(f"/honours/{id}/card.png?named=masked")
        picture = Image.open(io.BytesIO(answer.data))
        assert (picture.format, picture.size) == ("PNG", (1080, 1350))
        assert len(answer.data) < 300_000
        assert shows(picture, FIELDS["special"].fill if id == badge else "#b8862f"), "the badge, or the paper's gold"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert zxingcpp.read_barcode(picture.convert("L")) is None
        path = link(id)
        picture = Image.open(io.BytesIO(client_of(tang).get(f"/honours/{id}/card.png").data))
        read = zxingcpp.read_barcode(picture.convert("L"))
        assert read
        assert read.text == f"http://localhost{path}"


@ON_SQLITE
def test_the_card_is_in_her_page_as_a_plain_picture(badge: int, tang: Person, client_of: Clients) -> None:
    page = html(client_of(tang).get(f"/honours/{badge}/share?named=masked"))
    assert f'src="/honours/{badge}/card.png?named=masked"' in page
    assert '<input type="hidden" name="named" value="masked">' in page


@ON_SQLITE
def test_the_way_there_is_on_the_page_of_the_honour(
    badge: int, paper: Certificate, tang: Person, aduo: Person, client_of: Clients
) -> None:
    for id, address in ((badge, "/honours/badges/keeper"), (paper.fact_id, f"/honours/certificates/{paper.serial}")):
        page = html(client_of(tang).get(address))
        assert f'href="/honours/{id}/share"' in page
        assert f'action="/honours/{id}/credential.png"' in page
        assert f'formaction="/honours/{id}/credential.jwt"' in page
    assert "credential.png" not in html(client_of(aduo).get("/honours/badges/keeper"))


@ON_SQLITE
def test_few_statements_are_needed(badge: int, link: Callable[..., str], tang: Person, client_of: Clients) -> None:
    path = link(badge)
    for client, address in (
        (client_of(tang), f"/honours/{badge}/share"),
        (client_of(tang), f"/honours/{badge}/card.png"),
        (client_of(None), path),
    ):
        client.get(address)
        with statements() as seen:
            client.get(address)
        assert len(seen) <= 3, (address, seen)
