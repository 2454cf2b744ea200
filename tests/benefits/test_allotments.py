"""Customers in a trainee's care: a month's figures come in, the review follows, her page tells her."""

import io
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from academy import clock as time
from academy.benefits.allotments.actions import record_figures, take_in
from academy.benefits.allotments.rules import Figures
from academy.catalog.actions import publish, take_turn
from academy.catalog.queries import published
from academy.db import db
from academy.jobs.work import Held, take
from academy.journal.actions import start
from academy.journal.models import Fact, Standing
from academy.people.models import Audit, Person
from tests.achievements.story import run_jobs
from tests.conftest import ON_SQLITE, Browser, Clock, html
from tests.phone import did, statements
from tests.roster.sheets import csv, xlsx

Clients = Callable[[Person | None], FlaskClient]
HEAD = ["手机号", "用户数", "成单数", "咨询数", "已服务数", "投诉数"]
GOOD = [20000, 600, 400, 380, 3]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def gold(tang: Person, aduo: Person, session: Session) -> tuple[Person, Person]:
    """小棠 and 阿朵 have reached gold."""
    stand(tang, "gold")
    stand(aduo, "gold")
    return tang, aduo


def stand(trainee: Person, tier: str) -> None:
    with db.writing() as s:
        s.execute(update(Standing).where(Standing.trainee_id == trainee.id).values(tier=tier))


def send(client: FlaskClient, data: bytes, month: str = "2026-08") -> TestResponse:
    # Encoded here, as the test client forgets to close what it encodes large forms into.
    boundary, body = encode_multipart({"month": month, "file": FileStorage(io.BytesIO(data), "figures.xlsx")})
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post("/desk/allotments/import", data=body, content_type=kind, headers=ENGLISH)


def token(response: TestResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html(response))
    assert found, html(response)
    return found[1]


def confirm(client: FlaskClient, word: str, **more: Any) -> TestResponse:
    return client.post("/desk/allotments/imports", data={"token": word, **more}, headers=ENGLISH)


def bring(client: FlaskClient, *rows: list[Any], month: str = "2026-08") -> TestResponse:
    """Import some lines, and let the worker take them in; the page that says so."""
    answer = confirm(client, token(send(client, xlsx(HEAD, *rows), month)))
    run_jobs(client.application)
    return client.get(answer.location, headers=ENGLISH)


def outcome(response: TestResponse) -> str:
    found = re.search(r'id="outcome"[^>]*>([^<]+)<', html(response))
    assert found
    return found[1]


def care(session: Session, *kinds: str) -> list[tuple[int, str, str, int]]:
    """Facts of these kinds, in the order in which they were written."""
    session.rollback()
    chosen = Fact.kind.in_(kinds) if kinds else Fact.kind.startswith("care.")
    rows = session.execute(
        select(Fact.trainee_id, Fact.kind, Fact.occurrence, Fact.value).where(chosen).order_by(Fact.id)
    ).all()
    session.rollback()
    return [tuple(row) for row in rows]  # type: ignore[misc]


def sets(session: Session) -> list[tuple[int, str, int]]:
    return [(id, month, value) for id, _, month, value in care(session, "allotment.set")]


def settle(client: FlaskClient, *each: tuple[Person, int], month: str = "2026-08", **more: str) -> TestResponse:
    ticked = [f"{person.id}:{users}" for person, users in each]
    return client.post("/desk/allotments", data={"month": month, "each": ticked, **more}, headers=ENGLISH)


def words(response: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html(response)))


# Figures come in


