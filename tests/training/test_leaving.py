"""What is kept of a session goes along with one's own data, and what remains when she leaves."""

import io
import json
import zipfile
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy.account.erasure import erase
from academy.db import db
from academy.people.models import Cohort, Person
from academy.sample.actions import clear
from academy.sample.rules import HOST
from academy.training import queries
from academy.training.models import Game, Live, Presence, Reply, Script
from tests.conftest import ON_SQLITE, PASSWORD, Clock, html
from tests.training.conftest import CODE, WORDS, worked

pytestmark = ON_SQLITE
Clients = Callable[[Person | None], FlaskClient]


def own_data(browser: FlaskClient) -> dict[str, object]:
    packed = browser.post("/me/data", data={"present": PASSWORD}, buffered=True)
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        found: dict[str, object] = json.loads(archive.read("data.json"))
    return found


def test_her_data_tell_where_she_was_and_what_she_chose(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, live: Live, clock: Clock
) -> None:
    hers = client_of(tang)
    hers.post(f"/live/{CODE}/presence")
    client_of(zhou).post(f"/desk/live/{live.id}/games/2/opening")
    clock.move(seconds=20)
    hers.post(f"/live/{CODE}/games/2/answer", data={"choice": "1"})
    (told,) = own_data(hers)["live_sessions"]  # type: ignore[misc]
    assert told["title"] == WORDS.title
    assert (told["seconds"], told["number_in_draws"]) == (20, 1)
    (answer,) = told["answers"]
    assert (answer["game"], answer["chosen"], answer["right"]) == (2, 2, True)
    assert own_data(client_of(aduo))["live_sessions"] == []
    (script,) = own_data(client_of(zhou))["scripts"]  # type: ignore[misc]
    assert script["script"]["blocks"] == WORDS.blocks


def test_whoever_left_is_counted_without_a_name_and_no_attendance_is_written_for_her(
    app: Flask, client_of: Clients, zhou: Person, tang: Person, aduo: Person, live: Live, session: Session, clock: Clock
) -> None:
    desk = client_of(zhou)
    for person in (tang, aduo):
        client_of(person).post(f"/live/{CODE}/presence")
    desk.post(f"/desk/live/{live.id}/games/2/opening")
    client_of(tang).post(f"/live/{CODE}/games/2/answer", data={"choice": "1"})
    clock.move(minutes=5)
    desk.post(f"/desk/live/{live.id}/ending")
    with db.writing() as s:
        erase(s, tang.id)
    worked(app)
    page = html(desk.get(f"/desk/live/{live.id}"))
    assert "小棠" not in page
    assert "100 %" in page, "阿朵's"
    assert session.query(Reply).count() == 1
    assert session.query(Presence).count() == 2
    assert queries.recorded(session, session.get_one(Live, live.id)) == {aduo.id: 100}
    session.rollback()


def test_a_sample_class_is_cleared_with_its_sessions(
    client_of: Clients, zhou: Person, lu: Person, tang: Person, aduo: Person, live: Live, session: Session
) -> None:
    client_of(zhou).post(f"/desk/live/{live.id}/games/1/opening")
    for person in (tang, aduo):
        client_of(person).post(f"/live/{CODE}/games/1/answer", data={"choice": "1"})
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == live.cohort_id).values(sample=True))
        for person in (tang, aduo):
            s.execute(update(Person).where(Person.id == person.id).values(email=f"{person.id}@{HOST}"))
        clear(s, s.get_one(Person, lu.id))
    assert [session.query(rows).count() for rows in (Live, Presence, Game, Reply)] == [0, 0, 0, 0]
    session.rollback()


def test_a_trainers_scripts_go_with_her_and_what_was_held_stays(
    zhou: Person, lu: Person, live: Live, session: Session
) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).values(trainer_id=None))
        erase(s, zhou.id)
    session.expire_all()
    assert session.query(Script).count() == 0
    held = session.get_one(Live, live.id)
    assert held.script_id is None
    assert queries.words_of(held) == WORDS
    session.rollback()
