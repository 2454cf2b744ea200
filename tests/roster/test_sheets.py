"""Reading what people bring as a list, and writing what they take away."""

import io
import struct
import time
import tracemalloc
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook
from PIL import Image

from academy.roster.rules import Candidate, Misfit, Roster, read_roster
from academy.text.sheets import MOST_BYTES, Unreadable, lines, written
from tests.roster.sheets import csv, xlsx


@pytest.fixture(autouse=True)
def apart() -> None:
    """No app is needed here."""


def read(data: bytes) -> Roster:
    return read_roster(lines(data))


def people(data: bytes) -> list[tuple[str, str]]:
    return [(one.phone, one.name) for one in read(data).candidates]


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data)
    return caught.value.reason


LU = [("13900000001", "小鹿")]


@pytest.mark.parametrize(
    "rows",
    [
        [["手机号", "昵称"], ["13900000001", "小鹿"]],
        [["Nickname", "Mobile phone"], ["小鹿", "+86 139-0000-0001"]],
        [["序号", "姓名", "联系电话", "城市"], [1, "小鹿", 13900000001.0, "杭州"]],
        [["青铜 07 班 名单"], [], ["姓名", "昵称", "ＰＨＯＮＥ"], ["林晓鹿", " 小鹿 ", "１３９０００００００１"]],
        [["手机", "名字"], ["\u202d13900000001\u202c", "小鹿\u200b"], [None, None], ["", "  "]],
        [["电话", "称呼"], [13900000001, "小鹿"]],
    ],
)
def test_columns_are_found_by_their_heads_and_numbers_however_they_are_written(rows: list[list[object]]) -> None:
    assert people(xlsx(*rows)) == LU


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_and_with_the_delimiters_of_wps_and_excel(encoding: str, delimiter: str) -> None:
    rows = [
        delimiter.join(cells)
        for cells in (("姓名", "手机号码", "备注"), ("小鹿", "13900000001.0", "“好”"), ("", "", ""))
    ]
    assert people(csv(rows, encoding)) == LU


def test_the_nickname_is_preferred_and_of_other_columns_nothing_is_kept() -> None:
    roster = read(xlsx(["姓名", "手机号", "身份证号", "昵称"], ["林晓鹿", "13900000001", "330106199001010011", "小鹿"]))
    assert roster == Roster([Candidate(2, "13900000001", "小鹿")], [], ["姓名", "身份证号"])