def test_a_dry_run_names_each_wrong_line_and_writes_nothing(
    client_of: Clients, lu: Person, xiaomi: Person, gold: tuple[Person, Person], session: Session
) -> None:
    desk = client_of(lu)
    rows = [
        ["手机号", "学员编号", "昵称", "用户数", "成单数", "咨询数", "已服务数", "投诉数"],
        ["13800000011", None, "小棠", *GOOD],
        [None, gold[1].id, "阿朵", *GOOD],
        ["13800000011", None, "又一次", *GOOD],
        ["13800000013", None, "小米", *GOOD],
        ["13911112222", None, "谁", *GOOD],
        [None, 999999, "谁", *GOOD],
        ["13800000001", None, "老师", *GOOD],
        ["13800000011", None, "", -5, 1, 1, 1, 1],
        ["13800000011", None, "", 1, 1, 1, 2, 1],
        ["13800000011", None, "", 1, 1, 1, 1, 2],
        ["=cmd|' /C calc'!A0", None, "", *GOOD],
        ["13800000011", None, "", 1, 2, 1, 1, 1],
    ]
    page = send(desk, xlsx(*rows))
    assert page.status_code == 200
    assert outcome(page) == "the figures of 2 trainees can be imported, 10 lines are wrong"
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", html(page), re.DOTALL)]
    assert [cells[n : n + 3] for n in range(0, len(cells), 3)] == [
        ["4", "13800000011", "stands further up already"],
        ["5", "13800000013", "her tier has no customer groups"],
        ["6", "13911112222", "no trainee has this number"],
        ["7", "999999", "no trainee has this number"],
        ["8", "13800000001", "no trainee has this number"],
        ["9", "-5", "Users: no whole number from 0 to 1,000,000"],
        ["10", "2 > 1", "more served than asked"],
        ["11", "2 > 1", "more complaints than asked"],
        ["12", "=cmd|' /C calc'!A0", "neither a mobile number of 11 digits nor a trainee number"],
        ["13", "2 > 1", "more orders than customers"],
    ]
    assert "昵称" in html(page)
    assert care(session) == []
    assert session.query(Audit).all() == []


def test_the_good_lines_become_facts_with_what_speaks_against_her_first(
    client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session, app: Flask
) -> None:
    desk, (tang, aduo) = client_of(lu), gold
    page = bring(desk, ["13800000012", 20000, 500, 300, 290, 0], ["13800000011", *GOOD], ["1", *GOOD])
    assert "2 of 2 are in" in words(page)
    assert 'href="/desk/allotments?month=2026-08"' in html(page)
    assert care(session) == [
        (tang.id, "care.users", "2026-08", 20000),
        (tang.id, "care.complaints", "2026-08", 3),
        (tang.id, "care.asked", "2026-08", 400),
        (tang.id, "care.orders", "2026-08", 600),
        (tang.id, "care.served", "2026-08", 380),
        (aduo.id, "care.users", "2026-08", 20000),
        (aduo.id, "care.complaints", "2026-08", 0),
        (aduo.id, "care.asked", "2026-08", 300),
        (aduo.id, "care.orders", "2026-08", 500),
        (aduo.id, "care.served", "2026-08", 290),
    ]
    (noted,) = session.scalars(select(Audit))
    assert (noted.staff_id, noted.action, noted.subject) == (lu.id, "care.imported", "month/2026-08")
    for area in ("allotments", "figures"):
        assert [path for path in (app.extensions["files"].root / area).rglob("*") if path.is_file()] == []


