"""A course again, under keys of its own: nothing that trainees did in the first hangs on the second. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from academy.catalog.content import parts_of

Name = tuple[str, str]
Content = Mapping[str, Any]


def cloned(documents: Mapping[Name, Content], course: str, new: Callable[[], str], title: Content) -> dict[Name, Any]:
    """A published course with its lessons and quizzes as new documents; `new` gives a key that was never used.

    Updates stay behind: nobody has completed a lesson of the copy before it was written.
    """
    outline = documents["course", course]
    parts = [name for stage in outline["stages"] for name in parts_of(stage)]
    keys = {course: new()}
    for name in parts:
        keys |= {key: new() for key in (name[1], *_keys(documents[name]))}
    keys |= {stage["key"]: new() for stage in outline["stages"]}
    made = {(kind, keys[key]): _renamed(documents[kind, key], keys) for kind, key in parts}
    return {("course", keys[course]): {**_renamed(outline, keys), "title": dict(title)}, **made}


def _keys(content: Content) -> list[str]:
    """The keys inside a lesson or a quiz on which something of trainees hangs."""
    found = [question["key"] for question in content.get("questions", ())]
    for block in content.get("blocks", ()):
        held = block.get("question") or block.get("practice") or block
        found += [held["key"]] if "key" in held else []
    return found


def _renamed(held: Any, keys: Mapping[str, str]) -> Any:
    """The same with other keys wherever one of the course's own is named."""
    if isinstance(held, Mapping):
        return {
            name: keys.get(v, v) if name in _NAMES and isinstance(v, str) else _inner(name, v, keys)
            for name, v in held.items()
        }
    return [_renamed(one, keys) for one in held] if isinstance(held, list | tuple) else held


_NAMES = ("key", "lesson", "quiz")


def _inner(name: str, held: Any, keys: Mapping[str, str]) -> Any:
    if name == "lessons":
        return [keys[key] for key in held]
    # The options of a question have keys that mean something within it alone.
    return held if name == "options" else _renamed(held, keys)
