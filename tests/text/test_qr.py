"""QR codes by sums are the codes that the library draws."""

from string import ascii_letters, digits

import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from academy.text.qr import BLOCK, QUIET, Family, svg

ADDRESS = "https://academy.example/v/LY-2026-0918-0037/7KQ4M2VX"
FAMILY = Family(ADDRESS)

alike = st.text(ascii_letters + digits + "-/:.%?", min_size=len(ADDRESS), max_size=len(ADDRESS))


def modules(code: tuple[int, ...], size: int) -> list[str]:
    across = -(-size // BLOCK)
    rows = (code[at : at + across] for at in range(0, len(code), across))
    return ["".join(f"{block:0{BLOCK}b}" for block in row)[:size] for row in rows]


@given(alike)
def test_any_address_as_long_has_the_code_that_the_library_draws(address: str) -> None:
    drawn = ["".join("01"[module] for module in row) for row in FAMILY.made(address.encode()).matrix]
    assert modules(FAMILY.code(address), FAMILY.size) == drawn


def test_a_scanner_reads_it() -> None:
    for address in (ADDRESS, ADDRESS.replace("0037", "4821").replace("7KQ4", "ZX9P")):
        rows = modules(FAMILY.code(address), FAMILY.size)
        image = Image.new("L", (FAMILY.size + 2 * QUIET,) * 2, 255)
        for y, row in enumerate(rows):
            for x, module in enumerate(row):
                if module == "1":
                    image.putpixel((x + QUIET, y + QUIET), 0)
        (code,) = zxingcpp.read_barcodes(image.resize((image.width * 6,) * 2, Image.Resampling.NEAREST))
        assert code.text == address


def test_the_drawing_has_its_quiet_zone_and_no_size_of_its_own() -> None:
    drawn = svg(ADDRESS, "#2b2115")
    assert f'viewBox="0 0 {FAMILY.size + 2 * QUIET} {FAMILY.size + 2 * QUIET}"' in drawn
    assert "#2b2115" in drawn
