"""Brand staff at work on certificates: a batch is chosen, issued and printed."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Batch, Certificate, Pick
from academy.db import db
from academy.jobs.models import Job
from academy.journal.actions import start
from academy.people.actions import join_cohort
from academy.people.models import Cohort, Person
from academy.registry import batches

Clients = Callable[[Person | None], FlaskClient]
ISSUING = "/desk/certificates/issuing"
DESIGN = "silver-honor"


@pytest.fixture
def desk(client_of: Clients, lu: Person) -> FlaskClient:
    """The brand's browser."""
    return client_of(lu)


@pytest.fixture
def quiet(session: Session) -> None:
    """Nothing else waits to be done."""
    with db.writing() as s:
        s.execute(delete(Job))


def named(people: dict[int, str]) -> None:
    """Keep legal names."""
    with db.writing() as s:
        for id, name in people.items():
            holder = s.get_one(Person, id)
            holder.legal_name, holder.salutation = name, "女士"


def crowd(number: int, cohort: Cohort | None = None) -> list[int]:
    """Further trainees, each with a legal name; their numbers."""
    with db.writing() as s:
        people = [
            Person(role="trainee", name=f"学员{n}", phone=f"1390000{n:04}", password_hash="-", legal_name="陈晓")
            for n in range(number)
        ]
        for person in people:
            person.created_at = clock.now()
        s.add_all(people)
        s.flush()
        for person in people:
            start(s, person.id, "bronze")
            if cohort:
                assert join_cohort(s, person.id, s.get_one(Cohort, cohort.id))
    return [person.id for person in people]


def listed(staff: Person, trainees: list[int], design: str = DESIGN) -> int:
    """A batch of these; its number."""
    with db.writing() as s:
        return batches.choose(s, s.get_one(Person, staff.id), design, "一批", trainees).id


def begun(staff: Person, trainees: list[int]) -> int:
    """A batch of these that waits for its job; its number."""
    batch = listed(staff, trainees)
    with db.writing() as s:
        assert batches.begin(s, s.get_one(Person, staff.id), s.get_one(Batch, batch), 0)
    return batch


def serials(session: Session) -> list[str]:
    """All serials, in their order."""
    session.rollback()
    return list(session.scalars(select(Certificate.serial).order_by(Certificate.id)))


def issued(session: Session, batch: int) -> int:
    """How many a batch has issued."""
    session.rollback()
    return session.scalar(select(func.count(Pick.certificate_id)).where(Pick.batch_id == batch)) or 0


def whole(number: int, day: str = "0914") -> list[str]:
    """So many serials of a day, without a gap."""
    return [f"LY-2026-{day}-{n:04}" for n in range(1, number + 1)]
