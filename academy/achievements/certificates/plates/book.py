"""Many certificates as one PDF to print, each page of what its plate has of everybody and a stream of its holder's own.

What pages share is in the file once: plates, and one font of all names' letters. Pages are written as they are set, so
that a book needs hardly more memory than its rows. It is for a printer, and not tagged.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import BinaryIO

from pydyf import Dictionary

from academy.achievements.certificates.paper import texts
from academy.achievements.certificates.plates.files import HEADER, Printer
from academy.achievements.certificates.plates.fonts import Cut, FontNumbers, stream
from academy.achievements.certificates.plates.layout import REFERENCE, Layout, Sheet
from academy.achievements.certificates.plates.plate import Hand, Plate, Unsuited
from academy.achievements.certificates.rules import Design, Paper
from academy.text.truetype import Face, Unset

KIDS = 200
"""Pages in a node of the tree, which a reader opens one by one."""
CHUNK = 1 << 20
"""Bytes that are written at a time."""
EDGE = 34.0
"""Points around the sheet on which it is cut: 12 mm."""


def print_book(
    design: Design, rows: Sequence[Paper], out: BinaryIO, *, crop: bool = False, backs: bool = False
) -> None:
    """Write the certificates of some rows in their order.

    With `crop` each lies on a larger sheet, with marks where it is cut; with `backs` an empty page follows each, for
    printers that print on both sides.
    """
    _Book(design, rows, out, crop, backs).print()


@dataclass(frozen=True)
class _Shared:
    """What the pages of a plate have of everybody: a gap in the content is for the number of a holder's own."""

    boxes: bytes
    content: bytes
    resources: int
    hands: Mapping[str, Hand]


