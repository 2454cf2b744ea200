"""Breaking a rule: on record by staff, read by her, lifted again, and what it holds back meanwhile."""

import io
import json
from collections.abc import Callable
from functools import partial
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.catalog.actions import replace
from academy.catalog.models import Version
from academy.catalog.queries import published
from academy.conduct.actions import AlreadyLifted, accuse, lift
from academy.conduct.models import Case
from academy.criteria.facts import said
from academy.db import db
from academy.doctor.queries import differences
from academy.journal.conduct import RULES
from academy.journal.models import Fact, Standing
from academy.people.actions import Erased
from academy.people.models import Audit, Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, PASSWORD, Browser, Clock, html
from tests.phone import did, facts
from tests.quizzes.test_races import together

Clients = Callable[[Person | None], FlaskClient]
NOTE = "群里私下卖别家的面霜，9 月 13 日。"
SERIOUS = {"number": "1", "rule": "private-selling", "kind": "violation.serious", "note": NOTE}


def accused(client: FlaskClient, person: Person, **other: str) -> TestResponse:
    return client.post(f"/desk/trainees/{person.id}/violations/new", data=SERIOUS | other)


def cases(session: Session) -> list[Case]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Case).order_by(Case.id)))


def tier(session: Session, person: Person) -> str:
    session.rollback()
    return session.get_one(Standing, person.id, populate_existing=True).tier


# On record


