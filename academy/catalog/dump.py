"""Courses, assessments and materials as the files of a pack: the same content always gives the same bytes."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from academy.catalog.blocks import FILE, FILES, KINDS, PICTURES, PLAIN, files_in, is_text
from academy.catalog.content import TRUTH

Content = Mapping[str, Any]
Files = dict[str, bytes | Path]
"""What each file of a pack holds, or the file that holds it already."""
PictureOf = Callable[[str, str], bytes | Path]

# How people write a mapping down: what it is, what it says, what it takes. Other keys follow by the alphabet.
ORDER = """
    key version folder title name academy class_name line how zh en summary subtitle intro body closing emblem paper
    tier ad tags order unlock pass draw minutes type lesson said prompt options answer text right reason file alt
    caption items address poster captions transcript words starts join replay task starter min max pictures outdated
    kind topic topics highest lowest company colour currency hotline serial seal
    consent family metal glyph strip levels secret retired limited by_hand announce
    per growth feathers cap fields at_least note voucher criterion promotion level words unless why
    points of questions stages lessons from classes hint rates rights allotment users raised orders service complaints
    open moderated
"""
RANK = {key: rank for rank, key in enumerate(ORDER.split())}


class _Dumper(yaml.SafeDumper):
    """Block style, with lists indented below their key and nothing said by reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    # A line that ends in --- would end the front matter, some line breaks are such to YAML only, and what looks like
    # a number or a day stays a text when somebody edits it.
    if "---\n" in f"{text}\n" or re.search("[\x85\u2028\u2029]", text) or re.fullmatch(r"[\d.-]+", text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _string)


def to_yaml(data: Any) -> str:
    """YAML that a person can read and diff: keys in their order, long lines left whole."""
    return yaml.dump(
        _ordered(data),
        Dumper=_Dumper,
        default_flow_style=False,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )


def dump(documents: Mapping[tuple[str, str], Content], picture_of: PictureOf) -> Files:
    """The files of all courses, assessments, materials and packages, by their path in the pack.

    `picture_of` gives a picture, a video or another file by its area and name in the file room.
    """
    files: Files = {}
    for (kind, key), content in sorted(documents.items(), key=lambda named: named[0]):
        if kind == "course":
            _course(files, content, documents, picture_of)
        elif kind == "assessment":
            folder = key
            while ("course", folder) in documents:
                folder += "-assessment"
            files[f"{folder}/assessment.yaml"] = _quiz(content)
        elif kind == "material":
            _material(files, content, picture_of)
        elif kind == "package":
            files[f"packages/{key}/package.yaml"] = to_yaml({n: content[n] for n in ("key", "title", "named")}).encode()
            files[f"packages/{key}/package.zip"] = picture_of("package", content["file"])
    return files


def _ordered(data: Any) -> Any:
    if isinstance(data, Mapping):
        keys = sorted(data, key=lambda key: (RANK.get(key, len(RANK)), key))
        return {key: _ordered(data[key]) for key in keys}
    return [_ordered(item) for item in data] if isinstance(data, list | tuple) else data


def _course(files: Files, course: Content, held: Mapping[tuple[str, str], Content], picture_of: PictureOf) -> None:
    root = course["key"]
    stages = []
    for number, stage in enumerate(course["stages"], 1):
        folder = f"{number}-{stage['key']}"
        stages.append({**{name: stage[name] for name in ("key", "title", "summary", "lessons")}, "folder": folder})
        for n, key in enumerate(stage["lessons"], 1):
            _lesson(files, f"{root}/{folder}", n, held["lesson", key], picture_of)
            if update := held.get(("update", key)):
                files[f"{root}/{folder}/{n:02}-{key}.update.yaml"] = _quiz(update)
        if stage["quiz"]:
            files[f"{root}/{folder}/quiz.yaml"] = _quiz(held["quiz", stage["quiz"]])
    shown = {**course, "stages": stages}
    if course["unlock"] is None:
        del shown["unlock"]
    files[f"{root}/course.yaml"] = to_yaml(shown).encode()


