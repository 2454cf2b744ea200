"""Export: what was imported comes back as a pack, the same content always as the same bytes."""

import copy
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from academy import ROOT
from academy.catalog.actions import digest, publish
from academy.catalog.blocks import PLAIN
from academy.catalog.dump import dump, to_yaml
from academy.catalog.pack import TRUE_FALSE, UPDATE_MOST, load, name_in
from academy.catalog.queries import published
from academy.db import db
from academy.files import FileRoom
from academy.packs.actions import Unwritable, export, read
from academy.text import yaml
from tests.conftest import ON_SQLITE


def held(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["packs", *args])
    return result.exit_code, result.output


def test_what_ships_comes_back_as_it_was(app: Flask, session: Session, tmp_path: Path) -> None:
    assert run(app, "export", str(tmp_path / "out"))[0] == 0
    before, after = read(ROOT / "courses"), read(tmp_path / "out")
    assert after.problems == []
    assert after.documents == before.documents
    assert {name: digest(d) for name, d in after.documents.items()} == {
        name: digest(document.content) for name, document in published(session).documents.items()
    }
    assert after.pictures.keys() == before.pictures.keys()
    assert run(app, "import", str(tmp_path / "out")) == (0, "nothing has changed\n")


def test_twice_gives_the_same_bytes_whatever_the_order_of_keys(app: Flask, session: Session, tmp_path: Path) -> None:
    files: FileRoom = app.extensions["files"]
    catalog = published(session)
    export(catalog, files, tmp_path / "one")
    shuffled = {
        name: turned({**document.content, "title": {"zh": "改", "en": "Changed"}})
        for name, document in catalog.documents.items()
        if name[0] == "course"
    }
    with db.writing() as s:
        publish(s, shuffled, origin="studio")
    with db.writing() as s:
        publish(s, {name: turned(catalog.documents[name].content) for name in shuffled}, origin="studio")
    export(published(session), files, tmp_path / "two")
    assert held(tmp_path / "one") == held(tmp_path / "two")


def turned(data: Any) -> Any:
    """The same content with the keys of each mapping the other way round."""
    if isinstance(data, dict):
        return {key: turned(data[key]) for key in reversed(data)}
    return [turned(item) for item in data] if isinstance(data, list) else data


@ON_SQLITE
def test_a_person_can_read_it(app: Flask, session: Session, tmp_path: Path) -> None:
    export(published(session), app.extensions["files"], tmp_path / "out")
    names = held(tmp_path / "out")
    stage = "first-steps/1-real-user"
    assert {f"{stage}/01-own.md", f"{stage}/01-own.en.md", f"{stage}/pictures/own-1.svg"} <= names.keys()
    quiz = names[f"{stage}/quiz.yaml"].decode()
    assert quiz.startswith("key: real-user-quiz\ntitle:\n  zh: 第一站小测\n  en: Stage 1 quiz\npass: 80\ndraw: 5\n")
    assert "    answer: false\n" in quiz
    assert "file: pictures/own-1.svg\n" in names[f"{stage}/01-own.md"].decode()
    sections = re.findall(r"^(\w+):", names["academy.yaml"].decode(), re.MULTILINE)
    assert sections == [
        *("brand", "ladder", "benefits", "points", "badges", "rewards", "designs", "pledge", "words"),
        *("review", "discussion", "briefs", "scripts"),
    ]


@ON_SQLITE
@pytest.mark.parametrize("what", ["folder", "file"])
def test_nothing_is_written_over_what_is_there(app: Flask, session: Session, tmp_path: Path, what: str) -> None:
    out = tmp_path / "out"
    if what == "folder":
        out.mkdir()
    mine = out / "mine.txt" if what == "folder" else out
    mine.write_text("mine", "utf-8")
    code, output = run(app, "export", str(out))
    assert code == 1
    assert "is there already and is not an empty folder" in output
    assert mine.read_text("utf-8") == "mine"
    assert out.is_file() or list(out.iterdir()) == [mine]


