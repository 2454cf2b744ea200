"""Issuing certificates."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Certificate, Serial
from academy.achievements.certificates.rules import serial_number
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.db import insert
from academy.journal import actions as journal
from academy.journal.models import Fact, Measure, Tally
from academy.journal.queries import topics
from academy.people.actions import take_turn
from academy.people.models import Person
from academy.text.codes import new_code


def issue_if_named(session: Session, catalog: Catalog, earned: Fact) -> list[Fact]:
    """Issue an earned certificate, if its holder has told her legal name; else it waits for it."""
    holder = session.get_one(Person, earned.trainee_id)
    if not holder.legal_name:
        return []
    issued = journal.write(session, holder.id, "certificate.issued", earned.topic, "1")
    if issued is None:
        return []
    today = clock.today()
    design = design_document(catalog, earned.topic)
    session.add(
        Certificate(
            trainee_id=holder.id,
            fact_id=issued.id,
            release_id=catalog.release,
            design=earned.topic,
            serial=serial_number(catalog.one("brand")["serial"], today, _next(session, today)),
            code=new_code(),
            name=holder.legal_name,
            salutation=holder.salutation,
            fields=_fields(session, design, holder.id),
            issued_on=today,
            issued_at=clock.now(),
        )
    )
    session.flush()
    return [issued]


def issue_waiting(session: Session, holder: Person) -> list[Fact]:
    """Issue all that waited for a legal name."""
    catalog = published(session)
    waiting = select(Fact).where(Fact.trainee_id == holder.id, Fact.kind == "certificate.earned")
    issued = topics(session, holder.id, "certificate.issued")
    return [
        fact
        for earned in session.scalars(waiting)
        if earned.topic not in issued
        for fact in issue_if_named(session, catalog, earned)
    ]


def design_document(catalog: Catalog, key: str) -> dict[str, Any]:
    """A published design by its key."""
    return next(dict(d) for d in catalog.one("designs")["designs"] if d["key"] == key)


def _next(session: Session, day: date) -> int:
    # A promotion moves her to another class, before or after this: who does both must not meet who does the reverse.
    take_turn(session)
    row = insert(session, Serial).values(day=day, last=1)
    return int(
        session.execute(
            row.on_conflict_do_update(index_elements=["day"], set_={"last": Serial.last + 1}).returning(Serial.last)
        ).scalar_one()
    )


def _fields(session: Session, design: dict[str, Any], trainee_id: int) -> dict[str, int]:
    """The figures that the wording names, as they are on the day of issue."""
    found = {}
    for name, source in design.get("fields", {}).items():
        best = (
            select(func.max(Tally.best))
            .join(Measure)
            .where(
                Tally.trainee_id == trainee_id,
                Measure.kind == source["kind"],
                Measure.topic == source["topic"],
            )
        )
        found[name] = session.scalar(best) or 0
    return found
