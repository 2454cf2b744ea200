"""One certificate as a PDF file: what its plate has of everybody, then what is the holder's own.

All that is the same stands first, as a constant run of bytes with its part of the cross-reference table; each file only
adds a stream, a font of her name's letters, and what tells its title.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from xml.sax.saxutils import escape

from pydyf import Array, Dictionary

from academy.achievements.certificates.paper import has_usual_name, name_font, render_pdf
from academy.achievements.certificates.plates.fonts import Cut, FontNumbers, stream
from academy.achievements.certificates.plates.plate import ISSUED, Content, Hand, Plate, Reading, Unsuited
from academy.achievements.certificates.rules import Design, Paper
from academy.text.qr import side
from academy.text.truetype import Face, Unset

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"


@lru_cache(maxsize=64)
class Printer:
    """Prints certificates of one design; each is a pure function of design and row."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._readings = lru_cache(maxsize=64)(self._read)
        self._plates = lru_cache(maxsize=512)(self._plate)
        self._files = lru_cache(maxsize=64)(File)

    def pdf(self, row: Paper) -> bytes:
        """A certificate as a tagged PDF of one page.

        A name that must be shaped, or needs another face, and a wording that no plate can be made of, are laid out by
        WeasyPrint itself; the result is the same to the eye.
        """
        try:
            return self._files(self.plate(row)).pdf(row)
        except (Unset, Unsuited):
            return render_pdf(self._design, row)

    def plate(self, row: Paper) -> Plate:
        """The plate of the wording that a row has; `Unsuited` where there can be none."""
        if not has_usual_name(self._design, row):
            raise Unsuited("a name that changes the page")
        figures = tuple([(key, str(value)) for key, value in row.fields.items()]) if row.fields else ()
        found = self._plates(_Like((figures, row.salutation, _shape(row)), row))
        if found is None:
            raise Unsuited("its wording")
        return found

    def _plate(self, like: "_Like") -> Plate | None:
        try:
            return self._readings(_Like(_shape(like.row), like.row)).plate(like.row)
        except Unsuited:
            return None

    def _read(self, like: "_Like") -> Reading:
        return Reading(self._design, like.row)


def _shape(row: Paper) -> tuple[object, ...]:
    """What changes more of a page than its texts."""
    return row.salutation == "", row.watermark, side(len(row.verify_url)), name_font(row.name)


class _Like(tuple[object, ...]):
    """What is the same in many rows, with one of them."""

    row: Paper

    def __new__(cls, same: tuple[object, ...], row: Paper) -> "_Like":
        made = super().__new__(cls, same)
        made.row = row
        return made


# The file


class File:
    """The PDF files of all who have one wording."""

    def __init__(self, plate: Plate, content: Content | None = None) -> None:
        self.plate, self._page = plate, content or plate.in_order
        sheet, probe = plate.sheet, plate.reading.probe
        self._titled = f"{probe.serial} {probe.name}"
        if self._titled not in sheet.xmp or _hex(self._titled) not in sheet.info:
            raise Unsuited("the title doesn't end with serial and name")
        theirs = sheet.beneath(sheet.fonts.number)
        self._free, self._next = sorted(theirs, reverse=True), max(sheet.bodies) + 1
        self._name = FontNumbers(*(self._take() for _ in range(5)))
        self._content, self._info = self._take(), self._take()
        contents = Array([b"%d 0 R" % sheet.content, b"%d 0 R" % self._content])
        bodies = {i: body for i, body in sheet.bodies.items() if i not in theirs and i != sheet.metadata} | {
            sheet.content: stream(self._page.common, level=9),
            sheet.page.number: Dictionary(sheet.page | {"Contents": contents}).data,
            **self._name.constant(NAME_FONT),
        }
        fonts: dict[Face, int] = {}
        self._hands: dict[str, Hand] = {}
        for face, letters in plate.letters.items():
            if not letters:
                continue
            cut, numbers = Cut.shared(face, letters), FontNumbers(*(self._take() for _ in range(6)))
            fonts[face], font = numbers.type0, f"AAAAA{chr(66 + len(fonts))}+Letters"
            bodies |= numbers.constant(font) | numbers.own(font, cut, 9)
            self._hands |= plate.hands(face, cut.numbers)
        named = {key.decode()[1:]: fonts[face] for key, face in plate.fonts.items() if face in fonts}
        named["SN"] = self._name.type0
        bodies[sheet.fonts.number] = Dictionary({key: b"%d 0 R" % one for key, one in named.items()}).data
        self._lay(bodies | dict.fromkeys(self._free, b"null"))

    def _take(self) -> int:
        if self._free:
            return self._free.pop()
        self._next += 1
        return self._next - 1

    def _lay(self, bodies: Mapping[int, bytes]) -> None:
        """What every file begins with, and the cross-reference table with a gap for each object of a holder's own."""
        self._start = HEADER
        lines = {0: b"0000000000 65535 f \n"}
        for i, body in sorted(bodies.items()):
            lines[i] = b"%010d 00000 n \n" % len(self._start)
            self._start += b"%d 0 obj\n%b\nendobj\n" % (i, body)
        self._table: list[bytes | int] = [b"xref\n0 %d\n" % self._next]
        for i in range(self._next):
            last = self._table[-1]
            if i not in lines:
                self._table.append(i)
            elif isinstance(last, bytes):
                self._table[-1] = last + lines[i]
            else:
                self._table.append(lines[i])
        root = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R"
        self._trailer = root % (self._next, self.plate.sheet.catalog, self._info)
        self._digest = sha256(self._start).digest()

    def pdf(self, row: Paper) -> bytes:
        """The file of one holder; `Unset` where her name can't be set letter by letter."""
        sheet, slot = self.plate.sheet, self.plate.slots["name"]
        cut = Cut.small(slot.face, slot.face.set(row.name))
        hands = {**self._hands, "name": slot.hand(b"/SN", cut.numbers)}
        titled, issued = f"{row.serial} {row.name}", row.issued_on.isoformat()
        own = self._name.own(NAME_FONT, cut) | {
            self._content: stream(self.plate.written(self._page, row, hands)),
            sheet.metadata: stream(
                _filled(sheet.xmp, self._titled, escape(titled), issued).encode(), b"/Type/Metadata/Subtype/XML"
            ),
            self._info: _filled(sheet.info, _hex(self._titled), _hex(titled), issued).encode(),
        }
        at, places, parts = len(self._start), {}, [self._start]
        for i, body in own.items():
            places[i] = at
            part = b"%d 0 obj\n%b\nendobj\n" % (i, body)
            parts.append(part)
            at += len(part)
        parts += [one if isinstance(one, bytes) else b"%010d 00000 n \n" % places[one] for one in self._table]
        known = sha256(self._digest + f"{row}".encode()).hexdigest()[:32].encode()
        parts.append(b"%b/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n" % (self._trailer, known, known, at))
        return b"".join(parts)


def _filled(told: str, plain: str, titled: str, issued: str) -> str:
    """What tells of the plain layout, told of another paper."""
    return told.replace(plain, titled).replace(ISSUED, issued).replace(ISSUED.replace("-", ""), issued.replace("-", ""))


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


NAME_FONT = "AAAAAA+Name"
