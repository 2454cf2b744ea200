"""Badges with levels, secret, retired and limited ones, and those that staff give by hand."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock as time
from academy.achievements import giving, record
from academy.achievements.badges.models import ByHand, Edition
from academy.catalog.pack import Pack, Source
from academy.catalog.queries import published
from academy.criteria.explain import explain
from academy.criteria.language import parse
from academy.db import db
from academy.journal import actions as journal
from academy.journal.actions import start
from academy.journal.models import Fact
from academy.people.models import Audit, Person
from tests.achievements.story import change, run_jobs
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import did, statements

Clients = Callable[[Person | None], FlaskClient]

LOOK: dict[str, Any] = {
    "title": {"zh": "好学宝妈", "en": "Eager to learn"},
    "how": {"zh": "学完 3 课", "en": "Complete 3 lessons"},
    "family": "learning",
    "metal": "bronze",
    "glyph": "book-open",
}
LESSONS = [
    {
        "how": {"zh": f"学完 {n} 课", "en": f"Complete {n} lessons"},
        "criterion": {"count": {"kind": "lesson.completed", "at_least": n}},
    }
    for n in (1, 2, 4)
]
SCHOLAR = {part: what for part, what in LOOK.items() if part != "metal"} | {"key": "scholar", "levels": LESSONS}
OWL = LOOK | {
    "key": "owl",
    "title": {"zh": "夜猫子", "en": "Night owl"},
    "secret": True,
    "hint": {"zh": "夜里的灯", "en": "A light at night"},
    "criterion": {"count": {"kind": "material.taken", "at_least": 2}},
}
FEW = LOOK | {
    "key": "few",
    "title": {"zh": "创始同学", "en": "Founder"},
    "limited": 2,
    "criterion": {"fact": {"kind": "profile.completed"}},
}
HAND = LOOK | {"key": "hand", "title": {"zh": "暖心同学", "en": "Kind heart"}, "by_hand": True}


def publish(app: Flask, *badges: dict[str, Any]) -> None:
    change(lambda document: document["badges"].extend(badges), "badges")
    run_jobs(app)


def alter(app: Flask, key: str, **parts: Any) -> None:
    def one(document: dict[str, Any]) -> None:
        next(badge for badge in document["badges"] if badge["key"] == key).update(parts)

    change(one, "badges")
    run_jobs(app)


def won(session: Session, key: str) -> list[tuple[int, int]]:
    """Who won a badge, and the value of the fact."""
    session.rollback()
    facts = session.scalars(select(Fact).where(Fact.kind == "badge.awarded", Fact.topic == key).order_by(Fact.value))
    found = [(fact.trainee_id, fact.value) for fact in facts]
    session.rollback()
    return found


def hung(page: str, title: str) -> str:
    """What hangs on the wall under a title, its tags cut away."""
    return next(part for part in page.split("<li")[1:] if title in part).partition("</li>")[0]


# Levels


def test_each_level_is_won_by_itself_and_the_highest_is_worn(
    app: Flask, client_of: Clients, session: Session, tang: Person, clock: Clock
) -> None:
    publish(app, SCHOLAR)
    assert did(tang.id, "lesson.completed", "one").won("badge.awarded") == ["first-seed", "scholar-1"]
    clock.move(days=1)
    assert did(tang.id, "lesson.completed", "two").won("badge.awarded") == ["scholar-2"]
    page = html(client_of(tang).get("/honours"))
    assert page.count("好学宝妈") == 1
    worn = hung(page, "好学宝妈")
    assert "好学宝妈 Ⅱ" in worn
    assert "到 Ⅲ：还差 2 课" in worn
    assert "2 / 4 课" in worn
    for key in ("scholar", "scholar-1", "scholar-2"):
        one = html(client_of(tang).get(f"/honours/badges/{key}"))
        assert "9 月 15 日点亮" in one
        assert "好学宝妈 Ⅰ" in one.partition("之前的级别")[2]
        assert "9 月 14 日" in one.partition("之前的级别")[2]


def test_whoever_meets_all_levels_at_once_wins_all(app: Flask, session: Session, tang: Person) -> None:
    with db.writing() as s:
        for n in range(4):
            journal.write(s, tang.id, "lesson.completed", f"lesson {n}")
    publish(app, SCHOLAR)
    assert [bool(won(session, f"scholar-{n}")) for n in (1, 2, 3)] == [True] * 3


def test_a_level_can_be_named_in_a_condition(app: Flask, session: Session, tang: Person) -> None:
    publish(app, SCHOLAR)
    did(tang.id, "lesson.completed", "one")
    session.rollback()
    catalog = published(session)
    found = [explain(session, catalog, parse({"badge": {"key": f"scholar-{n}"}}), tang.id).met for n in (1, 2)]
    assert found == [True, False]


# Secret


@ON_SQLITE
def test_of_a_secret_badge_nothing_is_shown_but_a_hint_until_it_is_won(
    app: Flask, client_of: Clients, tang: Person, aduo: Person
) -> None:
    publish(app, OWL)
    did(tang.id, "material.taken", "one", "1")
    page = html(client_of(tang).get("/honours"))
    assert "神秘徽章" in page
    assert "夜里的灯" in page
    for leak in ("夜猫子", "owl", "学完 3 课", "1 / 2"):
        assert leak not in page
    assert client_of(tang).get("/honours/badges/owl").status_code == 404
    assert did(tang.id, "material.taken", "two", "1").won("badge.awarded") == ["owl"]
    page = html(client_of(tang).get("/honours"))
    assert "夜猫子" in page
    assert "神秘徽章" not in page
    assert client_of(tang).get("/honours/badges/owl").status_code == 200
    assert "夜猫子" not in html(client_of(aduo).get("/honours"))


# Retired


@ON_SQLITE
def test_a_retired_badge_stays_with_those_who_have_it(
    app: Flask, client_of: Clients, session: Session, tang: Person, aduo: Person
) -> None:
    did(tang.id, "pledge.signed", "koc", "2026-09")
    alter(app, "keeper", retired=True)
    assert did(aduo.id, "pledge.signed", "koc", "2026-09").won("badge.awarded") == []
    assert "已停发" in hung(html(client_of(tang).get("/honours")), "守约宝妈")
    assert "已停发" in html(client_of(tang).get("/honours/badges/keeper"))
    assert "守约宝妈" not in html(client_of(aduo).get("/honours"))
    assert client_of(aduo).get("/honours/badges/keeper").status_code == 404


# Limited


def test_only_the_first_win_a_limited_badge_and_the_others_read_so(
    app: Flask, client_of: Clients, session: Session, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    publish(app, FEW)
    assert "还剩 2 枚" in hung(html(client_of(aduo).get("/honours")), "创始同学")
    did(tang.id, "profile.completed")
    assert "还剩 1 枚" in hung(html(client_of(aduo).get("/honours")), "创始同学"), "a kept page learns of others"
    did(xiaomi.id, "profile.completed")
    assert "few" not in did(aduo.id, "profile.completed").won("badge.awarded")
    assert won(session, "few") == [(tang.id, 1), (xiaomi.id, 2)]
    page = html(client_of(aduo).get("/honours"))
    assert "已发完" in hung(page, "创始同学")
    assert "已发完" in html(client_of(aduo).get("/honours/badges/few"))
    mine = html(client_of(xiaomi).get("/honours/badges/few"))
    assert "第 2 枚，共 2 枚" in mine
    assert ">2</text>" in mine
    alter(app, "few", limited=3)
    assert won(session, "few")[-1] == (aduo.id, 3), "a larger edition goes to who qualified"


def test_of_many_who_come_at_once_nobody_gets_a_copy_too_many(app: Flask, session: Session) -> None:
    publish(app, FEW | {"limited": 5})
    with db.writing() as s:
        people = [
            Person(role="trainee", name=f"同学{n}", phone=f"1390000{n:04}", password_hash="!", created_at=time.now())
            for n in range(16)
        ]
        s.add_all(people)
        s.flush()
        for person in people:
            start(s, person.id, "bronze")
        ids = [person.id for person in people]

    def complete(id: int) -> list[str]:
        with app.app_context(), db.writing() as s:
            return record(s, id, "profile.completed").won("badge.awarded")

    with ThreadPoolExecutor(8) as pool:
        found = Counter("few" in badges for badges in pool.map(complete, ids))
    assert found == {True: 5, False: 11}
    assert [copy for _who, copy in won(session, "few")] == [1, 2, 3, 4, 5]
    assert session.scalars(select(Edition.taken)).one() == 5


def test_what_is_rolled_back_takes_no_copy(app: Flask, session: Session, tang: Person) -> None:
    publish(app, FEW)
    with db.writing() as s:
        record(s, tang.id, "profile.completed")
        s.rollback()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Edition)) == 0


# By hand


def give(staff: Person, person: Person, key: str = "hand", reason: str = "带三位新同学写完自我介绍") -> list[str]:
    with db.writing() as s:
        return giving.give(s, s.get_one(Person, staff.id), person.id, key, reason).won("badge.awarded")


def test_a_badge_is_given_by_hand_with_a_reason_on_record(
    app: Flask, client_of: Clients, session: Session, tang: Person, lu: Person
) -> None:
    publish(app, HAND)
    did(tang.id, "lesson.completed", "one")
    assert "还没有点亮" in html(client_of(tang).get("/honours/badges/hand"))
    assert give(lu, tang) == ["hand"]
    page = html(client_of(tang).get("/honours/badges/hand"))
    assert "带三位新同学写完自我介绍" in page
    assert "新徽章「暖心同学」" in html(client_of(tang).get("/"))
    paper = session.scalars(select(ByHand)).one()
    assert (paper.by_id, paper.fact.topic) == (lu.id, "hand")
    assert session.scalars(select(Audit.action).where(Audit.action == "badge.given")).one()
    assert give(lu, tang) == [], "twice is once"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ByHand)) == 1


def test_any_badge_is_given_by_hand_but_no_copy_too_many(
    app: Flask, session: Session, tang: Person, aduo: Person, lu: Person
) -> None:
    publish(app, FEW | {"limited": 1}, SCHOLAR)
    assert give(lu, tang, "scholar-3") == ["scholar-3"]
    assert give(lu, tang, "few") == ["few"]
    with pytest.raises(giving.NotGiven):
        give(lu, aduo, "few")
    alter(app, "scholar", retired=True)
    for key in ("scholar-3", "scholar", "unheard-of"):
        with pytest.raises(giving.NotGiven):
            give(lu, aduo, key)


def test_withdrawn_by_hand_it_is_gone_and_can_be_given_back(
    app: Flask, client_of: Clients, session: Session, tang: Person, lu: Person
) -> None:
    did(tang.id, "pledge.signed", "koc", "2026-09")
    with db.writing() as s:
        out = giving.withdraw(s, s.get_one(Person, lu.id), tang.id, "keeper", "代签")
        assert out.won("badge.withdrawn") == ["keeper"]
        assert not giving.withdraw(s, s.get_one(Person, lu.id), tang.id, "keeper", "代签")
    page = html(client_of(tang).get("/honours/badges/keeper"))
    assert "还没有点亮" in page
    assert "代签" in page.partition("由品牌收回")[2]
    assert "要求的都做到了" not in page
    assert did(tang.id, "pledge.signed", "koc", "2026-10").won("badge.awarded") == []
    with db.writing() as s:
        back = giving.give(s, s.get_one(Person, lu.id), tang.id, "keeper", "弄错了")
    assert back.won("badge.returned") == ["keeper"]
    assert "点亮</h2>" in html(client_of(tang).get("/honours/badges/keeper"))


def test_what_hangs_on_its_condition_is_not_given_by_hand(app: Flask, tang: Person, lu: Person) -> None:
    publish(app, FEW | {"while_met": True})
    with pytest.raises(giving.NotGiven):
        give(lu, tang, "few")


# The pack


@pytest.mark.parametrize(
    ("badge", "said"),
    [
        (LOOK | {"key": "new"}, "criterion"),
        (HAND | {"criterion": LESSONS[0]["criterion"]}, "has one of criterion, levels and by_hand"),
        (SCHOLAR | {"levels": LESSONS[:1]}, "must be two or 3"),
        (SCHOLAR | {"metal": "gold"}, "no metal"),
        (SCHOLAR | {"limited": 5}, "the number of the copy on its strip"),
        (OWL | {"hint": None}, "hint"),
        (FEW | {"limited": 0}, "from 1 to 999"),
        (FEW | {"limited": True}, "from 1 to 999"),
        (OWL | {"secret": "yes"}, "must be true or false"),
        (OWL | {"secrt": True}, "knows no secrt"),
    ],
)
def test_a_pack_says_what_is_wrong_with_a_badge(badge: dict[str, Any], said: str) -> None:
    from academy.achievements.pack import check_badge

    source = Source("academy.yaml", {}, [])
    check_badge(Pack(), source, {"badges": {"badges": [badge]}}, ("badges", "badges", 0))
    assert any(said in str(problem) for problem in source.problems), source.problems


def test_the_new_kinds_are_right_in_a_pack() -> None:
    from academy.achievements.pack import check_badge

    for badge in (SCHOLAR, OWL, FEW, HAND, FEW | {"announce": True, "retired": True}):
        source = Source("academy.yaml", {}, [])
        check_badge(Pack(), source, {"badges": {"badges": [badge]}}, ("badges", "badges", 0))
        assert not source.problems


def test_the_wall_asks_six_times_at_most_with_limited_ones_too(app: Flask, client_of: Clients, tang: Person) -> None:
    publish(app, FEW, SCHOLAR, OWL)
    did(tang.id, "profile.completed")
    client = client_of(tang)
    for path in ("/honours", "/honours/badges/few", "/honours/badges/scholar"):
        client.get(path)
        with statements() as seen:
            assert client.get(path).status_code == 200
        assert 0 < len(seen) <= 6, seen
