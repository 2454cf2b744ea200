"""Signing up, signing in and out, and what people try at the door."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy.account.rules import local_path
from academy.catalog.queries import published
from academy.courses.rules import front_door
from academy.db import db
from academy.journal.models import Fact, Standing
from academy.journal.queries import standing, topics
from academy.people import passwords
from academy.people.models import Attempted, Cohort, Person, Waiting
from academy.people.queries import by_contact, membership
from academy.people.throttle import LIMITS
from tests.conftest import ON_SQLITE, PASSWORD, Clock, html

Clients = Callable[[Person | None], FlaskClient]
NEW = {"contact": "139 0013 9000", "name": "小树 🌱", "password": "shu-2026", "code": "QT07", "consent": "y"}


def signed_in(client: FlaskClient) -> bool:
    return client.get("/me").status_code == 200


def sign_in(client: FlaskClient, contact: str = "13800000011", password: str = PASSWORD, to: str = "/sign-in") -> int:
    return client.post(to, data={"contact": contact, "password": password}).status_code


def people(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Person)) or 0


def tries(session: Session, scope: str) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(Attempted.scope == scope)) or 0


# Signing up


def test_signing_up_makes_a_trainee_in_the_class_that_invited_her(
    session: Session, client_of: Clients, cohort: Cohort, clock: Clock
) -> None:
    client = client_of(None)
    answer = client.post("/sign-up", data=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert signed_in(client)
    person = by_contact(session, "13900139000")
    assert person is not None
    assert (person.name, person.role, person.legal_name) == ("小树 🌱", "trainee", None)
    assert (person.consent_version, person.consent_at) == ("2026-09", clock.at)
    assert PASSWORD not in person.password_hash
    assert standing(session, person.id).tier == "bronze"
    now = membership(session, person.id)
    assert now is not None
    assert now.cohort_id == cohort.id
    assert session.get_one(Cohort, cohort.id).taken == cohort.taken + 1


def test_the_lesson_that_she_took_before_is_counted(session: Session, client_of: Clients) -> None:
    lesson = front_door(published(session))
    assert lesson is not None
    client = client_of(None)
    with client.session_transaction() as kept:
        kept["trial"] = {"cohort": "qt07", "lesson": lesson.key, "right": []}
    assert 'value="qt07"' in html(client.get("/sign-up"))
    client.post("/sign-up", data=NEW)
    session.rollback()
    person = by_contact(session, "13900139000")
    assert person is not None
    assert topics(session, person.id, "lesson.completed") == {lesson.key}
    with client.session_transaction() as kept:
        assert "trial" not in kept


def test_the_lesson_is_counted_for_who_signs_in_instead(session: Session, tang: Person, client_of: Clients) -> None:
    lesson = front_door(published(session))
    assert lesson is not None
    client = client_of(None)
    with client.session_transaction() as kept:
        kept["trial"] = {"cohort": "qt07", "lesson": lesson.key, "right": []}
    sign_in(client)
    session.rollback()
    assert topics(session, tang.id, "lesson.completed") == {lesson.key}


@ON_SQLITE
def test_the_profile_is_not_complete_by_signing_up(session: Session, client_of: Clients) -> None:
    client_of(None).post("/sign-up", data=NEW)
    assert session.scalar(select(func.count()).where(Fact.kind == "profile.completed")) == 0


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(session: Session, client_of: Clients) -> None:
    before, client = people(session), client_of(None)
    for field, typed, said in (
        ("contact", "12345", "11 位手机号"),
        ("contact", "", "请填手机号或邮箱"),
        ("contact", "a@b", "11 位手机号"),
        ("name", " \u202e\u200b ", "怎么称呼你"),
        ("name", "长" * 21, "最多 20 个字"),
        ("password", "short77", "8 至 128"),
        ("password", "x" * 129, "8 至 128"),
        ("code", "", "邀请码"),
        ("code", "nobody", "和老师核对"),
        ("code", "qt\x00zz", "和老师核对"),
        ("code", "by03", "和老师核对"),
        ("consent", None, "同意就勾上"),
    ):
        form = {key: value for key, value in (NEW | {field: typed}).items() if value is not None}
        answer = client.post("/sign-up", data=form)
        page = html(answer)
        assert answer.status_code == 422, (field, typed)
        assert re.search(rf'id="{field}-error">.*{said}', page), (field, typed)
        assert NEW["password"] not in page
        for other in {"contact", "name", "code"} - {field}:
            assert f'value="{NEW[other]}"' in page, (field, typed)
    assert people(session) == before


@ON_SQLITE
def test_a_closed_class_takes_nobody_by_its_code(session: Session, client_of: Clients, cohort: Cohort) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == cohort.id).values(open=False))
    assert client_of(None).post("/sign-up", data=NEW).status_code == 422


def test_a_full_class_has_a_waiting_list_and_she_can_learn_at_once(
    session: Session, client_of: Clients, cohort: Cohort
) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == cohort.id).values(capacity=cohort.taken))
    client = client_of(None)
    assert client.post("/sign-up", data=NEW).status_code == 303
    person = by_contact(session, "13900139000")
    assert person is not None
    assert session.get_one(Waiting, person.id).tier == "bronze"
    assert client.get("/me").status_code == 200


def test_a_taken_number_offers_to_sign_in(session: Session, client_of: Clients) -> None:
    before = people(session)
    answer = client_of(None).post("/sign-up", data=NEW | {"contact": "+86 138-0000-0011"})
    assert answer.status_code == 422
    assert re.search(r'id="contact-error">.*<a href="/sign-in">', html(answer))
    assert people(session) == before


def test_the_same_sign_up_sent_twice_at_once_makes_one_account(app: Flask, session: Session) -> None:
    before = people(session)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: app.test_client().post("/sign-up", data=NEW), range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    assert all("/sign-in" in html(answer) for answer in answers if answer.status_code == 422)
    assert people(session) == before + 1
    assert session.scalar(select(func.count()).select_from(Standing)) == 4


def test_a_sign_up_that_breaks_leaves_nothing_behind(
    session: Session, client_of: Clients, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("a rule of the trial breaks")

    monkeypatch.setattr("academy.account.actions.count_trial", broken)
    before, client = people(session), client_of(None)
    with client.session_transaction() as kept:
        kept["trial"] = {"cohort": "qt07", "lesson": "own", "right": []}
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.post("/sign-up", data=NEW).status_code == 500
    assert people(session) == before
    assert session.get_one(Cohort, cohort.id).taken == cohort.taken


@ON_SQLITE
def test_guessing_invitations_is_stopped_but_a_class_signing_up_is_not(session: Session, client_of: Clients) -> None:
    most, client = LIMITS["signup-host"][0], client_of(None)
    client.post("/sign-up", data=NEW)
    assert tries(session, "signup-host") == 0
    for n in range(most):
        assert client_of(None).post("/sign-up", data=NEW | {"code": f"guess{n}"}).status_code == 422
    assert client_of(None).post("/sign-up", data=NEW | {"contact": "13900139001"}).status_code == 429


# Signing in


@ON_SQLITE
def test_signing_in_however_the_number_is_typed(client_of: Clients) -> None:
    for contact in ("13800000011", "+86 138 0000 0011", "１３８００００００１１"):
        client = client_of(None)
        assert sign_in(client, contact) == 303
        assert signed_in(client)


@ON_SQLITE
def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(
    client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    verify = passwords._hasher.__class__.verify

    def counted(self: object, hashed: str, password: str) -> bool:
        checked.append(password)
        return bool(verify(self, hashed, password))  # type: ignore[arg-type]

    monkeypatch.setattr(passwords._hasher.__class__, "verify", counted)
    pages = []
    for contact in ("13800000011", "13877777777", "nonsense"):
        answer = client_of(None).post("/sign-in", data={"contact": contact, "password": "wrong-wrong"})
        assert answer.status_code == 422
        page = html(answer)
        assert f'value="{contact}"' in page
        pages.append(re.sub(r'"X-CSRFToken": "[^"]*"|value="[^"]*"', "", page))
    assert pages[0] == pages[1] == pages[2]
    assert len(checked) == 3


def test_a_refused_sign_in_is_kept_on_the_books(session: Session, client_of: Clients) -> None:
    sign_in(client_of(None), password="wrong-wrong")
    assert (tries(session, "signin"), tries(session, "signin-host")) == (1, 1)


def test_after_five_wrong_passwords_even_the_right_one_waits(
    session: Session, client_of: Clients, clock: Clock
) -> None:
    for _ in range(5):
        assert sign_in(client_of(None), password="wrong-wrong") == 422
        clock.move(seconds=5)
    client = client_of(None)
    answer = client.post("/sign-in", data={"contact": "138 0000 0011", "password": PASSWORD})
    assert answer.status_code == 429
    assert "10:15" in html(answer)
    assert not signed_in(client)
    clock.move(minutes=15)
    assert sign_in(client) == 303
    assert tries(session, "signin") == 0


@ON_SQLITE
def test_one_account_s_wrong_passwords_do_not_lock_another(client_of: Clients) -> None:
    for _ in range(6):
        sign_in(client_of(None), password="wrong-wrong")
    assert sign_in(client_of(None), "13800000012") == 303


@ON_SQLITE
def test_trying_one_password_on_many_accounts_is_stopped(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("academy.account.routes.matches", lambda _hash, _password: False)
    for n in range(LIMITS["signin-host"][0]):
        assert sign_in(client_of(None), f"139000{n:05}", "wrong-wrong") == 422
    assert sign_in(client_of(None)) == 429


@ON_SQLITE
def test_signing_in_goes_on_to_where_she_was(client_of: Clients) -> None:
    client = client_of(None)
    asked = client.get("/honours?page=2")
    assert asked.status_code == 302
    answer = client.post(asked.headers["Location"], data={"contact": "13800000011", "password": PASSWORD})
    assert answer.headers["Location"] == "/honours?page=2"


ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\n//evil.example",
    "///evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    " /me",
    "me",
)


@ON_SQLITE
def test_signing_in_never_leads_elsewhere(client_of: Clients) -> None:
    client = client_of(None)
    form = {"contact": "13800000011", "password": PASSWORD}
    answer = client.post("/sign-in", query_string={"next": ELSEWHERE[1]}, data=form)
    assert answer.headers["Location"] == "/"
    for target in (*ELSEWHERE, "/sign-out", "/no-such-page"):
        assert client.get("/sign-in", query_string={"next": target}).headers["Location"] == "/", target


def test_only_paths_of_this_site_are_local() -> None:
    assert [local_path(target) for target in ELSEWHERE] == [None] * len(ELSEWHERE)
    assert local_path("/honours?page=2#ledger") == "/honours?page=2#ledger"


@ON_SQLITE
def test_a_planted_session_gains_nothing_by_her_sign_in(client_of: Clients) -> None:
    planted = client_of(None)
    planted.get("/sign-in")
    with planted.session_transaction() as kept:
        kept["trial"] = {"cohort": "qt08", "lesson": "x"}
        kept["planted"] = "here"
    cookie = planted.get_cookie("session")
    assert cookie is not None
    hers = client_of(None)
    hers.set_cookie("session", cookie.value)
    sign_in(hers)
    with hers.session_transaction() as kept:
        assert set(kept) <= {"_user_id", "_fresh", "_permanent", "_id"}
        assert kept.permanent
    assert signed_in(hers)
    assert not signed_in(planted)


@ON_SQLITE
def test_a_session_ends_after_thirty_days_and_says_so_kindly(client_of: Clients, clock: Clock) -> None:
    client = client_of(None)
    sign_in(client)
    clock.move(days=29)
    assert client.get("/honours").status_code == 200
    clock.move(days=31)
    answer = client.get("/honours")
    assert answer.headers["Location"] == "/sign-in?next=/honours"
    page = html(client.get(answer.headers["Location"]))
    assert "有一阵子没来" in page
    assert 'action="/sign-in?next=/honours"' in page


@ON_SQLITE
def test_a_first_visit_is_not_told_that_it_was_signed_out(client_of: Clients) -> None:
    page = html(client_of(None).get("/sign-in?next=/honours"))
    assert "有一阵子没来" not in page
    assert "请先登录" in page


@ON_SQLITE
def test_signing_out_takes_a_post_and_keeps_the_language(client_of: Clients) -> None:
    client = client_of(None)
    client.post("/language", data={"locale": "en"})
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out").status_code == 303
    assert not signed_in(client)
    assert "Sign in" in html(client.get("/sign-in"))


@ON_SQLITE
def test_without_its_token_a_form_is_refused_with_a_clear_page(app: Flask, client_of: Clients) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = client_of(None)
    answer = client.post("/sign-in", data={"contact": "13800000011", "password": PASSWORD})
    assert answer.status_code == 400
    assert "<h1" in html(answer)
    assert not signed_in(client)
    found = re.search(r'name="csrf_token" value="([^"]+)"', html(client.get("/sign-in")))
    assert found is not None
    data = {"contact": "13800000011", "password": PASSWORD, "csrf_token": found[1]}
    assert client.post("/sign-in", data=data).status_code == 303
    assert client.post("/sign-out", data={"csrf_token": found[1]}).status_code == 400
    assert signed_in(client)


@ON_SQLITE
def test_whoever_is_signed_in_needs_no_door(tang: Person, client_of: Clients) -> None:
    for path in ("/sign-in", "/sign-up"):
        assert client_of(tang).get(path).headers["Location"] == "/"


@ON_SQLITE
def test_terms_and_privacy_can_be_read_before_signing_up_in_both_languages(client_of: Clients) -> None:
    client = client_of(None)
    for path, language, words in (
        ("/terms", "zh", "非职业资格"),
        ("/terms", "en", "no vocational qualification"),
        ("/privacy", "zh", "15 个工作日"),
        ("/privacy", "en", "within 15 working days"),
    ):
        page = html(client.get(path, headers={"Accept-Language": language}))
        for said in (words, "2026-09", "400-000-0000"):
            assert said in page, (path, language)
