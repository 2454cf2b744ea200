"""What today's page shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, bindparam, not_, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.queries import replaced
from academy.catalog.content import Catalog, Quiz
from academy.checkins.queries import Card, card
from academy.courses.queries import Promise, promised, tiers_upto, walk_of
from academy.courses.rules import Station, Stop, exams, shut
from academy.criteria.explain import explain
from academy.criteria.gaps import row
from academy.criteria.sentences import title
from academy.journal.models import Fact
from academy.journal.queries import Happened
from academy.people.queries import Seat
from academy.practice.rules import briefs
from academy.tiers.benefits import BENEFITS
from academy.tiers.rules import Tier, ladder

LEARNED = (
    *("lesson.completed", "quiz.passed", "stage.completed", "course.completed", "exam.passed"),
    "update.passed",
)
NEWS = (
    "badge.awarded",
    "tier.reached",
    "reward.delivered",
    "certificate.earned",
    "certificate.issued",
    "certificate.expiring",
    "certificate.revoked",
    "certificate.restored",
    "name.asked",
    "badge.withdrawn",
    "badge.returned",
    "handin.accepted",
    "handin.returned",
    "ugc.accepted",
    "ugc.returned",
    "question.answered",
    "answer.accepted",
    "comment.returned",
    "review.warned",
    "tier.lowered",
    "tier.restored",
    "appeal.answered",
    "approval.returned",
)
URGENT = (
    "certificate.earned",
    "certificate.expiring",
    "certificate.revoked",
    "name.asked",
    "handin.returned",
    "ugc.returned",
    "review.warned",
    "tier.lowered",
    "approval.returned",
)
"""News that ask something of her."""


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
class News:
    """A fact that is news to her; `serial` is that of the certificate that it issued, which may be `quiet`."""

    kind: str
    topic: str
    occurrence: str
    at: datetime
    serial: str | None
    quiet: bool = False


@dataclass(frozen=True)
class Entry:
    """What is asked of her who comes from outside, and until when."""

    assessment: str
    until: date


@dataclass(frozen=True)
class Her:
    """Whose page it is, whether her legal name is known, and where she learns; what else is on it follows from her
    facts."""

    id: int
    name: str
    named: bool
    tier: str
    seen_at: datetime | None
    seat: Seat | None
    outside: bool
    entry: Entry | None


@dataclass(frozen=True)
class Today:
    """All that today's page shows."""

    name: str
    tier: Tier
    gap: Gap | None
    checkin: Card
    next: tuple[Station, Stop] | None
    exam: Quiz | None
    """The assessment that waits, when all courses are done."""
    entry: tuple[Quiz, date] | None
    """The assessment that she has to pass, and until when, while she has not."""
    climbs: bool
    briefs: int
    """How many briefs run."""
    benefits: bool
    """Whether a table says what each tier brings."""
    updates: list[Quiz]
    """What changed in lessons that she had completed, and she is still to be asked about."""
    seat: Seat | None
    waits: bool
    notices: list[Notice]
    newest: datetime | None
    """The instant of the newest notice shown: having seen it says nothing of what came later."""


_fact = Fact.__table__.c
_certificate = Certificate.__table__.c
_facts = (
    select(_fact.kind, _fact.topic, _fact.occurrence, _fact.at, _fact.day, _certificate.serial, _certificate.quiet)
    .select_from(
        Fact.__table__.outerjoin(Certificate.__table__, and_(_certificate.fact_id == _fact.id, not_(replaced())))
    )
    .where(_fact.trainee_id == bindparam("trainee"), _fact.kind.in_((*LEARNED, *NEWS, "checkin.done")))
    .order_by(_fact.at.desc(), _fact.id.desc())
)


def celebration(session: Session, trainee_id: int, seen_at: datetime | None) -> str | None:
    """A tier that she has reached and not celebrated yet."""
    values = {"trainee": trainee_id, "seen": seen_at or datetime.min.replace(tzinfo=UTC)}
    return session.execute(_celebration, values).scalar()


_celebration = (
    select(_fact.topic)
    .where(_fact.trainee_id == bindparam("trainee"), _fact.kind == "tier.reached", _fact.at > bindparam("seen"))
    .order_by(_fact.id.desc())
    .limit(1)
)


def today(session: Session, catalog: Catalog, her: Her, waits: bool) -> Today:
    """Today's page of a trainee, who may wait for a seat."""
    rows = session.execute(_facts, {"trainee": her.id})
    found = [
        (News(kind, topic, occurrence, at, serial, bool(quiet)), day)
        for kind, topic, occurrence, at, day, serial, quiet in rows
    ]
    happened = Happened(frozenset((fact.kind, fact.topic) for fact, _day in found))
    tier = ladder(catalog)[her.tier]
    closing = exams(catalog, tiers_upto(catalog, tier.key))
    finished = happened["course.completed"]
    closed = shut(closing, finished)
    over = happened["exam.passed"] | closed
    entry = her.entry
    asked = catalog.assessments.get(entry.assessment) if entry else None
    news = unseen([fact for fact, _day in found if not (her.named and fact.kind == "name.asked")], her.seen_at)
    walked = walk_of(session, catalog, her.id, tier.key, happened)
    learned = {fact.topic: fact.at for fact, _day in found if fact.kind == "lesson.completed"}
    return Today(
        name=her.name,
        tier=tier,
        gap=_gap(session, catalog, her, tier, closed),
        checkin=card(catalog, [day for fact, day in found if fact.kind == "checkin.done"]),
        next=walked.now,
        exam=next((quiz for quiz, _before in closing if quiz.key not in over), None),
        entry=(asked, entry.until) if entry and asked and asked.key not in happened["exam.passed"] else None,
        climbs=ladder(catalog).climbed_by(her.outside),
        briefs=sum(brief.runs(clock.today()) for brief in briefs(catalog).values()),
        benefits=BENEFITS in catalog.documents,
        updates=[
            update
            for lesson, update in catalog.updates.items()
            if lesson in learned and update.asks(learned[lesson]) and update.key not in happened["update.passed"]
            # What a lower tier hides from her, she isn't asked about.
            if walked.find(lesson)
        ],
        seat=her.seat,
        waits=waits,
        notices=_notices(catalog, news),
        newest=max((fact.at for fact in news), default=None),
    )


