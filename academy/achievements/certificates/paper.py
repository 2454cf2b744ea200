"""The printed certificate: a pure function of a design and a row."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from math import ceil
from pathlib import Path
from threading import Lock
from typing import Any
from unicodedata import east_asian_width
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from PIL import Image
from weasyprint import HTML
from weasyprint.formatting_structure.boxes import BlockBox, LineBox
from weasyprint.images import RasterImage, SVGImage
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf.stream import Stream
from weasyprint.urls import URLFetcher

from academy.achievements.certificates import ornament
from academy.achievements.certificates.rules import (
    BOTH,
    DISCLAIMER,
    DISCLAIMER_EN,
    EN,
    EXPIRED,
    LANDSCAPE,
    PORTRAIT,
    REPLACED,
    REVOKED,
    SAMPLE,
    WATERMARKS,
    ZH,
    Design,
    Emblem,
    Paper,
    Picture,
    wording,
    written_date,
)
from academy.files.pages import drawn, few_colours
from academy.text import qr
from academy.text.codes import printed_code
from academy.text.fonts import lacking

TEMPLATES = Path(__file__).parents[3] / "templates"


@dataclass(frozen=True)
class Places:
    """Where things stand on a sheet, in millimetres."""

    left: float
    measure: float  # the width of the text
    main: float
    room: float  # the height for name and wording
    foot: float
    serial: float  # the width for serial and code
    hand: float
    hand_top: float
    seal: float
    sign: float
    sign_width: float
    sign_middle: float
    logo: float
    logo_top: float
    logo_height: float
    head: float  # the width for a title without its spacing
    lines: int  # that the text may fill in its usual size


PLACES = {
    LANDSCAPE: Places(
        left=42,
        measure=213,
        main=82,
        room=74,
        foot=159,
        serial=80,
        hand=116.5,
        hand_top=161,
        seal=152,
        sign=179,
        sign_width=84,
        sign_middle=171,
        logo=32,
        logo_top=28,
        logo_height=14,
        head=150,
        lines=2,
    ),
    PORTRAIT: Places(
        left=32,
        measure=146,
        main=96,
        room=112,
        foot=243.5,
        serial=46,
        hand=32,
        hand_top=216,
        seal=133,
        sign=111,
        sign_width=72,
        sign_middle=256.5,
        logo=29,
        logo_top=25.5,
        logo_height=10.5,
        head=106,
        lines=3,
    ),
}


Finisher = Callable[[Any, Any], None]


def render_pdf(design: Design, row: Paper) -> bytes:
    """The certificate as a tagged PDF (PDF/UA-1) of one A4 page; KeyError for a field that the row lacks."""
    return laid_out(texts(design, row))


_one_at_a_time = Lock()  # a drawing holds the state of who draws it, and is the same for all


def laid_out(shown: dict[str, Any], finisher: Finisher | None = None) -> bytes:
    """The page that shows these texts; a finisher sees WeasyPrint's document and PDF before they are written."""
    html = _template().render(**shown)
    # What is drawn is in the cache; nothing is ever fetched.
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=()))
    identifier = sha256(html.encode()).digest()[:16]
    with _one_at_a_time:
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/ua-1", pdf_identifier=identifier, cache=_art(shown), finisher=finisher
        )
    return pdf


def _art(shown: dict[str, Any]) -> dict[str, Any]:
    """The pictures that the template names."""
    design, row = shown["design"], shown["row"]
    art = {
        "art:sheet": _sheet(design.paper, design.orientation),
        "art:emblem": _emblem(design.emblem),
        "art:seal": _photograph(design.seal) if isinstance(design.seal, Picture) else _seal(design.seal, design.paper),
        "art:seal-frame": _seal_frame(design.paper),
        "art:qr": _image(qr.svg(row.verify_url, "#2b2115")),
    }
    if design.signature:
        art["art:signature"] = _photograph(design.signature.picture)
    if design.logo:
        art["art:logo"] = _photograph(design.logo)
    return art


# What may fill how many lines, by the element that shows it.
MOST_LINES = {"h1": ("title", 1), "latin": ("title", 1), "to": ("name", 2), "honour": ("subtitle", 2)}


