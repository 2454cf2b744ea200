"""The outline of a course and the texts of a lesson, without a database."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from academy.studio.rules import moved, names_in, new_block, stage_of, tidy, told_outdated, with_lesson, without

COURSE: dict[str, Any] = {
    "key": "c",
    "stages": [
        {"key": "one", "lessons": ["a", "b"], "quiz": "q"},
        {"key": "two", "lessons": ["d"], "quiz": None},
    ],
}


def lesson(*blocks: dict[str, Any], title: str = "题") -> dict[str, Any]:
    return {"title": {"zh": title, "en": "Title"}, "summary": {"zh": "要"}, "blocks": list(blocks)}


def text(zh: str, en: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "text", "md": {"zh": zh, **({"en": en} if en else {})}, **more}


def test_a_course_names_its_lessons_and_quizzes_in_order() -> None:
    assert names_in(COURSE) == [("course", "c"), ("lesson", "a"), ("lesson", "b"), ("quiz", "q"), ("lesson", "d")]
    assert [stage_of(COURSE, key)["key"] for key in ("b", "q", "two")] == ["one", "one", "two"]  # type: ignore[index]
    assert stage_of(COURSE, "none") is None


def test_a_lesson_moves_to_another_stage_and_is_nowhere_twice() -> None:
    after = with_lesson(COURSE, "two", "a", 0)
    assert [stage["lessons"] for stage in after["stages"]] == [["b"], ["a", "d"]]
    assert COURSE["stages"][0]["lessons"] == ["a", "b"], "what it came from stays as it was"


def test_what_is_taken_out_is_gone_wherever_it_stood() -> None:
    assert without(COURSE, "q")["stages"][0]["quiz"] is None
    assert without(COURSE, "b")["stages"][0]["lessons"] == ["a"]
    assert [stage["key"] for stage in without(COURSE, "one")["stages"]] == ["two"]


@given(st.lists(st.integers(), min_size=1, unique=True), st.data())
def test_moving_one_keeps_the_order_of_the_others(items: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(items) - 1))
    to = data.draw(st.integers(-3, len(items) + 3))
    after = moved(items, place, to)
    assert after[max(0, min(to, len(items) - 1))] == items[place]
    assert [one for one in after if one != items[place]] == [one for one in items if one != items[place]]


def test_line_breaks_are_ours_and_an_empty_translation_is_none() -> None:
    assert tidy({"md": {"zh": " 一\r\n二\r三 ", "en": "  "}, "n": 3}) == {"md": {"zh": "一\n二\n三"}, "n": 3}


def test_english_beside_a_changed_chinese_is_outdated_until_it_is_written_anew() -> None:
    first = lesson(text("一", "One"), text("二", "Two"))
    changed = told_outdated(first, lesson(text("壹", "One"), text("二", "Two")))
    assert [block.get("outdated", False) for block in changed["blocks"]] == [True, False]
    still = told_outdated(changed, lesson(text("二", "Two"), text("壹", "One")))
    assert [block.get("outdated", False) for block in still["blocks"]] == [False, True], "it moves with its block"
    mended = told_outdated(still, lesson(text("二", "Two"), text("壹", "The first")))
    assert not any("outdated" in block for block in mended["blocks"])


def test_a_title_can_be_outdated_too() -> None:
    changed = told_outdated(lesson(text("一")), lesson(text("一"), title="新题"))
    assert changed["outdated"] == ["title"]
    assert "outdated" not in told_outdated(lesson(text("一")), lesson(text("二"))), "there is no English"


def test_a_new_block_asks_for_what_it_needs() -> None:
    assert new_block("picture") == {"type": "picture", "file": "", "alt": {"zh": ""}}
    assert new_block("steps")["items"] == new_block("set")["pictures"] == []
    assert new_block("check", "c-1")["question"]["key"] == "c-1"
    assert new_block("live", "l-1")["key"] == "l-1"
