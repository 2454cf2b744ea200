"""Trainees of a class answer on their phones, once, in time, and are paid for what was right."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.db import db
from academy.journal.models import Entry
from academy.people.actions import leave_cohort
from academy.people.models import Cohort, Person
from academy.training.models import Live, Reply
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import facts
from tests.training.conftest import CODE, began

pytestmark = ON_SQLITE
Clients = Callable[[Person | None], FlaskClient]


def opens(client_of: Clients, zhou: Person, live: Live, n: int) -> None:
    assert client_of(zhou).post(f"/desk/live/{live.id}/games/{n}/opening").status_code == 303


def say(browser: FlaskClient, n: int, choice: object) -> int:
    return browser.post(f"/live/{CODE}/games/{n}/answer", data={"choice": str(choice)}).status_code


def replies(session: Session) -> list[tuple[int, int]]:
    session.rollback()
    return [(row.trainee_id, row.choice) for row in session.query(Reply).order_by(Reply.trainee_id)]


def test_the_first_answer_counts_and_a_second_changes_nothing(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session
) -> None:
    opens(client_of, zhou, live, 1)
    hers = client_of(tang)
    assert [say(hers, 1, 0), say(hers, 1, 2), say(hers, 1, 0)] == [303] * 3
    assert replies(session) == [(tang.id, 0)]


def test_right_is_told_only_once_the_question_is_closed_and_pays(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, live: Live, session: Session
) -> None:
    opens(client_of, zhou, live, 2)
    hers = client_of(tang)
    say(hers, 2, 1)
    say(client_of(aduo), 2, 0)
    assert "答对了" not in html(hers.get(f"/live/{CODE}"))
    assert facts(session, tang.id, "game.right") == [("", f"{live.id}-2")]
    assert facts(session, aduo.id, "game.right") == []
    earned = [(row.currency, row.amount) for row in session.query(Entry).filter_by(trainee_id=tang.id)]
    assert earned == [("feathers", 5)]
    session.rollback()
    client_of(zhou).post(f"/desk/live/{live.id}/games/2/closing")
    page = html(hers.get(f"/live/{CODE}"))
    assert "答对了！" in page
    assert "第 1 个答对" in page
    assert "还差一点" in html(client_of(aduo).get(f"/live/{CODE}"))
    assert "1 人答对" in html(client_of(zhou).get(f"/desk/live/{live.id}/screen?step=6"))


def test_before_it_is_closed_neither_the_screen_nor_a_phone_knows_the_right_one(
    client_of: Clients, zhou: Person, tang: Person, live: Live
) -> None:
    opens(client_of, zhou, live, 2)
    say(client_of(tang), 2, 1)
    screen = html(client_of(zhou).get(f"/desk/live/{live.id}/screen?step=6"))
    assert 'class="right"' not in screen
    assert "<progress" not in screen, "nor what most have chosen"
    assert "正确答案" not in html(client_of(tang).get(f"/live/{CODE}"))


def test_the_fastest_come_first(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, live: Live, clock: Clock
) -> None:
    opens(client_of, zhou, live, 2)
    clock.move(seconds=3)
    say(client_of(aduo), 2, 1)
    clock.move(seconds=4)
    say(client_of(tang), 2, 1)
    page = html(client_of(zhou).get(f"/desk/live/{live.id}"))
    assert page.index("阿朵 (3.0 秒)") < page.index("小棠 (7.0 秒)")


def test_after_the_time_by_our_clock_nothing_is_taken(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, clock: Clock
) -> None:
    opens(client_of, zhou, live, 2)
    clock.move(seconds=30)
    assert say(client_of(tang), 2, 1) == 409
    assert replies(session) == []
    clock.move(seconds=-1)
    assert say(client_of(tang), 2, 1) == 303


def test_nor_after_it_was_closed_or_before_it_was_opened(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session
) -> None:
    assert say(client_of(tang), 1, 1) == 404
    opens(client_of, zhou, live, 1)
    client_of(zhou).post(f"/desk/live/{live.id}/games/1/closing")
    assert say(client_of(tang), 1, 1) == 409
    assert replies(session) == []


@pytest.mark.parametrize("choice", ["3", "-1", "99999999999", "x", ""])
def test_what_is_no_choice_is_no_answer(
    client_of: Clients, zhou: Person, tang: Person, live: Live, session: Session, choice: str
) -> None:
    opens(client_of, zhou, live, 1)
    assert say(client_of(tang), 1, choice) in (303, 404)
    assert replies(session) == []


def test_a_draw_takes_no_answers(client_of: Clients, zhou: Person, tang: Person, live: Live) -> None:
    opens(client_of, zhou, live, 3)
    assert say(client_of(tang), 3, 0) == 404


def test_a_trainee_of_another_class_finds_nothing(
    client_of: Clients, zhou: Person, xiaomi: Person, live: Live, session: Session
) -> None:
    opens(client_of, zhou, live, 1)
    strange = client_of(xiaomi)
    assert strange.get(f"/live/{CODE}").status_code == 404
    assert strange.get(f"/live/{CODE}/now").status_code == 404
    assert strange.post(f"/live/{CODE}/presence").status_code == 404
    assert say(strange, 1, 1) == 404
    assert replies(session) == []


def test_nor_does_one_who_has_left_the_class(client_of: Clients, tang: Person, live: Live, session: Session) -> None:
    with db.writing() as s:
        leave_cohort(s, tang.id)
    assert client_of(tang).get(f"/live/{CODE}").status_code == 404


def test_a_stranger_signs_in_first(client_of: Clients, live: Live) -> None:
    assert "/sign-in?next=" in client_of(None).get(f"/live/{CODE}").location


def test_right_answers_earn_fifteen_feathers_a_day_at_most(
    client_of: Clients, zhou: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    for code in ("AAAAAAAA", "BBBBBBBB", "CCCCCCCC", "DDDDDDDD"):
        live = began(zhou, cohort, code=code)
        opens(client_of, zhou, live, 2)
        client_of(tang).post(f"/live/{code}/games/2/answer", data={"choice": "1"})
    earned = sum(row.amount for row in session.query(Entry).filter_by(trainee_id=tang.id, rule="game"))
    assert earned == 15
    assert len(facts(session, tang.id, "game.right")) == 4


def test_a_phone_is_told_that_something_has_changed(client_of: Clients, zhou: Person, tang: Person, live: Live) -> None:
    hers = client_of(tang)
    assert "HX-Refresh" not in hers.get(f"/live/{CODE}/now?seen=on").headers
    opens(client_of, zhou, live, 1)
    assert hers.get(f"/live/{CODE}/now?seen=on").headers["HX-Refresh"] == "true"


def test_the_rules_of_a_draw_are_read_before_it(client_of: Clients, zhou: Person, tang: Person, live: Live) -> None:
    opens(client_of, zhou, live, 3)
    page = html(client_of(tang).get(f"/live/{CODE}"))
    assert "随机抽取 1 人" in page
    assert "不花钱" in page
