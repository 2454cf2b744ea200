"""The browsers of tests/practice, and a cohort of another trainer."""

import pytest
from sqlalchemy.orm import Session

from academy.people.models import Cohort
from tests.practice.conftest import apart as apart


@pytest.fixture
def other(session: Session) -> Cohort:
    """青铜 08 班, led by 吴老师."""
    found = session.query(Cohort).filter_by(code="qt08").one()
    session.expunge(found)
    session.rollback()
    return found
