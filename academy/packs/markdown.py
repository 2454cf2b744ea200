"""A course out of a folder of plain Markdown files, as other people keep them. Pure but for reading the folder."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from academy.catalog.blocks import PICTURES
from academy.catalog.pack import FENCE, name_in

MOST_LESSONS, MOST_BYTES = 300, 200_000
SECONDS_A_SIGN = 0.2
"""How long a Chinese sign takes to be read slowly, on a phone."""

_PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*[\"'])?\s*\)")
_HTML_PICTURE = re.compile(r"<img\b[^>]*\bsrc\s*=\s*[\"']([^\"']+)[\"'][^>]*>", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_HTML = re.compile(r"</?(?:video|audio|iframe|script|style|table|embed|object)\b", re.IGNORECASE)
_TABLE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Left:
    """Something that could not be taken along: in which file, what, and why, as a word."""

    file: str
    what: str
    why: str


@dataclass
class Taken:
    """What a folder holds: the lessons by stage in their order, the files that they show, and what was left."""

    stages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def read(root: Path) -> Taken:
    """Each Markdown file as a lesson, each folder with such files as a stage, both in the order of their names."""
    taken = Taken()
    paths = sorted((path for path in root.rglob("*") if path.suffix.lower() in (".md", ".markdown")), key=_order)
    for path in paths:
        name = path.relative_to(root).as_posix()
        if any(part.startswith((".", "__")) for part in PurePosixPath(name).parts):
            continue
        if sum(map(len, taken.stages.values())) == MOST_LESSONS:
            taken.left.append(Left(name, "", "many"))
            continue
        if lesson := _lesson(taken, root, path, name):
            stage = PurePosixPath(name).parent
            taken.stages.setdefault(_worded(stage.name) if stage.name else "", []).append(lesson)
    return taken


def _order(path: Path) -> list[tuple[int, str]]:
    """Numbers in names count as numbers, and what a folder begins with stands first."""
    return [
        (int(part), "")
        if part.isdigit()
        else (-1 if part.lower() in ("readme.md", "index.md") else 10**9, part.lower())
        for part in re.split(r"(\d+)|/", path.as_posix())
        if part
    ]


def _worded(name: str) -> str:
    """A name of a file as a title: without number and hyphens."""
    return re.sub(r"[-_]+", " ", re.sub(r"^\d+[-_. ]*", "", name)).strip() or name


def _lesson(taken: Taken, root: Path, path: Path, name: str) -> dict[str, Any] | None:
    try:
        text = path.read_text("utf-8-sig") if path.stat().st_size <= MOST_BYTES else None
    except UnicodeDecodeError:
        taken.left.append(Left(name, "", "encoding"))
        return None
    if text is None:
        taken.left.append(Left(name, "", "large"))
        return None
    text = re.sub(r"\r\n?", "\n", text)
    front = _FRONT.match(text)
    body = text[front.end() :] if front else text
    said = _TITLE.search(front[1]) if front else None
    heading = _HEADING.search(body)
    title = said[1] if said else heading[1] if heading else _worded(path.stem)
    if heading and (not said or said[1] == heading[1]):
        body = body[: heading.start()] + body[heading.end() :]
    for found in dict.fromkeys(one[0].strip("</ ").lower() for one in _HTML.finditer(body)):
        taken.left.append(Left(name, found, "html"))
    if _TABLE.search(body):
        taken.left.append(Left(name, "", "table"))
    blocks = list(_blocks(taken, root, path, name, body))
    if not blocks:
        taken.left.append(Left(name, "", "empty"))
        return None
    minutes = max(1, min(120, round(len(body) * SECONDS_A_SIGN / 60)))
    return {"title": {"zh": _plain(title)[:80]}, "summary": {"zh": ""}, "minutes": minutes, "blocks": blocks}


def _plain(text: str) -> str:
    return re.sub(r"[*_`]|\[([^\]]*)\]\([^)]*\)", r"\1", text).strip()


def _blocks(taken: Taken, root: Path, path: Path, name: str, body: str) -> Iterator[dict[str, Any]]:
    """Texts, and the pictures that stand between them; a picture within a paragraph follows it."""
    held: list[str] = []
    for paragraph in re.split(r"\n{2,}", body):
        pictures = [(found[1], found[2]) for found in _PICTURE.finditer(paragraph)]
        pictures += [(_alt(found[0]), found[1]) for found in _HTML_PICTURE.finditer(paragraph)]
        words = _HTML_PICTURE.sub("", _PICTURE.sub("", paragraph))
        words = "\n".join(line for line in words.split("\n") if not FENCE.fullmatch(line.strip()))
        if words.strip():
            held.append(words.strip("\n"))
        shown = [block for alt, to in pictures if (block := _picture(taken, root, path, name, alt, to))]
        if shown and held:
            yield {"type": "text", "md": {"zh": "\n\n".join(held).strip()}}
            held = []
        yield from shown
    if held and "\n\n".join(held).strip():
        yield {"type": "text", "md": {"zh": "\n\n".join(held).strip()}}


def _alt(tag: str) -> str:
    found = _ALT.search(tag)
    return found[1] if found else ""


def _picture(taken: Taken, root: Path, path: Path, name: str, alt: str, to: str) -> dict[str, Any] | None:
    parts = urlsplit(to)
    if parts.scheme or parts.netloc:
        taken.left.append(Left(name, to[:200], "elsewhere"))
        return None
    where = unquote(parts.path)
    file = (root / where.lstrip("/")) if where.startswith("/") else path.parent / where
    try:
        inside = file.resolve().is_relative_to(root.resolve())
        there = inside and file.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        taken.left.append(Left(name, to[:200], "missing"))
        return None
    if file.suffix.lower().lstrip(".").replace("jpeg", "jpg") not in PICTURES:
        taken.left.append(Left(name, to[:200], "kind"))
        return None
    shown = PurePosixPath(name_in(file)).stem + file.suffix.lower().replace("jpeg", "jpg")
    taken.files[shown] = file
    if not alt.strip():
        taken.left.append(Left(name, to[:200], "alt"))
    return {"type": "picture", "file": shown, "alt": {"zh": alt.strip() or _worded(file.stem)}}


def course(
    taken: Taken, broken: Collection[str], title: str, tier: str, new: Callable[[], str]
) -> dict[tuple[str, str], dict[str, Any]]:
    """What was read as the documents of a course, under keys that `new` gives, without pictures that are `broken`."""
    stages, lessons = [], dict[tuple[str, str], dict[str, Any]]()
    for name, held in taken.stages.items():
        keys = []
        for lesson in held:
            blocks = [block for block in lesson["blocks"] if block.get("file") not in broken]
            keys.append(new())
            lessons["lesson", keys[-1]] = {"key": keys[-1], **lesson, "blocks": blocks}
        called = {"zh": name or title}
        stages.append({"key": new(), "title": called, "summary": {"zh": ""}, "lessons": keys, "quiz": None})
    key = new()
    outline = {"key": key, "title": {"zh": title}, "summary": {"zh": ""}, "tier": tier, "order": 1000, "unlock": None}
    return {("course", key): {**outline, "stages": stages}, **lessons}