def misfits(design: Design, row: Paper) -> dict[str, str]:
    """What doesn't fit on the sheet even in its smallest size, by field, as the real layout shows."""
    shown = texts(design, row)
    html = HTML(string=_template().render(**shown), url_fetcher=URLFetcher(allowed_protocols=()))
    (page,) = html.render(cache=_art(shown)).pages
    lead, found = shown["lead"], {}
    for box in _boxes(page._page_box):
        name, lines = _named(box), [child for child in getattr(box, "children", ()) if isinstance(child, LineBox)]
        if name in MOST_LINES and len(lines) > MOST_LINES[name][1]:
            field = MOST_LINES[name][0]
            english = lead == EN or name == "latin" or box.element.get("lang") == "en"
            found["name" if field == "name" else f"{field}.{EN if english else ZH}"] = "too-wide"
        if name == "main" and box.height > (shown["at"].room + 0.5) / 25.4 * 96:
            found[f"body.{lead}"] = "too-high"
    return found


def _boxes(box: Any) -> Iterator[Any]:
    """A box and all within it, also those that stand in their own place."""
    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


def _named(box: Any) -> str:
    """The first class of the element whose own box it is, or its tag."""
    if box.element is None or not isinstance(box, BlockBox):
        return ""
    return str(box.element.get("class", box.element_tag)).split()[-1]


def render_png(pdf: bytes, width: int) -> bytes:
    """The one page of a PDF as a picture of so many pixels across."""
    return few_colours(drawn(pdf, width))


class _Drawing:
    """A drawing without text, worked out and deflated once; the sheet would take 0.6 s each time."""

    def __init__(self, svg: str) -> None:
        self._svg, self._image = svg, _image(svg)
        self._drawn: dict[tuple[float, float], tuple[bytes, dict[str, object]]] = {}

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[float, float, float]:
        """WeasyPrint asks any image for this."""
        size: tuple[float, float, float] = self._image.get_intrinsic_size(resolution, font_size)
        return size

    def draw(self, stream: Stream, width: float, height: float, style: object) -> None:
        """Draw it as a form of its own, whose content is the same wherever it lies."""
        form = stream.add_group(0, 0, width, height)
        if (width, height) not in self._drawn:
            # What was drawn holds on to the whole document, with its fonts of 15 MB each.
            _image(self._svg).draw(form, width, height, style)
            states = dict(form._resources["ExtGState"])
            self._drawn[width, height] = zlib.compress(b"\n".join(form.stream), 9), states
        deflated, states = self._drawn[width, height]
        form.stream[:] = [deflated]
        form.compress = False
        form.extra["Filter"] = "/FlateDecode"
        form._resources["ExtGState"].update(states)
        stream.draw_x_object(form.id)


@cache
def _sheet(paper: str, orientation: str) -> _Drawing:
    return _Drawing(ornament.sheet(paper, orientation))


@cache
def _emblem(which: Emblem) -> _Drawing:
    return _Drawing(ornament.emblem(which))


@lru_cache(64)
def _seal(characters: str, paper: str) -> _Drawing:
    return _Drawing(ornament.seal(characters, paper))


@cache
def _seal_frame(paper: str) -> _Drawing:
    return _Drawing(ornament.seal_frame(paper))


def _photograph(picture: Picture) -> RasterImage:
    return RasterImage(Image.open(BytesIO(picture.data)), picture.name, picture.data)


def _image(svg: str) -> SVGImage:
    return SVGImage(ElementTree.fromstring(svg), "art:", None, None)  # noqa: S314 (our own drawing)


