"""Reads of certificates: one's own, and the public one by serial and code."""

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.rules import Design, Paper
from academy.catalog.queries import published
from academy.people.models import Person
from academy.text.codes import normal_code


def own(session: Session, holder: Person) -> list[Certificate]:
    """A person's certificates, newest first."""
    return list(
        session.scalars(select(Certificate).where(Certificate.trainee_id == holder.id).order_by(Certificate.id.desc()))
    )


def own_one(session: Session, holder: Person, serial: str) -> Certificate | None:
    """One of a person's certificates; None if it is somebody else's or nobody's."""
    return session.scalar(select(Certificate).where(Certificate.trainee_id == holder.id, Certificate.serial == serial))


def checked(session: Session, serial: str, code: str) -> Certificate | None:
    """The certificate that bears both serial and code."""
    found = session.scalar(select(Certificate).where(Certificate.serial == serial.strip().upper()))
    if found and hmac.compare_digest(found.code.encode(), normal_code(code).encode()):
        return found
    return None


def design(session: Session, certificate: Certificate) -> Design:
    """The design as it was when the certificate was issued."""
    catalog = published(session, certificate.release_id)
    return Design.of(design_document(catalog, certificate.design), catalog.one("brand"))


def paper(certificate: Certificate, verify_url: str) -> Paper:
    """What is set on the design for one holder."""
    return Paper(
        name=certificate.name,
        serial=certificate.serial,
        code=certificate.code,
        issued_on=certificate.issued_on,
        verify_url=verify_url,
        salutation=certificate.salutation,
        fields=certificate.fields,
    )
