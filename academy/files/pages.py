"""Pages of a PDF as pictures."""

from io import BytesIO
from threading import Lock

from PIL import Image

_one_at_a_time = Lock()  # PDFium knows no threads


def drawn(pdf: bytes, width: int) -> Image.Image:
    """The first page of a PDF, so many pixels across."""
    from pypdfium2 import PdfDocument

    with _one_at_a_time, PdfDocument(pdf) as document:
        page = document[0]
        picture: Image.Image = page.render(scale=width / page.get_width(), rev_byteorder=True).to_pil()
        return picture.convert("RGB")


def few_colours(picture: Image.Image) -> bytes:
    """A drawing as a PNG of few colours, and therefore small."""
    kept = BytesIO()
    # An octree is five times as quick as median cut, and here the smaller.
    picture.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(kept, "PNG")
    return kept.getvalue()
