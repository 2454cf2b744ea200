"""The printed certificate, as a reader, a printer, a scanner and a screen reader meet it."""

import subprocess
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from academy.achievements.certificates.paper import misfits, render_pdf, texts
from academy.achievements.certificates.rules import (
    DISCLAIMER,
    ORIENTATIONS,
    PAPERS,
    Design,
    Emblem,
    Issuer,
    Paper,
    Picture,
    Signature,
    Words,
)

DESIGN = Design(
    key="silver",
    title=Words("荣誉证书", "Certificate of Honor"),
    subtitle=Words("「快乐宝妈·{tier}」", "Happy Mom · {tier}"),
    body=Words(
        "您已完成鹿芽学堂{course}全部课程，结业考核{score}分，成绩合格，现授予",
        "for completing the {course} at Luya Academy with {score} points",
    ),
    closing=Words("荣誉称号。特颁此证，以资鼓励。", "with our thanks."),
    emblem=Emblem("silver", 2),
    issuer=Issuer("鹿芽有限公司", "鹿芽学堂", "Luya Academy"),
    seal="鹿芽之印",
    figures=frozenset({"course", "score", "tier"}),
)
ROW = Paper(
    name="林晓棠",
    serial="LY-2026-0918-0037",
    code="7KQ4M2VX",
    issued_on=date(2026, 9, 18),
    verify_url="https://academy.example/verify/LY-2026-0918-0037/7KQ4M2VX",
    salutation="女士",
    fields={"course": "青铜阶段", "score": 92, "tier": "白银"},
)


def picture_of(size: tuple[int, int]) -> bytes:
    """A dark blot on nothing."""
    drawn = BytesIO()
    Image.new("RGBA", size, (20, 20, 60, 255)).save(drawn, "PNG")
    return drawn.getvalue()


@cache
def certificate() -> bytes:
    return render_pdf(DESIGN, ROW)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text(pdf: bytes) -> str:
    return read(pdf).pages[0].extract_text()


def fonts(pdf: bytes) -> list[Any]:
    page: Any = read(pdf).pages[0]
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def rasterised(pdf: bytes, folder: Path, dpi: int = 150) -> Image.Image:
    (folder / "paper.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-png", "-singlefile", folder / "paper.pdf", folder / "paper"],
        check=True,
    )
    return Image.open(folder / "paper.png").convert("RGB")


def test_it_says_whom_it_honours_for_what_and_how_to_check_it() -> None:
    said = text(certificate())
    # Spaced letters may read with blanks between them.
    assert "荣誉证书CERTIFICATEOFHONOR" in said.replace(" ", "")
    for words in (
        "林晓棠",
        "女士：",
        "青铜阶段全部课程，结业考核九十二分",
        "「快乐宝妈·白银」",
        "特颁此证",
        "LY-2026-0918-0037",
        "7KQ4-M2VX",
        DISCLAIMER,
        "鹿芽有限公司·鹿芽学堂",
        "二〇二六年九月十八日",
    ):
        assert words in said


def test_it_is_one_page_of_a4_across() -> None:
    pages = read(certificate()).pages
    assert len(pages) == 1
    assert float(pages[0].mediabox.width) == pytest.approx(297 / 25.4 * 72, abs=0.1)
    assert float(pages[0].mediabox.height) == pytest.approx(210 / 25.4 * 72, abs=0.1)


def test_its_fonts_are_embedded_subsets_with_their_letters_named() -> None:
    assert fonts(certificate())
    for font in fonts(certificate()):
        inner = font["/DescendantFonts"][0].get_object()
        assert inner["/BaseFont"][7] == "+"
        assert "NotoSerifSC" in inner["/BaseFont"].replace("-", "")
        assert "/FontFile2" in inner["/FontDescriptor"]
        assert "/ToUnicode" in font
    assert len(certificate()) < 150_000


