"""One's own page: name, legal name, password, language, theme."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import achievements, clock
from academy.achievements.certificates.models import Certificate
from academy.db import db
from academy.journal.models import Fact
from academy.journal.queries import standing
from academy.people.models import Person, ResetCode
from academy.text.codes import normal_code
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, PASSWORD, Clock, html

Clients = Callable[[Person | None], FlaskClient]


def again(session: Session, person: Person) -> Person:
    session.rollback()
    return session.get_one(Person, person.id, populate_existing=True)


def promote(person: Person) -> None:
    with db.writing() as s:
        almost_silver(s, person.id, but={"pledge.signed"})
        achievements.record(s, person.id, "pledge.signed", "koc", "2026-09")


def papers(session: Session) -> list[Certificate]:
    session.rollback()
    return list(session.scalars(select(Certificate).execution_options(populate_existing=True)))


# Her page


def test_her_page_shows_what_is_hers_and_masks_her_number(tang: Person, client_of: Clients) -> None:
    page = html(client_of(tang).get("/me"))
    for said in ("小棠", "青铜 07 班", "周以宁", "青铜", "138****0011"):
        assert said in page
    assert "13800000011" not in page
    assert "/me/legal-name" not in page


@ON_SQLITE
def test_staff_have_a_page_without_a_trainee_s_tabs(zhou: Person, lu: Person, client_of: Clients) -> None:
    for staff in (zhou, lu):
        answer = client_of(staff).get("/me")
        assert answer.status_code == 200
        assert 'class="tabbar"' not in html(answer)
        assert 'href="/desk"' in html(answer)


def test_the_profile_is_completed_once(session: Session, tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    assert client.post("/me/profile", data={"name": "小棠妈妈", "salutation": "女士"}).status_code == 303
    assert (standing(session, tang.id).growth, standing(session, tang.id).feathers) == (10, 10)
    client.post("/me/profile", data={"name": "棠棠", "salutation": ""})
    assert standing(session, tang.id).growth == 10
    assert session.scalar(select(func.count()).where(Fact.kind == "profile.completed")) == 1
    assert (again(session, tang).name, again(session, tang).salutation) == ("棠棠", "")


@ON_SQLITE
def test_a_trainer_s_profile_is_no_fact(session: Session, zhou: Person, client_of: Clients) -> None:
    client_of(zhou).post("/me/profile", data={"name": "周老师", "salutation": "女士"})
    assert again(session, zhou).name == "周老师"
    assert session.scalar(select(func.count()).select_from(Fact)) == 0


@ON_SQLITE
def test_an_unfit_profile_keeps_what_was_typed(session: Session, tang: Person, client_of: Clients) -> None:
    answer = client_of(tang).post("/me/profile", data={"name": "长" * 30, "salutation": "博士"})
    assert answer.status_code == 422
    assert "长" * 30 in html(answer)
    assert again(session, tang).name == "小棠"


# Legal name


@pytest.mark.parametrize("name", ["𠮷野䶮", "阿依古丽·买买提"])
def test_a_legal_name_issues_the_certificate_that_waited(
    session: Session, tang: Person, client_of: Clients, name: str
) -> None:
    promote(tang)
    assert papers(session) == []
    client = client_of(tang)
    assert "/me/legal-name" in html(client.get("/me"))
    answer = client.post(
        "/me/legal-name?next=/honours/promotions/silver", data={"legal_name": f" {name}  ", "salutation": "女士"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/honours/promotions/silver")
    assert [(paper.name, paper.salutation) for paper in papers(session)] == [(name, "女士")]


@ON_SQLITE
def test_an_unfit_legal_name_is_refused_and_kept(session: Session, tang: Person, client_of: Clients) -> None:
    promote(tang)
    client = client_of(tang)
    for name, said in (
        ("", "请写上真实姓名"),
        ("林晓棠🌸", "不带表情"),
        ("林晓棠2", "没有数字"),
        ("林" * 200, "最多 40 个字"),
        ("·林", "开头"),
        ("林\x00棠", "不带表情"),
    ):
        answer = client.post("/me/legal-name", data={"legal_name": name, "salutation": "女士"})
        assert answer.status_code == 422, name
        assert said in html(answer), name
        assert f'value="{name}"' in html(answer)
    assert again(session, tang).legal_name is None
    assert papers(session) == []


def test_a_name_on_a_certificate_is_the_brand_s_to_correct(session: Session, tang: Person, client_of: Clients) -> None:
    promote(tang)
    client = client_of(tang)
    client.post("/me/legal-name", data={"legal_name": "林晓棠", "salutation": "女士"})
    answer = client.post("/me/legal-name", data={"legal_name": "林大棠", "salutation": "女士"})
    assert answer.status_code == 409
    assert f"/honours/certificates/{papers(session)[0].serial}/correction" in html(answer)
    assert again(session, tang).legal_name == "林晓棠"
    assert len(papers(session)) == 1


@ON_SQLITE
def test_next_never_leads_elsewhere_after_the_legal_name(tang: Person, client_of: Clients) -> None:
    answer = client_of(tang).post("/me/legal-name?next=//evil.example", data={"legal_name": "林晓棠", "salutation": ""})
    assert answer.headers["Location"] == "/me"


@ON_SQLITE
def test_staff_have_no_legal_name_page(zhou: Person, client_of: Clients) -> None:
    assert client_of(zhou).get("/me/legal-name").status_code == 404


# Password


def test_a_changed_password_ends_all_other_sessions_and_keeps_this_one(
    session: Session, tang: Person, client_of: Clients
) -> None:
    here, elsewhere = client_of(tang), client_of(tang)
    answer = here.post("/me/password", data={"present": PASSWORD, "new": "neu-2026!"})
    assert answer.status_code == 303
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302
    assert "有一阵子没来" in html(elsewhere.get("/sign-in?next=/me"))
    fresh = client_of(None)
    assert fresh.post("/sign-in", data={"contact": "13800000011", "password": PASSWORD}).status_code == 422
    assert fresh.post("/sign-in", data={"contact": "13800000011", "password": "neu-2026!"}).status_code == 303


@ON_SQLITE
def test_the_present_password_is_needed_and_can_not_be_guessed(
    session: Session, tang: Person, client_of: Clients, clock: Clock
) -> None:
    client = client_of(tang)
    for _ in range(5):
        answer = client.post("/me/password", data={"present": "wrong-wrong", "new": "neu-2026!"})
        assert answer.status_code == 422
        assert "neu-2026!" not in html(answer)
    assert client.post("/me/password", data={"present": PASSWORD, "new": "neu-2026!"}).status_code == 429
    assert again(session, tang).epoch == 0


# Reset


def hand_over(person: Person, staff: Person, code: str = "ABCD2345") -> None:
    digest = hashlib.sha256(normal_code(code).encode()).hexdigest()
    with db.writing() as s:
        s.add(
            ResetCode(
                person_id=person.id,
                by_id=staff.id,
                digest=digest,
                created_at=clock.now(),
                expires_at=clock.now() + timedelta(hours=24),
            )
        )


def reset(client: FlaskClient, code: str = "abcd-2345", contact: str = "13800000011", new: str = "neu-2026!") -> int:
    return client.post("/reset-password", data={"contact": contact, "code": code, "new": new}).status_code


def test_a_code_from_the_trainer_sets_a_new_password_once(
    session: Session, tang: Person, zhou: Person, client_of: Clients
) -> None:
    hand_over(tang, zhou)
    elsewhere = client_of(tang)
    for _ in range(5):
        client_of(None).post("/sign-in", data={"contact": "13800000011", "password": "forgotten"})
    assert reset(client_of(None)) == 303
    assert elsewhere.get("/me").status_code == 302
    fresh = client_of(None)
    assert fresh.post("/sign-in", data={"contact": "13800000011", "password": "neu-2026!"}).status_code == 303
    assert reset(client_of(None), new="another-one") == 422


def test_an_old_code_is_no_good(tang: Person, zhou: Person, client_of: Clients, clock: Clock) -> None:
    hand_over(tang, zhou)
    clock.move(hours=24)
    assert reset(client_of(None)) == 422


@ON_SQLITE
def test_a_code_is_good_for_its_own_account_only(
    session: Session, tang: Person, aduo: Person, zhou: Person, client_of: Clients
) -> None:
    hand_over(tang, zhou)
    assert reset(client_of(None), contact="13800000012") == 422
    assert again(session, aduo).epoch == 0
    assert reset(client_of(None)) == 303


def test_a_new_password_ends_a_code_that_is_still_out(tang: Person, zhou: Person, client_of: Clients) -> None:
    hand_over(tang, zhou)
    client_of(tang).post("/me/password", data={"present": PASSWORD, "new": "neu-2026!"})
    assert reset(client_of(None)) == 422


@ON_SQLITE
def test_codes_can_not_be_guessed(tang: Person, zhou: Person, client_of: Clients) -> None:
    hand_over(tang, zhou)
    for n in range(5):
        assert reset(client_of(None), code=f"WRNG{n}") == 422
    assert reset(client_of(None)) == 429


@ON_SQLITE
def test_an_unknown_account_and_a_wrong_code_get_the_same_answer(tang: Person, client_of: Clients) -> None:
    said = "重置码和账号对不上"
    for contact in ("13800000011", "13877777777"):
        data = {"contact": contact, "code": "WRNG2345", "new": "neu-2026!"}
        answer = client_of(None).post("/reset-password", data=data)
        assert answer.status_code == 422
        assert said in html(answer)
        assert "neu-2026!" not in html(answer)


# Language and theme


@ON_SQLITE
def test_a_guest_s_language_stays_in_her_session(client_of: Clients) -> None:
    client = client_of(None)
    answer = client.post("/language", data={"locale": "en"}, headers={"Referer": "http://localhost/sign-in?next=/me"})
    assert answer.headers["Location"] == "/sign-in?next=/me"
    assert 'lang="en"' in html(client.get("/sign-in"))


def test_a_person_s_language_and_theme_stay_with_her(session: Session, tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    client.post("/language", data={"locale": "en"})
    client.post("/theme", data={"theme": "dark"})
    assert (again(session, tang).locale, again(session, tang).theme) == ("en", "dark")
    page = html(client_of(tang).get("/me"))
    assert '<html lang="en" data-theme="dark">' in page


@ON_SQLITE
def test_a_language_that_nobody_speaks_changes_nothing(session: Session, tang: Person, client_of: Clients) -> None:
    client_of(tang).post("/language", data={"locale": "xx"})
    client_of(tang).post("/theme", data={"theme": "pink"})
    assert (again(session, tang).locale, again(session, tang).theme) == (None, None)


@ON_SQLITE
def test_the_way_back_is_never_elsewhere(tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    for referrer in (
        "https://evil.example/me",
        "http://localhost.evil.example/me",
        "http://localhost//evil.example",
        "/\\evil",
        "",
    ):
        answer = client.post("/theme", data={"theme": "dark"}, headers={"Referer": referrer})
        assert answer.headers["Location"] == "/", referrer


@ON_SQLITE
def test_the_way_back_is_a_page_that_can_be_opened(tang: Person, client_of: Clients) -> None:
    answer = client_of(tang).post("/theme", data={"theme": "dark"}, headers={"Referer": "http://localhost/me/profile"})
    assert answer.headers["Location"] == "/"
