"""The doctor finds nothing after a whole story, and names whatever was bent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.achievements.certificates.models import Certificate
from academy.achievements.rewards.models import Grant
from academy.checkins.actions import check_in
from academy.db import db
from academy.doctor.actions import mend
from academy.doctor.queries import differences
from academy.journal.models import Fact, Measure, Standing, Tally
from academy.people.models import Cohort, Person
from academy.people.passwords import hash_password
from academy.sample.people import People
from tests.conftest import Template


@pytest.fixture(scope="session", name="template")
def _template(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """The demo people beside the cast, 豆豆妈 promoted with her certificate."""
    with template.copied(tmp_path_factory.mktemp(f"doctor-{template.kind}")) as made:
        with made.told(), db.writing() as s:
            s.execute(update(Cohort).values(code=Cohort.code + "-old"))
            s.execute(update(Person).where(Person.phone.is_not(None)).values(phone="9" + Person.phone))
            People(s, hash_password("-")).tell()
            doudou = s.scalars(select(Person).where(Person.name == "豆豆妈")).one()
            doudou.legal_name = "豆豆妈妈"
            s.flush()
            assert check_in(s, doudou.id).won("certificate.issued")
        yield made


@pytest.fixture
def story(session: Session) -> int:
    """豆豆妈's id."""
    doudou = session.scalars(select(Person.id).where(Person.name == "豆豆妈")).one()
    session.rollback()
    return doudou


def names(session: Session) -> list[str]:
    session.rollback()
    found = sorted({difference.what for difference in differences(session)})
    session.rollback()
    return found


def test_after_a_whole_story_everything_is_as_the_facts_say(app: Flask, session: Session, story: int) -> None:
    assert names(session) == []
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert (result.exit_code, result.output.strip()) == (0, "everything is as the facts say")


def bent(what: str) -> Callable[[Session, int], None]:
    def bend(s: Session, doudou: int) -> None:
        match what:
            case "tally":
                s.execute(update(Tally).where(Tally.trainee_id == doudou).values(count=Tally.count + 1))
            case "a tally of nothing":
                measure = Measure(kind="lesson.completed", topic="never")
                s.add(measure)
                s.flush()
                s.add(Tally(trainee_id=doudou, measure_id=measure.id, count=1, total=1, first=1, best=1, last=1))
            case "a tally gone":
                s.execute(delete(Tally).where(Tally.trainee_id == doudou))
            case "growth":
                s.execute(update(Standing).where(Standing.trainee_id == doudou).values(growth=Standing.growth + 1))
            case "feathers":
                s.execute(update(Standing).where(Standing.trainee_id == doudou).values(feathers=0))
            case "standing":
                s.execute(update(Standing).where(Standing.trainee_id == doudou).values(tier="gold"))
            case "standing gone":
                s.execute(delete(Standing).where(Standing.trainee_id == doudou))
            case "seats":
                s.execute(update(Cohort).where(Cohort.code == "by03").values(taken=Cohort.taken + 3))

    return bend


BENT = {
    "tally": ["tally"],
    "a tally of nothing": ["tally"],
    "a tally gone": ["tally"],
    "growth": ["growth"],
    "feathers": ["feathers"],
    "standing": ["standing"],
    "standing gone": ["standing"],
    "seats": ["seats"],
}


def test_each_bent_projection_is_named_and_mended(app: Flask, session: Session, story: int) -> None:
    for what, named in BENT.items():
        with db.writing() as s:
            bent(what)(s, story)
        assert names(session) == named, what
        assert app.test_cli_runner().invoke(args=["doctor"]).exit_code == 1, what
        result = app.test_cli_runner().invoke(args=["doctor", "--mend"])
        assert result.exit_code == 0, result.output
        assert "mended: " in result.output, what
        assert names(session) == [], what


def test_what_only_a_person_can_judge_is_named_and_left(session: Session, story: int) -> None:
    with db.writing() as s:
        s.execute(delete(Certificate).where(Certificate.trainee_id == story))
        s.execute(text('UPDATE "grant" SET fact_id = (SELECT min(id) FROM fact)'))
    assert names(session) == ["certificate", "grant"]
    with db.writing() as s:
        assert mend(s) == []
    assert session.scalars(select(Grant)).first() is not None
    assert names(session) == ["certificate", "grant"]


def test_mending_changes_no_fact(session: Session, story: int) -> None:
    before = session.execute(select(Fact.id, Fact.kind, Fact.value).order_by(Fact.id)).all()
    session.rollback()
    with db.writing() as s:
        bent("a tally gone")(s, story)
        mend(s)
    assert session.execute(select(Fact.id, Fact.kind, Fact.value).order_by(Fact.id)).all() == before


def test_a_story_told_after_mending_goes_on(session: Session, story: int) -> None:
    with db.writing() as s:
        bent("a tally gone")(s, story)
    with db.writing() as s:
        mend(s)
        record(s, story, "question.right", "after-mending")
    assert names(session) == []
