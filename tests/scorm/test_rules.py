"""What a SCO may tell, and what it comes to."""

import pytest

from academy.scorm.rules import UNKNOWN, WRONG_TYPE, Wrong, beginning, judged, over, score, seconds, span, taken, told

STATUS, RAW = "cmi.core.lesson_status", "cmi.core.score.raw"


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (STATUS, "completed"),
        (RAW, "87.5"),
        (RAW, ""),
        ("cmi.core.lesson_location", "页" * 255),
        ("cmi.suspend_data", "存" * 4096),
        ("cmi.suspend_data", "a\nb"),
        ("cmi.core.exit", ""),
        ("cmi.core.session_time", "0001:02:03.45"),
        ("cmi.objectives.0.status", "passed"),
        ("cmi.objectives.249.score.raw", "100"),
        ("cmi.interactions.3.correct_responses.0.pattern", "a,b"),
        ("cmi.interactions.3.weighting", "-1.5"),
        ("cmi.interactions.3.result", "0.5"),
        ("cmi.student_preference.audio", "-1"),
    ],
)
def test_what_the_standard_allows_is_kept(element: str, value: str) -> None:
    assert taken({element: value}) == {element: value}


@pytest.mark.parametrize(
    ("element", "value", "code"),
    [
        (STATUS, "finished", WRONG_TYPE),
        (RAW, "101", WRONG_TYPE),
        (RAW, "-1", WRONG_TYPE),
        (RAW, "1e2", WRONG_TYPE),
        (RAW, 80, WRONG_TYPE),
        ("cmi.core.lesson_location", "x" * 256, WRONG_TYPE),
        ("cmi.suspend_data", "x" * 4097, WRONG_TYPE),
        ("cmi.suspend_data", "a\0b", WRONG_TYPE),
        ("cmi.core.session_time", "5 minutes", WRONG_TYPE),
        ("cmi.core.session_time", "99999:00:00", WRONG_TYPE),
        ("cmi.objectives.250.id", "x", UNKNOWN),
        ("cmi.interactions.9999999999.id", "x", UNKNOWN),
        ("cmi.interactions.0.essay", "x", UNKNOWN),
        ("cmi.core.role", "brand", UNKNOWN),
        ("__proto__", "x", UNKNOWN),
        ("", "x", UNKNOWN),
    ],
)
def test_what_it_does_not_allow_is_refused_with_its_code(element: str, value: object, code: int) -> None:
    with pytest.raises(Wrong) as found:
        taken({element: value})
    assert found.value.code == code


def test_what_is_ours_to_say_is_not_taken_from_a_sco() -> None:
    ours = {
        "cmi.core.student_id": "other",
        "cmi.core.credit": "no-credit",
        "cmi.core.total_time": "9999:00:00",
        "cmi.student_data.mastery_score": "0",
        "cmi.launch_data": "x",
        "cmi.interactions.0.objectives": {},
        "cmi.objectives": {},
    }
    assert taken(ours) == {}


@pytest.mark.parametrize("body", [None, [], "x", 7, {"number": 1}, {"ended": True}, {"ended": 1, "number": 1}])
def test_a_save_that_is_none_is_refused(body: object) -> None:
    with pytest.raises(Wrong):
        told(body)


def test_a_number_that_is_no_number_is_refused() -> None:
    for number in (-1, 2**31, 1.5, "1", True, None):
        with pytest.raises(Wrong):
            told({"number": number, "position": 0, "session": 1, "ended": False, "cmi": {}})


def data(status: str = "", raw: str = "", mastery: str = "") -> dict[str, str]:
    told = {STATUS: status, RAW: raw, "cmi.student_data.mastery_score": mastery}
    return {element: value for element, value in told.items() if value}


@pytest.mark.parametrize(
    ("told", "ended", "status"),
    [
        (data(), False, "not attempted"),
        (data("completed"), False, "completed"),
        (data("completed", "30"), True, "completed"),
        (data("completed", "80", "80"), False, "passed"),
        (data("completed", "79.9", "80"), False, "failed"),
        (data("passed", "10", "80"), True, "failed"),
        (data("incomplete", "90", "80"), False, "incomplete"),
        (data("incomplete", "90", "80"), True, "passed"),
        (data("completed", "", "80"), False, "incomplete"),
        (data("completed", "", "80"), True, "completed"),
        (data("", "85", "80"), True, "passed"),
    ],
)
def test_a_mastery_score_decides_once_there_is_a_score(told: dict[str, str], ended: bool, status: str) -> None:
    assert judged(told, ended) == status


def test_a_score_is_told_in_per_cent_of_its_range() -> None:
    parts = {RAW: "15", "cmi.core.score.min": "10", "cmi.core.score.max": "20"}
    assert score(parts) == 50
    assert score({RAW: "64"}) == 64
    assert score({RAW: "5", "cmi.core.score.max": "0"}) == 5
    assert score({}) is None


def test_what_failed_may_be_tried_again_only_where_it_was_suspended() -> None:
    assert over("failed", {}, ended=True)
    assert not over("failed", {"cmi.core.exit": "suspend"}, ended=True)
    assert not over("failed", {}, ended=False)
    assert over("passed", {}, ended=False)


def test_time_goes_there_and_back() -> None:
    assert seconds("0001:02:03.99") == 3723
    assert span(3723) == "0001:02:03.00"
    assert seconds("9999:00:00") == 24 * 3600
    assert seconds("") == 0


def test_a_sco_finds_what_it_left_and_nothing_of_its_exit() -> None:
    kept = {
        STATUS: "incomplete",
        "cmi.core.exit": "suspend",
        "cmi.suspend_data": "x",
        "cmi.core.session_time": "00:01:00",
    }
    found = beginning({"launch": "go"}, kept, 60, "normal", ("id", "学员"))
    assert found["cmi.core.entry"] == "resume"
    assert found["cmi.suspend_data"] == "x"
    assert found["cmi.core.total_time"] == "0000:01:00.00"
    assert "cmi.core.exit" not in found
    assert "cmi.core.session_time" not in found
    assert beginning({}, {}, 0, "normal", ("id", ""))["cmi.core.entry"] == "ab-initio"
    assert beginning({}, {}, 0, "browse", ("id", ""))["cmi.core.credit"] == "no-credit"
