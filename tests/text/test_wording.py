"""The list of words: what it names, and what it lets pass."""

from typing import Any

from academy.text.wording import found, hints

WHY = {"zh": "换一个说法", "en": "Say it otherwise"}
RULES: list[dict[str, Any]] = [
    {"words": ["第一品牌", "治好"], "why": WHY, "level": "block"},
    {"words": ["第一", "最好"], "why": WHY, "unless": ["我的第一", "第一次", "最好先"]},
]


def named(text: str) -> list[tuple[str, str, int]]:
    return [(hint.words, hint.level, hint.start) for hint in found(text, RULES)]


def test_words_are_found_wherever_they_stand() -> None:
    assert named("最好的，真的最好") == [("最好", "warn", 0), ("最好", "warn", 6)]


def test_what_is_around_them_can_make_them_harmless() -> None:
    assert named("我的第一个20人群") == []
    assert named("第一次用，最好先问医生") == []
    assert named("我的第一个群，口碑第一") == [("第一", "warn", 9)]


def test_of_words_in_each_other_the_longer_ones_count() -> None:
    assert named("第一品牌") == [("第一品牌", "block", 0)]


def test_a_reader_is_told_of_each_word_once() -> None:
    assert [hint.words for hint in hints("治好了，又治好了，最好", RULES)] == ["治好", "最好"]


def test_a_text_of_nothing_says_nothing() -> None:
    assert hints("", RULES) == []
    assert hints("治好", []) == []
