"""The brand's side: who is accepted, what is pasted, what is taken along, what is forgotten."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock as house_clock
from academy.db import db
from academy.people.models import Audit, Candidate, Cohort, Person
from academy.recruiting.jobs import forget_candidates
from academy.recruiting.rules import forgotten_on, over
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements
from tests.recruiting.conftest import CODE, Clients, accept, applied, candidates, set_group


def several(client_of: Clients, number: int) -> None:
    """Let so many people apply."""
    for n in range(number):
        applied(client_of(None), phone=f"139001300{n:02}", name=f"候选{n}")


def audits(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(one.action, one.subject) for one in session.scalars(select(Audit).order_by(Audit.id))]


def test_the_desk_counts_and_filters_candidates(
    client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    several(client_of, 3)
    first, second, _third = candidates(session)
    desk = client_of(lu)
    accept(desk, group, first.id)
    accept(desk, group, second.id, verdict="declined")
    overview = html(desk.get("/desk/recruiting"))
    assert "招募 01 群" in overview
    assert "青铜 07 班" not in overview
    page = html(desk.get(f"/desk/recruiting/{group.id}"))
    for shown in ("To decide 1", "Accepted 1", "Declined 1", "Has joined 0"):
        assert shown in page
    chosen = html(desk.get(f"/desk/recruiting/{group.id}?state=accepted"))
    assert "候选0" in chosen
    assert "候选1" not in chosen
    assert "139****0000" in page
    assert "13900130000" not in page
    assert desk.get(f"/desk/recruiting/{group.id}?state=lost").status_code == 404


def test_a_page_of_fifty_asks_few_statements(client_of: Clients, lu: Person, group: Cohort, session: Session) -> None:
    with db.writing() as s:
        for n in range(60):
            s.add(
                Candidate(
                    **{"cohort_id": group.id, "phone": f"139001200{n:02}", "name": f"候选{n:02}", "why": "想学。"},
                    **{"channel": "baby", "way": "pool", "at": house_clock.now(), "consent_version": "2026-09"},
                    digest=f"{n}",
                )
            )
    desk = client_of(lu)
    desk.get(f"/desk/recruiting/{group.id}")
    with statements() as seen:
        page = html(desk.get(f"/desk/recruiting/{group.id}"))
    assert len(seen) <= 6, seen
    assert "候选49" in page
    assert "候选50" not in page
    assert "候选59" in html(desk.get(f"/desk/recruiting/{group.id}?page=2"))


def test_several_are_accepted_at_once_with_one_note_and_on_record(
    client_of: Clients, lu: Person, group: Cohort, session: Session, clock: Clock
) -> None:
    several(client_of, 3)
    ids = [one.id for one in candidates(session)]
    answer = accept(client_of(lu), group, *ids[:2], note=" 欢迎！\r\n周一见。 ")
    assert answer.status_code == 303
    rows = candidates(session)
    assert [one.state for one in rows] == ["accepted", "accepted", "applied"]
    assert [(one.note, one.by_id, one.decided_at) for one in rows[:2]] == [("欢迎！\n周一见。", lu.id, clock.at)] * 2
    assert audits(session) == [("candidate.accepted", f"candidate/{id}") for id in ids[:2]]
    accept(client_of(lu), group, *ids[:2], note="再来一次")
    assert candidates(session)[0].note == "欢迎！\n周一见。"
    assert len(audits(session)) == 2


@ON_SQLITE
def test_one_is_decided_by_her_own_button_whoever_is_ticked(
    client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    several(client_of, 2)
    first, second = candidates(session)
    data = {"declined": str(second.id), "id": [str(first.id)], "note": ""}
    client_of(lu).post(f"/desk/recruiting/{group.id}/decisions", data=data)
    assert [one.state for one in candidates(session)] == ["applied", "declined"]
    data = {"accepted": str(second.id)}
    client_of(lu).post(f"/desk/recruiting/{group.id}/decisions", data=data)
    assert candidates(session)[1].state == "accepted"


@ON_SQLITE
def test_more_than_there_are_seats_is_pointed_out(
    client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    several(client_of, 4)
    desk = client_of(lu)
    ids = [one.id for one in candidates(session)]
    accept(desk, group, *ids[:2])
    assert "more are accepted" not in html(desk.get(f"/desk/recruiting/{group.id}"))
    accept(desk, group, *ids[2:])
    assert "2 more are accepted than there are seats left" in html(desk.get(f"/desk/recruiting/{group.id}"))
    assert session.get_one(Cohort, group.id).taken == 0
    assert (over(4, 0, 2), over(2, 0, 2), over(0, 2, 2), over(1, 2, 2)) == (2, 0, 0, 1)


@pytest.mark.parametrize(
    "form",
    [
        {"accepted": "ticked"},
        {"accepted": "x"},
        {"accepted": "ticked", "id": ["x", "-1", "99999999999"]},
        {"accepted": "²"},
        {},
    ],
)
def test_what_means_nobody_changes_nobody(
    client_of: Clients, lu: Person, group: Cohort, session: Session, form: dict[str, Any]
) -> None:
    several(client_of, 1)
    answer = client_of(lu).post(f"/desk/recruiting/{group.id}/decisions", data=form)
    assert answer.status_code == 303
    assert candidates(session)[0].state == "applied"
    assert audits(session) == []


@ON_SQLITE
def test_too_long_a_note_is_refused_and_who_was_ticked_stays_so(
    client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    several(client_of, 1)
    (one,) = candidates(session)
    answer = accept(client_of(lu), group, one.id, note="长" * 301)
    assert answer.status_code == 422
    assert re.search(rf'name="id" value="{one.id}"[^>]* checked', html(answer))
    assert candidates(session)[0].state == "applied"


def test_nobody_is_decided_on_through_another_group_nor_after_she_withdrew(
    client_of: Clients, lu: Person, group: Cohort, cohort: Cohort, session: Session
) -> None:
    address = applied(client_of(None))
    (one,) = candidates(session)
    assert accept(client_of(lu), cohort, one.id).status_code == 404
    client_of(None).post(f"{address}/withdrawal")
    accept(client_of(lu), group, one.id)
    assert candidates(session)[0].state == "withdrawn"


def test_two_who_decide_at_once_decide_once(
    app: Flask, client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    several(client_of, 6)
    ids = [one.id for one in candidates(session)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda turn: accept(client_of(lu), group, *ids[::turn]), (1, -1, 1, -1)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(audits(session)) == 6


@ON_SQLITE
def test_only_the_brand_sees_candidates(
    client_of: Clients, tang: Person, zhou: Person, group: Cohort, session: Session
) -> None:
    several(client_of, 1)
    (one,) = candidates(session)
    paths = ("", "/invitation", "/qr.svg")
    for who, status in ((tang, 404), (zhou, 404), (None, 302)):
        client = client_of(who)
        assert [client.get(f"/desk/recruiting/{group.id}{path}").status_code for path in paths] == [status] * 3
        assert accept(client, group, one.id).status_code == status
        assert client.post(f"/desk/candidates/{one.id}/links").status_code == status
        assert client.post(f"/desk/recruiting/{group.id}/candidates.xlsx").status_code == status
    assert candidates(session)[0].state == "applied"


def test_the_list_is_taken_along_whole_guarded_and_on_record(
    client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    applied(client_of(None), name="=cmd|x", why='+HYPERLINK("//x")')
    applied(client_of(None), phone="13900139002", name="小禾", way="policy")
    answer = client_of(lu).post(f"/desk/recruiting/{group.id}/candidates.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    head, *rows = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    assert head[:5] == ("Candidate", "Phone number", "Shares about", "Way in", "State")
    assert rows[0][:5] == ("'=cmd|x", "13900139001", "Mother and baby", "Existing pool", "To decide")
    assert rows[0][7] == '\'+HYPERLINK("//x")'
    assert rows[1][3] == "Published policy"
    assert audits(session) == [("candidates.exported", f"cohort/{group.id}")]
    only = client_of(lu).post(f"/desk/recruiting/{group.id}/candidates.xlsx?state=joined")
    assert len(list(load_workbook(io.BytesIO(only.data)).active.iter_rows())) == 1


def test_who_lost_her_link_gets_a_new_one_and_the_old_one_ends(
    client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    old = applied(client_of(None))
    (one,) = candidates(session)
    page = html(client_of(lu).post(f"/desk/candidates/{one.id}/links"))
    found = re.search(r'value="http://localhost(/applications/[^"]+)"', page)
    assert found
    assert client_of(None).get(found.group(1)).status_code == 200
    assert client_of(None).get(old).status_code == 404
    assert audits(session) == [("candidate.link", f"candidate/{one.id}")]
    assert client_of(lu).post("/desk/candidates/999/links").status_code == 404


def test_the_invitation_and_its_qr_code_lead_to_the_page_by_the_way_chosen(
    client_of: Clients, lu: Person, stranger: FlaskClient, group: Cohort, tmp_path: Any
) -> None:
    texts = set()
    for way in ("pool", "campaign", "policy"):
        page = html(client_of(lu).get(f"/desk/recruiting/{group.id}/invitation?from={way}"))
        link = f"http://localhost/apply/{CODE}?from={way}"
        found = re.search(r'data-copies="([^"]*招募 01 群[^"]*)"', page)
        assert found
        assert link in found.group(1)
        texts.add(found.group(1))
        assert f"/desk/recruiting/{group.id}/qr.svg?from={way}" in page
    assert len(texts) == 3
    svg = client_of(lu).get(f"/desk/recruiting/{group.id}/qr.svg?from=policy")
    assert svg.mimetype == "image/svg+xml"
    assert _read(svg.data) == f"http://localhost/apply/{CODE}?from=policy"
    set_group(group, phase="training")
    assert "does not open" in html(client_of(lu).get(f"/desk/recruiting/{group.id}/invitation"))


def _read(svg: bytes) -> str:
    """What a QR code drawn as one path of horizontal strokes says."""
    text = svg.decode()
    size = int(re.search(r'viewBox="0 0 (\d+)', text).group(1)) if "viewBox" in text else None  # type: ignore[union-attr]
    if size is None:
        size = int(re.search(r'width="(\d+)"', text).group(1)) // 8  # type: ignore[union-attr]
    picture = Image.new("L", (size, size), 255)
    x, y = 0.0, 0.0
    path = re.search(r'd="(M[^"]*h[^"]*)" class="qrline"', text) or re.search(r'class="qrline" d="([^"]*)"', text)
    if path is None:
        path = re.search(r'stroke="[^"]*" [^>]*d="([^"]*)"', text) or re.findall(r'd="([^"]*)"', text)[-1:]  # type: ignore[assignment]
    drawn = path.group(1) if isinstance(path, re.Match) else path[0]  # type: ignore[index]
    for word, numbers in re.findall(r"([MmhH])([-\d. ]+)", drawn):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if word == "M":
            x, y = values
        elif word == "m":
            x, y = x + values[0], y + values[1]
        elif word == "h":
            for step in range(int(values[0])):
                picture.putpixel((int(x) + step, int(y)), 0)
            x += values[0]
    (found,) = zxingcpp.read_barcodes(picture.resize((size * 8, size * 8)))
    return str(found.text)


@ON_SQLITE
@pytest.mark.parametrize(("field", "typed"), [("duties", "长" * 1001), ("honours", "长" * 1001)])
def test_too_long_a_wording_is_refused_and_kept_in_the_form(
    client_of: Clients, lu: Person, group: Cohort, field: str, typed: str
) -> None:
    answer = client_of(lu).post(f"/desk/recruiting/{group.id}/invitation", data={field: typed})
    assert answer.status_code == 422
    assert typed in html(answer)


# Forgetting


@ON_SQLITE
def test_the_last_day_that_is_forgotten_is_ninety_days_ago() -> None:
    assert forgotten_on(date(2026, 12, 13)) == date(2026, 9, 14)


def test_who_did_not_join_is_forgotten_ninety_days_after_the_decision(
    client_of: Clients, lu: Person, group: Cohort, session: Session, clock: Clock
) -> None:
    desk = client_of(lu)
    several(client_of, 4)
    applied(client_of(None), phone="13900130001", name="又来一次")
    _waiting, declined, accepted, joined, _again = candidates(session)
    clock.move(days=10)
    accept(desk, group, declined.id, verdict="declined")
    accept(desk, group, accepted.id, joined.id)
    with db.writing() as s:
        s.execute(update(Candidate).where(Candidate.id == joined.id).values(state="joined", person_id=lu.id))
    clock.move(days=79)
    assert forget_candidates() == 0
    clock.move(days=1)
    assert forget_candidates() == 2
    assert [one.id for one in candidates(session)] == [declined.id, accepted.id, joined.id]
    clock.move(days=10)
    assert forget_candidates() == 2
    assert [one.id for one in candidates(session)] == [joined.id]
    assert forget_candidates() == 0


def test_a_clock_that_jumps_back_forgets_nobody_and_one_that_jumps_ahead_only_those_due(
    client_of: Clients, lu: Person, group: Cohort, session: Session, clock: Clock
) -> None:
    several(client_of, 1)
    there = clock.at
    clock.to(there - timedelta(days=400))
    assert forget_candidates() == 0
    clock.to(there + timedelta(days=89))
    assert forget_candidates() == 0
    clock.to(there + timedelta(days=400))
    assert forget_candidates() == 1
