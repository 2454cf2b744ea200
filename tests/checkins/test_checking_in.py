"""Checking in, on both databases."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.checkins.actions import check_in
from academy.db import db
from academy.people.models import Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import HTMX, facts

Clients = Callable[[Person | None], FlaskClient]


def check_in_on_days(person: Person, clock: Clock, *gaps: int) -> None:
    """Check in today, then so many days later, and so on."""
    for gap in (0, *gaps):
        clock.move(days=gap)
        with db.writing() as session:
            assert check_in(session, person.id)


def test_a_check_in_is_a_fact_of_the_brands_day(tang: Person, session: Session, clock: Clock) -> None:
    with db.writing() as writing:
        outcome = check_in(writing, tang.id)
    assert facts(session, tang.id, "checkin.done") == [("", "2026-09-14")]
    assert outcome.gains == {"growth": 2, "feathers": 2}


def test_the_day_is_the_brands_not_greenwichs(tang: Person, session: Session, clock: Clock) -> None:
    clock.move(hours=14, minutes=5)  # 00:05 on Tuesday in Shanghai, still Monday in UTC
    with db.writing() as writing:
        check_in(writing, tang.id)
    assert facts(session, tang.id, "checkin.done") == [("", "2026-09-15")]


def test_a_second_check_in_on_the_same_day_harms_nothing_and_says_so(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    assert "+2 " in html(client.post("/check-ins", follow_redirects=True))
    again = client.post("/check-ins", follow_redirects=True)
    assert again.status_code == 200
    assert "+2 " not in html(again)
    assert 'class="toast ok"' in again.text
    assert len(facts(session, tang.id, "checkin.done")) == 1


def test_the_seventh_check_in_of_a_run_pays_once_and_names_the_run(
    tang: Person, session: Session, clock: Clock
) -> None:
    check_in_on_days(tang, clock, 1, 1, 1, 1, 3, 1, 1, 1)  # a weekend off, then on past the seventh
    assert facts(session, tang.id, "streak.reached") == [("7", "2026-09-14")]
    assert facts(session, tang.id, "badge.awarded") == [("gardener", "")]


def test_six_check_ins_pay_nothing_yet(tang: Person, session: Session, clock: Clock) -> None:
    check_in_on_days(tang, clock, 1, 1, 1, 1, 1)
    assert facts(session, tang.id, "streak.reached") == []


def test_a_broken_run_starts_again_at_one_and_a_new_one_pays_anew(tang: Person, session: Session, clock: Clock) -> None:
    check_in_on_days(tang, clock, 1, 1, 1, 1, 1, 1, 4, 1, 1, 1, 1, 1)
    assert facts(session, tang.id, "streak.reached") == [("7", "2026-09-14")]
    clock.move(days=1)
    check_in_on_days(tang, clock)
    assert facts(session, tang.id, "streak.reached") == [("7", "2026-09-14"), ("7", "2026-09-24")]


def test_the_twenty_first_pays_on_top(tang: Person, session: Session, clock: Clock) -> None:
    check_in_on_days(tang, clock, *[1] * 20)
    assert facts(session, tang.id, "streak.reached") == [("7", "2026-09-14"), ("21", "2026-09-14")]


@ON_SQLITE
def test_without_javascript_she_is_back_at_the_card(client_of: Clients, tang: Person) -> None:
    response = client_of(tang).post("/check-ins")
    assert (response.status_code, response.location) == (303, "/#checkin")


@ON_SQLITE
def test_with_htmx_only_the_card_the_wallet_and_a_toast_come_back(client_of: Clients, tang: Person) -> None:
    response = client_of(tang).post("/check-ins", headers=HTMX)
    page = html(response)
    assert response.status_code == 200
    assert response.headers["HX-Trigger"] == "checked-in"
    assert 'id="checkin"' in page
    assert "<html" not in page
    assert 'hx-swap-oob="outerHTML:.wallet"' in page
    assert 'hx-swap-oob="beforeend:#toasts"' in page
    assert 'action="/check-ins"' not in page, "the button is gone for today"


def test_a_check_in_that_promotes_leads_to_the_celebration(client_of: Clients, tang: Person, session: Session) -> None:
    one_step_from_silver(tang)
    client = client_of(tang)
    response = client.post("/check-ins", headers=HTMX)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/honours/promotions/silver")
    assert facts(session, tang.id, "tier.reached") == [("silver", "1")]


@ON_SQLITE
def test_the_same_without_htmx(client_of: Clients, tang: Person) -> None:
    one_step_from_silver(tang)
    response = client_of(tang).post("/check-ins")
    assert (response.status_code, response.location) == (303, "/honours/promotions/silver")


def one_step_from_silver(person: Person) -> None:
    with db.writing() as session:
        almost_silver(session, person.id, but={"checkin.done"})


@ON_SQLITE
def test_staff_have_no_check_in(client_of: Clients, zhou: Person) -> None:
    assert client_of(zhou).post("/check-ins").status_code == 404
