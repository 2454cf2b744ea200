"""What happens to classes without anybody's doing."""

from academy.db import db
from academy.jobs.work import Held
from academy.people.actions import waited_for
from academy.roster.actions import seat


def seats(job: Held) -> None:
    """Give what seats are free to those who wait."""
    for tier in waited_for(db.session()):
        while _seat(job, tier):
            pass


def _seat(job: Held, tier: str) -> int:
    with job.step() as session:
        return seat(session, tier)
