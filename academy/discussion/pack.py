"""Checking in a pack how lessons are discussed."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from academy.catalog.pack import Source
from academy.discussion.rules import Manner

_SETTINGS = [field.name for field in fields(Manner)]


def check_discussion(source: Source, data: Mapping[str, Any]) -> None:
    """Note what is wrong with `discussion`."""
    for name, value in data.get("discussion", {}).items():
        if name not in _SETTINGS:
            source.wrong(("discussion", name), f"is no setting; known: {', '.join(_SETTINGS)}")
        elif type(value) is not bool:
            source.wrong(("discussion", name), "must be true or false")
