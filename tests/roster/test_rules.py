"""The pure decisions of the roster."""

from datetime import date, datetime

import pytest

from academy import clock
from academy.criteria.explain import Reason
from academy.criteria.language import All, Any_, Leaf
from academy.journal.presence import absent_since
from academy.roster.rules import last_digits, unmet


@pytest.fixture(autouse=True)
def apart() -> None:
    """No app is needed here."""


def test_the_three_missed_days_begin_at_midnight_of_the_brand() -> None:
    since = absent_since(date(2026, 9, 14))
    assert since == date(2026, 9, 11)
    assert clock.beginning(since) == datetime(2026, 9, 11, tzinfo=clock.ZONE)


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
