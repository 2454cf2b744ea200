"""Packs: what ships is sound, and whatever is wrong in one is named by file, line and field."""

import copy
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from academy import ROOT
from academy.catalog.actions import publish
from academy.catalog.blocks import texts_in
from academy.catalog.content import Course, Document
from academy.catalog.models import Release
from academy.catalog.pack import problems_of
from academy.catalog.queries import published
from academy.db import db
from academy.packs.actions import Conflict, publish_pack, read


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of what ships, to break."""
    return Path(shutil.copytree(ROOT / "courses", tmp_path / "courses"))


def test_what_ships_has_no_problems() -> None:
    assert read(ROOT / "courses").problems == []


def test_the_bronze_stage_is_whole() -> None:
    documents = read(ROOT / "courses").documents
    held = {name: Document(0, content) for name, content in documents.items()}
    course = Course.of(documents["course", "first-steps"], held)
    assert [len(stage.lessons) for stage in course.stages] == [4, 4, 4]
    assert all(stage.quiz and stage.quiz.draw == 5 and stage.quiz.passing == 80 for stage in course.stages)
    assessment = documents["assessment", "bronze-exam"]
    assert len(assessment["questions"]) >= 40
    assert (assessment["draw"], assessment["minutes"], assessment["pass"]) == (20, 60, 80)
    for lesson in course.lessons:
        kinds = [block["type"] for block in lesson.blocks]
        assert kinds.count("dont") >= 2, lesson.key
        assert kinds.count("do") >= 2, lesson.key
        assert kinds.count("mistake") == kinds.count("check") == kinds.count("today") == 1, lesson.key


def test_the_first_course_reads_in_english_too() -> None:
    documents = read(ROOT / "courses").documents
    for key in documents["course", "first-steps"]["stages"][0]["lessons"]:
        lesson = documents["lesson", key]
        assert all("en" in said for said in texts_in(lesson)), key


def test_every_title_is_in_both_languages() -> None:
    for (kind, key), content in read(ROOT / "courses").documents.items():
        if kind in ("course", "lesson", "quiz", "assessment"):
            titled = [content, *content.get("stages", ())]
            assert all(one["title"].get("en") for one in titled), key


def test_no_paragraph_stands_in_two_lessons() -> None:
    seen: dict[str, str] = {}
    for path in sorted((ROOT / "courses").glob("*/*/*.md")):
        for paragraph in path.read_text("utf-8").split("\n\n"):
            said = paragraph.strip()
            if len(said) > 20 and not said.startswith((":::", "---")):
                assert said not in seen, f"{path.name} repeats {seen.get(said)}: {said}"
                seen[said] = path.name


Change = Callable[[Path], None]


def replaced(file: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        path = root / file
        text = path.read_text("utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


QUIZ = "first-steps/1-real-user/quiz.yaml"
LESSON = "first-steps/1-real-user/01-own.md"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replaced(QUIZ, "pass: 80", "pass: 180"), rf"{QUIZ}:3: pass: .*from 1 to 100"),
        (replaced(QUIZ, "type: single", "type: essay"), rf"{QUIZ}:7: questions\.0\.type: must be single"),
        (replaced(QUIZ, "lesson: own", "lesson: owl"), rf"{QUIZ}:8: questions\.0\.lesson: there is no lesson owl"),
        (replaced(QUIZ, "draw: 5", "draw: 50"), rf"{QUIZ}:4: draw: is more than there are"),
        (replaced(QUIZ, "key: ru-2", "key: ru-1"), rf"{QUIZ}:\d+: questions\.1\.key: ru-1 is taken already"),
        (replaced(QUIZ, "pass: 80", "pass: [80"), rf"{QUIZ}:\d+: file: "),
        (replaced(LESSON, "minutes: 5", "minutes: five"), rf"{LESSON}:5: minutes: must be a whole number"),
        (replaced(LESSON, "::: mistake", "::: mistaek"), rf"{LESSON}:\d+: mistaek: is no kind of block"),
        (replaced(LESSON, "pictures/own-shelf.svg", "../../secret.svg"), rf"{LESSON}:\d+: file: there is no file"),
        (replaced(LESSON, "alt: ", "alternative: "), rf"{LESSON}:\d+: alt: must be a text"),
        (
            replaced("first-steps/course.yaml", "folder: 1-real-user", "folder: ../.."),
            r"course.yaml:8: stages\.0\.folder",
        ),
        (
            replaced("academy.yaml", "growth: {at_least: 300}", "growth: {at_least: lots}"),
            r"academy.yaml:\d+: ladder\.tiers\.0\.promotion\.all\.3\.growth\.at_least: must be a whole number",
        ),
        (
            replaced("academy.yaml", "count: {kind: checkin.done,", "count: {kind: referral.qualified,"),
            r"academy.yaml:\d+: ladder\.tiers\.0\.promotion\.all\.4\.count\.kind: .*禁止传销条例",
        ),
        (
            replaced("academy.yaml", "course: {key: tools}", "course: {key: toolz}"),
            r"academy.yaml:\d+: ladder\.tiers\.0\.promotion: there is no course toolz",
        ),
        (
            replaced("academy.yaml", "荣誉称号。特颁", "国家职业资格。特颁"),
            r"academy.yaml:\d+: designs\.designs\.0\.closing: ",
        ),
        (
            replaced("academy.yaml", "结业考核{score}分", "结业考核{points}分"),
            r"academy.yaml:\d+: designs\.designs\.0\.body: field-unknown",
        ),
        (
            replaced("academy.yaml", "score: {kind: quiz.finished, topic: bronze-exam}", "score: {course: bronze}"),
            r"academy.yaml:\d+: designs\.designs\.0\.fields\.score: there is no course bronze",
        ),
        (
            replaced(
                "academy.yaml",
                "emblem: {metal: silver, feathers: 2}",
                "emblem: {metal: silver, feathers: 2}\n      valid_days: 7",
            ),
            r"academy.yaml:\d+: designs\.designs\.0\.valid_days: days-range",
        ),
        (
            replaced(
                "academy.yaml",
                "emblem: {metal: silver, feathers: 2}",
                "emblem: {metal: silver, feathers: 2}\n      renewal: {growth: {at_least: 900}}",
            ),
            r"academy.yaml:\d+: designs\.designs\.0\.renewal: is for what has `valid_days`",
        ),
        (
            replaced("academy.yaml", "glyph: sprout", "glyph: sprout\n      while_met: often"),
            r"academy.yaml:\d+: badges\.badges\.0\.while_met: must be true",
        ),
        (
            replaced(
                "academy.yaml",
                "emblem: {metal: silver, feathers: 2}",
                "emblem: {metal: silver, feathers: 2}\n      seal: {picture: none.png}",
            ),
            r"academy.yaml:\d+: designs\.designs\.0\.seal\.picture: there is no PNG none.png",
        ),
        (
            replaced(
                "academy.yaml",
                "emblem: {metal: silver, feathers: 2}",
                "emblem: {metal: silver, feathers: 2}\n      pape: gold",
            ),
            r"academy.yaml:\d+: designs\.designs\.0: knows no pape",
        ),
        (
            replaced("academy.yaml", "kind: pledge.signed, growth", "kind: post.shared, growth"),
            r"kind: 'post.shared' is not",
        ),
        (replaced("academy.yaml", "\nwords:", "\nwordz:"), r"academy.yaml:\d+: wordz: is no section"),
        (replaced("academy.yaml", "level: block", "level: grave"), r"words\.0\.level: must be block or warn"),
        (replaced("academy.yaml", "words: [最好, 绝对, 100%]", "words: [1]"), r"words\.1\.words\.0: must be words"),
        (replaced("academy.yaml", "unless: [最好先", "unles: [最好先"), r"words\.1\.unles: is no part of a rule"),
    ],
)
def test_a_broken_pack_names_file_line_and_field(pack: Path, change: Change, said: str) -> None:
    change(pack)
    problems = [str(problem) for problem in read(pack).problems]
    assert any(re.search(said, problem) for problem in problems), problems


def test_a_lesson_without_front_matter_is_named(pack: Path) -> None:
    (pack / LESSON).write_text("只有正文", "utf-8")
    assert any(p.file == LESSON and p.line == 1 for p in read(pack).problems)


def test_a_missing_folder_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert "no such folder" in str(read(tmp_path / "nowhere").problems[0])


def test_a_broken_pack_is_not_imported(app: Flask, session: Session, pack: Path) -> None:
    replaced(QUIZ, "pass: 80", "pass: 180")(pack)
    result = app.test_cli_runner().invoke(args=["packs", "import", str(pack)])
    assert result.exit_code == 1
    assert "nothing was imported" in result.output
    assert session.query(Release).count() == 1


def test_importing_the_same_again_changes_nothing(app: Flask, session: Session) -> None:
    result = app.test_cli_runner().invoke(args=["packs", "import", str(ROOT / "courses")])
    assert (result.exit_code, result.output.strip()) == (0, "nothing has changed")
    assert session.query(Release).count() == 1


def test_a_changed_lesson_is_published_and_the_old_release_still_stands(
    app: Flask, session: Session, pack: Path
) -> None:
    replaced(LESSON, "只推自己用过的", "只说自己用过的")(pack)
    with db.writing() as s:
        release = publish_pack(s, app.extensions["files"], read(pack), "a word")
    assert release is not None
    assert published(session).lessons["own"].title["zh"] == "只说自己用过的"
    assert published(session, 1).lessons["own"].title["zh"] == "只推自己用过的"


def test_what_was_edited_in_the_browser_is_not_overwritten_in_silence(app: Flask, session: Session, pack: Path) -> None:
    edited = dict(published(session).one("lesson", "own"))
    edited["title"] = {"zh": "用过才说", "en": "Used it? Say it"}
    with db.writing() as s:
        publish(s, {("lesson", "own"): edited}, origin="studio")
    replaced(LESSON, "只推自己用过的", "只说自己用过的")(pack)
    with pytest.raises(Conflict) as conflict, db.writing() as s:
        publish_pack(s, app.extensions["files"], read(pack), "a word")
    assert conflict.value.names == ["lesson/own"]
    assert published(session).lessons["own"].title["zh"] == "用过才说"


def test_what_was_edited_in_the_browser_alone_stays_when_another_lesson_comes_in(
    app: Flask, session: Session, pack: Path
) -> None:
    edited = dict(published(session).one("lesson", "own"))
    edited["title"] = {"zh": "用过才说", "en": "Used it? Say it"}
    with db.writing() as s:
        publish(s, {("lesson", "own"): edited}, origin="studio")
    replaced("first-steps/1-real-user/02-no-stock.md", "minutes: 5", "minutes: 6")(pack)
    with db.writing() as s:
        publish_pack(s, app.extensions["files"], read(pack), "a word")
    assert published(session).lessons["own"].title["zh"] == "用过才说"
    assert published(session).lessons["no-stock"].minutes == 6


def test_a_lesson_that_no_course_holds_any_more_is_withdrawn_with_the_release_that_let_go_of_it(
    app: Flask, session: Session, pack: Path
) -> None:
    course = copy.deepcopy(dict(published(session).one("course", "first-steps")))
    gone = course["stages"][2]["lessons"].pop()
    with db.writing() as s:
        publish(s, {("course", "first-steps"): course}, origin="studio")
    assert ("lesson", gone) not in published(session).documents
    assert gone in published(session, 1).lessons
    with db.writing() as s:
        assert publish_pack(s, app.extensions["files"], read(pack), "again") is None, "it was changed here alone"


def test_whatever_ships_is_whole_as_a_document_too() -> None:
    for (kind, key), content in read(ROOT / "courses").documents.items():
        if kind in ("course", "lesson", "quiz", "assessment"):
            assert problems_of(kind, content) == [], key


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda lesson: lesson["title"].clear(), ("title",)),
        (lambda lesson: lesson.update(minutes=0), ("minutes",)),
        (lambda lesson: lesson.update(blocks=[]), ("blocks",)),
        (lambda lesson: lesson["blocks"][0].update(md={"zh": " "}), ("blocks", 0, "md")),
        (lambda lesson: lesson["blocks"][0].update(md={"zh": "一\n:::\n二"}), ("blocks", 0, "md")),
        (lambda lesson: lesson["blocks"][1].update(alt={}), ("blocks", 1, "alt")),
        (lambda lesson: lesson["blocks"][1].update(file="../x.svg"), ("blocks", 1, "file")),
        (lambda lesson: lesson["blocks"].append({"type": "video", "title": {"zh": "片"}}), ("blocks", -1, "file")),
        (
            lambda lesson: lesson["blocks"].append(
                {"type": "video", "title": {"zh": "片"}, "address": "javascript:alert(1)"}
            ),
            ("blocks", -1, "address"),
        ),
    ],
)
def test_what_a_lesson_lacks_is_named_where_it_is_missing(
    change: Callable[[dict[str, Any]], object], path: tuple[str | int, ...]
) -> None:
    lesson = copy.deepcopy(read(ROOT / "courses").documents["lesson", "own"])
    change(lesson)
    wanted = tuple(len(lesson["blocks"]) - 1 if step == -1 else step for step in path)
    assert [problem.path for problem in problems_of("lesson", lesson)] == [wanted]
