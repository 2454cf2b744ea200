"""Who would be promoted if a draft were published: on real data, without changing any."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy.db import db
from academy.journal import actions as journal
from academy.journal.models import Fact, Standing
from academy.people.models import Audit, Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, html
from tests.ladder.conftest import ENGLISH, Editor, republish
from tests.phone import HTMX, statements

Clients = Callable[[Person | None], FlaskClient]
CHECKINS = "into-silver/4"


@pytest.fixture
def asked_for_ten(session: Session, tang: Person, aduo: Person, xiaomi: Person) -> None:
    """签到 10 次 is asked for; 小棠 has 7 and all else, 阿朵 12 and all else, 小米 7 and no pledge."""

    def ten(ladder: dict, _rewards: dict) -> None:  # type: ignore[type-arg]
        items = list(ladder["tiers"][0]["promotion"]["all"])
        items[4] = {"count": {"kind": "checkin.done", "at_least": 10}}
        ladder["tiers"][0]["promotion"] = {"all": items}

    republish(ten)
    with db.writing() as s:
        for her in (tang, aduo, xiaomi):
            almost_silver(s, her.id, but={"pledge.signed"} if her is xiaomi else set())
        for day in range(8, 13):
            journal.write(s, aduo.id, "checkin.done", "", f"2026-09-{day:02}")
        s.execute(update(Person).where(Person.id == tang.id).values(name="=1+1"))


def panel(editor: Editor, **typed: str) -> str:
    data = {**editor.fields, **typed}
    answer = editor.client.post("/desk/ladder/preview", data=data, headers={**HTMX, **ENGLISH})
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", html(answer)).split())


def test_what_is_typed_is_shown_before_it_is_saved(asked_for_ten: None, editor: Editor, session: Session) -> None:
    facts = session.scalar(select(func.count()).select_from(Fact))
    session.rollback()
    editor.open()
    today = panel(editor)
    assert "1 would be promoted to Silver" in today
    typed = panel(editor, **{CHECKINS: "7"})
    assert "2 promoted to Silver, 1 more than by today’s rules" in typed
    assert "promoted anyway 1 newly promoted 1 one condition short 1" in typed
    assert "Rewards about ¥40 (+20)" in typed
    assert "=1+1 7 92 newly promoted" in typed
    assert "short of: Sign the pledge" in typed
    fewer = panel(editor, **{CHECKINS: "20"})
    assert "0 promoted to Silver, 1 fewer" in fewer
    assert "no longer promoted 1" in fewer
    assert session.scalar(select(func.count()).select_from(Fact)) == facts
    assert list(session.scalars(select(Standing.tier).distinct())) == ["bronze"]


def test_a_draft_that_is_wrong_shows_no_numbers(editor: Editor) -> None:
    assert "Once it is mended" in panel(editor, **{CHECKINS: "x"})
    editor.send(**{CHECKINS: "x"})
    assert "Once it is mended" in html(editor.client.get("/desk/ladder/preview", headers=ENGLISH))
    assert editor.client.get("/desk/ladder/moves/silver").status_code == 404


def test_all_whom_it_concerns_are_listed_filtered_and_exported(
    asked_for_ten: None, editor: Editor, session: Session, tang: Person
) -> None:
    editor.open()
    editor.send(**{CHECKINS: "7"})
    page = html(editor.client.get("/desk/ladder/moves/silver", headers=ENGLISH))
    assert f'href="/desk/trainees/{tang.id}"' in page
    assert "3 people" in page
    gained = html(editor.client.get("/desk/ladder/moves/silver?result=gained", headers=ENGLISH))
    assert "阿朵" not in gained.split("<tbody>")[1]
    path = "/desk/ladder/moves/silver/export"
    sheet = editor.client.post(path, data={"result": "gained", "format": "xlsx"}, headers=ENGLISH)
    rows = list(load_workbook(io.BytesIO(sheet.data)).active.values)
    assert [row[:3] for row in rows] == [("Trainee", "Result", "Missing"), ("'=1+1", "newly promoted", None)]
    table = editor.client.post(path, data={"format": "csv"}, headers=ENGLISH)
    assert table.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["Trainee", "'=1+1", "阿朵", "小米"]
    assert lines[3][2] == "Sign the pledge"
    assert session.scalar(select(func.count()).where(Audit.action == "preview.exported")) == 2


@ON_SQLITE
def test_a_tier_that_has_no_step_has_no_list(editor: Editor) -> None:
    for tier in ("bronze", "nothing"):
        assert editor.client.get(f"/desk/ladder/moves/{tier}").status_code == 404
        assert editor.client.post(f"/desk/ladder/moves/{tier}/export").status_code == 404
    assert editor.client.get("/desk/ladder/moves/gold").status_code == 200
    assert editor.client.get("/desk/ladder/moves/silver?result=nonsense&page=99").status_code == 200


def test_the_preview_asks_the_database_a_few_times(asked_for_ten: None, editor: Editor) -> None:
    editor.open()
    panel(editor, **{CHECKINS: "7"})
    with statements() as seen:
        panel(editor, **{CHECKINS: "7"})
    assert 0 < len(seen) <= 6, seen
    editor.send(**{CHECKINS: "7"})
    with statements() as seen:
        editor.client.get("/desk/ladder/moves/silver")
    assert 0 < len(seen) <= 8, seen
