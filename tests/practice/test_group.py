"""The second starter quest: a group of one's own, its rules, its plan, and how many people are in it."""

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy import ROOT
from academy.db import db
from academy.journal.actions import stand
from academy.journal.models import Entry, Fact
from academy.packs.actions import read
from academy.people.models import Audit, Person
from academy.practice.models import HandIn
from academy.practice.rules import takes
from tests.conftest import html
from tests.phone import facts
from tests.practice.conftest import all_hand_ins, photo

Clients = Callable[[Person | None], FlaskClient]
PLAN = (
    "群规：这里聊日常护理；不发别家链接；有人不舒服当天转客服，宝宝的照片请遮脸。\n"
    "周一说一件小事，周三晚八点聊夜里换尿裤，周五晒一张自己拍的图，其余几天听大家说。"
)


@pytest.fixture(autouse=True)
def silver(session: Session, tang: Person, aduo: Person) -> None:
    """小棠 and 阿朵 have reached 白银."""
    with db.writing() as s:
        for person in (tang, aduo):
            stand(s, person.id, "silver")


def tell(client: FlaskClient, people: Any = 23, **more: Any) -> TestResponse:
    form = {"text": PLAN, "people": people, "named": "y"} | more
    return client.post(
        "/practice/first-group/hand-ins", data={name: value for name, value in form.items() if value is not None}
    )


def accept(client: FlaskClient, hand_in: HandIn, people: Any = 23) -> TestResponse:
    data = {"comment": "群规很清楚。", "people": people}
    return client.post(f"/desk/hand-ins/{hand_in.id}/acceptance", data=data)


def badges(session: Session, person: Person) -> set[str]:
    return {key for key, _ in facts(session, person.id, "badge.awarded")}


def paid(session: Session, person: Person) -> list[tuple[str, int]]:
    session.rollback()
    rows = session.execute(select(Entry.currency, Entry.amount).where(Entry.trainee_id == person.id))
    return sorted((currency, amount) for currency, amount in rows)


