"""A lesson announces a live session: when, the way in, how long one was there, and the replay."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy import clock as wall
from academy.catalog.queries import published
from academy.db import db
from academy.jobs.actions import ask
from academy.journal.actions import stand
from academy.journal.models import Fact
from academy.people.models import Person
from academy.training.models import Live
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import HTMX
from tests.training.conftest import BEGINS, BLOCK, announce, worked

pytestmark = ON_SQLITE
Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture(autouse=True)
def announced(session: Session) -> None:
    announce()


def values(session: Session, person: Person) -> list[tuple[str, int]]:
    session.rollback()
    rows = session.query(Fact).filter_by(trainee_id=person.id, kind="live.attended")
    return [(row.topic, row.value) for row in rows]


def test_the_lesson_says_when_and_lets_in_a_quarter_of_an_hour_before(
    client_of: Clients, tang: Person, clock: Clock
) -> None:
    hers = client_of(tang)
    page = html(hers.get("/lessons/own"))
    assert "夜里换尿裤直播" in page
    assert "9 月 16 日 10:00" in page
    assert "live-lessons" not in page
    clock.to(BEGINS - timedelta(minutes=16))
    assert "live-lessons" not in html(hers.get("/lessons/own"))
    clock.move(minutes=1)
    assert 'href="/live-lessons/evening-live"' in html(hers.get("/lessons/own"))
    clock.to(BEGINS + timedelta(minutes=59))
    assert 'href="/live-lessons/evening-live"' in html(hers.get("/lessons/own"))
    clock.move(minutes=1)
    page = html(hers.get("/lessons/own"))
    assert 'href="https://live.example.com/replay"' in page
    assert "live-lessons" not in page


def test_the_page_before_signing_up_shows_it_without_a_way_in(client_of: Clients, clock: Clock) -> None:
    clock.to(BEGINS)
    page = html(client_of(None).get("/join/qt07/lesson"))
    assert "夜里换尿裤直播" in page
    assert "live-lessons" not in page


def test_joining_counts_and_shows_the_way(
    app: Flask, client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    hers = client_of(tang)
    clock.to(BEGINS - timedelta(minutes=10))
    assert BLOCK["join"] not in html(hers.get("/live-lessons/evening-live"))
    assert hers.post("/live-lessons/evening-live/presence").status_code == 303
    assert f'href="{BLOCK["join"]}"' in html(hers.get("/live-lessons/evening-live"))
    for _ in range(60):
        clock.move(minutes=1)
        hers.post("/live-lessons/evening-live/presence", headers=HTMX)
    clock.to(BEGINS + timedelta(hours=20))
    with db.writing() as s:
        ask(s, "attendance")
    worked(app)
    assert values(session, tang) == [("evening-live", 91)], "55 of 60: the last sign of life came ten minutes early"
    assert "已到课" in html(hers.get("/lessons/own"))
    assert "你在场 91%" in html(hers.get("/live-lessons/evening-live"))


def test_who_joined_only_for_a_moment_is_not_paid(
    app: Flask, client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    clock.to(BEGINS)
    client_of(tang).post("/live-lessons/evening-live/presence")
    clock.move(hours=20)
    with db.writing() as s:
        ask(s, "attendance")
    worked(app)
    assert values(session, tang) == [("evening-live", 8)]
    assert html(client_of(tang).get("/live-lessons/evening-live")).count("满 80% 才有积分") == 1


def test_nobody_joins_too_early_or_too_late(client_of: Clients, tang: Person, session: Session, clock: Clock) -> None:
    hers = client_of(tang)
    clock.to(BEGINS - timedelta(minutes=16))
    assert hers.post("/live-lessons/evening-live/presence").status_code == 409
    clock.to(BEGINS + timedelta(minutes=60))
    assert hers.post("/live-lessons/evening-live/presence").status_code == 409
    assert session.query(Live).count() == 0


def test_a_session_of_a_tier_above_is_not_there(
    client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    silver = next(
        lesson.key for course in published(session).courses if course.tier == "silver" for lesson in course.lessons
    )
    session.rollback()
    announce(silver, key="silver-live")
    clock.to(BEGINS)
    hers = client_of(tang)
    assert hers.get("/live-lessons/silver-live").status_code == 404
    assert hers.post("/live-lessons/silver-live/presence").status_code == 404
    with db.writing() as s:
        stand(s, tang.id, "silver")
    assert hers.get("/live-lessons/silver-live").status_code == 200
    assert hers.get("/live-lessons/no-such-live").status_code == 404


def test_a_session_that_is_put_off_counts_anew(
    client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    clock.to(BEGINS)
    client_of(tang).post("/live-lessons/evening-live/presence")
    later = wall.local(wall.now()) + timedelta(days=1)
    announce(starts=f"{later:%Y-%m-%d %H:%M}")
    assert client_of(tang).post("/live-lessons/evening-live/presence").status_code == 409
    clock.move(days=1)
    assert client_of(tang).post("/live-lessons/evening-live/presence").status_code == 303
    assert session.query(Live).count() == 2
