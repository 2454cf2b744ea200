"""Mending projections: the facts are right, so what is kept is written anew."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from academy import clock
from academy.db import insert
from academy.doctor.queries import Difference, differences
from academy.journal.models import Measure, Standing, Tally
from academy.people.models import Cohort

# In this order: tallies are found through measures, and balances stand on a standing.
ROUNDS = (("measure",), ("standing",), ("tally", "growth", "feathers", "standing", "seats"))


def mend(session: Session) -> list[Difference]:
    """Write every projection that differs as the facts make it; what only a person can judge is left.

    Returns what was mended.
    """
    done: list[Difference] = []
    for kinds in ROUNDS:
        found = [difference for difference in differences(session) if difference.what in kinds]
        for difference in found:
            _mend(session, difference)
        session.flush()
        done += found
    return done


def _mend(session: Session, found: Difference) -> None:
    match found.what:
        case "measure":
            kind, topic = found.key
            session.execute(insert(session, Measure).values(kind=kind, topic=topic).on_conflict_do_nothing())
        case "tally":
            trainee, measure = found.key
            session.execute(delete(Tally).where(Tally.trainee_id == trainee, Tally.measure_id == measure))
            if found.expected:
                session.execute(insert(session, Tally).values(trainee_id=trainee, measure_id=measure, **found.expected))
        case "growth" | "feathers":
            session.execute(
                update(Standing).where(Standing.trainee_id == found.key[0]).values({found.what: found.expected})
            )
        case "standing" if found.kept is None:
            session.add(Standing(trainee_id=found.key[0], tier=found.expected, since=clock.today()))
        case "standing":
            tier, since = found.expected
            session.execute(update(Standing).where(Standing.trainee_id == found.key[0]).values(tier=tier, since=since))
        case "seats":
            session.execute(update(Cohort).where(Cohort.id == found.key[0]).values(taken=found.expected))
