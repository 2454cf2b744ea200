"""The ledger as its owner reads it: every line with its reason, and the balances after it."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.achievements.queries import PAGE, account, lines, number_of
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Entry
from academy.journal.queries import standing
from academy.people.models import Person
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import did

Clients = Callable[[Person | None], FlaskClient]


def busy(person: Person, clock: Clock, days: int = 12) -> None:
    """A dozen days of lessons, check-ins, quizzes and what follows from them."""
    with db.writing() as s:
        catalog = published(s)
        lessons = iter(catalog.lessons.values())
        for n in range(days):
            clock.move(days=1)
            record(s, person.id, "checkin.done", "", f"day {n}")
            lesson = next(lessons)
            for check in lesson.checks:
                record(s, person.id, "question.right", check.key)
            record(s, person.id, "lesson.completed", lesson.key)
        record(s, person.id, "quiz.passed", "real-user-quiz", value=2)
        record(s, person.id, "handin.accepted", "self-intro", "1")
        record(s, person.id, "streak.reached", "7", "2026-09-15", 7)


def test_the_balances_after_each_line_add_up_to_her_standing(
    session: Session, tang: Person, aduo: Person, clock: Clock
) -> None:
    busy(tang, clock)
    busy(aduo, clock, 3)
    catalog, whole = published(session), account(tang.id)
    number = number_of(session, whole)
    told = [line for page in range(1, -(-number // PAGE) + 1) for line in lines(session, catalog, whole, page)]
    assert len(told) == number > PAGE
    growth = feathers = 0
    for line in reversed(told):
        growth, feathers = growth + line.growth, feathers + line.feathers
        assert (line.growth_after, line.feathers_after) == (growth, feathers)
    now = standing(session, tang.id)
    assert (growth, feathers) == (now.growth, now.feathers)
    entries = session.scalar(select(func.count()).select_from(Entry).where(Entry.trainee_id == tang.id))
    assert sum(bool(line.growth) + bool(line.feathers) for line in told) == entries


def test_one_balance_alone_adds_up_too(session: Session, tang: Person, clock: Clock) -> None:
    busy(tang, clock)
    catalog, now = published(session), standing(session, tang.id)
    for currency, balance in (("growth", now.growth), ("feathers", now.feathers)):
        alone = account(tang.id, currency)
        newest = lines(session, catalog, alone, 1)[0]
        assert getattr(newest, f"{currency}_after") == balance
        other = "feathers" if currency == "growth" else "growth"
        assert all(getattr(line, other) == 0 != getattr(line, currency) for line in lines(session, catalog, alone, 1))


def test_a_line_taken_back_stands_beside_what_it_takes_back(session: Session, tang: Person) -> None:
    outcome = did(tang.id, "lesson.completed", "own")
    with db.writing() as s:
        for currency, amount in (("growth", -10), ("feathers", -5)):
            s.add(
                Entry(
                    trainee_id=tang.id,
                    fact_id=outcome.facts[0].id,
                    rule="lesson",
                    currency=currency,
                    counter=True,
                    amount=amount,
                    at=outcome.facts[0].at,
                    day=outcome.facts[0].day,
                )
            )
    told = lines(session, published(session), account(tang.id), 1)
    assert [(line.growth, line.growth_after) for line in told] == [(-10, 0), (10, 10)]
    assert [(line.feathers, line.feathers_after) for line in told] == [(-5, 0), (5, 5)]


@ON_SQLITE
def test_every_line_names_what_it_was_for(client_of: Clients, tang: Person, clock: Clock) -> None:
    busy(tang, clock, 3)
    page = html(client_of(tang).get("/honours/ledger"))
    said = re.findall(r'<div class="title">([^<]+)</div><div class="note">([^<]+)</div>', page)
    reasons = {title: note.rpartition("·")[0] for title, note in said}
    assert reasons["测验补考通过"] == "第一站小测"
    assert reasons["自我介绍"] == "写一段自我介绍"
    assert reasons["学完一课"]
    assert reasons["首次答对"] == reasons["学完一课"]
    assert reasons["连签 7 天"] == ""


def test_the_page_turns_after_thirty_lines_and_never_beyond_the_last(
    client_of: Clients, tang: Person, clock: Clock
) -> None:
    busy(tang, clock)
    client = client_of(tang)

    def rows(query: str) -> int:
        page = html(client.get(f"/honours/ledger{query}"))
        return page.partition('<ul class="list">')[2].partition("</ul>")[0].count("<li")

    first, second = rows(""), rows("?page=2")
    assert (first, second) == (30, second)
    assert 0 < second < 30
    assert rows("?page=99") == second
    assert rows("?page=-3") == rows("?page=x") == first
    assert rows("?currency=growth&page=1") < first
    assert "currency=growth&page=" not in html(client.get("/honours/ledger"))


@ON_SQLITE
@pytest.mark.parametrize("currency", ["gold", "", "growth'--"])
def test_an_unknown_balance_is_both(client_of: Clients, tang: Person, currency: str) -> None:
    did(tang.id, "lesson.completed", "own")
    page = html(client_of(tang).get("/honours/ledger", query_string={"currency": currency}))
    assert "+10" in page
    assert "+5" in page


@ON_SQLITE
def test_an_empty_ledger_says_how_it_begins(client_of: Clients, tang: Person, aduo: Person) -> None:
    did(aduo.id, "lesson.completed", "own")
    page = html(client_of(tang).get("/honours/ledger"))
    assert "还没有明细" in page
    assert 'href="/map"' in page
    assert "只推自己用过的" not in page


def test_the_last_ten_lines_stand_among_her_honours(client_of: Clients, tang: Person, clock: Clock) -> None:
    client = client_of(tang)
    assert "/honours/ledger" not in html(client.get("/honours"))
    busy(tang, clock)
    page = html(client.get("/honours"))
    assert page.partition('id="ledger"')[2].count("<li") - page.partition('class="tabbar"')[2].count("<li") == 10
    assert 'href="/honours/ledger"' in page
