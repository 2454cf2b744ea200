"""What the editors' forms hold: each field is named by its path in the document, such as `blocks.2.md.zh`."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from academy.catalog.blocks import (
    FILE,
    FILES,
    KINDS,
    LINE,
    LINES,
    MARKDOWN,
    NUMBER,
    PRACTICE,
    QUESTION,
    SWITCH,
    WHEN,
)
from academy.catalog.content import MULTIPLE, SINGLE, TRUTH
from academy.catalog.pack import TRUE_FALSE
from academy.studio.rules import ASSESSMENT, UPDATE, Name
from academy.text.line import plain
from academy.text.typed import tidy

Form = MultiDict[str, str]
LOCALES = ("zh", "en")

OPTIONS_MOST, PICTURES_MOST, QUESTIONS_MOST = 8, 9, 200


class Misshapen(ValueError):
    """A form that is none of ours, or was cut short on its way."""


def document_of(form: Form, name: Name) -> dict[str, Any]:
    """The document that a form holds, finished or not; what can't be read as a number stays as it was typed.

    Raises `Misshapen`.
    """
    if form.get("whole") != "1":
        raise Misshapen("the form has no end")
    kind, key = name
    if kind == "lesson":
        return {
            "key": key,
            "title": _text(form, "title", plain),
            "summary": _text(form, "summary", plain),
            "minutes": _number(form, "minutes"),
            "blocks": [_block(form, at) for at in _places(form, "blocks", "type")],
        }
    if kind == UPDATE:
        return {
            "key": _line(form, "key"),
            "title": _text(form, "title", plain),
            "note": _text(form, "note", tidy),
            "questions": [_question(form, at) for at in _places(form, "questions", "type")],
        }
    quiz: dict[str, Any] = {
        "key": key,
        "title": _text(form, "title", plain),
        "pass": _number(form, "pass"),
        "draw": _number(form, "draw"),
        "questions": [_question(form, at) for at in _places(form, "questions", "type")],
    }
    if kind == ASSESSMENT:
        quiz |= {"minutes": _number(form, "minutes"), "summary": _text(form, "summary", tidy)}
    return quiz


def _places(form: Form, at: str, mark: str) -> Iterator[str]:
    """The paths of the items of a list, as far as it goes on."""
    n = 0
    while f"{at}.{n}.{mark}" in form:
        yield f"{at}.{n}"
        n += 1


def _text(form: Form, at: str, clean: Callable[[str], str] = tidy) -> dict[str, str]:
    typed = {locale: clean(form.get(f"{at}.{locale}", "")) for locale in LOCALES}
    return {locale: words for locale, words in typed.items() if words or locale == "zh"}


def _line(form: Form, at: str) -> str:
    return plain(form.get(at, ""))


def _lines(form: Form, at: str) -> list[dict[str, str]]:
    """A text a line; the English is in the same lines."""
    zh, en = ([plain(line) for line in tidy(form.get(f"{at}.{locale}", "")).split("\n")] for locale in LOCALES)
    pairs = zip_longest(zh, en, fillvalue="")
    return [{"zh": one, **({"en": other} if other else {})} for one, other in pairs if one or other]


def _number(form: Form, at: str) -> int | str:
    typed = plain(form.get(at, ""))[:20]
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else typed


def _pictures(form: Form, at: str) -> list[dict[str, Any]]:
    return [
        {"file": _line(form, f"{one}.file"), "alt": _text(form, f"{one}.alt", plain)}
        for one in _places(form, at, "file")
    ]


_READ: Mapping[str, Callable[[Form, str], Any]] = {
    MARKDOWN: _text,
    LINE: lambda form, at: _text(form, at, plain),
    LINES: _lines,
    FILE: lambda form, at: "" if form.get(f"{at}.off") == "1" else _line(form, at),
    FILES: _pictures,
    NUMBER: _number,
    SWITCH: lambda form, at: form.get(at) == "1",
    WHEN: lambda form, at: _line(form, at).replace("T", " "),
}


def _block(form: Form, at: str) -> dict[str, Any]:
    kind = form[f"{at}.type"]
    if kind not in KINDS:
        raise Misshapen(f"there is no block {kind}")
    block: dict[str, Any] = {"type": kind}
    for field in KINDS[kind]:
        if field.shape == QUESTION:
            block[field.name] = _question(form, at, "asks")
        elif field.shape == PRACTICE:
            block[field.name] = _practice(form, at)
        else:
            held = _READ.get(field.shape, _line)(form, f"{at}.{field.name}")
            if field.needed or held not in ("", [], False, {"zh": ""}):
                block[field.name] = held
    return block


def _question(form: Form, at: str, mark: str = "type") -> dict[str, Any]:
    """A question; in a block its kind is called `asks`, as `type` is that of the block."""
    kind = form.get(f"{at}.{mark}", "")
    if kind not in (SINGLE, MULTIPLE, TRUTH):
        raise Misshapen(f"there is no question {kind}")
    chosen = form.getlist(f"{at}.right")
    key, prompt = _line(form, f"{at}.key"), _text(form, f"{at}.prompt")
    question: dict[str, Any] = {"key": key, "type": kind, "prompt": prompt}
    if kind == TRUTH:
        right = "false" if chosen == ["false"] else "true"
        options = [{"key": key, "text": dict(shown), "right": key == right} for key, shown in TRUE_FALSE]
    else:
        read = ((_line(form, f"{one}.key"), one) for one in _places(form, f"{at}.options", "text.zh"))
        options = [{"key": key, "text": _text(form, f"{one}.text"), "right": key in chosen} for key, one in read]
    question |= {"options": options, "reason": _text(form, f"{at}.reason")}
    if any((said := _text(form, f"{at}.said")).values()):
        question["said"] = said
    if lesson := _line(form, f"{at}.lesson"):
        question["lesson"] = lesson
    return question


def _practice(form: Form, at: str) -> dict[str, Any]:
    practice: dict[str, Any] = {
        "key": _line(form, f"{at}.key"),
        "title": _text(form, f"{at}.title", plain),
        "task": _text(form, f"{at}.task"),
        **{name: _number(form, f"{at}.{name}") for name in ("min", "max", "pictures")},
    }
    if any((starter := _text(form, f"{at}.starter")).values()):
        practice["starter"] = starter
    practice |= {name: True for name in ("group", "link") if form.get(f"{at}.{name}") == "1"}
    if checks := _lines(form, f"{at}.checks"):
        practice["checks"] = checks
    rubric = [
        (_line(form, f"{one}.key"), _text(form, f"{one}.title", plain)) for one in _places(form, f"{at}.rubric", "key")
    ]
    if aspects := [{"key": key, "title": title} for key, title in rubric if any(title.values())]:
        practice["rubric"] = aspects
    return practice
