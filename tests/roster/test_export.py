"""The roster as a sheet."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy.db import db
from academy.people.models import Audit, Cohort, Person
from academy.roster import queries
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Browser, Clock
from tests.phone import did
from tests.roster.test_roster import trainees

Clients = Callable[[Person | None], FlaskClient]


def sheet(client: FlaskClient, **chosen: Any) -> list[list[Any]]:
    """The rows of an export."""
    answer = client.post("/desk/roster.xlsx", data=chosen)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = load_workbook(io.BytesIO(answer.data))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_the_brand_takes_all_with_whole_numbers_and_it_is_on_record(
    client_of: Clients, lu: Person, tang: Person, session: Session
) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed", "checkin.done"})
    head, first, *rest = sheet(client_of(lu))
    assert head == [
        *("Trainee", "Contact", "Cohort", "Tier", "Growth", "Feathers"),
        *("Joined", "Last here", "Missing to the next tier"),
    ]
    assert first[:4] == ["小棠", "13800000011", "青铜 07 班", "Bronze"]
    assert first[4] >= 300
    assert first[6:8] == [datetime(2026, 9, 14), datetime(2026, 9, 14)]
    assert "6/7" in first[8]
    assert [row[0] for row in rest] == ["阿朵", "小米"]
    assert [(one.staff_id, one.action, one.subject) for one in session.query(Audit)] == [
        (lu.id, "roster.exported", "everybody")
    ]


def test_a_trainer_takes_hers_with_masked_numbers(
    client_of: Clients, zhou: Person, wu: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    assert {(row[0], row[1]) for row in sheet(client_of(zhou))[1:]} == {
        ("小棠", "138****0011"),
        ("阿朵", "138****0012"),
    }
    assert [row[0] for row in sheet(client_of(wu))[1:]] == ["小米"]
    assert client_of(wu).post("/desk/roster.xlsx", data={"cohort": cohort.id}).status_code == 404
    assert client_of(tang).post("/desk/roster.xlsx").status_code == 404
    assert client_of(None).post("/desk/roster.xlsx").status_code == 302
    assert session.query(Audit).count() == 2


def test_it_takes_the_filter_of_the_list(
    client_of: Clients, lu: Person, aduo: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    client = client_of(lu)
    assert [row[0] for row in sheet(client, q="小", cohort=cohort.id)[1:]] == ["小棠"]
    assert len(sheet(client, absent="1")) == 1
    clock.move(days=5)
    did(aduo.id, "checkin.done", occurrence="2026-09-19")
    assert {row[0] for row in sheet(client, absent="1")[1:]} == {"小棠", "小米"}
    page = client.get(f"/desk/roster?cohort={cohort.id}&q=x").text
    form = page[page.index('action="/desk/roster.xlsx"') :].partition("</form>")[0]
    assert f'name="cohort" value="{cohort.id}"' in form
    assert 'name="q" value="x"' in form
    assert session.query(Audit).filter_by(subject=f"cohort/{cohort.id}").count() == 1


@ON_SQLITE
def test_reading_the_address_writes_nothing(client_of: Clients, lu: Person, session: Session) -> None:
    assert client_of(lu).get("/desk/roster.xlsx").status_code == 405
    assert session.query(Audit).count() == 0


@ON_SQLITE
def test_names_that_look_like_formulas_stay_names(client_of: Clients, lu: Person, tang: Person, aduo: Person) -> None:
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(name='=HYPERLINK("//x")'))
        s.execute(update(Person).where(Person.id == aduo.id).values(name="@阿朵\x0b", phone=None, email="+a@x.example"))
    rows = sheet(client_of(lu))
    assert {(row[0], row[1]) for row in rows[1:3]} == {
        ('\'=HYPERLINK("//x")', "13800000011"),
        ("'@阿朵", "'+a@x.example"),
    }


def test_many_trainees_come_in_batches_and_none_twice(
    client_of: Clients, lu: Person, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "BATCH", 7)
    trainees([f"学员{n}" for n in range(30)], cohort.id)
    rows = sheet(client_of(lu))[1:]
    assert len(rows) == len({row[1] for row in rows}) == 33
    assert all("0/7" in row[8] for row in rows)


@ON_SQLITE
def test_without_the_forms_word_nothing_leaves_the_house(
    app: Any, client_of: Clients, lu: Person, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    app.test_client_class = Browser
    assert client_of(lu).post("/desk/roster.xlsx").status_code == 400
    assert session.query(Audit).count() == 0
