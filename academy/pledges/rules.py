"""The pledge as a value. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from academy.catalog.content import Text

MOST_NAME = 40


@dataclass(frozen=True)
class Pledge:
    """What is signed: each version is signed on its own."""

    key: str
    version: str
    title: Text
    intro: Text
    points: tuple[Text, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Pledge":
        return cls(content["key"], content["version"], content["title"], content["intro"], tuple(content["points"]))
