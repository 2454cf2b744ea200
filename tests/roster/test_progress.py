"""The progress of a cohort: who has finished what, lesson by lesson."""

import io
import re
from collections.abc import Callable

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.catalog.queries import published
from academy.courses.rules import visible
from academy.db import db
from academy.people.models import Audit, Cohort, Person
from tests.conftest import ON_SQLITE, html
from tests.phone import did, learned, statements
from tests.roster.test_roster import trainees

Clients = Callable[[Person | None], FlaskClient]


def line(page: str, trainee: Person) -> list[str]:
    """The words in somebody's cells."""
    hers = page[page.index(f'id="trainee-{trainee.id}"') :].partition("</tr>")[0]
    return [re.sub(r"<[^>]+>|–", "", cell).strip() for cell in re.findall(r"<td.*?</td>", hers, re.DOTALL)]


def test_each_trainee_has_a_line_with_what_she_has_finished(
    client_of: Clients, zhou: Person, tang: Person, aduo: Person, cohort: Cohort
) -> None:
    learned(tang.id, "tools-quest", "real-user")
    did(aduo.id, "lesson.completed", "own")
    did(aduo.id, "quiz.finished", "real-user-quiz", "1", 40)
    did(aduo.id, "lesson.completed", "a-lesson-that-is-gone")
    page = html(client_of(zhou).get(f"/desk/cohorts/{cohort.id}/progress"))
    assert line(page, tang) == ["8 / 18", *["finished"] * 7, "quiz passed", *["not yet"] * 10]
    assert line(page, aduo) == ["1 / 18", *["not yet"] * 3, "finished", *["not yet"] * 14]
    totals = re.findall(r"<td[^>]*>(\d+)</td>", page.partition("<tfoot>")[2])
    assert totals == ["9", "1", "1", "1", "2", "1", "1", "1", "1", *["0"] * 10]
    assert "小米" not in page


@ON_SQLITE
def test_the_columns_are_the_published_lessons_of_the_cohorts_tier_by_stage(
    client_of: Clients, zhou: Person, cohort: Cohort
) -> None:
    page = html(client_of(zhou).get(f"/desk/cohorts/{cohort.id}/progress"))
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    assert re.findall(r'colspan="(\d)" class="starts">([^<]+)<', head) == [
        ("3", "Find your way in three minutes"),
        ("5", "Be a real user first"),
        ("5", "Your first share"),
        ("5", "When somebody asks, how to answer"),
    ]
    with db.writing() as session:
        catalog = published(session)
        lessons = [one for course in visible(catalog, ["bronze"]) for stage in course.stages for one in stage.lessons]
        titles = [lesson.title.get("en", lesson.title["zh"]) for lesson in lessons]
    for title in titles:
        assert f'<abbr title="{title}"' in head
        assert f": {title}</span>" in head


@ON_SQLITE
def test_the_cohort_and_the_roster_lead_there(client_of: Clients, zhou: Person, cohort: Cohort) -> None:
    client = client_of(zhou)
    for path in (f"/desk/cohorts/{cohort.id}", f"/desk/roster?cohort={cohort.id}"):
        assert f'href="/desk/cohorts/{cohort.id}/progress"' in html(client.get(path))


@ON_SQLITE
def test_another_trainers_cohort_is_not_found(
    client_of: Clients, wu: Person, lu: Person, tang: Person, cohort: Cohort
) -> None:
    path = f"/desk/cohorts/{cohort.id}/progress"
    assert client_of(wu).get(path).status_code == 404
    assert client_of(tang).get(path).status_code == 404
    assert client_of(None).get(path).status_code == 302
    assert "小棠" in html(client_of(lu).get(path))
    assert client_of(lu).get("/desk/cohorts/999/progress").status_code == 404


def test_a_tier_without_courses_and_a_cohort_without_trainees_say_so(
    client_of: Clients, zhou: Person, lu: Person, xiaomi: Person
) -> None:
    with db.writing() as session:
        silver = session.query(Cohort).filter_by(code="by03").one()
        silver.tier, lessonless = "gold", silver.id
        empty = Cohort(code="qt09", name="青铜 09 班", tier="bronze", capacity=50, created_at=xiaomi.created_at)
        session.add(empty)
        session.flush()
        new = empty.id
    assert "No course is published for this tier" in html(client_of(zhou).get(f"/desk/cohorts/{lessonless}/progress"))
    assert "Nobody is in this cohort yet" in html(client_of(lu).get(f"/desk/cohorts/{new}/progress"))


def test_a_large_cohort_is_cut_into_pages_with_as_few_statements_and_totals_of_all(
    client_of: Clients, zhou: Person, tang: Person, cohort: Cohort
) -> None:
    client, path = client_of(zhou), f"/desk/cohorts/{cohort.id}/progress"
    client.get(path)
    with statements() as few:
        client.get(path)
    for trainee_id in trainees([f"学员{n:02}" for n in range(60)], cohort.id):
        did(trainee_id, "lesson.completed", "own")
    with statements() as more:
        page = html(client.get(path))
    assert len(few) == len(more) <= 8, more
    assert "62 trainees" in page
    last = html(client.get(f"{path}?page=2"))
    assert (page.count('id="trainee-'), last.count('id="trainee-')) == (50, 12)
    for shown in (page, last):
        assert re.findall(r"<td[^>]*>(\d+)</td>", shown.partition("<tfoot>")[2])[:5] == ["60", "0", "0", "0", "60"]
    assert html(client.get(f"{path}?page=999")).count('id="trainee-') == 12


def test_the_whole_progress_as_a_sheet_in_which_nothing_is_a_formula(
    client_of: Clients, zhou: Person, wu: Person, tang: Person, aduo: Person, cohort: Cohort, session: Session
) -> None:
    learned(tang.id, "tools-quest")
    with db.writing() as s:
        s.get_one(Person, aduo.id).name = "=1+1"
    path = f"/desk/cohorts/{cohort.id}/progress.xlsx"
    answer = client_of(zhou).post(path)
    assert answer.status_code == 200
    head, *lines = [list(line) for line in load_workbook(io.BytesIO(answer.data)).active.values]  # type: ignore[union-attr]
    assert head[:2] == ["Trainee", "In all"]
    assert head[2].startswith("Find your way in three minutes: ")
    assert len(head) == 20
    assert lines == [["小棠", 3, "✓", "✓", "✓", *[None] * 15], ["'=1+1", 0, *[None] * 18]]
    assert "export" in html(client_of(zhou).get(path.removesuffix(".xlsx"))).lower()
    session.rollback()
    assert list(session.execute(select(Audit.action, Audit.subject))) == [("progress.exported", f"cohort/{cohort.id}")]
    assert client_of(wu).post(path).status_code == 404
    assert client_of(tang).post(path).status_code == 404