def test_a_violation_is_a_fact_with_a_paper(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    client = client_of(lu)
    answer = accused(client, tang)
    assert (answer.status_code, answer.location) == (303, f"/desk/trainees/{tang.id}#conduct")
    assert facts(session, tang.id, "violation.serious") == [("private-selling", "1")]
    (case,) = cases(session)
    assert (case.trainee_id, case.by_id, case.note, case.lifted_at) == (tang.id, lu.id, NOTE, None)
    assert case.fact.kind == "violation.serious"
    assert [a.subject for a in session.scalars(select(Audit))] == [f"conduct_case/{case.id}"]
    page = html(client.get(f"/desk/trainees/{tang.id}"))
    for words in (NOTE, "Selling other goods privately", "Serious", "Broke a rule: Selling other goods privately"):
        assert words in page
    assert list(differences(session)) == []


@ON_SQLITE
@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_reads_as_words_in_both_languages(app: Flask, session: Session, tang: Person, rule: str) -> None:
    did(tang.id, "violation.minor", rule, "1")
    session.rollback()
    fact = session.scalars(select(Fact).where(Fact.kind == "violation.minor")).one()
    for language in ("zh", "en"):
        with app.test_request_context(), force_locale(language):
            assert said(published(session), fact).endswith(RULES[rule][language])


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"note": ""}, "Say what happened"),
        ({"note": " \n\t "}, "Say what happened"),
        ({"note": "x" * 501}, "500 characters at most"),
        ({"rule": "gossip"}, "Not a valid choice"),
        ({"kind": "violation.lifted"}, "Not a valid choice"),
        ({"kind": ""}, "Not a valid choice"),
        ({"number": "x"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    session: Session, client_of: Clients, lu: Person, tang: Person, typed: dict[str, str], why: str
) -> None:
    answer = accused(client_of(lu), tang, **typed)
    assert answer.status_code == 422
    assert why in html(answer)
    assert cases(session) == []
    assert facts(session, tang.id, "violation.serious") == []


@ON_SQLITE
def test_a_form_without_anything_is_refused(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    assert client_of(lu).post(f"/desk/trainees/{tang.id}/violations/new").status_code == 422
    assert cases(session) == []


def test_a_form_sent_twice_is_one_case(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    client = client_of(lu)
    assert 'name="number" type="hidden" value="1"' in html(client.get(f"/desk/trainees/{tang.id}/violations/new"))
    accused(client, tang)
    accused(client, tang)
    assert len(cases(session)) == 1
    accused(client, tang, number="2", kind="violation.minor")
    assert facts(session, tang.id, "violation.minor") == [("private-selling", "2")]
    assert accused(client, tang, number="9").status_code == 303
    assert len(cases(session)) == 2


def test_two_who_record_at_once_make_one_case(
    app: Flask, session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    session.rollback()
    answers = together(*(partial(accused, client_of(lu), tang) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len(cases(session)) == 1


@ON_SQLITE
def test_only_the_brand_judges(session: Session, client_of: Clients, zhou: Person, tang: Person, lu: Person) -> None:
    for somebody in (zhou, tang):
        assert accused(client_of(somebody), tang).status_code == 404
    assert "Record a violation" not in html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))
    assert accused(client_of(lu), zhou).status_code == 404
    assert client_of(lu).get("/desk/violations/99/lifting").status_code == 404
    assert cases(session) == []


# What it holds back


def test_a_serious_one_holds_back_the_promotion_and_lifting_it_brings_it_at_once(
    session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    client = client_of(lu)
    accused(client, tang)
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    assert not did(tang.id, "pledge.signed", "koc", "2026-09").won("tier.reached")
    assert tier(session, tang) == "bronze"
    (case,) = cases(session)
    address = f"/desk/violations/{case.id}/lifting"
    assert client.post(address, data={"note": ""}).status_code == 422
    assert tier(session, tang) == "bronze"
    answer = client.post(address, data={"note": "弄错了人。"}, follow_redirects=True)
    assert "小棠 has reached Silver." in html(answer)
    assert tier(session, tang) == "silver"
    assert facts(session, tang.id, "violation.lifted") == [("private-selling", "1")]
    (case,) = cases(session)
    assert (case.lifted_note, case.lifted_by_id, case.lifted_at) == ("弄错了人。", lu.id, case.at)


def test_a_minor_one_holds_nothing_back_here(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    accused(client_of(lu), tang, kind="violation.minor")
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    assert did(tang.id, "pledge.signed", "koc", "2026-09").won("tier.reached") == ["silver"]


def test_one_of_two_lifted_leaves_the_other(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    client = client_of(lu)
    accused(client, tang)
    accused(client, tang, number="2")
    with db.writing() as s:
        almost_silver(s, tang.id, but=set())
    first, second = cases(session)
    client.post(f"/desk/violations/{second.id}/lifting", data={"note": "重复了。"})
    assert tier(session, tang) == "bronze"
    client.post(f"/desk/violations/{first.id}/lifting", data={"note": "弄错了。"})
    assert tier(session, tang) == "silver"


def test_what_is_lifted_is_not_lifted_again(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    client = client_of(lu)
    accused(client, tang)
    (case,) = cases(session)
    sent = partial(client_of(lu).post, f"/desk/violations/{case.id}/lifting", data={"note": "弄错了。"})
    session.rollback()
    assert sorted(answer.status_code for answer in together(*(sent for _ in range(3)))) == [303, 409, 409]
    assert len(facts(session, tang.id, "violation.lifted")) == 1
    with pytest.raises(AlreadyLifted), db.writing() as s:
        lift(s, s.get_one(Person, lu.id), case.id, "again")
    assert "It has been lifted." in html(client.get(f"/desk/violations/{case.id}/lifting"))


# What she reads


def test_she_reads_what_stands_and_what_it_means(
    session: Session, client_of: Clients, lu: Person, tang: Person, aduo: Person
) -> None:
    client = client_of(tang)
    assert "About the rules" not in html(client.get("/me"))
    accused(client_of(lu), tang)
    accused(client_of(lu), tang, number="2", rule="no-ad-mark", kind="violation.minor", note="笔记没标广告。")
    page = html(client.get("/me"))
    for words in (NOTE, "Your promotion to Silver waits while this stands", "400-000-0000", "holds nothing back"):
        assert words in page
    assert "鹿芽运营" not in page
    assert "About the rules" not in html(client_of(aduo).get("/me"))
    client_of(lu).post(f"/desk/violations/{cases(session)[0].id}/lifting", data={"note": "弄错了。"})
    page = html(client.get("/me"))
    assert NOTE not in page
    assert "笔记没标广告。" in page


def test_one_that_counts_for_a_while_says_until_when(
    session: Session, client_of: Clients, lu: Person, tang: Person, clock: Clock
) -> None:
    with db.writing() as s:
        newest = select(Version).where(Version.kind == "ladder").order_by(Version.id.desc()).limit(1)
        ladder = s.scalars(newest).one()
        content = {**ladder.content, "common": {"conduct": {"none_of": ["violation.serious"], "within": "30d"}}}
        assert replace(s, ("ladder", "academy"), content, str(ladder.id), lu.id)
    accused(client_of(lu), tang)
    clock.move(days=29)
    assert "Your promotion to Silver waits until 13 Oct" in html(client_of(tang).get("/me"))
    clock.move(days=1)
    assert "It is noted and holds nothing back" in html(client_of(tang).get("/me"))


@ON_SQLITE
def test_staff_have_no_such_thing(client_of: Clients, zhou: Person) -> None:
    assert client_of(zhou).get("/me").status_code == 200


# Her data


def test_it_is_in_her_own_data_and_its_words_go_with_her(
    session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    accused(client_of(lu), tang)
    client_of(lu).post(f"/desk/violations/{cases(session)[0].id}/lifting", data={"note": "小棠说得对。"})
    client = client_of(tang)
    packed = ZipFile(io.BytesIO(client.post("/me/data", data={"present": PASSWORD}, buffered=True).data))
    (kept,) = json.loads(packed.read("data.json"))["violations"]
    assert (kept["rule"], kept["serious"], kept["note"], kept["lifted_note"]) == (
        "private-selling",
        True,
        NOTE,
        "小棠说得对。",
    )
    assert client.post("/me/erasure", data={"present": PASSWORD, "understood": "y"}).location == "/farewell"
    (case,) = cases(session)
    assert (case.note, case.lifted_note) == ("", "")
    with pytest.raises(Erased), db.writing() as s:
        accuse(s, s.get_one(Person, lu.id), tang.id, "violation.minor", "privacy", "-", 2)
    assert accused(client_of(lu), tang).status_code == 404


@ON_SQLITE
def test_the_pages_read_in_chinese(app: Flask, client_of: Clients, lu: Person, tang: Person) -> None:
    app.test_client_class = Browser
    client = client_of(lu)
    form = html(client.get(f"/desk/trainees/{tang.id}/violations/new"))
    for words in (
        "记录违规",
        "私卖",
        "夸大或医疗宣称",
        "未标广告",
        "泄露隐私",
        "拉人头",
        "骚扰",
        "她会在自己的页面看到",
    ):
        assert words in form
    accused(client, tang)
    assert "晋级白银会先等一等" in html(client_of(tang).get("/me"))
    assert "私卖" in html(client.get(f"/desk/trainees/{tang.id}"))
