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
from academy.catalog.dump import dump, to_yaml
from academy.catalog.pack import TRUE_FALSE, load, name_in
from academy.catalog.queries import published
from academy.db import db
from academy.files import FileRoom
from academy.packs.actions import Unwritable, export, read
from academy.text import yaml


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
    assert sections == ["brand", "ladder", "benefits", "points", "badges", "rewards", "designs", "pledge", "words"]


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


def test_an_empty_folder_will_do(app: Flask, session: Session, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run(app, "export", str(tmp_path / "out"))[0] == 0


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            ("stages", 0, "lessons", 0, "blocks", "zh", 0, "md"),
            "一\n:::\n二",
            "breaks the rules of packs: first-steps/",
        ),
        (("stages", 0, "lessons", 0, "blocks", "zh", 0, "md"), "一\r\n二", "something else: course/first-steps"),
        (("stages", 0, "lessons", 0, "blocks", "zh", 1, "file"), "f" * 40 + ".svg", "the file room has no picture fff"),
        (("stages", 0, "lessons", 0, "blocks", "zh", 1, "file"), "../../secret", "the file room has no picture"),
        (("key",), "../../elsewhere", "is outside the folder"),
        (("key",), "/elsewhere", "is outside the folder"),
    ],
)
def test_what_would_not_come_back_is_refused(
    app: Flask, session: Session, tmp_path: Path, path: tuple[str | int, ...], value: str, said: str
) -> None:
    edited = inner = copy.deepcopy(dict(published(session).one("course", "first-steps")))
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with db.writing() as s:
        publish(s, {("course", "first-steps"): edited}, origin="studio")
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


@st.composite
def courses(draw: st.DrawFn) -> dict[str, Any]:
    def blocks(first: str) -> list[dict[str, Any]]:
        practice = {"key": "try", "title": draw(BOTH), "task": draw(TEXTS), "min": 1, "max": 500, "pictures": 9}
        if first == "starter":
            practice["starter"] = draw(TEXTS)
        return [
            {"type": "text", "md": draw(MD)},
            {"type": "picture", "file": PICTURE, "alt": draw(ANY.filter(str.strip)), "caption": draw(st.none() | ANY)},
            {"type": "dont", "md": draw(MD)},
            {"type": "do", "md": draw(MD)},
            {"type": "check", "question": draw(questions("check"))},
            {"type": "practice", "practice": practice},
        ]

    first = draw(st.sampled_from(["starter", "none"]))
    bodies = {"zh": blocks(first)}
    if draw(st.booleans()):
        bodies["en"] = blocks(first)
    lesson = {"key": "lesson", "title": draw(BOTH), "summary": draw(BOTH), "minutes": 5, "blocks": bodies}
    quiz = {
        "key": "quiz",
        "title": draw(BOTH),
        "pass": 80,
        "draw": 1,
        "questions": [draw(questions("asked")) | {"lesson": "lesson"}],
    }
    stage = {"key": "stage", "title": draw(BOTH), "summary": draw(BOTH), "lessons": [lesson], "quiz": quiz}
    return {
        "key": "course",
        "title": draw(BOTH),
        "summary": draw(BOTH),
        "tier": "bronze",
        "order": 1,
        "unlock": draw(st.none() | st.just({"all": [{"growth": {"at_least": 3}}]})),
        "stages": [{**stage, "quiz": draw(st.sampled_from([quiz, None]))}],
    }


@settings(max_examples=60)
@given(course=courses())
def test_any_course_reads_back_as_it_was(course: dict[str, Any]) -> None:
    documents = {("course", "course"): course}
    with TemporaryDirectory() as folder:
        for name, data in dump(documents, lambda _area, _name: SVG).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        pack = load(Path(folder))
    assert pack.problems == []
    assert digest(pack.documents["course", "course"]) == digest(course)
    assert dump(pack.documents, lambda _area, _name: SVG) == dump(documents, lambda _area, _name: SVG)


def test_a_line_break_that_ends_a_fence_comes_back(tmp_path: Path, session: Session) -> None:
    course = copy.deepcopy(dict(published(session).one("course", "first-steps")))
    blocks = {"zh": [{"type": "picture", "file": PICTURE, "alt": "一行字\n", "caption": None}]}
    course["stages"][0]["lessons"][0]["blocks"] = blocks
    for name, data in dump({("course", "first-steps"): course}, lambda _area, _name: SVG).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert load(tmp_path).documents["course", "first-steps"]["stages"][0]["lessons"][0]["blocks"] == blocks


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
    names = dump({("course", "tools"): course, ("assessment", "tools"): exam}, lambda _area, _name: SVG)
    assert {"tools/course.yaml", "tools-assessment/assessment.yaml"} <= names.keys()
