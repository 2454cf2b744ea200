"""Books, archives and sheets: made by a job, of a batch or of a filter of the register, fetched by staff for a week."""

import csv
import io
import os
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy.achievements import papers
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.plates import book
from academy.db import db
from academy.files import FileRoom
from academy.jobs.models import Job
from academy.people.models import Audit, Person
from academy.registry.jobs import sweep
from academy.registry.rules import file_name
from academy.text.sheets import lines
from tests.achievements.story import change, run_jobs
from tests.conftest import ON_SQLITE, Clock, html
from tests.registry.conftest import Clients, begun, crowd, whole

PRINTS = "/desk/certificates/prints"


@pytest.fixture
def batch(app: Flask, quiet: None, lu: Person) -> int:
    """Three certificates, issued in one batch."""
    made = begun(lu, crowd(3))
    run_jobs(app)
    return made


def made(app: Flask, desk: FlaskClient, **data: Any) -> bytes:
    """Ask for something, let it be made, and fetch it."""
    address = desk.post(PRINTS, data=data).location
    assert "正在制作" in html(desk.get(address))
    run_jobs(app)
    assert "已做好" in html(desk.get(address)), html(desk.get(address))
    with desk.post(address) as fetched:
        assert fetched.status_code == 200
        taken: bytes = fetched.data
        return taken


def test_a_book_has_a_page_for_each_in_the_order_of_the_list(app: Flask, desk: FlaskClient, batch: int) -> None:
    pages = PdfReader(io.BytesIO(made(app, desk, kind="book", batch=batch))).pages
    found = [re.search(r"LY-2026-0914-\d+", page.extract_text()) for page in pages]
    assert [one and one[0] for one in found] == whole(3)


@ON_SQLITE
def test_a_book_has_crop_marks_and_blank_backs_where_they_are_wanted(app: Flask, desk: FlaskClient, batch: int) -> None:
    pages = PdfReader(io.BytesIO(made(app, desk, kind="book", batch=batch, crop="y", backs="y"))).pages
    assert len(pages) == 6
    assert pages[0].mediabox.width > pages[0].trimbox.width
    assert pages[1].extract_text() == ""


