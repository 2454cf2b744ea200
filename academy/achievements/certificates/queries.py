"""Reads of certificates: one's own, and the public one by serial and code."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, exists, func, literal, not_, or_, select
from sqlalchemy.orm import Session, aliased

from academy import clock
from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate, Revocation
from academy.achievements.certificates.rules import (
    EXPIRED,
    EXPIRING,
    REPLACED,
    REVOKED,
    VALID,
    WATERMARKS,
    Design,
    Paper,
    Picture,
    status_of,
)
from academy.catalog.queries import newest, published
from academy.files import FileRoom
from academy.journal.validity import WARNING
from academy.people.models import Person
from academy.people.throttle import blocking
from academy.text.codes import normal_code


@dataclass(frozen=True)
class Held:
    """A paper, and what it is worth today."""

    paper: Certificate
    status: str


def replaced(paper: type[Certificate] = Certificate) -> ColumnElement[bool]:
    """Whether a further version of the same honour was printed."""
    later = aliased(Certificate)
    return exists().where(later.fact_id == paper.fact_id, later.version > paper.version)


def revoked_at(paper: type[Certificate] = Certificate) -> ColumnElement[datetime]:
    """When a paper of this holder and design was revoked, if it was not restored."""
    other = aliased(Certificate)
    return (
        select(func.max(Revocation.at))
        .join(other, other.id == Revocation.certificate_id)
        .where(
            other.trainee_id == paper.trainee_id,
            other.design == paper.design,
            Revocation.restored_fact_id.is_(None),
        )
        .correlate(paper)
        .scalar_subquery()
    )


def held(session: Session, *which: ColumnElement[bool]) -> list[Held]:
    """Some papers, newest first; one statement."""
    return _read(session, _held.where(*which))


def _read(session: Session, asked: Select[Certificate, bool, datetime], **given: object) -> list[Held]:
    return [Held(paper, worth(paper, new, taken)) for paper, new, taken in session.execute(asked, given)]


# Put together once: that costs more than what they ask.
_held = select(Certificate, replaced(), revoked_at()).order_by(Certificate.id.desc())
_own_one = _held.where(Certificate.trainee_id == bindparam("holder"), Certificate.serial == bindparam("serial"))


def worth(paper: Certificate | Row[Any], replaced: bool, revoked_at: datetime | None) -> str:
    """The status of a paper today."""
    return status_of(clock.today(), paper.expires_on, replaced, revoked_at is not None)


def is_worth(status: str) -> ColumnElement[bool]:
    """Whether a paper has a status today: what `status_of` decides, for a select."""
    today, gone, anew = clock.today(), revoked_at().is_not(None), replaced()
    ends = Certificate.expires_on
    if status in (REVOKED, REPLACED):
        return gone if status == REVOKED else and_(not_(gone), anew)
    when = {
        VALID: or_(ends.is_(None), ends > today + WARNING),
        EXPIRING: ends.between(today, today + WARNING),
        EXPIRED: ends < today,
    }[status]
    return and_(not_(gone), not_(anew), when)


def own(session: Session, holder_id: int) -> list[Held]:
    """A person's papers, newest first."""
    return held(session, Certificate.trainee_id == holder_id)


def last(session: Session, holder_id: int) -> int:
    """The id of a person's last paper: one with a corrected name comes without a fact."""
    return session.scalar(select(func.max(Certificate.id)).where(Certificate.trainee_id == holder_id)) or 0


def own_one(session: Session, holder: Person, serial: str) -> Held | None:
    """One of a person's papers; None if it is somebody else's or nobody's."""
    return next(iter(_read(session, _own_one, holder=holder.id, serial=serial)), None)


@dataclass(frozen=True)
class Checked:
    """A paper as the public finds it; with the catalog, all that its page shows follows from these."""

    id: int
    status: str
    erased: bool
    revoked_at: datetime | None


@dataclass(frozen=True)
class Answer:
    """What asking for serial and code brings: the release that is published, since when an address has guessed too
    often, and the paper that bears both."""

    release: int
    blocked_since: datetime | None
    found: Checked | None


_paper, _person = Certificate.__table__.c, Person.__table__.c
_one = select(literal(1)).subquery()
_checked = select(
    newest.label("release"),
    blocking("verify").label("blocked_since"),
    *(_paper.id, _paper.code, _paper.expires_on, _person.erased_at),
    replaced().label("replaced"),
    revoked_at().label("revoked_at"),
).select_from(
    _one.outerjoin(Certificate.__table__, _paper.serial == bindparam("serial")).outerjoin(
        Person.__table__, _person.id == _paper.trainee_id
    )
)


def checked(connection: Connection, serial: str, code: str, address: dict[str, Any]) -> Answer:
    """Look a paper up for an address whose guesses are counted (`throttle.asking`); one statement."""
    row = connection.execute(_checked, {"serial": serial, **address}).one()
    right = row.id is not None and hmac.compare_digest(row.code.encode(), normal_code(code).encode())
    status = worth(row, row.replaced, row.revoked_at) if right else ""
    found = Checked(row.id, status, row.erased_at is not None, row.revoked_at) if right else None
    return Answer(row.release or 0, row.blocked_since, found)


def design(session: Session, certificate: Certificate | Row[Any]) -> Design:
    """The design as it was when the certificate was issued."""
    catalog = published(session, certificate.release_id)
    return Design.of(design_document(catalog, certificate.design), catalog.one("brand"), picture)


# Where seals and signatures are kept, and the brand's logo.
AREAS = ("certificate", "brand")


def picture(name: str) -> Picture:
    """A picture of a design, or the brand's logo, out of the file room."""
    room: FileRoom = current_app.extensions["files"]
    path = next(path for area in AREAS if (path := room.path(area, name)).is_file())
    return Picture(name, path.read_bytes())


def paper(certificate: Certificate | Row[Any], verify_url: str, status: str = VALID) -> Paper:
    """What is set on the design for one holder; across what is not in force, why."""
    return Paper(
        name=certificate.name,
        serial=certificate.serial,
        code=certificate.code,
        issued_on=certificate.issued_on,
        verify_url=verify_url,
        salutation=certificate.salutation,
        fields=certificate.fields,
        watermark=WATERMARKS.get(status, ""),
    )
