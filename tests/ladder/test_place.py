"""Her place in the tier, as the night counted it."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy import clock
from academy.db import db
from academy.doctor.queries import differences
from academy.journal.actions import start
from academy.journal.models import Standing
from academy.people.models import Person
from tests.achievements.story import run_night
from tests.conftest import html

Client = Callable[[Person | None], FlaskClient]
SAID = "成长值在同级 12 人中排第 3"


def classmates(growths: list[int]) -> None:
    with db.writing() as s:
        for n, growth in enumerate(growths):
            one = Person(role="trainee", name=f"学员{n}", phone=f"139{n:08}", password_hash="-", created_at=clock.now())
            s.add(one)
            s.flush()
            start(s, one.id, "bronze")
            s.execute(update(Standing).where(Standing.trainee_id == one.id).values(growth=growth))


def test_she_reads_her_place_among_those_of_her_tier_once_a_night_has_counted(
    app: Flask, session: Session, client_of: Client, tang: Person
) -> None:
    classmates([90, 80, 10, 10, 10, 10, 0, 0, 0])
    with db.writing() as s:
        s.execute(update(Standing).where(Standing.trainee_id == tang.id).values(growth=50))
    assert SAID not in html(client_of(tang).get("/tier"))
    run_night(app)
    assert SAID in html(client_of(tang).get("/tier"))
    assert {found.what for found in differences(session)} == {"growth"}, "the growth of this story has no facts"


def test_among_few_nobody_reads_a_place(app: Flask, session: Session, client_of: Client, tang: Person) -> None:
    run_night(app)
    assert "昨夜统计" not in html(client_of(tang).get("/tier"))
