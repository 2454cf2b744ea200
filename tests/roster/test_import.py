"""A list of people: its dry run, its confirmation, and how those on it come in."""

import io
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from academy import clock as time
from academy.db import db
from academy.people.models import Audit, Cohort, Invitee, Person, Waiting
from academy.people.queries import by_contact, membership
from tests.conftest import ON_SQLITE, Browser, Clock, html
from tests.roster.sheets import csv, xlsx

Clients = Callable[[Person | None], FlaskClient]
TWO = xlsx(["手机号", "昵称"], ["13900000001", "小鹿"], ["13900000002", None])
NEW = {"contact": "139 0000 0001", "name": "鹿鹿", "password": "lu-lu-2026", "code": "", "consent": "y"}


def send(client: FlaskClient, cohort: Cohort, data: bytes = TWO, name: str = "list.xlsx") -> TestResponse:
    # Encoded here, as the test client forgets to close what it encodes large forms into.
    boundary, body = encode_multipart({"cohort": str(cohort.id), "file": FileStorage(io.BytesIO(data), name)})
    return client.post("/desk/roster/import", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def token(response: TestResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html(response))
    assert found, html(response)
    return found[1]


def confirm(client: FlaskClient, word: str) -> TestResponse:
    return client.post("/desk/roster/imports", data={"token": word})


def outcome(response: TestResponse) -> str:
    found = re.search(r'id="outcome"[^>]*>([^<]+)<', html(response))
    assert found
    return found[1]


def on_list(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(one.phone, one.name) for one in session.scalars(select(Invitee).order_by(Invitee.phone))]


def kept(app: Flask) -> list[Path]:
    return [path for path in (app.extensions["files"].root / "roster").rglob("*") if path.is_file()]


def listed(cohort: Cohort, phone: str = "13900000001", name: str = "小鹿") -> None:
    with db.writing() as session:
        session.add(Invitee(cohort_id=cohort.id, phone=phone, name=name, at=time.now()))


def test_a_dry_run_says_who_can_be_imported_and_names_each_line_that_cannot(
    client_of: Clients, lu: Person, cohort: Cohort, other: Cohort, session: Session
) -> None:
    listed(other, "13900000003")
    rows = [
        ["手机号", "昵称", "身份证号"],
        ["13900000001", "小鹿", "x"],
        ["13900000002", "", "x"],
        ["1390000000", "少一位", "x"],
        ["23900000001", "<b>坏</b>", "x"],
        ["13900000001", "再来一次", "x"],
        ["13800000013", "小米", "x"],
        ["13900000003", "请过了", "x"],
        ["13900000004", "=cmd|' /C calc'!A0", "x"],
    ]
    page = send(client_of(lu), cohort, xlsx(*rows))
    assert page.status_code == 200
    assert outcome(page) == (
        "2 people can be imported, the phone numbers of 2 lines are wrong, the name of 1 line is none, "
        "1 line repeats another, 1 has an account, 1 is invited already"
    )
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", html(page), re.DOTALL)]
    assert [cells[n : n + 3] for n in range(0, len(cells), 3)] == [
        ["4", "1390000000", "no mobile number of 11 digits"],
        ["5", "23900000001", "no mobile number of 11 digits"],
        ["6", "13900000001", "stands further up already"],
        ["7", "13800000013", "has an account, in 青铜 08 班"],
        ["8", "13900000003", "is invited to 青铜 08 班 already"],
        ["9", "=cmd|' /C calc'!A0", "a formula, or longer than 40 characters: no name"],
    ]
    assert "身份证号" in html(page)
    assert on_list(session) == [("13900000003", "小鹿")]
    assert session.query(Audit).all() == []


@ON_SQLITE
def test_what_a_broken_line_holds_is_shown_as_text(client_of: Clients, lu: Person, cohort: Cohort) -> None:
    page = send(client_of(lu), cohort, csv(["phone,name", '<script>alert(1)</script>,"x"', "13900000001,y"]), "a.csv")
    assert "<script>alert" not in page.get_data(as_text=True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.get_data(as_text=True)


def test_the_confirmed_are_on_the_list_and_what_was_kept_meanwhile_is_gone(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session, app: Flask
) -> None:
    client = client_of(lu)
    word = token(send(client, cohort, xlsx(["手机号", "昵称", "住址"], ["13900000001", "小鹿", "杭州某路 1 号"])))
    (file,) = kept(app)
    assert set(json.loads(file.read_bytes())) == {"cohort", "people", "salt"}
    assert json.loads(file.read_bytes())["people"] == [["13900000001", "小鹿"]]
    assert file.stat().st_mode & 0o077 == 0
    answer = confirm(client, word)
    assert (answer.status_code, answer.location) == (303, f"/desk/cohorts/{cohort.id}#invited")
    assert on_list(session) == [("13900000001", "小鹿")]
    assert kept(app) == []
    assert [(one.staff_id, one.action, one.subject) for one in session.query(Audit)] == [
        (lu.id, "roster.imported", f"cohort/{cohort.id}")
    ]
    page = html(client.get(f"/desk/cohorts/{cohort.id}"))
    assert "1 person is invited now" in page
    assert "1 person is invited, 0 have joined" in page
    assert "139****0001" in page
    assert "13900000001" not in page


def test_confirming_twice_invites_nobody_twice(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    client = client_of(lu)
    word, again = token(send(client, cohort)), token(send(client, cohort))
    confirm(client, word)
    answer = confirm(client, word)
    assert (answer.status_code, answer.location) == (303, "/desk/roster/import")
    assert "0 new" in html(client.get("/desk/roster/import"))
    confirm(client, again)
    assert "0 people are invited now" in html(client.get("/desk"))
    assert on_list(session) == [("13900000001", "小鹿"), ("13900000002", "")]
    assert outcome(send(client, cohort)) == "0 people can be imported, 2 are invited already"
    assert session.query(Audit).count() == 1


def test_the_same_confirmation_sent_four_times_at_once_invites_each_once(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    rows = [[f"139{n:08}", ""] for n in range(500)]
    words = [token(send(client_of(lu), cohort, xlsx(["phone", "name"], *order))) for order in (rows, rows[::-1])]
    clients = [client_of(lu) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(confirm, clients, words * 2))
    assert {answer.status_code for answer in answers} == {303}
    assert len(on_list(session)) == 500


@ON_SQLITE
def test_a_word_is_good_for_a_day_and_only_in_the_hands_of_who_uploaded_the_list(
    client_of: Clients, lu: Person, zhou: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    with db.writing() as s:
        s.add(Person(role="brand", name="同事", email="b@luya.example", password_hash="x", created_at=time.now()))
    colleague = by_contact(session, "b@luya.example")
    session.rollback()
    word = token(send(client_of(lu), cohort))
    assert confirm(client_of(zhou), word).status_code == 404
    for staff, typed in ((colleague, word), (lu, word[:-1]), (lu, "")):
        assert confirm(client_of(staff), typed).location == "/desk/roster/import"
    assert on_list(session) == []
    clock.move(hours=25)
    assert confirm(client_of(lu), word).location == "/desk/roster/import"
    assert on_list(session) == []


@ON_SQLITE
def test_a_list_that_nobody_confirmed_is_swept_by_the_next_import_after_a_day(
    client_of: Clients, lu: Person, cohort: Cohort, app: Flask
) -> None:
    send(client_of(lu), cohort)
    (old,) = kept(app)
    for hours, left in ((23, True), (25, False)):
        past = time.now().timestamp() - hours * 3600
        os.utime(old, (past, past))
        send(client_of(lu), cohort)
        assert old.exists() is left


def test_who_signed_up_between_dry_run_and_confirmation_is_not_invited(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    client = client_of(lu)
    word = token(send(client, cohort))
    assert client_of(None).post("/sign-up", data=NEW | {"code": "qt07"}).status_code == 303
    confirm(client, word)
    assert on_list(session) == [("13900000002", "")]


@ON_SQLITE
def test_a_cohort_that_was_closed_meanwhile_takes_nobody(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    client = client_of(lu)
    word = token(send(client, cohort))
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == cohort.id).values(open=False))
    answer = confirm(client, word)
    assert answer.status_code == 409
    assert "closed meanwhile" in html(answer)
    assert on_list(session) == []


@ON_SQLITE
def test_only_open_cohorts_of_beginners_can_be_chosen(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    silver = session.query(Cohort).filter_by(code="by03").one()
    for wrong in (silver.id, 999, "x", ""):
        answer = client_of(lu).post("/desk/roster/import", data={"cohort": wrong, "file": (io.BytesIO(TWO), "a.xlsx")})
        assert answer.status_code == 422, wrong
    assert f'<option selected value="{cohort.id}">' in html(
        client_of(lu).get(f"/desk/roster/import?cohort={cohort.id}")
    )
    with db.writing() as s:
        s.execute(update(Cohort).values(open=False))
    assert "No cohort takes newcomers" in html(client_of(lu).get("/desk/roster/import"))


@ON_SQLITE
def test_a_file_that_is_no_list_is_refused_at_its_field(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    for data, said in (
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither an .xlsx nor a .csv"),
        (b"", "nobody in this file"),
        (csv(["id,city", "1,x"]), "No column is headed"),
        (csv(["phone", *(f"139{n:08}" for n in range(100_000))]), "More than 20,000"),
        (b"x" * (5 * 1024 * 1024 + 1), "at most 5 MB"),
        (TWO[:-30], "damaged"),
    ):
        answer = send(client_of(lu), cohort, data)
        assert answer.status_code == 422
        assert re.search(rf'id="file-error">.*{said}', html(answer)), said
    assert client_of(lu).post("/desk/roster/import", data={"cohort": cohort.id}).status_code == 422
    assert on_list(session) == []


@ON_SQLITE
def test_a_long_list_of_wrong_lines_is_cut_and_counted(client_of: Clients, lu: Person, cohort: Cohort) -> None:
    page = send(client_of(lu), cohort, csv(["phone", *["1"] * 5000]))
    assert outcome(page) == "0 people can be imported, the phone numbers of 5000 lines are wrong"
    assert html(page).count("<td") == 300
    assert "the first 100 of 5000" in html(page)
    assert 'name="token"' not in html(page)


@ON_SQLITE
def test_too_few_seats_are_said_and_do_not_stop_it(client_of: Clients, lu: Person, cohort: Cohort) -> None:
    assert "waiting list" not in html(send(client_of(lu), cohort))
    listed(cohort, "13900000009")
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == cohort.id).values(capacity=cohort.taken + 2))
    page = send(client_of(lu), cohort)
    assert "2 seats left for 3 people" in html(page)
    assert token(page)


def test_twenty_thousand_people_are_imported_at_once(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    client = client_of(lu)
    page = send(client, cohort, csv(["phone,name", *(f"139{n:08},学员{n}" for n in range(20_000))]))
    assert outcome(page) == "20000 people can be imported"
    assert confirm(client, token(page)).status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Invitee)) == 20_000


@ON_SQLITE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_that_is_downloaded_can_be_filled_and_imported(
    client_of: Clients, lu: Person, cohort: Cohort, language: str
) -> None:
    client = client_of(lu)
    with db.writing() as s:
        s.get_one(Person, lu.id).locale = language
    book = load_workbook(io.BytesIO(client.get("/desk/roster/template.xlsx").data))
    book.active.append(["13900000001", "小鹿"])
    out = io.BytesIO()
    book.save(out)
    assert token(send(client, cohort, out.getvalue()))


# Coming in


def joined(session: Session, phone: str = "13900000001") -> tuple[Person, str | None]:
    session.rollback()
    person = by_contact(session, phone)
    assert person is not None
    seat = membership(session, person.id)
    return person, seat.cohort.code if seat else None


@pytest.mark.parametrize("code", ["", "qt07", "qt08", "nobody"])
def test_who_is_on_the_list_lands_in_her_cohort_by_any_link_or_none(
    code: str, client_of: Clients, zhou: Person, other: Cohort, session: Session
) -> None:
    listed(other)
    assert client_of(None).post("/sign-up", data=NEW | {"code": code}).status_code == 303
    person, seat = joined(session)
    assert seat == "qt08"
    assert session.scalars(select(Invitee.person_id)).all() == [person.id]
    assert session.get_one(Cohort, other.id).taken == other.taken + 1


@ON_SQLITE
def test_who_is_not_on_a_list_needs_a_code(client_of: Clients, other: Cohort, session: Session) -> None:
    listed(other, "13900000002")
    assert client_of(None).post("/sign-up", data=NEW).status_code == 422
    assert session.scalars(select(Invitee.person_id)).all() == [None]
    mail = NEW | {"contact": "lu@mama.example"}
    assert client_of(None).post("/sign-up", data=mail).status_code == 422


@ON_SQLITE
def test_a_closed_cohort_invites_nobody_and_her_link_counts(
    client_of: Clients, other: Cohort, session: Session
) -> None:
    listed(other)
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == other.id).values(open=False))
    assert client_of(None).post("/sign-up", data=NEW).status_code == 422
    assert client_of(None).post("/sign-up", data=NEW | {"code": "qt07"}).status_code == 303
    person, seat = joined(session)
    assert seat == "qt07"
    assert session.scalars(select(Invitee.person_id)).all() == [person.id]


def test_a_full_cohort_has_its_waiting_list_for_the_invited_too(
    client_of: Clients, other: Cohort, session: Session
) -> None:
    listed(other)
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == other.id).values(capacity=other.taken))
    assert client_of(None).post("/sign-up", data=NEW).status_code == 303
    person, seat = joined(session)
    assert seat is None
    assert session.get_one(Waiting, person.id).tier == "bronze"
    assert session.scalars(select(Invitee.person_id)).all() == [person.id]


