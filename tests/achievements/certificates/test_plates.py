"""Certificates set on plates: the same to the eye as WeasyPrint's own pages, and a thousand times as quick."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from academy.achievements.certificates.paper import render_pdf
from academy.achievements.certificates.plates.book import print_book
from academy.achievements.certificates.plates.files import Printer
from academy.achievements.certificates.plates.layout import Layout
from academy.achievements.certificates.plates.picture import picture
from academy.achievements.certificates.plates.plate import Unsuited
from academy.achievements.certificates.rules import LANGUAGES, ORIENTATIONS, PAPERS, Design, Paper, Picture, Signature
from academy.files.pages import drawn
from tests.achievements.certificates.test_paper import DESIGN, ROW, alternatives, picture_of, read, text

NAMES = ("林晓棠", "何朵", "欧阳娜娜", "阿依古丽·买买提", "Tang Lin-Avery", "O'Brien AVA", "李", "𠮷田", "王䶮")
WIDTH = 1240


def row(name: str, n: int = 38, **changed: Any) -> Paper:
    serial, code = f"LY-2026-1128-{n:04d}", f"7KQ4M2{n:02d}"[:8].replace("0", "Q")
    url = f"https://academy.example/verify/{serial}/{code}"
    return replace(ROW, name=name, serial=serial, code=code, verify_url=url, **changed)


@cache
def printer(design: Design) -> Printer:
    return Printer(design)


def ink(pdf: bytes) -> Image.Image:
    """A page as somebody sees it from where she reads it: hairs' breadths are one."""
    return drawn(pdf, WIDTH).convert("L").filter(ImageFilter.BoxBlur(3))


def apart(one: bytes, two: bytes, beside: tuple[int, int, int, int] = (0, 0, 0, 0)) -> int:
    """The greatest difference in brightness between two pages, out of 255; in a box all is alike."""
    difference = ImageChops.difference(ink(one), ink(two))
    difference.paste(0, beside)
    return int(difference.getextrema()[1])


@pytest.mark.parametrize(
    "design",
    [
        replace(DESIGN, paper=paper, orientation=orientation, language=language)
        for paper, (orientation, language) in zip(PAPERS * 2, product(ORIENTATIONS, LANGUAGES), strict=False)
    ],
)
def test_a_plate_s_page_is_weasyprint_s_page_to_the_eye(design: Design) -> None:
    hers = row("林晓棠")
    printer(design).plate(hers)
    assert apart(printer(design).pdf(hers), render_pdf(design, hers)) < 40


@pytest.mark.parametrize("name", NAMES)
def test_so_it_is_with_any_name_and_what_stands_beside_it(name: str) -> None:
    for salutation in ("女士", ""):
        hers = row(name, salutation=salutation, issued_on=date(2026, 11, 28))
        printer(DESIGN).plate(hers)
        assert apart(printer(DESIGN).pdf(hers), render_pdf(DESIGN, hers)) < 40


def test_two_names_are_seen_to_differ() -> None:
    assert apart(printer(DESIGN).pdf(row("林晓棠")), printer(DESIGN).pdf(row("林晓裳"))) > 60


@pytest.mark.parametrize(
    "changed",
    [
        {"numerals": "digits"},
        {"language": "en", "numerals": "digits"},
        {"signature": Signature(Picture("hand", picture_of((300, 80))), "许知夏")},
        {"logo": Picture("logo", picture_of((200, 200))), "seal": Picture("seal", picture_of((200, 200)))},
    ],
)
def test_so_it_is_whatever_a_design_has(changed: dict[str, Any]) -> None:
    design, hers = replace(DESIGN, **changed), row("林晓棠", watermark="已撤销")
    printer(design).plate(hers)
    assert apart(printer(design).pdf(hers), render_pdf(design, hers)) < 40


