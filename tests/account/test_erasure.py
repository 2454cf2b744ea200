"""Deleting an account: what names her goes, what she did stays under a number that points to nobody."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, cast, func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy import achievements, clock
from academy.account.erasure import erase
from academy.achievements.certificates import sharing
from academy.achievements.certificates.models import Certificate
from academy.achievements.rewards.actions import stock
from academy.achievements.rewards.models import Grant, Voucher
from academy.db import Model, db
from academy.doctor.actions import mend
from academy.doctor.queries import differences
from academy.journal.models import Entry, Fact
from academy.people.actions import Erased
from academy.people.models import Attempted, Audit, Cohort, Membership, Person, ResetCode, Waiting
from academy.practice.models import HandIn
from tests.account.conftest import HER_WORDS, PHONE, Life
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, PASSWORD, html
from tests.quizzes.test_races import together

Clients = Callable[[Person | None], FlaskClient]
CONFIRMED = {"present": PASSWORD, "understood": "y"}


def left(client: FlaskClient) -> None:
    answer = client.post("/me/erasure", data=CONFIRMED)
    assert (answer.status_code, answer.location) == (303, "/farewell"), html(answer)


def tombstone(session: Session, person: Person) -> Person:
    session.rollback()
    return session.get_one(Person, person.id, populate_existing=True)


def everything(session: Session) -> str:
    """Every word in every table, content apart."""
    session.rollback()
    said: list[str] = []
    for table in Model.metadata.sorted_tables:
        if table.name in ("version", "release"):
            continue
        for column in table.columns:
            said += [str(word) for word in session.scalars(select(cast(column, String))) if word]
    session.rollback()
    return "\n".join(said)


# What goes


def test_none_of_her_words_is_left_in_any_table_nor_any_of_her_pictures(
    session: Session, life: Life, tang: Person, client_of: Clients
) -> None:
    before = everything(session)
    assert [word for word in HER_WORDS if word not in before] == []
    assert life.picture.is_file()
    left(client_of(tang))
    after = everything(session)
    assert [word for word in HER_WORDS if word in after] == []
    assert "argon2" not in str(tombstone(session, tang).password_hash)
    assert not life.picture.exists()
    assert [path for path in life.picture.parents[1].rglob("*") if path.is_file()] == []


def test_the_tombstone_keeps_nothing_but_a_number(
    session: Session, life: Life, tang: Person, client_of: Clients
) -> None:
    left(client_of(tang))
    stone = tombstone(session, tang)
    assert (stone.name, stone.legal_name, stone.salutation) == ("已注销用户", None, "")
    assert (stone.phone, stone.email, stone.locale, stone.theme) == (None, None, None, None)
    assert (stone.erased_at, stone.epoch) == (clock.now(), tang.epoch + 1)
    for rows in (ResetCode.person_id, Waiting.trainee_id):
        assert session.scalar(select(func.count()).where(rows == tang.id)) == 0
    assert set(session.scalars(select(Attempted.scope))) == {"signin-host"}


def test_her_seat_is_given_back(session: Session, life: Life, tang: Person, client_of: Clients) -> None:
    taken = {c.code: c.taken for c in session.scalars(select(Cohort))}
    session.rollback()
    left(client_of(tang))
    session.expire_all()
    now = {c.code: c.taken for c in session.scalars(select(Cohort))}
    assert now == {**taken, "by03": taken["by03"] - 1}
    current = select(Membership).where(Membership.trainee_id == tang.id, Membership.until.is_(None))
    assert session.scalars(current).all() == []


# What stays


def test_what_she_did_stays_and_the_doctor_finds_nothing(
    session: Session, life: Life, tang: Person, client_of: Clients
) -> None:
    def kept() -> list[int | None]:
        session.rollback()
        return [
            session.scalar(select(func.count()).where(row.trainee_id == tang.id))
            for row in (Fact, Entry, HandIn, Certificate, Grant)
        ]

    before = kept()
    assert all(before)
    left(client_of(tang))
    assert kept() == before
    assert list(differences(session)) == []


def test_it_is_on_record_by_ids_alone(session: Session, life: Life, tang: Person, client_of: Clients) -> None:
    left(client_of(tang))
    session.rollback()
    row = session.scalars(select(Audit).where(Audit.action == "person.erased")).one()
    assert (row.staff_id, row.subject) == (tang.id, f"person/{tang.id}")


@ON_SQLITE
def test_her_certificate_can_be_checked_and_says_that_she_has_left(
    life: Life, tang: Person, client_of: Clients
) -> None:
    left(client_of(tang))
    answer = client_of(None).get(f"/v/{life.serial}/{life.code}")
    assert answer.status_code == 200
    for said in ("持有人已注销", "2026年9月14日", life.serial, "荣誉证书"):
        assert said in html(answer)
    for gone in ("林", "晓", "女士", "授予"):
        assert gone not in html(answer).partition("<main")[2]


@ON_SQLITE
def test_her_paper_renders_for_nobody(
    app: Flask, session: Session, life: Life, tang: Person, zhou: Person, lu: Person, client_of: Clients
) -> None:
    paper = session.scalars(select(Certificate)).one()
    link = f"/c/{sharing.token(app.extensions['settings'].secret_key, paper)}.pdf"
    hers = client_of(tang)
    assert hers.get(link).status_code == 200
    left(client_of(tang))
    for ending in ("", ".pdf", ".png"):
        path = f"/honours/certificates/{life.serial}{ending}"
        assert hers.get(path).location.startswith("/sign-in")
        for staff in (zhou, lu):
            assert client_of(staff).get(path).status_code == 404
    assert client_of(None).get(link).status_code == 404


def test_a_picture_that_somebody_else_handed_in_too_stays(
    session: Session, life: Life, tang: Person, aduo: Person, client_of: Clients
) -> None:
    text = "阿朵家两岁，晚上睡觉穿的纸尿裤用了三周，大腿没有勒印。"
    with life.picture.open("rb") as same:
        client_of(aduo).post("/practice/first-words/hand-ins", data={"text": text, "mine": "y", "pictures": same})
    session.rollback()
    with db.writing() as s:
        # Re-encoding a JPEG gives another file, so the two are made equal by hand.
        s.scalars(select(HandIn).where(HandIn.trainee_id == aduo.id)).one().pictures[0].file = life.picture.name
    left(client_of(tang))
    assert life.picture.is_file()


# The door


@ON_SQLITE
def test_the_page_says_what_goes_and_what_stays(tang: Person, zhou: Person, client_of: Clients) -> None:
    page = html(client_of(tang).get("/me/erasure"))
    for said in ("会清空", "会留下", "不能恢复", "券码", "持有人已注销", "先下载我的数据"):
        assert said in page


@ON_SQLITE
@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"present": PASSWORD}, "请先勾选"),
        ({"understood": "y"}, "请填现在的密码"),
        ({"present": "wrong-wrong", "understood": "y"}, "这不是现在的密码"),
        ({}, "请先勾选"),
    ],
)
def test_nothing_happens_without_password_and_box(
    session: Session, tang: Person, client_of: Clients, data: dict[str, str], said: str
) -> None:
    answer = client_of(tang).post("/me/erasure", data=data)
    assert answer.status_code == 422
    assert said in html(answer)
    assert tombstone(session, tang).erased_at is None


@ON_SQLITE
def test_the_password_can_not_be_guessed(session: Session, tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    for _ in range(5):
        assert client.post("/me/erasure", data={**CONFIRMED, "present": "wrong-wrong"}).status_code == 422
    assert client.post("/me/erasure", data=CONFIRMED).status_code == 429
    assert tombstone(session, tang).erased_at is None


@ON_SQLITE
def test_reading_the_page_or_the_farewell_deletes_nothing(session: Session, tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    client.get("/me/erasure")
    assert client.get("/farewell").location == "/"
    assert tombstone(session, tang).erased_at is None


@ON_SQLITE
def test_all_her_phones_are_signed_out_and_nobody_signs_in_any_more(tang: Person, client_of: Clients) -> None:
    here, elsewhere = client_of(tang), client_of(tang)
    here.post("/language", data={"locale": "en"})
    left(here)
    farewell = here.get("/farewell")
    assert farewell.status_code == 200
    assert "Your account has been deleted" in html(farewell)
    for client in (here, elsewhere):
        assert client.get("/me").location.startswith("/sign-in")
        assert client.post("/lessons/own/completion").location.startswith("/sign-in")
        assert client.post("/me/erasure", data=CONFIRMED).location.startswith("/sign-in")
    for password in (PASSWORD, "!", "nobody", ""):
        assert client_of(None).post("/sign-in", data={"contact": PHONE, "password": password}).status_code == 422
    code = {"contact": PHONE, "code": "ABCD2345", "new": "neu-2026!"}
    assert client_of(None).post("/reset-password", data=code).status_code == 422


@ON_SQLITE
def test_a_session_with_the_new_epoch_still_opens_nothing(session: Session, tang: Person, client_of: Clients) -> None:
    left(client_of(tang))
    assert client_of(tombstone(session, tang)).get("/me").location.startswith("/sign-in")


# Afterwards


def sign_up(client: FlaskClient) -> TestResponse:
    return client.post(
        "/sign-up",
        data={"contact": PHONE, "name": "新来的", "password": "neu-2026!", "code": "qt07", "consent": "y"},
    )


def test_who_comes_back_with_the_same_number_begins_anew(
    session: Session, life: Life, tang: Person, client_of: Clients
) -> None:
    left(client_of(tang))
    client = client_of(None)
    assert sign_up(client).location == "/"
    session.rollback()
    new = session.scalars(select(Person).where(Person.phone == PHONE)).one()
    assert new.id != tang.id
    for row in (Fact, Entry, HandIn, Certificate, Grant):
        assert session.scalar(select(func.count()).where(row.trainee_id == new.id)) == 0
    session.rollback()
    assert client.get(f"/hand-ins/{life.accepted}").status_code == 404
    assert client.get(f"/honours/certificates/{life.serial}").status_code == 404
    assert "LY20-HERS" not in html(client.get("/honours"))
    assert list(differences(session)) == []


def test_stock_that_comes_later_goes_to_those_who_are_there(
    session: Session, tang: Person, aduo: Person, client_of: Clients
) -> None:
    for trainee in (tang, aduo):
        with db.writing() as s:
            almost_silver(s, trainee.id, but={"pledge.signed"})
            achievements.record(s, trainee.id, "pledge.signed", "koc", "2026-09")
            mend(s)
    left(client_of(tang))
    with db.writing() as s:
        stock(s, "silver-voucher", ["LY20-ONE"])
    session.rollback()
    holder = select(Grant.trainee_id).join(Voucher, Voucher.grant_id == Grant.id).where(Voucher.code == "LY20-ONE")
    assert session.scalars(holder).all() == [aduo.id]
    assert list(differences(session)) == []


# Her trainer


def test_her_trainer_finds_her_nowhere_and_is_told_kindly_why(
    session: Session, life: Life, tang: Person, zhou: Person, wu: Person, lu: Person, client_of: Clients
) -> None:
    desk = client_of(zhou)
    assert "我家 14 个月" in html(desk.get(f"/desk/hand-ins/{life.waiting}"))
    left(client_of(tang))
    before = session.scalar(select(func.count()).where(Fact.trainee_id == tang.id))
    for staff in (desk, client_of(lu)):
        for act, data in (("acceptance", {"comment": "很好"}), ("return", {"comment": "再说说"})):
            answer = staff.post(f"/desk/hand-ins/{life.waiting}/{act}", data=data)
            assert answer.status_code == 410
            assert "已注销" in html(answer)
            assert 'href="/desk/hand-ins"' in html(answer)
        assert staff.get(f"/desk/hand-ins/{life.waiting}").status_code == 410
    assert client_of(wu).post(f"/desk/hand-ins/{life.waiting}/acceptance").status_code == 404
    assert client_of(wu).get(f"/desk/hand-ins/{life.waiting}").status_code == 404
    assert desk.get(f"/desk/hand-ins/{life.accepted}/pictures/1").status_code == 404
    assert desk.get(f"/desk/trainees/{tang.id}").status_code == 404
    for path in ("/desk", "/desk/hand-ins", "/desk/hand-ins?state=accepted", "/desk/roster"):
        assert "已注销用户" not in html(desk.get(path))
    session.rollback()
    assert session.scalar(select(func.count()).where(Fact.trainee_id == tang.id)) == before
    assert list(differences(session)) == []


def test_nothing_is_recorded_for_a_tombstone(session: Session, life: Life, tang: Person, client_of: Clients) -> None:
    left(client_of(tang))
    with pytest.raises(Erased), db.writing() as s:
        achievements.record(s, tang.id, "checkin.done", "", "2026-09-30")
    with pytest.raises(Erased), db.writing() as s:
        erase(s, tang.id)


# Staff


def test_a_trainer_who_leads_an_open_class_hands_it_over_first(
    session: Session, zhou: Person, client_of: Clients
) -> None:
    client = client_of(zhou)
    page = html(client.get("/me/erasure"))
    assert "青铜 07 班" in page
    assert "白银 03 班" in page
    assert 'name="present"' not in page
    answer = client.post("/me/erasure", data=CONFIRMED)
    assert answer.status_code == 409
    assert "青铜 07 班" in html(answer)
    assert tombstone(session, zhou).erased_at is None
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.trainer_id == zhou.id).values(open=False))
    left(client)
    assert tombstone(session, zhou).phone is None


def test_what_a_trainer_said_stays_with_her_trainees(
    session: Session, life: Life, tang: Person, zhou: Person, client_of: Clients
) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.trainer_id == zhou.id).values(open=False))
    left(client_of(zhou))
    hers = client_of(tang)
    page = html(hers.get(f"/hand-ins/{life.accepted}"))
    assert "棠棠写得真好" in page
    assert "周以宁" not in page
    for path in ("/me", "/", "/map", "/honours"):
        assert hers.get(path).status_code in (200, 302)
        assert "周以宁" not in html(hers.get(path))


def test_the_last_brand_account_stays(session: Session, lu: Person, client_of: Clients) -> None:
    answer = client_of(lu).post("/me/erasure", data=CONFIRMED)
    assert answer.status_code == 409
    assert tombstone(session, lu).erased_at is None


def second_brand_account() -> Person:
    with db.writing() as s:
        lu = s.scalars(select(Person).where(Person.role == "brand")).one()
        other = Person(
            role="brand",
            name="运营二号",
            email="two@luya.example",
            password_hash=lu.password_hash,
            created_at=lu.created_at,
        )
        s.add(other)
        s.flush()
        return other


def test_one_of_two_brand_accounts_may_go(session: Session, lu: Person, client_of: Clients) -> None:
    second_brand_account()
    left(client_of(lu))
    assert tombstone(session, lu).email is None


# At the same moment


def test_two_tabs_that_delete_at_once_delete_once(
    session: Session, life: Life, tang: Person, client_of: Clients
) -> None:
    tabs = [client_of(tang) for _ in range(3)]
    answers = together(*[lambda tab=tab: tab.post("/me/erasure", data=CONFIRMED) for tab in tabs])
    assert sorted(answer.status_code < 500 for answer in answers) == [True] * 3
    assert [answer.location for answer in answers].count("/farewell") == 1
    session.rollback()
    assert session.scalar(select(func.count()).where(Audit.action == "person.erased")) == 1
    assert tombstone(session, tang).epoch == tang.epoch + 1
    assert list(differences(session)) == []


def test_the_last_two_brand_accounts_can_not_leave_at_once(session: Session, lu: Person, client_of: Clients) -> None:
    other = second_brand_account()
    one, two = client_of(lu), client_of(other)
    answers = together(*[lambda tab=tab: tab.post("/me/erasure", data=CONFIRMED) for tab in (one, two)])
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    session.rollback()
    living = select(func.count()).where(Person.role == "brand", Person.erased_at.is_(None))
    assert session.scalar(living) == 1


@pytest.mark.parametrize("round_", range(3))
def test_whatever_she_or_her_trainer_does_at_that_moment_leaves_no_trace_of_her(
    session: Session, life: Life, tang: Person, zhou: Person, client_of: Clients, round_: int
) -> None:
    tabs = [client_of(tang) for _ in range(4)]
    desk = client_of(zhou)
    answers = together(
        lambda: tabs[0].post("/me/erasure", data=CONFIRMED),
        lambda: tabs[1].post("/lessons/own/completion"),
        lambda: tabs[2].post("/me/profile", data={"name": "小棠", "salutation": "女士"}),
        lambda: tabs[3].post("/check-ins"),
        lambda: desk.post(f"/desk/hand-ins/{life.waiting}/return", data={"comment": "棠棠写得真好"}),
    )
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert answers[0].location == "/farewell"
    stone = tombstone(session, tang)
    written = session.scalar(select(func.max(Fact.at)).where(Fact.trainee_id == tang.id))
    session.rollback()
    assert stone.erased_at is not None
    assert written is None or written <= stone.erased_at
    after = everything(session)
    assert [word for word in HER_WORDS if word in after] == []
    assert list(differences(session)) == []
