"""Writes of traits; each lets the trainee win at once what she newly qualifies for."""

import json
from collections.abc import Iterable

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from academy.achievements import Outcome
from academy.achievements.actions import judge
from academy.achievements.nightly import BATCH
from academy.files import FileRoom
from academy.jobs.work import Held
from academy.people.actions import audit, lock, lock_all
from academy.people.models import Person, Trait
from academy.traits.rules import MOST, Noted
from academy.web.errors import Refused

AREA = "traits"
"""Where the lines of a confirmed import wait for the job that takes them in."""


class TooMany(Refused):
    """She has as many traits as one may have."""


def note(session: Session, staff: Person, trainee_id: int, noted: Noted) -> Outcome | None:
    """Note a trait of a trainee, or its new value; None if it stands there already. Raises `TooMany`."""
    lock(session, trainee_id)
    changed, left_out = _write(session, trainee_id, [noted])
    if left_out:
        raise TooMany(_("At most %(n)s things are noted of a person. Please remove one first.", n=MOST))
    if not changed:
        return None
    audit(session, staff, "trait.noted", f"person/{trainee_id}")
    return judge(session, trainee_id, changed)


def forget(session: Session, staff: Person, trainee_id: int, kind: str, key: str) -> Outcome | None:
    """Remove a trait; None if it is not there (any more)."""
    lock(session, trainee_id)
    hers = Trait.trainee_id == trainee_id, Trait.kind == kind, Trait.key == key
    if session.execute(delete(Trait).where(*hers).returning(Trait.key)).first() is None:
        return None
    audit(session, staff, "trait.forgotten", f"person/{trainee_id}")
    return judge(session, trainee_id, {kind})


def take_in(job: Held) -> None:
    """Note what a confirmed import tells, two hundred people at a time."""
    room: FileRoom = current_app.extensions["files"]
    done, people = job.progress.get("done", 0), job.args["people"]
    if done < people:
        rows = json.loads(room.path(AREA, job.args["file"]).read_bytes())
        for start in range(done, people, BATCH):
            batch = rows[start : start + BATCH]
            with job.step() as session:
                living = set(lock_all(session, [trainee_id for trainee_id, _ in batch]))
                for trainee_id, traits in batch:
                    if trainee_id in living:
                        changed, _left_out = _write(session, trainee_id, [Noted(*trait) for trait in traits])
                        judge(session, trainee_id, changed)
                job.progress["done"] = start + len(batch)
    room.remove(AREA, job.args["file"])


def _write(session: Session, trainee_id: int, told: Iterable[Noted]) -> tuple[set[str], int]:
    """Write what is new; which kinds of trait changed, and how many found no room."""
    rows = {(row.kind, row.key): row for row in session.scalars(select(Trait).where(Trait.trainee_id == trainee_id))}
    changed, left_out = set[str](), 0
    for noted in told:
        row = rows.get((noted.kind, noted.key))
        if row is None and len(rows) >= MOST:
            left_out += 1
        elif row is None or row.value != noted.value:
            row = row or Trait(trainee_id=trainee_id, kind=noted.kind, key=noted.key)
            row.value = noted.value
            session.add(row)
            rows[noted.kind, noted.key] = row
            changed.add(noted.kind)
    session.flush()
    return changed, left_out
