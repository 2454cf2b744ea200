"""The desk: who is whose, what is missing, reset codes, invitations."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import zxingcpp
from flask.testing import FlaskClient
from openpyxl import load_workbook
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from academy import clock as time
from academy.achievements import record
from academy.db import db
from academy.journal.actions import start
from academy.people.actions import join_cohort
from academy.people.models import Audit, Cohort, Membership, Person, ResetCode
from academy.practice.actions import decide, hand_in
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import did, statements
from tests.practice.conftest import TEXT

Clients = Callable[[Person | None], FlaskClient]

STAFF_PAGES = (
    "/desk",
    "/desk/roster",
    "/desk/trainees/{tang}",
    "/desk/cohorts/{cohort}",
    "/desk/cohorts/{cohort}/qr.svg",
)


def trainees(names: list[str], cohort_id: int) -> list[int]:
    """More trainees in a cohort."""
    ids = []
    with db.writing() as session:
        cohort = session.get_one(Cohort, cohort_id)
        cohort.capacity += len(names)
        session.flush()
        for n, name in enumerate(names):
            person = Person(role="trainee", name=name, phone=f"139{n:08}", password_hash="x", created_at=time.now())
            session.add(person)
            session.flush()
            start(session, person.id, "bronze")
            assert join_cohort(session, person.id, cohort)
            ids.append(person.id)
    return ids


def test_the_desk_says_what_there_is_to_do(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, cohort: Cohort, clock: Clock
) -> None:
    clock.move(days=5)
    with db.writing() as session:
        hand_in(session, tang.id, "first-words", TEXT, [])
        record(session, tang.id, "lesson.completed", "own")
    page = html(client_of(zhou).get("/desk"))
    assert "1 hand-in waits for a reply, 1 trainee has been away for three days" in page
    row = page[page.index("青铜 07 班</a>") :]
    assert re.findall(r">(\d+)<", row)[:4] == ["2", "50", "1", "1"]
    assert "青铜 08 班" not in page


def test_away_is_who_neither_checked_in_nor_learned_for_three_brand_days(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, clock: Clock
) -> None:
    client = client_of(zhou)

    def away() -> set[str]:
        page = html(client.get("/desk/roster?absent=1"))
        return {name for name in ("小棠", "阿朵") if name in page}

    with db.writing() as session:
        record(session, tang.id, "checkin.done", "", "2026-09-14")
    clock.move(days=3)
    assert away() == set()
    clock.move(hours=13, minutes=59)
    assert away() == set()
    clock.move(minutes=1)
    assert away() == {"小棠", "阿朵"}
    with db.writing() as session:
        record(session, aduo.id, "quiz.finished", "real-user-quiz", "1", 40)
        record(session, tang.id, "lesson.completed", "own")
    assert away() == {"阿朵"}
    newcomer = trainees(["新来的"], 1)
    assert newcomer
    assert "新来的" not in html(client.get("/desk/roster?absent=1"))


@ON_SQLITE
@pytest.mark.parametrize("path", STAFF_PAGES)
def test_every_page_is_staff_only(client_of: Clients, tang: Person, zhou: Person, cohort: Cohort, path: str) -> None:
    path = path.format(tang=tang.id, cohort=cohort.id)
    assert client_of(tang).get(path).status_code == 404
    assert client_of(None).get(path).status_code == 302
    assert client_of(zhou).get(path).status_code == 200


def test_another_trainers_trainees_and_cohorts_are_not_found(
    client_of: Clients, wu: Person, lu: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    client = client_of(wu)
    assert "小棠" not in html(client.get("/desk/roster"))
    assert "Nobody is found here" in html(client.get("/desk/roster?q=小棠"))
    for path in (f"/desk/roster?cohort={cohort.id}", *STAFF_PAGES[2:]):
        assert client.get(path.format(tang=tang.id, cohort=cohort.id)).status_code == 404
    assert client.post(f"/desk/trainees/{tang.id}/reset-codes").status_code == 404
    assert session.query(ResetCode).count() == 0
    page = html(client_of(lu).get("/desk/roster"))
    assert all(name in page for name in ("小棠", "阿朵", "小米"))


@ON_SQLITE
def test_staff_are_no_trainees(client_of: Clients, lu: Person, zhou: Person) -> None:
    assert client_of(lu).get(f"/desk/trainees/{zhou.id}").status_code == 404
    assert client_of(lu).post(f"/desk/trainees/{zhou.id}/reset-codes").status_code == 404


def test_the_roster_says_condition_by_condition_what_is_missing(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person
) -> None:
    with db.writing() as session:
        almost_silver(session, tang.id, but={"pledge.signed", "checkin.done"})
    page = html(client_of(zhou).get("/desk/roster"))
    hers = page[page.index(f'id="trainee-{tang.id}"') :].partition("</tr>")[0]
    assert "2 conditions" in hers
    assert "Sign the pledge" in hers
    assert re.search(r"Check in 7 times 6 / 7<", hers)
    assert "300" in hers
    others = page[page.index(f'id="trainee-{aduo.id}"') :].partition("</tr>")[0]
    assert "7 conditions" in others


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("小", {"小棠"}),
        ("0012", {"阿朵"}),
        ("012", set()),
        ("%", set()),
        ("_", set()),
        ("1380000", set()),
        ("", {"小棠", "阿朵"}),
    ],
)
def test_search_is_by_name_or_by_the_last_four_digits(
    client_of: Clients, zhou: Person, typed: str, names: set[str]
) -> None:
    page = html(client_of(zhou).get("/desk/roster", query_string={"q": typed}))
    assert {name for name in ("小棠", "阿朵") if f">{name}</a>" in page} == names


@ON_SQLITE
def test_contacts_are_masked_everywhere(client_of: Clients, zhou: Person, tang: Person) -> None:
    for path in ("/desk/roster", f"/desk/trainees/{tang.id}"):
        page = html(client_of(zhou).get(path))
        assert "138****0011" in page
        assert "13800000011" not in page


def test_a_long_roster_is_cut_into_pages_with_as_few_statements(
    client_of: Clients, zhou: Person, cohort: Cohort
) -> None:
    client = client_of(zhou)
    client.get("/desk/roster")
    with statements() as few:
        client.get("/desk/roster")
    trainees([f"学员{n:02}" for n in range(60)], cohort.id)
    with statements() as more:
        page = html(client.get("/desk/roster"))
    assert len(few) == len(more) <= 8, more
    assert "62 trainees" in page
    assert page.count('id="trainee-') == 50
    assert html(client.get("/desk/roster?page=2")).count('id="trainee-') == 12
    assert html(client.get("/desk/roster?page=999")).count('id="trainee-') == 12
    assert client.get("/desk/roster?page=x").status_code == 200


@pytest.mark.parametrize("path", ["/desk", "/desk/trainees/{tang}", "/desk/cohorts/{cohort}"])
def test_the_other_pages_ask_the_database_little(
    client_of: Clients, zhou: Person, tang: Person, cohort: Cohort, path: str
) -> None:
    with db.writing() as session:
        hand_in(session, tang.id, "first-words", TEXT, [])
        for day in range(1, 30):
            record(session, tang.id, "checkin.done", "", f"2026-08-{day:02}")
    client, path = client_of(zhou), path.format(tang=tang.id, cohort=cohort.id)
    client.get(path)
    with statements() as seen:
        assert client.get(path).status_code == 200
    assert len(seen) <= 8, seen


def test_one_trainee_is_told_from_her_facts(client_of: Clients, zhou: Person, tang: Person, clock: Clock) -> None:
    with db.writing() as session:
        made, _ = hand_in(session, tang.id, "first-words", TEXT, [])
    clock.move(days=1)
    with db.writing() as session:
        almost_silver(session, tang.id, but={"handin.accepted"})
        decide(session, session.get_one(Person, zhou.id), made.id, "accepted", "")
    page = html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))
    assert "“Your first true words” was accepted" in page
    assert "Handed in “Your first true words”, round 1" in page
    assert "Reached Silver" in page
    assert "“Silver sail”" in page
    assert page.index("15 Sep</h3>") < page.index("14 Sep</h3>")
    assert "Silver certificate of honor" in page
    assert "waits for her legal name" in page
    assert "白银 03 班" in page
    assert f'href="/desk/hand-ins/{made.id}"' in page


@ON_SQLITE
def test_her_conditions_stand_with_current_and_target(client_of: Clients, zhou: Person, tang: Person) -> None:
    with db.writing() as session:
        almost_silver(session, tang.id, but={"pledge.signed", "checkin.done"})
    page = html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))
    assert "5 of 7 met" in page
    assert "6 / 7" in page
    assert "To Silver" in page


@ON_SQLITE
def test_what_must_not_be_is_met_or_not_and_no_part_of_nothing(
    client_of: Clients, zhou: Person, lu: Person, tang: Person
) -> None:
    did(tang.id, "violation.serious", "no-wholesale", "1")
    page = html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))
    (veto,) = re.findall(r"<li>(?:(?!</li>).)*No serious violation.*?</li>", page, re.DOTALL)
    assert "not met" in veto
    assert "/ 0" not in veto
    sheet = client_of(lu).post("/desk/roster.xlsx").data
    cells = [row[-1] for row in load_workbook(io.BytesIO(sheet)).active.values if row[0] == "小棠"]
    assert re.search("No serious violation(; |$)", cells[0]), cells


@ON_SQLITE
def test_an_issued_certificate_leads_to_its_public_page(client_of: Clients, zhou: Person, tang: Person) -> None:
    with db.writing() as session:
        session.get_one(Person, tang.id).legal_name = "林晓棠"
        almost_silver(session, tang.id, but={"pledge.signed"})
        record(session, tang.id, "pledge.signed", "koc", "2026-09")
    page = html(client_of(zhou).get(f"/desk/trainees/{tang.id}"))
    assert re.search(r'href="/v/LY[^/"]+/[1-9A-Z]{8}"', page)
    assert "林晓棠" not in page


def test_a_trainee_without_a_seat_is_shown_as_waiting(client_of: Clients, lu: Person, tang: Person) -> None:
    with db.writing() as session:
        session.query(Membership).filter_by(trainee_id=tang.id).update({"until": time.now()})
    page = html(client_of(lu).get("/desk/roster?q=小棠"))
    assert "waiting for a seat" in page
    assert "waiting for a seat" in html(client_of(lu).get(f"/desk/trainees/{tang.id}"))


def test_a_reset_code_is_shown_once_kept_as_a_digest_and_ends_those_before(
    client_of: Clients, zhou: Person, tang: Person, session: Session, clock: Clock
) -> None:
    client, codes = client_of(zhou), []
    for _ in range(2):
        response = client.post(f"/desk/trainees/{tang.id}/reset-codes")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"
        codes += re.findall(r'id="code">([1-9A-Z]{4}-[1-9A-Z]{4})<', html(response))
        clock.move(minutes=1)
    assert len(set(codes)) == 2
    assert not set("".join(codes)) & set("0OILU")
    first, second = session.query(ResetCode).order_by(ResetCode.id)
    assert first.expires_at <= time.now() < second.expires_at
    assert second.expires_at - second.created_at == timedelta(hours=24)
    assert (second.person_id, second.by_id) == (tang.id, zhou.id)
    assert codes[1] not in second.digest
    assert [(a.staff_id, a.action, a.subject) for a in session.query(Audit)] == [
        (zhou.id, "password.reset", f"person/{tang.id}")
    ] * 2
    assert codes[1] not in html(client.get(f"/desk/trainees/{tang.id}"))


@ON_SQLITE
def test_only_the_newest_code_sets_a_new_password(
    client_of: Clients, zhou: Person, tang: Person, session: Session
) -> None:
    client, codes = client_of(zhou), []
    for _ in range(2):
        page = html(client.post(f"/desk/trainees/{tang.id}/reset-codes"))
        codes += re.findall(r'id="code">([1-9A-Z-]+)<', page)

    def reset(code: str) -> bool:
        password = "quite-new-2026"
        client_of(None).post(
            "/reset-password",
            data={"contact": "13800000011", "code": code.lower(), "new": password},
        )
        session.rollback()
        session.expire_all()
        return session.get_one(Person, tang.id).epoch == 1

    assert [reset(codes[0]), reset(codes[1])] == [False, True]


def test_an_invitation_has_its_text_its_link_and_a_code_that_a_phone_reads(
    client_of: Clients, zhou: Person, cohort: Cohort
) -> None:
    client = client_of(zhou)
    page = html(client.get(f"/desk/cohorts/{cohort.id}"))
    link = "http://localhost/join/qt07"
    assert "周以宁 invites you to join “青铜 07 班” at Luya Academy." in page
    assert f"no sign-in needed: {link}" in page
    response = client.get(f"/desk/cohorts/{cohort.id}/qr.svg")
    assert response.mimetype == "image/svg+xml"
    assert "style" not in response.text
    assert [found.text for found in zxingcpp.read_barcodes(drawn(response.text))] == [link]


def drawn(svg: str) -> Image.Image:
    """The rows of segno's SVG on paper, one module 4 pixels."""
    side = int(re.search(r'width="(\d+)"', svg)[1]) // 8  # type: ignore[index]
    page = Image.new("L", (side * 4, side * 4), 255)
    pen, x, y = ImageDraw.Draw(page), 0.0, 0.0
    path = re.search(r'class="qrline"[^>]* d="([^"]+)"', svg)[1]  # type: ignore[index]
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        if step == "h":
            pen.rectangle((x * 4, (y - 0.5) * 4, (x + values[0]) * 4 - 1, (y + 0.5) * 4 - 1), fill=0)
            x += values[0]
        else:
            x, y = (values[0], values[1]) if step == "M" else (x + values[0], y + values[1])
    return page


@ON_SQLITE
def test_a_closed_cohort_and_one_that_is_reached_by_promotion_invite_nobody(
    client_of: Clients, zhou: Person, cohort: Cohort, session: Session
) -> None:
    with db.writing() as writing:
        writing.get_one(Cohort, cohort.id).open = False
    silver = session.query(Cohort).filter_by(code="by03").one().id
    client = client_of(zhou)
    assert "This cohort is closed" in html(client.get(f"/desk/cohorts/{cohort.id}"))
    page = html(client.get(f"/desk/cohorts/{silver}"))
    assert "come by promotion" in page
    assert "/join/" not in page
