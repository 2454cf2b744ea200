"""The weekly report on paper."""

from weasyprint import HTML
from weasyprint.urls import URLFetcher


def render_pdf(html: str) -> bytes:
    """A page as a tagged PDF (PDF/UA-1); nothing is fetched."""
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=()))
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return pdf