def test_the_same_month_again_is_nothing_and_other_figures_are_refused_by_name(
    client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    desk = client_of(lu)
    bring(desk, ["13800000011", *GOOD])
    before = care(session)
    again = send(desk, xlsx(HEAD, ["13800000011", *GOOD]))
    assert outcome(again) == "the figures of 0 trainees can be imported, 1 is recorded already"
    assert 'action="/desk/allotments/imports"' not in html(again)
    other = send(desk, xlsx(HEAD, ["13800000011", 20000, 601, 400, 380, 3]))
    assert outcome(other) == "the figures of 0 trainees can be imported, 1 line is wrong"
    assert "Figures never change" in html(other)
    assert "other figures of this month are recorded" in html(other)
    assert care(session) == before
    bring(desk, ["13800000011", 1, 1, 1, 1, 1], month="2026-07")
    assert len(care(session)) == 10


def test_confirming_twice_and_at_once_records_once(
    app: Flask, client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    sheets = [xlsx(HEAD, ["13800000011", *GOOD], ["13800000012", *GOOD])] * 2
    found = [token(send(client_of(lu), sheet)) for sheet in sheets]
    clients = [client_of(lu) for _ in range(4)]
    session.rollback()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(confirm, clients, found * 2))
    assert {answer.status_code for answer in answers} == {303}
    run_jobs(app)
    assert len(care(session)) == 10
    assert confirm(client_of(lu), found[0]).location == "/desk/allotments/import"


def test_two_sheets_that_differ_take_one_and_say_what_was_left_out(
    app: Flask, client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    desk = client_of(lu)
    one = token(send(desk, xlsx(HEAD, ["13800000011", *GOOD])))
    two = token(send(desk, xlsx(HEAD, ["13800000011", 1, 1, 1, 1, 1], ["13800000012", *GOOD])))
    confirm(desk, one)
    address = confirm(desk, two).location
    run_jobs(app)
    assert "1 was left out: other figures of this month have come in meanwhile" in words(
        desk.get(address, headers=ENGLISH)
    )
    assert [value for id, kind, _, value in care(session, "care.orders")] == [600, 600]


@ON_SQLITE
def test_a_word_is_good_for_a_day_and_only_in_the_hands_of_who_uploaded_the_sheet(
    client_of: Clients, lu: Person, zhou: Person, gold: tuple[Person, Person], session: Session, clock: Clock
) -> None:
    with db.writing() as s:
        s.add(Person(role="brand", name="同事", email="b@luya.example", password_hash="x", created_at=time.now()))
    colleague = session.scalars(select(Person).where(Person.email == "b@luya.example")).one()
    session.expunge(colleague)
    word = token(send(client_of(lu), xlsx(HEAD, ["13800000011", *GOOD], ["x", *GOOD])))
    assert confirm(client_of(zhou), word).status_code == 404
    for staff, typed in ((colleague, word), (lu, word[:-1]), (lu, "")):
        assert confirm(client_of(staff), typed).location == "/desk/allotments/import"
        assert client_of(staff).post("/desk/allotments/misfits.xlsx", data={"token": typed}).status_code == 303
    clock.move(hours=25)
    assert confirm(client_of(lu), word).location == "/desk/allotments/import"
    assert care(session) == []


@ON_SQLITE
def test_all_wrong_lines_come_as_a_sheet_in_which_nothing_is_a_formula(
    client_of: Clients, lu: Person, gold: tuple[Person, Person]
) -> None:
    desk = client_of(lu)
    page = send(desk, csv([",".join(HEAD), *["=1+1,1,1,1,1,1"] * 150]))
    assert "the first 100 of 150" in html(page)
    data = desk.post("/desk/allotments/misfits.xlsx", data={"token": token(page)}, headers=ENGLISH).data
    rows = list(load_workbook(io.BytesIO(data)).active.values)
    assert len(rows) == 151
    assert rows[0] == ("Line", "What stands there", "Why")
    assert rows[1] == (2, "'=1+1", "neither a mobile number of 11 digits nor a trainee number")


@pytest.fixture
def many(session: Session) -> list[list[Any]]:
    """The lines of 120 who have reached gold."""
    with db.writing() as s:
        people = [
            Person(role="trainee", name="x", phone=f"137{n:08}", password_hash="-", created_at=time.now())
            for n in range(120)
        ]
        s.add_all(people)
        s.flush()
        for person in people:
            start(s, person.id, "gold")
    return [[f"137{n:08}", *GOOD] for n in range(120)]


def test_a_worker_that_dies_half_way_is_followed_by_one_that_goes_on(
    app: Flask, client_of: Clients, lu: Person, many: list[list[Any]], session: Session, clock: Clock
) -> None:
    run_jobs(app)
    desk = client_of(lu)
    address = confirm(desk, token(send(desk, xlsx(HEAD, *many)))).location
    assert "0 of 120 are in" in words(desk.get(address, headers=ENGLISH))

    class Died(BaseException):
        pass

    class Dying(Held):
        def step(self) -> Any:
            if self.progress.get("done") == 50:
                raise Died
            return super().step()

    with db.writing() as s:
        held = take(s)
        assert held
    with pytest.raises(Died):
        take_in(Dying(**vars(held)))
    assert len(care(session)) == 50 * 5
    page = html(desk.get(address, headers=ENGLISH))
    assert "50 of 120 are in" in page
    assert 'hx-trigger="every 2s"' in page
    assert "50 so far" in words(desk.get("/desk/allotments/import", headers=ENGLISH))
    run_jobs(app)
    assert len(care(session)) == 50 * 5, "the job is still in the hands of the first worker"
    clock.move(minutes=6)
    run_jobs(app)
    assert len(care(session)) == len({(id, kind) for id, kind, *_ in care(session)}) == 120 * 5
    page = html(desk.get(address, headers=ENGLISH))
    assert "120 of 120 are in" in page
    assert "every 2s" not in page
    assert session.query(Audit).count() == 1


@ON_SQLITE
def test_an_import_that_has_stopped_says_what_to_do(
    app: Flask, client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    desk = client_of(lu)
    address = confirm(desk, token(send(desk, xlsx(HEAD, ["13800000011", *GOOD])))).location
    for path in (app.extensions["files"].root / "figures").rglob("*.json"):
        path.unlink()
    run_jobs(app)
    assert "Import the same sheet again" in words(desk.get(address, headers=ENGLISH))
    assert "Stopped after 0" in words(desk.get("/desk/allotments/import", headers=ENGLISH))
    assert desk.get("/desk/allotments/imports/x").status_code == 404


def test_fifty_thousand_lines_are_checked_at_once(client_of: Clients, lu: Person, gold: tuple[Person, Person]) -> None:
    lines = [f"{13_900_000_000 + n},20000,600,400,380,3" for n in range(49_999)]
    page = send(client_of(lu), csv([",".join(HEAD), *lines, "13800000011,20000,600,400,380,3"]))
    assert outcome(page) == "the figures of 1 trainee can be imported, 49999 lines are wrong"


@ON_SQLITE
def test_a_file_that_is_no_sheet_and_a_month_that_is_not_over_are_refused(
    client_of: Clients, lu: Person, session: Session
) -> None:
    desk = client_of(lu)
    for data, said in (
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither an .xlsx nor a .csv"),
        (b"", "There are no figures"),
        (xlsx(HEAD[:-1]), "A column is missing"),
        (csv([",".join(HEAD), *["1,1,1,1,1,1"] * 50_001]), "More than 50,000"),
        (b"x" * (5 * 1024 * 1024 + 1), "at most 5 MB"),
        (xlsx(HEAD)[:-30], "damaged"),
    ):
        answer = send(desk, data)
        assert answer.status_code == 422
        assert re.search(rf'id="file-error">.*{said}', html(answer)), said
    for month in ("2026-09", "2025-08", "x", ""):
        assert send(desk, xlsx(HEAD, ["13800000011", *GOOD]), month).status_code == 422
        assert desk.get(f"/desk/allotments?month={month or '2026-13'}").status_code == 404
    assert care(session) == []


def test_who_has_left_meanwhile_is_left_out(
    app: Flask, client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    desk = client_of(lu)
    word = token(send(desk, xlsx(HEAD, ["13800000011", *GOOD], ["13800000012", *GOOD])))
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == gold[0].id).values(erased_at=time.now()))
    assert confirm(desk, word).status_code == 303
    run_jobs(app)
    assert {id for id, *_ in care(session)} == {gold[1].id}


def test_no_rule_sees_the_month_better_than_it_was(gold: tuple[Person, Person], session: Session) -> None:
    ratio = {"figure": "sum", "per": 1000}
    asked = [
        {"ratio": {"kind": "care.orders", "over": {"kind": "care.users"}, **ratio, "at_least": 30}},
        {"ratio": {"kind": "care.served", "over": {"kind": "care.asked"}, **ratio, "at_least": 950}},
        {"ratio": {"kind": "care.complaints", "over": {"kind": "care.orders"}, **ratio, "at_most": 5}},
    ]
    with db.writing() as s:
        take_turn(s)
        ladder = json.loads(json.dumps(published(s).one("ladder")))
        next(tier for tier in ladder["tiers"] if tier["key"] == "gold")["promotion"] = {"all": asked}
        publish(s, {("ladder", "academy"): ladder}, origin="studio")
    months = {"2026-05": (600, 400, 379, 3), "2026-06": (599, 400, 381, 3), "2026-07": (700, 400, 400, 40)}
    for month, (orders, wanted, served, complaints) in months.items():
        with db.writing() as s:
            record_figures(s, month, {gold[0].id: Figures(20000, orders, wanted, served, complaints)})
        assert [topic for _, _, topic, _ in care(session, "tier.reached")] == []
    with db.writing() as s:
        record_figures(s, "2026-08", {gold[1].id: Figures(20000, 600, 400, 380, 3)})
    assert [id for id, *_ in care(session, "tier.reached")] == [gold[1].id]


# The review


def test_the_review_begins_raises_and_takes_back(
    client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session, clock: Clock
) -> None:
    desk, (tang, aduo) = client_of(lu), gold
    page = words(desk.get("/desk/allotments", headers=ENGLISH))
    assert page.count("begins with 20,000") == 2
    assert settle(desk, (tang, 20000), (aduo, 20000)).status_code == 303
    assert sets(session) == [(tang.id, "2026-08", 20000), (aduo.id, "2026-08", 20000)]
    assert {(one.action, one.subject) for one in session.query(Audit)} == {
        ("allotment.set", f"person/{tang.id}"),
        ("allotment.set", f"person/{aduo.id}"),
    }
    clock.move(days=30)
    page = words(desk.get("/desk/allotments", headers=ENGLISH))
    assert page.count("no figures yet 20,000 waits for figures") == 2
    bring(desk, ["13800000011", *GOOD], ["13800000012", 20000, 100, 400, 380, 3], month="2026-09")
    page = words(desk.get("/desk/allotments", headers=ENGLISH))
    assert "3.0% met 95.0% met 0.5% met 20,000 up to 50,000" in page
    assert "0.5% not met 95.0% met 3.0% not met 20,000 stays at 20,000" in page
    settle(desk, (tang, 50000), (aduo, 20000), month="2026-09")
    clock.move(days=30)
    bring(desk, ["13800000011", 50000, 100, 400, 380, 0], month="2026-10")
    assert "50,000 back to 20,000" in words(desk.get("/desk/allotments", headers=ENGLISH))
    settle(desk, (tang, 20000), month="2026-10")
    assert [value for id, _, value in sets(session) if id == tang.id] == [20000, 50000, 20000]
    done = words(desk.get("/desk/allotments?settled=1", headers=ENGLISH))
    assert "小棠" in done
    assert "阿朵" not in done


@ON_SQLITE
def test_one_is_confirmed_by_her_own_button_whatever_is_ticked(
    client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    settle(client_of(lu), (gold[0], 20000), (gold[1], 20000), only=f"{gold[1].id}:20000")
    assert [id for id, *_ in sets(session)] == [gold[1].id]


def test_what_is_no_longer_so_is_not_confirmed(
    client_of: Clients, lu: Person, xiaomi: Person, zhou: Person, gold: tuple[Person, Person], session: Session
) -> None:
    desk, (tang, aduo) = client_of(lu), gold
    settle(desk, (tang, 50000), (xiaomi, 20000), (zhou, 20000))
    assert "3 were left out, because something has changed meanwhile" in words(
        desk.get("/desk/allotments", headers=ENGLISH)
    )
    assert sets(session) == []
    stand(aduo, "silver")
    settle(desk, (tang, 20000), (aduo, 20000))
    settle(desk, (tang, 20000))
    assert sets(session) == [(tang.id, "2026-08", 20000)]
    settle(desk, (tang, 20000), month="2026-07")
    assert len(sets(session)) == 1
    assert "小棠" not in words(desk.get("/desk/allotments?month=2026-07", headers=ENGLISH))


@pytest.mark.parametrize("forged", ["x", "1", "1:x", "1:-5", ":", "9999999999:20000", "²:1"])
def test_a_forged_confirmation_is_refused(client_of: Clients, lu: Person, session: Session, forged: str) -> None:
    answer = client_of(lu).post("/desk/allotments", data={"each": forged})
    assert answer.status_code == 400
    assert sets(session) == []


@ON_SQLITE
def test_nobody_ticked_is_said(client_of: Clients, lu: Person) -> None:
    desk = client_of(lu)
    assert settle(desk).location == "/desk/allotments?month=2026-08"
    assert "Nobody is ticked" in words(desk.get("/desk/allotments", headers=ENGLISH))


def test_two_who_confirm_at_once_set_it_once(
    client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    clients = [client_of(lu) for _ in range(4)]
    session.rollback()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: settle(client, (gold[0], 20000), (gold[1], 20000)), clients))
    assert {answer.status_code for answer in answers} == {303}
    assert len(sets(session)) == 2
    assert session.query(Audit).count() == 2


def test_a_month_is_judged_by_the_targets_that_held_at_its_end(
    client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session, clock: Clock
) -> None:
    desk, (tang, _) = client_of(lu), gold
    settle(desk, (tang, 20000))
    clock.move(days=30)
    with db.writing() as s:
        take_turn(s)
        stricter = dict(published(s).one("benefits"))
        stricter |= {"from": "2026-10-10", "allotment": {**stricter["allotment"], "orders": 40, "raised": 60000}}
        publish(s, {("benefits", "academy"): stricter}, origin="studio")
    bring(desk, ["13800000011", *GOOD], month="2026-09")
    page = words(desk.get("/desk/allotments", headers=ENGLISH))
    assert "orders at least 3.0%" in page
    assert "up to 50,000" in page
    clock.move(days=30)
    bring(desk, ["13800000011", *GOOD], month="2026-10")
    page = words(desk.get("/desk/allotments", headers=ENGLISH))
    assert "orders at least 4.0%" in page
    assert "3.0% not met" in page


def test_the_review_needs_few_statements(client_of: Clients, lu: Person, gold: tuple[Person, Person]) -> None:
    desk = client_of(lu)
    bring(desk, ["13800000011", *GOOD], ["13800000012", *GOOD])
    desk.get("/desk/allotments")
    with statements() as seen:
        assert desk.get("/desk/allotments").status_code == 200
    assert len(seen) <= 6, seen


# Her page


def test_she_reads_how_many_she_looks_after_since_when_and_how_her_month_was(
    client_of: Clients, lu: Person, gold: tuple[Person, Person], clock: Clock
) -> None:
    desk, (tang, aduo) = client_of(lu), gold
    phone = client_of(tang)
    assert "你的等级已有这项权利，品牌正在安排第一批客户。" in words(phone.get("/benefits"))
    settle(desk, (tang, 20000))
    assert "你正在照看 20,000 位客户，9 月 14 日起" in words(phone.get("/benefits"))
    clock.move(days=30)
    bring(desk, ["13800000011", 20000, 640, 0, 0, 0], month="2026-09")
    settle(desk, (tang, 20000), month="2026-09")
    page = words(phone.get("/benefits"))
    assert "你正在照看 20,000 位客户，9 月 14 日起" in page
    assert "成单率 3.2% 的客户下了单，目标至少 3.0% 已达成" in page
    assert "服务率 这个月没有人咨询，不评这一项 不评" in page
    assert "投诉率 占订单的 0.0%，目标至多 0.5% 已达成" in page
    other = words(client_of(aduo).get("/benefits"))
    assert "3.2%" not in other
    stand(tang, "silver")
    assert "社群管理权 黄金起" in words(phone.get("/benefits"))


@ON_SQLITE
def test_an_allotment_set_by_hand_elsewhere_shows_at_once(client_of: Clients, tang: Person, lu: Person) -> None:
    stand(tang, "platinum")
    phone = client_of(tang)
    phone.get("/benefits")
    did(tang.id, "allotment.set", "", "2026-08", 50000)
    assert "你正在照看 50,000 位客户" in words(phone.get("/benefits"))


@ON_SQLITE
def test_importing_and_confirming_need_the_forms_word(
    app: Flask, client_of: Clients, lu: Person, gold: tuple[Person, Person], session: Session
) -> None:
    word = token(send(client_of(lu), xlsx(HEAD, ["13800000011", *GOOD])))
    app.config["WTF_CSRF_ENABLED"] = True
    app.test_client_class = Browser
    assert confirm(client_of(lu), word).status_code == 400
    assert settle(client_of(lu), (gold[0], 20000)).status_code == 400
    assert care(session) == []