@ON_SQLITE
def test_an_empty_folder_will_do(app: Flask, session: Session, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run(app, "export", str(tmp_path / "out"))[0] == 0


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        (("lesson", "own"), ("blocks", 0, "md", "zh"), "一\n:::\n二", "breaks the rules of packs: first-steps/"),
        (("lesson", "own"), ("blocks", 0, "md", "zh"), "一\r\n二", "something else: lesson/own"),
        (("lesson", "own"), ("blocks", 1, "file"), "f" * 40 + ".svg", "the file room has no picture fff"),
        (("lesson", "own"), ("blocks", 1, "file"), "../../secret", "the file room has no picture"),
        (("course", "first-steps"), ("key",), "../../elsewhere", "is outside the folder"),
        (("course", "first-steps"), ("key",), "/elsewhere", "is outside the folder"),
    ],
)
def test_what_would_not_come_back_is_refused(
    app: Flask,
    session: Session,
    tmp_path: Path,
    name: tuple[str, str],
    path: tuple[str | int, ...],
    value: str,
    said: str,
) -> None:
    edited = inner = copy.deepcopy(dict(published(session).one(*name)))
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with db.writing() as s:
        publish(s, {name: edited}, origin="studio")
    with pytest.raises(Unwritable, match=re.escape(said)):
        export(published(session), app.extensions["files"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


BITS = [
    *"\t\"'\\[|>%@`~=\n\x00\ufeff\u3000\u2028\x85🍼𠮷",
    ": ",
    " #",
    "- ",
    "---",
    "...",
    ":::",
    "::: do",
    "\n\n",
    "  ",
]
WORDS = [
    "{a: b}",
    "&a",
    "*a",
    "!x",
    "<<",
    "null",
    "yes",
    "2026-09-01",
    "1:30",
    "0x1f",
    "“对”",
    "\r\n",
    "long words " * 30,
]
PIECES = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from([*BITS, *WORDS, "很长的一行" * 80])
ANY = st.lists(PIECES, max_size=6).map("".join)
SAID = ANY.map(str.strip).filter(bool)
ZH = st.fixed_dictionaries({"zh": SAID})
BOTH = st.fixed_dictionaries({"zh": SAID, "en": SAID})
TEXTS = ZH | BOTH
MD = SAID.map(lambda text: re.sub(r"\r|^:::\s*[a-z]*\s*$", "·", text, flags=re.MULTILINE).strip() or "字").filter(
    lambda text: not any(re.fullmatch(r":::\s*([a-z]*)\s*", line) for line in text.split("\n"))
)


@st.composite
def questions(draw: st.DrawFn, key: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(["single", "multiple", "truth"]))
    asked: dict[str, Any] = {"key": key, "type": kind, "prompt": draw(TEXTS), "reason": draw(TEXTS)}
    if draw(st.booleans()):
        asked["said"] = draw(TEXTS)
    if kind == "truth":
        right = draw(st.sampled_from(["true", "false"]))
        asked["options"] = [{"key": name, "text": dict(shown), "right": name == right} for name, shown in TRUE_FALSE]
    else:
        rights = "a" if kind == "single" else "ab"
        asked["options"] = [{"key": name, "text": draw(TEXTS), "right": name in rights} for name in "abc"]
    return asked


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
with TemporaryDirectory() as folder:
    (Path(folder) / "p.svg").write_bytes(SVG)
    PICTURE = name_in(Path(folder) / "p.svg")


LINES = st.fixed_dictionaries({"zh": MD}, optional={"en": MD})
"""Markdown, translated or not yet."""


@st.composite
def lessons(draw: st.DrawFn) -> dict[str, Any]:
    """A lesson with a block of every kind that there is, in any order, some of it translated."""
    practice = {"key": "try", "title": draw(TEXTS), "task": draw(TEXTS), "min": 1, "max": 500, "pictures": 9}
    if draw(st.booleans()):
        practice["starter"] = draw(TEXTS)
    session = {"key": "meet", "title": draw(TEXTS), "starts": "2026-12-01 20:00", "minutes": 45}
    blocks: list[dict[str, Any]] = [
        *({"type": kind, "md": draw(LINES)} for kind in PLAIN),
        {"type": "text", "md": draw(LINES)},
        {"type": "picture", "file": PICTURE, "alt": draw(TEXTS)},
        {"type": "picture", "file": PICTURE, "alt": draw(TEXTS), "caption": draw(TEXTS)},
        {"type": "steps", "items": draw(st.lists(TEXTS, min_size=1, max_size=3))},
        {"type": "set", "pictures": [{"file": PICTURE, "alt": draw(TEXTS)}] * 2, "words": draw(TEXTS)},
        {"type": "video", "title": draw(TEXTS), "address": "https://video.example.com/1.m3u8", "poster": PICTURE},
        {"type": "live", **session, "join": "https://meet.example.com/1"},
        {"type": "check", "question": draw(questions("check"))},
        {"type": "practice", "practice": practice},
    ]
    blocks = draw(st.permutations(blocks))
    for block in blocks:
        if draw(st.booleans()):
            block["outdated"] = True
    lesson = {"key": "lesson", "title": draw(TEXTS), "summary": draw(TEXTS), "minutes": 5, "blocks": blocks}
    return lesson | draw(st.sampled_from([{}, {"outdated": ["title"]}]))


@st.composite
def courses(draw: st.DrawFn) -> dict[tuple[str, str], dict[str, Any]]:
    """The documents of a course with one lesson, and perhaps an update of it and a quiz."""
    asked = [draw(questions("asked")) | {"lesson": "lesson"}]
    quiz = {"key": "quiz", "title": draw(TEXTS), "pass": 80, "draw": 1, "questions": asked}
    has_quiz = draw(st.booleans())
    stage = {"key": "stage", "title": draw(TEXTS), "summary": draw(TEXTS), "lessons": ["lesson"]}
    course = {
        "key": "course",
        "title": draw(TEXTS),
        "summary": draw(TEXTS),
        "tier": "bronze",
        "order": 1,
        "unlock": draw(st.none() | st.just({"all": [{"growth": {"at_least": 3}}]})),
        "stages": [{**stage, "quiz": "quiz" if has_quiz else None}],
    }
    documents = {("course", "course"): course, ("lesson", "lesson"): draw(lessons())}
    if draw(st.booleans()):
        changed = [draw(questions(f"changed-{n}")) for n in range(draw(st.integers(1, UPDATE_MOST)))]
        update = {"key": "update", "title": draw(TEXTS), "note": draw(TEXTS), "questions": changed}
        documents["update", "lesson"] = update
    return documents | ({("quiz", "quiz"): quiz} if has_quiz else {})


@settings(max_examples=60)
@given(documents=courses())
def test_any_course_reads_back_as_it_was(documents: dict[tuple[str, str], dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        for name, data in dump(documents, lambda _area, _name: SVG).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        pack = load(Path(folder))
    assert pack.problems == []
    assert pack.documents == documents
    assert dump(pack.documents, lambda _area, _name: SVG) == dump(documents, lambda _area, _name: SVG)


@settings(max_examples=200)
@given(
    st.recursive(
        ANY | st.integers() | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_data_reads_back_from_yaml_and_holds_no_fence(data: Any) -> None:
    written = to_yaml({"key": data})
    assert yaml.load(written)[0] == {"key": data}
    assert not any(line.startswith(":::") or line.endswith("---") for line in written.split("\n"))


def test_a_course_and_an_assessment_of_one_name_get_a_folder_each() -> None:
    read_in = load(ROOT / "courses").documents
    course = read_in["course", "tools"]
    exam = {**read_in["assessment", "bronze-exam"], "key": "tools"}
    names = dump({**read_in, ("course", "tools"): course, ("assessment", "tools"): exam}, lambda _area, _name: SVG)
    assert {"tools/course.yaml", "tools-assessment/assessment.yaml"} <= names.keys()
