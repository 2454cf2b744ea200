"""What may be noted of a trainee, and what a sheet of the brand's CRM tells."""

import pytest

from academy.text.sheets import Line, Unreadable
from academy.traits.rules import ATTRIBUTE, CHANNEL, TAG, Misfit, Noted, normal, number, objection, read_traits

HEAD = ["手机号", "频道", "标签", "近30天消费"]


@pytest.fixture(autouse=True)
def apart() -> None:
    """No app is needed here."""


def sheet(*rows: list[str], head: list[str] = HEAD) -> list[Line]:
    return list(enumerate([head, *rows], 1))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  母婴 ", "母婴"), ("ＶＩＰ", "VIP"), ("爱\u3000 分享", "爱 分享"), ("a\u200bb", "ab"), ("①", "1"), ("\n", "")],
)
def test_keys_that_look_alike_are_one(typed: str, kept: str) -> None:
    assert normal(typed) == kept


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0", 0),
        ("1,234", 1234),
        ("１２", 12),
        ("12.0", 12),
        ("1000000000", 10**9),
        ("1000000001", None),
        ("-1", None),
        ("1.5", None),
        ("1e3", None),
        ("²", 2),
        ("", None),
        ("=1+1", None),
    ],
)
def test_values_are_whole_numbers(typed: str, meant: int | None) -> None:
    assert number(typed) == meant


@pytest.mark.parametrize(
    "key",
    [
        "宝宝生日",
        "出生日期",
        "预产期",
        "Birthday",
        "baby birth date",
        "身份证号",
        "ID number",
        "护照",
        "宝宝姓名",
        "宝宝小名",
        "孩子叫小米",
        "Baby name",
        "宝宝2024-05-01",
        "娃20240501",
        "13800000011",
        "11010519491231002X",
        "tang@example.com",
        "微信号",
    ],
)
def test_nothing_that_names_a_child_or_opens_a_door_is_noted(key: str) -> None:
    for kind in (CHANNEL, TAG, ATTRIBUTE):
        assert objection(Noted(kind, key)) == "private"


@pytest.mark.parametrize(
    "key",
    [
        "母婴",
        "宝宝7-12月",
        "宝妈",
        "二胎妈妈",
        "新生儿",
        "双11-2025",
        "微信群活跃",
        "电话回访过",
        "rfm",
        "40",
        "x" * 40,
    ],
)
def test_what_a_brand_needs_is(key: str) -> None:
    assert objection(Noted(TAG, key)) is None


def test_a_day_of_birth_does_not_hide_in_a_number() -> None:
    assert objection(Noted(ATTRIBUTE, "宝宝", 20240501)) == "private"
    assert objection(Noted(ATTRIBUTE, "宝宝月龄", 14)) is None


@pytest.mark.parametrize("key", ["", "x" * 41, "=HYPERLINK(1)", "@sum", "-1"])
def test_a_key_is_a_short_text_and_no_formula(key: str) -> None:
    assert objection(Noted(TAG, key)) == "key"


def test_a_sheet_has_channels_tags_and_numbers() -> None:
    told = read_traits(
        sheet(
            ["13900000001", "母婴、美妆", "老客；爱分享;老客", "1,299"],
            ["139 0000 0002", "", "", "0"],
            ["13900000003", "", "", ""],
        )
    ).told
    assert [(one.line, one.phone) for one in told] == [(2, "13900000001"), (3, "13900000002")]
    assert told[0].traits == (
        Noted(CHANNEL, "母婴"),
        Noted(CHANNEL, "美妆"),
        Noted(TAG, "老客"),
        Noted(TAG, "爱分享"),
        Noted(ATTRIBUTE, "近30天消费", 1299),
    )
    assert told[1].traits == (Noted(ATTRIBUTE, "近30天消费", 0),)


def test_every_wrong_line_is_named_with_its_reason() -> None:
    found = read_traits(
        sheet(
            ["139", "", "老客", ""],
            ["", "", "老客", ""],
            ["13900000001", "", "老客", "5"],
            ["+86 139-0000-0001", "", "新客", ""],
            ["13900000002", "", "x" * 41, ""],
            ["13900000003", "", "宝宝叫小米", ""],
            ["13900000004", "", "", "很多"],
            ["13900000005", "=cmd", "", ""],
        )
    )
    assert [one.line for one in found.told] == [4]
    assert found.misfits == [
        Misfit(2, "139", "phone"),
        Misfit(3, "", "phone"),
        Misfit(5, "+86 139-0000-0001", "repeated"),
        Misfit(6, "x" * 40, "key", "tag"),
        Misfit(7, "宝宝叫小米", "private", "tag"),
        Misfit(8, "很多", "value", "近30天消费"),
        Misfit(9, "=cmd", "key", "channel"),
    ]


def test_columns_without_numbers_are_ignored_and_private_ones_are_not_even_read() -> None:
    head = ["姓名", "手机号", "宝宝生日", "身份证号", "城市", "rfm", "RFM", "rfm"]
    found = read_traits(sheet(["林晓棠", "13900000001", "20240501", "110105", "北京", "5", "6", "7"], head=head))
    assert found.private == ["宝宝生日", "身份证号"]
    assert found.ignored == ["姓名", "城市", "rfm"]
    assert found.told[0].traits == (Noted(ATTRIBUTE, "rfm", 5), Noted(ATTRIBUTE, "RFM", 6))
    assert "2024" not in str(found)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "columns"),
        (sheet(["x"], head=["姓名"]), "columns"),
        (sheet(), "empty"),
        (sheet(*[["13900000001"]] * 50_001), "rows"),
    ],
)
def test_what_is_no_such_sheet_says_why(lines: list[Line], why: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_traits(lines)
    assert error.value.reason == why


def test_fifty_thousand_lines_are_read() -> None:
    many = sheet(*[[f"139{n:08}", "母婴", "", str(n)] for n in range(50_000)])
    assert len(read_traits(many).told) == 50_000
