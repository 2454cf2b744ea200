"""What leads where on the first page. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from academy.criteria.explain import Reason
from academy.criteria.language import WHOLE, Leaf

# From which hour of the brand's day each greeting holds.
GREETINGS = ((5, "morning"), (11, "noon"), (13, "afternoon"), (18, "evening"), (23, "night"))


def greeting(hour: int) -> str:
    """The part of the day: morning, noon, afternoon, evening or night."""
    return next((name for start, name in reversed(GREETINGS) if hour >= start), "night")


@dataclass(frozen=True)
class Closer:
    """What closes a gap: an icon, and the endpoint and key (or anchor) of the page to go to."""

    icon: str
    endpoint: str
    key: str | None = None
    anchor: str | None = None


def closer(reason: Reason, quizzes: Iterable[str], practices: Iterable[str]) -> Closer:
    """Where to go to close a gap. What names several things leads to the first that is missing."""
    leaf = next((r.criterion for r in reason.leaves() if not r.met), None)
    if not isinstance(leaf, Leaf):
        return Closer("circle-check", "courses.map")
    family = leaf.kind.partition(".")[0]
    match family:
        case "quiz" | "exam" if leaf.topic in set(quizzes):
            return Closer("flag", "quizzes.intro", leaf.topic)
        case "checkin" | "streak":
            return Closer("calendar-check", "home.today", anchor="checkin")
        case "pledge":
            return Closer("signature", "pledges.show")
        case "handin":
            first = next(iter(practices), None) if leaf.topic == WHOLE else leaf.topic
            return Closer("file-pen", "practice.show", first) if first else Closer("file-pen", "courses.map")
        case "profile":
            return Closer("user", "account.me")
        case "badge" | "certificate" | "reward" | "tier":
            return Closer("award", "honours.index")
        case "growth" | "feathers":
            return Closer("sprout", "courses.map")
        case _:
            return Closer("book-open", "courses.map")
