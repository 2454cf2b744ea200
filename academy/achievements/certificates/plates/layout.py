"""What WeasyPrint made of a page: its objects, and its content in marked groups."""

import gc
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydyf import Dictionary, Stream

from academy.achievements.certificates.paper import laid_out

Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Op:
    """An operator with its operands."""

    name: bytes
    given: tuple[bytes, ...]

    def __bytes__(self) -> bytes:
        return b" ".join((*self.given, self.name))


@dataclass
class Group:
    """Marked content with what holds where it begins; or, unmarked, what stands between two such."""

    ops: list[Op]
    matrix: Matrix = UNIT
    state: dict[bytes, Op] = field(default_factory=dict)

    @property
    def marked(self) -> bool:
        """Whether it is marked, and so can be set elsewhere in the stream."""
        return self.ops[0].name in _BEGINS

    def __bytes__(self) -> bytes:
        return b"\n".join(map(bytes, self.ops))


@dataclass(frozen=True)
class Sheet:
    """A one-page PDF by its objects, as WeasyPrint writes them."""

    bodies: Mapping[int, bytes]
    page: Dictionary
    fonts: Dictionary
    """The fonts by the names that the page uses."""
    resources: int
    content: int
    catalog: int
    metadata: int
    xmp: str
    info: str

    def beneath(self, number: int) -> set[int]:
        """The objects that one names, and that those name in turn."""
        found: set[int] = set()
        asked = [number]
        while asked:
            named = {int(one) for one in REFERENCE.findall(self.bodies[asked.pop()].partition(b"stream\n")[0])}
            asked += named - found
            found |= named
        return found


REFERENCE = re.compile(rb"\b(\d+) 0 R\b")


@dataclass(frozen=True)
class Font:
    """A face as a page names it: its family and weight, and what each glyph that is shown says."""

    family: str
    weight: int
    letters: dict[int, str]


@dataclass(frozen=True)
class Layout:
    """A sheet, what its page shows, and its fonts by the names that the page uses."""

    sheet: Sheet
    groups: list[Group]
    fonts: Mapping[bytes, Font]

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "Layout":
        """Lay out the page that shows these texts."""
        found: list[Layout] = []

        def read(document: Any, pdf: Any) -> None:
            objects = pdf.objects
            page = objects[pdf.pages["Kids"][0]]
            resources, content, metadata = (
                number(one) for one in (page["Resources"], page["Contents"], pdf.catalog["Metadata"])
            )
            sheet = Sheet(
                bodies={one.number: _shared(one.data) for one in objects if one.free != "f"},
                page=page,
                fonts=objects[number(objects[resources]["Font"])],
                resources=resources,
                content=content,
                catalog=pdf.catalog.number,
                metadata=metadata,
                xmp=objects[metadata].stream[0].decode(),
                info=pdf.info.data.decode(),
            )
            fonts = {
                b"/" + font.hash.encode(): Font(font.family, font.weight, font.to_unicode)
                for font in document.fonts.values()
            }
            found.append(cls(sheet, _groups(objects[content]), fonts))

        # A document refers to itself and weighs 14 MB; what was there before needn't be looked through.
        gc.freeze()
        try:
            laid_out(shown, read)
        finally:
            gc.collect()
            gc.unfreeze()
        return found[0]


@lru_cache(maxsize=256)
def _shared(body: bytes) -> bytes:
    """The same bytes wherever they are equal: a drawing is on many plates."""
    return body


def number(reference: bytes) -> int:
    """The number of the object that a reference names."""
    return int(reference.split()[0])


def moved(matrix: Matrix, op: Op) -> Matrix:
    """The matrix after one more `cm`."""
    a, b, c, d, e, f = map(float, op.given)
    g, h, i, j, k, m = matrix
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


_TOKEN = re.compile(rb"<<.*?>>|\[.*?\]|\((?:\\.|[^\\)])*\)|<[0-9a-fA-F]*>|/[^\s<>\[\]()/]+|[^\s<>\[\]()/]+", re.DOTALL)
_NUMBER = re.compile(rb"[-+]?\d*\.?\d+")
_BEGINS = (b"BMC", b"BDC")
_STATES = frozenset((b"gs", b"rg", b"RG", b"w"))


def _ops(stream: Stream) -> Iterator[Op]:
    parts = (
        one if isinstance(one, bytes) else one.encode() if isinstance(one, str) else one.data for one in stream.stream
    )
    given: list[bytes] = []
    for token in _TOKEN.findall(b"\n".join(parts)):
        if token[:1] in b"/<[(" or _NUMBER.fullmatch(token):
            given.append(token)
        else:
            yield Op(token, tuple(given))
            given = []


def _groups(stream: Stream) -> list[Group]:
    found: list[Group] = []
    matrix, state = UNIT, dict[bytes, Op]()
    kept: list[tuple[Matrix, dict[bytes, Op]]] = []
    depth = 0
    for op in _ops(stream):
        begins = op.name in _BEGINS
        if depth == 0 and (begins or not found or found[-1].marked):
            found.append(Group([], matrix, dict(state)))
        found[-1].ops.append(op)
        depth += begins - (op.name == b"EMC")
        match op.name:
            case b"q":
                kept.append((matrix, dict(state)))
            case b"Q":
                matrix, state = kept.pop()
            case b"cm":
                matrix = moved(matrix, op)
            case name if name in _STATES:
                state[name] = op
    return found
