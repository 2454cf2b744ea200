"""Notices are facts not yet seen."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy import clock as time
from academy.db import db
from academy.people.models import Person
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import HTMX, did

Clients = Callable[[Person | None], FlaskClient]


def until(page: str) -> str:
    return page.split('name="until" value="')[1].split('"')[0]


def seen_at(session: Session, person: Person) -> object:
    session.rollback()
    found = session.get_one(Person, person.id).seen_at
    session.rollback()
    return found


@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "topic", "occurrence", "href"),
    [
        ("badge.awarded", "first-seed", "", "/honours"),
        ("reward.delivered", "silver-voucher", "", "/honours"),
        ("handin.accepted", "first-words", "1", "/practice/first-words"),
        ("handin.returned", "first-words", "1", "/practice/first-words"),
        ("certificate.earned", "silver-honor", "", "/me/legal-name?next=/"),
        ("certificate.expiring", "silver-honor", "1", "/honours"),
        ("certificate.revoked", "silver-honor", "1", "/honours"),
        ("certificate.restored", "silver-honor", "1", "/honours"),
        ("badge.withdrawn", "keeper", "1", "/honours/badges/keeper"),
        ("badge.returned", "keeper", "1", "/honours/badges/keeper"),
        ("tier.restored", "silver", "1", "/tier"),
        ("appeal.answered", "bronze", "1", "/tier"),
    ],
)
def test_what_was_won_or_decided_is_told_with_a_link(
    kind: str, topic: str, occurrence: str, href: str, client_of: Clients, tang: Person
) -> None:
    client = client_of(tang)
    assert 'id="notices"' not in client.get("/").text
    did(tang.id, kind, topic, occurrence)
    notices = html(client.get("/")).split('id="notices"')[1].split("</ul>")[0]
    assert f'href="{href}"' in notices


@ON_SQLITE
def test_what_is_done_and_not_won_is_no_notice(client_of: Clients, tang: Person) -> None:
    did(tang.id, "checkin.done", occurrence="2026-09-14")
    did(tang.id, "question.right", "own-check")
    assert 'id="notices"' not in client_of(tang).get("/").text


def test_somebody_elses_is_no_notice_of_mine(client_of: Clients, tang: Person, aduo: Person) -> None:
    did(aduo.id, "handin.accepted", "first-words", "1")
    assert 'id="notices"' not in client_of(tang).get("/").text


def test_what_asks_something_of_her_comes_first_and_the_rest_is_folded(
    client_of: Clients, tang: Person, clock: Clock
) -> None:
    did(tang.id, "handin.returned", "first-words", "1")
    for badge in ("first-seed", "keeper", "gardener"):
        clock.move(minutes=1)
        did(tang.id, "badge.awarded", badge)
    notices = html(client_of(tang).get("/")).split('id="notices"')[1].split("</form>")[0]
    assert notices.index("/practice/first-words") < notices.index("/honours")
    assert notices.split("<details>")[1].count("<li") == 2


def test_seen_notices_are_put_away_and_later_ones_come(client_of: Clients, tang: Person, clock: Clock) -> None:
    did(tang.id, "badge.awarded", "keeper")
    client = client_of(tang)
    response = client.post("/notices/seen", data={"until": until(client.get("/").text)})
    assert (response.status_code, response.location) == (303, "/")
    assert 'id="notices"' not in client.get("/").text
    clock.move(minutes=1)
    did(tang.id, "handin.accepted", "first-words", "1")
    assert "/practice/first-words" in client.get("/").text.split('id="notices"')[1].split("</ul>")[0]


@ON_SQLITE
def test_with_htmx_the_list_goes_away(client_of: Clients, tang: Person) -> None:
    did(tang.id, "badge.awarded", "keeper")
    client = client_of(tang)
    response = client.post("/notices/seen", data={"until": until(client.get("/").text)}, headers=HTMX)
    assert (response.status_code, response.text) == (200, "")


def test_having_seen_an_old_page_hides_nothing_that_came_later(client_of: Clients, tang: Person, clock: Clock) -> None:
    did(tang.id, "badge.awarded", "keeper")
    client = client_of(tang)
    old = until(client.get("/").text)
    clock.move(minutes=1)
    did(tang.id, "tier.reached", "silver", "1")
    clock.move(minutes=1)
    client.post("/notices/seen", data={"until": old})
    assert client.get("/").location == "/honours/promotions/silver"


def test_seeing_again_or_in_the_future_moves_nothing_back_or_ahead(
    client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    client = client_of(tang)
    client.post("/notices/seen", data={"until": time.now().isoformat()})
    first = seen_at(session, tang)
    assert first == time.now()
    client.post("/notices/seen", data={"until": "2026-01-01T00:00:00+00:00"})
    assert seen_at(session, tang) == first
    client.post("/notices/seen", data={"until": "2999-01-01T00:00:00+00:00"})
    assert seen_at(session, tang) == first


@ON_SQLITE
@pytest.mark.parametrize("typed", ["", "yesterday", "1e99"])
def test_what_is_no_instant_is_refused(typed: str, client_of: Clients, tang: Person, session: Session) -> None:
    assert client_of(tang).post("/notices/seen", data={"until": typed}).status_code == 400
    assert seen_at(session, tang) is None


def test_a_certificate_that_waits_for_her_name_is_told_until_it_is_issued(client_of: Clients, tang: Person) -> None:
    did(tang.id, "certificate.earned", "silver-honor")
    with db.writing() as session:
        session.execute(update(Person).where(Person.id == tang.id).values(seen_at=time.now()))
    client = client_of(tang)
    assert "/me/legal-name" in client.get("/").text
    did(tang.id, "certificate.issued", "silver-honor", "1")
    assert "/me/legal-name" not in client.get("/").text