def test_each_line_that_does_not_fit_is_named_with_what_stands_there() -> None:
    rows = [
        ["手机号", "昵称"],
        ["13900000001", "小鹿"],
        ["1390000000", "少一位"],
        ["1.39E+10", "科学计数"],
        [None, "没有号码"],
        ["139 0000 0001", "又是她"],
        ["13900000002", "=1+1"],
        ["13900000003", '=HYPERLINK("http://x","领奖")'],
        ["13900000004", "@小鹿"],
        ["13900000005", "长" * 41],
        ["=13900000006", ""],
        ["13900000007", None],
        ["13900000008"],
    ]
    roster = read(xlsx(*rows))
    assert [(one.phone, one.name) for one in roster.candidates] == [*LU, ("13900000007", ""), ("13900000008", "")]
    assert roster.misfits == [
        Misfit(3, "1390000000", "phone"),
        Misfit(4, "1.39E+10", "phone"),
        Misfit(5, "", "phone"),
        Misfit(6, "139 0000 0001", "repeated"),
        Misfit(7, "=1+1", "name"),
        Misfit(8, '=HYPERLINK("http://x","领奖")', "name"),
        Misfit(9, "@小鹿", "name"),
        Misfit(10, "长" * 40, "name"),
        Misfit(11, "=13900000006", "phone"),
    ]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(out, "PNG")
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def stuffed(part: str, data: bytes) -> bytes:
    """A workbook of which one part is exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(["手机号"], ["13900000001"]))) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, data if name == part else old.read(name))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
NS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "columns"),
        (xlsx(["手机号", "昵称"]), "empty"),
        (xlsx(["手机号"], [None], [""]), "empty"),
        (xlsx(), "columns"),
        (xlsx(["编号", "城市"], ["1", "杭州"]), "columns"),
        (csv(["13900000001,小鹿"]), "columns"),
        (picture(), "kind"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\x00", "kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "kind"),
        (archive(hello=b"no workbook"), "kind"),
        (archive(**{"[Content_Types].xml": b"<a/>"}), "broken"),
        (xlsx(["手机号"], ["13900000001"])[:-40], "broken"),
        (stuffed(SHEET, NS + b'<row r="1"><c r="A1"><v>1</v>'), "broken"),
        (stuffed(SHEET, b"\x00" * 1000), "broken"),
        (stuffed("xl/workbook.xml", b"<workbook/>"), "broken"),
        (b"x" * (MOST_BYTES + 1), "large"),
        (b'phone\n"' + b"x" * 200_000, "broken"),
    ],
)
def test_what_is_no_list_is_refused_by_name(data: bytes, reason: str) -> None:
    assert refused(data) == reason


def test_an_archive_that_swells_is_refused_before_it_is_unpacked() -> None:
    bomb = stuffed(SHEET, NS + b"<row><c><v>1</v></c></row>" * 3_000_000)
    assert len(bomb) < 1024 * 1024
    tracemalloc.start()
    assert refused(bomb) == "large"
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    tracemalloc.stop()


def test_an_archive_that_lies_about_its_size_is_not_unpacked_any_further() -> None:
    bomb = bytearray(stuffed(SHEET, NS + b"<row><c><v>1</v></c></row>" * 3_000_000))
    at = bomb.rindex(SHEET.encode()) - 46
    assert bomb[at : at + 4] == b"PK\x01\x02"
    bomb[at + 24 : at + 28] = struct.pack("<I", 1000)
    tracemalloc.start()
    assert refused(bytes(bomb)) in ("broken", "columns")
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    tracemalloc.stop()


def test_a_cell_in_the_last_corner_costs_neither_memory_nor_much_time() -> None:
    book = Workbook()
    book.active["A1"], book.active["B1"] = "手机号", "昵称"
    book.active["A2"], book.active["B2"] = "13900000001", "小鹿"
    book.active["XFD1048576"] = "."
    out = io.BytesIO()
    book.save(out)
    begun = time.monotonic()
    assert people(out.getvalue()) == LU
    assert time.monotonic() - begun < 10


def test_rows_that_claim_a_number_beyond_the_sheet_end_it() -> None:
    cells = b'<row r="1"><c t="inlineStr"><is><t>phone</t></is></c></row><row r="2"><c><v>13900000001</v></c></row>'
    far = b'<row r="999999999999"><c><v>13900000002</v></c></row></sheetData></worksheet>'
    assert people(stuffed(SHEET, NS + cells + far)) == [("13900000001", "")]


def test_entities_that_multiply_are_refused() -> None:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    entities = b'<!DOCTYPE worksheet [<!ENTITY l0 "ha">' + laughs + b"]>"
    sheet = entities + NS + b'<row><c t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    assert refused(stuffed(SHEET, sheet)) == "broken"


def test_twenty_thousand_people_are_taken_and_a_hundred_thousand_refused() -> None:
    numbers = [f"139{n:08}" for n in range(100_000)]
    assert len(people(csv(["phone", *numbers[:20_000]]))) == 20_000
    assert refused(csv(["phone", *numbers[:20_001]])) == "rows"
    assert refused(csv(["phone", *numbers])) == "rows"
    head = '<row><c t="inlineStr"><is><t>phone</t></is></c></row>'
    sheet = head + "".join(f"<row><c><v>{number}</v></c></row>" for number in numbers) + "</sheetData></worksheet>"
    assert refused(stuffed(SHEET, NS + sheet.encode())) == "rows"


def test_no_text_that_is_written_becomes_a_formula() -> None:
    texts = ["=1+1", "+86", "-1", "@x", "\t=1", "\r=1", "小鹿", "a=1", "\x07x", ""]
    file = written([["标题"], texts, [7, date(2026, 9, 14), None]])
    sheet = load_workbook(file).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [
        "'=1+1",
        "'+86",
        "'-1",
        "'@x",
        "'\t=1",
        "'\r=1",
        "小鹿",
        "a=1",
        "x",
        None,
    ]
    assert "f" not in {cell.data_type for cell in sheet[2]}
    assert [sheet["A3"].value, sheet["B3"].value.date()] == [7, date(2026, 9, 14)]
