"""Facts in words: what happened, in the reader's language."""

from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.criteria.sentences import SUBJECTS, title
from academy.journal.models import Fact

ICONS = {
    "checkin.done": "calendar-check",
    "streak.reached": "flame",
    "lesson.completed": "book-open",
    "quiz.finished": "circle-help",
    "quiz.passed": "circle-check",
    "quiz.perfect": "star",
    "exam.passed": "graduation-cap",
    "update.passed": "refresh-cw",
    "package.completed": "package-check",
    "package.finished": "package",
    "pledge.signed": "file-pen",
    "profile.completed": "user",
    "handin.submitted": "send",
    "handin.accepted": "check",
    "handin.returned": "rotate-ccw",
    "handin.excellent": "star",
    "ugc.submitted": "send",
    "ugc.accepted": "check",
    "ugc.returned": "rotate-ccw",
    "ugc.featured": "star",
    "ugc.checked": "list-checks",
    "peer.reviewed": "message-circle",
    "live.attended": "radio",
    "game.right": "zap",
    "comment.passed": "message-circle",
    "comment.returned": "message-circle-off",
    "question.answered": "message-circle-question-mark",
    "answer.accepted": "message-circle-heart",
    "material.taken": "copy",
    "stage.completed": "flag",
    "course.completed": "flag",
    "badge.awarded": "medal",
    "tier.reached": "chevrons-up",
    "reward.granted": "gift",
    "reward.delivered": "gift",
    "certificate.earned": "award",
    "certificate.issued": "award",
    "certificate.expiring": "hourglass",
    "certificate.revoked": "ban",
    "certificate.restored": "award",
    "name.asked": "pencil",
    "badge.withdrawn": "medal",
    "badge.returned": "medal",
    "reward.withdrawn": "gift",
    "reward.returned": "gift",
    "group.built": "users",
    "approval.given": "check",
    "approval.returned": "rotate-ccw",
    "appeal.answered": "message-circle",
    "approval.asked": "send",
    "violation.minor": "shield-alert",
    "violation.serious": "shield-alert",
    "violation.lifted": "shield-check",
    "care.users": "users",
    "allotment.set": "users",
    "external.removed": "log-out",
    "tier.lowered": "chevrons-down",
    "tier.restored": "chevrons-up",
    "review.warned": "bell",
    "review.kept": "shield-check",
}


