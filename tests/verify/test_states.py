"""What the public page of a certificate says of each state, of the holder's name, and how often one may guess."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.achievements import papers
from academy.achievements.certificates.models import Certificate
from academy.db import db
from academy.people.models import Attempted, Person
from academy.people.throttle import LIMITS
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]
SECRET = "冒用他人作业"


def page(client_of: Clients, paper: Certificate, locale: str = "zh") -> str:
    answer = client_of(None).get(f"/v/{paper.serial}/{paper.code}", headers={"Accept-Language": locale})
    assert answer.status_code == 200
    return html(answer)


def ends(paper: Certificate, day: date) -> None:
    with db.writing() as s:
        s.get_one(Certificate, paper.id).expires_on = day


def revoke(paper: Certificate, staff: Person) -> None:
    with db.writing() as s:
        papers.revoke(s, s.get_one(Person, staff.id), paper.id, SECRET)


@ON_SQLITE
def test_one_that_ends_soon_says_until_when(session: Session, paper: Certificate, client_of: Clients) -> None:
    ends(paper, date(2026, 10, 14))
    said = page(client_of, paper)
    assert "证书真实有效" in said
    assert "有效期至 2026年10月14日" in said
    assert "即将到期" in said


@ON_SQLITE
def test_one_that_has_ended_is_genuine_but_not_in_force(
    session: Session, paper: Certificate, client_of: Clients, clock: Clock
) -> None:
    ends(paper, date(2026, 9, 14))
    assert "即将到期" in page(client_of, paper), "its last day counts"
    clock.move(days=1)
    said = page(client_of, paper, "en")
    assert "Genuine, but expired" in said
    assert "September 14, 2026" in said
    assert "Genuine and valid" not in said


def test_a_revoked_one_says_when_and_by_whom_but_never_why(
    session: Session, paper: Certificate, lu: Person, client_of: Clients
) -> None:
    assert "证书真实有效" in page(client_of, paper)
    revoke(paper, lu)
    said = page(client_of, paper)
    assert "已撤销" in said
    assert "2026年9月14日" in said
    assert "鹿芽有限公司" in said
    assert SECRET not in said
    assert "鹿芽运营" not in said
    assert "证书真实有效" not in said
    with db.writing() as s:
        papers.restore(s, s.get_one(Person, lu.id), paper.id, "查明是误会")
    assert "证书真实有效" in page(client_of, paper)


def test_a_replaced_one_says_that_there_is_a_newer_paper_and_not_its_number(
    session: Session, paper: Certificate, lu: Person, client_of: Clients
) -> None:
    with db.writing() as s:
        new = papers.correct_name(s, s.get_one(Person, lu.id), paper.id, "林晓糖", "女士")
        serial, code = new.serial, new.code
    said = page(client_of, paper)
    assert "已有更新的证书" in said
    assert serial not in said
    assert code not in said
    assert "林*棠" in said


@ON_SQLITE
def test_an_erased_holder_of_a_revoked_one_is_both(
    session: Session, paper: Certificate, tang: Person, lu: Person, client_of: Clients, clock: Clock
) -> None:
    revoke(paper, lu)
    page(client_of, paper)
    with db.writing() as s:
        s.get_one(Person, tang.id).erased_at = clock.at
    said = page(client_of, paper)
    assert "持有人已注销" in said
    assert "已撤销" in said
    assert "林" not in said


@ON_SQLITE
def test_a_proof_print_was_issued_to_nobody(app: Flask, session: Session, client_of: Clients) -> None:
    with statements() as seen:
        answer = client_of(None).get("/v/ly-sample-0000/SAMPLE00")
    assert answer.status_code == 200
    assert "样张，未颁发" in html(answer)
    assert not [one for one in seen if "certificate" in one]
    assert session.scalar(select(func.count()).select_from(Attempted)) == 0


def test_the_full_name_shows_to_whoever_knows_it_and_to_nobody_else(
    session: Session, paper: Certificate, client_of: Clients
) -> None:
    client, address = client_of(None), f"/v/{paper.serial}/{paper.code}"
    right = client.post(address, data={"name": " 林晓棠　"})
    assert right.status_code == 200
    assert "林晓棠" in html(right)
    wrong = [client.post(address, data={"name": name}) for name in ("林大棠", "", "林" * 60, "林*棠", "'; --")]
    assert {answer.status_code for answer in wrong} == {422}
    assert len({html(answer) for answer in wrong}) == 1, "every wrong answer is the same"
    assert "林晓棠" not in html(wrong[0])
    assert "林晓棠" not in html(client.get(address)), "what was drawn for her is kept for nobody"


@ON_SQLITE
def test_names_are_not_guessed_from_many_addresses_either(
    session: Session, paper: Certificate, client_of: Clients
) -> None:
    most, _span = LIMITS["verify-name"]
    for n in range(most):
        answer = client_of(None).post(
            f"/v/{paper.serial}/{paper.code}",
            data={"name": f"林{chr(0x4E00 + n)}棠"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{n}"},
        )
        assert answer.status_code == 422
    late = client_of(None).post(f"/v/{paper.serial}/{paper.code}", data={"name": "林晓棠"})
    assert late.status_code == 429
    assert client_of(None).get(f"/v/{paper.serial}/{paper.code}").status_code == 200, "the page itself stays open"


@ON_SQLITE
def test_a_wrong_code_learns_nothing_about_a_name(session: Session, paper: Certificate, client_of: Clients) -> None:
    answer = client_of(None).post(f"/v/{paper.serial}/AAAAAAAA", data={"name": "林晓棠"}, follow_redirects=True)
    assert answer.status_code == 404
    assert "林晓棠" not in html(answer)


def test_the_refusal_names_the_minute_from_which_it_works_again(
    paper: Certificate, client_of: Clients, clock: Clock
) -> None:
    client, (most, _span) = client_of(None), LIMITS["verify"]
    for n in range(most):
        client.get(f"/v/{paper.serial}/AAAAAA{n:02}")
        clock.move(seconds=10)
    clock.move(minutes=2)
    refused = client.get(f"/v/{paper.serial}/{paper.code}")
    assert refused.status_code == 429
    # The first of thirty misses fell at ten o'clock sharp.
    assert "10:10" in html(refused)
    clock.to(clock.at.replace(hour=2, minute=9, second=59))
    assert client.get(f"/v/{paper.serial}/{paper.code}").status_code == 429
    clock.move(seconds=1)
    assert client.get(f"/v/{paper.serial}/{paper.code}").status_code == 200


def test_a_page_that_was_looked_at_is_drawn_once_and_read_in_one_statement(
    paper: Certificate, client_of: Clients
) -> None:
    page(client_of, paper)
    with statements() as seen:
        page(client_of, paper)
    assert len(seen) == 1, seen


@ON_SQLITE
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_moment_of_the_check_is_now_though_the_page_is_kept(
    paper: Certificate, client_of: Clients, clock: Clock, locale: str
) -> None:
    assert "10:00" in page(client_of, paper, locale)
    clock.move(minutes=7)
    assert "10:07" in page(client_of, paper, locale)