def _lesson(files: Files, folder: str, number: int, lesson: Content, picture_of: PictureOf) -> None:
    front = {name: lesson[name] for name in ("key", "title", "summary", "minutes")}
    names: dict[str, str] = {}
    for file in (file for block in lesson["blocks"] for file in files_in(block)):
        if file not in names:
            suffix = PurePosixPath(file).suffix
            names[file] = (
                f"{'pictures' if suffix[1:] in PICTURES else 'media'}/{lesson['key']}-{len(names) + 1}{suffix}"
            )
            files[f"{folder}/{names[file]}"] = picture_of("lesson", file)
    path, blocks = f"{folder}/{number:02}-{lesson['key']}", lesson["blocks"]
    stale = [*lesson.get("outdated", ()), *(n for n, block in enumerate(blocks, 1) if block.get("outdated"))]
    translated = any("en" in block["md"] for block in blocks if block["type"] in PLAIN)
    if translated:
        files[f"{path}.en.md"] = _written(front, blocks, names, "en")
    front |= {"outdated": stale} if stale else {}
    # Where only a title or a caption is translated, both languages stand in one file.
    files[f"{path}.md"] = _written(front, blocks, names, "zh" if translated else None)


def _written(front: Content, blocks: list[Content], names: Mapping[str, str], locale: str | None) -> bytes:
    parts: list[str] = []
    before = None
    for block in blocks:
        # A do belongs to the don't above it, so no empty line parts them.
        if before and (before, block["type"]) != ("dont", "do"):
            parts.append("\n")
        parts.append(_block(block, names, locale, before))
        before = block["type"]
    return f"---\n{to_yaml(front)}---\n{''.join(parts)}".encode()


def _block(block: Content, names: Mapping[str, str], locale: str | None, before: str | None) -> str:
    kind = block["type"]
    if kind in PLAIN:
        inside = f"{said}\n" if (said := block["md"].get(locale or "zh")) else ""
        # Two texts in a row, and one that is not translated yet, are told apart by a fence.
        return inside if kind == "text" != before and inside else f"::: {kind}\n{inside}:::\n"
    held = _in({field.name: block[field.name] for field in KINDS[kind] if field.name in block}, locale)
    if kind == "check":
        held = _question(held["question"])
    elif kind == "practice":
        held = held["practice"]
    for field in KINDS[kind]:
        if field.shape == FILE and field.name in held:
            held[field.name] = names[held[field.name]]
        elif field.shape == FILES:
            held[field.name] = [{**picture, "file": names[picture["file"]]} for picture in held[field.name]]
    return f"::: {kind}\n{to_yaml(held)}:::\n"


def _in(held: Any, locale: str | None) -> Any:
    """What is held with its texts in one language, or in all; what a translation has not got yet is left out of it."""
    if is_text(held):
        return held.get(locale) if locale else _words(held)
    if isinstance(held, Mapping):
        told = ((name, _in(value, locale)) for name, value in held.items())
        return {name: value for name, value in told if value is not None}
    if isinstance(held, list):
        return [_in(value, locale) for value in held]
    return held


def _quiz(quiz: Content) -> bytes:
    return to_yaml({**quiz, "questions": [_question(question) for question in quiz["questions"]]}).encode()


def _question(question: Content) -> dict[str, Any]:
    written = {name: _words(value) for name, value in question.items() if name != "options"}
    if question["type"] == TRUTH:
        written["answer"] = any(option["key"] == "true" and option["right"] for option in question["options"])
        return written
    written["options"] = [
        {name: _words(value) for name, value in option.items() if name != "right" or value}
        for option in question["options"]
    ]
    return written


def _material(files: Files, material: Content, picture_of: PictureOf) -> None:
    folder, pictures = f"materials/{material['key']}", []
    for number, picture in enumerate(material["pictures"], 1):
        shown = f"{number}{PurePosixPath(picture['file']).suffix}"
        pictures.append({"file": shown, "alt": picture["alt"]})
        files[f"{folder}/{shown}"] = picture_of("material", picture["file"])
    files[f"{folder}/material.yaml"] = to_yaml({**material, "pictures": pictures}).encode()


def _words(value: Any) -> Any:
    """A text that there is only in Chinese, or only in a translated lesson, is written plainly."""
    return value["zh"] if isinstance(value, Mapping) and set(value) == {"zh"} else value
