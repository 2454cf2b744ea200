"""The monthly review (考核): a warning, a step down at most, and an appeal that gives the tier back."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from academy import clock
from academy.achievements.actions import Outcome, move, record
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.compile import Compiler
from academy.criteria.explain import Reason, explain
from academy.criteria.language import Criterion
from academy.db import db, insert
from academy.jobs.work import Held
from academy.journal.models import Fact, Standing
from academy.journal.queries import standing
from academy.people.actions import audit, lock, lock_all
from academy.people.models import Person
from academy.tiers.models import Appeal
from academy.tiers.rules import Tier, ladder
from academy.web.errors import Refused

BATCH = 200
APPEAL_DAYS = 30
"""How long after a step down one may appeal."""


class NoAppeal(Refused):
    """There is nothing to appeal against, or it was done already."""

    status = 409
    title = _("There is nothing to appeal against")

    def __init__(self) -> None:
        super().__init__(_("Either you have appealed already, or the time for it is over."))


class Answered(Refused):
    """Somebody else was faster."""

    status = 409
    title = _("This appeal has been answered already")

    def __init__(self) -> None:
        super().__init__(_("Nothing was changed."))


def review(job: Held, catalog: Catalog) -> None:
    """Warn those who would not keep their tier, and decide on those who were warned long enough ago."""
    rungs, today = ladder(catalog), clock.today()
    if not rungs.review.on:
        return
    day = rungs.review.next(today)
    for tier in rungs.tiers[1:]:
        if not tier.keep:
            continue
        if today >= day - timedelta(days=rungs.review.warn_days):
            month = f"{day:%Y-%m}"
            _each(job, to_warn(catalog, tier, day), lambda s, id, t=tier, m=month: _warn(s, catalog, id, t, m))
        _each(job, to_decide(tier, rungs.review.warn_days), lambda s, id, t=tier: _decide(s, catalog, id, t))


def to_warn(catalog: Catalog, tier: Tier, day: date) -> Select[int]:
    """Those who would not keep their tier if the review of a day were held now, and have not been told yet."""
    assert tier.keep
    told = _said(Standing.trainee_id, "review.warned", f"{day:%Y-%m}")
    protected = day - timedelta(days=ladder(catalog).review.protect_days)
    return (
        select(Person.id)
        .join(Standing, Standing.trainee_id == Person.id)
        .where(Standing.tier == tier.key, Standing.since <= protected, Person.erased_at.is_(None))
        .where(not_(kept(catalog, tier.keep, day, Person.id)), not_(told))
        .order_by(Person.id)
    )


def to_decide(tier: Tier, warn_days: int) -> Select[int]:
    """Those who were warned long enough ago for a review whose day has come, and on whom nothing was decided."""
    warned, today = aliased(Fact), clock.today()
    decided = _said(warned.trainee_id, ("tier.lowered", "review.kept"), warned.occurrence)
    return (
        select(Person.id)
        .join(Standing, Standing.trainee_id == Person.id)
        .join(warned, warned.trainee_id == Person.id)
        .where(
            Person.erased_at.is_(None),
            Standing.tier == tier.key,
            warned.kind == "review.warned",
            warned.topic == tier.key,
            warned.day <= today - timedelta(days=warn_days),
            warned.occurrence <= f"{today:%Y-%m}",
            # Whoever has come back since was not warned about that.
            warned.day >= Standing.since,
            not_(decided),
        )
        .order_by(Person.id)
        .distinct()
    )


def kept(catalog: Catalog, keep: Criterion, day: date, trainee: Any) -> ColumnElement[bool]:
    """Whether a trainee keeps her tier in the review of a day: by what she has done up to its eve, or since."""
    today = clock.today()
    eve = min(today, day - timedelta(days=1))
    now = Compiler(catalog, today).clause(keep, trainee)
    return now if eve == today else or_(Compiler(catalog, eve).clause(keep, trainee), now)


def _said(trainee: Any, kinds: str | tuple[str, ...], occurrence: Any) -> ColumnElement[bool]:
    fact = aliased(Fact)
    of = (kinds,) if isinstance(kinds, str) else kinds
    return exists().where(fact.trainee_id == trainee, fact.kind.in_(of), fact.occurrence == occurrence)


def _each(job: Held, who: Select[int], act: Any) -> None:
    found = list(db.session().scalars(who))
    for start in range(0, len(found), BATCH):
        with job.step() as session:
            for trainee_id in lock_all(session, found[start : start + BATCH]):
                act(session, trainee_id)


def _warn(session: Session, catalog: Catalog, trainee_id: int, tier: Tier, month: str) -> None:
    record(session, trainee_id, "review.warned", tier.key, month, catalog.release)


def _decide(session: Session, catalog: Catalog, trainee_id: int, tier: Tier) -> None:
    month = session.scalar(
        select(Fact.occurrence)
        .where(Fact.trainee_id == trainee_id, Fact.kind == "review.warned", Fact.topic == tier.key)
        .order_by(Fact.id.desc())
        .limit(1)
    )
    below = ladder(catalog).before(tier.key)
    assert tier.keep
    assert below
    assert month
    day = date.fromisoformat(f"{month}-01")
    if session.scalar(select(Person.id).where(Person.id == trainee_id, kept(catalog, tier.keep, day, Person.id))):
        record(session, trainee_id, "review.kept", tier.key, month, catalog.release)
    else:
        move(session, trainee_id, "tier.lowered", below.key, month)


def warning(session: Session, catalog: Catalog, trainee_id: int) -> tuple[Fact, Reason] | None:
    """The warning that a trainee has to heed, and what is missing; None if there is none, or nothing is missing."""
    now = standing(session, trainee_id)
    tier = ladder(catalog)[now.tier]
    decided = aliased(Fact)
    open_ = ~exists().where(
        decided.trainee_id == Fact.trainee_id,
        decided.kind.in_(("tier.lowered", "review.kept")),
        decided.occurrence == Fact.occurrence,
    )
    fact = session.scalar(
        select(Fact)
        .where(Fact.trainee_id == trainee_id, Fact.kind == "review.warned", Fact.topic == now.tier, open_)
        .where(Fact.day >= now.since)
        .order_by(Fact.id.desc())
        .limit(1)
    )
    if fact is None or tier.keep is None:
        return None
    reason = explain(session, catalog, tier.keep, trainee_id)
    return None if reason.met else (fact, reason)


def decided_on(fact: Fact, warn_days: int) -> date:
    """The day on which a warning is decided on: that of its review, but not before the days to mend it are over."""
    return max(date.fromisoformat(f"{fact.occurrence}-01"), fact.day + timedelta(days=warn_days))


def appealable(session: Session, trainee_id: int) -> Fact | None:
    """The last step down, while one may still appeal against it."""
    return session.scalar(
        select(Fact)
        .outerjoin(Appeal, Appeal.fact_id == Fact.id)
        .where(
            Fact.trainee_id == trainee_id,
            Fact.kind == "tier.lowered",
            Fact.day >= clock.today() - timedelta(days=APPEAL_DAYS),
            Appeal.id.is_(None),
        )
        .order_by(Fact.id.desc())
        .limit(1)
    )


def appeal(session: Session, trainee_id: int, said: str) -> None:
    """Say something against the last step down, once. Raises `NoAppeal`."""
    lock(session, trainee_id)
    lowered = appealable(session, trainee_id)
    if lowered is None:
        raise NoAppeal
    row = {"trainee_id": trainee_id, "fact_id": lowered.id, "said": said, "at": clock.now(), "answer": ""}
    if (
        session.execute(insert(session, Appeal).values(**row).on_conflict_do_nothing().returning(Appeal.id)).first()
        is None
    ):
        raise NoAppeal


def answer(session: Session, staff: Person, appeal_id: int, restores: bool, said: str) -> Outcome:
    """Answer an appeal; one that succeeds gives the tier back, with the days that she had spent in it.

    Raises `Answered`. Whoever has climbed back by herself keeps what she has.
    """
    found = session.get_one(Appeal, appeal_id)
    lock(session, found.trainee_id)
    session.refresh(found, with_for_update=True)
    if found.answered_at:
        raise Answered
    found.answered_at, found.by_id, found.answer = clock.now(), staff.id, said
    audit(session, staff, "appeal.upheld" if restores else "appeal.dismissed", f"appeal/{appeal_id}")
    lost = _lost(session, session.get_one(Fact, found.fact_id)) if restores else None
    rungs = [tier.key for tier in ladder(published(session)).tiers]
    now = standing(session, found.trainee_id).tier
    if lost is None or lost.topic not in rungs or rungs.index(now) >= rungs.index(lost.topic):
        return record(session, found.trainee_id, "appeal.answered", now, str(appeal_id))
    outcome = move(session, found.trainee_id, "tier.restored", lost.topic, str(appeal_id), lost.day)
    found.restored_id = outcome.facts[0].id
    return outcome


def _lost(session: Session, lowered: Fact) -> Fact | None:
    """How she had come to the tier that she lost by this step down: the warning before it names the tier."""
    warned, reached = aliased(Fact), aliased(Fact)
    return session.scalar(
        select(reached)
        .join(warned, and_(warned.trainee_id == reached.trainee_id, warned.topic == reached.topic))
        .where(
            reached.trainee_id == lowered.trainee_id,
            reached.kind == "tier.reached",
            warned.kind == "review.warned",
            warned.occurrence == lowered.occurrence,
        )
        .order_by(reached.id.desc())
        .limit(1)
    )
