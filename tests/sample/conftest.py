"""An academy with real people and a sample cohort of three, made once and copied for each test."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock, create_app
from academy.achievements import record
from academy.achievements.rewards.actions import stock
from academy.db import Model, db
from academy.people.models import Appointment, Cohort, Invitee, Person
from academy.practice.actions import decide, hand_in
from academy.practice.pictures import discard
from academy.sample import cohort as sample
from academy.sample.cohort import Plan, SampleCohort, draw
from tests.achievements.story import almost_silver
from tests.conftest import MONDAY, Template, settings
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
    folder = tmp_path_factory.mktemp(f"sample-{template.kind}")
    shutil.copytree(template.files / "files", folder / "files")
    if template.server is None:
        shutil.copy(template.path, folder / "academy.sqlite")
        made, url = Template("sqlite", folder / "academy.sqlite", folder), f"sqlite:///{folder}/academy.sqlite"
    else:
        name = template.server.create(str(template.path))
        made, url = Template("postgresql", Path(name), folder, template.server), template.server.url(name)
    with pytest.MonkeyPatch.context() as patch, create_app(settings(url, folder)).app_context() as context:
        patch.setattr(clock, "source", lambda: MONDAY)
        patch.setattr(sample, "PLANS", FEW)
        with db.writing() as session:
            lives(session)
        (folder / "before.json").write_text(json.dumps(counted(session)))
        pictures = draw(context.app.extensions["files"])
        with db.writing() as session:
            SampleCohort(session, pictures).tell()
        discard(session, [kept.file for kept in pictures])
        db.session.remove()
        if made.kind == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    yield made
    if template.server:
        template.server.drop(name)
