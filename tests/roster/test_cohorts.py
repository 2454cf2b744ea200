"""Cohorts and those who lead them: opened, changed, closed."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from academy.db import db
from academy.people.actions import leave_cohort, wait_for
from academy.people.models import Audit, Cohort, Membership, Person, ResetCode, Waiting
from academy.people.queries import by_contact
from tests.conftest import ON_SQLITE, Clock, html

Clients = Callable[[Person | None], FlaskClient]


def audits(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(one.action, one.subject) for one in session.scalars(select(Audit).order_by(Audit.id))]


def now(session: Session, id: int) -> Cohort:
    session.rollback()
    session.expire_all()
    return session.get_one(Cohort, id)


def test_a_new_cohort_invites_by_a_code_of_its_own(
    client_of: Clients, lu: Person, zhou: Person, session: Session
) -> None:
    form = {"title": "  青铜 09 班 ", "tier": "bronze", "trainer_id": zhou.id, "capacity": 60, "open": "y"}
    answer = client_of(lu).post("/desk/cohorts/new", data=form)
    made = session.scalars(select(Cohort).order_by(Cohort.id.desc())).first()
    assert made is not None
    assert (answer.status_code, answer.location) == (303, f"/desk/cohorts/{made.id}")
    assert (made.name, made.tier, made.trainer_id, made.capacity, made.taken, made.open) == (
        *("青铜 09 班", "bronze", zhou.id, 60),
        *(0, True),
    )
    assert re.fullmatch(r"[a-z1-9]{8}", made.code)
    assert audits(session) == [("cohort.made", f"cohort/{made.id}")]
    assert client_of(None).get(f"/join/{made.code}").status_code == 200
    assert "青铜 09 班" in html(client_of(zhou).get("/desk"))


@ON_SQLITE
def test_a_cohort_may_wait_for_its_trainer(client_of: Clients, lu: Person, session: Session) -> None:
    form = {"title": "白银 04 班", "tier": "silver", "trainer_id": "", "capacity": 1}
    assert client_of(lu).post("/desk/cohorts/new", data=form).status_code == 303
    made = session.scalars(select(Cohort).order_by(Cohort.id.desc())).first()
    assert made is not None
    assert (made.tier, made.trainer_id, made.open) == ("silver", None, False)


@ON_SQLITE
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", " \u200b "),
        ("title", "长" * 41),
        ("title", "青铜 08 班"),
        ("number", "0"),
        ("number", "10000"),
        ("number", "七"),
        ("kind", "club"),
        ("tier", "wood"),
        ("trainer_id", "999"),
        ("trainer_id", "x"),
        ("capacity", ""),
        ("capacity", "0"),
        ("capacity", "-1"),
        ("capacity", "2001"),
        ("capacity", "50.5"),
        ("capacity", "9" * 30),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(
    field: str, typed: str, client_of: Clients, lu: Person, session: Session
) -> None:
    form = {"title": "青铜 09 班", "tier": "bronze", "trainer_id": "", "capacity": "50", "open": "y"}
    answer = client_of(lu).post("/desk/cohorts/new", data=form | {field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in html(answer)
    assert session.query(Cohort).count() == 3
    assert audits(session) == []


@ON_SQLITE
def test_a_trainee_or_a_trainer_who_left_cannot_lead(
    client_of: Clients, lu: Person, tang: Person, zhou: Person
) -> None:
    form = {"title": "青铜 09 班", "tier": "bronze", "capacity": "50"}
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == zhou.id).values(erased_at=zhou.created_at))
    for who in (tang, lu, zhou):
        assert client_of(lu).post("/desk/cohorts/new", data=form | {"trainer_id": who.id}).status_code == 422


def test_a_cohort_is_renamed_handed_over_and_closed(
    client_of: Clients, lu: Person, zhou: Person, wu: Person, cohort: Cohort, session: Session
) -> None:
    path = f"/desk/cohorts/{cohort.id}/edit"
    page = html(client_of(lu).get(path))
    assert 'value="青铜 07 班"' in page
    assert f'<option selected value="{zhou.id}">' in page
    assert 'name="tier"' not in page
    form = {"title": "青铜 07 班", "trainer_id": wu.id, "capacity": 40, "tier": "silver", "code": "mine", "taken": 0}
    assert client_of(lu).post(path, data=form).status_code == 303
    changed = now(session, cohort.id)
    assert (changed.name, changed.trainer_id, changed.capacity, changed.open) == ("青铜 07 班", wu.id, 40, False)
    assert (changed.tier, changed.code, changed.taken) == ("bronze", "qt07", 2)
    assert audits(session) == [("cohort.changed", f"cohort/{cohort.id}")]
    assert client_of(zhou).get(f"/desk/cohorts/{cohort.id}").status_code == 404
    assert client_of(wu).get(f"/desk/cohorts/{cohort.id}").status_code == 200


def test_two_open_cohorts_do_not_share_a_name_but_a_closed_one_gives_it_free(
    client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    path, form = f"/desk/cohorts/{cohort.id}/edit", {"title": "青铜 08 班", "trainer_id": "", "capacity": 50}
    answer = client_of(lu).post(path, data=form | {"open": "y"})
    assert answer.status_code == 422
    assert "An open cohort is called “青铜 08 班” already" in html(answer)
    assert now(session, cohort.id).name == "青铜 07 班"
    assert client_of(lu).post(path, data=form).status_code == 303
    assert now(session, cohort.id).name == "青铜 08 班"


def test_taken_seats_stay_whatever_is_typed(client_of: Clients, lu: Person, cohort: Cohort, session: Session) -> None:
    path, form = f"/desk/cohorts/{cohort.id}/edit", {"title": "青铜 07 班", "trainer_id": "", "open": "y"}
    answer = client_of(lu).post(path, data=form | {"capacity": 1})
    assert answer.status_code == 422
    assert re.search('id="capacity-error">.*2 seats are taken already', html(answer))
    assert client_of(lu).post(path, data=form | {"capacity": 2}).status_code == 303
    with pytest.raises(IntegrityError, match="seats"), db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == cohort.id).values(capacity=1))


def test_seats_that_are_taken_while_their_number_is_lowered_are_never_too_many(
    app: Flask, client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    path, form = f"/desk/cohorts/{cohort.id}/edit", {"title": "青铜 07 班", "trainer_id": "", "open": "y"}

    def act(n: int) -> int:
        if n % 2:
            return client_of(lu).post(path, data=form | {"capacity": 3 + n // 4}).status_code
        new = {"contact": f"139000000{n:02}", "name": "鹿鹿", "password": "lu-lu-2026", "code": "qt07", "consent": "y"}
        return app.test_client().post("/sign-up", data=new).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(act, range(16)))
    assert set(statuses[::2]) == {303}
    assert set(statuses[1::2]) <= {303, 422}
    after = now(session, cohort.id)
    assert 2 < after.taken <= after.capacity


@ON_SQLITE
def test_trainers_manage_no_cohorts(
    client_of: Clients, zhou: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    for who in (zhou, tang):
        for path in ("/desk/cohorts/new", f"/desk/cohorts/{cohort.id}/edit", "/desk/trainers"):
            for method in ("GET", "POST"):
                assert client_of(who).open(path, method=method).status_code == 404
    for page in ("/desk", "/desk/roster", f"/desk/cohorts/{cohort.id}"):
        shown = html(client_of(zhou).get(page))
        assert "cohorts/new" not in shown
        assert "/edit" not in shown
    assert session.query(Cohort).count() == 3


def code(page: str) -> str:
    found = re.search(r'id="code">([1-9A-Z]{4}-[1-9A-Z]{4})<', page)
    assert found
    return found[1]


@pytest.mark.parametrize("contact", ["139 0000 0009", "Xin@luya.example"])
def test_a_new_trainer_sets_her_password_by_the_code_that_is_shown_once(
    contact: str, client_of: Clients, lu: Person, session: Session
) -> None:
    answer = client_of(lu).post("/desk/trainers", data={"name": "新老师", "contact": contact})
    assert answer.status_code == 200
    trainer = by_contact(session, contact)
    assert trainer is not None
    assert (trainer.role, trainer.name) == ("trainer", "新老师")
    assert audits(session) == [
        ("trainer.made", f"person/{trainer.id}"),
        ("password.reset", f"person/{trainer.id}"),
    ]
    browser, password = client_of(None), "xin-lao-shi-2026"
    browser.post("/reset-password", data={"contact": contact, "code": code(html(answer)), "new": password})
    signed = browser.post("/sign-in", data={"contact": contact, "password": password})
    assert signed.status_code == 303
    assert browser.get("/desk").status_code == 200
    assert "新老师" in html(client_of(lu).get("/desk/trainers"))
    assert "新老师" in html(client_of(lu).get("/desk/cohorts/new"))


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "contact": "13900000009"}, "name"),
        ({"name": "新" * 21, "contact": "13900000009"}, "name"),
        ({"name": "新老师", "contact": ""}, "contact"),
        ({"name": "新老师", "contact": "12345"}, "contact"),
        ({"name": "新老师", "contact": "+86 138 0000 0011"}, "contact"),
        ({"name": "新老师"}, "contact"),
    ],
)
def test_no_trainer_is_made_of_what_is_wrong_or_has_an_account(
    typed: dict[str, str], field: str, client_of: Clients, lu: Person, session: Session
) -> None:
    answer = client_of(lu).post("/desk/trainers", data=typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in html(answer)
    assert session.query(Person).count() == 6
    assert session.query(ResetCode).count() == 0
    assert audits(session) == []


def test_a_trainer_who_missed_her_code_gets_another_and_nobody_else_does(
    client_of: Clients, lu: Person, zhou: Person, tang: Person, session: Session
) -> None:
    client = client_of(lu)
    assert code(html(client.post(f"/desk/trainers/{zhou.id}/reset-codes")))
    for id in (tang.id, lu.id, 999):
        assert client.post(f"/desk/trainers/{id}/reset-codes").status_code == 404
    assert client_of(zhou).post(f"/desk/trainers/{zhou.id}/reset-codes").status_code == 404
    assert session.query(ResetCode).count() == 1


def test_who_waits_for_a_class_gets_the_next_free_seat_the_longest_first(
    client_of: Clients, clock: Clock, lu: Person, tang: Person, aduo: Person, xiaomi: Person, session: Session
) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).values(open=False))
        for trainee in (aduo, tang, xiaomi):
            leave_cohort(s, trainee.id)
            wait_for(s, trainee.id, "bronze")
            clock.move(minutes=1)
    form = {"title": "青铜 09 班", "tier": "bronze", "trainer_id": "", "capacity": 1}
    client_of(lu).post("/desk/cohorts/new", data=form)
    made = session.scalars(select(Cohort).where(Cohort.name == "青铜 09 班")).one()
    assert now(session, made.id).taken == 0, "nobody sits down in a closed class"
    answer = client_of(lu).post(f"/desk/cohorts/{made.id}/edit", data=form | {"capacity": 2, "open": "y"})
    assert answer.status_code == 303
    assert now(session, made.id).taken == 2
    assert set(session.scalars(select(Waiting.trainee_id))) == {xiaomi.id}
    assert {seat.trainee_id for seat in session.scalars(select(Membership).where(Membership.cohort_id == made.id))} == {
        aduo.id,
        tang.id,
    }
