"""Everybody answers at once, on both databases: one answer each, no error, and nothing is paid twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock as wall
from academy.db import db
from academy.journal.actions import start
from academy.journal.models import Entry, Fact
from academy.people.models import Cohort, Membership, Person
from academy.training import actions, queries
from academy.training.models import Game, Live, Presence, Reply
from tests.training.conftest import CODE, planned

MANY = 16


@pytest.fixture
def crowd(session: Session, cohort: Cohort) -> list[int]:
    """Sixteen more trainees of 青铜 07 班."""
    with db.writing() as s:
        people = [
            Person(role="trainee", name=f"学员{n}", phone=f"139000000{n:02}", password_hash="!", created_at=wall.now())
            for n in range(MANY)
        ]
        s.add_all(people)
        s.flush()
        for one in people:
            start(s, one.id, "bronze")
            s.add(Membership(trainee_id=one.id, cohort_id=cohort.id, since=wall.now()))
        ids = [one.id for one in people]
    return ids


def at_once(app: Flask, what: list[object]) -> list[object]:
    """Do several things at the same moment, each in a thread with a session of its own; errors are results."""

    def one(act: object) -> object:
        with app.app_context():
            try:
                with db.writing() as s:
                    return act(s)  # type: ignore[operator]
            except Exception as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(what)) as pool:
        return list(pool.map(one, what))


def test_everybody_answers_at_once_and_twice(
    app: Flask, zhou: Person, live: Live, crowd: list[int], session: Session
) -> None:
    with db.writing() as s:
        actions.open_game(s, s.get_one(Person, zhou.id), live.id, 2)
    acts = [lambda s, id=id: actions.answer(s, id, CODE, 2, 1) for id in crowd for _ in range(2)]
    assert at_once(app, acts) == [True] * len(acts)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Reply)) == MANY
    assert session.scalar(select(func.count()).where(Fact.kind == "game.right")) == MANY
    assert session.scalar(select(func.sum(Entry.amount)).where(Entry.rule == "game")) == 5 * MANY
    tickets = sorted(session.scalars(select(Presence.ticket)))
    assert tickets == list(range(1, MANY + 1)), "each has a number of her own"


def test_the_game_is_closed_while_everybody_answers(
    app: Flask, zhou: Person, live: Live, crowd: list[int], session: Session
) -> None:
    with db.writing() as s:
        actions.open_game(s, s.get_one(Person, zhou.id), live.id, 1)
    acts = [lambda s, id=id: actions.answer(s, id, CODE, 1, 0) for id in crowd]
    acts.insert(MANY // 2, lambda s: actions.close_game(s, s.get_one(Person, zhou.id), live.id, 1))
    done = at_once(app, acts)  # type: ignore[arg-type]
    assert all(one is True or isinstance(one, actions.Closed) for one in done), done
    session.rollback()
    answered = sum(one is True for one in done) - 1
    assert session.scalar(select(func.count()).select_from(Reply)) == answered


def test_two_trainers_begin_open_and_draw_the_same_session_at_once(
    app: Flask, zhou: Person, lu: Person, cohort: Cohort, crowd: list[int], session: Session
) -> None:
    live = planned(zhou, cohort)
    both = [zhou.id, lu.id] * 3
    assert (
        at_once(app, [lambda s, id=id: actions.begin(s, s.get_one(Person, id), live.id) for id in both]) == [True] * 6
    )
    opened = [lambda s, id=id: actions.open_game(s, s.get_one(Person, id), live.id, 3) for id in both]
    assert at_once(app, opened) == [True] * 6  # type: ignore[arg-type]
    with db.writing() as s:
        for id in crowd:
            actions.appear(s, s.get_one(Live, live.id), id)
    closed = [lambda s, id=id: actions.close_game(s, s.get_one(Person, id), live.id, 3) for id in both]
    assert at_once(app, closed) == [True] * 6  # type: ignore[arg-type]
    session.rollback()
    (game,) = session.scalars(select(Game))
    assert len(game.drawn) == 1
    assert len(game.entered) == MANY


def test_signs_of_life_of_two_windows_count_no_time_twice(
    app: Flask, live: Live, crowd: list[int], session: Session, clock: object
) -> None:
    (her, *_others) = crowd
    with db.writing() as s:
        actions.appear(s, s.get_one(Live, live.id), her)
    clock.move(minutes=1)  # type: ignore[attr-defined]
    acts = [lambda s: actions.appear(s, s.get_one(Live, live.id), her).seconds for _ in range(8)]
    at_once(app, acts)  # type: ignore[arg-type]
    session.rollback()
    assert session.scalar(select(Presence.seconds).where(Presence.trainee_id == her)) == 60


def test_the_form_of_a_plan_sent_at_once_makes_one_session(
    app: Flask, zhou: Person, cohort: Cohort, session: Session
) -> None:
    wanted = actions.Plan(cohort.id, "今晚", 60)
    acts = [lambda s: actions.plan(s, s.get_one(Person, zhou.id), CODE, wanted, "x").id for _ in range(6)]
    assert len(set(at_once(app, acts))) == 1  # type: ignore[arg-type]


def test_whoever_is_marked_by_hand_while_her_time_is_counted_is_paid_once(
    app: Flask, zhou: Person, live: Live, crowd: list[int], session: Session, clock: object
) -> None:
    with db.writing() as s:
        for id in crowd:
            actions.appear(s, s.get_one(Live, live.id), id)
    clock.move(minutes=5)  # type: ignore[attr-defined]
    with db.writing() as s:
        actions.end(s, s.get_one(Person, zhou.id), live.id)
    acts = [lambda s, id=id: bool(actions.settle(s, s.get_one(Live, live.id), id)) for id in crowd]
    acts.append(lambda s: actions.mark(s, s.get_one(Person, zhou.id), live.id, dict.fromkeys(crowd, 100)) is not None)
    done = at_once(app, acts)  # type: ignore[arg-type]
    assert not [one for one in done if isinstance(one, Exception)], done
    session.rollback()
    paid = session.execute(
        select(Entry.trainee_id, func.count()).where(Entry.rule == "live").group_by(Entry.trainee_id)
    )
    assert sorted((id, number) for id, number in paid) == [(id, 2) for id in crowd], "growth and feathers, once"
    assert len(queries.recorded(session, session.get_one(Live, live.id))) == MANY
    session.rollback()
