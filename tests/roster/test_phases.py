"""A cohort goes from phase to phase: what it is called, whom it takes, and what stays of it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from academy.db import db
from academy.people.models import Audit, Cohort, Person, Phase
from academy.people.rules import PHASES, RECRUITING
from academy.roster.rules import cohort_name
from tests.achievements.test_bad_luck import at_once
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]


def now(session: Session, id: int) -> Cohort:
    session.rollback()
    session.expire_all()
    return session.get_one(Cohort, id)


@pytest.fixture
def group(session: Session, zhou: Person, client_of: Clients, lu: Person) -> Cohort:
    """鹿芽 03 群, opened by the brand and led by 周以宁."""
    form = {"kind": "recruiting", "title": "鹿芽", "number": 3, "trainer_id": zhou.id, "capacity": 5, "open": "y"}
    answer = client_of(lu).post("/desk/cohorts/new", data=form | {"tier": "silver"})
    made = now(session, int(answer.location.rsplit("/")[-1]))
    session.expunge(made)
    session.rollback()
    return made


def move(client: FlaskClient, cohort: Cohort, seen: str, to: str) -> int:
    return client.post(f"/desk/cohorts/{cohort.id}/phases/{to}", data={"from": seen}).status_code


def test_a_recruiting_group_begins_with_finding_its_people_and_is_of_the_first_tier(
    group: Cohort, session: Session
) -> None:
    assert (group.name, group.kind, group.phase, group.tier) == (
        "鹿芽 03 群 · 招募",
        "recruiting",
        "recruiting",
        "bronze",
    )
    (row,) = now(session, group.id).phases
    assert (row.phase, row.name, row.by and row.by.name) == ("recruiting", "鹿芽 03 群 · 招募", "鹿芽运营")


def test_its_trainer_leads_a_group_through_all_phases_and_the_page_tells_them(
    group: Cohort, client_of: Clients, zhou: Person, session: Session, clock: Clock
) -> None:
    client = client_of(zhou)
    for seen, to in pairwise(PHASES):
        clock.move(days=1)
        question = html(client.get(f"/desk/cohorts/{group.id}/phases/{to}"))
        assert cohort_name(RECRUITING, "鹿芽", 3, to) in question
        assert move(client, group, seen, to) == 303
    after = now(session, group.id)
    assert (after.phase, after.name, after.takes) == ("ended", "鹿芽 03 群 · 培训结束", False)
    page = html(client.get(f"/desk/cohorts/{group.id}"))
    names = [f"鹿芽 03 群 · {word}" for word in ("招募", "培训", "培训中", "培训末", "培训结束")]
    at = [page.index(f'class="title">{name}</div>') for name in reversed(names)]
    assert at == sorted(at)
    assert "周以宁" in page[at[0] : at[1]]
    assert "18 Sep" in page[at[0] : at[1]]
    session.rollback()
    assert list(session.scalars(select(Audit.action).where(Audit.staff_id == zhou.id))) == [
        f"phase.{phase}" for phase in PHASES[1:]
    ]


@ON_SQLITE
def test_one_goes_one_phase_back_at_most_and_never_jumps(
    group: Cohort, client_of: Clients, zhou: Person, session: Session
) -> None:
    client = client_of(zhou)
    assert move(client, group, "recruiting", "before") == 303
    assert move(client, group, "before", "recruiting") == 303
    assert now(session, group.id).name == "鹿芽 03 群 · 招募"
    for to in ("training", "ended"):
        assert move(client, group, "recruiting", to) == 303
        assert now(session, group.id).phase == "recruiting"
    assert move(client, group, "recruiting", "party") == 404


def test_two_who_press_at_once_move_it_once(
    app: Flask, group: Cohort, client_of: Clients, zhou: Person, lu: Person, session: Session
) -> None:
    zhous, lus = client_of(zhou), client_of(lu)
    at_once(
        app,
        *(lambda client=client: move(client, group, "recruiting", "before") for client in (zhous, lus, zhous, lus)),
    )
    assert now(session, group.id).phase == "before"
    assert [row.phase for row in now(session, group.id).phases] == ["recruiting", "before"]
    move(zhous, group, "recruiting", "before")
    assert len(now(session, group.id).phases) == 2


@ON_SQLITE
def test_nobody_else_moves_it(group: Cohort, client_of: Clients, wu: Person, tang: Person, session: Session) -> None:
    for who, status in ((wu, 404), (tang, 404), (None, 302)):
        assert move(client_of(who), group, "recruiting", "before") == status
        assert client_of(who).get(f"/desk/cohorts/{group.id}/phases/before").status_code == status
    assert now(session, group.id).phase == "recruiting"


def test_a_new_name_is_a_line_of_the_history_too(
    group: Cohort, client_of: Clients, lu: Person, session: Session
) -> None:
    form = {"title": "小鹿", "number": 3, "trainer_id": "", "capacity": 5, "open": "y"}
    assert client_of(lu).post(f"/desk/cohorts/{group.id}/edit", data=form).status_code == 303
    assert client_of(lu).post(f"/desk/cohorts/{group.id}/edit", data=form).status_code == 303
    assert [row.name for row in now(session, group.id).phases] == ["鹿芽 03 群 · 招募", "小鹿 03 群 · 招募"]


@ON_SQLITE
@pytest.mark.parametrize("phase", PHASES)
def test_an_invitation_opens_while_newcomers_can_follow(
    phase: str, app: Flask, client_of: Clients, cohort: Cohort, session: Session
) -> None:
    with db.writing() as s:
        s.get_one(Cohort, cohort.id).phase = phase
    takes = phase in ("recruiting", "before", "training")
    assert client_of(None).get("/join/qt07").status_code == (200 if takes else 410)
    new = {"contact": "13900000001", "name": "鹿鹿", "password": "lu-lu-2026", "code": "qt07", "consent": "y"}
    assert client_of(None).post("/sign-up", data=new).status_code == (303 if takes else 422)
    assert now(session, cohort.id).taken == (3 if takes else 2)


@ON_SQLITE
def test_the_link_of_a_group_leads_to_its_application(group: Cohort, client_of: Clients) -> None:
    answer = client_of(None).get(f"/join/{group.code}")
    assert answer.status_code == 409
    assert f'href="/apply/{group.code}"' in html(answer)
    new = {"contact": "13900000001", "name": "鹿鹿", "password": "lu-lu-2026", "code": group.code, "consent": "y"}
    assert client_of(None).post("/sign-up", data=new).status_code == 422


def test_the_page_of_a_class_needs_few_statements(
    client_of: Clients, zhou: Person, cohort: Cohort, group: Cohort
) -> None:
    client = client_of(zhou)
    for id in (cohort.id, group.id):
        client.get(f"/desk/cohorts/{id}")
        with statements() as seen:
            client.get(f"/desk/cohorts/{id}")
        assert len(seen) <= 6, seen


def test_the_database_knows_no_other_kind_and_no_other_phase(cohort: Cohort, session: Session) -> None:
    for values in ({"kind": "club"}, {"phase": "party"}):
        with pytest.raises(IntegrityError), db.writing() as s:
            s.query(Cohort).filter_by(id=cohort.id).update(values)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), db.writing() as s:
        s.add(Phase(cohort_id=cohort.id, phase="party", name="-", since=cohort.created_at))
