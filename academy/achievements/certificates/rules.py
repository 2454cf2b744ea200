"""What a certificate says and how it says it: designs, papers, names, numerals and serials."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from academy.journal.validity import WARNING

DISCLAIMER = "企业内部荣誉，非职业资格"
DISCLAIMER_EN = "In-house honor, not a professional qualification"

NAME_LENGTH = 40
METALS = ("bronze", "silver", "gold", "platinum", "diamond")
PAPERS = ("gold", "vermilion", "turquoise", "plain")
LANDSCAPE, PORTRAIT = ORIENTATIONS = ("landscape", "portrait")
ZH, EN, BOTH = LANGUAGES = ("zh", "en", "both")
CHINESE, DIGITS = NUMERALS = ("chinese", "digits")

TEXTS = ("title", "subtitle", "body", "closing")
# How many letters each may have, in Chinese and in English.
LENGTHS = {"title": (20, 40), "subtitle": (40, 80), "body": (150, 300), "closing": (60, 120)}
SIGNATORY_LENGTH = 30
VALID_DAYS = range(30, 3651)

# What any wording may name; figures come from the design's own sources.
OWN_FIELDS = ("name", "salutation", "date", "serial", "issuer")


@dataclass(frozen=True)
class Words:
    """A text in both languages; the English may be missing."""

    zh: str
    en: str = ""

    @classmethod
    def of(cls, given: str | Mapping[str, str]) -> "Words":
        """A text of a document; a plain string, as older ones hold, is Chinese."""
        return cls(given) if isinstance(given, str) else cls(**given)

    def in_(self, language: str) -> str:
        """The text in one language, which is Chinese unless it is English."""
        return self.en if language == EN else self.zh


@dataclass(frozen=True)
class Picture:
    """An uploaded picture; its name is the digest of its content, and so tells two apart."""

    name: str
    data: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True)
class Signature:
    """A hand's signature with the name that is printed under it."""

    picture: Picture
    name: str


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
    academy_en: str = ""

    def in_(self, language: str) -> str:
        """Both names in one line; the company has none but its registered one."""
        if language == EN:
            return f"{self.academy_en or self.academy}, {self.company}"
        return f"{self.company}·{self.academy}"


