"""What becomes of a paper after it was issued: revoked, restored, printed anew with the right name."""

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, joinedload

from academy import clock
from academy.achievements.actions import Outcome, record
from academy.achievements.certificates.actions import reprint
from academy.achievements.certificates.models import Batch, Certificate, Correction, Pick, Revocation
from academy.achievements.certificates.queries import replaced
from academy.achievements.certificates.rules import clean_name
from academy.journal.models import Fact
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.web.errors import Refused


class AlreadyRevoked(Refused):
    """Somebody else was faster."""

    status = 409
    title = _("This certificate is revoked already")

    def __init__(self) -> None:
        super().__init__(_("Nothing was changed."))


class NotRevoked(Refused):
    """There is nothing to restore, or no longer."""

    status = 409
    title = _("This certificate is not revoked")

    def __init__(self) -> None:
        super().__init__(_("Nothing was changed."))


class NotToCorrect(Refused):
    """There is nothing to print anew."""

    status = 409
    title = _("This paper is not printed anew")

    def __init__(self) -> None:
        super().__init__(
            _("It was replaced or revoked already, or bears this very name, or was answered. Nothing was changed.")
        )


def revoke(session: Session, staff: Person, paper_id: int, reason: str) -> Outcome:
    """Take a certificate back, with all that follows. Raises `AlreadyRevoked`."""
    paper = _held(session, paper_id)
    if _open(session, paper):
        raise AlreadyRevoked
    outcome = record(session, paper.trainee_id, "certificate.revoked", paper.design, _next(session, paper))
    session.add(
        Revocation(certificate_id=paper.id, fact_id=outcome.facts[0].id, reason=reason, by_id=staff.id, at=clock.now())
    )
    audit(session, staff, "certificate.revoked", f"certificate/{paper.id}")
    return outcome


def restore(session: Session, staff: Person, paper_id: int, reason: str) -> Outcome:
    """Give a revoked certificate back, with what had gone with it. Raises `NotRevoked`."""
    paper = _held(session, paper_id)
    revocation = _open(session, paper)
    if revocation is None:
        raise NotRevoked
    taken = session.get_one(Fact, revocation.fact_id)
    outcome = record(session, paper.trainee_id, "certificate.restored", taken.topic, taken.occurrence)
    revocation.restored_fact_id, revocation.restored_by_id = outcome.facts[0].id, staff.id
    revocation.restored_reason, revocation.restored_at = reason, clock.now()
    audit(session, staff, "certificate.restored", f"certificate/{paper.id}")
    return outcome


def correct_name(session: Session, staff: Person, paper_id: int, name: str, salutation: str) -> Certificate:
    """Keep her new legal name and print the paper anew with it, which answers her wish. Raises `NotToCorrect`."""
    paper = _held(session, paper_id)
    name = clean_name(name)
    _fit(session, paper, name, salutation)
    holder = session.get_one(Person, paper.trainee_id)
    holder.legal_name, holder.salutation = name, salutation
    new = reprint(session, paper, name, salutation, staff)
    if asked := wished(session, paper):
        asked.answered_at, asked.by_id, asked.reprint_id = clock.now(), staff.id, new.id
    audit(session, staff, "certificate.corrected", f"certificate/{new.id}")
    return new


def decline(session: Session, staff: Person, paper_id: int, answer: str) -> None:
    """Leave a paper as it is though its holder wishes another name on it, and say why. Raises `NotToCorrect`."""
    paper = _held(session, paper_id)
    asked = wished(session, paper)
    if asked is None:
        raise NotToCorrect
    asked.answered_at, asked.by_id, asked.answer = clock.now(), staff.id, answer
    audit(session, staff, "correction.declined", f"certificate/{paper.id}")


def wish(session: Session, paper_id: int, name: str, salutation: str, said: str) -> None:
    """Ask for another name on a paper; said again before it is answered, it is the last that counts.

    Raises `NotToCorrect`.
    """
    paper = _held(session, paper_id)
    _fit(session, paper, clean_name(name), salutation)
    asked = wished(session, paper)
    if asked is None:
        asked = Correction(certificate_id=paper.id, at=clock.now())
        session.add(asked)
    asked.name, asked.salutation, asked.said = clean_name(name), salutation, said
    session.flush()


def withdraw_links(session: Session, paper_id: int) -> None:
    """Let no link to a paper that was shared until now open it any more."""
    session.execute(
        update(Certificate)
        .where(Certificate.id == paper_id)
        .values(links=Certificate.links + 1)
        .execution_options(synchronize_session=False)
    )


UNANSWERED: ColumnElement[bool] = Correction.answered_at.is_(None)


def wished(session: Session, paper: Certificate) -> Correction | None:
    """What its holder wishes to have corrected on a paper, while nobody has answered."""
    return session.scalar(select(Correction).where(Correction.certificate_id == paper.id, UNANSWERED))


def wishes(session: Session, paper: Certificate) -> list[Correction]:
    """All that its holder wished to have corrected on a paper, newest first."""
    hers = select(Correction).where(Correction.certificate_id == paper.id)
    return list(session.scalars(hers.order_by(Correction.id.desc())))


def revocations(session: Session, paper: Certificate) -> list[Revocation]:
    """When and why papers of this holder and design were revoked and restored, newest first."""
    return list(
        session.scalars(
            select(Revocation)
            .join(Revocation.certificate)
            .options(joinedload(Revocation.by), joinedload(Revocation.restored_by))
            .where(Certificate.trainee_id == paper.trainee_id, Certificate.design == paper.design)
            .order_by(Revocation.id.desc())
        )
    )


def versions(session: Session, paper: Certificate) -> list[Certificate]:
    """All papers of one honour, newest first."""
    return list(
        session.scalars(
            select(Certificate)
            .options(joinedload(Certificate.by))
            .where(Certificate.fact_id == paper.fact_id)
            .order_by(Certificate.version.desc())
        )
    )


def batch_of(session: Session, paper: Certificate) -> Batch | None:
    """The batch in which staff issued an honour, with the reason where it was by hand; None where a rule issued it."""
    first = select(Batch).join(Pick, Pick.batch_id == Batch.id).join(Certificate, Certificate.id == Pick.certificate_id)
    return session.scalar(first.where(Certificate.fact_id == paper.fact_id))


def _held(session: Session, paper_id: int) -> Certificate:
    """A paper, once its holder is locked; her row stands for all that is hers."""
    paper = session.get_one(Certificate, paper_id)
    lock(session, paper.trainee_id)
    return paper


def _open(session: Session, paper: Certificate) -> Revocation | None:
    return session.scalar(
        select(Revocation)
        .join(Revocation.certificate)
        .where(Certificate.trainee_id == paper.trainee_id, Certificate.design == paper.design)
        .where(Revocation.restored_fact_id.is_(None))
        .execution_options(populate_existing=True)
    )


def _fit(session: Session, paper: Certificate, name: str, salutation: str) -> None:
    """Raise `NotToCorrect` where a paper is not the one in force, or bears this very name."""
    anew = session.scalar(select(replaced()).where(Certificate.id == paper.id))
    if anew or _open(session, paper) or (name, salutation) == (paper.name, paper.salutation):
        raise NotToCorrect


def _next(session: Session, paper: Certificate) -> str:
    before = select(func.count()).where(
        Fact.trainee_id == paper.trainee_id, Fact.kind == "certificate.revoked", Fact.topic == paper.design
    )
    return str((session.scalar(before) or 0) + 1)
