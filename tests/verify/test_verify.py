"""The public page of a certificate, and guessing at it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Certificate
from academy.db import db
from academy.people.models import Attempted, Person
from academy.people.throttle import LIMITS
from academy.verify.rules import normal_serial
from tests.conftest import ON_SQLITE, Clock, html

Clients = Callable[[Person | None], FlaskClient]


def misses(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Attempted)) or 0


def test_a_right_pair_shows_what_the_paper_says(paper: Certificate, client_of: Clients) -> None:
    page = html(client_of(None).get(f"/v/{paper.serial}/{paper.code}"))
    for said in (
        "荣誉证书",
        "林*棠",
        "「快乐宝妈·白银」",
        "结业考核九十二分",
        paper.serial,
        "2026年9月14日",
        "鹿芽有限公司",
    ):
        assert said in page
    assert "企业内部荣誉，非职业资格" in page


@ON_SQLITE
def test_the_whole_name_is_never_public(paper: Certificate, client_of: Clients) -> None:
    assert "林晓棠" not in html(client_of(None).get(f"/v/{paper.serial}/{paper.code}"))


@ON_SQLITE
def test_looking_at_a_right_pair_writes_nothing(session: Session, paper: Certificate, client_of: Clients) -> None:
    for _ in range(40):
        assert client_of(None).get(f"/v/{paper.serial}/{paper.code}").status_code == 200
    assert misses(session) == 0


@ON_SQLITE
@pytest.mark.parametrize(("serial", "code"), [("LY-2026-0914-0001", "AAAAAAAA"), ("LY-2026-0914-0002", None)])
def test_a_wrong_code_and_a_wrong_serial_look_alike(
    session: Session, paper: Certificate, client_of: Clients, serial: str, code: str | None
) -> None:
    client = client_of(None)
    reference = html(client.get("/v/LY-1999-0101-0001/BBBBBBBB"))
    answer = client.get(f"/v/{serial}/{code or paper.code}")
    assert answer.status_code == 404
    typed = code or paper.code
    shown = html(answer).replace(serial, "LY-1999-0101-0001").replace(f"{typed[:4]}-{typed[4:]}", "BBBB-BBBB")
    assert without_tokens(shown) == without_tokens(reference)
    assert misses(session) == 2


def without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line and "X-CSRFToken" not in line]


@ON_SQLITE
def test_the_serial_alone_opens_nothing(paper: Certificate, client_of: Clients) -> None:
    assert "林*棠" not in html(client_of(None).get(f"/v/{paper.serial}/%20"))


@ON_SQLITE
def test_too_many_misses_are_stopped_even_when_the_next_would_be_right(
    session: Session, paper: Certificate, client_of: Clients, clock: Clock
) -> None:
    client, (most, span) = client_of(None), LIMITS["verify"]
    for n in range(most):
        assert client.get(f"/v/{paper.serial}/AAAAAA{n:02}").status_code == 404
    assert client.get(f"/v/{paper.serial}/{paper.code}").status_code == 429
    assert misses(session) == most
    clock.move(seconds=span.total_seconds() + 1)
    assert client.get(f"/v/{paper.serial}/{paper.code}").status_code == 200


@ON_SQLITE
def test_misses_of_one_address_do_not_stop_another(paper: Certificate, client_of: Clients) -> None:
    for n in range(LIMITS["verify"][0]):
        client_of(None).get(f"/v/{paper.serial}/AAAAAA{n:02}", environ_base={"REMOTE_ADDR": "10.0.0.1"})
    answer = client_of(None).get(f"/v/{paper.serial}/{paper.code}", environ_base={"REMOTE_ADDR": "10.0.0.2"})
    assert answer.status_code == 200


def test_an_erased_holder_has_left(session: Session, tang: Person, paper: Certificate, client_of: Clients) -> None:
    with db.writing() as s:
        s.get_one(Person, tang.id).erased_at = clock.now()
    answer = client_of(None).get(f"/v/{paper.serial}/{paper.code}", headers={"Accept-Language": "en"})
    page = html(answer)
    assert answer.status_code == 200
    assert "Holder has left" in page
    assert paper.serial in page
    assert "September 14, 2026" in page
    assert "CERTIFICATE OF HONOR" in page
    assert "林" not in page
    assert "九十二" not in page


@ON_SQLITE
def test_the_form_leads_to_the_page_that_the_code_opens(paper: Certificate, client_of: Clients) -> None:
    typed = {"serial": f" {paper.serial.lower()} ", "code": f"{paper.code[:4].lower()} - {paper.code[4:]}"}
    answer = client_of(None).post("/v", data=typed)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/v/{paper.serial}/{paper.code}"


@ON_SQLITE
def test_the_form_keeps_what_was_typed(client_of: Clients) -> None:
    answer = client_of(None).post("/v", data={"serial": "LY-2026-0914-0001", "code": "ABC"})
    assert answer.status_code == 422
    assert 'value="LY-2026-0914-0001"' in html(answer)
    assert 'value="ABC"' in html(answer)


@pytest.mark.parametrize("path", ["/v/%00/%00", "/v/LY-2026%00/AAAAAAAA", "/v/../AAAAAAAA", f"/v/{'9' * 900}/A"])
def test_nonsense_in_the_address_is_unknown(client_of: Clients, path: str) -> None:
    assert client_of(None).get(path).status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" ly-2026-0918-0037 ", "LY-2026-0918-0037"),
        ("ＬＹ－２０２６－０９１８－００３７", "LY-2026-0918-0037"),
        ("LY—2026–0918−0037", "LY-2026-0918-0037"),
        ("LY-\x002026", "LY-2026"),
    ],
)
def test_a_serial_is_read_however_it_was_typed(typed: str, kept: str) -> None:
    assert normal_serial(typed) == kept
