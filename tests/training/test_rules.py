"""Scripts as values, the order of a session, draws that can be checked, and how being there is counted."""

import hashlib
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.people.models import Person
from academy.training.forms import read_marks
from academy.training.rules import BLOCKS, Script, Step, counted, drawn, is_money, lot, percent, seal, steps
from tests.conftest import MONDAY
from tests.training.conftest import GAMES, WORDS


def test_a_script_is_kept_as_it_was_written() -> None:
    assert Script.of(WORDS.content) == WORDS


def test_a_script_is_whole_with_four_blocks_and_two_or_three_games() -> None:
    assert WORDS.is_whole
    assert not Script("t", WORDS.blocks, GAMES[:1]).is_whole
    assert not Script("t", {**WORDS.blocks, "step": ""}, GAMES).is_whole
    assert Script("t", {**WORDS.blocks, "step": ""}, GAMES).empty == ["step"]


def test_games_stand_after_their_blocks() -> None:
    shown = [step.block or step.n or step.kind for step in steps(WORDS)]
    assert shown == ["join", "pain", 1, "strength", "solution", 2, "step", 3, "end"]
    assert steps(None) == [Step("join"), Step("end")]


def test_a_game_is_put_into_its_place_among_the_others() -> None:
    early = Script("t", WORDS.blocks, GAMES[1:]).put(2, GAMES[0])
    assert early.games == GAMES
    assert WORDS.without(1).games == (GAMES[0], GAMES[2])


def test_a_draw_can_be_checked_by_whoever_knows_the_seed() -> None:
    tickets = [1, 2, 3, 5, 8]
    won = drawn("seed", tickets, 2)
    by_hand = sorted(tickets, key=lambda n: hashlib.sha256(f"seed:{n}".encode()).hexdigest())[:2]
    assert won == by_hand
    assert seal("seed") == hashlib.sha256(b"seed").hexdigest()


@given(st.text(min_size=1, max_size=8), st.sets(st.integers(1, 200), min_size=2, max_size=40))
def test_somebody_elses_being_there_changes_nobodys_lot(seed: str, tickets: set[int]) -> None:
    order = drawn(seed, tickets, len(tickets))
    gone = order[-1]
    assert drawn(seed, tickets - {gone}, len(tickets)) == order[:-1]
    assert lot(seed, gone) == lot(seed, gone)


def test_every_ticket_is_drawn_about_as_often() -> None:
    wins = Counter(drawn(str(n), range(1, 6), 1)[0] for n in range(2000))
    assert all(330 < wins[ticket] < 470 for ticket in range(1, 6)), wins


@pytest.mark.parametrize(
    ("last", "now", "seconds"),
    [
        (0, 1, 60),
        (0, 5, 300),
        (0, 30, 300),  # a sign of life counts five minutes at most
        (-10, -6, 0),  # before it begins
        (-2, 1, 60),
        (58, 62, 120),  # not beyond the end
        (70, 71, 0),
        (5, 3, 0),  # a clock that went back
    ],
)
def test_a_sign_of_life_counts_until_the_next_within_the_session(last: int, now: int, seconds: int) -> None:
    at = [MONDAY + timedelta(minutes=n) for n in (last, now, 0, 60)]
    assert counted(*at) == seconds


def test_nothing_counts_before_anybody_said_begin() -> None:
    assert counted(MONDAY, MONDAY + timedelta(minutes=5), None, None) == 0


def test_a_share_is_rounded_down_and_never_more_than_all() -> None:
    hour = MONDAY + timedelta(hours=1)
    assert percent(2879, MONDAY, hour) == 79
    assert percent(2880, MONDAY, hour) == 80
    assert percent(9999, MONDAY, hour) == 100
    assert percent(0, MONDAY, MONDAY) == 0


@pytest.mark.parametrize("prize", ["88元现金", "红包", "Cash", "100 元话费"])
def test_money_is_no_prize(prize: str) -> None:
    assert is_money(prize)
    assert not is_money("试用装一份")


def people() -> list[Person]:
    names = [("小棠", "13800000011"), ("阿朵", "13800000012"), ("阿朵", "13800000014"), ("Li Na", None)]
    return [Person(id=n, name=name, phone=phone, email=None) for n, (name, phone) in enumerate(names, 1)]


def test_a_pasted_list_names_members_by_name_or_number_with_their_minutes() -> None:
    read = read_marks("小棠\n138 0000 0012\t45\n阿朵\nLi Na，30分钟\n路人 50\n\n", people(), 60)
    assert read.people == {1: 100, 2: 75, 4: 50}
    assert read.unknown == ["阿朵", "路人 50"], "two are called 阿朵"


def test_a_line_twice_counts_the_longer_stay_and_no_share_is_beyond_all() -> None:
    assert read_marks("小棠 20\n小棠 900\n小棠 10", people(), 60).people == {1: 100}


def test_all_blocks_have_a_name_and_a_hint_that_helps() -> None:
    from academy.training.forms import BLOCK_HINTS, BLOCK_NAMES

    assert set(BLOCK_NAMES) == set(BLOCK_HINTS) == set(BLOCKS)
