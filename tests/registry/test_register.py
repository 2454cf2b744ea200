"""The register: papers are found, revoked, restored, printed anew and taken out as a sheet, by brand staff alone."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.account.erasure import erase
from academy.account.export import _certificates
from academy.achievements.certificates.models import Certificate, Correction, Revocation
from academy.db import db
from academy.people.models import Audit, Person
from tests.achievements.conftest import paper as paper
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]
REGISTER = "/desk/certificates/register"


@pytest.fixture
def desk(client_of: Clients, lu: Person) -> FlaskClient:
    return client_of(lu)


def wish(client_of: Clients, tang: Person, paper: Certificate, name: str = "林晓糖", said: str = "证件改了名") -> None:
    data = {"legal_name": name, "salutation": "女士", "said": said}
    answer = client_of(tang).post(f"/honours/certificates/{paper.serial}/correction", data=data)
    assert answer.status_code == 303


def count(session: Session, of: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(of)) or 0


@pytest.mark.parametrize("typed", ["ly-2026", "0001", "晓棠", "小棠"])
def test_a_paper_is_found_by_a_part_of_its_serial_or_of_a_name(
    desk: FlaskClient, paper: Certificate, typed: str
) -> None:
    assert paper.serial in html(desk.get(REGISTER, query_string={"q": typed}))


@ON_SQLITE
@pytest.mark.parametrize(
    "asked", [{"q": "%"}, {"q": "阿朵"}, {"status": "revoked"}, {"design": "other"}, {"q": "0001", "status": "expired"}]
)
def test_what_does_not_match_is_not_shown(desk: FlaskClient, paper: Certificate, asked: dict[str, str]) -> None:
    shown = html(desk.get(REGISTER, query_string=asked))
    assert paper.serial not in shown
    assert "没有找到证书" in shown


@ON_SQLITE
@pytest.mark.parametrize("asked", [{"page": "99"}, {"page": "x"}, {"status": "nonsense"}, {"q": "\x00林"}])
def test_nonsense_in_the_address_breaks_nothing(desk: FlaskClient, paper: Certificate, asked: dict[str, str]) -> None:
    assert desk.get(REGISTER, query_string=asked).status_code == 200


def test_a_paper_is_revoked_with_a_reason_that_its_holder_reads_and_restored(
    session: Session, desk: FlaskClient, client_of: Clients, tang: Person, paper: Certificate
) -> None:
    address = f"{REGISTER}/{paper.id}"
    assert desk.post(f"{address}/revocation", data={"revoke-said": "  "}).status_code == 422
    assert count(session, Revocation) == 0
    assert desk.post(f"{address}/revocation", data={"revoke-said": "冒用他人作业"}).status_code == 303
    hers = html(client_of(tang).get(f"/honours/certificates/{paper.serial}"))
    assert "冒用他人作业" in hers
    assert "已撤销" in hers
    assert "更正我的证书" not in hers
    assert "已撤销" in html(client_of(tang).get("/honours"))
    again = desk.post(f"{address}/revocation", data={"revoke-said": "再点一次"})
    assert again.status_code == 409
    assert "这张证书已经撤销" in html(again)
    assert desk.post(f"{address}/restoring", data={"restore-said": "查明是误会"}).status_code == 303
    assert desk.post(f"{address}/restoring", data={"restore-said": "再点一次"}).status_code == 409
    history = html(desk.get(address))
    for said in ("冒用他人作业", "查明是误会", "鹿芽运营"):
        assert said in history
    assert "已撤销" not in html(client_of(tang).get("/honours"))


def test_what_she_wishes_is_listed_confirmed_and_printed_anew(
    session: Session, desk: FlaskClient, client_of: Clients, tang: Person, paper: Certificate
) -> None:
    assert paper.serial in html(client_of(tang).get("/honours"))
    wish(client_of, tang, paper)
    wish(client_of, tang, paper, name="林晓糖")
    assert count(session, Correction) == 1
    assert "林晓棠 → 林晓糖女士" in html(desk.get(REGISTER))
    assert 'value="林晓糖"' in html(desk.get(f"{REGISTER}/{paper.id}"))
    done = desk.post(f"{REGISTER}/{paper.id}/name", data={"legal_name": "林晓糖", "salutation": "女士"})
    assert done.status_code == 303
    assert "更正申请" not in html(desk.get(REGISTER))
    mine = html(client_of(tang).get("/honours"))
    assert "LY-2026-0914-0002" in mine, "a page that was kept shows the new paper"
    assert paper.serial not in mine
    old = html(client_of(tang).get(f"/honours/certificates/{paper.serial}"))
    assert "/honours/certificates/LY-2026-0914-0002" in old
    twice = desk.post(f"{REGISTER}/{paper.id}/name", data={"legal_name": "林晓糖", "salutation": ""})
    assert twice.status_code == 409
    assert count(session, Certificate) == 2
    assert "林晓糖" in html(client_of(tang).get("/me/legal-name"))


def test_a_wish_is_declined_with_an_answer_that_she_reads(
    desk: FlaskClient, client_of: Clients, tang: Person, paper: Certificate
) -> None:
    wish(client_of, tang, paper)
    assert desk.post(f"{REGISTER}/{paper.id}/refusal", data={"decline-said": ""}).status_code == 422
    assert desk.post(f"{REGISTER}/{paper.id}/refusal", data={"decline-said": "与证件不符"}).status_code == 303
    assert desk.post(f"{REGISTER}/{paper.id}/refusal", data={"decline-said": "再来"}).status_code == 409
    assert "与证件不符" in html(client_of(tang).get(f"/honours/certificates/{paper.serial}"))


@ON_SQLITE
@pytest.mark.parametrize("name", ["", "林😀", "林1", "林" * 41, "林晓棠"])
def test_no_paper_is_asked_for_with_a_name_that_it_cannot_or_does_bear(
    session: Session, client_of: Clients, tang: Person, paper: Certificate, name: str
) -> None:
    data = {"legal_name": name, "salutation": "", "said": ""}
    answer = client_of(tang).post(f"/honours/certificates/{paper.serial}/correction", data=data)
    assert answer.status_code in (409, 422)
    assert count(session, Correction) == 0


@ON_SQLITE
def test_nobody_asks_for_another_name_on_a_paper_of_somebody_else(
    session: Session, client_of: Clients, aduo: Person, paper: Certificate
) -> None:
    data = {"legal_name": "阿朵", "salutation": ""}
    assert client_of(aduo).post(f"/honours/certificates/{paper.serial}/correction", data=data).status_code == 404
    assert client_of(aduo).post(f"/honours/certificates/{paper.serial}/links/withdrawal").status_code == 404
    assert count(session, Correction) == 0


@ON_SQLITE
def test_trainers_see_nothing_of_the_register(client_of: Clients, zhou: Person, paper: Certificate) -> None:
    trainer = client_of(zhou)
    assert trainer.get(REGISTER).status_code == 404
    assert trainer.post(f"{REGISTER}/{paper.id}/revocation", data={"revoke-said": "x"}).status_code == 404
    assert "登记册" not in html(trainer.get("/desk"))


@ON_SQLITE
@pytest.mark.parametrize("path", ["", "/revocation", "/restoring", "/name", "/refusal"])
def test_a_paper_that_there_is_not_is_not_found(desk: FlaskClient, path: str) -> None:
    data = {"revoke-said": "x", "restore-said": "x", "decline-said": "x", "legal_name": "林晓棠", "salutation": ""}
    answer = desk.post(f"{REGISTER}/4711{path}", data=data) if path else desk.get(f"{REGISTER}/4711")
    assert answer.status_code == 404


def test_the_sheet_holds_what_the_filter_shows_and_no_formula(
    session: Session, desk: FlaskClient, paper: Certificate
) -> None:
    with db.writing() as s:
        s.get_one(Certificate, paper.id).name = "=HYPERLINK(1)"
    sheet = desk.post(f"{REGISTER}/register.csv", data={"status": "valid"}).get_data(as_text=True)
    assert paper.serial in sheet
    assert "'=HYPERLINK(1)" in sheet
    assert paper.serial not in desk.post(f"{REGISTER}/register.csv", data={"status": "revoked"}).get_data(as_text=True)
    session.rollback()
    assert session.scalars(select(Audit.action)).all() == ["register.exported"] * 2


def test_who_has_left_stays_in_the_register_without_a_name(
    session: Session, desk: FlaskClient, tang: Person, paper: Certificate, clock: Clock
) -> None:
    with db.writing() as s:
        s.get_one(Person, tang.id).erased_at = clock.at
        s.get_one(Certificate, paper.id).name = ""
    assert "持有人已注销" in html(desk.get(REGISTER))
    shown = html(desk.get(f"{REGISTER}/{paper.id}"))
    assert "持有人已注销账号" in shown
    assert desk.post(f"{REGISTER}/{paper.id}/revocation", data={"revoke-said": "x"}).status_code == 410


def test_her_shared_links_open_nothing_any_more_once_she_has_withdrawn_them(
    client_of: Clients, tang: Person, paper: Certificate
) -> None:
    mine = client_of(tang)
    address = f"/honours/certificates/{paper.serial}"

    def link() -> str:
        return (
            html(mine.get(address))
            .partition('id="shared" value="')[2]
            .partition('"')[0]
            .removeprefix("http://localhost")
        )

    old = link()
    assert client_of(None).get(old).status_code == 200
    assert mine.post(f"{address}/links/withdrawal").status_code == 303
    assert client_of(None).get(old).status_code == 404
    assert client_of(None).get(link()).status_code == 200


@ON_SQLITE
def test_the_register_needs_few_statements_however_many_papers(desk: FlaskClient, paper: Certificate) -> None:
    desk.get(REGISTER)
    with statements() as seen:
        desk.get(REGISTER)
    assert len(seen) <= 6, seen


def test_reasons_and_wishes_are_among_her_data_and_leave_with_her(
    session: Session, desk: FlaskClient, client_of: Clients, tang: Person, paper: Certificate
) -> None:
    wish(client_of, tang, paper)
    desk.post(f"{REGISTER}/{paper.id}/revocation", data={"revoke-said": "冒用他人作业"})
    session.rollback()
    kept = _certificates(session, session.get_one(Person, tang.id))
    assert kept[0]["status"] == "revoked"
    assert kept[0]["revocations"][0]["reason"] == "冒用他人作业"
    assert kept[0]["corrections"][0]["name"] == "林晓糖"
    with db.writing() as s:
        erase(s, tang.id)
    session.expire_all()
    assert session.scalars(select(Revocation)).one().reason == ""
    assert count(session, Correction) == 0
    assert "冒用他人作业" not in html(desk.get(f"{REGISTER}/{paper.id}"))
