"""A trainee's class: its page, its rules, and the code of its group, which members alone see."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy import clock as time
from academy.db import db
from academy.people.actions import leave_cohort, wait_for
from academy.people.models import Acceptance, Appointment, Audit, Cohort, Person
from academy.people.rules import rules_digest
from academy.practice.actions import hand_in
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import did, statements
from tests.practice.conftest import photo

Clients = Callable[[Person | None], FlaskClient]
RULES = "一、不刷屏。\n二、不私下加人。<b>&"


def set_cohort(cohort: Cohort, **values: object) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.id == cohort.id).values(**values))


def accepted(session: Session) -> list[tuple[int, str]]:
    session.rollback()
    return [(row.trainee_id, row.digest) for row in session.scalars(select(Acceptance).order_by(Acceptance.at))]


def accept(client: FlaskClient) -> TestResponse:
    """Press the button that stands under the rules."""
    found = re.search(r'name="digest" value="(\w+)"', html(client.get("/class")))
    return client.post("/class/rules", data={"digest": found[1] if found else ""})


def upload(client: FlaskClient, cohort: Cohort, until: str = "2026-09-21", picture: object = None) -> TestResponse:
    data = {"picture": (picture or photo(), "qr.png"), "until": until}
    return client.post(f"/desk/cohorts/{cohort.id}/group-qr", data=data)


def shown(client: FlaskClient) -> str | None:
    """The address of the code on her class page."""
    found = re.search(r'src="(/class/group-qr/[^"]+)"', html(client.get("/class")))
    return found and found[1]


def test_her_class_page_tells_where_she_learns_and_what_is_next_and_names_no_classmate(
    client_of: Clients, tang: Person, cohort: Cohort, clock: Clock
) -> None:
    with db.writing() as s:
        for day in (16, 18, 20, 25):
            at = datetime(2026, 9, day, 20, 0, tzinfo=time.ZONE)
            s.add(Appointment(cohort_id=cohort.id, title=f"直播 {day}", at=at, link="https://live.example/7"))
    client = client_of(tang)
    page = html(client.get("/class"))
    for said in ("青铜 07 班", "In training", "with 周以宁", "1 classmate", "直播 16", "18 Sep 20:00", "直播 20"):
        assert said in page
    assert "直播 25" not in page
    assert "阿朵" not in page
    assert 'href="https://live.example/7"' in page
    clock.to(datetime(2026, 9, 18, 21, 0, tzinfo=time.ZONE))
    assert "直播 16" not in html(client.get("/class"))
    for path in ("/", "/me"):
        assert 'href="/class"' in html(client.get(path))


def test_who_has_no_seat_reads_what_she_waits_for(client_of: Clients, tang: Person) -> None:
    with db.writing() as s:
        wait_for(s, tang.id, "silver")
    page = html(client_of(tang).get("/class"))
    assert "青铜 07 班" in page
    assert re.search("waiting list for a class of [^.]*Silver", page)
    with db.writing() as s:
        leave_cohort(s, tang.id)
    assert "青铜 07 班" not in html(client_of(tang).get("/class"))
    with db.writing() as s:
        wait_for(s, tang.id, "bronze")
        s.execute(update(Cohort).values(open=False))
    assert "Bronze" in html(client_of(tang).get("/class"))


@ON_SQLITE
def test_who_is_in_no_class_and_waits_for_none_is_told(client_of: Clients, tang: Person) -> None:
    with db.writing() as s:
        leave_cohort(s, tang.id)
    assert "You are in no class yet" in html(client_of(tang).get("/class"))


def test_the_page_needs_few_statements(client_of: Clients, tang: Person, cohort: Cohort) -> None:
    set_cohort(cohort, rules=RULES)
    with db.writing() as s:
        hand_in(s, tang.id, "self-intro", "我家 14 个月，用了两个月。", [])
    client = client_of(tang)
    client.get("/class")
    with statements() as seen:
        client.get("/class")
    assert len(seen) <= 6, seen


@ON_SQLITE
def test_she_introduces_herself_as_soon_as_the_lessons_before_are_done(client_of: Clients, tang: Person) -> None:
    page = html(client_of(tang).get("/class"))
    assert "Opens after “Who it suits, and who it doesn’t”" in page
    assert 'href="/practice/self-intro"' not in page
    for lesson in ("own", "no-stock", "who-fits"):
        did(tang.id, "lesson.completed", lesson)
    assert 'href="/practice/self-intro"' in html(client_of(tang).get("/class"))


@ON_SQLITE
def test_her_introduction_is_hers(client_of: Clients, tang: Person, aduo: Person) -> None:
    with db.writing() as s:
        hand_in(s, tang.id, "self-intro", "我家 14 个月，用了两个月。", [])
    assert "Waiting" in html(client_of(tang).get("/class"))
    others = html(client_of(aduo).get("/class"))
    assert "Waiting" not in others
    assert "14 个月" not in others


# The rules


def test_members_accept_the_rules_and_are_asked_anew_when_they_change(
    client_of: Clients, zhou: Person, tang: Person, cohort: Cohort, session: Session, clock: Clock
) -> None:
    hers, desk, path = client_of(tang), client_of(zhou), f"/desk/cohorts/{cohort.id}/rules"
    assert 'id="rules"' not in html(hers.get("/class"))
    desk.post(path, data={"rules": RULES.replace("\n", "\r\n")})
    assert "Please read the rules" in html(hers.get("/"))
    page = hers.get("/class").get_data(as_text=True)
    assert "二、不私下加人。&lt;b&gt;&amp;</p>" in page
    assert accept(hers).status_code == 303
    assert accepted(session) == [(tang.id, rules_digest(RULES))]
    assert "I have read them" not in html(hers.get("/class"))
    assert "Please read the rules" not in html(hers.get("/"))
    assert "1 of 2 members" in html(desk.get(path))
    clock.move(minutes=1)
    desk.post(path, data={"rules": "三、新的。"})
    assert "They have changed" in html(hers.get("/class"))
    assert "0 of 2 members" in html(desk.get(path))
    accept(hers)
    clock.move(minutes=1)
    desk.post(path, data={"rules": RULES})
    assert "They have changed" in html(hers.get("/class")), "back again is a change too"
    clock.move(minutes=1)
    accept(hers)
    accept(hers)
    assert "I have read them" not in html(hers.get("/class"))
    assert accepted(session) == [(tang.id, rules_digest("三、新的。")), (tang.id, rules_digest(RULES))]
    session.rollback()
    assert list(session.scalars(select(Audit.action))) == ["rules.changed"] * 3


@ON_SQLITE
def test_what_she_did_not_read_she_does_not_accept(
    client_of: Clients, tang: Person, xiaomi: Person, cohort: Cohort, session: Session
) -> None:
    client = client_of(tang)
    assert client.post("/class/rules").status_code == 303, "there are none"
    set_cohort(cohort, rules=RULES)
    old = html(client.get("/class"))
    set_cohort(cohort, rules="三、新的。")
    found = re.search(r'name="digest" value="(\w+)"', old)
    assert found
    for digest in (found[1], "", "x" * 500):
        client.post("/class/rules", data={"digest": digest})
    client_of(xiaomi).post("/class/rules", data={"digest": rules_digest("三、新的。")})
    assert accepted(session) == []
    assert "have changed meanwhile" in html(client.get("/class"))


@ON_SQLITE
def test_rules_that_are_too_long_are_given_back(
    client_of: Clients, zhou: Person, wu: Person, cohort: Cohort, session: Session
) -> None:
    path = f"/desk/cohorts/{cohort.id}/rules"
    answer = client_of(zhou).post(path, data={"rules": "长" * 2001})
    assert answer.status_code == 422
    assert "长" * 2001 in html(answer)
    assert client_of(wu).post(path, data={"rules": "我的"}).status_code == 404
    session.expire_all()
    assert session.get_one(Cohort, cohort.id).rules == ""


# The group's code


def test_members_see_the_code_of_their_group_and_nobody_else_does(
    client_of: Clients, zhou: Person, tang: Person, xiaomi: Person, cohort: Cohort, session: Session
) -> None:
    desk = client_of(zhou)
    assert "2026-09-21" in html(desk.get(f"/desk/cohorts/{cohort.id}/group-qr"))
    assert upload(desk, cohort).status_code == 303
    hers = client_of(tang)
    address = shown(hers)
    assert address
    answer = hers.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert hers.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert shown(client_of(xiaomi)) is None
    assert client_of(xiaomi).get(address).status_code == 404
    assert client_of(zhou).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 302
    assert hers.get("/class/group-qr/" + "0" * 40 + ".jpg").status_code == 404
    assert hers.get("/class/group-qr/..%2Fsecret").status_code == 404
    assert desk.get(f"/desk/cohorts/{cohort.id}/group-qr.jpg").status_code == 200
    with db.writing() as s:
        leave_cohort(s, tang.id)
    assert hers.get(address).status_code == 404, "she is no member any more"


@ON_SQLITE
def test_the_code_comes_after_the_rules(client_of: Clients, zhou: Person, tang: Person, cohort: Cohort) -> None:
    upload(client_of(zhou), cohort)
    hers = client_of(tang)
    address = shown(hers)
    set_cohort(cohort, rules=RULES)
    assert shown(hers) is None
    assert "once you have accepted the rules" in html(hers.get("/class"))
    assert hers.get(address).status_code == 404
    accept(hers)
    assert hers.get(address).status_code == 200


def test_an_old_code_is_shown_no_more_and_its_trainer_is_reminded_two_days_before(
    client_of: Clients, zhou: Person, wu: Person, tang: Person, cohort: Cohort, clock: Clock
) -> None:
    desk, hers = client_of(zhou), client_of(tang)
    upload(desk, cohort)
    address = shown(hers)
    assert "QR code of 青铜 07 班" not in html(desk.get("/desk"))
    clock.move(days=5)
    assert "QR code of 青铜 07 班 expires soon" in html(desk.get("/desk"))
    assert "QR code" not in html(client_of(wu).get("/desk"))
    assert shown(hers) == address
    clock.move(days=2)
    assert "QR code of 青铜 07 班 has expired" in html(desk.get("/desk"))
    assert shown(hers) is None
    assert "Your trainer will renew it" in html(hers.get("/class"))
    assert hers.get(address).status_code == 404
    upload(desk, cohort, "2026-09-28", photo(90))
    renewed = shown(hers)
    assert renewed not in (None, address)
    assert "QR code of" not in html(desk.get("/desk"))
    clock.move(days=8)
    set_cohort(cohort, phase="ended")
    assert "QR code of" not in html(desk.get("/desk")), "nobody needs it any more"


def test_a_picture_that_is_replaced_leaves_the_room_unless_another_class_shows_it(
    app: Flask, client_of: Clients, lu: Person, cohort: Cohort, session: Session
) -> None:
    other = session.query(Cohort).filter_by(code="qt08").one()
    desk = client_of(lu)
    upload(desk, cohort)
    upload(desk, other)

    def kept() -> list[Path]:
        return sorted((app.extensions["files"].root / "groupqr").glob("*/*"))

    (first,) = kept()
    upload(desk, cohort, picture=photo(90))
    assert len(kept()) == 2
    assert desk.post(f"/desk/cohorts/{other.id}/group-qr/removal").status_code == 303
    (second,) = kept()
    assert second != first
    assert desk.get(f"/desk/cohorts/{other.id}/group-qr.jpg").status_code == 404
    desk.post(f"/desk/cohorts/{other.id}/group-qr/removal")
    assert kept() == [second]


@ON_SQLITE
def test_what_cameras_and_phones_add_is_left_out_and_large_pictures_are_made_small(
    app: Flask, client_of: Clients, zhou: Person, tang: Person, cohort: Cohort
) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SECRET PHONE"
    Image.new("RGB", (1080, 2400), "white").save(out, "JPEG", exif=exif)
    out.seek(0)
    upload(client_of(zhou), cohort, picture=out)
    data = client_of(tang).get(shown(client_of(tang))).data
    assert b"SECRET" not in data
    assert max(Image.open(io.BytesIO(data)).size) == 1600


@ON_SQLITE
@pytest.mark.parametrize(
    ("picture", "until", "field"),
    [
        (b"", "2026-09-21", "picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "2026-09-21", "picture"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 90, "2026-09-21", "picture"),
        (None, "", "until"),
        (None, "2026-09-14", "until"),
        (None, "2028-01-01", "until"),
        (None, "soon", "until"),
    ],
)
def test_what_is_no_picture_or_no_day_to_come_is_refused(
    picture: bytes | None, until: str, field: str, client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    answer = upload(client_of(zhou), cohort, until, io.BytesIO(picture) if picture is not None else photo())
    assert answer.status_code == 422
    assert f'id="{field}-error"' in html(answer)
    session.rollback()
    assert session.get_one(Cohort, cohort.id).group_qr is None


@ON_SQLITE
def test_a_picture_that_is_too_large_is_refused(
    client_of: Clients, zhou: Person, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("academy.files.pictures.MOST_BYTES", 50)
    answer = upload(client_of(zhou), cohort)
    assert answer.status_code == 422
    assert "larger than 10 MB" in html(answer)


@ON_SQLITE
def test_another_trainer_and_trainees_change_nothing(
    client_of: Clients, wu: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    for who in (wu, tang):
        assert upload(client_of(who), cohort).status_code == 404
        assert client_of(who).post(f"/desk/cohorts/{cohort.id}/group-qr/removal").status_code == 404
        assert client_of(who).get(f"/desk/cohorts/{cohort.id}/group-qr.jpg").status_code == 404
    session.rollback()
    assert session.get_one(Cohort, cohort.id).group_qr is None
