"""Codes are read off paper and typed by people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.text.codes import ALPHABET, new_code, normal_code, printed_code


def test_codes_have_eight_letters_of_thirty_one_without_look_alikes() -> None:
    assert len(set(ALPHABET)) == 31
    assert not set("0OILU") & set(ALPHABET)
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 and set(code) <= set(ALPHABET) for code in codes)


@pytest.mark.parametrize("typed", ["7kq4m2vx", " 7KQ4-M2VX ", "7KO4 M2UX", "７ＫＱ４—Ｍ２ＶＸ", "7k04–m2vx"])
def test_a_code_is_found_however_it_was_typed(typed: str) -> None:
    assert normal_code(typed) == "7KQ4M2VX"


@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_a_printed_code_reads_back(code: str) -> None:
    assert normal_code(printed_code(code).lower()) == code


@given(st.text())
def test_any_text_normalises_to_letters_of_the_alphabet_once_and_for_all(text: str) -> None:
    code = normal_code(text)
    assert set(code) <= set(ALPHABET)
    assert normal_code(code) == code
