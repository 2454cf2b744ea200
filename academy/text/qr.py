"""QR codes of many addresses that differ in a few letters, drawn a hundred times as quickly as one by one.

A QR code is linear: the code of a text is the code of another one of the same length, exclusive-or what each differing
bit changes (ISO/IEC 18004: data, Reed–Solomon code words and mask are all sums over GF(2)). segno, which knows the
standard, is asked once for each bit that ever differs.
"""

import re
from functools import cache, lru_cache, partial
from io import BytesIO
from struct import Struct

import segno

QUIET = 4
"""Empty modules around a code, as the standard asks."""
BLOCK = 11
"""Modules of a row that are drawn at a time."""
ENDING = 16
"""Letters at the end that hardly two texts have in common."""


@lru_cache(maxsize=64)
def _family(like: str) -> "Family":
    return Family(like)


def family(address: str) -> "Family":
    """The codes of all addresses that differ from this one in the figures and the last part only."""
    rest, _, last = address.rpartition("/")
    return _family(f"{rest.translate(_ZEROS)}/{'A' * len(last)}")


_ZEROS = str.maketrans("123456789", "000000000")


@lru_cache(maxsize=64)
def side(length: int) -> int:
    """How many modules the codes of all texts of a length measure, without the quiet zone."""
    return _family("A" * length).size


class Family:
    """The codes of level M of all texts as long as one, with the mask that is best for that one."""

    def __init__(self, like: str) -> None:
        self._like = like.encode("ascii")
        first = segno.make(self._like, error="m", boost_error=False, micro=False, mode="byte")
        self._version, self._mask = first.version, first.mask
        self.size = len(first.matrix)
        """How many modules it measures, without the quiet zone."""
        self._base = self._drawn(self._like)
        self._change = cache(self._changed)
        self._letters = [cache(partial(self._lettered, place)) for place in range(len(self._like))]
        self._begun = lru_cache(maxsize=64)(partial(self._sum, self._base, 0))
        across = -(-self.size // BLOCK)
        self._runs = [_runs(block, last=block == across - 1) for block in range(across)] * self.size
        self._blocks = Struct(f"<{len(self._runs)}H")

    def code(self, text: str) -> tuple[int, ...]:
        """The modules of a text's code, `BLOCK` bits at a time; ValueError for a text of another length."""
        if len(text) != len(self._like):
            raise ValueError(text)
        # What those that follow each other begin with is mostly the same.
        drawn = self._sum(self._begun(text[:-ENDING]), len(text) - ENDING, text[-ENDING:])
        return self._blocks.unpack(drawn.to_bytes(self._blocks.size, "little"))

    def _sum(self, drawn: int, place: int, text: str) -> int:
        for change, letter in zip(self._letters[place:], text, strict=False):
            drawn ^= change(letter)
        return drawn

    def path(self, text: str) -> bytes:
        """The dark modules as PDF paths, in modules from the upper left corner of the quiet zone downwards."""
        return b"1 0 0 1 4 4 cm\n" + b"".join(
            [runs[block] for runs, block in zip(self._runs, self.code(text), strict=True)]
        )

    def _lettered(self, place: int, letter: str) -> int:
        """What a letter changes."""
        return self._change(place, letter.encode("ascii")[0] ^ self._like[place])

    def _changed(self, place: int, bits: int) -> int:
        if bits & (bits - 1):
            lowest = bits & -bits
            return self._change(place, lowest) ^ self._change(place, bits ^ lowest)
        if not bits:
            return 0
        other = bytearray(self._like)
        other[place] ^= bits
        return self._drawn(bytes(other)) ^ self._base

    def made(self, text: bytes) -> segno.QRCode:
        """The code of a text as the library draws it."""
        return segno.make(
            text, error="m", boost_error=False, micro=False, mode="byte", version=self._version, mask=self._mask
        )

    def _drawn(self, text: bytes) -> int:
        made = self.made(text)
        rows = ("".join("01"[module] for module in row) for row in made.matrix)
        blocks = (row[at : at + BLOCK].ljust(BLOCK, "0") for row in rows for at in range(0, self.size, BLOCK))
        return int.from_bytes(b"".join(int(block, 2).to_bytes(2, "little") for block in blocks), "little")


@cache
def _runs(block: int, last: bool) -> list[bytes]:
    """The dark runs of each so many modules of a row."""
    found = []
    for bits in range(1 << BLOCK):
        runs = "".join(
            f"{BLOCK * block + run.start()} 0 {run.end() - run.start()} 1 re "
            for run in re.finditer("1+", f"{bits:0{BLOCK}b}")
        )
        found.append(f"{runs}f 1 0 0 1 0 1 cm\n".encode() if last else runs.encode())
    return found


def svg(address: str, dark: str) -> str:
    """One code with its quiet zone as an SVG without a size of its own."""
    drawn = BytesIO()
    family(address).made(address.encode("ascii")).save(
        drawn, kind="svg", border=QUIET, dark=dark, light="#fff", xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode()
