"""The weekly report: a small story whose numbers are known."""

import io
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from academy import clock as time
from academy.achievements import record
from academy.achievements.rewards.actions import stock
from academy.checkins.actions import check_in
from academy.db import db
from academy.journal.actions import start
from academy.people.actions import join_cohort
from academy.people.models import Cohort, Person
from academy.practice.actions import decide, hand_in
from academy.report.queries import Class, Report, classes, tell
from academy.report.rules import Week
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements
from tests.practice.conftest import TEXT

Clients = Callable[[Person | None], FlaskClient]
WEEK = Week(datetime(2026, 9, 14).date())


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """An hour of a September day on the brand's clock."""
    return datetime(2026, 9, day, hour, minute, tzinfo=time.ZONE)


def newcomer(name: str, cohort_id: int, n: int) -> int:
    """One more trainee in a cohort."""
    with db.writing() as session:
        person = Person(role="trainee", name=name, phone=f"1390000{n:04}", password_hash="x", created_at=time.now())
        session.add(person)
        session.flush()
        start(session, person.id, "bronze")
        assert join_cohort(session, person.id, session.get_one(Cohort, cohort_id))
        return person.id


def come(trainee_id: int) -> None:
    with db.writing() as session:
        check_in(session, trainee_id)


def told(session: Session, staff: Person, week: Week = WEEK) -> Report:
    session.rollback()
    found = tell(session, week, classes(session, staff, week))
    session.rollback()
    return found


def by_name(report: Report) -> dict[str, Class]:
    return {one.name: one for one in report.cohorts}


@pytest.fixture
def story(
    session: Session, clock: Clock, tang: Person, aduo: Person, xiaomi: Person, zhou: Person, cohort: Cohort
) -> None:
    """Two weeks: 小棠 learns and is promoted, 阿朵 hands in and then stays away, 豆豆 comes in the second week."""
    clock.to(at(14))
    for one in (tang, aduo, xiaomi):
        come(one.id)
    with db.writing() as s:
        first, _ = hand_in(s, aduo.id, "first-words", TEXT, [])
        second, _ = hand_in(s, tang.id, "first-words", TEXT, [])
    clock.to(at(15, 20))
    with db.writing() as s:
        decide(s, s.get_one(Person, zhou.id), second.id, "accepted", "")
    clock.to(at(16, 10))
    with db.writing() as s:
        decide(s, s.get_one(Person, zhou.id), first.id, "returned", "再写一句。")
        record(s, tang.id, "lesson.completed", "own")
    clock.to(at(20, 23, 59))
    come(tang.id)
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed", "handin.accepted"})
        stock(s, "silver-voucher", (f"LY20-{n}" for n in range(3)))
        assert record(s, tang.id, "pledge.signed", "koc", "2026-09").won("tier.reached")
    clock.to(at(21, 0, 0))
    come(xiaomi.id)
    newcomer("豆豆", cohort.id, 1)
    clock.to(at(22))


@pytest.mark.usefixtures("story")
def test_the_figures_of_a_week_are_those_of_its_people(session: Session, lu: Person) -> None:
    report = told(session, lu)
    assert (report.members, report.members_before) == (3, 0)
    assert (report.now.learners, report.rate) == (3, 100)
    assert report.now.days == [3, 0, 1, 0, 0, 0, 1]
    assert (report.now.submitted, report.now.accepted) == (2, 1)
    assert (report.reviews.number, report.reviews.hours, report.reviews.late) == (2, 41, 1)
    assert (report.now.graduated, report.now.promoted) == (1, 1)
    assert report.funnel == [3, 1, 0, 1, 1, 1]
    assert (report.rewards["silver-voucher"].granted, report.rewards["silver-voucher"].coded) == (1, 1)
    assert report.rewards["silver-voucher"].left == 2
    assert report.away == 2
    assert report.before.learners == 0


@pytest.mark.usefixtures("story")
def test_the_next_week_begins_at_midnight_of_the_brand_and_is_compared_with_this_one(
    session: Session, lu: Person
) -> None:
    report = told(session, lu, WEEK.after)
    assert (report.members, report.members_before) == (4, 3)
    assert report.now.days == [1, 0, 0, 0, 0, 0, 0]
    assert (report.rate, report.rate_before) == (25, 100)
    assert report.before.days == [3, 0, 1, 0, 0, 0, 1]
    assert (report.reviews.number, report.reviews_before.number) == (0, 2)


@pytest.mark.usefixtures("story")
def test_a_week_is_told_alike_whatever_happens_later(session: Session, lu: Person, clock: Clock, aduo: Person) -> None:
    def figures() -> object:
        found = told(session, lu)
        found.rewards = {}
        return found

    before = figures()
    clock.move(days=3)
    come(aduo.id)
    with db.writing() as s:
        hand_in(s, aduo.id, "first-words", TEXT, [])
        silver = s.query(Cohort).filter_by(code="by03").one()
        silver.name = "白银 03 班"
        assert join_cohort(s, aduo.id, silver)
    after = figures()
    assert isinstance(before, Report)
    assert isinstance(after, Report)
    for one in (*before.cohorts, *after.cohorts):
        one.taken = 0
    assert before == after


