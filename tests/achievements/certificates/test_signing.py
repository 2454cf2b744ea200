"""A certificate that the brand has signed, as a PDF reader checks it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import ValidationContext, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus

from academy.achievements.certificates import signing
from academy.achievements.certificates.plates.files import Printer
from academy.achievements.certificates.signing import UnreadableKey
from tests.achievements.certificates.test_paper import DESIGN, ROW, text

T = TypeVar("T")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """鹿芽有限公司's key, as a certificate authority would hand it over."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "鹿芽有限公司")])
    usage = x509.KeyUsage(True, True, *[False] * 7)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2020, 1, 1) + timedelta(days=36_500))
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("key") / "brand.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"brand", private, certificate, None, BestAvailableEncryption(b"luya"))
    )
    return file


def alone(work: Callable[[], T]) -> T:
    """What some work gives in a thread of its own: a browser that tests drive keeps a loop of events in theirs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def signed(pdf: bytes, key: Path, passphrase: str) -> bytes:
    return alone(lambda: signing.signed(pdf, key, passphrase))


def checked(pdf: bytes, key: Path) -> PdfSignatureStatus:
    """What a reader says that trusts the brand."""
    loaded = pkcs12.load_pkcs12(key.read_bytes(), b"luya").cert
    assert loaded
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding

    root = Certificate.load(loaded.certificate.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    [signature] = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return alone(lambda: validate_pdf_signature(signature, context))


def test_a_reader_sees_who_issued_it_and_that_nothing_was_changed(key: Path) -> None:
    plain = Printer(DESIGN).pdf(ROW)
    pdf = signed(plain, key, "luya")
    status = checked(pdf, key)
    assert (status.valid, status.intact, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.signing_cert.subject.native["organization_name"] == "鹿芽有限公司"
    assert pdf.startswith(plain)
    assert text(pdf) == text(plain)


def test_a_reader_sees_that_somebody_changed_it(key: Path) -> None:
    pdf = signed(Printer(DESIGN).pdf(ROW), key, "luya")
    forged = pdf.replace(ROW.serial.encode(), b"LY-2026-0918-0038")
    assert forged != pdf
    assert not checked(forged, key).intact


def test_another_passphrase_opens_no_key(key: Path) -> None:
    with pytest.raises(UnreadableKey, match=r"brand\.p12"):
        signed(Printer(DESIGN).pdf(ROW), key, "wrong")
