"""The wall of badges: what hangs there in which order, how near the next one is, and what each page says."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy import clock as time
from academy.achievements import record
from academy.catalog.queries import published
from academy.checkins.actions import check_in
from academy.db import db
from academy.journal import actions as journal
from academy.people.models import Person
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import did, statements

Clients = Callable[[Person | None], FlaskClient]

ALL = [
    *("first-visit", "keeper", "first-seed", "bronze-graduate", "silver-sail"),
    *("first-try", "perfect-five", "gardener", "forest", "evergreen", "group-20", "group-40"),
    *("first-share", "ten-shares", "true-voice", "helping-hand", "helper-10"),
]


def wall(page: str) -> list[str]:
    """The badges as they hang, locked ones in brackets."""
    hung = re.findall(r'<li( class="locked")?><a href="/honours/badges/([a-z0-9-]+)">', page)
    return [f"({key})" if locked else key for locked, key in hung]


def under(page: str, key: str) -> list[str]:
    """The small words under a badge."""
    return re.findall(
        r"<small[^>]*>([^<]+)</small>", page.partition(f'/honours/badges/{key}"')[2].partition("</li>")[0]
    )


def run_of(person: Person, clock: Clock, days: int) -> None:
    """Check in on so many days in a row up to today."""
    today = time.now()
    for ago in reversed(range(days)):
        clock.to(today - timedelta(days=ago))
        with db.writing() as s:
            check_in(s, person.id)


def read_in(person: Person, locale: str) -> None:
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == person.id).values(locale=locale))


def test_a_wall_without_badges_shows_them_all_with_what_they_ask_for(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/honours"))
    assert wall(page) == [f"({key})" for key in ALL]
    assert f"已点亮 0 / {len(ALL)}" in page
    assert under(page, "evergreen") == ["还差 100 天", "0 / 100 天"]
    assert under(page, "keeper") == ["签署承诺书"]
    assert "?" not in "".join(under(page, key)[0] for key in ALL)


@ON_SQLITE
def test_a_wall_with_all_badges_has_nothing_locked(client_of: Clients, tang: Person) -> None:
    with db.writing() as s:
        for key in ALL:
            journal.write(s, tang.id, "badge.awarded", key)
    page = html(client_of(tang).get("/honours"))
    assert wall(page) == ALL
    assert f"已点亮 {len(ALL)} / {len(ALL)}" in page
    assert "还差" not in page


def test_what_is_won_comes_first_then_what_is_nearest(client_of: Clients, tang: Person, clock: Clock) -> None:
    run_of(tang, clock, 5)
    did(tang.id, "quiz.passed", "real-user-quiz", value=1)
    did(tang.id, "pledge.signed", "koc", "2026-09")
    page = html(client_of(tang).get("/honours"))
    assert wall(page) == [
        "keeper",
        *("(gardener)", "(first-try)", "(forest)", "(evergreen)"),
        *("(first-visit)", "(first-seed)", "(bronze-graduate)", "(silver-sail)", "(perfect-five)"),
        *("(group-20)", "(group-40)"),
        *("(first-share)", "(ten-shares)", "(true-voice)", "(helping-hand)", "(helper-10)"),
    ]
    assert under(page, "gardener") == ["还差 2 天", "5 / 7 天"]
    assert under(page, "first-try") == ["还差 2 次", "1 / 3 次"]
    assert under(page, "keeper") == ["签署承诺书"]


@ON_SQLITE
def test_the_gap_is_told_in_the_readers_language(client_of: Clients, tang: Person, clock: Clock) -> None:
    run_of(tang, clock, 6)
    read_in(tang, "en")
    page = html(client_of(tang).get("/honours"))
    assert under(page, "gardener") == ["1 day to go", "6 / 7 days"]
    assert under(page, "keeper") == ["Sign the pledge"]


def test_only_the_run_that_goes_on_is_measured(client_of: Clients, tang: Person, clock: Clock) -> None:
    run_of(tang, clock, 5)
    clock.move(days=5)
    page = html(client_of(tang).get("/honours"))
    assert under(page, "gardener") == ["还差 7 天", "0 / 7 天"]
    assert under(page, "evergreen") == ["还差 95 天", "5 / 100 天"]


def test_three_quizzes_passed_at_the_first_try_light_the_badge(session: Session, tang: Person, aduo: Person) -> None:
    quizzes = [stage.quiz.key for stage in published(session).stages.values() if stage.quiz]
    session.rollback()
    assert len(quizzes) == 3
    won = [did(tang.id, "quiz.passed", key, value=1).won("badge.awarded") for key in quizzes]
    assert won == [[], [], ["first-try"]]
    later = [did(aduo.id, "quiz.passed", key, value=n).won("badge.awarded") for n, key in enumerate(quizzes, 1)]
    assert later == [[], [], []]


def test_a_won_badge_says_when_and_by_what(client_of: Clients, tang: Person, clock: Clock) -> None:
    run_of(tang, clock, 7)
    client = client_of(tang)
    page = html(client.get("/honours/badges/gardener"))
    assert "9 月 14 日点亮" in page
    assert "连续签到 7 天" in page
    assert "还差" not in page
    did(tang.id, "handin.accepted", "first-words", "1")
    did(tang.id, "pledge.signed", "koc", "2026-09")
    assert "签署承诺书，2026-09 版" in html(client.get("/honours/badges/keeper"))


def test_a_check_in_that_lights_a_badge_is_told_with_its_number(client_of: Clients, tang: Person, clock: Clock) -> None:
    with db.writing() as s:
        for n in range(99):
            journal.write(s, tang.id, "checkin.done", "", f"day {n}")
        assert record(s, tang.id, "checkin.done", "", "2026-09-14").won("badge.awarded") == ["evergreen"]
    assert "第 100 次签到" in html(client_of(tang).get("/honours/badges/evergreen"))


@ON_SQLITE
@pytest.mark.parametrize(
    ("key", "href"),
    [
        ("first-visit", "/me"),
        ("keeper", "/pledge"),
        ("first-seed", "/map"),
        ("bronze-graduate", "/quizzes/bronze-exam"),
        ("silver-sail", "/#tier"),
        ("first-try", "/map"),
        ("gardener", "/#checkin"),
    ],
)
def test_a_locked_badge_leads_to_what_closes_the_gap(client_of: Clients, tang: Person, key: str, href: str) -> None:
    page = html(client_of(tang).get(f"/honours/badges/{key}"))
    missing = page.partition("还差什么")[2].partition("</section>")[0]
    assert re.findall(r'class="hit" href="([^"]+)"', missing) == [href]
    assert client_of(tang).get(href).status_code == 200


@ON_SQLITE
def test_somebody_else_s_badge_is_locked_on_her_own_page(client_of: Clients, tang: Person, aduo: Person) -> None:
    did(tang.id, "pledge.signed", "koc", "2026-09")
    assert "点亮</h2>" in html(client_of(tang).get("/honours/badges/keeper"))
    page = html(client_of(aduo).get("/honours/badges/keeper"))
    assert "还没有点亮" in page
    assert "9 月 14 日" not in page
    assert "(keeper)" in wall(html(client_of(aduo).get("/honours")))


@pytest.mark.parametrize("key", ["unheard-of", "silver-honor", "%00", "'; --", "x" * 3000])
def test_a_badge_that_nobody_published_is_not_there(client_of: Clients, tang: Person, key: str) -> None:
    assert client_of(tang).get(f"/honours/badges/{key}").status_code == 404


@ON_SQLITE
def test_whoever_met_a_badge_before_it_was_published_is_told_so(client_of: Clients, tang: Person) -> None:
    with db.writing() as s:
        journal.write(s, tang.id, "pledge.signed", "koc", "2026-09")
        for n in range(5):
            journal.write(s, tang.id, "quiz.perfect", f"quiz {n}")
    client = client_of(tang)
    page = html(client.get("/honours"))
    assert "(perfect-five)" in wall(page)
    assert under(page, "perfect-five") == ["5 次测验满分"]
    assert "要求的都做到了" in html(client.get("/honours/badges/perfect-five"))


@pytest.mark.parametrize("path", ["/honours", "/honours/badges/gardener", "/honours/badges/keeper", "/honours/ledger"])
def test_the_pages_ask_the_database_six_times_at_most(client_of: Clients, tang: Person, path: str) -> None:
    with db.writing() as s:
        for day in range(1, 31):
            record(s, tang.id, "checkin.done", "", f"2026-08-{day:02}")
        record(s, tang.id, "pledge.signed", "koc", "2026-09")
    client = client_of(tang)
    client.get(path)
    with statements() as seen:
        assert client.get(path).status_code == 200
    assert 0 < len(seen) <= 6, seen
