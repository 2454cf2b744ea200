"""One certificate as a PDF file: what its plate has of everybody, then what is the holder's own.

All that is the same stands first, as a constant run of bytes with its part of the cross-reference table; each file only
adds a stream, a font of her name's letters, and what tells its title.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from xml.sax.saxutils import escape
from zlib import compress

from pydyf import Array, Dictionary

from academy.achievements.certificates.paper import has_usual_name, render_pdf
from academy.achievements.certificates.plates.plate import (
    ISSUED,
    TITLED,
    Content,
    Hand,
    Plate,
    Reading,
    Unsuited,
    letters,
)
from academy.achievements.certificates.rules import Design, Paper
from academy.text.qr import family
from academy.text.truetype import Face, Set, Unset

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
LETTERS = {
    "serial": "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789",
    "code": "ABCDEFGHJKMNPQRSTVWXYZ-123456789",
    "zh": "〇一二三四五六七八九十年月日0123456789",
    "en": "0123456789, JanuaryFebruaryMarchAprilMayJuneJulyAugustSeptemberOctoberNovemberDecember",
}
"""What is written in each field; side by side, since a letter may look otherwise among others."""


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
        found = self._plates(_Wording(self._design, row))
        if found is None:
            raise Unsuited("its wording")
        return found

    def _plate(self, wording: "_Wording") -> Plate | None:
        reading = self._readings(_Like(wording.row, wording.shape))
        try:
            return reading.plate(wording.row) if reading else None
        except Unsuited:
            return None

    def _read(self, like: "_Like") -> Reading | None:
        try:
            return Reading(self._design, like.row)
        except Unsuited:
            return None


class _Like:
    """A row, of which all are equal that have the same key."""

    def __init__(self, row: Paper, *key: object) -> None:
        self.row, self.key = row, key

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Like) and self.key == other.key


class _Wording(_Like):
    """A row as its plate sees it: two are equal if they differ only in what is set on the plate."""

    def __init__(self, design: Design, row: Paper) -> None:
        if not has_usual_name(design, row):
            raise Unsuited("a name that changes the page")
        self.shape = row.salutation == "", row.watermark, family(row.verify_url).size
        fields = tuple([(key, str(value)) for key, value in row.fields.items()]) if row.fields else ()
        super().__init__(row, fields, row.salutation, self.shape)


# Fonts


@dataclass(frozen=True)
class Cut:
    """A font of some letters: its file, and each glyph's number in it."""

    letters: Sequence[Set]
    numbers: Mapping[int, int]
    file: bytes

    @classmethod
    def of(cls, face: Face, letters: Iterable[Set]) -> "Cut":
        """The font of these letters of a face."""
        found = {letter.glyph: letter for letter in letters}
        return cls(list(found.values()), {glyph: i for i, glyph in enumerate(found, 1)}, face.cut(found))

    @property
    def widths(self) -> bytes:
        """What a CIDFont's dictionary says of its glyphs."""
        return b"/W[1[%b]]" % b" ".join([b"%d" % letter.width for letter in self.letters])

    @property
    def to_unicode(self) -> bytes:
        """The CMap by which a reader finds and copies the letters."""
        pairs = [f"<{i:04x}><{one.letter.encode('utf-16-be').hex()}>" for i, one in enumerate(self.letters, 1)]
        blocks = "".join(
            f"{len(some)} beginbfchar\n{''.join(some)}\nendbfchar\n"
            for some in (pairs[at : at + 100] for at in range(0, len(pairs), 100))
        )
        return _TO_UNICODE % blocks.encode()


_TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
    b"/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
    b"1 begincodespacerange<0000><ffff>endcodespacerange\n"
    b"%bendcmap CMapName currentdict/CMap defineresource pop end end"
)


