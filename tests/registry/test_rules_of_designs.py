"""The rule by which a certificate is issued is put together by clicking, and a design can be retired."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.achievements.actions import issue_waiting
from academy.achievements.certificates.models import Batch, Certificate
from academy.achievements.goals import goals
from academy.catalog.queries import published
from academy.db import db
from academy.journal import actions as journal
from academy.packs.actions import export, read
from academy.people.models import Person
from academy.registry import batches
from tests.achievements.story import almost_silver, change, run_jobs
from tests.conftest import ON_SQLITE, html
from tests.ladder.conftest import ENGLISH
from tests.phone import HTMX, did
from tests.registry.conftest import DESIGN, ISSUING, begun, issued, listed, named, serials
from tests.registry.test_designs import DESK, Clients, Editor, designs

CLICKED = {"all": [{"count": {"kind": "lesson.completed", "at_least": 2}}]}


def add(editor: Editor, slot: str, what: str, **form: str) -> TestResponse:
    """Choose a condition and put it into a slot; then open the editor again."""
    path = f"{editor.address}/condition"
    page = editor.client.get(path, query_string={"at": f"{slot}/", "what": what}, headers=ENGLISH).text
    mark = page.split('name="revisions" value="')[1].split('"')[0]
    data = {"at": f"{slot}/", "do": "add", "what": what, "revisions": mark, **form}
    answer = editor.client.post(path, data=data, headers=ENGLISH)
    editor.open()
    return answer


@pytest.fixture
def yearly(client_of: Clients, lu: Person) -> Editor:
    """鹿芽运营 at a new design, 年度优秀, which is not published yet."""
    client = client_of(lu)
    key = client.post(DESK, data={"from": DESIGN, "title": "年度优秀"}).location.rpartition("/")[2]
    return Editor(client, key)


def lessons(*people: tuple[Person, int]) -> None:
    """Let these have completed so many lessons, without anything that follows."""
    with db.writing() as s:
        for person, number in people:
            for n in range(number):
                journal.write(s, person.id, "lesson.completed", f"lesson {n}")


def retire(retired: bool = True) -> None:
    def one(document: dict[str, Any]) -> None:
        document["designs"][0].update(retired=retired)

    change(one, "designs")


# The rule


def test_a_rule_is_clicked_together_and_issues_from_then_on(
    yearly: Editor, app: Flask, session: Session, tang: Person, aduo: Person
) -> None:
    named({tang.id: "林晓棠"})
    lessons((tang, 2), (aduo, 2))
    assert add(yearly, "criterion", "lesson.completed", figure="count", number="9").status_code == 303
    assert "Not published yet" in yearly.page
    assert yearly.send("publish", **{"criterion/0": "2"}).status_code == 303
    assert designs(session)["silver-honor-2"]["criterion"] == CLICKED
    run_jobs(app)
    session.rollback()
    paper = session.scalars(select(Certificate)).one()
    assert (paper.trainee_id, paper.design, paper.by_id) == (tang.id, "silver-honor-2", None)
    session.rollback()
    # 阿朵 has earned hers and gets it once she gives her name.
    named({aduo.id: "何朵"})
    with db.writing() as s:
        assert issue_waiting(s, s.get_one(Person, aduo.id)).won("certificate.issued") == ["silver-honor-2"]


def test_who_would_get_it_is_counted_on_what_is_typed_and_writes_nothing(
    yearly: Editor, session: Session, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    named({tang.id: "林晓棠"})
    lessons((tang, 2), (aduo, 2), (xiaomi, 1))
    people = f"{yearly.address}/people"
    assert "no rule issues it" in html(yearly.client.get(people, headers=ENGLISH))
    add(yearly, "criterion", "lesson.completed", figure="count", number="2")
    page = html(yearly.client.get(people, headers=ENGLISH))
    assert '<span class="num">2</span><span>would win it at once' in page
    assert "1 of them has not given her legal name" in page
    assert "小米" in page
    assert "short of: Lessons completed" in page
    typed = {**yearly.fields, "criterion/0": "1"}
    page = html(yearly.client.post(people, data=typed, headers=ENGLISH | HTMX))
    assert '<span class="num">3</span><span>would win it at once' in page
    assert "<html" not in page
    assert "marked" in html(yearly.client.post(people, data={**typed, "criterion/0": "x"}, headers=ENGLISH | HTMX))
    retired = html(yearly.client.post(people, data={**typed, "retired": "y"}, headers=ENGLISH | HTMX))
    assert "nobody gets it any more" in retired
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Certificate)) == 0
    assert "silver-honor-2" not in designs(session)


@ON_SQLITE
def test_conditions_are_taken_out_again_and_grouped(yearly: Editor) -> None:
    for number in ("2", "3"):
        add(yearly, "criterion", "lesson.completed", figure="count", number=number)
    assert yearly.page.count('value="remove:criterion/') == 2
    assert yearly.send("remove:criterion/0").status_code == 303
    assert yearly.open().count('value="remove:criterion/') == 1
    path = f"{yearly.address}/condition"
    mark = yearly.client.get(path, query_string={"at": "criterion/0", "do": "edit"}).text
    data = {
        **{"at": "criterion/0", "do": "edit", "figure": "count", "number": "3", "group": "any"},
        "revisions": mark.split('name="revisions" value="')[1].split('"')[0],
    }
    assert yearly.client.post(path, data=data).status_code == 303
    assert 'value="any" selected' in yearly.open()
    assert yearly.send("dissolve:criterion/0").status_code == 303
    assert 'value="any" selected' not in yearly.open()


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"criterion/0": "x"}, "Please give a whole number"),
        ({"criterion/0": "0"}, "Please give a whole number"),
        ({"valid_days": ""}, "is not issued anew"),
        ({"valid_days": "30"}, "is not issued anew"),
    ],
)
def test_a_rule_that_is_wrong_is_marked_kept_and_not_published(
    yearly: Editor, session: Session, typed: dict[str, str], said: str
) -> None:
    yearly.send(valid_days="365")
    yearly.open()
    for slot in ("criterion", "renewal"):
        add(yearly, slot, "lesson.completed", figure="count", number="2")
    refused = yearly.send("publish", **typed)
    assert refused.status_code == 422
    assert said in html(refused)
    assert "silver-honor-2" not in designs(session)
    assert said in html(yearly.client.get(yearly.address, headers=ENGLISH))


@ON_SQLITE
def test_no_certificate_is_for_gathering_people(yearly: Editor) -> None:
    assert "group.built" not in yearly.client.get(f"{yearly.address}/condition?at=criterion/").text
    add(yearly, "criterion", "group.built", figure="best", number="20")
    assert "禁止传销条例" in html(yearly.send("publish"))


@ON_SQLITE
def test_what_can_t_be_clicked_changes_nothing(yearly: Editor) -> None:
    for click in ("remove:criterion/0", "remove:body/0", "dissolve:criterion/x"):
        assert yearly.send(click).status_code == 404
    assert yearly.client.get(f"{yearly.address}/condition?at=body/").status_code == 404
    assert yearly.send(kept=Editor(yearly.client).fields["kept"]).status_code == 400


def test_of_two_who_change_the_rule_the_second_sees_the_other_s_and_loses_nothing(
    yearly: Editor, session: Session
) -> None:
    add(yearly, "criterion", "lesson.completed", figure="count", number="2")
    other = Editor(yearly.client, "silver-honor-2")
    other.send(**{"criterion/0": "5"})
    late = yearly.send(**{"criterion/0": "7"})
    assert late.status_code == 409
    page = html(late)
    assert "Issued by itself" in page.partition("Theirs")[2]
    kept = page.split('name="kept" value="')[1].split('"')[0]
    yearly.fields |= {"kept": kept, "criterion/0": "7"}
    assert yearly.send("publish").status_code == 303
    assert designs(session)["silver-honor-2"]["criterion"]["all"][0]["count"]["at_least"] == 7


# Retired


def test_a_retired_design_is_issued_by_no_rule_and_what_was_issued_stays_in_force(
    app: Flask, client_of: Clients, session: Session, lu: Person, tang: Person, aduo: Person
) -> None:
    named({tang.id: "林晓棠", aduo.id: "何朵"})
    editor = Editor(client_of(lu))
    add(editor, "criterion", "lesson.completed", figure="count", number="1")
    editor.send("remove:criterion/0")
    editor.open()
    editor.send("publish")
    lessons((tang, 1))
    run_jobs(app)
    (serial,) = serials(session)
    code = session.scalars(select(Certificate.code)).one()
    editor.open()
    assert editor.send("publish", retired="y").status_code == 303
    assert did(aduo.id, "lesson.completed", "one").won("certificate.earned") == []
    assert serials(session) == [serial]
    page = html(client_of(lu).get(DESK, headers=ENGLISH))
    assert "Retired" in page
    assert "证书真实有效" in html(client_of(None).get(f"/v/{serial}/{code}"))
    assert client_of(tang).get(f"/honours/certificates/{serial}.pdf").status_code == 200
    # Brought back, it is for all who qualify meanwhile.
    editor.open()
    del editor.fields["retired"]
    editor.send("publish")
    run_jobs(app)
    assert len(serials(session)) == 2


def test_who_earned_it_before_gets_it_once_she_is_named(
    app: Flask, session: Session, desk: FlaskClient, tang: Person
) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    assert did(tang.id, "pledge.signed", "koc", "2026-09").won("certificate.earned") == [DESIGN]
    retire()
    run_jobs(app)
    assert serials(session) == []
    named({tang.id: "林晓棠"})
    with db.writing() as s:
        issue_waiting(s, s.get_one(Person, tang.id))
    assert len(serials(session)) == 1
    # The register says by which rule it was, though none issues it now.
    paper = session.scalars(select(Certificate.id)).one()
    session.rollback()
    assert "按什么规则颁发</dt><dd>晋级白银" in html(desk.get(f"/desk/certificates/register/{paper}"))


def test_a_batch_that_waits_refuses_and_names_the_design(
    app: Flask, session: Session, desk: FlaskClient, lu: Person, tang: Person
) -> None:
    named({tang.id: "林晓棠"})
    batch = listed(lu, [tang.id])
    retire()
    for page in (desk.get(f"{ISSUING}/{batch}"), desk.post(f"{ISSUING}/{batch}", data={"do": "issue", "notify": "y"})):
        assert "「白银晋级荣誉证书」已停发" in html(page)
    assert f'value="{DESIGN}"' not in html(desk.get(f"{ISSUING}/new"))
    assert desk.post(f"{ISSUING}/new", data={"design": DESIGN, "way": "filter"}).status_code == 422
    with app.test_request_context(), db.writing() as s:
        with pytest.raises(batches.Retired):
            batches.begin(s, s.get_one(Person, lu.id), s.get_one(Batch, batch), 0)
        with pytest.raises(batches.Retired):
            batches.choose(s, s.get_one(Person, lu.id), DESIGN, "一批", [tang.id])
    retire(False)
    assert desk.post(f"{ISSUING}/{batch}", data={"do": "issue", "notify": "y"}).status_code == 303
    run_jobs(app)
    assert issued(session, batch) == 1


def test_a_batch_under_way_ends_when_its_design_is_retired_and_goes_on_when_it_is_back(
    app: Flask, session: Session, desk: FlaskClient, lu: Person, tang: Person, aduo: Person
) -> None:
    named({tang.id: "林晓棠", aduo.id: "何朵"})
    batch = begun(lu, [tang.id, aduo.id])
    retire()
    run_jobs(app)
    assert issued(session, batch) == 0
    page = html(desk.get(f"{ISSUING}/{batch}"))
    assert "「白银晋级荣誉证书」已停发" in page
    assert 'value="issue"' not in page
    assert desk.post(f"{ISSUING}/{batch}", data={"do": "issue", "runs": 1}).status_code == 409
    with db.writing() as s:
        assert batches.issue(s, s.get_one(Batch, batch), lu.id, [tang.id, aduo.id]) == 0
    retire(False)
    desk.post(f"{ISSUING}/{batch}", data={"do": "issue", "runs": 1})
    run_jobs(app)
    assert issued(session, batch) == 2


@ON_SQLITE
def test_rule_and_retirement_travel_with_the_pack(yearly: Editor, app: Flask, session: Session, tmp_path: Path) -> None:
    yearly.send(valid_days="365")
    yearly.open()
    for slot in ("criterion", "renewal"):
        add(yearly, slot, "lesson.completed", figure="count", number="2")
    assert yearly.send("publish", retired="y").status_code == 303
    made = designs(session)["silver-honor-2"]
    assert (made["criterion"], made["renewal"], made["retired"]) == (CLICKED, CLICKED, True)
    assert not [goal for goal in goals(published(session)) if goal.topic == "silver-honor-2"]
    with app.app_context():
        pack = export(published(db.session()), app.extensions["files"], tmp_path / "pack")
    assert not pack.problems
    assert read(tmp_path / "pack").documents["designs", "academy"] == dict(published(session).one("designs"))


@ON_SQLITE
def test_a_condition_that_asks_for_what_is_retired_says_so(yearly: Editor) -> None:
    add(yearly, "criterion", "certificate", key=DESIGN)
    assert "This is retired" not in yearly.page
    retire()
    assert "This is retired" in yearly.open()
