"""Many certificates as one PDF to print, each page of what its plate has of everybody and a stream of its holder's own.

What pages share is in the file once: plates, and one font of all names' letters. Pages are written as they are set, so
that a book needs hardly more memory than its rows. It is for a printer, and not tagged.
"""

import re
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import BinaryIO

from pydyf import Dictionary

from academy.achievements.certificates.paper import texts
from academy.achievements.certificates.plates.files import HEADER, Cut, FontNumbers, Printer, shared_fonts, stream
from academy.achievements.certificates.plates.layout import Layout, Sheet, number
from academy.achievements.certificates.plates.plate import Hand, Plate, Unsuited
from academy.achievements.certificates.rules import Design, Paper
from academy.text.truetype import Face, Set, Unset

KIDS = 200
"""Pages in a node of the tree, which a reader opens one by one."""
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


class _Book:
    def __init__(self, design: Design, rows: Sequence[Paper], out: BinaryIO, crop: bool, backs: bool) -> None:
        self._design, self._rows, self._out, self._crop, self._backs = design, rows, out, crop, backs
        self._printer = Printer(design)
        self._at, self._places = 0, array("Q", [0])
        self._nodes: list[tuple[int, int]] = []
        self._kids: list[int] = []
        self._tree = self._number()
        self._node = 0
        self._marks: dict[bytes, int] = {}
        self._known: dict[bytes, int] = {}
        self._letters: dict[Face, tuple[int, Cut]] = {}
        self._ready = lru_cache(maxsize=None)(self._written)

    def print(self) -> None:
        self._write(HEADER)
        plates = self._plates()
        for row, plate in zip(self._rows, plates, strict=True):
            try:
                if plate is None:
                    raise Unset(row.name)
                resources, common, hands = self._ready(plate)
                own = plate.written(plate.apart, row, hands)
            except Unset:
                self._lay_out(row)
                continue
            content = b"%d 0 R %d 0 R" % (common, self._object(stream(own)))
            self._page(plate.sheet, content, resources)
        if self._kids:
            self._close()
        kids = b" ".join([b"%d 0 R" % node for node, _ in self._nodes])
        pages = sum(count for _, count in self._nodes)
        self._object(b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages), self._tree)
        catalog = self._object(b"<</Type/Catalog/Pages %d 0 R>>" % self._tree)
        table = b"".join([b"%010d 00000 n \n" % place for place in self._places[1:]])
        self._write(
            b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._places), table, len(self._places), catalog, self._at)
        )

    def _plates(self) -> list[Plate | None]:
        """Each row's plate, where it has one; and one font for each face of all the names' letters."""
        letters: dict[Face, dict[int, Set]] = {}
        plates: list[Plate | None] = []
        for row in self._rows:
            try:
                plate = self._printer.plate(row)
                face = plate.slots["name"].face
                name = face.set(row.name)
            except (Unset, Unsuited):
                plates.append(None)
                continue
            letters.setdefault(face, {}).update({letter.glyph: letter for letter in name})
            plates.append(plate)
        self._names = {
            face: self._font(f"AAAAA{chr(65 + i)}+Names", Cut.of(face, found.values()))
            for i, (face, found) in enumerate(letters.items())
        }
        return plates

    def _font(self, name: str, cut: Cut) -> tuple[int, Cut]:
        numbers = FontNumbers(*(self._number() for _ in range(5)))
        for i, body in (numbers.constant(name) | numbers.own(name, cut, 6)).items():
            self._object(body, i)
        return numbers.type0, cut

    def _written(self, plate: Plate) -> tuple[int, int, Mapping[str, Hand]]:
        """What pages of a plate share: resources, content, and the hands that write its fields."""
        sheet = plate.sheet
        used, hands = {}, dict[str, Hand]()
        for i, (field, slot) in enumerate(plate.slots.items()):
            if field != "name" and slot.face not in self._letters:
                cut = shared_fonts(plate)[slot.face]
                self._letters[slot.face] = self._font(f"AAAAB{chr(65 + len(self._letters))}+Letters", cut)
            font, cut = self._names[slot.face] if field == "name" else self._letters[slot.face]
            used[f"B{i}"] = b"%d 0 R" % font
            hands[field] = slot.hand(b"/B%d" % i, cut.numbers)
        known: dict[int, int] = {}
        theirs = {key: b"%d 0 R" % self._copy(sheet, number(font), known) for key, font in sheet.fonts.items()}
        known[sheet.fonts.number] = self._once(Dictionary(theirs | used).data)
        return self._copy(sheet, sheet.resources, known), self._once(stream(plate.apart.common, level=6)), hands

    def _lay_out(self, row: Paper) -> None:
        sheet = Layout.of(texts(self._design, row)).sheet
        known: dict[int, int] = {}
        content, resources = (self._copy(sheet, one, known) for one in (sheet.content, sheet.resources))
        self._page(sheet, b"%d 0 R" % content, resources)

    def _copy(self, sheet: Sheet, old: int, known: dict[int, int]) -> int:
        """An object of a sheet, with all that it names, under numbers of this book's own."""
        if old not in known:
            told, begins, content = sheet.bodies[old].partition(b"stream\n")
            told = _REFERENCE.sub(lambda one: b"%d 0 R" % self._copy(sheet, int(one[1]), known), told)
            known[old] = self._once(told + begins + content)
        return known[old]

    def _once(self, body: bytes) -> int:
        """An object that is in the book once, however many plates have it."""
        digest = sha256(body).digest()
        if digest not in self._known:
            self._known[digest] = self._object(body)
        return self._known[digest]

    def _page(self, sheet: Sheet, content: bytes, resources: int) -> None:
        left, bottom, right, top = (float(one) for one in sheet.page["MediaBox"])
        box = b"%.4f %.4f %.4f %.4f" % (left, bottom, right, top)
        boxes = b"/MediaBox[%b]" % box
        if self._crop:
            boxes = b"/MediaBox[%.4f %.4f %.4f %.4f]/TrimBox[%b]" % (
                left - EDGE,
                bottom - EDGE,
                right + EDGE,
                top + EDGE,
                box,
            )
            if box not in self._marks:
                self._marks[box] = self._object(stream(_crop_marks(right, top)))
            content += b" %d 0 R" % self._marks[box]
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
        self._out.write(content)
        self._at += len(content)


_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")


def _crop_marks(width: float, height: float) -> bytes:
    """Lines that lead to each corner of the sheet and end 3 mm before it."""
    near, far = 8.5, 25.5
    lines = [(x + way * near, y, x + way * far, y) for x, way in ((0.0, -1), (width, 1)) for y in (0.0, height)]
    lines += [(x, y + way * near, x, y + way * far) for y, way in ((0.0, -1), (height, 1)) for x in (0.0, width)]
    return b"q .3 w 0 G\n" + b"".join([b"%.3f %.3f m %.3f %.3f l S\n" % line for line in lines]) + b"Q"
