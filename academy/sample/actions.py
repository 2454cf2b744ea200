"""Clearing the sample."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, cast, delete, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from academy.achievements.rewards.models import Grant, Voucher
from academy.db import Model
from academy.people.actions import audit
from academy.people.models import Audit, Cohort, Membership, Person
from academy.practice.models import HandIn, Picture
from academy.sample.queries import invented
from academy.training.models import Live


@dataclass(frozen=True)
class Cleared:
    """How many people were deleted, and the files of their pictures, to be discarded once this is committed."""

    people: int
    files: list[str]


def clear(session: Session, staff: Person | None) -> Cleared:
    """Delete the sample cohorts' people with whatever is theirs, then the cohorts; done again, it deletes nothing.

    A sample cohort in which somebody real has been stays, closed, as an ordinary one.
    """
    people = list(session.scalars(invented().order_by(Person.id).with_for_update()))
    files = list(session.scalars(select(Picture.file).join(HandIn).where(HandIn.trainee_id.in_(people)).distinct()))
    others = exists().where(Membership.cohort_id == Cohort.id, Membership.trainee_id.not_in(people))
    cohorts = list(session.scalars(select(Cohort.id).where(Cohort.sample, ~others)))
    seats = list(session.scalars(select(Membership.cohort_id).where(Membership.trainee_id.in_(people)).distinct()))
    # Codes that were invented with the sample go; a real one that was taken is free again.
    theirs = select(Grant.id).where(Grant.trainee_id.in_(people))
    session.execute(delete(Voucher).where(Voucher.id < 0, Voucher.grant_id.in_(theirs)))
    going: dict[str, ColumnElement[bool]] = {
        Person.__tablename__: Person.id.in_(people),
        Cohort.__tablename__: Cohort.id.in_(cohorts),
        # Its class may be missing, but only from that of a lesson.
        Live.__tablename__: Live.cohort_id.in_(cohorts),
    }
    _delete(session, going)
    learning = select(func.count()).where(Membership.cohort_id == Cohort.id, Membership.until.is_(None))
    for statement in (
        update(Cohort).where(Cohort.id.in_(seats)).values(taken=learning.scalar_subquery()),
        update(Cohort).where(Cohort.sample).values(sample=False),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    if staff and (people or cohorts):
        audit(session, staff, "sample.cleared", f"people/{len(people)}")
    return Cleared(len(people), files)


def _delete(session: Session, going: dict[str, ColumnElement[bool]]) -> None:
    """Delete rows with all that must not be without them; what may be without them forgets them.

    `going` says by table which rows those are. What staff did to such a row leaves the audit trail with it: a later
    row may bear its number.
    """
    tables = Model.metadata.sorted_tables  # a table comes after those that it refers to
    for table in tables:
        doomed = [going[table.name]] if table.name in going else []
        doomed += [lost for column, lost in _references(table, going) if not column.nullable]
        if doomed:
            going[table.name] = or_(*doomed)
    for table in reversed(tables):
        if table.name in going:
            gone = going[table.name]
            if "id" in table.c:
                subjects = select(literal(f"{table.name}/").concat(cast(table.c.id, String))).where(gone)
                forget = delete(Audit).where(Audit.subject.in_(subjects))
                session.execute(forget.execution_options(synchronize_session=False))
            session.execute(delete(table).where(gone))
        for column, lost in _references(table, going):
            if column.nullable:
                session.execute(update(table).where(lost).values({column: None}))


def _references(
    table: Table, going: Mapping[str, ColumnElement[bool]]
) -> Iterator[tuple[Column[Any], ColumnElement[bool]]]:
    """The columns of a table that refer to rows that go, each with which rows it does so in."""
    for key in table.foreign_keys:
        if key.column.table.name in going:
            yield key.parent, key.parent.in_(select(key.column).where(going[key.column.table.name]))
