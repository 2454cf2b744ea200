"""Who may do what, what a cohort may be, and what a display name, a phone number, an address and a password must be."""

import hashlib
import re
import unicodedata

TRAINEE, TRAINER, BRAND = "trainee", "trainer", "brand"

_DESK = frozenset(
    {
        *("desk.open", "handin.review", "roster.see", "password.reset", "calendar.keep", "cohort.lead", "week.read"),
        *("content.edit", "discussion.moderate"),
        "class.teach",
    }
)

PERMISSIONS: dict[str, frozenset[str]] = {
    TRAINEE: frozenset({"learn"}),
    TRAINER: _DESK,
    BRAND: _DESK
    | {
        "roster.see_all",
        "roster.import",
        "cohort.manage",
        "pack.import",
        "brand.dress",
        "sample.clear",
        "ladder.edit",
        "badge.edit",
        "promotion.decide",
        "candidate.decide",
        "benefit.edit",
        "trait.keep",
        "conduct.judge",
        "certificate.issue",
    },
}

KINDS = TIER, RECRUITING = ("tier", "recruiting")
"""A class of a tier, and a recruiting group."""

PHASES = ("recruiting", "before", "training", "closing", "ended")
"""招募 – 培训 – 培训中 – 培训末 – 培训结束"""
TAKING = PHASES[:3]
"""The phases in which newcomers can still follow."""
ENDED = PHASES[-1]

PASSWORD_MIN, PASSWORD_MAX = 8, 128
NAME_MOST = 20


def rules_digest(rules: str) -> str:
    """What tells the rules of a group, as they were when somebody accepted them, from what they are now."""
    return hashlib.sha256(rules.encode()).hexdigest()


def is_name(text: str) -> bool:
    """Whether a display name shows at least one letter, digit or sign."""
    return any(unicodedata.category(letter)[0] in "LNSP" for letter in text)


def phone_number(typed: str) -> str | None:
    """A mainland mobile number as eleven digits, however it was grouped; None if it is none."""
    digits = re.sub(r"[\s\-()]", "", typed.translate(_WIDE))
    digits = re.sub(r"^(\+|00)86", "", digits)
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else None


def email_address(typed: str) -> str | None:
    """An e-mail address in lower case; None if it is none."""
    address = typed.strip().lower()
    if len(address) > 254 or not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+", address):
        return None
    return address


def masked(contact: str) -> str:
    """A phone number or address that its owner recognises and nobody else can use."""
    if "@" in contact:
        head, _, host = contact.partition("@")
        return f"{head[:1]}***@{host}"
    return f"{contact[:3]}****{contact[-4:]}"


# Full-width digits and signs, as Chinese keyboards type them.
_WIDE = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