class _Book:
    def __init__(self, design: Design, rows: Sequence[Paper], out: BinaryIO, crop: bool, backs: bool) -> None:
        self._design, self._rows, self._out, self._crop, self._backs = design, rows, out, crop, backs
        self._printer = Printer(design)
        self._at, self._places, self._unwritten = 0, array("Q", [0]), bytearray()
        self._nodes: list[tuple[int, int]] = []
        self._kids: list[int] = []
        self._tree = self._number()
        self._node = 0
        self._known: dict[bytes, int] = {}
        self._fonts: dict[Face, tuple[int, Cut]] = {}
        self._ready = lru_cache(maxsize=None)(self._shared)

    def print(self) -> None:
        self._write(HEADER)
        for row, plate in zip(self._rows, self._plates(), strict=True):
            try:
                if plate is None:
                    raise Unset(row.name)
                shared = self._ready(plate)
                own = plate.written(plate.apart, row, shared.hands)
            except Unset:
                self._lay_out(row)
            else:
                self._page(shared.boxes, shared.content % self._object(stream(own)), shared.resources)
        if self._kids:
            self._close()
        kids = b" ".join([b"%d 0 R" % node for node, _ in self._nodes])
        pages = sum(count for _, count in self._nodes)
        self._object(b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages), self._tree)
        catalog = self._object(b"<</Type/Catalog/Pages %d 0 R>>" % self._tree)
        begun, count = self._at, len(self._places)
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for place in self._places[1:]:
            self._write(b"%010d 00000 n \n" % place)
        self._write(b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, catalog, begun))
        self._out.write(self._unwritten)

    def _plates(self) -> list[Plate | None]:
        """Each row's plate, where it has one; and a font of all that is written in each face."""
        written: dict[Face, dict[int, str]] = {}
        plates: list[Plate | None] = []
        for row in self._rows:
            try:
                plate = self._printer.plate(row)
                face = plate.slots["name"].face
                name = face.set(row.name)
            except (Unset, Unsuited):
                plates.append(None)
                continue
            plates.append(plate)
            written.setdefault(face, {}).update([(letter.glyph, letter.letter) for letter in name])
        for plate in filter(None, dict.fromkeys(plates)):
            for face, letters in plate.letters.items():
                written.setdefault(face, {}).update(letters)
        for i, (face, letters) in enumerate(written.items()):
            cut, numbers = Cut.shared(face, letters), FontNumbers(*(self._number() for _ in range(6)))
            font = f"AAAAA{chr(65 + i)}+Letters"
            for number, body in (numbers.constant(font) | numbers.own(font, cut, 6)).items():
                self._object(body, number)
            self._fonts[face] = numbers.type0, cut
        return plates

    def _shared(self, plate: Plate) -> "_Shared":
        sheet, hands = plate.sheet, dict[str, Hand]()
        for face in plate.letters:
            hands |= plate.hands(face, self._fonts[face][1].numbers)
        fonts = {key.decode()[1:]: b"%d 0 R" % self._fonts[face][0] for key, face in plate.fonts.items()}
        known = {sheet.fonts.number: self._once(Dictionary(fonts).data)}
        common = self._once(stream(plate.apart.common, level=6))
        boxes, marks = self._framed(sheet)
        content = b"%d 0 R %%d 0 R%b" % (common, marks)
        return _Shared(boxes, content, self._copy(sheet, sheet.resources, known), hands)

    def _lay_out(self, row: Paper) -> None:
        sheet = Layout.of(texts(self._design, row)).sheet
        known: dict[int, int] = {}
        content, resources = (self._copy(sheet, one, known) for one in (sheet.content, sheet.resources))
        boxes, marks = self._framed(sheet)
        self._page(boxes, b"%d 0 R%b" % (content, marks), resources)

    def _framed(self, sheet: Sheet) -> tuple[bytes, bytes]:
        """The boxes of a page, and the marks that are drawn with it."""
        left, bottom, right, top = (float(one) for one in sheet.page["MediaBox"])
        box = b"%.4f %.4f %.4f %.4f" % (left, bottom, right, top)
        if not self._crop:
            return b"/MediaBox[%b]" % box, b""
        around = left - EDGE, bottom - EDGE, right + EDGE, top + EDGE
        boxes = b"/MediaBox[%.4f %.4f %.4f %.4f]/TrimBox[%b]" % (*around, box)
        return boxes, b" %d 0 R" % self._once(stream(_crop_marks(right, top)))

    def _copy(self, sheet: Sheet, old: int, known: dict[int, int]) -> int:
        """An object of a sheet, with all that it names, under numbers of this book's own."""
        if old not in known:
            told, begins, content = sheet.bodies[old].partition(b"stream\n")
            told = REFERENCE.sub(lambda one: b"%d 0 R" % self._copy(sheet, int(one[1]), known), told)
            known[old] = self._once(told + begins + content)
        return known[old]

    def _once(self, body: bytes) -> int:
        """An object that is in the book once, however many plates have it."""
        digest = sha256(body).digest()
        if digest not in self._known:
            self._known[digest] = self._object(body)
        return self._known[digest]

    def _page(self, boxes: bytes, content: bytes, resources: int) -> None:
        self._node = self._node or self._number()
        parent = b"<</Type/Page/Parent %d 0 R" % self._node
        self._kids.append(self._object(b"%b%b/Contents[%b]/Resources %d 0 R>>" % (parent, boxes, content, resources)))
        if self._backs:
            self._kids.append(self._object(b"%b%b/Resources<<>>>>" % (parent, boxes)))
        if len(self._kids) >= KIDS:
            self._close()

    def _close(self) -> None:
        kids = b" ".join([b"%d 0 R" % kid for kid in self._kids])
        self._object(
            b"<</Type/Pages/Parent %d 0 R/Kids[%b]/Count %d>>" % (self._tree, kids, len(self._kids)), self._node
        )
        self._nodes.append((self._node, len(self._kids)))
        self._kids, self._node = [], 0

    def _number(self) -> int:
        self._places.append(0)
        return len(self._places) - 1

    def _object(self, body: bytes, number: int = 0) -> int:
        number = number or self._number()
        self._places[number] = self._at
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        return number

    def _write(self, content: bytes) -> None:
        self._unwritten += content
        self._at += len(content)
        if len(self._unwritten) > CHUNK:
            self._out.write(self._unwritten)
            self._unwritten.clear()


def _crop_marks(width: float, height: float) -> bytes:
    """Lines that lead to each corner of the sheet and end 3 mm before it."""
    near, far = 8.5, 25.5
    lines = [(x + way * near, y, x + way * far, y) for x, way in ((0.0, -1), (width, 1)) for y in (0.0, height)]
    lines += [(x, y + way * near, x, y + way * far) for y, way in ((0.0, -1), (height, 1)) for x in (0.0, width)]
    return b"q .3 w 0 G\n" + b"".join([b"%.3f %.3f m %.3f %.3f l S\n" % line for line in lines]) + b"Q"
