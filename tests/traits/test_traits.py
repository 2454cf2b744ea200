"""Channels, tags and attributes: noted by the brand, imported from its CRM, judged at once, hers to see and to end."""

import io
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from academy import clock as time
from academy.catalog.actions import replace
from academy.catalog.models import Version
from academy.db import db
from academy.jobs.models import Job
from academy.jobs.work import Held, take, work
from academy.journal.actions import start
from academy.journal.models import Standing
from academy.people.models import Audit, Person, Trait
from academy.traits.actions import take_in
from academy.traits.queries import in_use
from tests.conftest import ON_SQLITE, PASSWORD, Clock, html
from tests.phone import facts, statements
from tests.quizzes.test_races import together
from tests.roster.sheets import csv, xlsx

Clients = Callable[[Person | None], FlaskClient]
HEAD = ["手机号", "频道", "标签", "近30天消费", "宝宝生日", "备注"]


def noted(session: Session, person: Person) -> set[tuple[str, str, int]]:
    session.rollback()
    return {(t.kind, t.key, t.value) for t in session.scalars(select(Trait).where(Trait.trainee_id == person.id))}


def note(client: FlaskClient, person: Person, kind: str, key: str, value: str = "") -> TestResponse:
    return client.post(f"/desk/trainees/{person.id}/traits", data={"kind": kind, "key": key, "value": value})


