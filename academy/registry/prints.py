"""HTTP for brand staff: print books, archives and sheets of certificates, asked for, made by a job, and fetched."""

import secrets
from typing import Any
from zipfile import is_zipfile

from flask import Blueprint, abort, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from academy import clock
from academy.achievements.certificates.models import Batch
from academy.achievements.certificates.rules import STATUSES
from academy.db import db
from academy.files import FileRoom
from academy.jobs.actions import ask
from academy.jobs.models import Job
from academy.people.actions import audit
from academy.people.models import Person
from academy.registry import queries
from academy.registry.jobs import AREA, BOOK, ENDINGS, PRINT, chosen
from academy.text.line import plain
from academy.web.access import needs
from academy.web.links import absolute
from academy.web.reading import locale

bp = Blueprint("prints", __name__, url_prefix="/desk/certificates/prints")


@bp.post("")
@needs("certificate.issue")
def make() -> ResponseReturnValue:
    """Ask for what a batch issued, or what a filter of the register shows, as a book, an archive or a sheet."""
    asked, staff_id, key = request.form, current_user.id, secrets.token_hex(20)
    kind, status, batch = asked.get("kind", ""), asked.get("status"), asked.get("batch", type=int)
    if kind not in ENDINGS:
        abort(400)
    if batch and db.session().get(Batch, batch) is None:
        abort(404)
    args: dict[str, Any] = {
        "file": f"{key}.{ENDINGS[kind]}",
        "kind": kind,
        "by": staff_id,
        "batch": batch,
        "q": plain(asked.get("q", ""))[:40],
        "status": status if status in STATUSES else None,
        "design": asked.get("design") or None,
        "crop": "crop" in asked,
        "backs": "backs" in asked,
        "locale": locale(),
        # The job has no request that would know the house's address.
        "verify": absolute(url_for("verify.show", serial="S", code="C")).removesuffix("/S/C"),
    }
    with db.writing() as session:
        args["papers"] = queries.number_of(session, chosen(session, args).order_by(None))
        ask(session, PRINT, key, **args)
        audit(session, session.get_one(Person, staff_id), f"print.{kind}", f"batch/{batch}" if batch else "register")
    return redirect(url_for("prints.show", key=key), 303)


@bp.get("/<key>")
@needs("certificate.issue")
def show(key: str) -> str:
    """How far it is; then it can be fetched."""
    job = _job(key)
    # A book is gone through twice: its letters are gathered before it is written.
    done = job.progress.get("done", 0) // (2 if job.args["kind"] == BOOK else 1)
    ready = _path(job).is_file() and job.state == "done"
    return render_template("registry/print.html", job=job, done=done, ready=ready)


@bp.post("/<key>")
@needs("certificate.issue")
def fetch(key: str) -> ResponseReturnValue:
    """What was made, while it lies ready; on record, as it takes names out of the house."""
    job, staff_id = _job(key), current_user.id
    path = _path(job)
    if job.state != "done" or not path.is_file():
        return redirect(url_for("prints.show", key=key), 303)
    with db.writing() as session:
        audit(session, session.get_one(Person, staff_id), "print.fetched", f"print/{job.id}")
    # A book of several designs is an archive.
    ending = "zip" if path.suffix == ".pdf" and is_zipfile(path) else path.suffix[1:]
    return send_file(path, as_attachment=True, download_name=f"{_('Certificates')}-{clock.today()}.{ending}")


def _job(key: str) -> Job:
    return db.session().scalar(select(Job).where(Job.name == PRINT, Job.key == key)) or abort(404)


def _path(job: Job) -> Any:
    room: FileRoom = current_app.extensions["files"]
    return room.path(AREA, job.args["file"])