@pytest.mark.usefixtures("story")
def test_a_trainee_counts_in_the_cohort_in_which_the_week_ended(session: Session, lu: Person, tang: Person) -> None:
    found = by_name(told(session, lu))
    assert (found["青铜 07 班"].members, found["青铜 07 班"].learners) == (1, 1)
    assert (found["白银 03 班"].members, found["白银 03 班"].learners) == (1, 1)
    assert (found["青铜 08 班"].members, found["青铜 08 班"].away) == (1, 1)


@pytest.mark.usefixtures("story")
def test_a_trainer_never_sees_another_cohort_in_her_figures(
    session: Session, client_of: Clients, zhou: Person, wu: Person, cohort: Cohort
) -> None:
    hers, others = told(session, zhou), told(session, wu)
    assert set(by_name(hers)) == {"青铜 07 班", "白银 03 班"}
    assert (hers.members, hers.now.learners, hers.now.promoted) == (2, 2, 1)
    assert set(by_name(others)) == {"青铜 08 班"}
    assert (others.members, others.now.learners, others.now.submitted, others.now.promoted) == (1, 1, 0, 0)
    assert "silver-voucher" not in others.rewards or others.rewards["silver-voucher"].granted == 0
    client = client_of(wu)
    for path in (f"/desk/week?cohort={cohort.id}", f"/desk/week.pdf?cohort={cohort.id}", "/desk/week?cohort=x"):
        assert client.get(path).status_code == 404
    page = html(client.get("/desk/week"))
    assert "青铜 07 班" not in page
    assert "in stock" not in page


@pytest.mark.usefixtures("story")
def test_the_page_opens_on_the_last_full_week_and_says_what_needs_attention(client_of: Clients, lu: Person) -> None:
    page = html(client_of(lu).get("/desk/week"))
    assert "Weekly report of Luya Academy · 14 Sep to 20 Sep" in page
    assert "2 codes of “¥20 voucher” are left in stock." in page
    assert "1 verdict came later than promised." in page
    assert "worth ¥20" in page
    assert 'href="/desk/week?from=2026-09-07"' in page
    assert 'href="/desk/week?from=2026-09-21"' in page
    assert page.count('class="weekchart"') == 1
    text = re.search(r'data-copies="([^"]*)"', client_of(lu).get("/desk/week").get_data(as_text=True))
    assert text
    assert "14 Sep to 20 Sep" in text[1]
    one = html(client_of(lu).get("/desk/week?cohort=2"))
    assert 'Trainees learning<b class="num">1 ' in one


@pytest.mark.usefixtures("story")
def test_the_page_asks_the_database_as_little_for_many(client_of: Clients, lu: Person, cohort: Cohort) -> None:
    client = client_of(lu)
    client.get("/desk/week")
    with statements() as few:
        client.get("/desk/week")
    for n in range(20):
        come(newcomer(f"学员{n}", cohort.id, 10 + n))
    with statements() as more:
        assert client.get("/desk/week").status_code == 200
    assert len(few) == len(more) <= 6, more


@ON_SQLITE
@pytest.mark.parametrize("typed", ["2026-13-01", "2030-01-01", "0001-01-01"])
@pytest.mark.parametrize("path", ["/desk/week", "/desk/week.pdf"])
def test_what_is_no_week_is_not_there(client_of: Clients, lu: Person, path: str, typed: str) -> None:
    assert client_of(lu).get(path, query_string={"from": typed}).status_code == 404


@ON_SQLITE
def test_the_first_week_is_told_so_far(client_of: Clients, lu: Person, tang: Person) -> None:
    come(tang.id)
    page = html(client_of(lu).get("/desk/week"))
    assert "14 Sep to 20 Sep" in page
    assert "so far" in page
    assert "Week after" not in page
    assert "1 of 3 learned or checked in" in page


def test_without_trainees_it_says_what_will_be_here(client_of: Clients, lu: Person, wu: Person, clock: Clock) -> None:
    page = html(client_of(lu).get("/desk/week?from=2026-01-05"))
    assert "Nobody was learning in this week" in page
    assert "/desk/roster/import" in page
    assert "weekchart" not in page
    assert "/desk/roster/import" not in html(client_of(wu).get("/desk/week?from=2026-01-05"))
    assert client_of(lu).get("/desk/week.pdf?from=2026-01-05").status_code == 200


def paper(client: FlaskClient, path: str = "/desk/week.pdf") -> tuple[int, str]:
    """How many pages a paper has, and what it says."""
    answer = client.get(path)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="week-2026-09-14.pdf"'
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return len(pages), "".join(page.extract_text() for page in pages)


@ON_SQLITE
@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("number", [0, 9, 30])
def test_the_paper_is_one_page_whatever_stands_on_it(client_of: Clients, lu: Person, number: int) -> None:
    with db.writing() as session:
        for n in range(number):
            name = f"第 {n:02} 期又长又满的班级名字".ljust(60, "长")[:60]
            session.add(Cohort(code=f"x{n}", name=name, tier="bronze", capacity=50, created_at=time.now()))
    pages, text = paper(client_of(lu))
    assert pages == 1
    assert "Internal weekly report" in text
    assert "Made 22 Sep 10:00" in text
    assert "鹿芽有限公司" in text
    assert ("21 more cohorts on the web page" in text) == (number == 30)
