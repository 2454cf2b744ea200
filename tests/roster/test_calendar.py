"""What is on a cohort's calendar, and who reads of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock as time
from academy.db import db
from academy.people.models import Appointment, Cohort, Person
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]
FRIDAY = {"title": "直播答疑", "day": "2026-09-18", "time": "20:00", "link": "https://live.example/7?a=1&b=2"}


def put(cohort: Cohort, title: str, at: datetime, link: str | None = None) -> int:
    with db.writing() as session:
        made = Appointment(cohort_id=cohort.id, title=title, at=at.replace(tzinfo=time.ZONE), link=link)
        session.add(made)
        session.flush()
        return made.id


def planned(session: Session) -> list[Appointment]:
    session.rollback()
    return list(session.scalars(select(Appointment).order_by(Appointment.at)))


def test_the_trainer_plans_on_the_brands_clock(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    path = f"/desk/cohorts/{cohort.id}"
    answer = client_of(zhou).post(f"{path}/appointments", data=FRIDAY)
    assert (answer.status_code, answer.location) == (303, f"{path}#calendar")
    (made,) = planned(session)
    assert made.at == datetime(2026, 9, 18, 12, 0, tzinfo=UTC)
    assert (made.title, made.link, made.cohort_id) == ("直播答疑", FRIDAY["link"], cohort.id)
    page = client_of(zhou).get(path).get_data(as_text=True)
    assert "18 Sep 20:00" in page
    assert 'href="https://live.example/7?a=1&amp;b=2" rel="noreferrer"' in page


@ON_SQLITE
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", " "),
        ("title", "长" * 61),
        ("day", ""),
        ("day", "18.9.2026"),
        ("day", "9999-12-31"),
        ("time", "25:00"),
        ("time", ""),
        ("link", "http://live.example"),
        ("link", "javascript:alert(1)"),
        ("link", "https://"),
        ("link", "https://[x"),
        ("link", "https://a b.example"),
        ("link", "https://live.example/" + "x" * 500),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    field: str, typed: str, client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    answer = client_of(zhou).post(f"/desk/cohorts/{cohort.id}/appointments", data=FRIDAY | {field: typed})
    page = html(answer)
    assert answer.status_code == 422
    assert re.search('id="(title|day|time|link)-error"', page)
    for kept in {"title", "link"} - {field}:
        assert f'value="{FRIDAY[kept]}"' in page
    assert planned(session) == []


@ON_SQLITE
def test_what_is_over_cannot_be_planned(client_of: Clients, zhou: Person, cohort: Cohort, session: Session) -> None:
    for day, hour in (("2026-09-14", "09:59"), ("2026-09-13", "20:00"), ("2027-09-16", "20:00")):
        form = FRIDAY | {"day": day, "time": hour}
        assert client_of(zhou).post(f"/desk/cohorts/{cohort.id}/appointments", data=form).status_code == 422
    assert planned(session) == []
    form = FRIDAY | {"day": "2026-09-14", "time": "10:01", "link": ""}
    assert client_of(zhou).post(f"/desk/cohorts/{cohort.id}/appointments", data=form).status_code == 303
    assert planned(session)[0].link is None


def test_an_appointment_is_removed_by_those_whose_cohort_it_is(
    client_of: Clients,
    zhou: Person,
    wu: Person,
    lu: Person,
    tang: Person,
    cohort: Cohort,
    other: Cohort,
    session: Session,
) -> None:
    id = put(cohort, "直播", datetime(2026, 9, 18, 20))
    path = f"/desk/cohorts/{cohort.id}/appointments/{id}/removal"
    for who in (wu, tang):
        assert client_of(who).post(path).status_code == 404
        assert client_of(who).post(f"/desk/cohorts/{cohort.id}/appointments", data=FRIDAY).status_code == 404
    client_of(wu).post(f"/desk/cohorts/{other.id}/appointments/{id}/removal")
    assert len(planned(session)) == 1
    for _ in range(2):
        assert client_of(zhou).post(path).status_code == 303
    assert planned(session) == []
    assert client_of(lu).post(f"/desk/cohorts/{cohort.id}/appointments", data=FRIDAY).status_code == 303


def test_the_desk_names_the_next_three_of_her_cohorts_within_a_week(
    client_of: Clients, zhou: Person, wu: Person, lu: Person, cohort: Cohort, other: Cohort
) -> None:
    put(cohort, "复盘", datetime(2026, 9, 21, 9, 59))
    put(cohort, "太远", datetime(2026, 9, 21, 10, 1))
    put(cohort, "直播答疑", datetime(2026, 9, 18, 20))
    put(other, "别班的", datetime(2026, 9, 15, 8))
    put(cohort, "破冰", datetime(2026, 9, 15, 20))
    put(cohort, "结束了", datetime(2026, 9, 14, 8, 59))
    page = html(client_of(zhou).get("/desk"))
    assert re.findall(r'calendar">([^<]+)</a>', page) == ["tomorrow 20:00 破冰", "Fri 20:00 直播答疑", "Mon 09:59 复盘"]
    line = re.search(r'<p class="muted">([^<]+)</p>', page)
    assert line
    assert line[1] == "Today: 0 hand-ins wait for a reply, 0 trainees have been away for three days, tomorrow: 破冰"
    assert re.findall(r'calendar">([^<]+)</a>', html(client_of(lu).get("/desk")))[0] == "tomorrow 08:00 别班的"
    assert "破冰" not in html(client_of(wu).get("/desk"))


@ON_SQLITE
def test_the_line_has_the_shape_of_the_brands_words(client_of: Clients, zhou: Person, cohort: Cohort) -> None:
    put(cohort, "直播", datetime(2026, 9, 18, 20))
    with db.writing() as session:
        session.get_one(Person, zhou.id).locale = "zh"
    assert "今天：0 份待点评，0 人三天没来，周五直播" in html(client_of(zhou).get("/desk"))


@ON_SQLITE
def test_without_appointments_the_desk_is_silent_about_them(client_of: Clients, zhou: Person) -> None:
    page = html(client_of(zhou).get("/desk"))
    assert "#calendar" not in page
    assert "away for three days</p>" in page


def test_a_trainee_reads_of_the_next_one_of_her_cohort(
    client_of: Clients, tang: Person, xiaomi: Person, cohort: Cohort, other: Cohort, clock: Clock
) -> None:
    put(other, "别班的", datetime(2026, 9, 14, 20))
    put(cohort, "破冰", datetime(2026, 9, 15, 20))
    put(cohort, "直播答疑", datetime(2026, 9, 14, 20), "https://live.example/7")
    client = client_of(tang)
    client.get("/")
    with statements() as seen:
        page = html(client.get("/"))
    assert len(seen) <= 6, seen
    assert '<a class="hit" href="https://live.example/7">直播答疑</a>' in page
    assert "today 20:00" in page
    assert "破冰" not in page
    assert "别班的" not in page
    clock.to(datetime(2026, 9, 14, 20, 59, tzinfo=time.ZONE))
    assert "直播答疑" in html(client.get("/"))
    clock.move(minutes=2)
    page = html(client.get("/"))
    assert "直播答疑" not in page
    assert "tomorrow 20:00" in page
    clock.move(days=2)
    assert "破冰" not in html(client.get("/"))


def test_what_is_more_than_a_week_ahead_waits(client_of: Clients, tang: Person, cohort: Cohort, clock: Clock) -> None:
    put(cohort, "直播答疑", datetime(2026, 9, 21, 10, 30))
    assert "直播答疑" not in html(client_of(tang).get("/"))
    clock.move(hours=1)
    assert "Mon 10:30" in html(client_of(tang).get("/"))


def test_pages_of_the_desk_need_few_statements(client_of: Clients, zhou: Person, lu: Person, cohort: Cohort) -> None:
    put(cohort, "直播答疑", datetime(2026, 9, 18, 20))
    for who in (zhou, lu):
        for path in ("/desk", f"/desk/cohorts/{cohort.id}"):
            client = client_of(who)
            client.get(path)
            with statements() as seen:
                assert client.get(path).status_code == 200
            assert len(seen) <= 8, seen
