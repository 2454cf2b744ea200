"""Materials in a pack: whatever is wrong in one is named by file, line and field; what is right comes back."""

import re
from pathlib import Path
from typing import Any

import pytest

from academy import ROOT
from academy.catalog.dump import dump
from academy.catalog.pack import name_in
from academy.materials.rules import KINDS
from academy.packs.actions import read
from tests.materials.conftest import SVG, TEXT, Write, photo

HERE = "materials/cream/material.yaml"


def problems(root: Path) -> list[str]:
    """What is wrong with the materials; that the pack has no courses is not."""
    return [str(problem) for problem in read(root).problems if problem.file.startswith("materials/")]


def test_what_ships_has_all_seven_kinds_and_at_least_twelve_materials() -> None:
    shipped = [document for (kind, _), document in read(ROOT / "courses").documents.items() if kind == "material"]
    assert len(shipped) >= 12
    assert {document["kind"] for document in shipped} == set(KINDS)


def test_a_sound_material_has_no_problems(root: Path, write: Write) -> None:
    write(drawings=9)
    (root / "materials/cream/1.svg").write_bytes(photo(60, 80))
    (root / "materials/cream/1.svg").rename(root / "materials/cream/1.jpg")
    path = root / HERE
    path.write_text(path.read_text("utf-8").replace("1.svg", "1.jpg"), "utf-8")
    assert problems(root) == []
    pictures = read(root).documents["material", "cream"]["pictures"]
    assert [(p["width"], p["height"]) for p in pictures[:2]] == [(60, 80), (120, 120)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "poster"}, r"\d+: kind: must be one of product, persona"),
        ({"tier": "silber"}, r"\d+: tier: there is no tier silber"),
        ({"ad": "yes"}, r"\d+: ad: must be true or false"),
        ({"title": "只有中文"}, r"\d+: title: has no en"),
        ({"tags": "护臀"}, r"\d+: tags: must be a list"),
        ({"text": ""}, r"\d+: text: must be a text"),
        ({"text": "字" * 1001}, r"\d+: text: has 1001 characters, at most 1000"),
        ({"text": "我家用了两个月，膏体偏稠。"}, r"\d+: text: “我家” tells what somebody saw herself"),
        ({"text": "这支我试了三周。"}, r"\d+: text: “我试” tells"),
        ({"text": "我家【月龄，用了【多久】。"}, r"\d+: text: a blank is a word"),
        ({"text": "我家【】用了。"}, r"\d+: text: a blank is a word"),
        ({"text": f"我家【{'长' * 21}】。"}, r"\d+: text: a blank is a word"),
        ({"text": "【广告】我家用了两个月。"}, r"\d+: text: “我家” tells"),
        ({"text": "这是最好的膏。"}, r"\d+: text: says “最好”: 极限词"),
        ({"title": {"zh": "治湿疹就用它", "en": "It"}}, r"\d+: title: says “治湿疹”: 医疗话"),
        ({"pictures": [{"file": "1.svg", "alt": {"zh": "一", "en": "1"}}] * 10}, r"\d+: pictures: .*at most 9"),
        ({"pictures": ["1.svg"]}, r"\d+: pictures\.0\.file: there is no picture"),
        (
            {"pictures": [{"file": "2.svg", "alt": {"zh": "一", "en": "1"}}]},
            r"\d+: pictures\.0\.file: there is no picture 2",
        ),
        (
            {"pictures": [{"file": "../../academy.yaml", "alt": {"zh": "一", "en": "1"}}]},
            r"\d+: pictures\.0\.file: there is no picture \.\./",
        ),
        ({"pictures": [{"file": "1.svg", "alt": {"zh": "一"}}]}, r"\d+: pictures\.0\.alt: has no en"),
        ({"key": "Cream"}, r"\d+: key: must be a key"),
    ],
)
def test_a_broken_material_names_file_line_and_field(
    root: Path, write: Write, fields: dict[str, Any], said: str
) -> None:
    write(drawings=1, **fields)
    found = problems(root)
    assert any(re.match(rf"materials/\w+/material\.yaml:{said}", problem) for problem in found), found


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<svg", "1.svg", "can't be drawn"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9"/>', "1.svg", "no viewBox of four numbers"),
        (SVG.format(height="nan", fill="red").encode(), "1.svg", "no viewBox of four numbers"),
        (SVG.format(height="inf", fill="red").encode(), "1.svg", "more than three times"),
        (SVG.format(height=361, fill="red").encode(), "1.svg", "more than three times"),
        (b"no picture", "1.png", "can't be drawn: kind"),
        (photo(80, 60)[:200], "1.jpg", "can't be drawn"),
        (b"GIF89a", "1.gif", "must be svg, png, jpg or webp"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_named(root: Path, write: Write, data: bytes, name: str, said: str) -> None:
    path = write(pictures=[{"file": name, "alt": {"zh": "一", "en": "1"}}])
    (path.parent / name).write_bytes(data)
    assert any("pictures.0.file" in problem and said in problem for problem in problems(root)), problems(root)


def test_two_materials_do_not_share_a_key(root: Path, write: Write) -> None:
    write("cream")
    write("wipes")
    (root / "materials/wipes/material.yaml").write_text((root / HERE).read_text("utf-8"), "utf-8")
    (problem,) = problems(root)
    assert re.match(r"materials/wipes/material\.yaml:1: key: cream is taken already, in materials/cream", problem)


def test_what_is_no_mapping_is_named_and_no_crash(root: Path, write: Write) -> None:
    write().write_text("- a list", "utf-8")
    assert problems(root) == [f"{HERE}:1: file: must be a mapping"]


def test_no_rule_pays_for_taking(root: Path) -> None:
    path = root / "academy.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("kind: pledge.signed, growth", "kind: material.taken, growth", 1), "utf-8")
    found = [str(problem) for problem in read(root).problems]
    assert any(re.search(r"kind: taking a material earns nothing: .*WeChat", problem) for problem in found), found


@pytest.mark.parametrize("text", [TEXT, "一行", "  先缩进\n再 # 不是注释\n\n: 冒号【称呼】", "- 像列表\n---\n…"])
def test_a_material_comes_back_as_it_was(root: Path, write: Write, tmp_path: Path, text: str) -> None:
    write(drawings=2, text=text, tags=[], ad=False)
    (root / "materials/cream/2.svg").write_bytes(photo(60, 80))
    (root / "materials/cream/2.svg").rename(root / "materials/cream/2.jpg")
    path = root / HERE
    path.write_text(path.read_text("utf-8").replace("file: 2.svg", "file: 2.jpg"), "utf-8")
    before = read(root)
    files = {name_in(file): file.read_bytes() for (area, _), file in before.pictures.items() if area == "material"}
    written = dump(
        {name: content for name, content in before.documents.items() if name[0] == "material"},
        lambda _area, name: files[name],
    )
    assert set(written) == {HERE, "materials/cream/1.svg", "materials/cream/2.jpg"}
    for name, data in written.items():
        (root / name).write_bytes(data)
    after = read(root)
    assert after.documents["material", "cream"] == before.documents["material", "cream"]
    assert after.pictures.keys() == before.pictures.keys()


def test_a_person_can_read_an_exported_material(root: Path, write: Write) -> None:
    write(drawings=1)
    documents = {("material", "cream"): read(root).documents["material", "cream"]}
    text = dump(documents, lambda _area, _name: b"")[HERE].decode()
    assert text.startswith("key: cream\ntitle:\n  zh: 护臀膏这样用\n")
    assert "text: |-\n  入秋早晚凉。\n  我家【月龄】" in text
    assert "  - file: 1.svg\n    alt:\n      zh: 第 1 张\n" in text
    assert "width" not in text
