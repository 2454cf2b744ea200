"""Releases that waited for their time, and saves that nobody goes back to any more."""

from datetime import timedelta

from flask_babel import force_locale

from academy import clock
from academy.catalog import drafts
from academy.db import db
from academy.jobs.work import Held
from academy.people.models import Person
from academy.studio import actions

KEPT = timedelta(days=90)
"""How long saves are kept."""


def publish_scheduled(job: Held) -> None:
    """Publish what was to be published now; the job fails, with the reason, where that is no longer possible."""
    marks = {(kind, key): revision for kind, key, revision in job.args["marks"]}
    with job.step() as session, force_locale("zh"):
        staff = session.get_one(Person, job.args["by"])
        if not staff.may(actions.PERMISSION):
            raise PermissionError("whoever scheduled it may no longer publish")
        actions.publish_saved(session, staff, marks, job.args["note"], job.args["reason"])


def forget_saves() -> None:
    """Forget the saves of long ago."""
    with db.writing() as session:
        drafts.forget(session, clock.now() - KEPT)
