"""What nobody can meet and what contradicts itself is pointed out; what somebody meets never is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.language import All, Any_, AtLeast, Criterion, Leaf, Not, parse, together
from academy.criteria.sense import DAILY, doubts, most_possible, names
from academy.journal.kinds import KINDS
from tests.criteria.test_agreement import Past, criteria, leaf_data, oracle, pasts

IMPOSSIBLE, CONTRADICTION = "Nobody can get further than", "contradicts another condition"


def count(kind: str, **more: Any) -> dict[str, Any]:
    return {"count": {"kind": kind, **more}}


def best(**more: Any) -> dict[str, Any]:
    return {"best": {"kind": "quiz.finished", **more}}


@pytest.fixture
def catalog(session: Session, app: Flask) -> Iterator[Catalog]:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield published(session)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        # No score is above 100, nothing that happens once happens twice, a day holds one check-in.
        (best(at_least=101), ["than 100"]),
        ({"latest": {"kind": "quiz.finished", "topic": "bronze-exam", "at_least": 101}}, ["than 100"]),
        ({"first": {"kind": "quiz.finished", "at_least": 101}}, ["than 100"]),
        (count("profile.completed", at_least=2), ["than 1."]),
        (count("lesson.completed", topic="own", at_least=2), ["than 1."]),
        (count("badge.awarded", at_least=999), [IMPOSSIBLE]),
        (count("checkin.done", at_least=8, within="7d"), ["than 7."]),
        (count("checkin.done", at_least=8, this="week"), ["than 7."]),
        (count("checkin.done", at_least=32, this="month"), ["than 31."]),
        (count("checkin.done", at_least=93, this="season"), ["than 92."]),
        ({"any": [best(at_least=101), best(at_least=80)]}, ["than 100"]),
        # What bounds the same from below and from above must leave something between.
        ({"all": [best(at_least=80), best(at_most=79)]}, [CONTRADICTION]),
        ({"all": [{"badge": {"key": "keeper"}}, {"not": {"badge": {"key": "keeper"}}}]}, [CONTRADICTION]),
        ({"all": [count("checkin.done", at_least=7), {"not": count("checkin.done", at_least=3)}]}, [CONTRADICTION]),
        ({"all": [{"not": count("checkin.done", at_most=7)}, count("checkin.done", at_most=7)]}, [CONTRADICTION]),
        ({"all": [best(at_least=80), {"all": [best(at_most=79)]}]}, [CONTRADICTION]),
        ({"any": [{"all": [best(at_least=80), best(at_most=79)]}, best(at_least=1)]}, [CONTRADICTION]),
        ({"all": [{"all": [{"any": [{"all": [best(at_least=2), best(at_most=1)]}]}]}]}, [CONTRADICTION]),
        (
            {
                "all": [
                    {"conduct": {"none_of": ["violation.serious"]}},
                    {"not": {"conduct": {"none_of": ["violation.serious"]}}},
                ]
            },
            [CONTRADICTION],
        ),
        ({"at_least": {"n": 1, "of": [best(at_least=101), count("profile.completed", at_least=2)]}}, [IMPOSSIBLE] * 2),
    ],
)
def test_what_is_doubtful_is_pointed_out_with_its_reason(
    catalog: Catalog, data: dict[str, Any], said: list[str]
) -> None:
    found = doubts(catalog, parse(data))
    assert len(found) == len(said), found
    for doubt, words in zip(found, said, strict=True):
        assert words in doubt.why


@pytest.mark.parametrize(
    "data",
    [
        best(at_least=100),
        best(at_most=101),
        {"not": best(at_least=101)},
        count("profile.completed", at_least=1),
        count("checkin.done", at_least=7, this="week"),
        count("checkin.done", at_least=1000),
        count("question.right", at_least=3),
        count("handin.accepted", topic="first-words", at_least=2),
        # Figures of several months may come in on one day.
        count("care.users", at_least=3, within="30d"),
        {"all": [best(at_least=80), best(at_most=80)]},
        {"all": [best(at_least=80), {"best": {"kind": "quiz.finished", "topic": "bronze-exam", "at_most": 79}}]},
        {"all": [count("checkin.done", at_least=7), count("checkin.done", at_most=3, within="7d")]},
        {"any": [best(at_least=80), best(at_most=79)]},
        {"all": [{"tier": {"at_least": "silver"}}, {"not": {"tier": {"at_least": "gold"}}}]},
        # Without a try there is no score, neither a high nor a low one.
        {"all": [{"not": best(at_least=80)}, {"not": best(at_most=90)}]},
    ],
)
def test_what_somebody_can_meet_is_not(catalog: Catalog, data: dict[str, Any]) -> None:
    assert doubts(catalog, parse(data)) == []


def pieces(criterion: Criterion) -> Iterator[Criterion]:
    """What has to be met together, once for each branch that may be taken."""
    parts = tuple(together(criterion))
    yield All(tuple(part for part in parts if isinstance(part, Leaf | Not)))
    for part in parts:
        if isinstance(part, Any_ | AtLeast):
            for item in part.items:
                yield from pieces(item)


def lawful(past: Past) -> Past:
    """A history without what can't happen: twice what happens once, two check-ins a day."""
    facts: dict[tuple[Any, ...], Any] = {}
    for n, (kind, topic, value, ago) in enumerate(past.facts):
        once = (kind, topic) if not KINDS[kind].occurrence else (kind, ago) if kind in DAILY else (n,)
        facts.setdefault(once, (kind, topic, value, ago))
    return replace(past, facts=tuple(facts.values()))