@dataclass(frozen=True)
class FontNumbers:
    """The objects of a font in a file."""

    type0: int
    descriptor: int
    file: int
    cid: int
    unicode: int

    def constant(self, name: str) -> dict[int, bytes]:
        """Those that don't depend on its letters."""
        base = b"/BaseFont/" + name.encode()
        return {
            self.type0: b"<</Type/Font/Subtype/Type0%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (base, self.cid, self.unicode),
            self.descriptor: b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[0 -286 1000 1151]/ItalicAngle 0"
            b"/Ascent 1151/Descent -286/CapHeight 1151/StemV 80/FontFile2 %d 0 R>>" % (name.encode(), self.file),
        }

    def own(self, name: str, cut: Cut, level: int = 0) -> dict[int, bytes]:
        """Those that do; a few letters are not worth deflating."""
        base = b"/BaseFont/" + name.encode()
        return {
            self.file: stream(cut.file, b"/Length1 %d" % len(cut.file), level),
            self.cid: b"<</Type/Font/Subtype/CIDFontType2%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor %d 0 R%b>>" % (base, self.descriptor, cut.widths),
            self.unicode: stream(cut.to_unicode, level=level),
        }


def stream(content: bytes, more: bytes = b"", level: int = 0) -> bytes:
    """A stream object's body, deflated unless the level is 0."""
    if level:
        content, more = compress(content, level), more + b"/Filter/FlateDecode"
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (more, len(content), content)


def shared_fonts(plate: Plate) -> dict[Face, Cut]:
    """The fonts, by face, that everybody's serials, codes and dates are written with."""
    found: dict[Face, list[Set]] = {}
    for field, written in LETTERS.items():
        if slot := plate.slots.get(field):
            found.setdefault(slot.face, []).extend(letters(slot.face, field, written))
    return {face: Cut.of(face, one) for face, one in found.items()}


# The file


class File:
    """The PDF files of all who have one wording."""

    def __init__(self, plate: Plate, content: Content | None = None) -> None:
        self.plate, self._page = plate, content or plate.in_order
        sheet = plate.sheet
        self._next = max(sheet.bodies) + 1
        self._name = self._numbers()
        shared = {face: (f"S{i}", self._numbers(), cut) for i, (face, cut) in enumerate(shared_fonts(plate).items())}
        self._hands: dict[str, Hand] = {}
        for field, slot in plate.slots.items():
            if field != "name":
                key, _, cut = shared[slot.face]
                self._hands[field] = slot.hand(b"/%b" % key.encode(), cut.numbers)
        self._content, self._info = self._take(), self._take()
        common = stream(self._page.common, level=9)
        contents = Array([b"%d 0 R" % sheet.content, b"%d 0 R" % self._content])
        fonts = {"SN": self._name, **{key: numbers for key, numbers, _ in shared.values()}}
        bodies = {
            **sheet.bodies,
            sheet.content: common,
            sheet.page.number: Dictionary(sheet.page | {"Contents": contents}).data,
            sheet.fonts.number: Dictionary(sheet.fonts | {k: b"%d 0 R" % one.type0 for k, one in fonts.items()}).data,
            **self._name.constant(NAME_FONT),
        }
        for i, (_, numbers, cut) in enumerate(shared.values()):
            font = f"AAAAA{chr(66 + i)}+Letters"
            bodies |= numbers.constant(font) | numbers.own(font, cut, 9)
        del bodies[sheet.metadata]
        if TITLED not in sheet.xmp or _hex(TITLED) not in sheet.info:
            raise Unsuited("the title doesn't end with serial and name")
        self._lay(bodies)

    def _take(self) -> int:
        self._next += 1
        return self._next - 1

    def _numbers(self) -> FontNumbers:
        return FontNumbers(*(self._take() for _ in range(5)))

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
        cut = Cut.of(slot.face, slot.face.set(row.name))
        hands = {**self._hands, "name": slot.hand(b"/SN", cut.numbers)}
        titled, issued = f"{row.serial} {row.name}", row.issued_on.isoformat()
        own = self._name.own(NAME_FONT, cut) | {
            self._content: stream(self.plate.written(self._page, row, hands)),
            sheet.metadata: stream(_filled(sheet.xmp, escape(titled), issued).encode(), b"/Type/Metadata/Subtype/XML"),
            self._info: _filled(sheet.info, _hex(titled), issued, _hex(TITLED)).encode(),
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


def _filled(told: str, titled: str, issued: str, plain: str = TITLED) -> str:
    """What tells of the plain layout, told of another paper."""
    return told.replace(plain, titled).replace(ISSUED, issued).replace(ISSUED.replace("-", ""), issued.replace("-", ""))


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


NAME_FONT = "AAAAAA+Name"