def texts(design: Design, row: Paper) -> dict[str, Any]:
    """What the template shows, where, and how large."""
    at, english = PLACES[design.orientation], design.language == EN
    lead = EN if english else ZH
    said = wording(design, row, lead)
    gloss = wording(design, row, EN) if design.language == BOTH else None
    issuer = _issuer(design)
    also = design.issuer.academy_en if design.language == BOTH else ""
    sign_top = at.sign_middle - 4.8 * (len(issuer) + 1) - (3 if also else 0)
    serial = HAND_LEFT if design.signature and at.serial > HAND_LEFT else at.serial
    small = SMALL[design.language, serial >= 60]
    title = design.title.in_(lead)
    spacing = 0.06 if english else 0.32 if _ems(title) <= 10 else 0.12
    watermark = row.watermark if lead == ZH else IN_ENGLISH.get(row.watermark, row.watermark)
    return {
        "design": design,
        "row": row,
        "watermark": watermark,
        "lead": lead,
        "title": title,
        "latin": "" if english else design.title.en,
        "said": said,
        "gloss": gloss,
        "code": printed_code(row.code),
        "issuer": issuer,
        "issuer_also": also,
        "date": written_date(row.issued_on, lead, design.numerals),
        "disclaimer": {ZH: DISCLAIMER, EN: DISCLAIMER_EN},
        "labels": LABELS[design.language],
        "alt": _alternatives(design, row, lead),
        "at": at,
        "sheet": ornament.SHEETS[design.orientation],
        "colours": ornament.PALETTES[design.paper],
        "drawn_seal": isinstance(design.seal, str),
        "name_font": name_font(row.name),
        "name_spacing": name_spacing(design, row.name),
        "title_size": _fitted(title, 13, at.head + 30, 8) if english else _fitted(title, 15.5, at.head, 9),
        "title_spacing": spacing,
        "latin_size": _fitted(design.title.en + "M" * (len(design.title.en) // 2), 3.5, at.head + 40, 2.2),
        "mark_size": _fitted(watermark, 44, 150, 16),
        "mark_turn": -26 if design.orientation == LANDSCAPE else -52,
        "serial_width": serial,
        "small": small[0],
        "small_leading": small[1],
        "hand_size": _fitted(design.signature.name if design.signature else "", 3.6, 33, 2.2),
        "sign_size": _fitted(max(issuer, key=_ems), 5 if english else 6, at.sign_width - 2, 2.7),
        "sign_top": sign_top,
        # Beside the issuer where the sheet is wide, else above.
        "seal_top": 156.5 if design.orientation == LANDSCAPE else sign_top - 30.2,
        **_sizes(design, row, said, gloss, at),
    }


IN_ENGLISH = {
    WATERMARKS[EXPIRED]: "Expired",
    WATERMARKS[REPLACED]: "Replaced",
    WATERMARKS[REVOKED]: "Revoked",
    WATERMARKS[SAMPLE]: "Sample",
}
LABELS = {
    ZH: {"serial": "证书编号", "code": "查验码"},
    EN: {"serial": "Certificate no.", "code": "Code"},
    BOTH: {"serial": "证书编号 Certificate no.", "code": "查验码 Code"},
}
# Size and leading of serial, code and disclaimer, by language and whether the disclaimer has a line to itself.
SMALL = {
    (ZH, True): (3.6, 6.4),
    (ZH, False): (3.6, 6.4),
    (EN, True): (3.1, 5.8),
    (EN, False): (3.1, 5.0),
    (BOTH, True): (3.1, 5.0),
    (BOTH, False): (2.9, 4.2),
}
HAND_LEFT = 44.0  # mm that a signature leaves for them


def _issuer(design: Design) -> list[str]:
    """The issuer in one line or two."""
    company, academy = design.issuer.company, design.issuer.academy
    if design.language == EN:
        return [design.issuer.academy_en or academy, company]
    line = design.issuer.in_(ZH)
    return [line] if _ems(line) <= 14 else [company, academy]


def _alternatives(design: Design, row: Paper, lead: str) -> dict[str, str]:
    """What the pictures say to those who don't see them."""
    characters = design.seal if isinstance(design.seal, str) else design.issuer.in_(lead)
    hand = design.signature.name if design.signature else ""
    if lead == EN:
        return {
            "qr": "QR code that leads to the page where it is verified",
            "seal": f"Seal: {characters}",
            "signature": f"Signature of {hand}",
            "logo": f"Logo of {design.issuer.academy_en or design.issuer.academy}",
        }
    return {
        "qr": "查验二维码，扫码打开查验页",
        "seal": f"印章：{characters}",
        "signature": f"{hand}的签名",
        "logo": f"{design.issuer.academy}的标志",
    }


SHRINKS = (1.0, 0.93, 0.86, 0.8, 0.74)


def _sizes(
    design: Design, row: Paper, said: dict[str, str], gloss: dict[str, str] | None, at: Places
) -> dict[str, float | bool]:
    """The sizes of name and wording: the usual ones, or smaller as long as the whole is higher than its room."""
    english, found = design.language == EN, {}
    glossed = 5.2 if design.orientation == LANDSCAPE else 5.8
    for shrink in SHRINKS:
        if english:
            body_size, wide = 5.6 * shrink, True
            name_size = _fitted(row.name, 9, at.measure - 30, 4.4)
        else:
            body_size = (_body_size(said["body"], at) if gloss is None else glossed) * shrink
            name_size = _fitted(f"{row.name}{row.salutation}：", 7.6 if gloss is None else 7, at.measure - 10, 4.4)
            wide = _ems(said["subtitle"]) <= 16
        airy = body_size > 5.2 and gloss is None
        usual = 10.5 if gloss is None and not english else 9.4
        subtitle_size = _fitted(said["subtitle"], usual * shrink, at.measure - (33 if wide else 13), 5.6)
        leading = 1.75 if airy else 1.6
        gloss_size = glossed * 0.73 * shrink
        found = {
            "name_size": name_size,
            # The rule under a name in two lines would stick out.
            "name_padding": 6 if _ems(row.name) * name_size < at.measure - 12 else 2,
            "body_size": round(body_size, 2),
            "airy": airy,
            "leading": leading,
            "subtitle_size": subtitle_size,
            "subtitle_spacing": 0.04 if english else 0.14 if wide else 0.03,
            "gloss_size": round(gloss_size, 2),
        }
        height = (
            _lines(f"{row.name}{row.salutation}", name_size, at.measure) * name_size * 1.5
            + (4 if airy else 3)
            + sum(_lines(said[text], body_size, at.measure) for text in ("body", "closing")) * body_size * leading
            + _lines(said["subtitle"], subtitle_size, at.measure) * subtitle_size * 1.35
            + 2 * (4.6 if airy else 2.4)
            + (9.4 if english else 0)
        )
        if gloss:
            lines = sum(_lines(gloss[text], gloss_size, at.measure) for text in ("body", "subtitle", "closing"))
            height += lines * gloss_size * 1.4 + 2.4
        if height <= at.room:
            break
    return found


def has_usual_name(design: Design, row: Paper) -> bool:
    """Whether a name is on one line in the usual size, as all but very long ones are, and so changes no other size."""
    at = PLACES[design.orientation]
    if design.language == EN:
        return _ems(row.name) * 9 < at.measure - 30
    usual = 7.6 if design.language == ZH else 7
    return _ems(f"{row.name}{row.salutation}：") * usual < at.measure - 12


def name_font(name: str) -> str:
    """What a name is set in; one with a single rare Hanzi is in that one's typeface throughout."""
    return "LXGW WenKai" if any(map(_is_rare, name)) else "Noto Serif SC"


@lru_cache(8192)
def _is_rare(letter: str) -> bool:
    return lacking(letter, "Noto Serif SC") != ""


def name_spacing(design: Design, name: str) -> float:
    """How far a name's letters are set apart, in its size."""
    if design.language == EN:
        return 0.02
    return 0.14 if _ems(name) <= 6 else 0.01


def _lines(text: str, size: float, measure: float) -> int:
    """About how many lines a text fills."""
    # Latin words leave ragged ends, but their letters are narrower than _ems makes sure of.
    return ceil((_ems(text) + 2) * size / measure) if not text.isascii() else ceil(len(text) * 0.53 * size / measure)


def _ems(text: str) -> float:
    """About how wide a text is, in its own size; a little too much rather than too little."""
    return sum(map(_em, text))


@lru_cache(8192)
def _em(letter: str) -> float:
    if letter in "MWmw" or east_asian_width(letter) in "WFA":
        return 1.1 if letter == "W" else 1.0
    return 0.82 if letter.isupper() else 0.6


def _fitted(text: str, size: float, width: float, smallest: float) -> float:
    """The size in mm at which a text fits a width in mm, between the usual and the smallest; beyond it wraps."""
    return round(max(smallest, min(size, width / (_ems(text) or 1))), 2)


def _body_size(text: str, at: Places) -> float:
    """The size in mm at which a paragraph ends on a line of some length, and leaves room for what follows."""
    wanted = _ems(text) + 2
    for size in (6.1, 5.9, 5.7):
        lines, rest = divmod(wanted, at.measure / size)
        if lines == 0 or (lines < at.lines and rest > 6):
            return size
    return 5.2 if wanted <= (at.lines + 1) * at.measure / 5.2 else 4.7


@cache
def _template() -> Template:
    folder = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    return folder.get_template("certificates/paper.html")
