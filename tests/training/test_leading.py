"""A trainer plans a session, leads it from the big screen, and closes what she has opened."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy import clock as now
from academy.db import db
from academy.people.models import Appointment, Audit, Cohort, Person
from academy.training import actions, queries
from academy.training.models import Game, Live, Presence
from academy.training.rules import seal
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements
from tests.training.conftest import CODE, WORDS, planned

pytestmark = ON_SQLITE
Clients = Callable[[Person | None], FlaskClient]


def form(cohort: Cohort, **more: str) -> dict[str, str]:
    return {"code": CODE, "cohort": str(cohort.id), "script": "", "title": "今晚的课", "minutes": "60"} | more


def live_of(session: Session) -> Live:
    session.rollback()
    session.expire_all()
    return session.query(Live).one()


def test_a_session_for_later_stands_on_the_calendar_of_the_class(
    client_of: Clients, zhou: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    when = {"day": "2026-09-18", "time": "20:00", "join": "https://meeting.example.com/a"}
    made = client_of(zhou).post("/desk/live/new", data=form(cohort, **when))
    assert made.status_code == 303
    (found,) = session.query(Appointment).all()
    assert (found.cohort_id, found.title, now.local(found.at).hour) == (cohort.id, "今晚的课", 20)
    assert found.link.endswith(f"/live/{CODE}")
    session.rollback()
    page = html(client_of(tang).get("/class"))
    assert "今晚的课" in page
    assert f"/live/{CODE}" in page
    assert "https://meeting.example.com/a" in html(client_of(tang).get(f"/live/{CODE}"))


def test_without_a_day_it_is_now_and_no_appointment(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    made = client_of(zhou).post("/desk/live/new", data=form(cohort))
    assert made.location.endswith("/screen")
    assert session.query(Appointment).count() == 0


def test_the_form_sent_twice_makes_one_session(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    when = {"day": "2026-09-18", "time": "20:00"}
    first, second = (client_of(zhou).post("/desk/live/new", data=form(cohort, **when)) for _ in range(2))
    assert first.location == second.location
    assert session.query(Live).count() == session.query(Appointment).count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "这场课讲什么"),
        ({"minutes": "4"}, "5 到 600 分钟"),
        ({"day": "2026-09-18"}, "日期和时间一起填"),
        ({"day": "2026-09-13", "time": "20:00"}, "还没到的时间"),
        ({"join": "http://meeting.example.com"}, "https://"),
        ({"join": "javascript:alert(1)"}, "https://"),
    ],
)
def test_what_can_not_be_is_said_at_its_field(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session, wrong: dict[str, str], said: str
) -> None:
    answer = client_of(zhou).post("/desk/live/new", data=form(cohort, **wrong))
    assert answer.status_code == 422
    assert said in html(answer)
    assert session.query(Live).count() == 0


def test_nobody_plans_for_a_class_of_another_or_under_a_code_of_another(
    client_of: Clients, zhou: Person, wu: Person, cohort: Cohort, session: Session
) -> None:
    assert client_of(wu).post("/desk/live/new", data=form(cohort)).status_code == 422
    client_of(zhou).post("/desk/live/new", data=form(cohort))
    other = session.query(Cohort).filter_by(code="qt08").one()
    session.rollback()
    assert client_of(wu).post("/desk/live/new", data=form(other)).status_code == 404
    assert live_of(session).cohort_id == cohort.id
    session.rollback()


def test_a_session_is_called_off_before_it_begins_and_not_after(
    client_of: Clients, zhou: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    desk = client_of(zhou)
    desk.post("/desk/live/new", data=form(cohort, day="2026-09-18", time="20:00"))
    client_of(tang).post(f"/live/{CODE}/presence")
    assert desk.post("/desk/live/1/removal").location.endswith("/desk/live")
    assert session.query(Live).count() == session.query(Appointment).count() == session.query(Presence).count() == 0
    session.rollback()
    desk.post("/desk/live/new", data=form(cohort))
    desk.post(f"/desk/live/{live_of(session).id}/beginning")
    session.rollback()
    assert "/desk/live/1" in desk.post("/desk/live/1/removal").location
    assert session.query(Live).count() == 1


def test_another_trainer_finds_nothing_of_it(client_of: Clients, wu: Person, live: Live) -> None:
    desk = client_of(wu)
    assert "夜里换尿裤" not in html(desk.get("/desk/live"))
    for path in ("", "/screen", "/screen/now", "/qr.svg"):
        assert desk.get(f"/desk/live/{live.id}{path}").status_code == 404
    for path in ("beginning", "ending", "games/1/opening", "games/1/closing", "links", "marks", "removal"):
        assert desk.post(f"/desk/live/{live.id}/{path}").status_code == 404
    assert desk.get(f"/live/{CODE}").status_code == 404


def test_the_script_stays_as_it_was_when_it_began(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    live = planned(zhou, cohort)
    desk = client_of(zhou)
    changed = {"revision": "1", "title": WORDS.title, **WORDS.blocks, "pain": "改过的痛点"}
    desk.post(f"/desk/scripts/{live.script_id}", data=changed)
    desk.post(f"/desk/live/{live.id}/beginning")
    desk.post(f"/desk/scripts/{live.script_id}", data=changed | {"revision": "2", "pain": "又改了"})
    assert "改过的痛点" in html(desk.get(f"/desk/live/{live.id}/screen?step=2"))


def test_the_screen_shows_block_after_block_and_turns_by_arrow_keys(
    client_of: Clients, zhou: Person, live: Live
) -> None:
    desk = client_of(zhou)
    shown = [html(desk.get(f"/desk/live/{live.id}/screen?step={n}")) for n in range(1, 10)]
    assert f"/live/{CODE}" in shown[0]
    assert WORDS.blocks["pain"] in shown[1]
    assert WORDS.games[0].prompt in shown[2]
    assert WORDS.blocks["step"] in shown[6]
    assert "结束直播课" in shown[8]
    assert 'data-key="ARROWRIGHT"' in shown[0]
    assert 'data-key="ARROWLEFT"' not in shown[0]
    assert 'data-key="ARROWRIGHT"' not in shown[8]
    assert html(desk.get(f"/desk/live/{live.id}/screen?step=99")) == shown[8]
    assert desk.get(f"/desk/live/{live.id}/screen?step=-1").status_code == 200


def test_no_game_opens_before_the_session_begins_or_after_it_ended(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    live = planned(zhou, cohort)
    desk = client_of(zhou)
    assert desk.post(f"/desk/live/{live.id}/games/1/opening").status_code == 409
    desk.post(f"/desk/live/{live.id}/beginning")
    assert desk.post(f"/desk/live/{live.id}/games/4/opening").status_code == 404
    desk.post(f"/desk/live/{live.id}/ending")
    assert desk.post(f"/desk/live/{live.id}/games/1/opening").status_code == 409
    assert session.query(Game).count() == 0


def test_ending_closes_what_is_open(client_of: Clients, zhou: Person, live: Live, session: Session) -> None:
    desk = client_of(zhou)
    desk.post(f"/desk/live/{live.id}/games/1/opening")
    desk.post(f"/desk/live/{live.id}/ending")
    assert session.query(Game).one().closed_at is not None


def test_the_screen_is_drawn_anew_where_a_game_was_closed_elsewhere(
    client_of: Clients, zhou: Person, live: Live, clock: Clock
) -> None:
    desk = client_of(zhou)
    at = f"/desk/live/{live.id}/screen/now?step=6&seen="
    assert desk.get(f"{at}on").status_code == 200
    desk.post(f"/desk/live/{live.id}/games/2/opening")
    assert desk.get(f"{at}on").headers["HX-Refresh"] == "true"
    assert "还剩 30 秒" in html(desk.get(f"{at}on-2o"))
    clock.move(seconds=30)
    assert desk.get(f"{at}on-2o").headers["HX-Refresh"] == "true", "by our clock, with nobody's doing"


def test_a_server_that_stopped_in_the_middle_goes_on_where_it_was(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session
) -> None:
    client_of(zhou).post(f"/desk/live/{live.id}/games/1/opening")
    client_of(tang).post(f"/live/{CODE}/games/1/answer", data={"choice": "1"})
    db.engine.dispose()
    assert "1 条回答" in html(client_of(zhou).get(f"/desk/live/{live.id}/screen?step=3"))
    assert "已提交：不吵醒孩子" in html(client_of(tang).get(f"/live/{CODE}"))


def test_the_big_screen_names_nobody_but_the_drawn(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, live: Live, session: Session
) -> None:
    desk = client_of(zhou)
    for person in (tang, aduo):
        client_of(person).post(f"/live/{CODE}/presence")
    for n in (1, 2, 3):
        desk.post(f"/desk/live/{live.id}/games/{n}/opening")
    for person in (tang, aduo):
        client_of(person).post(f"/live/{CODE}/games/2/answer", data={"choice": "1"})
    desk.post(f"/desk/live/{live.id}/games/2/closing")
    shown = [html(desk.get(f"/desk/live/{live.id}/screen?step={n}")) for n in range(1, 10)]
    assert not any(name in page for page in shown for name in ("小棠", "阿朵"))
    desk.post(f"/desk/live/{live.id}/games/3/closing")
    after = html(desk.get(f"/desk/live/{live.id}/screen?step=8"))
    assert ("小棠" in after) != ("阿朵" in after)
    own = html(desk.get(f"/desk/live/{live.id}"))
    assert "答对最快：" in own


def test_the_seed_is_sealed_before_the_draw_and_told_after(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session
) -> None:
    desk, hers = client_of(zhou), client_of(tang)
    desk.post(f"/desk/live/{live.id}/games/3/opening", data={"step": "8"})
    seed = session.query(Game).one().seed
    session.rollback()
    for page in (html(desk.get(f"/desk/live/{live.id}/screen?step=8")), html(hers.get(f"/live/{CODE}"))):
        assert seal(seed) in page
        assert seed not in page
    assert "还没有人在场" in html(desk.post(f"/desk/live/{live.id}/games/3/closing", follow_redirects=True))
    hers.post(f"/live/{CODE}/presence")
    desk.post(f"/desk/live/{live.id}/games/3/closing", data={"step": "8"})
    for page in (html(desk.get(f"/desk/live/{live.id}/screen?step=8")), html(hers.get(f"/live/{CODE}"))):
        assert seed in page
    assert "抽到你了" in html(hers.get(f"/live/{CODE}"))
    session.rollback()
    session.expire_all()
    assert (session.query(Game).one().entered, session.query(Game).one().drawn) == ([1], [1])


def test_who_has_gone_is_not_drawn_and_a_draw_is_drawn_once(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, live: Live, session: Session, clock: Clock
) -> None:
    desk = client_of(zhou)
    client_of(aduo).post(f"/live/{CODE}/presence")
    desk.post(f"/desk/live/{live.id}/games/3/opening")
    clock.move(minutes=6)
    client_of(tang).post(f"/live/{CODE}/presence")
    desk.post(f"/desk/live/{live.id}/games/3/closing")
    client_of(aduo).post(f"/live/{CODE}/presence")
    desk.post(f"/desk/live/{live.id}/games/3/closing")
    game = session.query(Game).one()
    assert (game.entered, game.drawn) == ([2], [2])


def test_staff_who_open_the_link_are_led_to_the_big_screen(
    client_of: Clients, zhou: Person, lu: Person, live: Live
) -> None:
    for staff in (zhou, lu):
        assert client_of(staff).get(f"/live/{CODE.lower()}").location.endswith(f"/desk/live/{live.id}/screen")


def test_what_a_trainer_does_is_on_record(client_of: Clients, zhou: Person, live: Live, session: Session) -> None:
    client_of(zhou).post(f"/desk/live/{live.id}/ending")
    done = [row.action for row in session.query(Audit).order_by(Audit.id)]
    assert done == ["live.planned", "live.begun", "live.ended"]


def test_the_pages_need_few_statements(client_of: Clients, zhou: Person, tang: Person, live: Live) -> None:
    desk, hers = client_of(zhou), client_of(tang)
    hers.post(f"/live/{CODE}/presence")
    for n in (1, 2, 3):
        desk.post(f"/desk/live/{live.id}/games/{n}/opening")
    hers.post(f"/live/{CODE}/games/2/answer", data={"choice": "1"})
    for browser, path, most in (
        (hers, f"/live/{CODE}", 6),
        (hers, f"/live/{CODE}/now?seen=x", 3),
        (desk, f"/desk/live/{live.id}/screen?step=3", 6),
        (desk, f"/desk/live/{live.id}/screen/now?step=3&seen=on-1o-2o-3o", 6),
    ):
        browser.get(path)
        with statements() as seen:
            assert browser.get(path).status_code in (200, 204)
        assert len(seen) <= most, (path, seen)


def test_a_session_that_nobody_ended_is_over_by_the_night(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    clock.move(minutes=30)
    client_of(tang).post(f"/live/{CODE}/presence")
    last = now.now()
    clock.move(hours=9)
    with db.writing() as s:
        actions.end_forgotten(s, now.now() - timedelta(hours=8))
    found = live_of(session)
    assert found.ended_at == last
    assert queries.number_over(session, session.get_one(Person, zhou.id)) == 1
    session.rollback()
