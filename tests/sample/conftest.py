"""An academy with real people and a sample cohort of three, made once and copied for each test."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import record
from academy.achievements.rewards.actions import stock
from academy.db import Model, db
from academy.people.models import Appointment, Cohort, Invitee, Person
from academy.practice.actions import decide, hand_in
from academy.practice.pictures import discard
from academy.sample import cohort as sample
from academy.sample.cohort import Plan, SampleCohort, draw
from tests.achievements.story import almost_silver
from tests.conftest import Template
from tests.practice.conftest import TEXT
from tests.practice.conftest import apart as apart

FEW = (Plan("小满", 11, 1, 2), Plan("半夏", 2, 1, 2), Plan("溪溪", 2, 1, 2))


def counted(session: Session) -> dict[str, int]:
    """How many rows each table holds."""
    session.rollback()
    found = {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Model.metadata.sorted_tables}
    session.rollback()
    return found


def lives(session: Session) -> None:
    """Real people with something in every table that the sample writes to."""
    tang, aduo, zhou = (
        session.scalars(select(Person).where(Person.phone == f"138000000{n:02}")).one() for n in (11, 12, 1)
    )
    almost_silver(session, tang.id, but={"pledge.signed"})
    tang.legal_name = "林晓棠"
    given, _ = hand_in(session, aduo.id, "first-words", TEXT, [])
    decide(session, zhou, given.id, "returned", "再写一句。")
    stock(session, "silver-voucher", ["LY20-A", "LY20-B"])
    record(session, tang.id, "pledge.signed", "koc", "2026-09")
    home = session.query(Cohort).filter_by(code="qt07").one()
    session.add(Appointment(cohort_id=home.id, title="直播课", at=clock.now()))
    session.add(Invitee(cohort_id=home.id, phone="13911112222", name="林女士", at=clock.now()))


@pytest.fixture(scope="session", name="template")
def _template(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with template.copied(tmp_path_factory.mktemp(f"sample-{template.kind}")) as made:
        with made.told() as app, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sample, "PLANS", FEW)
            with db.writing() as session:
                lives(session)
            (made.files / "before.json").write_text(json.dumps(counted(session)))
            pictures = draw(app.extensions["files"])
            with db.writing() as session:
                SampleCohort(session, pictures).tell()
            discard(session, [kept.file for kept in pictures])
        yield made