def test_it_asks_for_the_number_and_whether_she_may_be_named(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    form = html(client.get("/practice/first-group"))
    assert 'name="people"' in form
    assert 'name="named"' in form
    assert 'name="people"' not in html(client.get("/practice/first-words"))
    assert tell(client, pictures=[(photo(), "group.png")], mine="y").status_code == 303
    (made,) = all_hand_ins(session)
    assert (made.people, made.named, made.announced_at, len(made.pictures)) == (23, True, None, 1)
    assert "23 people in the group" in html(client.get(f"/hand-ins/{made.id}"))


@pytest.mark.parametrize("typed", ["", None, "0", "-5", "501", "many", "2.5", "9" * 40])
def test_a_number_that_is_none_is_said_at_its_field(
    client_of: Clients, tang: Person, session: Session, typed: str | None
) -> None:
    answer = tell(client_of(tang), people=typed)
    assert answer.status_code == 422
    assert re.search(r'id="people-error">.*A whole number from 1 to 500', html(answer))
    assert all_hand_ins(session) == []


def test_points_are_for_the_reviewed_rules_and_the_heads_earn_a_badge_only(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    tell(client_of(tang), people=60)
    (made,) = all_hand_ins(session)
    desk = html(client_of(zhou).get(f"/desk/hand-ins/{made.id}"))
    assert "She says 60" in desk
    assert 'value="60"' in desk
    assert "Accept, +50 feathers" in desk
    assert accept(client_of(zhou), made, 22).status_code == 303
    session.rollback()
    row = session.scalars(select(Fact).where(Fact.kind == "group.built")).one()
    assert (row.trainee_id, row.topic, row.occurrence, row.value) == (tang.id, "first-group", "1", 22)
    assert badges(session, tang) == {"group-20"}
    assert paid(session, tang) == [("feathers", 50), ("growth", 50)]
    page = html(client_of(tang).get(f"/hand-ins/{made.id}"))
    assert "Your trainer counted 22 people" in page


def test_a_small_group_with_good_rules_is_paid_and_grows_into_its_badges(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    client, desk = client_of(tang), client_of(zhou)
    for number, people in enumerate((8, 21, 45), 1):
        assert tell(client, people=people).status_code == 303
        assert tell(client, people=people).status_code == 303  # while one waits, none is added
        made = all_hand_ins(session)[-1]
        assert made.number == number
        accept(desk, made, people)
        assert paid(session, tang) == [("feathers", 50), ("growth", 50)]
    assert badges(session, tang) == {"group-20", "group-40"}
    assert len(all_hand_ins(session)) == 3
    page = html(client.get("/practice/first-group"))
    assert "My group has grown" in page
    assert 'name="people"' not in page
    again = html(client.get("/practice/first-group?again=1"))
    assert 'value="45"' in again
    assert "+50" not in again
    assert "Accept, +50" not in html(desk.get(f"/desk/hand-ins/{all_hand_ins(session)[-1].id}"))


def test_other_practices_take_nothing_after_an_accepted_one(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    client = client_of(tang)
    text = "我家 14 个月，每次换尿裤后薄薄涂一层，用了一个冬天，摸着干爽。"
    client.post("/practice/first-words/hand-ins", data={"text": text, "people": "30"})
    (made,) = all_hand_ins(session)
    assert made.people is None
    accept(client_of(zhou), made, 30)
    assert facts(session, tang.id, "group.built") == []
    client.post("/practice/first-words/hand-ins", data={"text": text, "people": "30"})
    assert len(all_hand_ins(session)) == 1
    assert [takes(state, again=False) for state in (None, "returned", "waiting", "accepted")] == [
        True,
        True,
        False,
        False,
    ]
    assert [takes(state, again=True) for state in (None, "returned", "waiting", "accepted")] == [
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("typed", ["", "0", "501", "x"])
def test_without_a_number_that_was_counted_nothing_is_accepted(
    client_of: Clients, tang: Person, zhou: Person, session: Session, typed: str
) -> None:
    tell(client_of(tang))
    (made,) = all_hand_ins(session)
    answer = accept(client_of(zhou), made, typed)
    assert answer.status_code == 422
    assert "A whole number from 1 to 500" in html(answer)
    assert all_hand_ins(session)[0].verdict_id is None
    returned = client_of(zhou).post(
        f"/desk/hand-ins/{made.id}/return", data={"comment": "排期再具体些。", "people": typed}
    )
    assert returned.status_code == 303
    assert facts(session, tang.id, "group.built") == []


def test_accepting_twice_at_once_counts_once(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session
) -> None:
    tell(client_of(tang))
    (made,) = all_hand_ins(session)
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda who: accept(client_of(who[0]), made, who[1]).status_code, ((zhou, 20), (lu, 40)))
        )
    assert sorted(answers) == [303, 409]
    assert len(facts(session, tang.id, "group.built")) == 1
    assert len(paid(session, tang)) == 2


# The announcement (标杆)


def test_an_accepted_group_is_announced_by_her_display_name_and_that_is_on_record(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(legal_name="林晓棠"))
    tell(client_of(tang))
    (made,) = all_hand_ins(session)
    desk = client_of(zhou)
    assert "Announce" not in html(desk.get(f"/desk/hand-ins/{made.id}"))
    assert desk.post(f"/desk/hand-ins/{made.id}/announcement").status_code == 409
    accept(desk, made, 22)
    page = html(desk.get(f"/desk/hand-ins/{made.id}"))
    found = re.search(r'data-copies="([^"]*)"', page)
    assert found
    assert "小棠" in found.group(1)
    assert "22 people" in found.group(1)
    assert "林晓棠" not in page
    assert "138" not in found.group(1)
    for _ in range(2):
        assert desk.post(f"/desk/hand-ins/{made.id}/announcement").status_code == 303
    assert all_hand_ins(session)[0].announced_at is not None
    record = [one.action for one in session.scalars(select(Audit).order_by(Audit.id))]
    assert record == ["handin.accepted", "handin.announced"]
    assert "It is announced" not in html(desk.get(f"/desk/hand-ins/{made.id}"))
    assert "Announced as an example on 14 Sep" in html(client_of(tang).get(f"/hand-ins/{made.id}"))


def test_who_does_not_agree_is_not_announced(client_of: Clients, tang: Person, zhou: Person, session: Session) -> None:
    tell(client_of(tang), named=None)
    (made,) = all_hand_ins(session)
    desk = client_of(zhou)
    accept(desk, made, 22)
    page = html(desk.get(f"/desk/hand-ins/{made.id}"))
    assert "has not agreed" in page
    assert "data-copies" not in page
    assert desk.post(f"/desk/hand-ins/{made.id}/announcement").status_code == 409
    assert all_hand_ins(session)[0].announced_at is None


def test_another_trainer_announces_nothing(
    client_of: Clients, tang: Person, zhou: Person, wu: Person, session: Session
) -> None:
    tell(client_of(tang))
    (made,) = all_hand_ins(session)
    accept(client_of(zhou), made, 22)
    assert client_of(wu).post(f"/desk/hand-ins/{made.id}/announcement").status_code == 404
    assert client_of(tang).post(f"/desk/hand-ins/{made.id}/announcement").status_code == 404
    assert all_hand_ins(session)[0].announced_at is None


# The pack


def problems(folder: Path) -> str:
    return "\n".join(map(str, read(folder).problems))


def test_no_points_for_heads_can_be_published(app: Any, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "courses", tmp_path / "courses")
    academy = tmp_path / "courses/academy.yaml"
    written = academy.read_text()
    rule = "    - {key: heads, title: {zh: 人头, en: Heads}, kind: group.built, growth: 5}\n"
    academy.write_text(written.replace("  rules:\n", f"  rules:\n{rule}", 1))
    assert "禁止传销条例" in problems(tmp_path / "courses")
    lesson = tmp_path / "courses/first-group/1-first-group/01-rules.md"
    academy.write_text(written)
    lesson.write_text(lesson.read_text().replace("group: true", "group: maybe"))
    assert "group: must be true or false" in problems(tmp_path / "courses")
