"""A recruiting group on the stage, and candidates who apply to it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Candidate, Cohort, Person
from academy.people.rules import RECRUITING
from tests.practice.conftest import apart as apart

CODE = "zm01"
PHONE = "13900139001"
WORDS = {
    "name": "小树",
    "phone": "139 0013 9001",
    "why": "我家 8 个月，常在楼下群里聊换尿裤。",
    "channel": "baby",
    "rules": "y",
    "consent": "y",
}


@pytest.fixture
def group(session: Session, zhou: Person) -> Cohort:
    """招募 01 群: two seats, takes applications."""
    with db.writing() as s:
        made = Cohort(code=CODE, name="招募 01 群", tier="bronze", trainer_id=zhou.id, capacity=2, open=True)
        made.kind = made.phase = RECRUITING
        made.created_at = zhou.created_at
        s.add(made)
    session.expunge(made)
    return made


@pytest.fixture
def stranger(client_of: Callable[[Person | None], FlaskClient]) -> FlaskClient:
    """The browser of somebody without an account."""
    return client_of(None)


Clients = Callable[[Person | None], FlaskClient]


def send(client: FlaskClient, way: str = "pool", **typed: Any) -> TestResponse:
    """Send the form of the application page; None leaves a field out."""
    form = {key: value for key, value in (WORDS | typed).items() if value is not None}
    return client.post(f"/apply/{CODE}?from={way}", data=form)


def applied(client: FlaskClient, **typed: Any) -> str:
    """Apply; the address of the status page."""
    answer = send(client, **typed)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def candidates(session: Session) -> list[Candidate]:
    """All rows as they are now."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Candidate).order_by(Candidate.id)))


def set_group(group: Cohort, **values: Any) -> None:
    """Change something about the group."""
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == group.id).values(**values))


def accept(staff: FlaskClient, group: Cohort, *ids: int, verdict: str = "accepted", **form: Any) -> TestResponse:
    """Decide on some candidates."""
    return staff.post(
        f"/desk/recruiting/{group.id}/decisions", data={verdict: "ticked", "id": [str(id) for id in ids]} | form
    )


def entry(days: int = 14, tiers: bool = False) -> None:
    """Let the ladder ask an assessment of those from outside."""
    with db.writing() as s:
        content = dict(published(s).one("ladder"))
        content["external"] = {"assessment": "bronze-exam", "days": days, "tiers": tiers}
        publish(s, {("ladder", "academy"): content}, origin="studio")
