"""How the first page greets, without a database."""

import pytest

from academy.home.rules import greeting


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (0, "night"),
        (4, "night"),
        (5, "morning"),
        (10, "morning"),
        (11, "noon"),
        (13, "afternoon"),
        (18, "evening"),
        (22, "evening"),
        (23, "night"),
    ],
)
def test_every_hour_has_its_greeting(hour: int, part: str) -> None:
    assert greeting(hour) == part
