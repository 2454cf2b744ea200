"""The printed certificate: a pure function of a design and a row."""

import zlib
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from unicodedata import east_asian_width
from xml.etree import ElementTree

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from weasyprint import HTML
from weasyprint.images import SVGImage
from weasyprint.pdf.stream import Stream
from weasyprint.urls import URLFetcher

from academy.achievements.certificates import ornament
from academy.achievements.certificates.rules import (
    DISCLAIMER,
    Design,
    Emblem,
    Paper,
    chinese_date,
    fill,
)
from academy.files.pages import drawn, few_colours
from academy.text.codes import printed_code
from academy.text.fonts import lacking

TEMPLATES = Path(__file__).parents[3] / "templates"
MEASURE = 213.0  # mm, the width of the text


def render_pdf(design: Design, row: Paper) -> bytes:
    """The certificate as a tagged PDF (PDF/UA-1) of one A4 page; KeyError for a field that the row lacks."""
    html = _template().render(**_texts(design, row))
    art = {
        "art:sheet": _sheet(design.paper),
        "art:emblem": _emblem(design.emblem),
        "art:seal": _seal(design.seal, design.paper),
        "art:qr": _image(_qr(row.verify_url)),
    }
    # What is drawn is in the cache; nothing is ever fetched.
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=()))
    identifier = sha256(html.encode()).digest()[:16]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, cache=art)
    return pdf


def render_png(pdf: bytes, width: int) -> bytes:
    """The one page of a PDF as a picture of so many pixels across."""
    return few_colours(drawn(pdf, width))


class _Plate:
    """A background drawing without text, worked out and deflated once; the sheet would take 0.6 s each time."""

    def __init__(self, svg: str) -> None:
        self._image = _image(svg)
        self._drawn: dict[bytes, tuple[bytes, dict[str, object]]] = {}

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[float, float, float]:
        """WeasyPrint asks any image for this."""
        size: tuple[float, float, float] = self._image.get_intrinsic_size(resolution, font_size)
        return size

    def draw(self, stream: Stream, width: float, height: float, style: object) -> None:
        """Fill the background's own stream, which holds nothing yet but where it lies."""
        place = b"\n".join(stream.stream)
        if place not in self._drawn:
            self._image.draw(stream, width, height, style)
            states = dict(stream._resources["ExtGState"])
            self._drawn[place] = zlib.compress(b"\n".join(stream.stream), 9), states
        deflated, states = self._drawn[place]
        stream.stream[:] = [deflated]
        stream.compress = False
        stream.extra["Filter"] = "/FlateDecode"
        stream._resources["ExtGState"].update(states)


@cache
def _sheet(paper: str) -> _Plate:
    return _Plate(ornament.sheet(paper))


@cache
def _emblem(which: Emblem) -> _Plate:
    return _Plate(ornament.emblem(which))


@cache
def _seal(characters: str, paper: str) -> _Plate:
    return _Plate(ornament.seal(characters, paper))


def _image(svg: str) -> SVGImage:
    return SVGImage(ElementTree.fromstring(svg), "art:", None, None)  # noqa: S314 (our own drawing)


def _qr(url: str) -> str:
    """The verification address as a QR code of level M with its quiet zone."""
    drawn = BytesIO()
    segno.make(url, error="m", boost_error=False, micro=False).save(
        drawn, kind="svg", border=4, dark="#2b2115", light="#fff", xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode()


def _texts(design: Design, row: Paper) -> dict[str, object]:
    """What the template shows, and how large."""
    fields = {"name": row.name, **(row.fields or {})}
    body, subtitle, closing = (fill(text, fields) for text in (design.body, design.subtitle, design.closing))
    issuer = f"{design.issuer.company}·{design.issuer.academy}"
    signature = [issuer] if _ems(issuer) <= 14 else [design.issuer.company, design.issuer.academy]
    body_size = _body_size(body)
    wide = _ems(subtitle) <= 16
    return {
        "design": design,
        "row": row,
        "body": body,
        "subtitle": subtitle,
        "closing": closing,
        "code": printed_code(row.code),
        "signature": [*signature, chinese_date(row.issued_on)],
        "disclaimer": DISCLAIMER,
        "colours": ornament.PAPERS[design.paper],
        # A name with one rare Hanzi is set in that one's typeface throughout.
        "name_font": "LXGW WenKai" if lacking(row.name, "Noto Serif SC") else "Noto Serif SC",
        "name_size": _fitted(f"{row.name}{row.salutation}：", 7.6, MEASURE - 10, 4.4),
        "name_spacing": 0.14 if _ems(row.name) <= 6 else 0.01,
        "title_size": _fitted(design.title.zh, 15.5, 150, 9),
        "body_size": body_size,
        "airy": body_size > 5.2,
        "subtitle_size": _fitted(subtitle, 10.5, 180 if wide else 200, 5.6),
        "subtitle_spacing": 0.14 if wide else 0.03,
        "sign_size": _fitted(max(signature, key=_ems), 6, 82, 2.7),
        "sign_top": 171 - 4.8 * (len(signature) + 1),
    }


def _ems(text: str) -> float:
    """About how wide a text is, in its own size; a little too much rather than too little."""

    def width(letter: str) -> float:
        if letter in "MWmw" or east_asian_width(letter) in "WFA":
            return 1.1 if letter == "W" else 1.0
        return 0.82 if letter.isupper() else 0.6

    return sum(width(letter) for letter in text)


def _fitted(text: str, size: float, width: float, smallest: float) -> float:
    """The size in mm at which a text fits a width in mm, between the usual and the smallest; beyond it wraps."""
    return round(max(smallest, min(size, width / (_ems(text) or 1))), 2)


def _body_size(text: str) -> float:
    """The size in mm at which a paragraph ends on a line of some length, and leaves room for what follows."""
    wanted = _ems(text) + 2
    for size in (6.1, 5.9, 5.7):
        lines, rest = divmod(wanted, MEASURE / size)
        if lines == 0 or (lines == 1 and rest > 6):
            return size
    return 5.2 if wanted <= 3 * MEASURE / 5.2 else 4.7


@cache
def _template() -> Template:
    folder = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    return folder.get_template("certificates/paper.html")
