"""Honours are announced in the classes' groups: by staff, by hand, and only of those who have agreed."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy.achievements.badges.models import Announcement
from academy.achievements.giving import withdraw
from academy.db import db
from academy.journal.models import Entry, Fact
from academy.people.models import Audit, Person
from tests.achievements.story import almost_silver, change
from tests.achievements.test_badges import SCHOLAR, publish
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import did, statements

Clients = Callable[[Person | None], FlaskClient]
AGREES = {"agrees": "1"}


def marked(*keys: str) -> None:
    """Have some badges announced."""

    def mark(document: dict[str, list[dict[str, object]]]) -> None:
        for badge in document["badges"]:
            if badge["key"] in keys:
                badge["announce"] = True

    change(mark, "badges")


def agree(client_of: Clients, person: Person) -> None:
    assert client_of(person).post("/me/announcements", data=AGREES).status_code == 303


def to_paste(client: FlaskClient) -> list[str]:
    """The lines of all texts on the page."""
    page = html(client.get("/desk/announcements"))
    texts = [part.partition("</textarea>")[0].partition(">")[2] for part in page.split("<textarea")[1:]]
    return [line for text in texts for line in text.splitlines()]


def facts(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="fact" value="')[1:]]


def test_a_marked_badge_and_a_promotion_are_told_in_a_text_for_her_class(
    app: Flask, client_of: Clients, session: Session, tang: Person, aduo: Person, zhou: Person, lu: Person
) -> None:
    marked("keeper")
    agree(client_of, tang)
    agree(client_of, aduo)
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    did(tang.id, "pledge.signed", "koc", "2026-09")
    did(aduo.id, "pledge.signed", "koc", "2026-09")
    assert to_paste(client_of(zhou)) == [
        "白银 03 班喜报",
        "小棠 9 月 14 日得到徽章「守约宝妈」",
        "小棠 9 月 14 日晋级白银",
        "青铜 07 班喜报",
        "阿朵 9 月 14 日得到徽章「守约宝妈」",
    ]
    english = client_of(lu).get("/desk/announcements", headers={"Accept-Language": "en"}).text
    assert "9 月 14 日" in english, "the text is in the language of the group"


def test_nothing_is_told_of_who_has_not_agreed_or_no_longer_does(
    client_of: Clients, session: Session, tang: Person, lu: Person, clock: Clock
) -> None:
    marked("keeper", "first-seed", "first-visit")
    did(tang.id, "pledge.signed", "koc", "2026-09")
    assert to_paste(client_of(lu)) == []
    clock.move(minutes=1)
    agree(client_of, tang)
    agree(client_of, tang)
    assert to_paste(client_of(lu)) == [], "what she won before she agreed stays her own"
    did(tang.id, "lesson.completed", "one")
    assert len(to_paste(client_of(lu))) == 2
    assert client_of(tang).post("/me/announcements").status_code == 303
    assert to_paste(client_of(lu)) == []
    clock.move(minutes=1)
    agree(client_of, tang)
    did(tang.id, "profile.completed")
    with db.writing() as s:
        withdraw(s, s.get_one(Person, lu.id), tang.id, "first-visit", "弄错了")
    assert to_paste(client_of(lu)) == []


def test_what_is_announced_is_on_record_once_and_pays_nothing(
    client_of: Clients, session: Session, tang: Person, zhou: Person, lu: Person
) -> None:
    marked("keeper")
    agree(client_of, tang)
    did(tang.id, "pledge.signed", "koc", "2026-09")
    client = client_of(zhou)
    page = html(client.get("/desk/announcements"))
    path = page.split('action="/desk/announcements/')[1].split('"')[0]
    before = [session.scalar(select(func.count()).select_from(model)) for model in (Fact, Entry)]
    session.rollback()
    for staff in (zhou, lu):
        data = {"fact": [*facts(page), "999999", "x"]}
        assert client_of(staff).post(f"/desk/announcements/{path}", data=data).status_code == 303
    assert to_paste(client) == []
    assert session.scalars(select(Announcement.by_id)).all() == [zhou.id]
    assert session.scalars(select(Audit.subject).where(Audit.action == "honours.announced")).all() == [f"cohort/{path}"]
    assert before == [session.scalar(select(func.count()).select_from(model)) for model in (Fact, Entry)]


def test_of_several_levels_won_the_highest_is_told_and_none_comes_later(
    app: Flask, client_of: Clients, tang: Person, lu: Person
) -> None:
    publish(app, SCHOLAR | {"announce": True})
    agree(client_of, tang)
    for lesson in ("one", "two"):
        did(tang.id, "lesson.completed", lesson)
    client = client_of(lu)
    assert to_paste(client)[1:] == ["小棠 9 月 14 日得到徽章「好学宝妈 Ⅱ」"]
    page = html(client.get("/desk/announcements"))
    path = page.split('action="/desk/announcements/')[1].split('"')[0]
    client.post(f"/desk/announcements/{path}", data={"fact": facts(page)})
    assert to_paste(client) == []


@ON_SQLITE
def test_a_trainer_sees_only_her_own_classes(
    client_of: Clients, session: Session, tang: Person, wu: Person, lu: Person, cohort: object
) -> None:
    marked("keeper")
    agree(client_of, tang)
    did(tang.id, "pledge.signed", "koc", "2026-09")
    assert to_paste(client_of(wu)) == []
    page = html(client_of(lu).get("/desk/announcements"))
    path = page.split('action="/desk/announcements/')[1].split('"')[0]
    assert client_of(wu).post(f"/desk/announcements/{path}", data={"fact": facts(page)}).status_code == 404
    assert session.scalars(select(Announcement)).all() == []


def test_after_thirty_days_it_is_no_news(client_of: Clients, tang: Person, lu: Person, clock: Clock) -> None:
    marked("keeper")
    agree(client_of, tang)
    did(tang.id, "pledge.signed", "koc", "2026-09")
    clock.move(days=29)
    assert to_paste(client_of(lu))
    clock.move(days=1)
    assert not to_paste(client_of(lu))


@ON_SQLITE
def test_whoever_has_left_is_not_announced(client_of: Clients, tang: Person, lu: Person, clock: Clock) -> None:
    marked("keeper")
    agree(client_of, tang)
    did(tang.id, "pledge.signed", "koc", "2026-09")
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(erased_at=clock.at))
    assert not to_paste(client_of(lu))


@ON_SQLITE
def test_her_own_page_says_what_she_has_agreed_to(client_of: Clients, tang: Person, lu: Person) -> None:
    assert "告诉我的班级" in html(client_of(tang).get("/me"))
    agree(client_of, tang)
    assert "9 月 14 日起同意" in html(client_of(tang).get("/me"))
    assert "班级群报喜" not in html(client_of(lu).get("/me"))


def test_the_page_asks_the_database_four_times_at_most(client_of: Clients, tang: Person, lu: Person) -> None:
    marked("keeper")
    agree(client_of, tang)
    did(tang.id, "pledge.signed", "koc", "2026-09")
    client = client_of(lu)
    client.get("/desk/announcements")
    with statements() as seen:
        assert client.get("/desk/announcements").status_code == 200
    assert 0 < len(seen) <= 4, seen
