"""A few letters of a face as a font in a PDF."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import compress

from academy.text.truetype import Face, Set


def stream(content: bytes, more: bytes = b"", level: int = 0) -> bytes:
    """A stream object's body, deflated unless the level is 0."""
    if level:
        content, more = compress(content, level), more + b"/Filter/FlateDecode"
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (more, len(content), content)


@dataclass(frozen=True)
class Cut:
    """A font of some letters: what each glyph of the face says, and its number where a page shows it."""

    face: Face
    letters: Mapping[int, str]
    numbers: Mapping[int, int]

    @classmethod
    def small(cls, face: Face, letters: Iterable[Set]) -> "Cut":
        """The font of one short text, its glyphs numbered anew."""
        found = {letter.glyph: letter.letter for letter in letters}
        return cls(face, found, {glyph: i for i, glyph in enumerate(found, 1)})

    @classmethod
    def shared(cls, face: Face, letters: Mapping[int, str]) -> "Cut":
        """The font of many texts, in which glyphs keep the numbers that WeasyPrint gives them."""
        found = dict(sorted(letters.items()))
        return cls(face, found, {glyph: glyph for glyph in found})

    @property
    def widths(self) -> bytes:
        """What a CIDFont's dictionary says of its glyphs, where they are not as wide as high."""
        pairs = [(number, self.face.width(glyph)) for glyph, number in self.numbers.items()]
        return b"/W[%b]" % b"".join([b"%d[%d]" % pair for pair in pairs if pair[1] != 1000])

    @property
    def places(self) -> bytes:
        """Where in the file each number's glyph is."""
        found = bytearray(2 * max(self.numbers.values(), default=0) + 2)
        for place, number in enumerate(self.numbers.values(), 1):
            found[2 * number : 2 * number + 2] = place.to_bytes(2, "big")
        return bytes(found)

    @property
    def to_unicode(self) -> bytes:
        """The CMap by which a reader finds and copies the letters."""
        pairs = [f"<{self.numbers[i]:04x}><{text.encode('utf-16-be').hex()}>" for i, text in self.letters.items()]
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
    """The objects of a font in a file; the last one only where its glyphs keep the face's numbers."""

    type0: int
    descriptor: int
    file: int
    cid: int
    unicode: int
    places: int = 0

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
        base, file = b"/BaseFont/" + name.encode(), cut.face.cut(cut.letters)
        places = b" %d 0 R" % self.places if self.places else b"/Identity"
        return {
            self.file: stream(file, b"/Length1 %d" % len(file), level),
            self.cid: b"<</Type/Font/Subtype/CIDFontType2%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/CIDToGIDMap%b/FontDescriptor %d 0 R%b>>" % (base, places, self.descriptor, cut.widths),
            self.unicode: stream(cut.to_unicode, level=level),
            **({self.places: stream(cut.places, level=level)} if self.places else {}),
        }
