"""Texts that people type and fill in."""

import pytest

from academy.text.typed import blanks, fill, pieces, tidy


def test_a_text_is_kept_with_one_kind_of_line_end_and_without_what_databases_refuse() -> None:
    assert tidy("  早\r\n安\r\x00\x1b  ") == "早\n安"
    assert tidy("👩‍👧 𠮷 䶮") == "👩‍👧 𠮷 䶮"
    assert tidy(None) == ""


def test_blanks_are_found_and_plain_text_has_none() -> None:
    assert blanks("我家【月龄】，用了【多久】。") == ["【月龄】", "【多久】"]
    assert blanks("我家 14 个月】，用了【一个冬天。") == []


def test_every_listed_word_is_cut_out_and_the_longest_wins() -> None:
    text = "最好的，真是最好，医生推荐。"
    assert pieces(text, ["最好", "最好的", "医生推荐"]) == [
        ("最好的", True),
        ("，真是", False),
        ("最好", True),
        ("，", False),
        ("医生推荐", True),
        ("。", False),
    ]
    assert pieces(text, []) == [(text, False)]
    assert "".join(piece for piece, _ in pieces(text, ["最好"])) == text


def test_the_mark_of_an_advertisement_is_no_blank() -> None:
    assert blanks("我家【月龄】。【广告】") == ["【月龄】"]
    assert fill("我家【月龄】。【广告】", {"【月龄】": "14 个月"}) == "我家14 个月。【广告】"


def test_a_blank_that_stands_twice_is_filled_twice_and_what_is_filled_in_is_left_alone() -> None:
    assert fill("【物】，还是【物】", {"【物】": r"\\1 毛巾"}) == r"\\1 毛巾，还是\\1 毛巾"
    with pytest.raises(KeyError):
        fill("【物】", {})