@ON_SQLITE
def test_what_was_revoked_is_not_in_the_book_and_what_was_corrected_is_in_its_place(
    app: Flask, session: Session, desk: FlaskClient, lu: Person, batch: int
) -> None:
    with db.writing() as s:
        staff = s.get_one(Person, lu.id)
        first, second, _third = s.scalars(select(Certificate.id).order_by(Certificate.id))
        papers.correct_name(s, staff, first, "陈小晓", "女士")
        papers.revoke(s, staff, second, "冒用他人作业")
    pages = PdfReader(io.BytesIO(made(app, desk, kind="book", batch=batch))).pages
    assert len(pages) == 2
    assert "LY-2026-0914-0004" in pages[0].extract_text()
    rows = list(csv.reader(io.StringIO(made(app, desk, kind="csv", batch=batch).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == whole(4)
    assert [row[-1] for row in rows[1:]] == ["已更换", "已撤销", "有效", "有效"]


@ON_SQLITE
def test_certificates_on_two_designs_make_two_books_in_an_archive(
    app: Flask, desk: FlaskClient, lu: Person, batch: int
) -> None:
    change(lambda document: document["designs"][0].update(paper="turquoise"), "designs")
    run_jobs(app)
    begun(lu, _other())
    run_jobs(app)
    with zipfile.ZipFile(io.BytesIO(made(app, desk, kind="book"))) as archive:
        assert sorted(archive.namelist()) == ["1_silver-honor.pdf", "2_silver-honor.pdf"]
        assert [len(PdfReader(io.BytesIO(archive.read(name))).pages) for name in archive.namelist()] == [3, 1]


def _other() -> list[int]:
    """小棠, now with a legal name."""
    with db.writing() as s:
        other = s.scalars(select(Person).where(Person.phone == "13800000011")).one()
        other.legal_name = "林晓棠"
        return [other.id]


@ON_SQLITE
def test_an_archive_holds_a_file_for_each_and_no_name_breaks_out_of_it(
    app: Flask, desk: FlaskClient, batch: int
) -> None:
    with db.writing() as s:
        s.execute(
            update(Certificate)
            .where(Certificate.serial == "LY-2026-0914-0002")
            .values(name="../../etc/\\passwd:\x07\u202e")
        )
    with zipfile.ZipFile(io.BytesIO(made(app, desk, kind="zip", status="valid"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "LY-2026-0914-0001_陈晓.pdf"
        assert not any(re.search(r"[/\\:\x07]|\.\.", name) for name in archive.namelist())
        assert archive.read(archive.namelist()[0]).startswith(b"%PDF")
        assert len(archive.namelist()) == 3


def test_a_file_is_called_after_serial_and_name() -> None:
    assert file_name("LY-2026-0918-0037", "阿依古丽·买买提") == "LY-2026-0918-0037_阿依古丽·买买提.pdf"
    assert file_name("..", "../x") == "___.._x.pdf".replace("..", "__")
    assert len(file_name("LY", "长" * 300)) < 80


@ON_SQLITE
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_text_in_a_sheet_becomes_a_formula(app: Flask, desk: FlaskClient, batch: int, kind: str) -> None:
    with db.writing() as s:
        s.execute(update(Certificate).values(name="=HYPERLINK(1)"))
    data = made(app, desk, kind=kind, batch=batch)
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        rows = [cells for _line, cells in lines(data)]
    assert rows[0][0] == "证书编号"
    assert [row[2] for row in rows[1:]] == ["'=HYPERLINK(1)"] * 3


def test_what_was_made_is_fetched_by_staff_alone_for_a_week_and_on_record(
    app: Flask,
    session: Session,
    desk: FlaskClient,
    client_of: Clients,
    zhou: Person,
    tang: Person,
    batch: int,
    clock: Clock,
) -> None:
    address = desk.post(PRINTS, data={"kind": "csv", "batch": batch}).location
    assert desk.post(address).status_code == 303, "it is not there yet"
    run_jobs(app)
    for person in (zhou, tang):
        assert client_of(person).get(address).status_code == 404
        assert client_of(person).post(address).status_code == 404
    assert client_of(None).post(address).status_code == 302
    with desk.post(address) as fetched:
        assert fetched.status_code == 200
    session.rollback()
    actions = session.scalars(select(Audit.action).where(Audit.action.startswith("print"))).all()
    assert actions == ["print.csv", "print.fetched"]
    session.rollback()
    room: FileRoom = app.extensions["files"]
    clock.move(days=6)
    sweep()
    assert list((room.root / "prints").glob("*/*.csv"))
    for path in (room.root / "prints").glob("*/*.csv"):
        os.utime(path, (0, 0))
    sweep()
    assert "文件已清理" in html(desk.get(address))
    assert desk.post(address).status_code == 303


@ON_SQLITE
def test_a_full_disk_leaves_nothing_half_done(
    app: Flask, session: Session, desk: FlaskClient, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        args[2].write(b"%PDF-")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(book, "print_book", full)
        address = desk.post(PRINTS, data={"kind": "book", "batch": batch, "crop": "y"}).location
        run_jobs(app)
    shown = html(desk.get(address))
    assert "没有做成" in shown
    assert "磁盘" in shown
    assert desk.post(address).status_code == 303
    room: FileRoom = app.extensions["files"]
    assert not [path for path in (room.root / "prints").rglob("*") if path.is_file()]
    again = dict(re.findall(r'name="(kind|batch|crop|backs)" value="([^"]+)"', shown))
    assert again == {"kind": "book", "batch": f"{batch}", "crop": "True"}
    assert made(app, desk, **again).startswith(b"%PDF"), "it can be made again"


@ON_SQLITE
@pytest.mark.parametrize("data", [{}, {"kind": "exe"}, {"kind": "book", "batch": "4711"}])
def test_nonsense_is_not_made(session: Session, desk: FlaskClient, quiet: None, data: dict[str, str]) -> None:
    assert desk.post(PRINTS, data=data).status_code in (400, 404)
    session.rollback()
    assert session.scalars(select(Job)).all() == []
    assert desk.get(f"{PRINTS}/nothing").status_code == 404