def send(client: FlaskClient, data: bytes, name: str = "crm.xlsx") -> TestResponse:
    # Encoded here, as the test client forgets to close what it encodes large forms into.
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    return client.post("/desk/traits/import", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def token(response: TestResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html(response))
    assert found, html(response)
    return found[1]


def confirm(client: FlaskClient, word: str) -> TestResponse:
    return client.post("/desk/traits/imports", data={"token": word})


def jobs(session: Session) -> list[str]:
    """The states of the imports, oldest first."""
    session.rollback()
    return list(session.scalars(select(Job.state).where(Job.name == "traits").order_by(Job.id)))


def all_done(app: Flask) -> bool:
    """Do what waits; whether there was anything to do."""
    return sum(iter(lambda: work(app.extensions["jobs"]), False)) > 0


def kept(app: Flask, area: str) -> list[Path]:
    return [path for path in (app.extensions["files"].root / area).rglob("*") if path.is_file()]


def ladder_asks(staff: Person, more: dict[str, Any]) -> None:
    """Let the first promotion ask for this alone."""
    with db.writing() as s:
        newest = s.scalars(select(Version).where(Version.kind == "ladder").order_by(Version.id.desc()).limit(1)).one()
        tiers = [dict(tier) for tier in newest.content["tiers"]]
        tiers[0]["promotion"] = more
        assert replace(s, ("ladder", "academy"), {**newest.content, "tiers": tiers}, str(newest.id), staff.id)


def tier(session: Session, person: Person) -> str:
    session.rollback()
    return session.get_one(Standing, person.id, populate_existing=True).tier


# By hand


def test_staff_note_change_and_remove(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    client = client_of(lu)
    assert note(client, tang, "channel", " 母婴 ").status_code == 303
    note(client, tang, "tag", "ＶＩＰ", "7")
    note(client, tang, "attribute", "rfm", "1,200")
    note(client, tang, "attribute", "rfm", "0")
    assert noted(session, tang) == {("channel", "母婴", 1), ("tag", "VIP", 1), ("attribute", "rfm", 0)}
    page = html(client.get(f"/desk/trainees/{tang.id}"))
    assert "母婴" in page
    assert "VIP" in page
    removal = partial(client.post, f"/desk/trainees/{tang.id}/traits/removal", data={"kind": "tag", "key": "VIP"})
    assert "Removed" in html(removal(follow_redirects=True))
    assert "It is not there any more" in html(removal(follow_redirects=True))
    assert noted(session, tang) == {("channel", "母婴", 1), ("attribute", "rfm", 0)}
    trail = [(a.action, a.subject) for a in session.scalars(select(Audit).order_by(Audit.id))]
    assert trail == [*[("trait.noted", f"person/{tang.id}")] * 4, ("trait.forgotten", f"person/{tang.id}")]


def test_noting_the_same_again_changes_nothing(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    client = client_of(lu)
    session.rollback()
    together(*(partial(note, client_of(lu), tang, "tag", "老客") for _ in range(3)))
    note(client, tang, "tag", "老客")
    assert noted(session, tang) == {("tag", "老客", 1)}
    assert session.scalar(select(func.count()).select_from(Audit)) == 1


@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "key", "value", "why"),
    [
        ("tag", "", "", "1 to 40 characters"),
        ("tag", "x" * 41, "", "1 to 40 characters"),
        ("attribute", "宝宝生日", "20240501", "We keep no birth dates"),
        ("tag", "宝宝叫小米", "", "We keep no birth dates"),
        ("attribute", "rfm", "", "A whole number from 0"),
        ("attribute", "rfm", "1000000001", "A whole number from 0"),
        ("attribute", "rfm", "-1", "A whole number from 0"),
        ("role", "brand", "", "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    session: Session, client_of: Clients, lu: Person, tang: Person, kind: str, key: str, value: str, why: str
) -> None:
    answer = note(client_of(lu), tang, kind, key, value)
    assert answer.status_code == 422
    assert why in html(answer)
    assert noted(session, tang) == set()


def test_nobody_has_more_than_fifty(session: Session, client_of: Clients, lu: Person, tang: Person) -> None:
    with db.writing() as s:
        s.add_all(Trait(trainee_id=tang.id, kind="tag", key=f"t{n}", value=1) for n in range(50))
    answer = note(client_of(lu), tang, "tag", "one more")
    assert answer.status_code == 409
    assert "At most 50" in html(answer)
    assert note(client_of(lu), tang, "tag", "t7").status_code == 303
    assert len(noted(session, tang)) == 50


@ON_SQLITE
def test_only_the_brand_notes_and_reads_them(
    session: Session, client_of: Clients, zhou: Person, lu: Person, tang: Person
) -> None:
    note(client_of(lu), tang, "tag", "老客")
    for somebody in (zhou, tang):
        assert note(client_of(somebody), tang, "tag", "x").status_code == 404
        assert client_of(somebody).get("/desk/traits/import").status_code == 404
    assert "老客" not in html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))
    assert "阿朵" in html(client_of(zhou).get("/desk/roster?trait=tag:老客"))
    assert note(client_of(lu), zhou, "tag", "x").status_code == 404
    assert noted(session, tang) == {("tag", "老客", 1)}


# Judged at once


@pytest.mark.parametrize(
    ("asked", "trait"),
    [
        ({"channel": {"key": "母婴"}}, ("channel", "母婴", "")),
        ({"tag": {"key": "老客"}}, ("tag", "老客", "")),
        ({"attribute": {"key": "rfm", "at_least": 3}}, ("attribute", "rfm", "3")),
    ],
)
def test_a_trait_that_was_missing_promotes_in_the_same_transaction(
    session: Session, client_of: Clients, lu: Person, tang: Person, asked: dict[str, Any], trait: tuple[str, str, str]
) -> None:
    ladder_asks(lu, asked)
    client = client_of(lu)
    note(client, tang, "attribute", "rfm", "2")
    note(client, tang, "tag", "别的")
    assert tier(session, tang) == "bronze"
    note(client, tang, *trait)
    assert tier(session, tang) == "silver"
    assert "小棠 has reached Silver." in html(client.get(f"/desk/trainees/{tang.id}"))
    assert facts(session, tang.id, "tier.reached") == [("silver", "1")]


def test_removing_one_that_was_in_the_way_promotes_too(
    session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    client = client_of(lu)
    note(client, tang, "tag", "暂停")
    ladder_asks(lu, {"not": {"tag": {"key": "暂停"}}})
    assert tier(session, tang) == "bronze"
    client.post(f"/desk/trainees/{tang.id}/traits/removal", data={"kind": "tag", "key": "暂停"})
    assert tier(session, tang) == "silver"


# From the CRM


FOUR = xlsx(
    HEAD,
    ["13800000011", "母婴、美妆", "老客", 199, "2024-05-01", "爱聊天"],
    ["13800000012", None, "老客;爱分享", None, None, None],
    ["13900000009", None, "老客", None, None, None],
    ["13800000013", None, None, "很多", None, None],
)


def test_a_dry_run_names_every_wrong_line_and_writes_nothing(
    session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    client = client_of(lu)
    answer = send(client, FOUR)
    page = html(answer)
    assert "2 lines are good, 2 lines are left out" in page
    for words in (
        "no trainee has this number",
        "近30天消费: no whole number",
        "These columns are not read",
        "宝宝生日",
        "备注",
        "Take in none",
    ):
        assert words in page
    assert noted(session, tang) == set()
    assert jobs(session) == []
    sheet = client.post("/desk/traits/misfits.xlsx", data={"token": token(answer)}, buffered=True)
    rows = list(load_workbook(io.BytesIO(sheet.data)).active.iter_rows(values_only=True))
    assert [row[:2] for row in rows[1:]] == [(4, "13900000009"), (5, "很多")]


def test_the_good_lines_are_taken_in_once(
    app: Flask, session: Session, client_of: Clients, lu: Person, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    client = client_of(lu)
    word = token(send(client, FOUR))
    session.rollback()
    answers = together(*(partial(confirm, client_of(lu), word) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert "Begins soon" in html(client.get("/desk/traits/import"))
    assert jobs(session) == ["waiting"]
    assert all_done(app)
    assert noted(session, tang) == {
        ("channel", "母婴", 1),
        ("channel", "美妆", 1),
        ("tag", "老客", 1),
        ("attribute", "近30天消费", 199),
    }
    assert noted(session, aduo) == {("tag", "老客", 1), ("tag", "爱分享", 1)}
    assert noted(session, xiaomi) == set()
    assert "Done" in html(client.get("/desk/traits/import"))
    assert "0 new" in html(client.post("/desk/traits/imports", data={"token": word}, follow_redirects=True))
    assert kept(app, "traits") == kept(app, "traitchecks") == []
    assert [a.action for a in session.scalars(select(Audit))] == ["traits.imported"]


def test_an_import_adds_and_changes_and_removes_nothing(
    app: Flask, session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    client = client_of(lu)
    note(client, tang, "tag", "旧的")
    note(client, tang, "attribute", "近30天消费", "5")
    ladder_asks(lu, {"all": [{"tag": {"key": "旧的"}}, {"attribute": {"key": "近30天消费", "at_least": 100}}]})
    confirm(client, token(send(client, csv(["手机号,近30天消费", "13800000011,150"]), "crm.csv")))
    assert all_done(app)
    assert noted(session, tang) == {("tag", "旧的", 1), ("attribute", "近30天消费", 150)}
    assert tier(session, tang) == "silver"


@ON_SQLITE
def test_who_would_have_more_than_fifty_is_named(
    session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    with db.writing() as s:
        s.add_all(Trait(trainee_id=tang.id, kind="tag", key=f"t{n}", value=1) for n in range(49))
    page = html(send(client_of(lu), xlsx(["手机号", "标签"], ["13800000011", "t1、a、b"])))
    assert "more than 50 things would be noted of her" in page
    assert "1 line is good" in html(send(client_of(lu), xlsx(["手机号", "标签"], ["13800000011", "t1、a"])))


def test_a_worker_that_dies_half_way_is_followed_by_one_that_goes_on(
    app: Flask, session: Session, client_of: Clients, lu: Person, clock: Clock
) -> None:
    with db.writing() as s:
        people = [
            Person(role="trainee", name="x", phone=f"137{n:08}", password_hash="-", created_at=time.now())
            for n in range(450)
        ]
        s.add_all(people)
        s.flush()
        for person in people:
            start(s, person.id, "bronze")
    assert all_done(app)
    client = client_of(lu)
    confirm(client, token(send(client, csv(["手机号,标签", *(f"137{n:08},老客" for n in range(450))]), "crm.csv")))

    class Died(BaseException):
        pass

    class Dying(Held):
        def step(self) -> Any:
            if self.progress.get("done") == 200:
                raise Died
            return super().step()

    with db.writing() as s:
        held = take(s)
        assert held
    with pytest.raises(Died):
        take_in(Dying(**vars(held)))

    def number() -> int | None:
        session.rollback()
        return session.scalar(select(func.count()).select_from(Trait))

    assert number() == 200
    assert "200 so far" in html(client.get("/desk/traits/import"))
    assert not all_done(app)
    clock.move(minutes=6)
    assert all_done(app)
    assert number() == 450
    assert jobs(session) == ["done"]
    assert kept(app, "traits") == []


def test_who_leaves_between_is_left_out(
    app: Flask, session: Session, client_of: Clients, lu: Person, tang: Person
) -> None:
    client = client_of(lu)
    confirm(client, token(send(client, FOUR)))
    client_of(tang).post("/me/erasure", data={"present": PASSWORD, "understood": "y"})
    assert all_done(app)
    assert noted(session, tang) == set()
    assert jobs(session) == ["done"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "There is nobody in this file"),
        (b"%PDF-1.7\x00\x01", "neither an .xlsx nor a .csv"),
        (csv(["姓名", "x"]), "No column is headed"),
        (b"PK\x03\x04broken", "damaged"),
        (b"x" * (5 * 1024 * 1024 + 1), "too large"),
    ],
    ids=["nothing", "pdf", "no phones", "broken", "large"],
)
def test_a_file_that_is_no_sheet_says_why(client_of: Clients, lu: Person, data: bytes, why: str) -> None:
    answer = send(client_of(lu), data)
    assert answer.status_code == 422
    assert why in html(answer)


@ON_SQLITE
def test_a_word_of_somebody_else_or_a_forged_one_takes_in_nothing(
    session: Session, client_of: Clients, lu: Person, clock: Clock
) -> None:
    client = client_of(lu)
    word = token(send(client, FOUR))
    with db.writing() as s:
        other = Person(role="brand", name="别人", email="b@luya.example", password_hash="-", created_at=time.now())
        s.add(other)
        s.flush()
        s.expunge(other)
    for who, said in ((other, word), (lu, "forged"), (lu, "")):
        assert "0 new" in html(client_of(who).post("/desk/traits/imports", data={"token": said}, follow_redirects=True))
        assert client_of(who).post("/desk/traits/misfits.xlsx", data={"token": said}).status_code == 303
    clock.move(hours=25)
    assert "0 new" in html(client.post("/desk/traits/imports", data={"token": word}, follow_redirects=True))
    assert jobs(session) == []


@ON_SQLITE
def test_the_template_is_a_list_that_can_be_imported(client_of: Clients, lu: Person) -> None:
    client = client_of(lu)
    sheet = client.get("/desk/traits/template.xlsx").data
    assert "1 line is left out" in html(send(client, sheet))


# The roster


def test_the_roster_is_filtered_by_channel_or_tag_and_so_is_its_export(
    session: Session, client_of: Clients, lu: Person, tang: Person, aduo: Person
) -> None:
    client = client_of(lu)
    note(client, tang, "tag", "老客")
    note(client, aduo, "channel", "母婴")
    page = html(client.get("/desk/roster?trait=tag:老客"))
    assert "小棠" in page
    assert "阿朵" not in page
    assert '<option value="tag:老客" selected>老客</option>' in page
    assert '<option value="channel:母婴">母婴</option>' in page
    assert "阿朵" not in html(client.get("/desk/roster?trait=tag:母婴"))
    assert "Nobody is found here" in html(client.get("/desk/roster?trait=tag:%27"))
    sheet = client.post("/desk/roster.xlsx", data={"trait": "channel:母婴"}, buffered=True).data
    names = [row[0] for row in load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True)]
    assert names[1:] == ["阿朵"]


def test_the_keys_in_use_are_found_in_one_statement(session: Session, tang: Person, aduo: Person) -> None:
    with db.writing() as s:
        for person in (tang, aduo):
            s.add_all(Trait(trainee_id=person.id, kind="tag", key=key, value=1) for key in ("b", "a", "老客"))
        s.add(Trait(trainee_id=tang.id, kind="attribute", key="rfm", value=1))
        s.add(Trait(trainee_id=tang.id, kind="channel", key="母婴", value=1))
    with statements() as seen:
        found = in_use(session)
    assert found == [("channel", "母婴"), ("tag", "a"), ("tag", "b"), ("tag", "老客")]
    assert len(seen) == 1
    session.rollback()


# Her data


def test_they_are_in_her_own_data_and_go_with_her(
    session: Session, client_of: Clients, lu: Person, tang: Person, aduo: Person
) -> None:
    for person in (tang, aduo):
        note(client_of(lu), person, "attribute", "rfm", "7")
    client = client_of(tang)
    packed = ZipFile(io.BytesIO(client.post("/me/data", data={"present": PASSWORD}, buffered=True).data))
    assert json.loads(packed.read("data.json"))["known_of_you"] == [{"kind": "attribute", "key": "rfm", "value": 7}]
    client.post("/me/erasure", data={"present": PASSWORD, "understood": "y"})
    assert noted(session, tang) == set()
    assert noted(session, aduo) == {("attribute", "rfm", 7)}
    assert note(client_of(lu), tang, "tag", "x").status_code == 404
