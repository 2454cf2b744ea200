"""A month against its targets, what follows for the allotment, and the lines of a sheet."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.benefits.allotments.rules import (
    HEADS,
    TEMPLATE_HEADS,
    Care,
    Figures,
    Misfit,
    Verdict,
    judged,
    last_day,
    months,
    proposed,
    read_sheet,
)
from academy.text.sheets import Unreadable, lines
from academy.tiers.benefits import Allotment
from tests.roster.sheets import csv, xlsx

RULES = Allotment("gold", 20000, 50000, 30, 950, 5)
numbers = st.integers(0, 1_000_000)
months_of_care = st.builds(Figures, numbers, numbers, numbers, numbers, numbers)
verdicts = st.lists(
    st.builds(Verdict, st.just("orders"), st.just(0), st.just(0), st.sampled_from([True, False, None])),
    min_size=3,
    max_size=3,
)


def met(*figures: int) -> list[bool | None]:
    return [verdict.met for verdict in judged(Figures(*figures), RULES)]


def test_a_month_is_judged_by_three_rates() -> None:
    assert met(20000, 600, 400, 380, 3) == [True, True, True]
    assert met(20000, 599, 400, 380, 2) == [False, True, True]
    assert met(20000, 600, 400, 379, 3) == [True, False, True]
    assert met(20000, 600, 400, 380, 4) == [True, True, False]


def test_where_there_is_nothing_to_divide_by_nothing_is_judged() -> None:
    assert met(0, 0, 0, 0, 0) == [None, None, None]
    assert met(20000, 0, 10, 10, 0) == [False, True, None]
    assert met(20000, 600, 0, 0, 0) == [True, None, True]


@given(months_of_care)
def test_what_is_read_never_says_more_than_what_is_met(figures: Figures) -> None:
    for verdict in judged(figures, RULES):
        if verdict.met is not None:
            assert verdict.met == (
                verdict.rate <= verdict.target if verdict.name == "complaints" else verdict.rate >= verdict.target
            )


@given(months_of_care)
def test_more_orders_or_service_never_harms_and_more_complaints_never_help(figures: Figures) -> None:
    def good(one: Figures, name: str) -> bool:
        return next(verdict for verdict in judged(one, RULES) if verdict.name == name).met is not False

    more = Figures(figures.users, figures.orders + 1, figures.asked, figures.served + 1, figures.complaints)
    worse = Figures(figures.users, figures.orders, figures.asked, figures.served, figures.complaints + 1)
    assert good(more, "orders") >= good(figures, "orders")
    assert good(more, "service") >= good(figures, "service")
    assert good(worse, "complaints") <= good(figures, "complaints")


def test_one_begins_is_raised_after_a_good_month_and_goes_back_after_a_bad_one() -> None:
    good, bad = judged(Figures(20000, 600, 400, 380, 3), RULES), judged(Figures(20000, 0, 400, 380, 3), RULES)
    quiet = judged(Figures(20000, 600, 0, 0, 0), RULES)
    assert proposed(None, (), RULES) == 20000
    assert proposed(None, good, RULES) == 20000
    assert (proposed(20000, good, RULES), proposed(50000, good, RULES)) == (50000, 50000)
    assert (proposed(20000, bad, RULES), proposed(50000, bad, RULES)) == (20000, 20000)
    assert (proposed(20000, quiet, RULES), proposed(50000, quiet, RULES)) == (20000, 50000)
    assert proposed(50000, (), RULES) is None


@given(st.integers(1, 100_000), verdicts)
def test_a_bad_month_never_raises_and_a_good_one_never_lowers(current: int, found: list[Verdict]) -> None:
    follows = proposed(current, found, RULES)
    assert follows is not None
    if any(verdict.met is False for verdict in found):
        assert follows <= current
    else:
        assert follows >= current
    if not all(verdict.met for verdict in found):
        assert follows <= max(current, RULES.users)


def test_months_are_those_that_are_over() -> None:
    assert months(date(2026, 3, 1))[:3] == ["2026-02", "2026-01", "2025-12"]
    assert len(months(date(2026, 3, 31))) == 12
    assert (last_day("2026-02"), last_day("2026-12")) == (date(2026, 2, 28), date(2026, 12, 31))


def test_what_is_known_of_her_is_put_in_order() -> None:
    day = date(2026, 9, 1)
    care = Care.of(
        [
            ("allotment.set", "2026-08", 50000, date(2026, 9, 3)),
            ("allotment.set", "2026-06", 20000, date(2026, 7, 2)),
            ("allotment.set", "2026-07", 50000, date(2026, 8, 2)),
            *(("care." + name, "2026-08", n, day) for n, name in enumerate(("users", "orders", "asked", "served"))),
            ("care.complaints", "2026-08", 7, day),
            ("care.users", "2026-07", 1, day),
        ]
    )
    assert (care.users, care.since) == (50000, date(2026, 8, 2))
    assert care.figures == (("2026-08", Figures(0, 1, 2, 3, 7)),)
    assert care.figures_of("2026-07") is None
    assert (care.is_settled("2026-08"), care.is_settled("2026-07"), care.is_settled("2026-09")) == (True, True, False)
    assert (Care().users, Care().since) == (None, None)


HEAD = ["手机号", "用户数", "成单数", "咨询数", "已服务数", "投诉数"]


def read(*rows: list[Any]) -> tuple[list[tuple[str, tuple[int, ...]]], list[Misfit]]:
    sheet = read_sheet(lines(xlsx(*rows)))
    return [(row.shown, tuple(vars(row.figures).values())) for row in sheet.rows], sheet.misfits


def test_a_sheet_is_read_by_its_heads_and_by_phone_or_number() -> None:
    assert read(HEAD, ["138 0000 0011", 20000, 600, 400, 380, 3]) == (
        [("13800000011", (20000, 600, 400, 380, 3))],
        [],
    )
    head = ["Complaints", "Served", "Trainee number", "Users", "Orders", "Asked"]
    assert read(["Figures of August"], head, [0, "１０", "17", 20.0, "7", 10]) == ([("17", (20, 7, 10, 10, 0))], [])
    both = [*HEAD, "学员编号"]
    rows, _ = read(both, ["13800000011", 1, 1, 1, 1, 1, 17], [None, 1, 1, 1, 1, 1, 18])
    assert [shown for shown, _ in rows] == ["13800000011", "18"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_has_the_columns_that_are_read(language: str) -> None:
    sheet = read_sheet(lines(xlsx(TEMPLATE_HEADS[language], ["13800000011", None, 1, 1, 1, 1, 1])))
    assert [row.figures for row in sheet.rows] == [Figures(1, 1, 1, 1, 1)]


@pytest.mark.parametrize(
    ("row", "misfit"),
    [
        (["1380000001", 1, 1, 1, 1, 1], Misfit(2, "1380000001", "who")),
        ([None, 1, 1, 1, 1, 1], Misfit(2, "", "who")),
        (["13800000011", -5, 1, 1, 1, 1], Misfit(2, "-5", "figure", "users")),
        (["13800000011", 1, 1.5, 1, 1, 1], Misfit(2, "1.5", "figure", "orders")),
        (["13800000011", 1, 1, "=1+1", 1, 1], Misfit(2, "=1+1", "figure", "asked")),
        (["13800000011", 1, 1, 1, None, 1], Misfit(2, "", "figure", "served")),
        (["13800000011", 1, 1, 1, 1, "1e3"], Misfit(2, "1e3", "figure", "complaints")),
        (["13800000011", 1_000_001, 1, 1, 1, 1], Misfit(2, "1000001", "figure", "users")),
        (["13800000011", "9" * 60, 1, 1, 1, 1], Misfit(2, "9" * 40, "figure", "users")),
        (["13800000011", 1, 1, 1, 2, 1], Misfit(2, "2 > 1", "served")),
        (["13800000011", 1, 1, 1, 1, 2], Misfit(2, "2 > 1", "complaints")),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(row: list[Any], misfit: Misfit) -> None:
    assert read(HEAD, row) == ([], [misfit])


def test_what_is_no_sheet_of_figures_is_refused() -> None:
    for name in HEADS:
        head = ["phone", *(heads[0] for other, heads in HEADS.items() if other != name)]
        with pytest.raises(Unreadable, match="columns"):
            read_sheet(lines(xlsx(head)))
    with pytest.raises(Unreadable, match="columns"):
        read_sheet(lines(xlsx(HEAD[1:])))
    with pytest.raises(Unreadable, match="empty"):
        read_sheet(lines(xlsx(HEAD)))
    many = csv([",".join(HEAD), *(f"{13_000_000_000 + n},1,1,1,1,1" for n in range(50_001))])
    with pytest.raises(Unreadable, match="rows"):
        read_sheet(lines(many))
