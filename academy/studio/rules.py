"""The outline of a course as it is put together, and blocks as they are moved about. Pure."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from copy import deepcopy
from typing import Any

from academy.catalog.blocks import FILES, KINDS, LINE, LINES, MARKDOWN, PLAIN, is_text, key_of, texts_in
from academy.catalog.content import parts_of

Content = Mapping[str, Any]
Name = tuple[str, str]

COURSE, LESSON, QUIZ, ASSESSMENT, UPDATE = EDITED = ("course", "lesson", "quiz", "assessment", "update")
"""The kinds of document that the studio edits; an update goes by the key of its lesson, and has one of its own."""

UNLOCK = "unlock"
"""Where a course holds the criterion by which it opens."""

PUBLISH = "publish"
"""The job that publishes what was scheduled."""

TITLE_MOST, SUMMARY_MOST = 40, 120
LESSONS_MOST, STAGES_MOST, BLOCKS_MOST = 60, 30, 80


def new_course(key: str, title: str, tier: str, order: int) -> dict[str, Any]:
    """A course with nothing in it yet."""
    return {
        "key": key,
        "title": {"zh": title},
        "summary": {"zh": ""},
        "tier": tier,
        "order": order,
        "unlock": None,
        "stages": [],
    }


def new_stage(key: str, title: str) -> dict[str, Any]:
    """A stage with nothing in it yet."""
    return {"key": key, "title": {"zh": title}, "summary": {"zh": ""}, "lessons": [], "quiz": None}


def new_lesson(key: str, title: str) -> dict[str, Any]:
    """A lesson of five minutes with an empty text."""
    return {"key": key, "title": {"zh": title}, "summary": {"zh": ""}, "minutes": 5, "blocks": [new_block("text")]}


def new_quiz(key: str, title: str) -> dict[str, Any]:
    """A quiz without questions."""
    return {"key": key, "title": {"zh": title}, "pass": 80, "draw": 5, "questions": []}


def new_update(key: str) -> dict[str, Any]:
    """What changed in a lesson, without a word or a question yet."""
    return {"key": key, "title": {"zh": ""}, "note": {"zh": ""}, "questions": []}


def new_block(kind: str, key: str = "") -> dict[str, Any]:
    """An empty block; `key` is for those on which something of trainees hangs."""
    if kind == "check":
        return {"type": kind, "question": new_question(key, "single")}
    if kind == "practice":
        task = {"key": key, "title": {"zh": ""}, "task": {"zh": ""}, "min": 20, "max": 500, "pictures": 9}
        return {"type": kind, "practice": task}
    block: dict[str, Any] = {"type": kind}
    for field in KINDS[kind]:
        if field.needed:
            text, texts = field.shape in (MARKDOWN, LINE), field.shape in (LINES, FILES)
            empty: Any = {"zh": ""} if text else [] if texts else ""
            block[field.name] = key if field.name == "key" else empty
    return block


def new_question(key: str, kind: str) -> dict[str, Any]:
    """A question with empty options."""
    if kind == "truth":
        options: list[dict[str, Any]] = [
            {"key": "true", "text": {"zh": "对", "en": "True"}, "right": True},
            {"key": "false", "text": {"zh": "不对", "en": "False"}, "right": False},
        ]
    else:
        options = [{"key": letter, "text": {"zh": ""}, "right": False} for letter in "abc"]
    return {"key": key, "type": kind, "prompt": {"zh": ""}, "options": options, "reason": {"zh": ""}}


def names_in(course: Content, there: Container[Name] = ()) -> list[Name]:
    """All documents of a course: itself, then its lessons and quizzes in their order, with the updates that are
    `there`."""
    return [(COURSE, course["key"]), *(name for stage in course["stages"] for name in parts_of(stage, there))]


def stage_of(course: Content, key: str) -> Content | None:
    """The stage of an outline that has this key, or that holds the lesson or quiz of this key."""
    return next((s for s in course["stages"] if key in (s["key"], s["quiz"]) or key in s["lessons"]), None)


def changed(course: Content, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """A copy of an outline that was changed."""
    copy = deepcopy(dict(course))
    change(copy)
    return copy


def moved(items: Sequence[Any], place: int, to: int) -> list[Any]:
    """A list with one item at another place; beyond the ends it goes to the end."""
    rest = [*items[:place], *items[place + 1 :]]
    to = max(0, min(to, len(rest)))
    return [*rest[:to], items[place], *rest[to:]]


def with_lesson(course: Content, stage: str, lesson: str, place: int | None = None) -> dict[str, Any]:
    """An outline with a lesson in a stage, taken from wherever it was; at the end without a `place`."""

    def change(copy: dict[str, Any]) -> None:
        for one in copy["stages"]:
            one["lessons"] = [key for key in one["lessons"] if key != lesson]
        held = next(one["lessons"] for one in copy["stages"] if one["key"] == stage)
        held.insert(len(held) if place is None else max(0, place), lesson)

    return changed(course, change)


def without(course: Content, key: str) -> dict[str, Any]:
    """An outline without the stage, lesson or quiz of a key."""

    def change(copy: dict[str, Any]) -> None:
        copy["stages"] = [one for one in copy["stages"] if one["key"] != key]
        for one in copy["stages"]:
            one["lessons"] = [lesson for lesson in one["lessons"] if lesson != key]
            one["quiz"] = None if one["quiz"] == key else one["quiz"]

    return changed(course, change)


def tidy(content: Any) -> Any:
    """What was typed, with line breaks as we keep them, no blanks around, and no empty English."""
    if is_text(content):
        said = {locale: re.sub(r"\r\n?", "\n", text).strip() for locale, text in content.items()}
        return {locale: text for locale, text in said.items() if text or locale == "zh"}
    if isinstance(content, Mapping):
        return {name: tidy(value) for name, value in content.items()}
    return [tidy(value) for value in content] if isinstance(content, list | tuple) else content


def told_outdated(before: Content, after: Content) -> dict[str, Any]:
    """A lesson whose English is marked as outdated wherever the Chinese beside it was changed and it was not.

    A block is the same as one before if it has its key, or says the same in English.
    """
    stale = [name for name in ("title", "summary") if _is_stale(before, before.get(name), after[name], name)]
    earlier = {_mark(block): block for block in before.get("blocks", ())}
    blocks = []
    for block in after["blocks"]:
        twin = earlier.get(_mark(block), {})
        flag = {"outdated": True} if _is_stale(twin, twin, block) else {}
        blocks.append({name: held for name, held in block.items() if name != "outdated"} | flag)
    kept = {name: held for name, held in after.items() if name != "outdated"}
    return {**kept, "blocks": blocks, **({"outdated": stale} if stale else {})}


def _is_stale(holder: Content, was: Any, now: Any, name: str = "") -> bool:
    """Whether the English of what `was` stands unchanged beside another Chinese, or did so already."""
    if not was or not _said(now, "en") or _said(was, "en") != _said(now, "en"):
        return False
    flagged = name in holder.get("outdated", ()) if name else holder.get("outdated", False)
    return bool(flagged) or _said(was, "zh") != _said(now, "zh")


def _mark(block: Content) -> tuple[Any, ...]:
    return block["type"], key_of(block) or _said(block, "en")


def _said(held: Any, locale: str) -> tuple[str, ...]:
    """All that is said in a language somewhere in a document."""
    return tuple(text[locale] for text in texts_in(held) if locale in text)


def merged(blocks: Sequence[Content]) -> list[Content]:
    """Blocks without those plain ones that say nothing in any language."""
    return [block for block in blocks if block["type"] not in PLAIN or any(block["md"].values())]
