"""What may be written in the criteria language, and what is refused where."""

from datetime import date

import pytest

from academy.criteria.language import Invalid, Window, leaves, parse, reads


def test_a_criterion_names_all_kinds_of_fact_that_can_change_it() -> None:
    bronze = parse(
        {
            "all": [
                {"course": {"key": "first-steps"}},
                {"growth": {"at_least": 300}},
                {"any": [{"count": {"kind": "checkin.done", "at_least": 7}}, {"not": {"badge": {"key": "keeper"}}}]},
            ]
        }
    )
    worn = {"badge.awarded", "badge.withdrawn", "badge.returned"}
    assert reads(bronze) == {"course.completed", "growth", "checkin.done", *worn}
    assert [leaf.name for leaf in leaves(bronze)] == ["course", "growth", "count", "badge"]


@pytest.mark.parametrize(
    ("written", "path", "reason"),
    [
        ({"all": []}, ("all",), "at least one"),
        ({"all": [{"coarse": {"key": "x"}}]}, ("all", 0, "coarse"), "not a word"),
        ({"growth": {"at_least": "300"}}, ("growth", "at_least"), "whole number"),
        ({"growth": {"at_least": True}}, ("growth", "at_least"), "whole number"),
        ({"growth": {}}, ("growth", "at_least"), "missing"),
        ({"growth": {"at_least": 1, "of": "orders"}}, ("growth", "of"), "not a field"),
        ({"count": {"kind": "shared", "at_least": 1}}, ("count", "kind"), "not a kind of fact"),
        ({"count": {"kind": "referral.qualified", "at_least": 1}}, ("count", "kind"), "禁止传销条例"),
        ({"count": {"kind": "checkin.done", "at_least": 1, "within": "a month"}}, ("count", "within"), "30d"),
        ({"count": {"kind": "checkin.done", "at_least": 1, "this": "year"}}, ("count", "this"), "one of"),
        (
            {"count": {"kind": "checkin.done", "at_least": 1, "within": "7d", "this": "week"}},
            ("count", "this"),
            "beside",
        ),
        ({"latest": {"kind": "quiz.finished", "at_least": 1, "within": "7d"}}, ("latest", "within"), "not a field"),
        ({"count": {"kind": "quiz.passed", "at_least": 3, "highest": 0}}, ("count", "highest"), "from 1"),
        ({"count": {"kind": "quiz.passed", "at_least": 3, "highest": True}}, ("count", "highest"), "whole number"),
        (
            {"count": {"kind": "checkin.done", "at_least": 3, "highest": 1}},
            ("count", "highest"),
            "number of the attempt",
        ),
        ({"best": {"kind": "quiz.passed", "at_least": 3, "highest": 1}}, ("best", "highest"), "not a field"),
        ({"at_least": {"n": 3, "of": [{"growth": {"at_least": 1}}]}}, ("at_least", "n"), "from 1 to 1"),
        ({"growth": {"at_least": 1}, "feathers": {"at_least": 1}}, (), "exactly one key"),
        ("growth", (), "mapping"),
        ({"not": [{"growth": {"at_least": 1}}]}, ("not",), "mapping"),
    ],
)
def test_what_is_not_in_the_language_is_refused_at_its_field(written: object, path: tuple, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(written)
    assert refused.value.path == path
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("window", "first"),
    [
        (Window(days=1), date(2026, 9, 16)),
        (Window(days=30), date(2026, 8, 18)),
        (Window(period="week"), date(2026, 9, 14)),
        (Window(period="month"), date(2026, 9, 1)),
        (Window(period="season"), date(2026, 7, 1)),
    ],
)
def test_a_window_ends_today_and_begins(window: Window, first: date) -> None:
    assert window.start(date(2026, 9, 16)) == first
