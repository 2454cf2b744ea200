"""What a lesson is made of: the kinds of block, and what each holds.

A block is `{type, …}`. What is read or heard in it is a text `{zh, en}`, so that both languages stay side by side; a
block may carry `outdated: true` while its English was written for an older Chinese.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from academy import clock

MOMENT = "%Y-%m-%d %H:%M"

MARKDOWN, LINE, LINES, FILE, FILES, ADDRESS, KEY, WHEN, NUMBER, QUESTION, PRACTICE, PACKAGE, SWITCH = (
    *("markdown", "line", "lines", "file", "files", "address", "key", "when", "number", "question", "practice"),
    *("package", "switch"),
)
"""The shapes of a field. LINES is a list of texts, FILES one of pictures with their alternative texts; ADDRESS begins
with https; WHEN is a local moment, `2026-12-01 20:00`; PACKAGE is the key of a package."""

TEXTS = (MARKDOWN, LINE, LINES)

PICTURES = ("svg", "png", "jpg", "webp")
VIDEOS = ("mp4", "webm")
SOUNDS = ("mp3", "m4a")
CAPTIONS = ("vtt",)
PAPERS = ("pdf", "docx", "xlsx", "pptx", "zip")


@dataclass(frozen=True)
class Field:
    """One thing that a block holds; `endings` are those that its files may have."""

    name: str
    shape: str
    needed: bool = True
    endings: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 0


_SAID = (Field("md", MARKDOWN),)

PLAIN = ("text", "dont", "do", "mistake", "note", "today")
"""Those that hold nothing but a Markdown text."""

KINDS: Mapping[str, tuple[Field, ...]] = {
    **dict.fromkeys(PLAIN, _SAID),
    "steps": (Field("title", LINE, needed=False), Field("items", LINES)),
    "picture": (
        Field("file", FILE, endings=PICTURES),
        Field("alt", LINE),
        Field("caption", LINE, needed=False),
    ),
    "set": (Field("pictures", FILES, endings=PICTURES), Field("words", LINE, needed=False)),
    "video": (
        Field("title", LINE),
        Field("file", FILE, needed=False, endings=VIDEOS),
        Field("address", ADDRESS, needed=False),
        Field("poster", FILE, needed=False, endings=PICTURES),
        Field("captions", FILE, needed=False, endings=CAPTIONS),
        Field("transcript", MARKDOWN, needed=False),
    ),
    "audio": (
        Field("title", LINE),
        Field("file", FILE, endings=SOUNDS),
        Field("transcript", MARKDOWN, needed=False),
    ),
    "file": (Field("title", LINE), Field("file", FILE, endings=PAPERS)),
    "live": (
        Field("key", KEY),
        Field("title", LINE),
        Field("starts", WHEN),
        Field("minutes", NUMBER, lowest=5, highest=600),
        Field("join", ADDRESS, needed=False),
        Field("replay", ADDRESS, needed=False),
    ),
    "check": (Field("question", QUESTION),),
    "practice": (Field("practice", PRACTICE),),
    "scorm": (Field("package", PACKAGE), Field("required", SWITCH, needed=False)),
}

Block = Mapping[str, Any]


def key_of(block: Block) -> str | None:
    """The key of the question, practice or session that a block holds; what is known of trainees hangs on it."""
    held = block.get("question") or block.get("practice") or block
    found = held.get("key")
    return found if isinstance(found, str) else None


def files_in(block: Block) -> list[str]:
    """The names of all files that a block shows."""
    found: list[str] = []
    for field in KINDS.get(block["type"], ()):
        held = block.get(field.name)
        if field.shape == FILE and held:
            found.append(held)
        elif field.shape == FILES:
            found += [picture["file"] for picture in held or ()]
    return found


def is_text(held: Any) -> bool:
    """Whether something is a text in the languages that it was written in."""
    return isinstance(held, Mapping) and "zh" in held


def texts_in(held: Any) -> Iterator[Mapping[str, str]]:
    """All texts in a block, or in any other part of a document, in their order."""
    if is_text(held):
        yield held
        return
    inner = held.values() if isinstance(held, Mapping) else held if isinstance(held, list | tuple) else ()
    for one in inner:
        yield from texts_in(one)


def is_address(text: str) -> bool:
    """Whether a text is an address on the web that a learner may be sent to."""
    found = urlsplit(text) if text.isprintable() and not re.search(r"\s", text) else None
    return found is not None and found.scheme == "https" and "." in (found.hostname or "")


def is_moment(text: str) -> bool:
    """Whether a text is a local moment to the minute."""
    try:
        return datetime.strptime(text, MOMENT).strftime(MOMENT) == text
    except ValueError:
        return False


SOON = timedelta(minutes=15)
"""How long before a live session one may join."""
AHEAD, ON, OVER = "ahead", "on", "over"


def span_of(live: Block) -> tuple[datetime, datetime]:
    """When a live session begins and ends."""
    begins = datetime.strptime(live["starts"], MOMENT).replace(tzinfo=clock.ZONE)
    return begins, begins + timedelta(minutes=live["minutes"])


def phase_of(live: Block, now: datetime) -> str:
    """Whether a live session is ahead, can be joined, or is over."""
    begins, ends = span_of(live)
    return AHEAD if now < begins - SOON else ON if now < ends else OVER
