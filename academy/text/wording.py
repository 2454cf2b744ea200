"""Hints on wording: a list of words with the reason of each. It never certifies a text. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Text = Mapping[str, str]


@dataclass(frozen=True)
class Hint:
    """Words found in a text, and why they had better go."""

    words: str
    why: Text


def hints(text: str, rules: Iterable[Mapping[str, Any]]) -> list[Hint]:
    """The listed words that a text says, in the order of the text.

    Words are looked up whole, so that 我的第一个20人群 is no claim of being 第一品牌.
    """
    found: dict[str, tuple[int, Hint]] = {}
    for rule in rules:
        for words in rule["words"]:
            place = text.find(words)
            if place >= 0:
                found[words] = place, Hint(words, rule["why"])
    return [hint for _, hint in sorted(found.values(), key=lambda item: item[0])]
