"""The pure decisions of the roster."""

from datetime import date, datetime

import pytest

from academy import clock as time
from academy.criteria.explain import Reason
from academy.criteria.language import All, Any_, Leaf
from academy.journal.presence import absent_since
from academy.people.rules import PHASES, RECRUITING, TIER
from academy.roster.rules import (
    cohort_name,
    first_day,
    following,
    last_digits,
    phase_after,
    phase_before,
    qr_state,
    shifted,
    unmet,
)
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def apart() -> None:
    """No app is needed here."""


def test_the_three_missed_days_begin_at_midnight_of_the_brand() -> None:
    since = absent_since(date(2026, 9, 14))
    assert since == date(2026, 9, 11)
    assert time.beginning(since) == datetime(2026, 9, 11, tzinfo=time.ZONE)


def test_conditions_are_the_parts_of_all_and_alternatives_are_one() -> None:
    a, b, c, d = (Leaf("count", kind) for kind in ("a", "b", "c", "d"))
    either = Reason(Any_((b, c)), False, 0, 1, (Reason(b, False, 0, 1), Reason(c, False, 0, 1)))
    inner = Reason(All((d,)), False, 0, 1, (Reason(d, False, 2, 7),))
    whole = Reason(All((a, either.criterion, inner.criterion)), False, 1, 3, (Reason(a, True, 1, 1), either, inner))
    assert [reason.criterion for reason in whole.conditions()] == [a, either.criterion, d]
    assert [reason.criterion for reason in unmet(whole)] == [either.criterion, d]
    assert list(unmet(Reason(a, True, 1, 1))) == []


@pytest.mark.parametrize(("typed", "found"), [("0011", "0011"), ("011", None), ("00112", None), ("小棠", None)])
def test_four_digits_are_the_end_of_a_phone_number(typed: str, found: str | None) -> None:
    assert last_digits(typed) == found


@pytest.mark.parametrize(
    ("kind", "title", "number", "phase", "name"),
    [
        (RECRUITING, "鹿芽", 3, "recruiting", "鹿芽 03 群 · 招募"),
        (RECRUITING, "鹿芽", 3, "before", "鹿芽 03 群 · 培训"),
        (RECRUITING, "鹿芽", 12, "training", "鹿芽 12 群 · 培训中"),
        (RECRUITING, "鹿芽秋季群", None, "closing", "鹿芽秋季群 · 培训末"),
        (RECRUITING, "鹿芽", 120, "ended", "鹿芽 120 群 · 培训结束"),
        (TIER, "青铜", 7, "training", "青铜 07 班"),
        (TIER, "青铜", 7, "closing", "青铜 07 班"),
        (TIER, "快乐宝妈白银", None, "recruiting", "快乐宝妈白银"),
        (TIER, "青铜", 7, "ended", "青铜 07 班 · 已结业"),
    ],
)
def test_a_name_is_made_of_title_number_and_phase(
    kind: str, title: str, number: int | None, phase: str, name: str
) -> None:
    assert cohort_name(kind, title, number, phase) == name


def test_a_name_fits_its_column_however_long_the_title_was_once() -> None:
    assert len(cohort_name(RECRUITING, "长" * 60, 9999, "ended")) == 60
    assert cohort_name(TIER, "长" * 60, None, "ended").endswith("长 · 已结业")


@pytest.mark.parametrize(
    ("title", "number", "after"),
    [
        ("青铜", 7, ("青铜", 8)),
        ("青铜 07 班", None, ("青铜", 8)),
        ("鹿芽 3 群", None, ("鹿芽", 4)),
        ("快乐宝妈", None, ("快乐宝妈", None)),
        ("7 班", None, ("7 班", None)),
        ("2026 秋", None, ("2026 秋", None)),
    ],
)
def test_the_next_one_has_the_next_number(title: str, number: int | None, after: tuple[str, int | None]) -> None:
    assert following(title, number) == after


def test_phases_follow_each_other_in_one_order() -> None:
    assert [phase_after(phase) for phase in PHASES] == [*PHASES[1:], None]
    assert [phase_before(phase) for phase in PHASES] == [None, *PHASES[:-1]]


def test_a_calendar_moves_as_a_whole_and_keeps_its_hours_and_weekdays() -> None:
    friday, monday = datetime(2026, 9, 18, 20, 0, tzinfo=time.ZONE), datetime(2026, 9, 21, 0, 30, tzinfo=time.ZONE)
    assert first_day([monday, friday], date(2026, 9, 14)) == date(2026, 9, 25)
    assert first_day([friday], date(2026, 9, 18)) == date(2026, 9, 25)
    assert first_day([], date(2026, 9, 14)) == date(2026, 9, 21)
    assert shifted([friday, monday], date(2026, 10, 2)) == [
        datetime(2026, 10, 2, 20, 0, tzinfo=time.ZONE),
        datetime(2026, 10, 5, 0, 30, tzinfo=time.ZONE),
    ]
    assert shifted([], date(2026, 10, 2)) == []


def test_a_code_works_warns_and_is_over(clock: Clock) -> None:
    until = datetime(2026, 9, 21, 10, 0, tzinfo=time.ZONE)
    states = []
    for days in (0, 5, 6.99, 7):
        clock.to(datetime(2026, 9, 14, 10, 0, tzinfo=time.ZONE))
        clock.move(days=days)
        states.append(qr_state(until, time.now()))
    assert states == ["works", "ends", "ends", "over"]
    assert qr_state(None, time.now()) is None