@dataclass(frozen=True)
class Design:
    """A certificate's look and wording; subtitle, body and closing may hold fields such as {course}."""

    key: str
    title: Words
    subtitle: Words  # the honour itself, set large between body and closing
    body: Words
    closing: Words
    emblem: Emblem
    issuer: Issuer
    seal: str | Picture
    paper: str = "gold"
    orientation: str = LANDSCAPE
    language: str = ZH
    numerals: str = CHINESE
    signature: Signature | None = None
    logo: Picture | None = None
    valid_days: int | None = None
    figures: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, document: Mapping[str, Any], brand: Mapping[str, Any], picture: Callable[[str], Picture] = Picture
    ) -> "Design":
        """The design in a pack's document, issued by its brand; KeyError or TypeError where parts are missing.

        `picture` finds what a name stands for; without it the names alone are known.
        """
        seal, signed = document.get("seal", brand["seal"]), document.get("signature")
        logo = brand.get("logo") if document.get("logo") else None
        return cls(
            key=document["key"],
            title=Words.of(document["title"]),
            subtitle=Words.of(document["subtitle"]),
            body=Words.of(document["body"]),
            closing=Words.of(document["closing"]),
            emblem=Emblem(**document["emblem"]),
            issuer=Issuer(brand["company"], brand["academy"]["zh"], brand["academy"].get("en", "")),
            seal=seal if isinstance(seal, str) else picture(seal["picture"]),
            paper=document["paper"],
            orientation=document.get("orientation", LANDSCAPE),
            language=document.get("language", ZH),
            numerals=document.get("numerals", CHINESE),
            signature=Signature(picture(signed["picture"]), signed["name"]) if signed else None,
            logo=picture(logo) if logo else None,
            valid_days=document.get("valid_days"),
            figures=frozenset(document.get("fields", ())) | ({"tier"} if "tier" in document else frozenset()),
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is worded in, the leading one first."""
        return (ZH, EN) if self.language == BOTH else (self.language,)


Field = str | int | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """One person's certificate: what is set on the design; a watermark says that it isn't in force."""

    name: str
    serial: str
    code: str
    issued_on: date
    verify_url: str
    salutation: str = ""
    fields: Mapping[str, Field] | None = None
    watermark: str = ""


# Wording

_FIELD = re.compile(r"\{(\w+)\}")


def fields_of(text: str) -> set[str]:
    """The names of the fields in a text."""
    return set(_FIELD.findall(text))


def fill(text: str, fields: Mapping[str, Field], language: str = ZH, numerals: str = CHINESE) -> str:
    """The text with its fields set in its language, whole numbers in numerals; KeyError for a field not given."""

    def value(match: re.Match[str]) -> str:
        found = fields[match[1]]
        if isinstance(found, int):
            return number(found, language, numerals)
        return found if isinstance(found, str) else found.get(language) or found[ZH]

    return _FIELD.sub(value, text)


def wording(design: Design, row: Paper, language: str) -> dict[str, str]:
    """What a certificate says in one language: subtitle, body and closing with their fields set."""
    fields: Mapping[str, Field] = {
        **(row.fields or {}),
        "name": row.name,
        "salutation": row.salutation,
        "date": written_date(row.issued_on, language, design.numerals),
        "serial": row.serial,
        "issuer": design.issuer.in_(language),
    }
    return {text: fill(getattr(design, text).in_(language), fields, language, design.numerals) for text in TEXTS[1:]}


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
    problems: dict[str, str] = {}
    known = {*OWN_FIELDS, *design.figures}
    for name in TEXTS:
        for language, most in zip((ZH, EN), LENGTHS[name], strict=True):
            text, at = getattr(design, name).in_(language), f"{name}.{language}"
            # A title is listed where Chinese is read, whatever the paper's own language.
            if not text.strip() and name != "closing" and (language in design.languages or at == "title.zh"):
                problems[at] = "text-missing"
            elif len(text) > most:
                problems[at] = f"{name}-too-long"
            elif words := wording_problem(text):
                problems[at] = words
            elif not fields_of(text) <= (known if name != "title" else set()):
                problems[at] = "field-unknown"
    if words := wording_problem(design.issuer.academy):
        problems["issuer.academy"] = words
    if isinstance(design.seal, str):
        if words := wording_problem(design.seal):
            problems["seal"] = words
        elif not 1 <= len(graphemes(design.seal)) <= 4:
            problems["seal"] = "seal-length"
    if design.signature and not 1 <= len(design.signature.name) <= SIGNATORY_LENGTH:
        problems["signature.name"] = "signatory-length"
    elif design.signature and (words := wording_problem(design.signature.name)):
        problems["signature.name"] = words
    for name, choices in (
        ("paper", PAPERS),
        ("orientation", ORIENTATIONS),
        ("language", LANGUAGES),
        ("numerals", NUMERALS),
    ):
        if getattr(design, name) not in choices:
            problems[name] = f"unknown-{name}"
    if design.valid_days is not None and design.valid_days not in VALID_DAYS:
        problems["valid_days"] = "days-range"
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


def number(value: int, language: str, numerals: str) -> str:
    """A whole number as a certificate writes it: 九十二 or 92; what has no short Chinese words is in digits."""
    if language == EN or numerals == DIGITS or not 0 <= value <= 9999:
        return str(value)
    return chinese_number(value)


def chinese_date(day: date) -> str:
    """A date as certificates write it: 二〇二六年九月十八日."""
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def written_date(day: date, language: str, numerals: str) -> str:
    """A date in a language: 二〇二六年九月十八日, 2026年9月18日 or September 18, 2026."""
    if language == EN:
        return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"
    return chinese_date(day) if numerals == CHINESE else f"{day.year}年{day.month}月{day.day}日"


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


# Status

STATUSES = VALID, EXPIRING, EXPIRED, REPLACED, REVOKED = ("valid", "expiring", "expired", "replaced", "revoked")
SAMPLE = "sample"

WATERMARKS = {EXPIRED: "已过期", REPLACED: "已更换", REVOKED: "已撤销", SAMPLE: "样张"}
"""What is printed across a paper that is not in force."""


def status_of(today: date, expires_on: date | None, replaced: bool, revoked: bool) -> str:
    """What a paper is worth on a day; one that has no end never comes near it."""
    if revoked:
        return REVOKED
    if replaced:
        return REPLACED
    if expires_on is None or expires_on > today + WARNING:
        return VALID
    return EXPIRING if expires_on >= today else EXPIRED
