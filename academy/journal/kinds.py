"""The registry of facts: what may happen, and what each part of such a fact means."""

from dataclasses import dataclass

ATTEMPT = "number of the attempt"
MONTH = "month, as 2026-11"
RELEASE = "release whose rules decided"
COPY = "1, or which copy of a limited badge"
LAST_DAY = "last day in force, in days since the year 2000 began; 1 where it has none"


@dataclass(frozen=True)
class Kind:
    """A kind of fact. `topic` is what a rule may name, `occurrence` tells repetitions apart."""

    topic: str
    occurrence: str
    unit: str
    won: bool = False
    """Whether it is won (follows from other facts) rather than done."""


KINDS: dict[str, Kind] = {
    "profile.completed": Kind("", "", "1"),
    "checkin.done": Kind("", "brand day", "1"),
    "streak.reached": Kind("length", "first day of the run", "days"),
    "lesson.completed": Kind("lesson", "", "1"),
    "question.right": Kind("question", "", "1"),
    "quiz.finished": Kind("quiz", ATTEMPT, "score, 0–100"),
    "quiz.passed": Kind("quiz", "", ATTEMPT),
    "quiz.perfect": Kind("quiz", "", "1"),
    "exam.passed": Kind("assessment", "", ATTEMPT),
    # What changed in a lesson that she had completed; nothing of the lesson's stage or course hangs on it.
    "update.passed": Kind("update", "", ATTEMPT),
    "package.completed": Kind("package", "", ATTEMPT),
    "package.finished": Kind("package", ATTEMPT, "score, 0–100"),
    "pledge.signed": Kind("pledge", "version", "1"),
    "handin.submitted": Kind("practice", "number of the hand-in", "1"),
    "handin.accepted": Kind("practice", "number of the hand-in", "1"),
    "handin.returned": Kind("practice", "number of the hand-in", "1"),
    # Besides the acceptance: it is an example to others.
    "handin.excellent": Kind("practice", "number of the hand-in", "1"),
    "ugc.submitted": Kind("brief", "number of the hand-in", "1"),
    "ugc.accepted": Kind("brief", "number of the hand-in", ATTEMPT),
    "ugc.returned": Kind("brief", "number of the hand-in", "1"),
    "ugc.featured": Kind("brief", "number of the hand-in", "1"),
    "ugc.checked": Kind("brief", "number of the piece's first hand-in", "1"),
    "peer.reviewed": Kind("practice or brief", "number of the peer review", "1"),
    # Of a class's own session the topic is empty; put right by hand, the occurrence ends in -hand.
    "live.attended": Kind("live session of a lesson", "number of the session", "percent of it, 0–100"),
    "game.right": Kind("", "numbers of the session and of the game", "1"),
    # A trainer let a question or an answer of hers through, or took it down.
    "comment.passed": Kind("lesson", "number of the post", "1"),
    "comment.returned": Kind("lesson", "number of the post and of its version", "1"),
    "question.answered": Kind("lesson", "number of the answer", "1"),
    "answer.accepted": Kind("lesson", "number of the answer", "1"),
    "material.taken": Kind("material", "version of the material", "1"),
    "group.built": Kind("practice", "number of the hand-in", "people in her group"),
    "approval.given": Kind("tier", "number of the decision", "1"),
    "approval.returned": Kind("tier", "number of the decision", "1"),
    "approval.asked": Kind("tier", "number of the request", "1"),
    # An answer that gives her tier back is `tier.restored`.
    "appeal.answered": Kind("tier that she stands in then", "number of the appeal", "1"),
    "violation.minor": Kind("rule broken", "number of the case", "1"),
    "violation.serious": Kind("rule broken", "number of the case", "1"),
    "violation.lifted": Kind("rule broken", "number of the case", "1"),
    "care.users": Kind("", MONTH, "customers in her care"),
    "care.orders": Kind("", MONTH, "orders"),
    "care.asked": Kind("", MONTH, "requests for service"),
    "care.served": Kind("", MONTH, "requests served"),
    "care.complaints": Kind("", MONTH, "complaints"),
    "allotment.set": Kind("", MONTH, "customers allotted to her"),
    "external.removed": Kind("assessment", "day on which her time began", "1", won=True),
    "stage.completed": Kind("stage", "", "1", won=True),
    "course.completed": Kind("course", "", "1", won=True),
    "badge.awarded": Kind("badge", "", COPY, won=True),
    "tier.reached": Kind("tier", "number of the promotion", RELEASE, won=True),
    "tier.lowered": Kind("tier that she stands in then", "month of the review", RELEASE, won=True),
    "tier.restored": Kind("tier", "number of the appeal", RELEASE, won=True),
    "review.warned": Kind("tier", "month of the review", RELEASE, won=True),
    "review.kept": Kind("tier", "month of the review", RELEASE, won=True),
    "reward.granted": Kind("reward", "", "1 granted, 0 owed", won=True),
    "reward.delivered": Kind("reward", "", "1", won=True),
    "badge.withdrawn": Kind("badge", "number of the withdrawal", "1", won=True),
    "badge.returned": Kind("badge", "number of the withdrawal", "1", won=True),
    "reward.withdrawn": Kind("reward", "number of the withdrawal", "1", won=True),
    "reward.returned": Kind("reward", "number of the withdrawal", "1", won=True),
    "certificate.earned": Kind("design", "empty, then the number of the renewal", "1", won=True),
    "certificate.issued": Kind("design", "number of the certificate", LAST_DAY, won=True),
    "certificate.expiring": Kind("design", "number of the certificate", LAST_DAY, won=True),
    "name.asked": Kind("design", "number of the certificate", "1"),
    "certificate.revoked": Kind("design", "number of the revocation", "1", won=True),
    "certificate.restored": Kind("design", "number of the revocation", "1", won=True),
}

WON = frozenset(kind for kind, meaning in KINDS.items() if meaning.won)
"""The kinds that are won."""

TAKEN = {
    "badge.awarded": ("badge.withdrawn", "badge.returned"),
    "reward.granted": ("reward.withdrawn", "reward.returned"),
    "certificate.issued": ("certificate.revoked", "certificate.restored"),
}
"""What takes something won away again, and what gives it back: it is gone while the first outnumbers the second."""

TAKING = frozenset(kind for both in TAKEN.values() for kind in both)
"""The kinds that take away and give back; they may happen again and again."""