# Bounds of few things, many of them, so that they meet often.
narrow = st.lists(st.one_of(leaf_data, leaf_data.map(lambda leaf: {"not": leaf})), min_size=2, max_size=4).flatmap(
    lambda items: st.permutations(items * 2).map(lambda mixed: {"all": mixed[:5]})
)
FEW = [
    *(
        {name: {"kind": "quiz.finished", bound: n}}
        for name in ("best", "count", "sum")
        for bound, n in (("at_least", 2), ("at_most", 2))
    ),
    *({"attribute": {"key": "rfm", bound: n}} for bound in ("at_least", "at_most") for n in (1, 3)),
    *(
        {"ratio": {"kind": "handin.accepted", "over": {"kind": "checkin.done"}, bound: n}}
        for bound in ("at_least", "at_most")
        for n in (50, 51)
    ),
    *(count("checkin.done", within="3d", **{bound: n}) for bound in ("at_least", "at_most") for n in (1, 3, 4)),
]
few = st.lists(
    st.one_of(st.sampled_from(FEW), st.sampled_from(FEW).map(lambda leaf: {"not": leaf})), min_size=2, max_size=3
).map(lambda items: {"all": items})
NOTHING = Past((), "bronze", 0, 0, 0)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.one_of(criteria, narrow, few), histories=st.lists(pasts.map(lawful), min_size=1, max_size=4))
@example(data={"all": [{"not": FEW[0]}, {"not": FEW[1]}]}, histories=[])
@example(data={"all": [{"not": {"best": {"kind": "approval.given", "at_least": 0}}}] * 2}, histories=[])
def test_nothing_that_a_history_meets_is_doubted(catalog: Catalog, data: dict[str, Any], histories: list[Past]) -> None:
    criterion = parse(data)
    doubted = [piece for piece in pieces(criterion) if doubts(catalog, piece)]
    for piece in doubted:
        assert not [past for past in (NOTHING, *histories) if oracle(piece, past)], doubts(catalog, piece)
    assert len(doubts(catalog, criterion)) == sum(len(doubts(catalog, piece)) for piece in doubted)


def test_the_most_that_is_possible(catalog: Catalog) -> None:
    def most(data: dict[str, Any]) -> int | None:
        leaf = parse(data)
        assert isinstance(leaf, Leaf)
        return most_possible(catalog, leaf)

    assert most(best(at_least=1)) == 100
    assert most({"sum": {"kind": "quiz.finished", "at_least": 1}}) is None
    assert most(count("course.completed", at_least=1)) == len(catalog.courses)
    assert most(count("lesson.completed", at_least=1)) == len(catalog.lessons)
    assert most(count("quiz.finished", at_least=1)) is None
    assert most({"growth": {"at_least": 1}}) is None


def test_a_criterion_names_what_its_leaves_are_about() -> None:
    criterion = parse({"any": [{"not": {"badge": {"key": "keeper"}}}, {"certificate": {"key": "silver-honor"}}]})
    assert names(criterion, "badge.awarded", "keeper")
    assert not names(criterion, "badge.awarded", "first-seed")
    assert not names(criterion, "tier.reached", "keeper")
    assert names(criterion, "certificate.issued", "silver-honor")