def said(catalog: Catalog, fact: Fact, nth: int | None = None) -> str:
    """What a fact says, without a full stop; `nth` numbers her check-ins."""
    thing, n = title(catalog, fact.kind, fact.topic), fact.value
    match fact.kind:
        case "profile.completed":
            return _("Completed the profile")
        case "checkin.done":
            return _("Check-in number %(n)s", n=nth) if nth else _("Checked in")
        case "streak.reached":
            return _("Checked in %(n)s days in a row", n=fact.topic)
        case "lesson.completed":
            return _("Finished the lesson “%(title)s”", title=thing)
        case "quiz.finished" | "package.finished":
            return _("“%(title)s”: %(n)s points", title=thing, n=n)
        case "question.right":
            return _("Answered a question of “%(title)s” right", title=thing)
        case "quiz.passed" | "exam.passed" | "update.passed":
            return _("Passed “%(title)s”", title=thing)
        case "quiz.perfect":
            return _("Full marks in “%(title)s”", title=thing)
        case "package.completed":
            return _("Completed the package “%(title)s”", title=thing)
        case "pledge.signed":
            return _("Signed the pledge, version %(version)s", version=fact.occurrence)
        case "handin.submitted" | "ugc.submitted":
            return _("Handed in “%(title)s”, round %(n)s", title=thing, n=fact.occurrence)
        case "handin.accepted" | "ugc.accepted":
            return _("“%(title)s” was accepted", title=thing)
        case "handin.returned" | "ugc.returned":
            return _("“%(title)s” was returned to change", title=thing)
        case "handin.excellent":
            return _("“%(title)s” is excellent", title=thing)
        case "ugc.featured":
            return _("“%(title)s” is featured", title=thing)
        case "ugc.checked":
            return _("Went through the whole self-check of “%(title)s”", title=thing)
        case "peer.reviewed":
            return _("Reviewed a fellow student’s “%(title)s”", title=thing)
        case "live.attended" if thing:
            return _("Was at “%(title)s”, %(n)s %% of it", title=thing, n=n)
        case "live.attended":
            return _("Was at a live session of the class, %(n)s %% of it", n=n)
        case "game.right":
            return _("Answered a quick question in class right")
        case "comment.passed":
            return _("A post under “%(title)s” was let through", title=thing)
        case "comment.returned":
            return _("A post under “%(title)s” was taken down", title=thing)
        case "question.answered":
            return _("Got an answer to a question under “%(title)s”", title=thing)
        case "answer.accepted":
            return _("An answer under “%(title)s” was accepted", title=thing)
        case "material.taken":
            return _("Took the material “%(title)s”", title=thing)
        case "stage.completed":
            return _("Finished the stage “%(title)s”", title=thing)
        case "course.completed":
            return _("Finished the course “%(title)s”", title=thing)
        case "badge.awarded":
            return _("Won the badge “%(title)s”", title=thing)
        case "tier.reached":
            return _("Reached %(title)s", title=thing)
        case "reward.granted":
            return _("Was granted “%(title)s”", title=thing)
        case "reward.delivered":
            return _("Got “%(title)s”", title=thing)
        case "certificate.earned":
            return _("Earned “%(title)s”", title=thing)
        case "certificate.issued":
            return _("“%(title)s” was issued", title=thing)
        case "certificate.revoked":
            return _("“%(title)s” was revoked", title=thing)
        case "certificate.restored":
            return _("“%(title)s” was restored", title=thing)
        case "certificate.expiring":
            return _("“%(title)s” was about to end", title=thing)
        case "name.asked":
            return _("Was asked for the legal name for “%(title)s”", title=thing)
        case "badge.withdrawn":
            return _("The badge “%(title)s” was withdrawn", title=thing)
        case "badge.returned":
            return _("Got the badge “%(title)s” back", title=thing)
        case "reward.withdrawn":
            return _("The reward “%(title)s” was withdrawn", title=thing)
        case "reward.returned":
            return _("Got the reward “%(title)s” back", title=thing)
        case "group.built":
            return _("Built a group of %(n)s people", n=n)
        case "approval.given":
            return _("Was approved for %(title)s by the brand", title=thing)
        case "approval.returned":
            return _("The brand put off the promotion to %(title)s", title=thing)
        case "appeal.answered":
            return _("The brand answered the appeal; she stays at %(title)s", title=thing)
        case "approval.asked":
            return _("Asked again for the promotion to %(title)s", title=thing)
        case "violation.minor" | "violation.serious":
            return _("Broke a rule: %(rule)s", rule=thing)
        case "violation.lifted":
            return _("A violation was lifted: %(rule)s", rule=thing)
        case "care.users" | "care.orders" | "care.asked" | "care.served" | "care.complaints":
            return _("%(month)s, %(what)s: %(n)s", month=fact.occurrence, what=SUBJECTS[fact.kind](), n=n)
        case "allotment.set":
            return _("Was allotted %(n)s customers", n=n)
        case "external.removed":
            return _("Was removed, because “%(title)s” was not passed in time", title=thing)
        case "tier.lowered":
            return _("Was lowered to %(title)s in the review of %(month)s", title=thing, month=fact.occurrence)
        case "tier.restored":
            return _("Was given %(title)s back", title=thing)
        case "review.warned":
            return _("Was warned before the review of %(month)s", month=fact.occurrence)
        case "review.kept":
            return _("Kept %(title)s in the review of %(month)s", title=thing, month=fact.occurrence)
    return f"{fact.kind} {fact.topic}".strip()
