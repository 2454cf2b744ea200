"""Trainers write scripts, keep them as their own or as the academy's, and print them."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Audit, Cohort, Person
from academy.training import actions, queries
from academy.training.models import Live, Script
from academy.training.rules import BLOCKS
from academy.training.rules import Script as Words
from tests.conftest import ON_SQLITE, html
from tests.training.conftest import WORDS, planned

pytestmark = ON_SQLITE
Clients = Callable[[Person | None], FlaskClient]
FORM = {"revision": "1", "title": "我的文案", **dict.fromkeys(BLOCKS, "说说自己家。")}
POLL = {"revision": "1", "prompt": "哪一步最难？", "after": "1", "choices": "找东西\n哄睡"}


@pytest.fixture
def mine(session: Session, zhou: Person) -> Script:
    with db.writing() as s:
        return actions.write(s, s.get_one(Person, zhou.id), WORDS)


def now(session: Session, id: int) -> Words:
    session.rollback()
    return Words.of(session.get_one(Script, id, populate_existing=True).content)


def test_a_trainer_begins_from_the_shipped_template(client_of: Clients, zhou: Person, session: Session) -> None:
    desk = client_of(zhou)
    assert "夜里换尿裤" in html(desk.get("/desk/scripts"))
    made = desk.post("/desk/scripts", data={"like": "first-evening"})
    assert made.status_code == 303
    page = html(desk.get(made.location))
    assert "凌晨三点" in page
    assert "词库未发现提醒" in page
    copy = session.query(Script).one()
    assert copy.owner_id == zhou.id
    assert now(session, copy.id).is_whole


def test_in_english_the_copy_is_english(client_of: Clients, zhou: Person, session: Session) -> None:
    client_of(zhou).post("/desk/scripts?lang=en", data={"like": "first-evening"})
    assert now(session, 1).title == "First evening: changing nappies at night"


def test_what_is_written_is_kept_and_listed_words_are_pointed_out(
    client_of: Clients, zhou: Person, mine: Script, session: Session
) -> None:
    desk = client_of(zhou)
    data = FORM | {"step": "这是最有效的一款，医生推荐。"}
    assert desk.post(f"/desk/scripts/{mine.id}", data=data).status_code == 303
    page = html(desk.get(f"/desk/scripts/{mine.id}"))
    assert "“最有效”" in page
    assert "“医生推荐”" in page
    assert now(session, mine.id).games == WORDS.games


def test_another_window_does_not_overwrite_unseen(client_of: Clients, zhou: Person, mine: Script) -> None:
    desk = client_of(zhou)
    desk.post(f"/desk/scripts/{mine.id}", data=FORM)
    late = desk.post(f"/desk/scripts/{mine.id}", data=FORM | {"title": "另一版"})
    assert late.status_code == 422
    assert "刚在别的窗口保存过" in html(late)
    assert 'value="另一版"' in html(late)
    assert 'name="revision" type="hidden" value="2"' in html(late)


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "长" * 61}, {"pain": "长" * 1001}, {"revision": "x"}])
def test_what_is_too_long_or_empty_is_said(
    client_of: Clients, zhou: Person, mine: Script, session: Session, wrong: dict[str, str]
) -> None:
    assert client_of(zhou).post(f"/desk/scripts/{mine.id}", data=FORM | wrong).status_code == 422
    assert now(session, mine.id) == WORDS


def test_games_are_added_up_to_three_changed_and_removed(client_of: Clients, zhou: Person, session: Session) -> None:
    desk = client_of(zhou)
    desk.post("/desk/scripts")
    base = "/desk/scripts/1/games"
    assert desk.post(f"{base}/1?kind=poll", data=POLL).status_code == 303
    question = POLL | {"revision": "2", "after": "3", "right": "1", "seconds": "20"}
    assert desk.post(f"{base}/2?kind=question", data=question).status_code == 303
    draw = {"revision": "3", "prompt": "谁来分享", "after": "4", "people": "2"}
    assert desk.post(f"{base}/3?kind=draw", data=draw).status_code == 303
    assert [game.kind for game in now(session, 1).games] == ["poll", "question", "draw"]
    assert desk.get(f"{base}/4?kind=poll").status_code == 404, "three are enough"
    assert desk.get(f"{base}/1").status_code == 200
    assert "没有删除" in html(desk.post(f"{base}/2/removal", data={"revision": "3"}, follow_redirects=True))
    assert desk.post(f"{base}/2/removal", data={"revision": "4"}).status_code == 303
    assert [game.kind for game in now(session, 1).games] == ["poll", "draw"]


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        ("poll", {"choices": "只有一个"}, "2 到 6 个选项"),
        ("poll", {"choices": "\n".join("abcdefg")}, "2 到 6 个选项"),
        ("poll", {"choices": "一样\n一样"}, "有两个选项一样"),
        ("poll", {"choices": "长" * 41 + "\n短"}, "最多 40 个字"),
        ("poll", {"prompt": ""}, "请写下大家会看到的内容"),
        ("question", {"right": "2", "seconds": "20"}, "没有这个选项"),
        ("question", {"right": "1", "seconds": "5"}, "10 到 120 秒"),
        ("draw", {"people": "11"}, "1 到 10 人"),
        ("draw", {"people": "1", "prize": "现金红包", "value": "10"}, "不抽钱"),
        ("draw", {"people": "1", "prize": "推车", "value": "50001"}, "50,000 元"),
        ("draw", {"people": "1", "prize": "推车", "value": ""}, "50,000 元"),
        ("draw", {"people": "1", "prize": "推车", "value": "many"}, "50,000 元"),
    ],
)
def test_a_game_that_can_not_be_is_refused_at_its_field(
    client_of: Clients, zhou: Person, session: Session, kind: str, wrong: dict[str, str], said: str
) -> None:
    desk = client_of(zhou)
    desk.post("/desk/scripts")
    answer = desk.post(f"/desk/scripts/1/games/1?kind={kind}", data=POLL | wrong)
    assert answer.status_code == 422
    assert said in html(answer)
    assert now(session, 1).games == ()


def test_a_whole_script_becomes_a_template_for_all(
    client_of: Clients, zhou: Person, wu: Person, lu: Person, mine: Script, session: Session
) -> None:
    assert client_of(zhou).post(f"/desk/scripts/{mine.id}/sharing").status_code == 303
    key = f"script-{mine.id}"
    assert WORDS.blocks["pain"] in html(client_of(wu).get(f"/desk/scripts/templates/{key}"))
    client_of(wu).post("/desk/scripts", data={"like": key})
    assert [now(session, row.id) for row in session.query(Script).filter_by(owner_id=wu.id)] == [WORDS]
    assert session.query(Audit).filter_by(action="script.shared", staff_id=zhou.id).count() == 1
    session.rollback()
    assert client_of(wu).post(f"/desk/scripts/templates/{key}/withdrawal").status_code == 404, "the brand's to do"
    assert client_of(lu).post(f"/desk/scripts/templates/{key}/withdrawal").status_code == 303
    assert queries.template(published(session), key) is None
    assert queries.template(published(session), "first-evening")
    session.rollback()
    assert client_of(lu).post(f"/desk/scripts/templates/{key}/withdrawal").status_code == 404


def test_an_unfinished_one_does_not(client_of: Clients, zhou: Person, session: Session) -> None:
    desk = client_of(zhou)
    desk.post("/desk/scripts")
    assert "请先补齐" in html(desk.post("/desk/scripts/1/sharing", follow_redirects=True))
    assert len(queries.templates(published(session))) == 1
    session.rollback()


def test_nor_does_one_that_says_what_is_forbidden(
    client_of: Clients, zhou: Person, mine: Script, session: Session
) -> None:
    desk = client_of(zhou)
    desk.post(f"/desk/scripts/{mine.id}", data=FORM | {"step": "医生推荐，月入过万。"})
    assert "请先看提醒" in html(desk.post(f"/desk/scripts/{mine.id}/sharing", follow_redirects=True))
    assert len(queries.templates(published(session))) == 1
    session.rollback()


def test_another_trainers_script_is_not_there(client_of: Clients, wu: Person, lu: Person, mine: Script) -> None:
    for somebody in (wu, lu):
        desk = client_of(somebody)
        for path in ("", "/games/1", "/paper"):
            assert desk.get(f"/desk/scripts/{mine.id}{path}").status_code == 404
        for path, data in (("", FORM), ("/games/1", POLL), ("/games/1/removal", {"revision": "1"}), ("/removal", {})):
            assert desk.post(f"/desk/scripts/{mine.id}{path}", data=data).status_code == 404
        assert desk.post("/desk/scripts", data={"like": str(mine.id)}).status_code == 404
        assert desk.post(f"/desk/scripts/{mine.id}/sharing").status_code == 404


def test_a_script_that_is_planned_stays_until_it_was_held(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    live = planned(zhou, cohort)
    desk = client_of(zhou)
    assert desk.post(f"/desk/scripts/{live.script_id}/removal").status_code == 409
    desk.post(f"/desk/live/{live.id}/beginning")
    assert desk.post(f"/desk/scripts/{live.script_id}/removal").status_code == 303
    session.expire_all()
    kept = session.get_one(Live, live.id)
    assert kept.script_id is None
    assert queries.words_of(kept) == WORDS
    session.rollback()


def test_the_paper_holds_all_of_it(client_of: Clients, zhou: Person, mine: Script) -> None:
    page = html(client_of(zhou).get(f"/desk/scripts/{mine.id}/paper"))
    for words in (*WORDS.blocks.values(), *(game.prompt for game in WORDS.games)):
        assert words in page
    assert re.search(r"data-prints", page)
