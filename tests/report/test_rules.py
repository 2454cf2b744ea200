"""The pure decisions of the weekly report."""

from datetime import date, datetime, timedelta

import pytest

from academy import clock
from academy.report.rules import MOST_BYTES, Note, Signs, Week, chart, fitting, notes, rate, reviews, week_from

TODAY = date(2026, 9, 16)  # a Wednesday


@pytest.fixture(autouse=True)
def apart() -> None:
    """No app is needed here."""


def test_a_week_is_seven_days_from_monday() -> None:
    week = Week.of(date(2026, 9, 20))
    assert (week.monday, week.sunday) == (date(2026, 9, 14), date(2026, 9, 20))
    assert week.before.after == week
    assert len(set(week.days)) == 7


@pytest.mark.parametrize(
    ("typed", "monday"),
    [
        ("2026-09-14", date(2026, 9, 14)),
        ("2026-09-16", date(2026, 9, 14)),
        ("2026-09-21", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("2019-12-30", None),
        ("2026-02-30", None),
        ("", None),
        ("x' OR 1=1", None),
    ],
)
def test_an_address_names_a_week_that_has_begun(typed: str, monday: date | None) -> None:
    found = week_from(typed, TODAY)
    assert (found and found.monday) == monday


def test_reviews_are_judged_by_the_promise_of_eight_in_the_evening() -> None:
    monday = datetime(2026, 9, 14, 10, tzinfo=clock.ZONE)
    due = monday + timedelta(hours=34)
    late, soon = due + timedelta(seconds=1), monday + timedelta(hours=2)
    assert reviews([(monday, due, due), (monday, due, late), (monday, due, soon)]).late == 1
    assert reviews([(monday, due, due), (monday, due, soon)]).hours == 18
    assert reviews([]).hours is None


def test_nobody_has_no_rate() -> None:
    assert rate(0, 0) is None
    assert rate(1, 3) == 33


QUIET = Signs(rate=80, away=1, share_away=10, overdue=0, late=0)


@pytest.mark.parametrize(
    ("signs", "found"),
    [
        (QUIET, []),
        (Signs(49, 0, 0, 0, 0), [Note("rate", 49)]),
        (Signs(50, 0, 0, 0, 0), []),
        (Signs(None, 0, None, 0, 0), []),
        (Signs(80, 0, 0, 0, 0, [("券", 9), ("奖", 10)]), [Note("stock", 9, "券")]),
        (Signs(80, 0, 0, 0, 0, (), [("甲", 90), ("乙", 20), ("丙", 40), ("丁", None)]), [Note("cohort", 20, "乙")]),
        (Signs(80, 3, 30, 0, 0), [Note("away", 3)]),
        (Signs(20, 9, 90, 2, 4, [("券", 0)]), [Note("overdue", 2), Note("stock", 0, "券"), Note("rate", 20)]),
    ],
)
def test_at_most_three_things_need_attention_the_pressing_ones_first(signs: Signs, found: list[Note]) -> None:
    assert notes(signs) == found


def test_a_message_holds_whole_lines_and_never_more_than_it_may() -> None:
    assert fitting(["一", "二"]) == "一\n二"
    many = fitting(f"第 {n} 班：学习率 80%" for n in range(200))
    assert MOST_BYTES - 40 < len(many.encode()) <= MOST_BYTES
    assert many.splitlines()[-1].endswith("80%")
    assert len(fitting(["鹿" * 1000, "芽"]).encode()) <= MOST_BYTES
    assert set(fitting(["鹿" * 1000])) == {"鹿"}


def test_the_chart_has_whole_steps_and_labels_that_do_not_touch() -> None:
    drawn = chart([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 0, 7])
    assert [value for _y, value in drawn.grid] == [0, 2, 4, 6, 8]
    assert abs(drawn.labels[0] - drawn.labels[1]) >= 14
    assert drawn.now[0][0] < drawn.now[-1][0]
    assert chart([0], [0] * 7).now == [chart([0], [0] * 7).before[0]]
