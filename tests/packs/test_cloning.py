"""A course once more, and a course out of Markdown files."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from academy import ROOT
from academy.catalog.pack import problems_of
from academy.packs import actions, markdown
from academy.packs.cloning import cloned

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@pytest.fixture
def new() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"new-{next(numbers)}"


def keys(held: Any) -> set[str]:
    """All keys in some documents on which something of trainees hangs."""
    found: set[str] = set()
    if isinstance(held, dict):
        found |= {held["key"]} if "key" in held and "right" not in held else set()
        for inner in held.values():
            found |= keys(inner)
    elif isinstance(held, list):
        for inner in held:
            found |= keys(inner)
    return found


def test_a_copy_shares_no_key_with_what_it_was_made_from(new: Callable[[], str]) -> None:
    documents = actions.read(ROOT / "courses").documents
    names = [("course", "first-steps"), *((k, key) for k, key in documents if k in ("lesson", "quiz"))]
    copy = cloned({name: documents[name] for name in names}, "first-steps", new, {"zh": "副本"})
    mine = documents["course", "first-steps"]
    held = [documents["lesson", key] for stage in mine["stages"] for key in stage["lessons"]]
    assert not keys(list(copy.values())) & keys([mine, *held])
    assert all(problems_of(kind, content) == [] for (kind, _key), content in copy.items())
    outline = next(content for (kind, _key), content in copy.items() if kind == "course")
    assert outline["title"] == {"zh": "副本"}
    assert [len(stage["lessons"]) for stage in outline["stages"]] == [4, 4, 4]
    asked = next(content for (kind, _key), content in copy.items() if kind == "quiz")["questions"]
    assert all(("lesson", question["lesson"]) in copy for question in asked), "questions lead to the copy's own lessons"


def written(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, held in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held.encode() if isinstance(held, str) else held)
    return root


def test_each_file_is_a_lesson_and_each_folder_a_stage_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        {
            "2-share/10-last.md": "# 最后一课\n\n字",
            "2-share/2-first.md": "没有标题",
            "1-begin/README.md": "---\ntitle: 开场\n---\n\n你好",
            ".git/HEAD.md": "# no",
        },
    )
    taken = markdown.read(root)
    assert [(stage, [lesson["title"]["zh"] for lesson in held]) for stage, held in taken.stages.items()] == [
        ("begin", ["开场"]),
        ("share", ["first", "最后一课"]),
    ]
    assert taken.left == []


def test_headings_are_kept_and_pictures_stand_where_they_stood(tmp_path: Path) -> None:
    text = "# 题\n\n## 小标题\n\n第一段 ![货架](pictures/a.png) 后面\n\n第二段\n\n<img src='../b.png' alt='二'>\n"
    root = written(tmp_path, {"one/l.md": text, "one/pictures/a.png": PNG, "b.png": PNG + b"0"})
    taken = markdown.read(root)
    (lesson,) = taken.stages["one"]
    assert [(b["type"], b.get("md", b.get("alt"))["zh"]) for b in lesson["blocks"]] == [
        ("text", "## 小标题\n\n第一段  后面"),
        ("picture", "货架"),
        ("text", "第二段"),
        ("picture", "二"),
    ]
    assert len(taken.files) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("字 ![x](https://elsewhere.example/a.png)", "elsewhere"),
        ("字 ![x](none.png)", "missing"),
        ("字 ![x](../../../../etc/passwd)", "missing"),
        ("字 ![x](file.pdf)", "kind"),
        ("字 ![](a.png)", "alt"),
        ("字\n\n<iframe src='x'></iframe>", "html"),
        ("字\n\n| a | b |\n|---|---|\n| 1 | 2 |", "table"),
        ("# 只有标题", "empty"),
    ],
)
def test_what_could_not_be_taken_along_is_named(tmp_path: Path, text: str, why: str) -> None:
    taken = markdown.read(written(tmp_path, {"l.md": text, "a.png": PNG, "file.pdf": b"%PDF"}))
    assert [one.why for one in taken.left] == [why]


def test_what_is_read_can_be_published_once_it_says_what_it_is_for(tmp_path: Path, new: Callable[[], str]) -> None:
    root = written(tmp_path, {"l.md": "# 题\n\n字\n:::\n还有\n\n![货架](a.png)", "a.png": PNG})
    documents = markdown.course(markdown.read(root), (), "新课", "bronze", new)
    for (kind, _key), content in documents.items():
        for one in (content, *content.get("stages", ())):
            one["summary"] = {"zh": "要点"}
        assert problems_of(kind, content) == []
