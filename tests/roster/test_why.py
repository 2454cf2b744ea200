"""Why a trainee has what she has, as her trainer reads it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock as time
from academy.achievements import record
from academy.achievements.actions import issue_waiting
from academy.achievements.rewards.actions import stock
from academy.catalog.models import Release, Version
from academy.checkins.actions import check_in
from academy.db import db
from academy.journal import actions as journal
from academy.people.models import Cohort, Person
from academy.people.passwords import hash_password
from academy.sample.people import People
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture
def doudou(session: Session) -> int:
    """豆豆妈 of the demo people, whose check-in today was her last condition."""
    with db.writing() as s:
        s.execute(update(Cohort).values(code=Cohort.code + "-old"))
        s.execute(update(Person).where(Person.phone.is_not(None)).values(phone="9" + Person.phone))
        People(s, hash_password("-")).tell()
        id = s.scalars(select(Person.id).where(Person.name == "豆豆妈")).one()
        assert check_in(s, id).won("tier.reached") == ["silver"]
    return id


def promote(person: Person) -> None:
    with db.writing() as s:
        almost_silver(s, person.id, but={"pledge.signed"})
        record(s, person.id, "pledge.signed", "koc", "2026-09")


def whys(page: str) -> dict[str, str]:
    """The text of each thing that she has, by its title."""
    found = re.findall(r'<details class="why">(.*?)</details>', page.partition('id="why"')[2], re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", why).split()) for why in found]
    titles = [re.search(r'class="title">([^<]+)<', why) for why in found]
    return {title[1]: text for title, text in zip(titles, texts, strict=True) if title}


def read_in_chinese(person: Person) -> None:
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == person.id).values(locale="zh"))


@ON_SQLITE
def test_a_promotion_says_when_by_which_rule_and_what_completed_it(client_of: Clients, lu: Person, doudou: int) -> None:
    read_in_chinese(lu)
    found = whys(html(client_of(lu).get(f"/desk/trainees/{doudou}")))
    silver = found["9 月 14 日 晋级白银"]
    assert "第 7 次签到后，7 项条件全部达成" in silver
    assert "成长值达到 300" in silver
    assert "签到 7 次 现在 7" in silver
    assert "按 9 月 14 日发布的规则（第 1 版）" in silver
    assert "达成“一次就通过 3 个测验”" in found["9 月 11 日 获得徽章「一次过关」"]
    assert "签署承诺书，2026-09 版" in found["9 月 6 日 获得徽章「守约宝妈」"]
    assert "第 7 次签到" in found["9 月 14 日 获得徽章「白银启航」"]


@ON_SQLITE
def test_what_was_won_and_has_not_arrived_says_why(client_of: Clients, zhou: Person, tang: Person) -> None:
    promote(tang)
    client = client_of(zhou)
    found = whys(html(client.get(f"/desk/trainees/{tang.id}")))
    assert "owed: no stock" in found["14 Sep Was granted “¥20 voucher”"]
    assert "waits for her legal name" in found["14 Sep Earned “Silver certificate of honor”"]
    with db.writing() as s:
        stock(s, "silver-voucher", ["LY20-SECRET"])
        holder = s.get_one(Person, tang.id)
        holder.legal_name = "林晓棠"
        issue_waiting(s, holder)
    page = html(client.get(f"/desk/trainees/{tang.id}"))
    found = whys(page)
    assert "owed" not in found["14 Sep Was granted “¥20 voucher”"]
    assert "LY-2026-0914-0001" in found["14 Sep Earned “Silver certificate of honor”"]
    assert "LY20-SECRET" not in page


def published(change: Callable[[dict[str, Any]], None]) -> None:
    """Publish the ladder anew."""
    with db.writing() as s:
        old = s.scalars(select(Version).where(Version.kind == "ladder").order_by(Version.id.desc())).first()
        assert old
        assert old.content
        content = {"tiers": [dict(tier) for tier in old.content["tiers"]]}
        change(content)
        release = Release(at=time.now(), note="the ladder")
        s.add(release)
        s.flush()
        s.add(
            Version(release_id=release.id, kind="ladder", key="academy", origin="studio", digest="-", content=content)
        )


def test_a_promotion_keeps_the_rule_that_it_was_judged_by(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, clock: Clock
) -> None:
    promote(tang)
    clock.move(days=1)
    published(lambda ladder: ladder["tiers"][0].update(promotion={"count": {"kind": "checkin.done", "at_least": 3}}))
    clock.move(days=1)
    with db.writing() as s:
        for day in (1, 2, 3):
            record(s, aduo.id, "checkin.done", "", f"2026-09-0{day}")
    client = client_of(zhou)
    before = whys(html(client.get(f"/desk/trainees/{tang.id}")))["14 Sep Reached Silver"]
    assert "met the last of 8 conditions" in before
    assert "Check in 7 times" in before
    assert "today" not in before
    assert "published on 14 Sep (release 1)" in before
    after = whys(html(client.get(f"/desk/trainees/{aduo.id}")))["16 Sep Reached Silver"]
    assert "Check-in number 3: that met “Check in 3 times”" in after
    assert "published on 15 Sep (release 2)" in after


@ON_SQLITE
def test_what_no_rule_explains_is_not_explained(client_of: Clients, zhou: Person, tang: Person) -> None:
    with db.writing() as s:
        journal.write(s, tang.id, "badge.awarded", "withdrawn")
    found = whys(html(client_of(zhou).get(f"/desk/trainees/{tang.id}")))
    assert list(found) == ["14 Sep Won the badge “withdrawn”"]
    assert "No published rule tells why." in found["14 Sep Won the badge “withdrawn”"]


def test_another_s_deeds_explain_nothing(client_of: Clients, zhou: Person, tang: Person, aduo: Person) -> None:
    with db.writing() as s:
        # As two who act in the same moment may be written: hers, another's, and what hers led to.
        journal.write(s, tang.id, "pledge.signed", "koc", "2026-09")
        journal.write(s, aduo.id, "checkin.done", "", "2026-09-14")
        journal.write(s, tang.id, "badge.awarded", "keeper")
    found = whys(html(client_of(zhou).get(f"/desk/trainees/{tang.id}")))
    assert list(found) == ["14 Sep Won the badge “True to her word”"]
    assert "Signed the pledge" in found["14 Sep Won the badge “True to her word”"]


@ON_SQLITE
def test_the_record_shows_the_last_lines_of_her_ledger(client_of: Clients, zhou: Person, tang: Person) -> None:
    with db.writing() as s:
        record(s, tang.id, "lesson.completed", "own")
    page = html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))
    lines = page.partition("Growth and feathers</h2>")[2]
    assert "Lesson completed" in lines
    assert "Only share what you have used" in lines
    assert "+10" in lines


@ON_SQLITE
def test_only_who_may_see_her_reads_why(
    client_of: Clients, zhou: Person, wu: Person, aduo: Person, tang: Person
) -> None:
    promote(tang)
    path = f"/desk/trainees/{tang.id}"
    assert client_of(wu).get(path).status_code == 404
    assert client_of(aduo).get(path).status_code == 404
    assert client_of(None).get(path).status_code == 302


def test_the_record_asks_the_database_eight_times_at_most(
    client_of: Clients, zhou: Person, tang: Person, clock: Clock
) -> None:
    promote(tang)
    for _ in range(3):
        clock.move(days=1)
        published(lambda ladder: None)
    with db.writing() as s:
        for day in range(1, 30):
            record(s, tang.id, "checkin.done", "", f"2026-08-{day:02}")
    client = client_of(zhou)
    client.get(f"/desk/trainees/{tang.id}")
    with statements() as seen:
        assert client.get(f"/desk/trainees/{tang.id}").status_code == 200
    assert 0 < len(seen) <= 8, seen
