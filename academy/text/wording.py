"""Hints on wording: a list of words with the reason of each. It never certifies a text. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Text = Mapping[str, str]


BLOCK, WARN = LEVELS = ("block", "warn")
"""What is never published without somebody's reason, and what is only pointed out."""


@dataclass(frozen=True)
class Hint:
    """Words found in a text, why they had better go, how grave that is, and where they begin."""

    words: str
    why: Text
    level: str = WARN
    start: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.words)


def found(text: str, rules: Iterable[Mapping[str, Any]]) -> list[Hint]:
    """The listed words wherever a text says them, in its order; where they overlap, the first and longest.

    Words are looked up whole, and not inside what a rule allows around them (`unless`), so that 我的第一个20人群 is no
    claim of being the first.
    """
    hints = [
        Hint(words, rule["why"], rule.get("level", WARN), start)
        for rule in rules
        for allowed in [[span for phrase in rule.get("unless", ()) for span in _spans(text, phrase)]]
        for words in rule["words"]
        for start, end in _spans(text, words)
        if not any(first <= start and end <= last for first, last in allowed)
    ]
    kept: list[Hint] = []
    for hint in sorted(hints, key=lambda hint: (hint.start, -hint.end)):
        if not kept or hint.start >= kept[-1].end:
            kept.append(hint)
    return kept


def _spans(text: str, words: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(words), text)]


def hints(text: str, rules: Iterable[Mapping[str, Any]]) -> list[Hint]:
    """The listed words that a text says, each once, in the order of the text."""
    first: dict[str, Hint] = {}
    for hint in found(text, rules):
        first.setdefault(hint.words, hint)
    return list(first.values())


_PERSONAL: tuple[tuple[str, Text], ...] = (
    (
        r"(?<!\d)1[3-9]\d([ -]?\d{4}){2}(?!\d)",
        {"zh": "像是手机号，别公开发", "en": "Looks like a phone number; keep it private"},
    ),
    (r"(?<!\d)\d{17}[\dXx](?!\d)", {"zh": "像是身份证号，别公开发", "en": "Looks like an ID number; keep it private"}),
    (
        r"[\w.+-]+@[\w-]+(\.[\w-]+)+",
        {"zh": "像是邮箱，别公开发", "en": "Looks like an e-mail address; keep it private"},
    ),
    (
        r"(?<![A-Za-z])(微信|薇信|威信|[vV]信|[vV][xX]|[wW][xX]|[qQ]{2}|扣扣)号?\s*[:是]?\s*[A-Za-z0-9][\w-]{4,19}",
        {"zh": "像是微信号或 QQ 号，别公开发", "en": "Looks like somebody’s WeChat or QQ; keep it private"},
    ),
)


def personal(text: str) -> list[Hint]:
    """What in a text would tell strangers how to reach somebody, or who she is."""
    plain = unicodedata.normalize("NFKC", text)
    matches = ((re.search(pattern, plain), why) for pattern, why in _PERSONAL)
    return [Hint(match[0], why, start=match.start()) for match, why in matches if match]