@pytest.mark.parametrize(
    ("language", "numerals", "layouts"), [("zh", "chinese", 2), ("en", "digits", 2), ("both", "digits", 3)]
)
def test_other_numerals_are_set_where_the_first_were_if_they_are_as_wide(
    language: str, numerals: str, layouts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = replace(DESIGN, language=language, numerals=numerals)
    (first, hers), lay_out = [row("林晓棠", fields={**(ROW.fields or {}), "score": n}) for n in (85, 91)], Layout.of
    laid_out: list[dict[str, Any]] = []
    monkeypatch.setattr(Layout, "of", lambda shown: laid_out.append(shown) or lay_out(shown))
    one, another = Printer.__wrapped__(design), Printer.__wrapped__(design)
    one.pdf(first)
    set_ = one.pdf(hers)
    # The 1 of the Chinese face is narrower than its 5.
    assert len(laid_out) == layouts
    assert set_ == another.pdf(hers)
    assert apart(set_, render_pdf(design, hers)) < 40 < apart(set_, one.pdf(first))


def test_each_wording_of_a_sentence_is_as_weasyprint_breaks_it() -> None:
    long = "青铜、白银、黄金三个阶段的全部必修课程与选修课程"
    for course, score in (("青铜阶段", 80), (long, 100), ("青铜阶段", 91)):
        hers = row("林晓棠", fields={**(ROW.fields or {}), "course": course, "score": score})
        assert apart(printer(DESIGN).pdf(hers), render_pdf(DESIGN, hers)) < 40


def test_what_it_says_is_found_and_copied() -> None:
    said = text(printer(DESIGN).pdf(row("阿依古丽·买买提", issued_on=date(2026, 11, 28))))
    for words in ("阿依古丽·买买提", "LY-2026-1128-0038", "7KQ4-M238", "二〇二六年十一月二十八日", "九十二分"):
        assert words in said
    for probe in ("永", "PROBE", "PRPB"):
        assert probe not in said


def test_it_tells_what_it_is_to_machines_and_screen_readers() -> None:
    pdf = printer(DESIGN).pdf(row("林晓棠", issued_on=date(2026, 11, 28)))
    reader = read(pdf)
    assert reader.metadata
    assert reader.metadata.title == "荣誉证书 LY-2026-1128-0038 林晓棠"
    assert reader.metadata.creation_date
    assert reader.metadata.creation_date.date() == date(2026, 11, 28)
    catalog: Any = reader.trailer["/Root"]
    assert (catalog["/Lang"], bool(catalog["/MarkInfo"]["/Marked"])) == ("zh-CN", True)
    about = catalog["/Metadata"].get_data().decode()
    assert "pdfuaid" in about
    assert "林晓棠" in about
    assert "永" not in about
    assert alternatives(catalog["/StructTreeRoot"]) == ["查验二维码，扫码打开查验页", "印章：鹿芽之印"]


@pytest.mark.parametrize("dpi", [96, 200])
def test_its_qr_code_leads_to_the_page_that_verifies_it(dpi: int) -> None:
    for n in (1, 38, 77):
        hers = row("林晓棠", n)
        (code,) = zxingcpp.read_barcodes(drawn(printer(DESIGN).pdf(hers), round(297 / 25.4 * dpi)))
        assert code.text == hers.verify_url


def test_it_is_a_pure_function_of_design_and_row() -> None:
    assert Printer(DESIGN).pdf(row("林晓棠")) == printer(DESIGN).pdf(row("林晓棠"))
    assert printer(DESIGN).pdf(row("林晓棠")) != printer(DESIGN).pdf(replace(row("林晓棠"), code="7KQ4M2VY"))


@pytest.mark.parametrize("name", ["阿依古丽" * 7, "กนกพร", "नमिता", "g̈erda"])
def test_what_must_be_shaped_or_shrunk_is_left_to_weasyprint(name: str) -> None:
    assert printer(DESIGN).pdf(row(name)) == render_pdf(DESIGN, row(name))


def test_a_wording_that_names_its_holder_is_left_to_weasyprint() -> None:
    design = replace(DESIGN, body=replace(DESIGN.body, zh="{name}您好，恭喜您，现授予"))
    with pytest.raises(Unsuited):
        Printer(design).plate(row("林晓棠"))
    assert "林晓棠您好" in text(Printer(design).pdf(row("林晓棠")))


def checked(path: Path) -> str:
    return subprocess.run(["qpdf", "--check", path], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("paper", PAPERS)
def test_a_file_is_sound_and_small(paper: str, tmp_path: Path) -> None:
    file = tmp_path / "one.pdf"
    for name in ("林晓棠", "Tang Lin"):
        file.write_bytes(printer(replace(DESIGN, paper=paper)).pdf(row(name)))
        assert "No syntax or stream encoding errors" in checked(file)
        assert file.stat().st_size <= 80_000


# The book


PEOPLE = [*NAMES, "𠮷田"]


def book(folder: Path, **how: bool) -> Path:
    rows = [
        row(PEOPLE[i % 8], i, fields={**(ROW.fields or {}), "score": 80 + i % 3}, salutation="" if i % 5 else "女士")
        for i in range(24)
    ]
    with (folder / "book.pdf").open("wb") as out:
        print_book(DESIGN, rows, out, **how)
    return folder / "book.pdf"


def test_a_book_has_each_certificate_on_a_page_in_the_list_s_order(tmp_path: Path) -> None:
    file = book(tmp_path)
    assert "No syntax or stream encoding errors" in checked(file)
    pages = read(file.read_bytes()).pages
    assert len(pages) == 24
    for i in (0, 7, 11, 23):
        # Letters set apart may read with blanks between them.
        said = pages[i].extract_text().replace(" ", "")
        assert PEOPLE[i % 8].replace(" ", "") in said
        assert f"LY-2026-1128-{i:04d}" in said
        assert ("八十分", "八十一分", "八十二分")[i % 3] in said


def test_a_book_s_page_looks_like_the_single_file(tmp_path: Path) -> None:
    def page(file: Path, number: int) -> bytes:
        one = file.with_name("one.pdf")
        subprocess.run(["qpdf", file, "--pages", ".", str(number), "--", one], check=True)
        return one.read_bytes()

    file = book(tmp_path)
    for number in (1, 8):
        single = row(PEOPLE[number - 1], number - 1, salutation="女士" if number == 1 else "")
        single = replace(single, fields={**(ROW.fields or {}), "score": 80 + (number - 1) % 3})
        # Any mask is a right QR code; all pages of a plate have one.
        assert apart(page(file, number), render_pdf(DESIGN, single), beside=(0, 620, 300, 800)) < 40


def test_a_book_to_cut_has_marks_outside_the_sheet_and_empty_backs(tmp_path: Path) -> None:
    pages = read(book(tmp_path, crop=True, backs=True).read_bytes()).pages
    assert len(pages) == 48
    first: Any = pages[0]
    assert first.trimbox.width == pytest.approx(297 / 25.4 * 72, abs=0.1)
    assert first.mediabox.width == pytest.approx(float(first.trimbox.width) + 68, abs=0.1)
    assert (pages[1].extract_text(), pages[1].mediabox) == ("", first.mediabox)


def test_an_empty_book_is_a_sound_file(tmp_path: Path) -> None:
    out = BytesIO()
    print_book(DESIGN, [], out)
    assert len(read(out.getvalue()).pages) == 0


# The picture


@pytest.mark.parametrize("name", ["林晓棠", "Tang Lin-Avery", "𠮷田"])
def test_the_picture_shows_the_printed_page(name: str) -> None:
    with Image.open(BytesIO(picture(DESIGN, row(name), WIDTH))) as image:
        seen = image.convert("L").filter(ImageFilter.BoxBlur(3))
    assert ImageChops.difference(seen, ink(printer(DESIGN).pdf(row(name)))).getextrema()[1] < 40
    assert len(picture(DESIGN, row(name), WIDTH)) < 300_000


def test_its_picture_can_be_scanned() -> None:
    with Image.open(BytesIO(picture(DESIGN, row("林晓棠", 41), WIDTH))) as image:
        (code,) = zxingcpp.read_barcodes(image.convert("RGB"))
    assert code.text == row("林晓棠", 41).verify_url


@pytest.mark.parametrize(("orientation", "language"), [("landscape", "zh"), ("portrait", "both"), ("landscape", "en")])
def test_a_checker_of_pdf_ua_finds_nothing(orientation: str, language: str, tmp_path: Path) -> None:
    design = replace(DESIGN, orientation=orientation, language=language)
    files = {
        "plain": printer(design).pdf(row("林晓棠")),
        "marked": Printer(design).pdf(row("何朵", watermark="已撤销")),
    }
    for name, pdf in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
    checker = Path(sys.executable).with_name("outloud")
    said = subprocess.run([checker, tmp_path, "--fail-on", "warning"], check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    assert "2 pass" in said.stdout
