"""Briefs: a trainee hands in UGC, states what the law wants, licenses it, and may take that back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.achievements import record
from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.clock import ZONE
from academy.db import db
from academy.journal.models import Entry, Fact
from academy.people.models import Person
from academy.practice import actions
from academy.practice.models import HandIn, Licence
from academy.practice.rules import briefs
from tests.conftest import ON_SQLITE, Clock, html
from tests.practice.conftest import all_hand_ins, photo
from tests.practice.test_hand_in import verdict

Clients = Callable[[Person | None], FlaskClient]
TEXT = (
    "秋天一天换七八次，每次擦干再薄薄涂一层。三周下来摸着一直干爽，就是盖子有点紧，单手不好开。"
    "开头标了广告，只拍了手和瓶子，没露脸。"
)
LINK = "https://www.xiaohongshu.com/explore/66f0"
STATED = {"used": "y", "marked": "y", "faceless": "y", "scope": "brand", "months": "12", "portrait": "y"}
KEY = "autumn-care"


@pytest.fixture(autouse=True)
def finished(tang: Person) -> None:
    """小棠 has finished the course that the brief asks for."""
    with db.writing() as session:
        record(session, tang.id, "course.completed", "first-steps")


def send(client: FlaskClient, **more: Any) -> TestResponse:
    typed = {"text": TEXT, "link": LINK} | STATED | more
    return client.post(f"/practice/{KEY}/hand-ins", data={k: v for k, v in typed.items() if v is not None})


def earned(session: Session, trainee: Person, rule: str) -> list[int]:
    session.rollback()
    rows = session.query(Entry).filter_by(trainee_id=trainee.id, rule=rule, currency="growth").order_by(Entry.id)
    return [row.amount for row in rows]


def test_a_piece_is_handed_in_with_what_she_states_and_licenses(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    assert "Autumn, nappy by nappy" in html(client.get("/briefs"))
    page = html(client.get(f"/practice/{KEY}"))
    assert "In your own words, please" in page
    response = send(client, checks=["0", "1", "2", "3"], pictures=[(photo(), "a.png")], mine="y")
    assert response.status_code == 303, html(response)
    (made,) = all_hand_ins(session)
    assert (made.kind, made.practice, made.link) == ("ugc", KEY, LINK)
    assert made.licence
    assert (made.licence.scope, made.licence.months, made.licence.portrait) == ("brand", 12, True)
    assert len(made.checks) == 3 + 4
    assert earned(session, tang, "self-check") == [5]
    page = html(client.get(response.location))
    assert "Xiaohongshu" in page
    assert "use it again in its own channels, for 12 months from the verdict" in page


def test_the_self_check_is_paid_once_a_piece_and_only_when_it_is_whole(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    client = client_of(tang)
    send(client, checks=["0", "1", "2"])
    (first,) = all_hand_ins(session)
    assert earned(session, tang, "self-check") == []
    verdict(zhou, first.id, "returned", "再改")
    send(client, checks=["0", "1", "2", "3"])
    second = all_hand_ins(session)[-1]
    verdict(zhou, second.id, "returned", "再改")
    send(client, checks=["0", "1", "2", "3"])
    assert earned(session, tang, "self-check") == [5]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ({"used": None}, "Only what you have used yourself"),
        ({"marked": None}, "Mark it 广告"),
        ({"faceless": None}, "Please mask faces"),
        ({"link": ""}, "Paste the link"),
        ({"link": "http://www.xiaohongshu.com/1"}, "begins with https://"),
        ({"link": "javascript:alert(1)"}, "begins with https://"),
        ({"link": "https://user:pass@evil.example/"}, "begins with https://"),
        ({"link": "https://localhost"}, "begins with https://"),
        ({"link": "https://[::1"}, "begins with https://"),
        ({"link": "https://x.example/" + "a" * 500}, "This link is too long"),
        ({"scope": "everything"}, "Not a valid choice"),
        ({"months": "999"}, "Not a valid choice"),
        ({"text": "长" * 50_000}, "at most 1000"),
    ],
)
@ON_SQLITE
def test_what_is_missing_or_wrong_is_said_and_nothing_is_handed_in(
    client_of: Clients, tang: Person, session: Session, left: dict[str, str | None], said: str
) -> None:
    response = send(client_of(tang), **left)
    assert response.status_code == 422
    assert said in html(response)
    assert all_hand_ins(session) == []


@ON_SQLITE
def test_the_link_is_found_in_what_an_app_copies(client_of: Clients, tang: Person, session: Session) -> None:
    send(client_of(tang), link="看我的笔记《秋天》 https://xhslink.com/a/AbC1 复制后打开小红书")
    assert all_hand_ins(session)[0].link == "https://xhslink.com/a/AbC1"


def test_approval_is_a_fact_of_its_own_and_paid_twice_a_month(
    client_of: Clients, tang: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    client = client_of(tang)
    for _piece in range(2):
        assert send(client).status_code == 303
        verdict(zhou, all_hand_ins(session)[-1].id, "excellent", "写得真")
    assert earned(session, tang, "ugc") == [50, 50]
    assert earned(session, tang, "ugc-featured") == [30, 30]
    kinds = {fact.kind for fact in session.query(Fact).filter_by(trainee_id=tang.id)}
    assert {"ugc.submitted", "ugc.accepted", "ugc.featured"} <= kinds
    assert not kinds & {"handin.submitted", "handin.accepted", "handin.excellent"}
    assert "badge.awarded" in kinds
    third = send(client)
    assert third.status_code == 409
    assert "as many pieces for this brief as it takes in a month" in html(third)
    clock.to(datetime(2026, 10, 1, 9, tzinfo=ZONE))
    assert send(client).status_code == 303


def test_a_piece_accepted_as_it_was_counts_for_the_true_voice_and_a_revised_one_does_not(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    client = client_of(tang)
    send(client)
    verdict(zhou, all_hand_ins(session)[-1].id, "returned", "改")
    send(client)
    verdict(zhou, all_hand_ins(session)[-1].id, "accepted")
    send(client)
    verdict(zhou, all_hand_ins(session)[-1].id, "accepted")
    session.rollback()
    rows = session.query(Fact).filter_by(trainee_id=tang.id, kind="ugc.accepted").order_by(Fact.id)
    assert [fact.value for fact in rows] == [2, 1]


def test_a_second_piece_begins_anew(client_of: Clients, tang: Person, zhou: Person, session: Session) -> None:
    client = client_of(tang)
    send(client)
    verdict(zhou, all_hand_ins(session)[-1].id, "accepted", "好")
    assert TEXT in html(client.get(f"/practice/{KEY}"))
    assert TEXT not in html(client.get(f"/practice/{KEY}?again=1"))
    send(client)
    second = all_hand_ins(session)[-1]
    assert "Round 1" not in html(client_of(zhou).get(f"/desk/hand-ins/{second.id}")).partition('id="hand-in"')[2]


def test_it_opens_by_its_criterion_which_the_list_tells(client_of: Clients, aduo: Person, session: Session) -> None:
    client = client_of(aduo)
    page = html(client.get("/briefs"))
    assert "Opens when: Complete “" in page
    assert client.get(f"/practice/{KEY}").status_code == 409
    assert send(client).status_code == 409
    assert all_hand_ins(session) == []


def test_a_brief_that_has_ended_takes_no_new_piece_but_the_revision_of_one(
    client_of: Clients, tang: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    client = client_of(tang)
    send(client)
    verdict(zhou, all_hand_ins(session)[-1].id, "returned", "改")
    with db.writing() as writing:
        clock.to(datetime(2027, 4, 1, 9, tzinfo=ZONE))
        assert not briefs(published(writing))[KEY].runs(date(2027, 4, 1))
    client = client_of(tang)
    assert "This brief is over." not in html(client.get("/briefs"))
    assert send(client).status_code == 303
    verdict(zhou, all_hand_ins(session)[-1].id, "accepted")
    response = send(client)
    assert response.status_code == 409
    assert "takes no new pieces any more" in html(response)
    assert "This brief is over." in html(client.get("/briefs"))


def test_a_task_that_was_taken_away_meanwhile_is_said_so_and_her_pieces_stay(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    client = client_of(tang)
    path = send(client).location
    with db.writing() as writing:
        rest = [one for one in published(writing).one("briefs")["briefs"] if one["key"] != KEY]
        publish(writing, {("briefs", "academy"): {"briefs": rest}}, origin="studio")
    response = send(client)
    assert response.status_code == 404
    assert "This task is not offered any more." in html(response)
    assert TEXT in html(client.get(path))
    (made,) = all_hand_ins(session)
    assert client_of(zhou).get(f"/desk/hand-ins/{made.id}").status_code == 200
    assert client_of(zhou).post(f"/desk/hand-ins/{made.id}/acceptance", data={"comment": "好"}).status_code == 303
    session.rollback()
    assert session.query(Fact).filter_by(kind="ugc.accepted").count() == 1


def test_the_same_form_twice_makes_one_piece(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    first, second = send(client), send(client)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(all_hand_ins(session)) == 1


def test_the_brand_sees_what_it_may_use_and_what_was_recalled(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, lu: Person, session: Session, clock: Clock
) -> None:
    client, brand = client_of(tang), client_of(lu)
    assert "Nothing was accepted yet" in html(brand.get("/desk/ugc"))
    send(client)
    (made,) = all_hand_ins(session)
    verdict(zhou, made.id, "excellent")
    page = html(brand.get("/desk/ugc"))
    assert "in the academy and in your channels, until 14 Sep 2027" in page
    assert "featured" in page
    assert "¥100" in page
    assert "assumed at ¥100 a piece, a setting" in page
    assert client_of(zhou).get("/desk/ugc").status_code == 404
    assert client_of(aduo).post(f"/hand-ins/{made.id}/withdrawal").status_code == 404
    for _twice in range(2):
        assert client.post(f"/hand-ins/{made.id}/withdrawal").status_code == 303
        clock.move(days=1)
    assert "You took this back on 14 Sep" in html(client.get(f"/hand-ins/{made.id}"))
    page = html(brand.get("/desk/ugc"))
    assert "recalled 14 Sep" in page
    assert "until 14 Sep" not in page
    assert earned(session, tang, "ugc") == [50]


@ON_SQLITE
def test_a_licence_ends_by_itself(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session, clock: Clock
) -> None:
    send(client_of(tang), months="6", scope="site", portrait=None, pictures=[(photo(), "a.png")], mine="y")
    verdict(zhou, all_hand_ins(session)[0].id, "accepted")
    page = html(client_of(lu).get("/desk/ugc"))
    assert "nobody in the photos has agreed" in page
    clock.move(days=190)
    assert "ended 14 Mar" in html(client_of(lu).get("/desk/ugc"))


def test_what_has_no_licence_can_not_be_withdrawn(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        made, _ = actions.hand_in(session, tang.id, "first-words", TEXT, [])
    assert client_of(tang).post(f"/hand-ins/{made.id}/withdrawal").status_code == 404
    assert client_of(tang).post("/hand-ins/99999/withdrawal").status_code == 404


def test_pieces_are_listed_page_by_page(client_of: Clients, tang: Person, lu: Person, zhou: Person) -> None:
    with db.writing() as session:
        staff = session.get_one(Person, zhou.id)
        for n in range(33):
            made, _ = actions.hand_in(session, tang.id, f"old-{n}", f"第 {n} 篇", [])
            made.kind = "ugc"
            session.add(Licence(hand_in_id=made.id, scope="site", months=6, portrait=False))
            session.flush()
            actions.decide(session, staff, made.id, "accepted", "")
    client = client_of(lu)
    page = html(client.get("/desk/ugc"))
    assert "第 32 篇" in page
    assert "第 2 篇" not in page
    older = html(
        client.get(page.partition('href="/desk/ugc?after=')[2].partition('"')[0].join(["/desk/ugc?after=", ""]))
    )
    assert "第 2 篇" in older
    assert "33" in older


def test_the_day_counts_in_the_brands_zone(tang: Person, session: Session) -> None:
    with db.writing() as writing:
        brief = briefs(published(writing))[KEY]
    assert brief.runs(brief.since)
    assert brief.runs(brief.until)
    assert not brief.runs(brief.until + timedelta(days=1))
    assert session.query(HandIn).count() == 0
