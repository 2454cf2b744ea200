"""What a certificate may say, and how names, numbers and codes are written."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.achievements.certificates.rules import (
    DISCLAIMER,
    Design,
    Emblem,
    Issuer,
    Paper,
    Picture,
    Signature,
    Words,
    chinese_date,
    chinese_number,
    clean_name,
    design_problems,
    fields_of,
    fill,
    graphemes,
    mask_name,
    name_problem,
    serial_number,
    wording,
    wording_problem,
)

SILVER = Design(
    key="silver",
    title=Words("荣誉证书", "Certificate of Honor"),
    subtitle=Words("「快乐宝妈·白银」"),
    body=Words("您已完成鹿芽学堂{course}全部课程，结业考核{score}分，成绩合格，现授予"),
    closing=Words("荣誉称号。特颁此证，以资鼓励。"),
    emblem=Emblem("silver", 2),
    issuer=Issuer("鹿芽有限公司", "鹿芽学堂"),
    seal="鹿芽之印",
    figures=frozenset({"course", "score"}),
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (8, "八"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (92, "九十二"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (112, "一百一十二"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (2026, "二千零二十六"),
        (9999, "九千九百九十九"),
    ],
)
def test_a_score_is_written_in_chinese_numerals(number: int, words: str) -> None:
    assert chinese_number(number) == words


def test_numbers_beyond_four_digits_are_refused() -> None:
    for number in (-1, 10_000):
        with pytest.raises(ValueError, match=str(number)):
            chinese_number(number)


def test_each_number_has_its_own_words() -> None:
    assert len({chinese_number(number) for number in range(10_000)}) == 10_000


def test_a_date_is_written_as_certificates_write_it() -> None:
    assert chinese_date(date(2026, 9, 18)) == "二〇二六年九月十八日"
    assert chinese_date(date(2030, 12, 31)) == "二〇三〇年十二月三十一日"
    assert chinese_date(date(2027, 10, 20)) == "二〇二七年十月二十日"


def test_a_serial_names_the_day_and_counts_on_it() -> None:
    assert serial_number("LY", date(2026, 9, 18), 37) == "LY-2026-0918-0037"
    assert serial_number("LY", date(2026, 9, 18), 12345) == "LY-2026-0918-12345"


def test_fields_are_set_and_numbers_become_numerals() -> None:
    assert fields_of(SILVER.body.zh) == {"course", "score"}
    assert fill("{course}考核{score}分", {"course": "青铜阶段", "score": 92}) == "青铜阶段考核九十二分"


def test_a_field_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{score}分", {})


def test_a_field_reaches_nothing_but_its_value() -> None:
    assert fill("{score.__class__}", {"score": 92}) == "{score.__class__}"
    assert fill("{name}", {"name": "{score}", "score": 92}) == "{score}"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("林晓棠", "林*棠"),
        ("林棠", "林*"),
        ("林", "*"),
        ("欧阳小棠", "欧*棠"),
        ("𠮷田", "𠮷*"),
        ("䶮𠮷䶮", "䶮*䶮"),
        ("葛\U000e0100城", "葛\U000e0100*"),
        ("买买提·艾力", "买*力"),
        ("김민준", "김*준"),
        ("Tang Lin", "T*** L**"),
        ("O'Neil", "O*****"),
        ("T Lin", "* L**"),
        ("A", "*"),
        ("Zoe\u0308", "Z**"),
        ("", "*"),
    ],
)
def test_a_name_is_masked_for_the_public(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(max_size=60))
def test_a_mask_is_never_empty_and_shows_at_most_the_ends(name: str) -> None:
    masked = mask_name(name)
    assert masked
    words = masked.split(" ")
    assert len(words) <= max(1, len(clean_name(name).split()))
    for word in words:
        assert "*" in word
        assert len(graphemes(word.replace("*", "", 1).strip("*"))) <= 2


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=40))
def test_a_chinese_mask_hides_how_long_the_name_is(name: str) -> None:
    shown = graphemes(name)
    expected = {1: "*", 2: shown[0] + "*"}.get(len(shown), f"{shown[0]}*{shown[-1]}")
    assert mask_name(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "林晓棠",
        "棠",
        "𠮷䶮",
        "〇",
        "买买提·艾力",
        "买买提•艾力",
        "O'Neil",
        "Anne-Marie",
        "J. R. Lin",
        "김민준",
        "Nguyễn Thị Ánh",
        "ไทย",
        "佐々木",
    ],
)
def test_names_of_any_script_are_accepted(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "name-empty"),
        ("　 ", "name-empty"),
        ("林" * 41, "name-too-long"),
        ("a" * 200, "name-too-long"),
        ("林2", "name-digits"),
        ("林２", "name-digits"),
        ("林🌸", "name-letters"),
        ("林\n棠", "name-letters"),
        ("林\u202e棠", "name-letters"),
        ("林\u200b棠", "name-letters"),
        ("林\u3164", "name-letters"),
        ("𝓛𝓲𝓷", "name-letters"),
        ("<b>林", "name-letters"),
        ("-棠", "name-start"),
        ("\u0301a", "name-start"),
    ],
)
def test_what_is_no_name_is_refused(name: str, problem: str) -> None:
    assert name_problem(name) == problem


def test_a_name_is_stored_with_one_kind_of_dot_and_space() -> None:
    assert clean_name(" 买买提・艾力　") == "买买提·艾力"
    assert clean_name("Tang   Lin") == "Tang Lin"
    assert clean_name("Zoe\u0308") == "Zoë"


@given(st.text(max_size=60))
def test_cleaning_a_name_twice_changes_nothing(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "国家级荣誉",
        "全国优秀学员",
        "中国好宝妈",
        "國家級",
        "国 家",
        "全·国",
        "职业资格证书",
        "职业技能等级",
        "技能人员",
        "人社部监制",
        "National Award",
        "Vocational Qualification",
        f"{DISCLAIMER}，是职业资格",
    ],
)
def test_wording_that_imitates_a_state_certificate_is_refused(text: str) -> None:
    assert wording_problem(text)


@pytest.mark.parametrize(
    "text",
    [
        DISCLAIMER,
        "荣誉证书",
        "快乐宝妈·白银",
        "我的第一个20人社群",
        "本人社交账号",
        "Certificate of Honor",
        "international friends",
    ],
)
def test_honest_wording_passes(text: str) -> None:
    assert wording_problem(text) is None


def test_a_sound_design_has_no_problem() -> None:
    assert design_problems(SILVER) == {}


def test_each_problem_of_a_design_names_its_field() -> None:
    unfit = replace(
        SILVER,
        title=Words("国家荣誉证书", "National Certificate"),
        seal="鹿芽学堂印",
        body=Words("您" * 200),
        emblem=Emblem("tin", 6),
    )
    assert design_problems(unfit) == {
        "title.zh": "国家",
        "title.en": "national",
        "body.zh": "body-too-long",
        "seal": "seal-length",
        "emblem.metal": "unknown-metal",
        "emblem.feathers": "feathers-range",
    }


def test_the_company_keeps_its_registered_name() -> None:
    assert design_problems(replace(SILVER, issuer=Issuer("鹿芽（中国）有限公司", "鹿芽学堂"))) == {}


DOCUMENT = {
    "key": "silver",
    "title": {"zh": "荣誉证书", "en": "Certificate of Honor"},
    "subtitle": "「快乐宝妈·白银」",
    "body": "您已完成{course}，现授予",
    "closing": "特颁此证。",
    "emblem": {"metal": "silver", "feathers": 2},
    "paper": "gold",
    "fields": {"course": {"course": "bronze"}},
}
BRAND = {
    "company": "鹿芽有限公司",
    "academy": {"zh": "鹿芽学堂", "en": "Luya Academy"},
    "seal": "鹿芽之印",
    "logo": "4" * 40 + ".png",
}


def test_a_design_of_before_is_chinese_landscape_with_the_brands_seal_and_without_end() -> None:
    old = Design.of(DOCUMENT, BRAND)
    assert (old.orientation, old.language, old.numerals, old.seal) == ("landscape", "zh", "chinese", "鹿芽之印")
    assert (old.signature, old.logo, old.valid_days) == (None, None, None)
    assert old.body == Words("您已完成{course}，现授予")
    assert design_problems(old) == {}
    new = Design.of(
        {**DOCUMENT, **{text: {"zh": DOCUMENT[text], "en": ""} for text in ("subtitle", "body", "closing")}}, BRAND
    )
    assert new == old


def test_a_design_may_have_its_own_seal_a_signature_and_the_logo() -> None:
    hand, cut = "5" * 40 + ".png", "6" * 40 + ".png"
    parts = {"seal": {"picture": cut}, "signature": {"picture": hand, "name": "许知夏"}, "logo": True}
    design = Design.of({**DOCUMENT, **parts}, BRAND, lambda name: Picture(name, b"seen"))
    assert design.seal == Picture(cut)
    assert design.signature == Signature(Picture(hand), "许知夏")
    assert design.logo
    assert design.logo.data == b"seen"
    assert Design.of({**DOCUMENT, "seal": "芽"}, BRAND).seal == "芽"


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"paper": "velvet"}, {"paper": "unknown-paper"}),
        ({"orientation": "round"}, {"orientation": "unknown-orientation"}),
        ({"language": "fr"}, {"language": "unknown-language"}),
        ({"numerals": "roman"}, {"numerals": "unknown-numerals"}),
        ({"valid_days": 29}, {"valid_days": "days-range"}),
        ({"valid_days": 3651}, {"valid_days": "days-range"}),
        ({"valid_days": 30}, {}),
        ({"body": Words("考核{points}分")}, {"body.zh": "field-unknown"}),
        ({"body": Words("{name}{salutation}{date}{serial}{issuer}{score}")}, {}),
        ({"title": Words("荣誉{name}")}, {"title.zh": "field-unknown"}),
        ({"language": "en", "body": Words("好")}, {"subtitle.en": "text-missing", "body.en": "text-missing"}),
        ({"signature": Signature(Picture("x"), "国务院")}, {"signature.name": "国务院"}),
        ({"signature": Signature(Picture("x"), "")}, {"signature.name": "signatory-length"}),
        ({"subtitle": Words("国家级能手")}, {"subtitle.zh": "国家"}),
    ],
)
def test_each_part_of_a_design_has_its_bounds(change: dict[str, object], problems: dict[str, str]) -> None:
    design = replace(SILVER, title=Words("荣誉证书", "Certificate of Honor"))
    assert design_problems(replace(design, **change)) == problems  # type: ignore[arg-type]


def test_words_are_written_in_the_language_of_the_paper() -> None:
    design = replace(SILVER, body=Words("{tier}，{score}分，{date}", "{tier}, {score} points, {date}"))
    row = Paper("林", "LY-1", "X", date(2026, 9, 8), "", fields={"score": 92, "tier": {"zh": "白银", "en": "Silver"}})
    assert wording(design, row, "zh")["body"] == "白银，九十二分，二〇二六年九月八日"
    assert wording(design, row, "en")["body"] == "Silver, 92 points, September 8, 2026"
    digits = replace(design, numerals="digits")
    assert wording(digits, row, "zh")["body"] == "白银，92分，2026年9月8日"


def test_a_count_without_short_chinese_words_is_in_digits() -> None:
    assert fill("{count}", {"count": 10_000}) == "10000"
