"""小棠's certificate."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements.certificates.models import Certificate
from academy.db import db
from academy.people.models import Person
from tests.achievements.story import almost_silver


@pytest.fixture
def paper(session: Session, tang: Person) -> Certificate:
    """小棠's certificate, issued to 林晓棠."""
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        s.get_one(Person, tang.id).legal_name = "林晓棠"
        achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")
    found = session.scalars(select(Certificate)).one()
    session.expunge(found)
    session.rollback()
    return found
