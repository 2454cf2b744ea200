"""Deleting an account: what names her goes, what she did stays under a number that points to nobody.

Facts, ledger and standing are left alone; a certificate can still be checked, and says that its holder has left.
"""

from itertools import product
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.badges.models import ByHand
from academy.achievements.certificates.models import Batch, Certificate, Correction, Pick, Revocation
from academy.achievements.models import Share
from academy.conduct.models import Case
from academy.discussion.actions import forget as forget_posts
from academy.journal.models import Fact
from academy.people.actions import audit, leave_cohort, lock
from academy.people.models import Candidate, Cohort, Invitee, Person, ResetCode, Trait, Waiting
from academy.people.rules import BRAND
from academy.people.throttle import forget
from academy.practice.models import HandIn, Licence, PeerReview, Phrase, Picture, Remark
from academy.scorm.models import Part, Playthrough
from academy.training.models import Live, Script
from academy.web.errors import Refused

NOBODY = "已注销用户"
NO_PASSWORD = "!"  # noqa: S105 (no hash looks like this, so none matches)


class Needed(Refused):
    """Others depend on this account still."""


def hindrance(session: Session, person: Person) -> Any:
    """Why this account can't be deleted yet; None for nearly everybody."""
    leads = select(Cohort.name).where(Cohort.trainer_id == person.id, Cohort.open).order_by(Cohort.id)
    if names := session.scalars(leads).all():
        return _("You lead %(classes)s. Please hand it over or close it first.", classes=" · ".join(names))
    others = select(func.count()).where(Person.role == BRAND, Person.erased_at.is_(None), Person.id != person.id)
    if person.role == BRAND and not session.scalar(others):
        return _("Yours is the last brand account, and without one nobody could run the academy.")
    return None


def erase(session: Session, person_id: int) -> list[str]:
    """Empty an account to a tombstone; the files of her pictures, to be discarded once this is committed.

    Raises `Needed`, and `Erased` where it was done already.
    """
    person = _held(session, person_id)
    if reason := hindrance(session, person):
        raise Needed(reason)
    hers = HandIn.trainee_id == person_id
    hers_on_paper = Certificate.trainee_id == person_id
    papers = select(Certificate.id).where(hers_on_paper)
    scripts = select(Script.id).where(Script.owner_id == person_id)
    lists = select(Pick.batch_id).where(Pick.trainee_id == person_id)
    facts = select(Fact.id).where(Fact.trainee_id == person_id)
    played = select(Playthrough.id).where(Playthrough.trainee_id == person_id)
    by_her = or_(Candidate.person_id == person_id, Candidate.phone == (person.phone or ""))
    applied = list(session.scalars(select(Candidate.id).where(by_her)))
    files = list(session.scalars(select(Picture.file).join(HandIn).where(hers)))
    for statement in (
        delete(Waiting).where(Waiting.trainee_id == person_id),
        delete(Invitee).where(or_(Invitee.person_id == person_id, Invitee.phone == person.phone)),
        delete(Candidate).where(Candidate.repeats_id.in_(applied)),
        delete(Candidate).where(Candidate.id.in_(applied)),
        delete(Trait).where(Trait.trainee_id == person_id),
        delete(Part).where(Part.playthrough_id.in_(played)),
        delete(Playthrough).where(Playthrough.trainee_id == person_id),
        delete(ResetCode).where(ResetCode.person_id == person_id),
        delete(Picture).where(Picture.hand_in_id.in_(select(HandIn.id).where(hers))),
        # Whatever was said to her work may call her by her name.
        update(HandIn).where(hers).values(text="", link="", checks=[], comment="", shared=False),
        delete(Remark).where(Remark.hand_in_id.in_(select(HandIn.id).where(hers))),
        delete(PeerReview).where(
            or_(PeerReview.author_id == person_id, PeerReview.hand_in_id.in_(select(HandIn.id).where(hers)))
        ),
        delete(Phrase).where(Phrase.owner_id == person_id),
        # A session that was held keeps the script that it was held with.
        update(Live).where(Live.script_id.in_(scripts)).values(script_id=None),
        delete(Script).where(Script.owner_id == person_id),
        # What waits for her verdict goes back to the class's trainer.
        update(HandIn).where(HandIn.owner_id == person_id, HandIn.verdict_id.is_(None)).values(owner_id=None),
        update(Licence)
        .where(Licence.hand_in_id.in_(select(HandIn.id).where(hers)), Licence.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now()),
        update(Case).where(Case.trainee_id == person_id).values(note="", lifted_note=""),
        update(ByHand).where(ByHand.fact_id.in_(facts)).values(reason=""),
        update(Certificate).where(hers_on_paper).values(name="", salutation=""),
        update(Pick).where(Pick.trainee_id == person_id).values(why=""),
        # What was issued by hand is called after her.
        update(Batch).where(Batch.id.in_(lists), Batch.reason != "").values(title="–", reason=""),
        update(Revocation).where(Revocation.certificate_id.in_(papers)).values(reason="", restored_reason=""),
        delete(Correction).where(Correction.certificate_id.in_(papers)),
        delete(Share).where(Share.fact_id.in_(select(Fact.id).where(Fact.trainee_id == person_id))),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    forget_posts(session, person)
    leave_cohort(session, person_id)
    led = update(Cohort).where(Cohort.trainer_id == person_id).values(trainer_id=None)
    session.execute(led.execution_options(synchronize_session=False))
    for scope, contact in product(("signin", "reset"), (person.phone, person.email)):
        if contact:
            forget(session, scope, contact)
    audit(session, person, "person.erased", f"person/{person_id}")
    person.name, person.legal_name, person.salutation = NOBODY, None, ""
    person.phone = person.email = person.locale = person.theme = person.announce_since = None
    person.password_hash = NO_PASSWORD
    person.epoch += 1
    person.erased_at = clock.now()
    return files


def _held(session: Session, person_id: int) -> Person:
    """Her row, locked; first those of all brand staff if she is one, in one order, lest the last two leave at once."""
    role = session.scalar(select(Person.role).where(Person.id == person_id))
    if role == BRAND:
        session.execute(select(Person.id).where(Person.role == BRAND).order_by(Person.id).with_for_update())
    lock(session, person_id)
    return session.get_one(Person, person_id, populate_existing=True)
