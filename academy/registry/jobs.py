"""What is done without anybody's waiting for it: batches are issued, and books, archives and sheets are made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO, TypeVar, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import structlog
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import Row, Select, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Batch, Certificate
from academy.achievements.certificates.queries import AREAS, design, paper, replaced, revoked_at, worth
from academy.achievements.certificates.rules import Design, Paper
from academy.catalog.queries import published
from academy.db import db
from academy.files import FileRoom
from academy.jobs.work import Held, Lost
from academy.people.models import Person
from academy.registry import batches, queries
from academy.registry.rules import file_name
from academy.text.sheets import written, written_as_csv

log = structlog.get_logger()

PRINT = "print"
AREA = "prints"
KEPT = timedelta(days=7)
"""How long what was made lies ready to be fetched."""
LISTS_KEPT = timedelta(days=30)
BATCH = 1000

BOOK, ZIP, CSV, XLSX = ("book", "zip", "csv", "xlsx")


def issue(job: Held) -> None:
    """Issue a batch, some people at a time; whoever has hers is passed over, so it may be done again.

    It ends where its design is retired meanwhile, and can go on once that is brought back.
    """
    batch_id, last = job.args["batch"], job.progress.get("place", 0)
    while some := _waiting(batch_id, last):
        _issue(job, some)
        last = some[-1][0]


STOPS = (Lost, OSError, OperationalError)
"""What no certificate is at fault for: the batch stops, to go on when it is mended."""


def _issue(job: Held, some: Sequence[Row[int, int]]) -> None:
    """Issue to some people. What can't be done for all is tried with each half of them, until only those are left out,
    with the reason, whose certificates can't be issued."""
    batch_id, (last, trainee_id) = job.args["batch"], some[-1]
    try:
        with job.step() as session:
            batches.issue(session, session.get_one(Batch, batch_id), job.args["by"], [id for _place, id in some])
            job.progress["place"] = last
    except STOPS:
        raise
    except Exception as error:
        if half := len(some) // 2:
            _issue(job, some[:half])
            _issue(job, some[half:])
            return
        log.exception("certificate not issued", batch=batch_id, person=trainee_id)
        # The database says below its first line with which values, her name among them.
        why = error.orig if isinstance(error, DBAPIError) else error
        with job.step() as session:
            batches.leave_out(session, batch_id, trainee_id, f"{type(why).__name__}: {why}".partition("\n")[0])
            job.progress["place"] = last


def _waiting(batch_id: int, after: int) -> Sequence[Row[int, int]]:
    session = db.session()
    retired = batches.is_retired(published(session), session.get_one(Batch, batch_id).design)
    found = [] if retired else batches.waiting(session, batch_id, after)
    session.rollback()
    return found


def sweep() -> None:
    """Remove what has lain ready for a week, pictures as old that nothing names, and the lists that nobody has issued
    to for a month."""
    before = clock.now() - KEPT
    _room().sweep(AREA, before)
    with db.writing() as session:
        named = queries.pictures(session)
        batches.forget_lists(session, clock.today() - LISTS_KEPT)
    for area in AREAS:
        _room().sweep(area, before, named)


def _room() -> FileRoom:
    room: FileRoom = current_app.extensions["files"]
    return room


# Prints


ENDINGS = {BOOK: "pdf", ZIP: "zip", CSV: "csv", XLSX: "xlsx"}


def make(job: Held) -> None:
    """Make a print book, an archive of single files, or a sheet, of a batch or of a filter of the register."""
    kind = job.args["kind"]
    job.progress["done"] = 0
    with _room().filled(AREA, job.args["file"]) as out:
        {BOOK: _books, ZIP: _archive}.get(kind, _sheet)(job, out)


def chosen(session: Session, args: Mapping[str, Any]) -> Select[Certificate]:
    """The papers that a print is of: of a batch, or what staff had filtered; a sheet names also what is not printed."""
    if args["batch"]:
        return batches.papers(args["batch"], in_force=args["kind"] in (BOOK, ZIP))
    staff = session.get_one(Person, args["by"])
    return queries.found(staff, args["q"] or "", args["status"], args["design"])


COLUMNS = (
    *(Certificate.id, Certificate.release_id, Certificate.design, Certificate.name, Certificate.serial),
    *(Certificate.code, Certificate.issued_on, Certificate.salutation, Certificate.fields, Certificate.expires_on),
)


def _papers(job: Held) -> Iterator[tuple[Design, Paper]]:
    """Each paper that bears a name, in order, with what it is printed on; read some at a time."""
    session, designs = db.session(), dict[tuple[int, str], Design]()
    wanted = chosen(session, job.args).with_only_columns(Certificate.id).order_by(Certificate.id)
    ids = list(session.scalars(wanted))
    same: dict[str, Any] = {}
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        read = select(*COLUMNS, replaced().label("new"), revoked_at().label("gone")).where(Certificate.id.in_(some))
        rows = {row.id: row for row in session.execute(read)}
        for row in rows.values():
            if (row.release_id, row.design) not in designs:
                designs[row.release_id, row.design] = design(session, row)
        session.rollback()
        # What its holder took with her is printed for nobody.
        for row in (rows[id] for id in some if rows[id].name):
            address = f"{job.args['verify']}/{row.serial}/{row.code}"
            printed = paper(row, address, worth(row, row.new, row.gone))
            # Of forty-five thousand rows most have the figures of others.
            figures = same.setdefault(repr(row.fields), row.fields)
            yield designs[row.release_id, row.design], replace(printed, fields=figures)


Thing = TypeVar("Thing")


def _told(job: Held, things: Iterable[Thing]) -> Iterator[Thing]:
    """The same things; the job's progress says how many have been passed on, so that nobody takes it for dead."""
    rest = iter(things)
    while some := list(islice(rest, BATCH)):
        yield from some
        with job.step():
            job.progress["done"] += len(some)


class _Watched(list[Paper]):
    """Papers that tell a job how many of them have been gone through."""

    job: Held

    def __iter__(self) -> Iterator[Paper]:
        return _told(self.job, super().__iter__())


def _books(job: Held, out: BinaryIO) -> None:
    """One PDF of all in their order; where they were issued on several designs, an archive with a book of each."""
    # WeasyPrint takes a second to load, which no other job should wait for.
    from academy.achievements.certificates.plates.book import print_book

    groups: dict[Design, _Watched] = {}
    for look, row in _papers(job):
        groups.setdefault(look, _Watched()).append(row)
    for rows in groups.values():
        rows.job = job
    how = {"crop": job.args["crop"], "backs": job.args["backs"]}
    if len(groups) == 1:
        ((look, rows),) = groups.items()
        print_book(look, rows, out, **how)
        return
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for number, (look, rows) in enumerate(groups.items(), 1):
            with archive.open(f"{number}_{look.key}.pdf", "w", force_zip64=True) as book:
                print_book(look, rows, cast(BinaryIO, book), **how)


def _archive(job: Held, out: BinaryIO) -> None:
    from academy.achievements.certificates.plates.files import Printer

    with ZipFile(out, "w", ZIP_STORED) as archive:
        for look, row in _told(job, _papers(job)):
            at = ZipInfo(file_name(row.serial, row.name), row.issued_on.timetuple()[:6])
            archive.writestr(at, Printer(look).pdf(row))


def _sheet(job: Held, out: BinaryIO) -> None:
    session = db.session()
    papers = chosen(session, job.args).order_by(None)
    write = written_as_csv if job.args["kind"] == CSV else written
    with force_locale(job.args["locale"]):
        out.write(write(_told(job, queries.lines(session, papers))).getbuffer())
