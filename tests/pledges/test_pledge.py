"""The pledge: what is signed is what was shown."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact, Standing
from academy.people.models import Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]


def sign(client: FlaskClient, version: str = "2026-09", **more: str) -> TestResponse:
    return client.post("/pledge/signature", data={"version": version, "agreed": "y", "name": "小棠", **more})


def signed(session: Session) -> list[tuple[int, str, str]]:
    session.rollback()
    facts = session.query(Fact).filter_by(kind="pledge.signed").order_by(Fact.id)
    return [(fact.trainee_id, fact.topic, fact.occurrence) for fact in facts]


def new_version(version: str) -> None:
    with db.writing() as session:
        content = {**published(session).one("pledge"), "version": version}
        publish(session, {("pledge", "academy"): content}, origin="studio")


@ON_SQLITE
def test_it_is_shown_whole_with_the_box_unticked(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/pledge"))
    assert "I recommend only what I have used myself at home." in page
    assert "Version 2026-09" in page
    assert 'name="version" value="2026-09"' in page
    assert "checked" not in page


def test_signing_is_recorded_paid_and_told(client_of: Clients, tang: Person, session: Session, clock: Clock) -> None:
    client = client_of(tang)
    response = sign(client)
    assert (response.status_code, response.location) == (303, "/pledge")
    assert signed(session) == [(tang.id, "koc", "2026-09")]
    assert session.get_one(Standing, tang.id).growth == 20
    clock.move(days=30)
    page = html(client.get("/pledge"))
    assert "You signed version 2026-09 on 14 Sep 10:00." in page
    assert "/pledge/signature" not in page


def test_signing_again_changes_nothing(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    assert [sign(client).status_code, sign(client).status_code] == [303, 303]
    assert len(signed(session)) == 1
    assert session.get_one(Standing, tang.id).growth == 20


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "棠棠"}, "Tick this when you have read it."),
        ({"agreed": "y", "name": "  "}, "Sign with your name"),
        ({"agreed": "y", "name": "长" * 41}, "At most 40 characters."),
    ],
)
def test_without_tick_or_name_nothing_is_signed_and_what_was_typed_stays(
    client_of: Clients, tang: Person, session: Session, typed: dict[str, str], said: str
) -> None:
    response = client_of(tang).post("/pledge/signature", data={"version": "2026-09", **typed})
    page = html(response)
    assert response.status_code == 422
    assert said in page
    assert f'value="{typed["name"].strip()}"' in page
    assert ("checked" in page) == ("agreed" in typed)
    assert signed(session) == []


def test_a_name_of_forty_rare_characters_is_a_name(client_of: Clients, tang: Person) -> None:
    assert sign(client_of(tang), name="𠮷" * 40).status_code == 303


@ON_SQLITE
@pytest.mark.parametrize("version", ["2025-01", ""])
def test_another_version_than_the_one_shown_is_not_signed(
    client_of: Clients, tang: Person, session: Session, version: str
) -> None:
    response = sign(client_of(tang), version=version)
    page = html(response)
    assert response.status_code == 409
    assert "nothing was signed" in page
    assert 'name="version" value="2026-09"' in page
    assert 'value="小棠"' in page
    assert signed(session) == []


def test_a_new_version_is_signed_anew(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    sign(client)
    new_version("2026-10")
    page = html(client.get("/pledge"))
    assert "You signed version 2026-09" in page
    assert "This is version 2026-10" in page
    assert sign(client).status_code == 409
    assert sign(client, version="2026-10").status_code == 303
    assert signed(session) == [(tang.id, "koc", "2026-09"), (tang.id, "koc", "2026-10")]


@ON_SQLITE
def test_the_signature_that_is_her_last_condition_leads_to_the_celebration(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        almost_silver(session, tang.id, but={"pledge.signed"})
    assert sign(client_of(tang)).location == "/honours/promotions/silver"


@ON_SQLITE
def test_only_trainees_sign(client_of: Clients, zhou: Person) -> None:
    assert client_of(zhou).get("/pledge").status_code == 404
    assert sign(client_of(zhou)).status_code == 404
    assert client_of(None).get("/pledge").status_code == 302


def test_the_page_asks_the_database_little(client_of: Clients, tang: Person) -> None:
    client = client_of(tang)
    client.get("/pledge")
    with statements() as seen:
        client.get("/pledge")
    assert len(seen) <= 3, seen
