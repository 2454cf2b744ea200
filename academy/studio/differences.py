"""What differs between two versions of a course, a lesson or a quiz, as a person reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from academy.catalog.blocks import is_text, key_of
from academy.catalog.queries import on_page
from academy.composing.view import words
from academy.studio.rules import ASSESSMENT, COURSE, LESSON, QUIZ, UNLOCK, UPDATE, Content
from academy.text.differences import CUT, NEW, became
from academy.web.reading import pick

Stretch = tuple[str, str]

BLOCKS: Mapping[str, Any] = {
    "text": lazy_gettext("Text"),
    "dont": lazy_gettext("Not like this"),
    "do": lazy_gettext("Rather like this"),
    "mistake": lazy_gettext("A common mistake"),
    "note": lazy_gettext("Worth knowing"),
    "today": lazy_gettext("To do today"),
    "steps": lazy_gettext("Step by step"),
    "picture": lazy_gettext("Picture"),
    "set": lazy_gettext("Set of pictures"),
    "video": lazy_gettext("Video"),
    "audio": lazy_gettext("Audio"),
    "file": lazy_gettext("File"),
    "live": lazy_gettext("Live session"),
    "check": lazy_gettext("Question in the lesson"),
    "practice": lazy_gettext("Practice"),
    "scorm": lazy_gettext("Package"),
}
"""What each kind of block is called."""

FIELDS: Mapping[str, Any] = {
    "title": lazy_gettext("Name"),
    "summary": lazy_gettext("What it is for"),
    "note": lazy_gettext("What changed"),
    "minutes": lazy_gettext("Minutes"),
    "md": lazy_gettext("Text"),
    "alt": lazy_gettext("Alternative text"),
    "caption": lazy_gettext("Caption"),
    "file": lazy_gettext("File"),
    "prompt": lazy_gettext("Question"),
    "reason": lazy_gettext("Reason"),
    "said": lazy_gettext("What somebody said"),
    "options": lazy_gettext("Options"),
    "right": lazy_gettext("right"),
    "task": lazy_gettext("Task"),
    "starter": lazy_gettext("Starter"),
    "tier": lazy_gettext("Tier"),
    "order": lazy_gettext("Its place among the courses"),
    "pass": lazy_gettext("Needed to pass"),
    "draw": lazy_gettext("Drawn at each attempt"),
    "lessons": lazy_gettext("Lessons"),
    "quiz": lazy_gettext("Quiz"),
    "lesson": lazy_gettext("Leads to the lesson"),
    "type": lazy_gettext("Kind"),
    "items": lazy_gettext("Step by step"),
    "unlock": lazy_gettext("Opens by"),
}


@dataclass(frozen=True)
class Change:
    """One difference: where it is, and the text there as stretches that were kept, cut or are new."""

    where: str
    pieces: Sequence[Stretch]


def differences(kind: str, old: Content | None, new: Content | None) -> list[Change]:
    """What differs, in the order of the document; everything is new in one that was not there."""
    old, new = (_worded(kind, content) for content in (old, new))
    if old is None or new is None:
        there, what = (new, NEW) if new else (old or {}, CUT)
        return [Change(called(path), [(what, said)]) for path, said in _flat(there or {}, ()) if said]
    if kind == LESSON:
        return [*_fields(old, new, ("blocks", "outdated")), *_blocks(old["blocks"], new["blocks"])]
    if kind in (QUIZ, ASSESSMENT, UPDATE):
        return [*_fields(old, new, ("questions",)), *_keyed(old["questions"], new["questions"], _("Question"))]
    return [*_fields(old, new, ("stages",)), *_keyed(old["stages"], new["stages"], _("Stage"))]


def _worded(kind: str, content: Content | None) -> Content | None:
    """A course with the criterion by which it opens as a sentence."""
    if kind != COURSE or not content or content[UNLOCK] is None:
        return content
    return {**content, UNLOCK: words(on_page(), content[UNLOCK])}


def _fields(old: Content, new: Content, but: Sequence[str], where: str = "") -> Iterator[Change]:
    """What differs in the fields of two things of one kind."""
    before = dict(_flat({name: held for name, held in old.items() if name not in but}, ()))
    after = dict(_flat({name: held for name, held in new.items() if name not in but}, ()))
    for path in dict.fromkeys((*after, *before)):
        was, now = before.get(path, ""), after.get(path, "")
        if was != now:
            said = " · ".join(word for word in (where, _inside(path)) if word)
            yield Change(said, became(was, now))


def _keyed(old: Sequence[Content], new: Sequence[Content], word: str) -> Iterator[Change]:
    """What differs between lists of things with keys."""
    before, after = ({one["key"]: one for one in some} for some in (old, new))
    for key in dict.fromkeys((*after, *before)):
        where = f"{word} “{_titled(after.get(key) or before[key])}”"
        if key in before and key in after:
            yield from _fields(before[key], after[key], (), where)
        else:
            what, one = (NEW, after[key]) if key in after else (CUT, before[key])
            yield Change(where, [(what, " / ".join(said for _path, said in _flat(one, ()) if said))])
    both = [[key for key in some if key in before and key in after] for some in (before, after)]
    if both[0] != both[1]:
        yield Change(_("Order"), [(CUT, _listed(before, both[0])), (NEW, _listed(after, both[1]))])


def _listed(things: Mapping[str, Content], keys: Sequence[str]) -> str:
    return " → ".join(_titled(things[key]) for key in keys)


def _titled(one: Content) -> str:
    return pick(one.get("title") or one.get("prompt") or {"zh": ""})


def _blocks(old: Sequence[Content], new: Sequence[Content]) -> Iterator[Change]:
    """What differs between the blocks of a lesson; a block is the same by its key, or else by its place in the run."""
    before, after = ([(block["type"], key_of(block) or _said(block)) for block in blocks] for blocks in (old, new))
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pairs = zip(old[a:b], new[c:d], strict=True)
            for n, (was, now) in enumerate(pairs, c + 1):
                yield from _block(was, now, n)
            continue
        gone, come = list(old[a:b]), list(new[c:d])
        for n, now in enumerate(come, c + 1):
            twin = next((was for was in gone if was["type"] == now["type"]), None)
            if twin is not None:
                gone.remove(twin)
                yield from _block(twin, now, n)
            else:
                yield Change(_place(now, n), [(NEW, _said(now))])
        for was in gone:
            yield Change(str(BLOCKS.get(was["type"], was["type"])), [(CUT, _said(was))])


def _block(was: Content, now: Content, n: int) -> Iterator[Change]:
    yield from _fields(was, now, ("type", "outdated"), _place(now, n))


def _place(block: Content, n: int) -> str:
    return _("Block %(n)s, %(kind)s", n=n, kind=BLOCKS.get(block["type"], block["type"]))


def _said(block: Content) -> str:
    told = (said for path, said in _flat(block, ()) if path != ("type",) and said)
    return " / ".join(told)


def _flat(held: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Everything in a part of a document that a person wrote or chose, each with its path; keys are not shown."""
    if is_text(held):
        yield from (((*path, locale), words) for locale, words in held.items())
    elif isinstance(held, Mapping):
        for name, inner in held.items():
            if name != "key":
                yield from _flat(inner, (*path, name))
    elif isinstance(held, list | tuple):
        for n, inner in enumerate(held, 1):
            yield from _flat(inner, (*path, str(n)))
    elif held is not None and held is not False:
        yield path, "✓" if held is True else str(held)


def place_of(content: Content, path: Sequence[str | int]) -> str:
    """Where in a document something is, as a person says it."""
    steps = tuple(str(step + 1) if isinstance(step, int) else step for step in path)
    if len(path) < 2 or path[0] != "blocks" or not isinstance(path[1], int):
        return called(steps)
    where = _place(content["blocks"][path[1]], path[1] + 1)
    return " · ".join(word for word in (where, _inside(steps[2:])) if word)


def _inside(path: tuple[str, ...]) -> str:
    """What a field is called in what was named already; the words of a text block are the block."""
    return called(tuple(step for step in path if step != "md"))


def called(path: tuple[str, ...]) -> str:
    """What the place of a field is called: the last names that a reader knows."""
    words = [str(FIELDS.get(step, "")) or (step if step.isdigit() else "") for step in path]
    english = _("English") if path and path[-1] == "en" else ""
    return " ".join(word for word in (*words, english) if word)