def unseen(found: Sequence[News], seen_at: datetime | None) -> list[News]:
    """What is news, newest first. A certificate that waits for her legal name stays news until it is issued."""
    issued = {fact.topic for fact in found if fact.kind == "certificate.issued"}
    return [
        fact
        for fact in found
        if fact.kind in NEWS
        and not fact.quiet
        and (fact.topic not in issued if fact.kind == "certificate.earned" else seen_at is None or fact.at > seen_at)
    ]


def _gap(session: Session, catalog: Catalog, her: Her, tier: Tier, closed: set[str]) -> Gap | None:
    after = ladder(catalog).ahead(tier.key, her.outside)
    if after is None or tier.promotion is None:
        return None
    parts = explain(session, catalog, tier.promotion, her.id).conditions()
    rows = [(part.met, row(catalog, part, closed)) for part in parts]
    return Gap(
        after,
        [row for met, row in rows if not met],
        [row for met, row in rows if met],
        promised(catalog, after.key),
    )


def _notices(catalog: Catalog, news: Iterable[News]) -> list[Notice]:
    # What asks something of her comes first.
    urgent = sorted(news, key=lambda fact: fact.kind not in URGENT)
    return [_notice(catalog, fact) for fact in urgent]


def _notice(catalog: Catalog, fact: News) -> Notice:
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
        case "name.asked":
            href = url_for("account.legal_name", next=url_for("home.today"))
            note = _("The brand wants to issue a certificate to you. Tell us the name that it is to bear.")
            return Notice("pencil", _("Your legal name is missing: %(thing)s", thing=thing), note, href)
        case "certificate.issued":
            href = url_for("honours.certificate", serial=fact.serial) if fact.serial else url_for("honours.index")
            return Notice("award", _("%(thing)s is issued", thing=thing), _("See it, print it, show it."), href)
        case "certificate.expiring":
            note = _("See until when it holds, and how to renew it.")
            return Notice("hourglass", _("%(thing)s ends soon", thing=thing), note, url_for("honours.index"))
        case "certificate.revoked":
            note = _("See why, and whom to ask.")
            return Notice("ban", _("%(thing)s was revoked", thing=thing), note, url_for("honours.index"))
        case "certificate.restored":
            return Notice("award", _("%(thing)s is in force again", thing=thing), "", url_for("honours.index"))
        case "badge.withdrawn":
            note = _("See why, and what it asks for.")
            return Notice(
                "medal", _("Badge put away: %(thing)s", thing=thing), note, url_for("honours.badge", key=fact.topic)
            )
        case "badge.returned":
            return Notice(
                "medal", _("Your badge is back: %(thing)s", thing=thing), "", url_for("honours.badge", key=fact.topic)
            )
        case "review.warned":
            note = _("See what is missing, and until when.")
            return Notice("bell", _("The review is near: %(tier)s", tier=thing), note, url_for("ladder.own"))
        case "tier.lowered":
            note = _("See why, and what you can say to it.")
            return Notice("chevrons-down", _("Your tier is %(tier)s now", tier=thing), note, url_for("ladder.own"))
        case "tier.restored":
            return Notice("chevrons-up", _("%(tier)s is yours again", tier=thing), "", url_for("ladder.own"))
        case "appeal.answered":
            note = _("See what the brand says.")
            return Notice("message-circle", _("Your appeal is answered"), note, url_for("ladder.own"))
        case "approval.returned":
            note = _("See what the brand says, and ask again.")
            return Notice("shield-check", _("%(tier)s has to wait a little", tier=thing), note, url_for("ladder.own"))
        case "question.answered":
            href = url_for("discussion.thread", id=int(fact.occurrence))
            return Notice("message-circle-question-mark", _("Your question was answered"), thing, href)
        case "answer.accepted":
            href = url_for("discussion.thread", id=int(fact.occurrence))
            return Notice("message-circle-heart", _("Your answer was accepted"), thing, href)
        case "comment.returned":
            href = url_for("discussion.thread", id=int(fact.occurrence.partition(".")[0]))
            return Notice("message-circle-off", _("Your words under a lesson are not shown"), _("See why."), href)
        case "handin.accepted" | "ugc.accepted":
            href = url_for("practice.show", key=fact.topic)
            return Notice("circle-check", _("Accepted: “%(thing)s”", thing=thing), "", href)
        case _:
            note = _("Your teacher left a comment. Improve it and hand it in again.")
            href = url_for("practice.show", key=fact.topic)
            return Notice("file-pen", _("Back to you: “%(thing)s”", thing=thing), note, href)
