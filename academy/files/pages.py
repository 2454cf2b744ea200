"""Pages of a PDF as pictures."""

from io import BytesIO
from threading import Lock

from PIL import Image

_one_at_a_time = Lock()  # PDFium knows no threads


def printed(html: str) -> bytes:
    """A page as a PDF; what it shows is in it, for nothing is ever fetched."""
    # WeasyPrint takes a second to load, which no other request or command should wait for.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    pdf: bytes = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",))).write_pdf()
    return pdf


def drawn(pdf: bytes, width: int, *, clear: bool = False) -> Image.Image:
    """The first page of a PDF, so many pixels across; on white, or clear where nothing is drawn."""
    from pypdfium2 import PdfDocument

    with _one_at_a_time, PdfDocument(pdf) as document:
        page = document[0]
        ground = (255, 255, 255, 0 if clear else 255)
        picture: Image.Image = page.render(
            scale=width / page.get_width(), rev_byteorder=True, fill_color=ground
        ).to_pil()
        return picture if clear else picture.convert("RGB")


def few_colours(picture: Image.Image) -> bytes:
    """A drawing as a PNG of few colours, and therefore small."""
    kept = BytesIO()
    # An octree is five times as quick as median cut, and here the smaller.
    picture.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(kept, "PNG")
    return kept.getvalue()