def test_it_tells_what_it_is_to_machines_and_screen_readers() -> None:
    reader = read(certificate())
    assert reader.metadata
    assert reader.metadata.title == "荣誉证书 LY-2026-0918-0037 林晓棠"
    assert reader.metadata.author == "鹿芽有限公司 鹿芽学堂"
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/Lang"] == "zh-CN"
    assert catalog["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in catalog["/Metadata"].get_data()
    assert alternatives(catalog["/StructTreeRoot"]) == ["查验二维码，扫码打开查验页", "印章：鹿芽之印"]


def alternatives(node: object) -> list[str]:
    """The alternative texts of a tag tree."""
    if not isinstance(node, DictionaryObject):
        return []
    kids = node.get("/K", [])
    kids = kids if isinstance(kids, list) else [kids]
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + [alt for kid in kids if hasattr(kid, "get_object") for alt in alternatives(kid.get_object())]


@pytest.mark.parametrize("dpi", [96, 150])
def test_its_qr_code_leads_to_the_page_that_verifies_it(dpi: int, tmp_path: Path) -> None:
    found = zxingcpp.read_barcodes(rasterised(certificate(), tmp_path, dpi))
    assert [code.text for code in found] == [ROW.verify_url]


def test_its_qr_code_is_large_enough_to_scan_from_paper(tmp_path: Path) -> None:
    (code,) = zxingcpp.read_barcodes(rasterised(certificate(), tmp_path))
    corners = code.position
    assert (corners.top_right.x - corners.top_left.x) / 150 * 25.4 >= 18


def test_the_same_row_gives_the_same_bytes() -> None:
    assert render_pdf(DESIGN, ROW) == certificate()
    assert render_pdf(DESIGN, replace(ROW, code="7KQ4M2VY")) != certificate()


def test_rare_hanzi_are_drawn_and_can_be_copied(tmp_path: Path) -> None:
    pdf = render_pdf(DESIGN, replace(ROW, name="𠮷䶮"))
    assert "𠮷" in text(pdf)
    assert "䶮" in text(pdf)
    used = {font["/BaseFont"][8:].replace("-", "").lower() for font in fonts(pdf)}
    assert any("wenkai" in font for font in used)
    # A missing glyph would be the same box for any letter.
    shapes = {name: name_on(render_pdf(DESIGN, replace(ROW, name=name)), tmp_path) for name in ("𠮷", "䶮", "吉")}
    assert len(set(shapes.values())) == 3


def name_on(pdf: bytes, folder: Path) -> bytes:
    page = rasterised(pdf, folder, 100)
    width, height = page.size
    return page.crop((int(width * 0.13), int(height * 0.38), int(width * 0.2), int(height * 0.5))).tobytes()


@pytest.mark.parametrize(
    "name",
    ["棠", "W" * 40, "林" * 40, "Alexandria Wilhelmina-Montgomery O'Brien", "Tang Lin"],
)
def test_no_name_breaks_the_page(name: str, tmp_path: Path) -> None:
    for salutation in ("", "女士"):
        pdf = render_pdf(DESIGN, replace(ROW, name=name, salutation=salutation))
        assert len(read(pdf).pages) == 1
        said = text(pdf)
        assert name in said.replace("\n", "")
        # All that follows is still there and in its place.
        assert said.index(DISCLAIMER) > said.index("特颁此证") > said.index("「快乐宝妈")
        assert margin_is_clear(rasterised(pdf, tmp_path, 50))


def margin_is_clear(page: Image.Image) -> bool:
    """Whether nothing dark stands between the text's measure and the frame on the right."""
    width, height = page.size
    strip = page.crop((int(width * 0.872), int(height * 0.2), int(width * 0.93), int(height * 0.8))).convert("L")
    return min(strip.tobytes()) > 200


def test_the_longest_wording_leaves_room_for_the_signature() -> None:
    long = replace(DESIGN, body=Words("您" * 149 + "予"))
    lines = {line: y for y, line in placed(render_pdf(long, replace(ROW, name="林" * 40)))}
    closing = next(y for line, y in lines.items() if "特颁此证" in line)
    serial = next(y for line, y in lines.items() if "证书编号" in line)
    assert closing - serial > 12


def placed(pdf: bytes) -> list[tuple[float, str]]:
    """Each piece of text with its height above the page's foot, in points."""
    found: list[tuple[float, str]] = []

    def visit(piece: str, outer: list[float], inner: list[float], *_: object) -> None:
        if piece.strip():
            found.append((outer[3] * inner[5] + outer[5], piece))

    read(pdf).pages[0].extract_text(visitor_text=visit)
    return found


def test_markup_in_a_name_stays_text() -> None:
    assert "<b>林&棠" in text(render_pdf(DESIGN, replace(ROW, name="<b>林&棠")))


def test_a_field_that_the_row_lacks_is_an_error_not_a_gap() -> None:
    with pytest.raises(KeyError):
        render_pdf(DESIGN, replace(ROW, fields={"course": "青铜阶段", "tier": "白银"}))


@pytest.mark.parametrize(("metal", "feathers"), [("bronze", 1), ("gold", 3), ("platinum", 4), ("diamond", 5)])
def test_every_tier_has_its_emblem_on_paper(metal: str, feathers: int, tmp_path: Path) -> None:
    page = rasterised(render_pdf(replace(DESIGN, emblem=Emblem(metal, feathers)), ROW), tmp_path, 50)
    width, height = page.size
    emblem = page.crop((int(width * 0.46), int(height * 0.125), int(width * 0.54), int(height * 0.24)))
    assert len(emblem.getcolors(100_000) or []) > 50
    assert min(emblem.convert("L").tobytes()) < 80


LOOKS = [
    replace(DESIGN, paper=paper, orientation=orientation, language=language)
    for orientation in ORIENTATIONS
    for paper, language in [*((paper, "both") for paper in PAPERS), ("plain", "zh"), ("plain", "en")]
]
TOLD = replace(
    ROW,
    fields={"course": {"zh": "青铜阶段", "en": "Bronze stage"}, "score": 92, "tier": {"zh": "白银", "en": "Silver"}},
)
HAND = Signature(Picture("1" * 40 + ".png", picture_of((300, 90))), "许知夏 院长")


@pytest.mark.parametrize("design", LOOKS, ids=lambda look: f"{look.paper}-{look.orientation}-{look.language}")
def test_every_paper_stands_in_both_directions_and_languages(design: Design, tmp_path: Path) -> None:
    pdf = render_pdf(replace(design, signature=HAND), replace(TOLD, name="林" * 40))
    (page,) = read(pdf).pages
    width, height = ((297, 210), (210, 297))[design.orientation == "portrait"]
    assert float(page.mediabox.width) == pytest.approx(width / 25.4 * 72, abs=0.1)
    assert float(page.mediabox.height) == pytest.approx(height / 25.4 * 72, abs=0.1)
    said = page.extract_text().replace("\n", "")
    assert ("青铜阶段全部课程" in said) == (design.language != "en")
    assert ("completing the Bronze stage" in said) == (design.language != "zh")
    assert ("professional qualification" in said) == (design.language != "zh")
    picture = rasterised(pdf, tmp_path, 96)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [ROW.verify_url]
    # Nothing stands between the text and the frame.
    mm = picture.width / width
    for left, right in ((20.5, 27.5), (width - 27.5, width - 20.5)):
        strip = picture.crop((int(left * mm), int(45 * mm), int(right * mm), int((height - 45) * mm)))
        assert min(strip.convert("L").tobytes()) > 200
    # And nothing between the frame and the edge, where printers don't reach.
    for edge in ((0, 0, picture.width, int(5 * mm)), (0, 0, int(5 * mm), picture.height)):
        assert min(picture.crop(edge).convert("L").tobytes()) > 240
    foot = picture.crop((int(30 * mm), int((height - 24.5) * mm), int((width - 30) * mm), int((height - 20) * mm)))
    assert min(foot.convert("L").tobytes()) > 200


def test_english_alone_is_told_to_machines_as_english() -> None:
    reader = read(render_pdf(replace(DESIGN, language="en"), replace(TOLD, name="Tang Lin")))
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/Lang"] == "en"
    assert reader.metadata
    assert reader.metadata.title == "Certificate of Honor LY-2026-0918-0037 Tang Lin"
    said = reader.pages[0].extract_text()
    assert "September 18, 2026" in said
    assert "女士" not in said


def test_figures_and_date_may_be_in_digits() -> None:
    said = text(render_pdf(replace(DESIGN, numerals="digits"), ROW))
    assert "结业考核92分" in said
    assert "2026年9月18日" in said


def test_a_watermark_is_read_and_lies_under_the_text() -> None:
    pdf = render_pdf(DESIGN, replace(ROW, watermark="已撤销"))
    said = text(pdf).replace(" ", "")
    assert said.index("已撤销") < said.index("荣誉证书"), "who listens learns it first"
    assert "Revoked" in text(render_pdf(replace(DESIGN, language="en"), replace(TOLD, watermark="已撤销")))


def test_seal_signature_and_logo_may_be_pictures_and_are_told(tmp_path: Path) -> None:
    logo, seal = Picture("2" * 40 + ".png", picture_of((400, 90))), Picture("3" * 40 + ".png", picture_of((90, 90)))
    pdf = render_pdf(replace(DESIGN, seal=seal, signature=HAND, logo=logo), ROW)
    catalog: Any = read(pdf).trailer["/Root"]
    assert alternatives(catalog["/StructTreeRoot"]) == [
        "鹿芽学堂的标志",
        "查验二维码，扫码打开查验页",
        "许知夏 院长的签名",
        "印章：鹿芽有限公司·鹿芽学堂",
    ]
    assert "许知夏 院长" in text(pdf)
    # Whatever the picture is, the square frame of the house stands around it.
    page = rasterised(pdf, tmp_path, 96)
    mm = page.width / 297
    red, green, _blue = page.getpixel((int(154.2 * mm), int(170 * mm)))  # type: ignore[misc]
    assert red > 2 * green


def test_what_is_too_long_even_when_small_is_said_with_its_field() -> None:
    long = replace(TOLD, name="林" * 40)
    assert misfits(DESIGN, long) == {}
    both = replace(
        DESIGN, language="both", body=Words("您" * 150, "for completing " * 20), closing=Words("谢" * 60, "x " * 60)
    )
    assert misfits(both, long) == {"body.zh": "too-high"}
    upright = replace(DESIGN, orientation="portrait", title=Words("荣" * 20, "HONOR"))
    assert misfits(upright, long) == {"title.zh": "too-wide"}


def test_the_shipped_design_is_set_as_it_always_was() -> None:
    shown = texts(DESIGN, ROW)
    sizes = ("name_size", "title_size", "body_size", "subtitle_size", "subtitle_spacing", "sign_size", "sign_top")
    assert [shown[size] for size in sizes] == [7.6, 15.5, 5.9, 10.5, 0.14, 6, 161.4]
