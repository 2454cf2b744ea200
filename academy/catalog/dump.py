"""Courses, assessments and materials as the files of a pack: the same content always gives the same bytes."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from academy.catalog.content import TRUTH

Content = Mapping[str, Any]
Files = dict[str, bytes]
PictureOf = Callable[[str, str], bytes]

# How people write a mapping down: what it is, what it says, what it takes. Other keys follow by the alphabet.
ORDER = """
    key version folder title name academy class_name line how zh en summary subtitle intro body closing emblem paper
    tier ad tags order unlock pass draw minutes type lesson said prompt options answer text right reason file alt
    caption task starter min max pictures kind topic topics highest lowest company colour currency hotline serial seal
    consent family metal glyph strip levels secret retired limited by_hand announce
    per growth feathers cap fields at_least note voucher criterion promotion words why
    points of questions stages lessons from classes hint rates rights allotment users raised orders service complaints
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
    """The files of all courses, assessments and materials, by their path in the pack.

    `picture_of` gives the bytes of a picture by its area and name in the file room.
    """
    files: Files = {}
    for (kind, key), content in sorted(documents.items(), key=lambda named: named[0]):
        if kind == "course":
            _course(files, content, picture_of)
        elif kind == "assessment":
            folder = key
            while ("course", folder) in documents:
                folder += "-assessment"
            files[f"{folder}/assessment.yaml"] = _quiz(content)
        elif kind == "material":
            _material(files, content, picture_of)
    return files


def _ordered(data: Any) -> Any:
    if isinstance(data, Mapping):
        keys = sorted(data, key=lambda key: (RANK.get(key, len(RANK)), key))
        return {key: _ordered(data[key]) for key in keys}
    return [_ordered(item) for item in data] if isinstance(data, list | tuple) else data


def _course(files: Files, course: Content, picture_of: PictureOf) -> None:
    root = course["key"]
    stages = []
    for number, stage in enumerate(course["stages"], 1):
        folder = f"{number}-{stage['key']}"
        stages.append(
            {
                "key": stage["key"],
                "folder": folder,
                "title": stage["title"],
                "summary": stage["summary"],
                "lessons": [lesson["key"] for lesson in stage["lessons"]],
            }
        )
        for n, lesson in enumerate(stage["lessons"], 1):
            _lesson(files, f"{root}/{folder}", n, lesson, picture_of)
        if stage["quiz"]:
            files[f"{root}/{folder}/quiz.yaml"] = _quiz(stage["quiz"])
    shown = {**course, "stages": stages}
    if course["unlock"] is None:
        del shown["unlock"]
    files[f"{root}/course.yaml"] = to_yaml(shown).encode()


def _lesson(files: Files, folder: str, number: int, lesson: Content, picture_of: PictureOf) -> None:
    front = to_yaml({name: lesson[name] for name in ("key", "title", "summary", "minutes")})
    pictures: dict[str, str] = {}
    for locale, blocks in sorted(lesson["blocks"].items(), reverse=True):
        for block in blocks:
            if block["type"] == "picture" and block["file"] not in pictures:
                suffix = PurePosixPath(block["file"]).suffix
                shown = f"pictures/{lesson['key']}-{len(pictures) + 1}{suffix}"
                pictures[block["file"]] = shown
                files[f"{folder}/{shown}"] = picture_of("lesson", block["file"])
        name = f"{folder}/{number:02}-{lesson['key']}{'' if locale == 'zh' else '.en'}.md"
        files[name] = f"---\n{front}---\n{_body(blocks, pictures)}".encode()


def _body(blocks: list[Content], pictures: Mapping[str, str]) -> str:
    parts: list[str] = []
    before = None
    for block in blocks:
        # A do belongs to the don't above it, so no empty line parts them.
        if before and (before, block["type"]) != ("dont", "do"):
            parts.append("\n")
        parts.append(_block(block, pictures))
        before = block["type"]
    return "".join(parts)


def _block(block: Content, pictures: Mapping[str, str]) -> str:
    kind = block["type"]
    if kind == "text":
        return f"{block['md']}\n"
    if kind == "picture":
        held = {"file": pictures[block["file"]], "alt": block["alt"]}
        if block["caption"] is not None:
            held["caption"] = block["caption"]
        inside = to_yaml(held)
    elif kind == "check":
        inside = to_yaml(_question(block["question"]))
    elif kind == "practice":
        inside = to_yaml({name: _words(value) for name, value in block["practice"].items()})
    else:
        inside = f"{block['md']}\n"
    return f"::: {kind}\n{inside}:::\n"


def _quiz(quiz: Content) -> bytes:
    return to_yaml({**quiz, "questions": [_question(question) for question in quiz["questions"]]}).encode()


def _question(question: Content) -> dict[str, Any]:
    written = {name: _words(value) for name, value in question.items() if name != "options"}
    if question["type"] == TRUTH:
        written["answer"] = any(option["key"] == "true" and option["right"] for option in question["options"])
        return written
    written["options"] = [
        {"key": option["key"], "text": _words(option["text"])} | ({"right": True} if option["right"] else {})
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
