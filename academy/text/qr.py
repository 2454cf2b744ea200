"""QR codes of many addresses that differ in a few letters, drawn a hundred times as quickly as one by one.

A QR code is linear: the code of a text is the code of another one of the same length, exclusive-or what each differing
bit changes (ISO/IEC 18004: data, Reed–Solomon code words and mask are all sums over GF(2)). segno, which knows the
standard, is asked once for each bit that ever differs.
"""

import re
from functools import cache, lru_cache
from io import BytesIO

import segno

QUIET = 4
"""Empty modules around a code, as the standard asks."""


@lru_cache(maxsize=64)
def _family(like: str) -> "Family":
    return Family(like)


def family(address: str) -> "Family":
    """The codes of all addresses that differ from this one in the figures and the last part only."""
    rest, _, last = address.rpartition("/")
    return _family(f"{re.sub('[0-9]', '0', rest)}/{'A' * len(last)}")


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
        across = (self.size + 7) // 8
        self._runs = [_runs(block, last=block == across - 1) for block in range(across)] * self.size

    def code(self, text: str) -> bytes:
        """The modules of a text's code as bits, each row in whole bytes; ValueError for a text of another length."""
        drawn = self._base
        for place, (letter, like) in enumerate(zip(text.encode("ascii"), self._like, strict=True)):
            if letter != like:
                drawn ^= self._change(place, letter ^ like)
        return drawn.to_bytes(len(self._runs), "big")

    def path(self, text: str) -> bytes:
        """The dark modules as PDF paths, in modules from the upper left corner of the quiet zone downwards."""
        return b"1 0 0 1 4 4 cm\n" + b"".join(
            [runs[byte] for runs, byte in zip(self._runs, self.code(text), strict=True)]
        )

    def _changed(self, place: int, bits: int) -> int:
        if bits & (bits - 1):
            lowest = bits & -bits
            return self._change(place, lowest) ^ self._change(place, bits ^ lowest)
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
        rows = ("".join("01"[module] for module in row).ljust(-(-len(row) // 8) * 8, "0") for row in made.matrix)
        return int("".join(rows), 2)


@cache
def _runs(block: int, last: bool) -> list[bytes]:
    """The dark runs of each eight modules of a row."""
    found = []
    for byte in range(256):
        runs = "".join(
            f"{8 * block + run.start()} 0 {run.end() - run.start()} 1 re " for run in re.finditer("1+", f"{byte:08b}")
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
