"""What a certificate says and how it says it: designs, papers, names, numerals and serials."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

DISCLAIMER = "企业内部荣誉，非职业资格"

NAME_LENGTH = 40
BODY_LENGTH = 150
METALS = ("bronze", "silver", "gold", "platinum", "diamond")


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Emblem:
    """The tier's emblem: its metal and the number of feathers in its fan."""

    metal: str
    feathers: int


@dataclass(frozen=True)
class Issuer:
    """Who awards: the registered company and its academy."""

    company: str
    academy: str


@dataclass(frozen=True)
class Design:
    """A certificate's look and wording; subtitle, body and closing may hold fields such as {course}."""

    key: str
    title: Words
    subtitle: str  # the honour itself, set large between body and closing
    body: str
    closing: str
    emblem: Emblem
    issuer: Issuer
    seal: str
    paper: str = "gold"

    @classmethod
    def of(cls, document: Mapping[str, Any], brand: Mapping[str, Any]) -> "Design":
        """The design in a pack's document, issued by its brand; KeyError or TypeError where parts are missing."""
        return cls(
            key=document["key"],
            title=Words(**document["title"]),
            subtitle=document["subtitle"],
            body=document["body"],
            closing=document["closing"],
            emblem=Emblem(**document["emblem"]),
            issuer=Issuer(brand["company"], brand["academy"]["zh"]),
            seal=brand["seal"],
            paper=document["paper"],
        )


@dataclass(frozen=True)
class Paper:
    """One person's certificate: what is set on the design."""

    name: str
    serial: str
    code: str
    issued_on: date
    verify_url: str
    salutation: str = ""
    fields: Mapping[str, str | int] | None = None


# Wording

_FIELD = re.compile(r"\{(\w+)\}")


def fields_of(text: str) -> set[str]:
    """The names of the fields in a text."""
    return set(_FIELD.findall(text))


def fill(text: str, fields: Mapping[str, str | int]) -> str:
    """The text with its fields set, whole numbers in Chinese numerals; KeyError for a field not given."""

    def value(match: re.Match[str]) -> str:
        found = fields[match[1]]
        return chinese_number(found) if isinstance(found, int) else found

    return _FIELD.sub(value, text)


_TRADITIONAL = str.maketrans("國職業資員級華務會", "国职业资员级华务会")
_STATE_WORDING = re.compile(
    "中华人民共和国|中华|中国|国家|全国|国务院|国徽|政府|教育部|人力资源|社会保障"
    # “个人社群”“40人社群” are about groups, not about the ministry
    "|人社(?![群交区团会])"
    "|职业资格|人员资格|执业资格|职业技能|技能等级|技能人员|岗位合格|上岗证|专业技术|职称|学历|学位"
    r"|\bnational\b|\bchina\b|\bpeople's republic\b|\bministry\b"
    r"|\b(?:vocational|professional|occupational) (?:qualification|skill)s?"
)


def wording_problem(text: str) -> str | None:
    """The first words that imitate a state certificate, or None; the fixed disclaimer may stand."""
    plain = unicodedata.normalize("NFKC", text.replace(DISCLAIMER, "")).translate(_TRADITIONAL).lower()
    # Spaces and marks between Hanzi hide nothing: 国·家 is 国家.
    plain = re.sub(r"(?<=[㐀-鿿])[\W_]+(?=[㐀-鿿])", "", plain)
    found = _STATE_WORDING.search(plain)
    return found[0] if found else None


def design_problems(design: Design) -> dict[str, str]:
    """Each unfit field of a design with the key of its problem, or the words that it may not say.

    The company's registered name is not judged: 中国 may rightly stand in it.
    """
    said = {
        "title.zh": design.title.zh,
        "title.en": design.title.en,
        "subtitle": design.subtitle,
        "body": design.body,
        "closing": design.closing,
        "issuer.academy": design.issuer.academy,
        "seal": design.seal,
    }
    problems = {field: words for field, text in said.items() if (words := wording_problem(text))}
    if not 1 <= len(graphemes(design.seal)) <= 4:
        problems["seal"] = "seal-length"
    if len(design.body) > BODY_LENGTH:
        problems["body"] = "body-too-long"
    if design.emblem.metal not in METALS:
        problems["emblem.metal"] = "unknown-metal"
    if not 1 <= design.emblem.feathers <= 5:
        problems["emblem.feathers"] = "feathers-range"
    return problems


# Numerals and dates

_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A whole number from 0 to 9999 in Chinese numerals: 92 is 九十二."""
    if not 0 <= number <= 9999:
        raise ValueError(number)
    if number == 0:
        return "零"
    words = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += _DIGITS[digit] + name
        elif words and number % unit and not words.endswith("零"):
            words += "零"
    return words.removeprefix("一") if 10 <= number < 20 else words


def chinese_date(day: date) -> str:
    """A date as certificates write it: 二〇二六年九月十八日."""
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


# Serial


def serial_number(prefix: str, day: date, nth: int) -> str:
    """The nth certificate of a day: LY-2026-0918-0037."""
    return f"{prefix}-{day:%Y-%m%d}-{nth:04d}"


# Names

_DOTS = str.maketrans({"•": "·", "‧": "·", "・": "·", "∙": "·", "⋅": "·", "‐": "-", "’": "'", "　": " ", "\xa0": " "})
# Letters by their class, and yet nothing to be seen.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_CJK = re.compile(r"[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")


def clean_name(text: str) -> str:
    """A name as it is stored: composed, without outer or doubled spaces, one kind of middle dot."""
    return re.sub(" +", " ", unicodedata.normalize("NFC", text.translate(_DOTS)).strip(" "))


def name_problem(text: str) -> str | None:
    """Why this can't be printed as a legal name, as a key, or None."""
    name = clean_name(text)
    if not name:
        return "name-empty"
    if len(name) > NAME_LENGTH:
        return "name-too-long"
    if any(unicodedata.category(letter) == "Nd" for letter in name):
        return "name-digits"
    if not all(letter in " ·.'-" or _is_letter(letter) or unicodedata.category(letter)[0] == "M" for letter in name):
        return "name-letters"
    return None if _is_letter(name[0]) else "name-start"


def _is_letter(letter: str) -> bool:
    if letter in _BLANK_LETTERS:
        return False
    # Compatibility forms (𝓛, ㊀, Ⓐ) are ornament.
    ornament = unicodedata.decomposition(letter).startswith("<")
    return letter == "〇" or (unicodedata.category(letter)[0] == "L" and not ornament)


def graphemes(text: str) -> list[str]:
    """The text cut where a reader sees letters: marks and joiners stay with the letter that they belong to."""
    clusters: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        joins = unicodedata.category(letter)[0] == "M" or letter in "\u200c\u200d"
        if clusters and (joins or clusters[-1].endswith("\u200d")):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def mask_name(name: str) -> str:
    """A name for public pages: 林*棠, 林*, T*** L**; a name of one letter is all star."""
    if _CJK.search(name):
        letters = graphemes(clean_name(name))
        return (letters[0] if len(letters) > 1 else "") + "*" + (letters[-1] if len(letters) > 2 else "")
    words = [graphemes(word) for word in clean_name(name).split()]
    return " ".join(word[0] + "*" * (len(word) - 1) if len(word) > 1 else "*" for word in words) or "*"
