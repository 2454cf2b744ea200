"""Reads of the register. Papers are reached through whom staff may see, and those whose holders have left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate, Correction
from academy.achievements.certificates.queries import Held, is_worth, replaced, revoked_at, worth
from academy.achievements.certificates.rules import EXPIRED, EXPIRING, REPLACED, REVOKED, VALID
from academy.achievements.papers import UNANSWERED
from academy.catalog.content import Catalog, Text
from academy.catalog.models import Draft, Version
from academy.catalog.parts import Part
from academy.catalog.queries import published
from academy.criteria.language import Criterion, parse
from academy.files import named_in
from academy.people.models import Person
from academy.people.queries import scope
from academy.registry.actions import DESIGNS
from academy.registry.rules import RULE

PAGE = 30
BATCH = 1000


@dataclass(frozen=True)
class Row:
    """A line of the register: a paper, what it is worth today, and whose it is."""

    held: Held
    holder: Person


def in_scope(staff: Person) -> Select[Certificate]:
    """The papers that a member of staff may see."""
    hers = Certificate.trainee_id.in_(scope(staff).with_only_columns(Person.id))
    left = Person.erased_at.is_not(None) if staff.may("roster.see_all") else false()
    return select(Certificate).join(Person, Person.id == Certificate.trainee_id).where(or_(hers, left))


def found(staff: Person, typed: str, status: str | None, design: str | None) -> Select[Certificate]:
    """The papers with a part of a serial or of a holder's name, of a status and a design."""
    wanted = in_scope(staff)
    if typed:
        names = (Certificate.name, Person.name)
        serial = Certificate.serial.contains(typed.upper(), autoescape=True)
        wanted = wanted.where(or_(serial, *(name.contains(typed, autoescape=True) for name in names)))
    if status:
        wanted = wanted.where(is_worth(status))
    return wanted.where(Certificate.design == design) if design else wanted


def number_of(session: Session, papers: Select[Certificate]) -> int:
    """How many papers these are."""
    return session.scalar(papers.with_only_columns(func.count())) or 0


def rows(session: Session, papers: Select[Certificate], page: int) -> list[Row]:
    """A page of these papers, newest first."""
    return _rows(session, papers.order_by(Certificate.id.desc()).limit(PAGE).offset((page - 1) * PAGE))


def _rows(session: Session, papers: Select[Certificate]) -> list[Row]:
    read = session.execute(papers.add_columns(Person, replaced(), revoked_at()))
    return [Row(Held(paper, worth(paper, new, gone)), holder) for paper, holder, new, gone in read]


def one(session: Session, staff: Person, paper_id: int) -> Row | None:
    """One of the papers that a member of staff may see."""
    return next(iter(_rows(session, in_scope(staff).where(Certificate.id == paper_id))), None)


def rule(session: Session, paper: Certificate) -> Criterion | None:
    """What its holder had to do for a paper, by the rules of its release; None where none says."""
    tree = design_document(published(session, paper.release_id), paper.design).get(RULE)
    return parse(tree) if tree else None


def wishes(session: Session, staff: Person) -> list[Correction]:
    """The corrections that were asked for and are not answered, the longest waiting first."""
    hers = in_scope(staff).with_only_columns(Certificate.id)
    wanted = select(Correction).where(UNANSWERED, Correction.certificate_id.in_(hers))
    return list(session.scalars(wanted.options(joinedload(Correction.certificate)).order_by(Correction.at).limit(PAGE)))


def designs(session: Session, catalog: Catalog) -> dict[str, Text | str]:
    """The names of all designs of which there are papers, by key; the key where one is no longer published."""
    known = {design["key"]: design.get("name", design["title"]) for design in catalog.one("designs")["designs"]}
    keys = session.scalars(select(Certificate.design).distinct().order_by(Certificate.design))
    return {key: known.get(key, key) for key in keys}


def lines(session: Session, papers: Select[Certificate]) -> Iterator[list[str | int | date | None]]:
    """These papers as lines of a sheet, a thousand at a time, oldest first."""
    yield [
        *(_("Serial number"), _("Certificate"), _("Name on the certificate"), _("Salutation"), _("Version")),
        *(_("Issued on"), _("Valid until"), _("Status")),
    ]
    said = {
        VALID: _("Valid"),
        EXPIRING: _("Ends soon"),
        EXPIRED: _("Expired"),
        REPLACED: _("Replaced"),
        REVOKED: _("Revoked"),
    }
    last = 0
    while batch := _rows(session, papers.where(Certificate.id > last).order_by(Certificate.id).limit(BATCH)):
        last = batch[-1].held.paper.id
        for row in batch:
            paper = row.held.paper
            yield [
                *(paper.serial, paper.design, paper.name, paper.salutation, paper.version),
                *(paper.issued_on, paper.expires_on, said[row.held.status]),
            ]


@dataclass(frozen=True)
class Listed:
    """A design in the list: what it is, how many certificates bear it, since when it is published as it is."""

    design: Part
    issued: int
    since: datetime | None
    sketched: bool


def listed(session: Session, catalog: Catalog) -> list[Listed]:
    """All designs, those never published and the retired ones last; three statements."""
    counted = select(Certificate.design, func.count()).group_by(Certificate.design)
    issued = {key: number for key, number in session.execute(counted)}  # noqa: C416
    sketches = {key: draft.content for key, draft in DESIGNS.sketches(session).items()}
    since = {issue.part["key"]: issue.at for issue in reversed(DESIGNS.issues(session))}
    designs = {design["key"]: design for design in DESIGNS.all(catalog)}
    found = [Listed(one, issued.get(key, 0), since.get(key), key in sketches) for key, one in designs.items()]
    found += [Listed(content, 0, None, True) for key, content in sketches.items() if key not in designs]
    return sorted(found, key=lambda one: bool(one.design.get("retired")))


def unnamed(session: Session, trainees: Select[int]) -> int:
    """How many of some trainees have not given their legal names; one statement."""
    nameless = func.coalesce(Person.legal_name, "") == ""
    return session.scalar(select(func.count()).where(nameless, Person.id.in_(trainees))) or 0


def pictures(session: Session) -> set[str]:
    """The names of all seals, signatures and logos that a draft or any version names."""
    versions = session.scalars(select(Version.content).where(Version.kind.in_((DESIGNS.name[0], "brand"))))
    drafts = session.scalars(select(Draft.content).where(Draft.kind == DESIGNS.kind))
    return named_in([*versions, *drafts])
