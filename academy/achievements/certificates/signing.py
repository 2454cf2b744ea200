"""Signing a certificate's PDF with the brand's own key, so that a PDF reader shows who issued it.

The signature is a PAdES baseline signature of level B (ETSI EN 319 142-1), added after what was printed. It tells the
moment of signing by the machine's own clock, so that a signed file is no pure function of design and row.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner


class UnreadableKey(ValueError):
    """The file holds no key with its certificate, or the passphrase is another's."""


def signed(pdf: bytes, key: Path, passphrase: str) -> bytes:
    """The PDF with a signature that forbids any later change; key is a PKCS #12 file. Raises `UnreadableKey`."""
    about = PdfSignatureMetadata(
        field_name="Issuer",
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    out = BytesIO()
    PdfSigner(about, _signer(key, passphrase)).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
    return out.getvalue()


@lru_cache(maxsize=4)
def _signer(key: Path, passphrase: str) -> SimpleSigner:
    found: SimpleSigner | None = SimpleSigner.load_pkcs12(key, passphrase=passphrase.encode() or None)
    if found is None:
        raise UnreadableKey(f"{key} holds no key that ACADEMY_SIGNING_PASSPHRASE opens")
    return found
