"""Courses and assessments as folders: load and check."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _

from academy.catalog.blocks import (
    ADDRESS,
    FILE,
    FILES,
    KINDS,
    LINE,
    LINES,
    MARKDOWN,
    NUMBER,
    PACKAGE,
    PLAIN,
    PRACTICE,
    QUESTION,
    SWITCH,
    WHEN,
    Field,
    is_address,
    is_moment,
    key_of,
)
from academy.catalog.blocks import (
    KEY as KEYED,
)
from academy.catalog.content import MULTIPLE, SINGLE, TRUTH
from academy.text import yaml
from academy.text.wording import LEVELS, WARN

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FENCE = re.compile(r":::\s*([a-z]*)\s*")
LOOSE = ""
"""What stands between fences: a text without one."""
UPDATE_MOST = 5
"""The most questions of an update: it is asked in passing."""
TRUE_FALSE = (("true", {"zh": "对", "en": "True"}), ("false", {"zh": "不对", "en": "False"}))


@dataclass(frozen=True)
class Problem:
    """Something wrong in a pack: file, line (from 1), field, and the reason in the reader's language."""

    file: str
    line: int
    field: str
    reason: Any
    path: yaml.Path = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


@dataclass
class Source:
    """One file of a pack while it is read: what is wrong in it is noted, not raised."""

    name: str
    lines: dict[yaml.Path, int]
    problems: list[Problem]
    translation: bool = False
    base: yaml.Path = ()
    """The path of the part of a document that is being looked at."""

    def wrong(self, path: yaml.Path, reason: Any) -> None:
        shown = ".".join(map(str, path)) or "file"
        line = yaml.line_of(self.lines, path)
        self.problems.append(Problem(self.name, line, shown, reason, (*self.base, *path)))

    def under(self, lines: dict[yaml.Path, int]) -> "Source":
        """The same file, for a part of it that has lines of its own."""
        return Source(self.name, lines, self.problems, self.translation)

    def inside(self, base: yaml.Path) -> "Source":
        """The same document, for a part of it whose paths begin anew."""
        return replace(self, base=base)


