"""Staff give badges with their own hands."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.badges.models import ByHand
from academy.people.models import Audit, Person
from tests.achievements.test_badges import HAND, publish
from tests.conftest import ON_SQLITE, html
from tests.phone import did

Clients = Callable[[Person | None], FlaskClient]


def test_staff_give_a_badge_with_a_reason_which_she_and_the_desk_read(
    app: Flask, client_of: Clients, session: Session, tang: Person, lu: Person
) -> None:
    publish(app, HAND)
    client, path = client_of(lu), f"/desk/trainees/{tang.id}/badges"
    assert client.post(path, data={"badge": "hand", "said": " "}).status_code == 422
    assert client.post(path, data={"badge": "hand", "said": "字" * 201}).status_code == 422
    assert client.post(path, data={"badge": "hand", "said": "带三位新同学"}).status_code == 303
    assert client.post(path, data={"badge": "hand", "said": "又一次"}).status_code == 303
    assert "带三位新同学" in html(client.get(path))
    assert "手动颁发：带三位新同学" in html(client.get(f"/desk/trainees/{tang.id}"))
    assert "带三位新同学" in html(client_of(tang).get("/honours/badges/hand"))
    assert session.scalars(select(ByHand.reason)).all() == ["带三位新同学"]
    assert len(session.scalars(select(Audit).where(Audit.action == "badge.given")).all()) == 1


def test_staff_withdraw_a_badge_with_a_reason(
    app: Flask, client_of: Clients, session: Session, tang: Person, lu: Person
) -> None:
    did(tang.id, "pledge.signed", "koc", "2026-09")
    client, path = client_of(lu), f"/desk/trainees/{tang.id}/badges"
    assert client.post(f"{path}/withdrawal", data={"badge": "keeper", "said": ""}).status_code == 422
    assert client.post(f"{path}/withdrawal", data={"badge": "keeper", "said": "代签"}).status_code == 303
    assert client.post(f"{path}/withdrawal", data={"badge": "forest", "said": "没有"}).status_code == 303
    assert "徽章已收起" in html(client_of(tang).get("/"))
    assert session.scalars(select(ByHand.reason)).all() == ["代签"]


@ON_SQLITE
def test_what_can_not_be_given_is_refused_with_the_reason(client_of: Clients, tang: Person, lu: Person) -> None:
    client = client_of(lu)
    answer = client.post(f"/desk/trainees/{tang.id}/badges", data={"badge": "unheard-of", "said": "因为"})
    assert answer.status_code == 409
    assert "不在发布的徽章里" in html(answer)
    assert client.post(f"/desk/trainees/{lu.id}/badges", data={"badge": "keeper", "said": "因为"}).status_code == 404
    assert client.get("/desk/trainees/999/badges").status_code == 404
