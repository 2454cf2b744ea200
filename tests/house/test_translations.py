"""Every interface text is there in Chinese, and nothing is translated that nobody says."""

from tests.house.translations import problems


def test_the_chinese_catalogue_is_complete() -> None:
    assert problems() == []
