"""Spreadsheets: XLSX and CSV as lines of text, and tables as both. Pure.

openpyxl reads, too: row by row, and a formula as what was typed. A reader that lays a sheet out in memory ends the
process on a file of 5 KB with one cell in its last corner.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zipfile import ZipFile

from academy.text.line import plain

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 32 * 1024 * 1024
MOST_COLUMNS = 50
LAST_ROW = 1_048_576  # Excel's own

FORMULA = re.compile(r"[=+\-@\t\r]")
"""What a spreadsheet may take for a formula, at the beginning of a text."""

UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no XLSX file may hold."""

HEAD_WITHIN = 10
"""The lines among which the head of a table is looked for: titles may stand above it."""

PHONE_HEADS = (
    *("手机号", "手机号码", "手机", "电话", "电话号码", "联系电话"),
    *("phone", "phone number", "mobile", "mobile phone", "mobile number", "tel"),
)

Line = tuple[int, list[str]]
"""A line of a sheet that holds something: its number from 1, and its cells as text."""


class Unreadable(ValueError):
    """A file that is no sheet for us; `reason` is `empty`, `large`, `kind`, `broken`, `columns` or `rows`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def lines(data: bytes) -> Iterator[Line]:
    """The lines of an XLSX or CSV file, whatever its name says. Raises `Unreadable`, perhaps on the way."""
    if not data:
        raise Unreadable("empty")
    if len(data) > MOST_BYTES:
        raise Unreadable("large")
    for number, cells in _xlsx(data) if data.startswith(b"PK\x03\x04") else _csv(data):
        # A sheet may pad a million empty rows.
        if any(cells) and any(texts := [_text(cell) for cell in cells]):
            yield number, texts


def _xlsx(data: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    """The first visible sheet. zipfile unpacks nothing beyond its declared size, so that is what counts."""
    # Few processes ever need what takes 15 MB.
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable("large")
            if "[Content_Types].xml" not in archive.namelist():
                raise Unreadable("kind")
        book = load_workbook(io.BytesIO(data), read_only=True)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS, values_only=True), 1)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl stumbles over a malformed part in any way there is
        raise Unreadable("broken") from error


def _csv(data: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    text = _decoded(data)
    delimiter = max(",;\t|", key=text[:2000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells[:MOST_COLUMNS]
    except csv.Error as error:
        raise Unreadable("broken") from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise Unreadable("kind")


def _text(cell: object) -> str:
    """What a cell shows; a telephone number kept as 13800000001.0 is the whole number."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else plain(str(cell))


def column(head: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the column with the most preferred of some names, in small letters, is."""
    heads = [unicodedata.normalize("NFKC", title).casefold() for title in head]
    return next((heads.index(name) for name in names if name in heads), None)


def cell(cells: Sequence[str], at: int | None) -> str:
    """What stands in a column of a line; nothing where the line ends before it, or there is no such column."""
    return cells[at] if at is not None and at < len(cells) else ""


def written_as_csv(rows: Iterable[Sequence[str | int | date | None]]) -> io.BytesIO:
    """A table as a CSV file at its beginning, which Excel opens as UTF-8; no text in it becomes a formula."""
    file = io.BytesIO()
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    csv.writer(text).writerows([_guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    text.detach()
    file.seek(0)
    return file


def written(rows: Iterable[Sequence[str | int | date | None]], widths: Sequence[int] = ()) -> io.BytesIO:
    """A table as an XLSX file at its beginning, the first row its head; no text in it becomes a formula."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGHIJ", widths, strict=False):
        sheet.column_dimensions[column].width = width
    for row in rows:
        sheet.append([_guarded(cell) if isinstance(cell, str) else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _guarded(text: str) -> str:
    text = UNWRITABLE.sub("", text)
    return f"'{text}" if FORMULA.match(text) else text
