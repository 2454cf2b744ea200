"""Runs of check-ins, without a database."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from academy.checkins.rules import week
from academy.journal.runs import BREAKS_AFTER, Run, current, runs

MONDAY = date(2026, 9, 14)
FRIDAY, SATURDAY, SUNDAY = (MONDAY - timedelta(days=n) for n in (3, 2, 1))
WORKDAYS = [MONDAY - timedelta(days=n) for n in (7, 6, 5, 4, 3)]


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


def test_nobody_has_a_run_before_the_first_check_in() -> None:
    assert current([], MONDAY) is None


def test_who_studies_from_monday_to_friday_still_has_her_run_on_monday_morning() -> None:
    assert current(WORKDAYS, MONDAY) == Run(WORKDAYS[0], FRIDAY, 5)


def test_her_run_breaks_on_tuesday_if_she_stays_away_on_monday_too() -> None:
    assert current(WORKDAYS, MONDAY + timedelta(days=1)) is None


def test_who_also_studied_on_saturday_has_one_day_more_in_hand() -> None:
    days = [*WORKDAYS, SATURDAY]
    assert current(days, MONDAY) == Run(WORKDAYS[0], SATURDAY, 6)
    assert current(days, MONDAY + timedelta(days=1)) is not None
    assert current(days, MONDAY + timedelta(days=2)) is None


def test_two_missed_days_are_slack_and_three_begin_a_new_run() -> None:
    assert runs([day(0), day(3)]) == [Run(day(0), day(3), 2)]
    assert runs([day(0), day(4)]) == [Run(day(0), day(0), 1), Run(day(4), day(4), 1)]


def test_days_count_once_and_in_any_order() -> None:
    assert runs([day(2), day(0), day(0), day(1)]) == [Run(day(0), day(2), 3)]


def test_a_day_that_has_not_come_yet_is_no_part_of_the_run() -> None:
    assert current([day(0), day(1)], day(0)) == Run(day(0), day(0), 1)


@given(st.sets(st.integers(0, 60), max_size=40))
def test_every_day_is_in_one_run_and_runs_lie_apart(days: set[int]) -> None:
    found = runs(day(n) for n in days)
    assert sum(run.length for run in found) == len(days)
    for run, following in itertools.pairwise(found):
        assert (following.start - run.last).days - 1 >= BREAKS_AFTER
    for run in found:
        inside = sorted(n for n in days if run.start <= day(n) <= run.last)
        assert all(b - a - 1 < BREAKS_AFTER for a, b in itertools.pairwise(inside))
        assert len(inside) == run.length


def states(days: list[date], today: date) -> list[str]:
    return [disc.state for disc in week(days, today).discs]


def test_the_week_goes_from_monday_to_sunday_and_marks_what_was_missed() -> None:
    wednesday = day(2)
    assert states([day(0)], wednesday) == ["done", "missed", "today", "ahead", "ahead", "ahead", "ahead"]
    assert states([day(0), wednesday], wednesday)[2] == "today done"


def test_the_gift_stands_on_the_day_on_which_the_seventh_check_in_can_be() -> None:
    six = [day(n) for n in range(-5, 1)]
    assert states(six, day(0))[:2] == ["today done", "gift"]
    assert states(six[:-1], day(0))[:2] == ["today", "gift"]
    # Today's own check-in would open it: the disc says what to do today.
    assert states(six, day(1))[:2] == ["done", "today"]


def test_after_the_seventh_day_the_twenty_first_is_next_and_then_nothing() -> None:
    for length, milestone, left in ((0, 7, 7), (6, 7, 1), (7, 21, 14), (20, 21, 1), (21, None, 0), (30, None, 0)):
        shown = week([day(-n) for n in range(length)], day(0))
        assert (shown.length, shown.milestone, shown.left) == (length, milestone, left)


@given(st.sets(st.integers(-30, 6), max_size=30), st.integers(0, 6))
def test_a_week_has_seven_days_one_today_and_at_most_one_gift(days: set[int], today: int) -> None:
    shown = week([day(n) for n in days if n <= today], day(today))
    found = [disc.state for disc in shown.discs]
    assert len(found) == 7
    assert [i for i, state in enumerate(found) if "today" in state] == [today]
    assert found.count("gift") <= 1
    assert shown.milestone is None or shown.milestone > shown.length
