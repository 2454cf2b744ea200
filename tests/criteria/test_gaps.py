"""What closes a gap, without a database."""

import pytest

from academy.criteria.explain import Reason
from academy.criteria.gaps import closer
from academy.criteria.language import Leaf, parse


def reason(data: dict[str, object], met: bool = False) -> Reason:
    criterion = parse(data)
    if isinstance(criterion, Leaf):
        return Reason(criterion, met, int(met), 1)
    ((_name, items),) = data.items()
    parts = tuple(reason(item, met) for item in items)  # type: ignore[attr-defined]
    return Reason(criterion, met, 0, 1, parts)


@pytest.mark.parametrize(
    ("data", "endpoint", "key"),
    [
        ({"course": {"key": "first-steps"}}, "courses.map", None),
        ({"stage": {"key": "answers"}}, "courses.map", None),
        ({"lesson": {"key": "own"}}, "courses.map", None),
        ({"best": {"kind": "quiz.finished", "topic": "bronze-exam", "at_least": 80}}, "quizzes.intro", "bronze-exam"),
        ({"fact": {"kind": "exam.passed", "topic": "bronze-exam"}}, "quizzes.intro", "bronze-exam"),
        ({"count": {"kind": "quiz.perfect", "at_least": 5}}, "courses.map", None),
        ({"growth": {"at_least": 300}}, "courses.map", None),
        ({"count": {"kind": "checkin.done", "at_least": 7}}, "home.today", None),
        ({"fact": {"kind": "pledge.signed"}}, "pledges.show", None),
        ({"count": {"kind": "handin.accepted", "at_least": 1}}, "practice.show", "first-words"),
        ({"fact": {"kind": "handin.accepted", "topic": "self-intro"}}, "practice.show", "self-intro"),
        ({"badge": {"key": "keeper"}}, "honours.index", None),
        ({"tier": {"at_least": "silver"}}, "home.today", None),
        ({"fact": {"kind": "profile.completed"}}, "account.me", None),
        ({"not": {"fact": {"kind": "pledge.signed"}}}, "pledges.show", None),
    ],
)
def test_each_gap_leads_to_what_closes_it(data: dict[str, object], endpoint: str, key: str | None) -> None:
    shown = reason(data) if "not" not in data else Reason(parse(data), False, 0, 1, (reason(data["not"]),))  # type: ignore[arg-type]
    way = closer(shown, ["real-user-quiz", "bronze-exam"], ["first-words", "self-intro"])
    assert (way.endpoint, way.key) == (endpoint, key)


def test_a_check_in_is_closed_on_the_spot() -> None:
    assert closer(reason({"count": {"kind": "checkin.done", "at_least": 7}}), [], []).anchor == "checkin"


def test_without_practices_a_hand_in_still_leads_somewhere() -> None:
    assert closer(reason({"count": {"kind": "handin.accepted", "at_least": 1}}), [], []).endpoint == "courses.map"


def test_one_of_several_leads_to_the_first_that_is_missing() -> None:
    either = reason({"any": [{"growth": {"at_least": 9}}, {"fact": {"kind": "pledge.signed"}}]})
    assert closer(either, [], []).icon == "sprout"


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        ({"conduct": {"none_of": ["violation.serious"]}}, True),
        ({"attribute": {"key": "rfm", "at_most": 3}}, True),
        ({"not": {"fact": {"kind": "pledge.signed"}}}, True),
        ({"attribute": {"key": "rfm", "at_least": 3}}, False),
        ({"fact": {"kind": "pledge.signed"}}, False),
    ],
)
def test_what_must_not_be_has_no_fraction(data: dict[str, object], limit: bool) -> None:
    assert Reason(parse(data), False, 4, 3).is_limit == limit


def test_conditions_that_all_have_to_be_met_are_rows_and_anything_else_is_one_row() -> None:
    both = reason({"all": [{"growth": {"at_least": 9}}, {"fact": {"kind": "pledge.signed"}}]})
    assert len(list(both.conditions())) == 2
    either = reason({"any": [{"growth": {"at_least": 9}}, {"fact": {"kind": "pledge.signed"}}]})
    assert list(either.conditions()) == [either]
