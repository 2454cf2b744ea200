"""Who was at a session, for how much of it, and what that becomes."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.catalog.queries import published
from academy.criteria.facts import said
from academy.journal.models import Entry, Fact
from academy.people.models import Audit, Cohort, Person
from academy.training.models import Live, Presence
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import HTMX
from tests.training.conftest import CODE, planned, worked

pytestmark = ON_SQLITE
Clients = Callable[[Person | None], FlaskClient]


def stays(browser: FlaskClient, clock: Clock, minutes: int, every: int = 1) -> None:
    """Somebody's phone stays open for so long."""
    browser.post(f"/live/{CODE}/presence", headers=HTMX)
    for _ in range(0, minutes, every):
        clock.move(minutes=every)
        browser.post(f"/live/{CODE}/presence", headers=HTMX)


def attended(session: Session, person: Person) -> list[tuple[str, int]]:
    session.rollback()
    rows = session.query(Fact).filter_by(trainee_id=person.id, kind="live.attended").order_by(Fact.id)
    return [(row.occurrence, row.value) for row in rows]


def paid(session: Session, person: Person) -> dict[str, int]:
    session.rollback()
    rows = session.query(Entry).filter_by(trainee_id=person.id, rule="live")
    return {row.currency: row.amount for row in rows}


def test_whoever_stays_to_the_end_is_paid_once_it_has_ended(
    app: Flask, client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    stays(client_of(tang), clock, 40)
    assert attended(session, tang) == []
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    worked(app)
    assert attended(session, tang) == [(str(live.id), 100)]
    assert paid(session, tang) == {"growth": 15, "feathers": 10}
    worked(app)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    worked(app)
    assert len(attended(session, tang)) == 1
    assert "100 %" in html(client_of(zhou).get(f"/desk/live/{live.id}"))
    fact = session.query(Fact).filter_by(kind="live.attended").one()
    with app.test_request_context("/?lang=zh"):
        assert said(published(session), fact) == "参加班级直播课，在场 100%"


def test_whoever_leaves_half_way_is_on_record_and_not_paid(
    app: Flask, client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    stays(client_of(tang), clock, 20)
    clock.move(minutes=20)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    worked(app)
    assert attended(session, tang) == [(str(live.id), 62)], "25 of 40: a sign of life counts for five minutes"
    assert paid(session, tang) == {}


def test_waiting_before_it_begins_does_not_count_and_neither_does_coming_late(
    app: Flask,
    client_of: Clients,
    zhou: Person,
    tang: Person,
    aduo: Person,
    cohort: Cohort,
    session: Session,
    clock: Clock,
) -> None:
    live = planned(zhou, cohort)
    stays(client_of(tang), clock, 30)
    client_of(zhou).post(f"/desk/live/{live.id}/beginning")
    clock.move(minutes=30)
    stays(client_of(aduo), clock, 30)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    worked(app)
    assert attended(session, aduo) == [(str(live.id), 50)]
    assert attended(session, tang) == [(str(live.id), 8)]


def test_who_never_came_has_no_fact(
    app: Flask, client_of: Clients, zhou: Person, aduo: Person, live: Live, session: Session, clock: Clock
) -> None:
    clock.move(minutes=30)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    client_of(aduo).post(f"/live/{CODE}/presence")
    worked(app)
    assert attended(session, aduo) == []
    assert session.query(Presence).count() == 0


def test_without_javascript_a_tap_every_five_minutes_is_enough(
    app: Flask, client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    hers = client_of(tang)
    assert "我在" in html(hers.get(f"/live/{CODE}"))
    for _ in range(8):
        assert hers.post(f"/live/{CODE}/presence").status_code == 303
        clock.move(minutes=5)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    worked(app)
    assert attended(session, tang) == [(str(live.id), 100)]


def test_the_page_that_is_still_open_after_the_end_gets_its_points_at_once(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    hers = client_of(tang)
    stays(hers, clock, 20)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    assert hers.post(f"/live/{CODE}/presence", headers=HTMX).headers["HX-Redirect"].endswith(f"/live/{CODE}")
    assert paid(session, tang) == {"growth": 15, "feathers": 10}
    assert hers.post(f"/live/{CODE}/presence", headers=HTMX).status_code == 204
    assert "你在场 100%" in html(hers.get(f"/live/{CODE}"))


def test_a_worker_that_was_killed_goes_on_without_a_double_or_a_gap(
    app: Flask,
    client_of: Clients,
    zhou: Person,
    tang: Person,
    aduo: Person,
    live: Live,
    session: Session,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for person in (tang, aduo):
        client_of(person).post(f"/live/{CODE}/presence")
    clock.move(minutes=4)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    from academy.training import jobs

    real, calls = jobs.settle, []

    def dies(*args: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "settle", dies)
    with pytest.raises(KeyboardInterrupt):
        worked(app)
    monkeypatch.setattr(jobs, "settle", real)
    clock.move(minutes=6)
    worked(app)
    assert [attended(session, person) for person in (tang, aduo)] == [[(str(live.id), 100)]] * 2
    assert session.get_one(Live, live.id, populate_existing=True).settled


# By hand


def mark(browser: FlaskClient, live: Live, people: str, confirmed: bool = True) -> str:
    data = {"people": people} | ({"confirmed": "1"} if confirmed else {})
    return html(browser.post(f"/desk/live/{live.id}/marks", data=data, follow_redirects=True))


def test_a_list_of_another_platform_is_looked_at_first_and_then_kept_with_who_did_it(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    live, desk = planned(zhou, cohort), client_of(zhou)
    clock.move(hours=2)
    typed = "小棠\n13800000012 30\n路人甲"
    page = mark(desk, live, typed, confirmed=False)
    assert "找到 2 人" in page
    assert "路人甲" in page
    assert attended(session, tang) == []
    assert "2 人已记入到课" in mark(desk, live, typed)
    assert attended(session, tang) == [(str(live.id), 100)]
    assert attended(session, aduo) == [(str(live.id), 50)]
    assert paid(session, tang)
    assert not paid(session, aduo)
    subjects = {row.subject for row in session.query(Audit).filter_by(action="live.marked", staff_id=zhou.id)}
    assert subjects == {f"person/{one.id} live/{live.id}" for one in (tang, aduo)}
    session.rollback()
    assert "0 人已记入到课" in mark(desk, live, typed), "sent twice, it changes nothing"
    assert len(attended(session, tang)) == 1


def test_what_was_counted_too_low_is_put_right_and_paid_once(
    app: Flask, client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    client_of(tang).post(f"/live/{CODE}/presence")
    clock.move(minutes=40)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    worked(app)
    mark(client_of(zhou), live, "小棠 10")
    assert attended(session, tang) == [(str(live.id), 12), (f"{live.id}-hand", 25)]
    mark(client_of(zhou), live, "小棠")
    assert len(attended(session, tang)) == 2, "once by hand"
    assert not paid(session, tang)


def test_whoever_has_been_paid_is_not_paid_again(
    app: Flask, client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    stays(client_of(tang), clock, 18)
    clock.move(minutes=7)
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    worked(app)
    assert attended(session, tang) == [(str(live.id), 92)]
    mark(client_of(zhou), live, "小棠")
    assert len(attended(session, tang)) == 1
    assert paid(session, tang) == {"growth": 15, "feathers": 10}


def test_nobody_is_marked_at_what_is_still_to_come_or_goes_on(
    client_of: Clients, zhou: Person, cohort: Cohort, live: Live, session: Session, clock: Clock
) -> None:
    assert client_of(zhou).post(f"/desk/live/{live.id}/marks", data={"people": "小棠"}).status_code == 404


def test_a_trainee_of_another_class_is_not_found_in_the_list(
    client_of: Clients, zhou: Person, xiaomi: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    live = planned(zhou, cohort)
    clock.move(hours=2)
    assert "没有一行对应这个班的学员" in mark(client_of(zhou), live, "小米", confirmed=False)
    mark(client_of(zhou), live, "小米\n13800000013")
    assert attended(session, xiaomi) == []


def test_replay_and_room_are_https(client_of: Clients, zhou: Person, tang: Person, live: Live, clock: Clock) -> None:
    desk = client_of(zhou)
    links = f"/desk/live/{live.id}/links"
    assert desk.post(links, data={"replay": "http://a.example/x"}).status_code == 422
    assert desk.post(links, data={"replay": "https://a.example/x"}).status_code == 303
    desk.post(f"/desk/live/{live.id}/ending")
    assert 'href="https://a.example/x"' in html(client_of(tang).get(f"/live/{CODE}"))
