"""Writes of figures and allotments. Each is a fact of the trainee's, and what follows from it follows."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.benefits.allotments.queries import care, recorded
from academy.benefits.allotments.rules import RECORDED, SET, Figures, allotted, judged, proposed
from academy.journal.models import Standing
from academy.people.actions import audit, lock_all
from academy.people.models import Person
from academy.tiers.benefits import Allotment
from academy.tiers.rules import Ladder


def take_in(session: Session, month: str, figures: Mapping[int, Figures]) -> int:
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