@dataclass
class Pack:
    """What a folder holds: documents by (kind, key), the pictures that they name by area and name, and all problems."""

    documents: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    pictures: dict[tuple[str, str], Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    named: list[tuple[Source, tuple[str | int, ...], str]] = field(default_factory=list)
    """What is named where, as `badge/keeper`: once all is read, each must be among the keys."""
    there: frozenset[str] = frozenset()
    """What is published besides and may be named too."""

    def check_named(self) -> None:
        """Note what is named and isn't there."""
        for source, path, name in self.named:
            if name not in self.keys and name not in self.there:
                kind, _slash, key = name.partition("/")
                source.wrong(path, f"there is no {kind} {key}")


def load(root: Path, there: frozenset[str] = frozenset()) -> Pack:
    """Read all courses and assessments below a folder; they may name what is `there` already."""
    pack = Pack(there=there)
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        if (folder / "course.yaml").is_file():
            _course(pack, root, folder)
        elif (folder / "assessment.yaml").is_file():
            read = read_yaml(pack, root, folder / "assessment.yaml")
            if read and (quiz := _quiz(pack, *read, assessment=True)):
                pack.documents["assessment", quiz["key"]] = quiz
    _name_lessons(pack)
    return pack


def read_yaml(pack: Pack, root: Path, path: Path) -> tuple[Any, Source] | None:
    """A YAML file's data and source; None, with the problem noted, if it can't be read."""
    name = path.relative_to(root).as_posix()
    try:
        data, lines = yaml.load(path.read_text("utf-8"))
    except yaml.Unreadable as error:
        pack.problems.append(Problem(name, error.line, "file", error.reason))
        return None
    except (OSError, UnicodeDecodeError) as error:
        pack.problems.append(Problem(name, 1, "file", f"can't be read: {error}"))
        return None
    return data, Source(name, lines, pack.problems)


def text(source: Source, data: Any, path: yaml.Path, *, both: bool = False) -> dict[str, str]:
    """A text `{zh, en}`; a plain string is zh. `both` demands English too; a translation may leave it out."""
    found = _at(data, path)
    if source.translation and not found:
        return {"zh": ""}
    if isinstance(found, str):
        found = {"zh": found}
    if not isinstance(found, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in found.items()):
        source.wrong(path, _("must be a text, or one for each of zh and en"))
        return {"zh": ""}
    for locale in ("zh", "en") if both else ("zh",):
        if not found.get(locale, "").strip():
            source.wrong(path, _("has no %(locale)s", locale=locale))
    if unknown := set(found) - {"zh", "en"}:
        source.wrong(path, f"knows no language {', '.join(sorted(unknown))}")
    return {locale: words.strip() for locale, words in found.items() if words.strip() or locale == "zh"}


def whole(source: Source, data: Any, path: yaml.Path, lowest: int, highest: int, default: int | None = None) -> int:
    """A whole number within bounds."""
    found = _at(data, path)
    if found is None and default is not None:
        return default
    if isinstance(found, bool) or not isinstance(found, int) or not lowest <= found <= highest:
        source.wrong(path, _("must be a whole number from %(lowest)s to %(highest)s", lowest=lowest, highest=highest))
        return lowest
    return found


def key(pack: Pack, source: Source, data: Any, path: yaml.Path, unique: str | None = None) -> str:
    """A key; `unique` names what it is, among which it must be the only one but for its own translation."""
    found = _at(data, path)
    if not isinstance(found, str) or not KEY.fullmatch(found) or len(found) > 60:
        source.wrong(path, _("must be a key: small letters, digits, hyphens, at most 60"))
        return ""
    if unique and not source.translation:
        slot = f"{unique}/{found}"
        if slot in pack.keys:
            source.wrong(path, _("%(key)s is taken already, in %(file)s", key=found, file=pack.keys[slot]))
        pack.keys[slot] = source.name
    return found


def _at(data: Any, path: yaml.Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def items(source: Source, data: Any, path: yaml.Path) -> range:
    """The places of a list that holds something."""
    found = _at(data, path)
    if not isinstance(found, list) or not found:
        source.wrong(path, _("must be a list with at least one item"))
        return range(0)
    return range(len(found))


def _course(pack: Pack, root: Path, folder: Path) -> None:
    read = read_yaml(pack, root, folder / "course.yaml")
    if not read:
        return
    data, source = read
    course_key = key(pack, source, data, ("key",), "course")
    stages = []
    for i in items(source, data, ("stages",)):
        if stage := _stage(pack, root, folder, source, data, i):
            stages.append(stage)
    content = {
        "key": course_key,
        "title": text(source, data, ("title",)),
        "summary": text(source, data, ("summary",)),
        "tier": key(pack, source, data, ("tier",)),
        "order": whole(source, data, ("order",), 0, 100_000),
        "unlock": data.get("unlock"),
        "stages": stages,
    }
    pack.documents["course", course_key] = content
    pack.sources["course", course_key] = source


def _stage(pack: Pack, root: Path, folder: Path, source: Source, data: Any, i: int) -> dict[str, Any] | None:
    at: yaml.Path = ("stages", i)
    place = _at(data, (*at, "folder"))
    inside = folder / str(place)
    if not isinstance(place, str) or "/" in place or ".." in place or not inside.is_dir():
        source.wrong((*at, "folder"), f"there is no folder {place}")
        return None
    files = {}
    for path in sorted(inside.glob("*.md")):
        if not path.name.endswith(".en.md") and (read := _front_matter(pack, root, path)):
            files[read[0].get("key")] = path
    lessons = []
    for n in items(source, data, (*at, "lessons")):
        wanted = _at(data, (*at, "lessons", n))
        if wanted not in files:
            source.wrong((*at, "lessons", n), f"no lesson in {place} has the key {wanted}")
        elif lesson := _lesson(pack, root, files[wanted]):
            pack.documents["lesson", lesson["key"]] = lesson
            lessons.append(lesson["key"])
            told = files[wanted].with_suffix(".update.yaml")
            said = read_yaml(pack, root, told) if told.is_file() else None
            if said and (update := _update(pack, *said)):
                pack.documents["update", lesson["key"]] = update
    quiz = None
    asked = read_yaml(pack, root, inside / "quiz.yaml") if (inside / "quiz.yaml").is_file() else None
    if asked and (found := _quiz(pack, *asked)):
        pack.documents["quiz", found["key"]] = found
        quiz = found["key"]
    return {
        "key": key(pack, source, data, (*at, "key"), "stage"),
        "title": text(source, data, (*at, "title")),
        "summary": text(source, data, (*at, "summary")),
        "lessons": lessons,
        "quiz": quiz,
    }


def _lesson(pack: Pack, root: Path, path: Path) -> dict[str, Any] | None:
    read = _front_matter(pack, root, path)
    if not read:
        return None
    data, source, body, first = read
    lesson = {
        "key": key(pack, source, data, ("key",), "lesson"),
        "title": text(source, data, ("title",)),
        "summary": text(source, data, ("summary",)),
        "minutes": whole(source, data, ("minutes",), 1, 120),
        "blocks": _blocks(pack, source, path, body, first),
    }
    english = path.with_name(path.name.removesuffix(".md") + ".en.md")
    if english.is_file() and (other := _front_matter(pack, root, english)):
        _translate(lesson, pack, english, *other)
    _outdated(lesson, source, data)
    return lesson


def _translate(
    lesson: dict[str, Any], pack: Pack, path: Path, data: Any, source: Source, body: str, first: int
) -> None:
    """Put the texts of a lesson's English file beside the Chinese ones."""
    blocks, source.translation = lesson["blocks"], True
    translated = _blocks(pack, source, path, body, first)
    shapes = [[(block["type"], key_of(block)) for block in some] for some in (blocks, translated)]
    if shapes[0] != shapes[1]:
        source.wrong((), "its blocks do not follow those of the Chinese lesson")
        return
    for place, (block, english) in enumerate(zip(blocks, translated, strict=True)):
        blocks[place] = _beside(block, english)


def _outdated(lesson: dict[str, Any], source: Source, data: Any) -> None:
    """Note which texts' English was written for an older Chinese."""
    for i, stale in enumerate(_at(data, ("outdated",)) or ()):
        if stale in ("title", "summary"):
            lesson.setdefault("outdated", []).append(stale)
        elif isinstance(stale, int) and 1 <= stale <= len(lesson["blocks"]):
            lesson["blocks"][stale - 1]["outdated"] = True
        else:
            most = len(lesson["blocks"])
            source.wrong(("outdated", i), f"must be title, summary, or the number of a block, 1 to {most}")


def _beside(zh: Any, en: Any) -> Any:
    """What was read in Chinese, with the English texts that stand in the same places."""
    if isinstance(zh, dict) and "zh" in zh:
        # In a translation a plain text is English; a few were written in both languages in either file.
        words = en if isinstance(en, dict) else {}
        english = words.get("en") or words.get("zh")
        return {**zh, "en": english} if english else zh
    if isinstance(zh, dict):
        return {name: _beside(held, en.get(name) if isinstance(en, dict) else None) for name, held in zh.items()}
    if isinstance(zh, list):
        pairs = zip_longest(zh, en if isinstance(en, list) else ())
        return [_beside(one, other) for one, other in pairs][: len(zh)]
    return zh


def _front_matter(pack: Pack, root: Path, path: Path) -> tuple[Any, Source, str, int] | None:
    name = path.relative_to(root).as_posix()
    parts = path.read_text("utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        pack.problems.append(Problem(name, 1, "file", "must begin with front matter between two lines ---"))
        return None
    try:
        data, lines = yaml.load(parts[1], first_line=2)
    except yaml.Unreadable as error:
        pack.problems.append(Problem(name, error.line, "front matter", error.reason))
        return None
    if not isinstance(data, dict):
        pack.problems.append(Problem(name, 2, "front matter", "must be a mapping"))
        return None
    return data, Source(name, lines, pack.problems), parts[2], parts[1].count("\n") + 3


def _blocks(pack: Pack, source: Source, path: Path, body: str, first: int) -> list[dict[str, Any]]:
    """The body cut at its fences `::: name` … `:::`."""
    blocks: list[dict[str, Any]] = []
    kind, start = LOOSE, first
    held: list[str] = []
    for number, line in enumerate(body.split("\n"), first):
        fence = FENCE.fullmatch(line)
        if not fence:
            held.append(f"{line}\n")
            continue
        opens = fence[1]
        if (kind == LOOSE) != bool(opens):
            at = source.under({(): number})
            at.wrong((opens or ":::",), "a fence opens inside another" if opens else "closes nothing")
            continue
        _close(pack, source, path, blocks, kind, "".join(held), start)
        kind, held, start = opens or LOOSE, [], number + 1
    if kind != LOOSE:
        source.under({(): start - 1}).wrong((kind,), "the fence is never closed")
    else:
        _close(pack, source, path, blocks, kind, "".join(held), start)
    return blocks


def _close(
    pack: Pack,
    source: Source,
    path: Path,
    blocks: list[dict[str, Any]],
    kind: str,
    held: str,
    start: int,
) -> None:
    if kind == LOOSE or kind in PLAIN:
        # In a translation an empty fence stands for what has not been translated yet.
        if held.strip() or (kind != LOOSE and source.translation):
            blocks.append({"type": "text" if kind == LOOSE else kind, "md": {"zh": held.strip()}})
        elif kind != LOOSE:
            source.under({(): start}).wrong((kind,), _("is empty"))
        return
    if kind not in KINDS:
        source.under({(): start - 1}).wrong((kind,), "is no kind of block")
        return
    try:
        data, lines = yaml.load(held, first_line=start)
    except yaml.Unreadable as error:
        pack.problems.append(Problem(source.name, error.line, kind, error.reason))
        return
    blocks.append({"type": kind, **_fields(pack, source.under(lines), path, kind, data)})


def _fields(pack: Pack, source: Source, path: Path | None, kind: str, data: Any) -> dict[str, Any]:
    """What a block of a kind holds."""
    read = {named.name: _field(pack, source, path, named, data) for named in KINDS[kind]}
    if kind == "video" and not (read["file"] or read["address"] or source.translation):
        source.wrong(("file",), _("a video needs a file or an address"))
    return {name: value for name, value in read.items() if value is not None}


def _field(pack: Pack, source: Source, path: Path | None, named: Field, data: Any) -> Any:
    """What is said of one field, in a fence or in a document; None where it may be missing and is."""
    at = (named.name,)
    found = _at(data, at)
    if named.shape == QUESTION:
        return _question(pack, source, data, ())
    if named.shape == PRACTICE:
        return _practice(pack, source, data)
    if found is None and (source.translation or not named.needed):
        return None
    if named.shape in (MARKDOWN, LINE):
        return text(source, data, at)
    if named.shape == LINES:
        return [text(source, data, (*at, i)) for i in items(source, data, at)]
    if named.shape == FILE:
        return _file(pack, source, path, at, found, named.endings)
    if named.shape == FILES:
        return [
            {
                "file": _file(pack, source, path, (*at, i, "file"), _at(data, (*at, i, "file")), named.endings),
                "alt": text(source, data, (*at, i, "alt")),
            }
            for i in items(source, data, at)
        ]
    if named.shape == NUMBER:
        return whole(source, data, at, named.lowest, named.highest)
    if named.shape == KEYED:
        return key(pack, source, data, at, "session")
    if named.shape == PACKAGE:
        pack.named.append((source, at, f"package/{found}"))
        return str(found)
    if named.shape == SWITCH:
        return _switch(source, at, found)
    if named.shape == ADDRESS and not (isinstance(found, str) and is_address(found)):
        source.wrong(at, _("must be an address that begins with https://"))
    if named.shape == WHEN and not (isinstance(found, str) and is_moment(found)):
        source.wrong(at, _("must be a day and a time, as '2026-12-01 20:00'"))
    return str(found)


def _switch(source: Source, at: yaml.Path, found: Any) -> bool:
    if type(found) is not bool:
        source.wrong(at, "must be true or false")
    return bool(found)


def _file(pack: Pack, source: Source, path: Path | None, at: yaml.Path, named: Any, endings: tuple[str, ...]) -> str:
    """The name in the file room of a file that a fence names by its path beside the lesson.

    A document knows it by that name already.
    """
    name = str(named)
    if path is None:
        if not re.fullmatch(rf"[0-9a-f]{{40}}\.({'|'.join(endings)})", name):
            source.wrong(at, _("must be one of %(endings)s", endings=", ".join(endings)))
        return name
    file = path.parent / name
    if ".." in name or name.startswith("/") or not file.is_file():
        source.wrong(at, _("there is no file %(name)s", name=name))
    elif file.suffix.lstrip(".") not in endings:
        source.wrong(at, _("must be one of %(endings)s", endings=", ".join(endings)))
    else:
        name = name_in(file)
        pack.pictures["lesson", name] = file
    return name


def name_in(file: Path) -> str:
    """The name that a file of a pack gets in the file room."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()[:40] + file.suffix


def _practice(pack: Pack, source: Source, data: Any) -> dict[str, Any]:
    practice: dict[str, Any] = {
        "key": key(pack, source, data, ("key",), "practice"),
        "title": text(source, data, ("title",)),
        "task": text(source, data, ("task",)),
        "min": whole(source, data, ("min",), 1, 2000, 1),
        "max": whole(source, data, ("max",), 1, 4000, 500),
        "pictures": whole(source, data, ("pictures",), 0, 9, 9),
    }
    if _at(data, ("starter",)) is not None:
        practice["starter"] = text(source, data, ("starter",))
    for name in ("group", "link"):
        if _at(data, (name,)) is not None:
            practice[name] = _at(data, (name,))
            if type(practice[name]) is not bool:
                source.wrong((name,), "must be true or false")
    if _at(data, ("checks",)) is not None:
        practice["checks"] = [text(source, data, ("checks", i), both=True) for i in items(source, data, ("checks",))]
    if _at(data, ("rubric",)) is not None:
        practice["rubric"] = aspects(pack, source, data, ("rubric",))
    if practice["min"] > practice["max"]:
        source.wrong(("min",), _("is more than max"))
    return practice


def aspects(pack: Pack, source: Source, data: Any, path: yaml.Path) -> list[dict[str, Any]]:
    """The aspects of a rubric, each with a key of its own."""
    found = [
        {"key": key(pack, source, data, (*path, i, "key")), "title": text(source, data, (*path, i, "title"), both=True)}
        for i in items(source, data, path)
    ]
    if len({one["key"] for one in found}) < len(found):
        source.wrong(path, "names a key twice")
    return found


def _quiz(pack: Pack, data: Any, source: Source, *, assessment: bool = False) -> dict[str, Any] | None:
    if not isinstance(data, dict):
        source.wrong((), "must be a mapping")
        return None
    quiz: dict[str, Any] = {
        "key": key(pack, source, data, ("key",), "quiz"),
        "title": text(source, data, ("title",)),
        "pass": whole(source, data, ("pass",), 1, 100),
        "draw": whole(source, data, ("draw",), 1, 100),
        "questions": [_question(pack, source, data, ("questions", i)) for i in items(source, data, ("questions",))],
    }
    if assessment:
        quiz["minutes"] = whole(source, data, ("minutes",), 5, 300)
        quiz["summary"] = text(source, data, ("summary",))
        if not any(question.get("lesson") for question in quiz["questions"]):
            source.wrong(("questions",), _("no question names its lesson, so nothing says what it closes"))
        if len(quiz["questions"]) < 2 * quiz["draw"]:
            source.wrong(
                ("questions",),
                _("an assessment that draws %(draw)s needs %(least)s", draw=quiz["draw"], least=2 * quiz["draw"]),
            )
    if len(quiz["questions"]) < quiz["draw"]:
        source.wrong(("draw",), _("is more than there are questions"))
    pack.sources["quiz", quiz["key"]] = source
    return quiz


def _update(pack: Pack, data: Any, source: Source) -> dict[str, Any] | None:
    if not isinstance(data, dict):
        source.wrong((), "must be a mapping")
        return None
    update: dict[str, Any] = {
        "key": key(pack, source, data, ("key",), "quiz"),
        "title": text(source, data, ("title",)),
        "note": text(source, data, ("note",)),
        "questions": [_question(pack, source, data, ("questions", i)) for i in items(source, data, ("questions",))],
    }
    if len(update["questions"]) > UPDATE_MOST:
        source.wrong(("questions",), _("at most %(most)s questions can be asked about a change", most=UPDATE_MOST))
    pack.sources["quiz", update["key"]] = source
    return update


def _question(pack: Pack, source: Source, data: Any, at: yaml.Path) -> dict[str, Any]:
    kind = _at(data, (*at, "type"))
    question: dict[str, Any] = {
        "key": key(pack, source, data, (*at, "key"), "question"),
        "type": kind,
        "prompt": text(source, data, (*at, "prompt")),
        "reason": text(source, data, (*at, "reason")),
    }
    if _at(data, (*at, "said")) is not None:
        question["said"] = text(source, data, (*at, "said"))
    if _at(data, (*at, "lesson")) is not None:
        question["lesson"] = _at(data, (*at, "lesson"))
    if kind == TRUTH:
        # In a document its two options are written out.
        written = {option["key"]: option.get("right") for option in _at(data, (*at, "options")) or ()}
        answer = _at(data, (*at, "answer")) if not written else written.get("true")
        if not isinstance(answer, bool):
            source.wrong((*at, "answer"), "must be true or false")
        question["options"] = [
            {"key": name, "text": shown, "right": name == str(answer).lower()} for name, shown in TRUE_FALSE
        ]
        return question
    if kind not in (SINGLE, MULTIPLE):
        source.wrong((*at, "type"), _("must be %(kinds)s", kinds=f"{SINGLE}, {MULTIPLE} or {TRUTH}"))
    question["options"] = []
    for i in items(source, data, (*at, "options")):
        option = (*at, "options", i)
        question["options"].append(
            {
                "key": key(pack, source, data, (*option, "key")),
                "text": text(source, data, (*option, "text")),
                "right": _at(data, (*option, "right")) is True,
            }
        )
    rights = sum(option["right"] for option in question["options"])
    if kind == SINGLE and rights != 1:
        source.wrong((*at, "options"), _("a single choice has one right option, this has %(rights)s", rights=rights))
    if kind == MULTIPLE and not 2 <= rights < len(question["options"]):
        source.wrong(
            (*at, "options"),
            _("a multiple choice has 2 or more right and a wrong one, this has %(rights)s", rights=rights),
        )
    if len({option["key"] for option in question["options"]}) < len(question["options"]):
        source.wrong((*at, "options"), _("two options have the same key"))
    return question


def problems_of(kind: str, content: Any) -> list[Problem]:
    """What keeps a course, lesson, update, quiz or assessment from being whole; the path of each leads into it.

    Whatever has none can be written as a pack and read back.
    """
    pack, source = Pack(), Source(kind, {}, [])
    if kind in ("quiz", "assessment"):
        _quiz(pack, content, source, assessment=kind == "assessment")
        return source.problems
    if kind == "update":
        _update(pack, content, source)
        return source.problems
    key(pack, source, content, ("key",))
    text(source, content, ("title",))
    text(source, content, ("summary",))
    if kind == "course":
        key(pack, source, content, ("tier",))
        whole(source, content, ("order",), 0, 100_000)
        for i in items(source, content, ("stages",)):
            at: yaml.Path = ("stages", i)
            key(pack, source, content, (*at, "key"), "stage")
            text(source, content, (*at, "title"))
            text(source, content, (*at, "summary"))
            items(source, content, (*at, "lessons"))
        return source.problems
    whole(source, content, ("minutes",), 1, 120)
    for i in items(source, content, ("blocks",)):
        block = content["blocks"][i]
        inside = source.inside(("blocks", i))
        _fields(pack, inside, None, block["type"], block.get("question") or block.get("practice") or block)
        for said in block.get("md", {}).values():
            if "\r" in said or any(FENCE.fullmatch(line) for line in said.split("\n")):
                inside.wrong(("md",), _("a line of its own that begins with ::: would end the block"))
    return source.problems


def check_words(source: Source, data: Any) -> bool:
    """Whether the list of words can be used; what is wrong with it is noted."""
    before = len(source.problems)
    for i in items(source, data, ("words",)):
        at: yaml.Path = ("words", i)
        rule = data["words"][i]
        if not isinstance(rule, dict):
            source.wrong(at, "must be a mapping")
            continue
        for name in set(rule) - {"words", "why", "level", "unless"}:
            source.wrong((*at, name), "is no part of a rule of words")
        text(source, data, (*at, "why"), both=True)
        if rule.get("level", WARN) not in LEVELS:
            source.wrong((*at, "level"), _("must be %(kinds)s", kinds=" or ".join(LEVELS)))
        for name in ("words", "unless") if "unless" in rule else ("words",):
            for n in items(source, data, (*at, name)):
                if not isinstance(rule[name][n], str) or not rule[name][n].strip():
                    source.wrong((*at, name, n), "must be words; put them in quotes where they are figures")
    return len(source.problems) == before


def _name_lessons(pack: Pack) -> None:
    """Questions may send a learner only to lessons that there are."""
    quizzes = [content for (kind, _), content in pack.documents.items() if kind in ("quiz", "assessment", "update")]
    for quiz in quizzes:
        source = pack.sources["quiz", quiz["key"]]
        for i, question in enumerate(quiz["questions"]):
            lesson = question.get("lesson")
            if lesson is not None:
                pack.named.append((source, ("questions", i, "lesson"), f"lesson/{lesson}"))
