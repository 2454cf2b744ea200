"""What may be said under a lesson, where it stands, and until when its author may change it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from academy.catalog.content import Catalog
from academy.text.wording import Hint, hints, personal

LEAST, MOST = 5, 500
MOST_REASON = 300
MOST_COUNTED = 99
"""Beyond this one reads “99+”: counting further would cost more than anybody learns from it."""

WAITING, PASSED, DOWN, DELETED = STATES = ("waiting", "passed", "down", "deleted")
"""Not read by a trainer yet, let through, taken down by staff, deleted by its author."""

REASONS = ("private", "unkind", "advert", "wrong", "other")
"""Why somebody reports a post."""

EDITABLE = timedelta(minutes=10)
"""How long an author may change her words."""


@dataclass(frozen=True)
class Manner:
    """How an academy discusses: whether it takes new posts, and whether others see them only after a trainer has."""

    open: bool = True
    moderated: bool = True


def manner(catalog: Catalog) -> Manner | None:
    """How this academy discusses its lessons; None where it does not."""
    if ("discussion", "academy") not in catalog.documents:
        return None
    return Manner(**catalog.one("discussion"))


def pointed_out(text: str, words: Iterable[Mapping[str, Any]]) -> list[Hint]:
    """What had better be thought over before it is sent: listed words, and what would tell who or where somebody is."""
    return [*hints(text, words), *personal(text)]
