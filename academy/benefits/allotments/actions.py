"""Writes of figures and allotments. Each is a fact of the trainee's, and what follows from it follows."""

import json
from collections.abc import Mapping

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.benefits.allotments.queries import care, recorded
from academy.benefits.allotments.rules import RECORDED, SET, Figures, allotted, judged, proposed
from academy.files import FileRoom
from academy.jobs.work import Held
from academy.journal.models import Standing
from academy.people.actions import audit, lock_all
from academy.people.models import Person
from academy.tiers.benefits import Allotment
from academy.tiers.rules import Ladder

AREA = "figures"
"""Where the lines of a confirmed import wait for the job that takes them in."""
BATCH = 50
"""Trainees whose figures come in together: about a second, in which nobody else writes to SQLite."""


def take_in(job: Held) -> None:
    """Record what a confirmed sheet tells of a month, some trainees at a time."""
    room: FileRoom = current_app.extensions["files"]
    done, people = job.progress.get("done", 0), job.args["people"]
    if done < people:
        rows = json.loads(room.path(AREA, job.args["file"]).read_bytes())
        for start in range(done, people, BATCH):
            batch = {id: Figures(*told) for id, *told in rows[start : start + BATCH]}
            with job.step() as session:
                differing = record_figures(session, job.args["month"], batch)
                job.progress["differing"] = job.progress.get("differing", 0) + differing
                job.progress["done"] = start + len(batch)
    room.remove(AREA, job.args["file"])


def record_figures(session: Session, month: str, figures: Mapping[int, Figures]) -> int:
    """Record the figures of some trainees for a month; how many are left out, as they differ from what is known.

    Facts never change: the same figures again are nothing. Who has left is left out, too.
    """
    living = lock_all(session, list(figures))
    known = recorded(session, living, month)
    for trainee_id in living:
        if trainee_id not in known:
            for kind in RECORDED:
                value = getattr(figures[trainee_id], kind.removeprefix("care."))
                record(session, trainee_id, kind, occurrence=month, value=value)
    return sum(known[trainee_id] != figures[trainee_id] for trainee_id in known)


def settle(
    session: Session,
    staff: Person,
    ladder: Ladder,
    month: str,
    allotments: tuple[Allotment, Allotment],
    wanted: Mapping[int, int],
) -> list[int]:
    """Set the allotments that follow from a month, where they still are what staff saw; the trainees for whom it is so.

    `allotments` are that of today and that by which the month is judged.
    """
    living, (today, then) = lock_all(session, list(wanted)), allotments
    of_tier = select(Standing.trainee_id).where(
        Standing.trainee_id.in_(living), Standing.tier.in_(allotted(ladder, today))
    )
    found = care(session, session.scalars(of_tier.order_by(Standing.trainee_id)).all())
    done = []
    for trainee_id, hers in found.items():
        figures = hers.figures_of(month)
        follows = proposed(hers.users, judged(figures, then) if figures else (), then)
        if follows == wanted[trainee_id] and not hers.is_settled(month):
            record(session, trainee_id, SET, occurrence=month, value=follows)
            audit(session, staff, SET, f"person/{trainee_id}")
            done.append(trainee_id)
    return done
