"""What today's page shows: five statements at most, besides the visitor's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.certificates.models import Certificate
from academy.catalog.content import Catalog, Quiz
from academy.checkins.queries import Card, card
from academy.courses.queries import Promise, promised, tiers_upto, walk_of
from academy.courses.rules import Station, Stop, exams
from academy.criteria.explain import explain
from academy.criteria.gaps import row
from academy.criteria.sentences import title
from academy.journal.models import Fact
from academy.journal.queries import Happened, facts
from academy.people.models import Appointment, Membership, Person, Waiting
from academy.people.queries import seat
from academy.tiers.rules import Tier, ladder

LEARNED = ("lesson.completed", "quiz.passed", "stage.completed", "course.completed", "exam.passed")
NEWS = (
    "badge.awarded",
    "tier.reached",
    "reward.delivered",
    "certificate.earned",
    "certificate.issued",
    "handin.accepted",
    "handin.returned",
)


@dataclass(frozen=True)
class Notice:
    """Something won or decided that she has not seen: what, a line about it, and where it leads."""

    icon: str
    text: str
    note: str
    href: str


@dataclass(frozen=True)
class Gap:
    """The way to the next tier: rows of the tier card, missing and met, and how many are missing."""

    after: Tier
    missing: list[dict[str, Any]]
    met: list[dict[str, Any]]
    promises: list[Promise]


@dataclass(frozen=True)
class Today:
    """All that today's page shows."""

    tier: Tier
    gap: Gap | None
    checkin: Card
    next: tuple[Station, Stop] | None
    exam: Quiz | None
    """The assessment that waits, when all courses are done."""
    seat: Membership | None
    appointment: Appointment | None
    waits_since: datetime | None
    notices: list[Notice]
    newest: datetime | None
    """The instant of the newest notice shown: having seen it says nothing of what came later."""
    celebration: str | None
    """A tier that she has reached and not celebrated yet."""


def today(session: Session, catalog: Catalog, person: Person) -> Today:
    """Today's page of a trainee."""
    found = facts(session, person.id, (*LEARNED, *NEWS, "checkin.done"))
    of: dict[str, set[str]] = {kind: set() for kind in (*LEARNED, "question.right")}
    for fact in found:
        of.setdefault(fact.kind, set()).add(fact.topic)
    tier = ladder(catalog)[person.standing.tier]
    walked = walk_of(session, catalog, person.id, tier.key, Happened(frozenset((f.kind, f.topic) for f in found)))
    sits, appointment = seat(session, person.id)
    waiting = None if sits else session.scalar(select(Waiting).where(Waiting.trainee_id == person.id))
    news = unseen(found, person.seen_at)
    closing = exams(catalog, tiers_upto(catalog, tier.key))
    shut = {quiz.key for quiz, before in closing if any(c.key not in of["course.completed"] for c in before)}
    return Today(
        tier=tier,
        gap=_gap(session, catalog, person.id, tier, shut),
        checkin=card(catalog, [fact.day for fact in found if fact.kind == "checkin.done"]),
        next=walked.now,
        exam=next((q for q, _before in closing if q.key not in of["exam.passed"] | shut), None),
        seat=sits,
        appointment=appointment,
        waits_since=waiting.since if waiting else None,
        notices=_notices(session, catalog, news),
        newest=max((fact.at for fact in news), default=None),
        celebration=next((fact.topic for fact in news if fact.kind == "tier.reached"), None),
    )


def unseen(found: Iterable[Fact], seen_at: datetime | None) -> list[Fact]:
    """What is news, newest first. A certificate that waits for her legal name stays news until it is issued."""
    found = list(found)
    issued = {fact.topic for fact in found if fact.kind == "certificate.issued"}
    return [
        fact
        for fact in found
        if fact.kind in NEWS
        and (fact.topic not in issued if fact.kind == "certificate.earned" else seen_at is None or fact.at > seen_at)
    ]


def _gap(session: Session, catalog: Catalog, trainee_id: int, tier: Tier, shut: set[str]) -> Gap | None:
    after = ladder(catalog).after(tier.key)
    if after is None or tier.promotion is None:
        return None
    parts = explain(session, catalog, tier.promotion, trainee_id).conditions()
    rows = [(part.met, row(catalog, part, shut)) for part in parts]
    return Gap(
        after,
        [row for met, row in rows if not met],
        [row for met, row in rows if met],
        promised(catalog, after.key),
    )


def _notices(session: Session, catalog: Catalog, news: list[Fact]) -> list[Notice]:
    issued = [fact.id for fact in news if fact.kind == "certificate.issued"]
    serials: dict[int, str] = {}
    if issued:
        rows = session.execute(select(Certificate.fact_id, Certificate.serial).where(Certificate.fact_id.in_(issued)))
        serials = dict(rows.all())
    # What asks something of her comes first.
    urgent = sorted(news, key=lambda fact: fact.kind not in ("certificate.earned", "handin.returned"))
    return [_notice(catalog, fact, serials.get(fact.id)) for fact in urgent]


def _notice(catalog: Catalog, fact: Fact, serial: str | None) -> Notice:
    thing = title(catalog, fact.kind, fact.topic)
    match fact.kind:
        case "badge.awarded":
            return Notice("medal", _("New badge: %(thing)s", thing=thing), "", url_for("honours.index"))
        case "tier.reached":
            href = url_for("honours.promotion", tier=fact.topic)
            return Notice("chevrons-up", _("You have reached %(tier)s", tier=thing), "", href)
        case "reward.delivered":
            note = _("The code is among your honours.")
            return Notice("ticket", _("Your reward is here: %(thing)s", thing=thing), note, url_for("honours.index"))
        case "certificate.earned":
            note = _("Tell us your legal name, and it is issued at once.")
            href = url_for("account.legal_name", next=url_for("home.today"))
            return Notice("award", _("%(thing)s is waiting for you", thing=thing), note, href)
        case "certificate.issued":
            href = url_for("honours.certificate", serial=serial) if serial else url_for("honours.index")
            return Notice("award", _("%(thing)s is issued", thing=thing), _("See it, print it, show it."), href)
        case "handin.accepted":
            href = url_for("practice.show", key=fact.topic)
            return Notice("circle-check", _("Accepted: “%(thing)s”", thing=thing), "", href)
        case _:
            note = _("Your teacher left a comment. Improve it and hand it in again.")
            href = url_for("practice.show", key=fact.topic)
            return Notice("file-pen", _("Back to you: “%(thing)s”", thing=thing), note, href)