def test_eight_invited_sign_up_at_once_for_three_seats(app: Flask, other: Cohort, session: Session) -> None:
    for n in range(8):
        listed(other, f"139000000{n:02}")
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == other.id).values(capacity=other.taken + 3))

    def sign_up(n: int) -> int:
        return app.test_client().post("/sign-up", data=NEW | {"contact": f"139000000{n:02}"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(sign_up, range(8))) == {303}
    session.rollback()
    session.expire_all()
    made = session.get_one(Cohort, other.id)
    assert made.taken == made.capacity
    assert session.query(Waiting).count() == 5
    assert session.query(Invitee).filter(Invitee.person_id.is_(None)).count() == 0


def test_the_page_counts_who_has_joined_and_lists_who_has_not(
    client_of: Clients, lu: Person, zhou: Person, wu: Person, cohort: Cohort
) -> None:
    listed(cohort)
    listed(cohort, "13900000002", "小溪")
    client_of(None).post("/sign-up", data=NEW)
    for staff in (lu, zhou):
        page = html(client_of(staff).get(f"/desk/cohorts/{cohort.id}"))
        panel = page[page.index('id="invited"') :].partition("</section>")[0]
        assert "2 people are invited, 1 have joined" in panel
        assert "小溪" in panel
        assert "139****0002" in panel
        assert "小鹿" not in panel
        assert ("/removal" in panel) is (staff is lu)
    assert client_of(wu).get(f"/desk/cohorts/{cohort.id}").status_code == 404


def test_a_long_list_has_pages(client_of: Clients, lu: Person, cohort: Cohort) -> None:
    with db.writing() as s:
        s.add_all(Invitee(cohort_id=cohort.id, phone=f"139{n:08}", name="", at=time.now()) for n in range(70))
    first = html(client_of(lu).get(f"/desk/cohorts/{cohort.id}"))
    second = html(client_of(lu).get(f"/desk/cohorts/{cohort.id}?page=2"))
    assert (first.count("139****"), second.count("139****")) == (50, 20)
    assert first.count("70 people are invited") == second.count("70 people are invited") == 1


def test_whoever_has_not_joined_can_be_taken_from_the_list_once(
    client_of: Clients, lu: Person, zhou: Person, cohort: Cohort, other: Cohort, session: Session
) -> None:
    listed(cohort)
    (id,) = session.scalars(select(Invitee.id)).all()
    client, path = client_of(lu), f"/desk/cohorts/{cohort.id}/invitees/{id}/removal"
    assert client_of(zhou).post(path).status_code == 404
    client.post(f"/desk/cohorts/{other.id}/invitees/{id}/removal")
    assert len(on_list(session)) == 1
    for said in ("Taken from the list", "not on the list any more"):
        assert client.post(path).status_code == 303
        assert said in html(client.get(f"/desk/cohorts/{cohort.id}"))
    assert on_list(session) == []
    assert [one.action for one in session.query(Audit)] == ["invitee.removed"]
    listed(cohort)
    client_of(None).post("/sign-up", data=NEW)
    (id,) = session.scalars(select(Invitee.id)).all()
    client.post(f"/desk/cohorts/{cohort.id}/invitees/{id}/removal")
    assert len(on_list(session)) == 1


@ON_SQLITE
def test_trainers_neither_import_nor_see_where_to(client_of: Clients, zhou: Person, lu: Person, cohort: Cohort) -> None:
    assert send(client_of(zhou), cohort).status_code == 404
    assert "/desk/roster/import" not in html(client_of(zhou).get("/desk/roster"))
    assert "/desk/roster/import" not in html(client_of(zhou).get(f"/desk/cohorts/{cohort.id}"))
    assert f'href="/desk/roster/import?cohort={cohort.id}"' in html(client_of(lu).get(f"/desk/cohorts/{cohort.id}"))


@ON_SQLITE
def test_a_confirmation_without_the_forms_word_is_refused(
    app: Flask, client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    word = token(send(client_of(lu), cohort))
    app.config["WTF_CSRF_ENABLED"] = True
    app.test_client_class = Browser
    assert confirm(client_of(lu), word).status_code == 400
    assert on_list(session) == []
