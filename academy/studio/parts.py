"""What is clicked in an editor: blocks and questions, and what these are made of, added, moved and taken out. Pure."""

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from academy.catalog.content import MULTIPLE, SINGLE
from academy.studio.rules import Content, moved

Act = Callable[[Sequence[Any]], Sequence[Any]]

INNER: Mapping[str, tuple[str, ...]] = {
    "set": ("pictures",),
    "check": ("question", "options"),
    "practice": ("practice", "rubric"),
    SINGLE: ("options",),
    MULTIPLE: ("options",),
}
"""Where a block, or a question of a quiz, holds the list of its parts."""


def add(place: int, *new: Content) -> Act:
    """Put something new at a place."""
    return lambda items: [*items[:place], *new, *items[place:]]


def remove(place: int) -> Act:
    """Take out what is at a place; IndexError where nothing is."""
    return lambda items: [one for one in items if one is not items[place]]


def move(place: int, to: str) -> Act:
    """Move what is at a place `up`, `down`, or to the place of a number; IndexError where nothing is."""
    return lambda items: moved(items, place, landing(place, to))


def landing(place: int, to: str) -> int:
    """Where something that is moved comes to stand."""
    step = {"up": place - 1, "down": place + 1}
    return max(0, step[to] if to in step else int(to))


def at(held: Any, path: Sequence[str | int], act: Act) -> Any:
    """A copy of a part of a document in which something was done to the list at a path."""
    if not path:
        return act(held)
    step, *rest = path
    if isinstance(held, Mapping):
        return {**held, step: at(held.get(step, []), rest, act)}
    return [at(one, rest, act) if n == step else one for n, one in enumerate(held)]


def within(one: Content, do: str) -> Any:
    """A block or a question with something done to its parts: `add`, or with the number of one `up`, `down`, `remove`.

    LookupError where nothing of that kind can be done.
    """
    what, _colon, typed = do.partition(":")
    acts: Mapping[str, Callable[[], Act]] = {
        "add": lambda: lambda parts: [*parts, new_part(one, parts)],
        "up": lambda: move(int(typed), "up"),
        "down": lambda: move(int(typed), "down"),
        "remove": lambda: remove(int(typed)),
    }
    if what != "add" and not typed.isdecimal():
        raise LookupError(do)
    return at(one, INNER[one["type"]], acts[what]())


def new_part(one: Content, parts: Sequence[Content]) -> dict[str, Any]:
    """An empty option, or in a practice an aspect of its rubric; its key is the first letter that is free."""
    taken = {part["key"] for part in parts}
    key = next(letter for letter in ascii_lowercase if letter not in taken)
    return (
        {"key": key, "title": {"zh": ""}}
        if one["type"] == "practice"
        else {"key": key, "text": {"zh": ""}, "right": False}
    )
