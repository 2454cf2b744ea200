"""What is the same for all who have a wording, and where each holder's own fields are set on it.

Two layouts of one wording, with other texts in all fields, show what a field is to the page: what is the same in both
is everybody's; a number that differs follows a field's width in proportion; and where a field's text stands, each
holder's is set in the same face, size and place. Another wording needs one layout, in which the same is found again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from re import findall

from academy.achievements.certificates.paper import name_spacing, texts
from academy.achievements.certificates.plates.layout import UNIT, Group, Layout, Op, Sheet, moved
from academy.achievements.certificates.rules import Design, Paper, written_date
from academy.text.codes import printed_code
from academy.text.fonts import BOLD, REGULAR, file_of
from academy.text.qr import QUIET, Family, family
from academy.text.truetype import Face, Set, Unset

SERIALS = ("PROBE-1000-0000-0000", "PROBE-2000-0000-0000")
CODES = ("PRPBEAAA", "PRPBEBBB")
NAMES = ("永", "永永永")
DATES = (date(2026, 1, 1), date(2026, 12, 28))
TITLED = f"{SERIALS[0]} {NAMES[0]}"
"""What the document's title ends with in a plain layout."""
ISSUED = DATES[0].isoformat()

FIELDS = ("name", "serial", "code", "zh", "en")
"""What is a holder's own beside the QR code; the last two are the date in either language."""


ALONE = ("serial", "code")
"""Fields whose letters don't kern."""


class Unsuited(ValueError):
    """A layout that no plate can be read from."""


def said(design: Design, row: Paper, field: str) -> str:
    """What stands in a field of a holder's paper."""
    match field:
        case "name":
            return row.name
        case "serial":
            return row.serial
        case "code":
            return printed_code(row.code)
    return _date(row.issued_on, field, design.numerals)


_date = lru_cache(maxsize=64)(written_date)


def letters(face: Face, field: str, text: str) -> tuple[Set, ...]:
    """A field's letters; `Unset`."""
    return tuple([face.alone(letter, "Latn") for letter in text]) if field in ALONE else face.set(text)


Hand = Callable[[str], tuple[bytes, float]]
"""Tells the operators that show a text, and how wide it is."""


@dataclass(frozen=True)
class Slot:
    """Where a field's text stands: its face, its size, and what follows each letter of a text, in thousandths of it."""

    field: str
    face: Face
    size: bytes
    spacing: Callable[[str], float]

    def wide(self, text: str, set_: Sequence[Set]) -> float:
        """How wide a text is, in the page's units, from its letters."""
        advance = sum([letter.advance for letter in set_]) + self.spacing(text) * len(set_)
        return advance * float(self.size) / 1000

    def hand(self, font: bytes, numbers: Mapping[int, int]) -> Hand:
        """What writes the field in a font that has its glyphs under other numbers; it may raise `Unset`."""
        start = b"%b %b Tf [<" % (font, self.size)

        def number(letter: Set) -> str:
            if letter.glyph not in numbers:
                raise Unset(letter.letter)
            return f"{numbers[letter.glyph]:04x}"

        def write(text: str) -> tuple[bytes, float]:
            found, spacing, runs = letters(self.face, self.field, text), self.spacing(text), []
            for letter in found:
                more = letter.advance - letter.width + spacing
                runs.append(f"{number(letter)}>{-more:g}<" if more else number(letter))
            return b"%b%b>] TJ\n" % (start, "".join(runs).encode()), self.wide(text, found)

        if self.field == "name":
            return write
        if self.spacing("") or self.field not in ALONE:
            return lru_cache(maxsize=8)(write)

        @cache
        def alone(letter: str) -> str:
            return number(self.face.alone(letter, "Latn"))

        # Where it ends moves nothing.
        return lambda text: (b"%b%b>] TJ\n" % (start, "".join([alone(letter) for letter in text]).encode()), 0.0)


@dataclass(frozen=True)
class Moved:
    """A number that follows the width of a field: `by` is what the wider probe adds."""

    at: float
    by: float
    field: str


@dataclass(frozen=True)
class Own:
    """Where a field, or the QR code, stands in a holder's own stream."""

    field: str


Part = bytes | Moved | Own


@dataclass(frozen=True)
class Piece:
    """A group of the page: its parts, and what it needs before and after it to stand elsewhere in the stream."""

    parts: tuple[Part, ...]
    own: bool
    matrix: bytes = b""
    state: bytes = b""


@dataclass(frozen=True)
class Content:
    """A page's stream in two: what is everybody's, then what is written for each holder."""

    common: bytes
    own: tuple[Part, ...]


@dataclass(frozen=True, eq=False)
class Plate:
    """One wording laid out; certificates of it differ only in name, date, serial, code and QR code."""

    design: Design
    sheet: Sheet
    pieces: tuple[Piece, ...]
    reading: "Reading"

    @property
    def slots(self) -> Mapping[str, Slot]:
        """Where each field stands, but for the QR code."""
        return self.reading.slots

    @cached_property
    def in_order(self) -> Content:
        """The page as it is read aloud: all after the first field is written with it."""
        first = next(i for i, piece in enumerate(self.pieces) if piece.own)
        before = b"".join(part for piece in self.pieces[:first] for part in piece.parts if isinstance(part, bytes))
        return Content(before, _joined(part for piece in self.pieces[first:] for part in piece.parts))

    @cached_property
    def apart(self) -> Content:
        """The page with the fields painted over all else."""
        common, own = [b"q\n"], list[Part]()
        lost = False
        for piece in self.pieces:
            if piece.own:
                own += (b"q\n", piece.matrix, piece.state, *piece.parts, b"Q\n")
                lost = True
                continue
            if lost and piece.state:
                # What a field set for what comes after it is set again.
                common.append(piece.state)
                lost = False
            common += [part for part in piece.parts if isinstance(part, bytes)]
        return Content(b"".join((*common, b"Q\n")), _joined(own))

    def written(self, content: Content, row: Paper, hands: Mapping[str, Hand]) -> bytes:
        """A holder's own part of a content, each field written by its hand; `Unset`."""
        texts = {field: write(said(self.design, row, field)) for field, write in hands.items()}
        parts: list[bytes] = []
        for part in content.own:
            if isinstance(part, bytes):
                parts.append(part)
            elif isinstance(part, Moved):
                plain, step = self.reading.widths[part.field]
                parts.append(b"%.4f " % (part.at + part.by * (texts[part.field][1] - plain) / step))
            elif part.field == "qr":
                parts.append(family(row.verify_url).path(row.verify_url))
            else:
                parts.append(texts[part.field][0])
        return b"".join(parts)


# Reading


@dataclass(frozen=True)
class Rule:
    """What becomes of a holder's own group: of each operator the field that it shows, or what moves its numbers."""

    anchor: str
    """The field beside whose text it is found, and how many groups before or after that."""
    away: int
    ops: tuple[str | tuple[float, ...] | None, ...]
    follows: str = "name"


class Reading:
    """What the fields of a design are to its page, for names that are set alike; `Unsuited`."""

    def __init__(self, design: Design, row: Paper) -> None:
        self.slots: dict[str, Slot] = {}
        self._design, self.row = design, row
        self._said = [{field: said(design, self._probe(row, i), field) for field in FIELDS} for i in (0, 1)]
        plain, other = self._layout(row, 0), self._layout(row, 1)
        try:
            self._rules = self._ruled(plain, list(zip(plain.groups, other.groups, strict=True)))
        except (ValueError, KeyError) as error:
            raise Unsuited(str(error)) from error
        if not {"name", "serial", "code"} <= set(self.slots):
            raise Unsuited(f"only {sorted(self.slots)} were found")
        self._first: Layout | None = plain

    def plate(self, row: Paper) -> Plate:
        """The plate of a row's wording; `Unsuited`."""
        layout, self._first = self._first if row is self.row and self._first else self._layout(row, 0), None
        at = {field: i for i, group in enumerate(layout.groups) if (field := self._anchor(layout, group))}
        codes = family(row.verify_url)
        own: dict[int, Rule] = {}
        for rule in self._rules:
            i = at.get(rule.anchor, -1) + rule.away
            if rule.anchor not in at or not 0 <= i < len(layout.groups):
                raise Unsuited(f"no {rule.anchor}")
            if rule.anchor != "qr" and len(layout.groups[i].ops) != len(rule.ops):
                raise Unsuited(f"another shape beside {rule.anchor}")
            own[i] = rule
        return Plate(
            design=self._design,
            sheet=layout.sheet,
            pieces=tuple(_piece(group, own.get(i), codes) for i, group in enumerate(layout.groups)),
            reading=self,
        )

    @property
    def probe(self) -> Paper:
        """What stands in a plain layout: a row that is the same whoever comes first."""
        return self._probe(self.row, 0)

    @cached_property
    def widths(self) -> dict[str, tuple[float, float]]:
        """How wide each field is in a plain layout, and how much wider its other probe."""
        found = {}
        for field, slot in self.slots.items():
            probes = (texts[field] for texts in self._said)
            plain, other = (slot.wide(probe, letters(slot.face, field, probe)) for probe in probes)
            found[field] = plain, other - plain
        return found

    def _layout(self, row: Paper, which: int) -> Layout:
        return Layout.of(texts(self._design, self._probe(row, which)))

    @staticmethod
    def _probe(row: Paper, which: int) -> Paper:
        return replace(
            row,
            name=NAMES[which],
            issued_on=DATES[which],
            serial=SERIALS[which],
            code=CODES[which],
            verify_url=f"https://example.com/{CODES[which]}",
        )

    def _ruled(self, plain: Layout, pairs: list[tuple[Group, Group]]) -> list[Rule]:
        """A rule for each group that is not the same in both layouts."""
        changed = [i for i, (one, two) in enumerate(pairs) if bytes(one) != bytes(two)]
        shown: dict[int, dict[int, str]] = {}
        anchors: dict[int, str] = {}
        for i in changed:
            one, two = pairs[i]
            if not one.marked:
                raise Unsuited("what is not marked moves")
            if one.ops[0].given[0] == b"/Figure":
                anchors[i], self._code = "qr", one.ops[1:]
            else:
                shown[i] = self._fields(plain, one, two)
                if len(shown[i]) > 1:
                    raise Unsuited("two fields in one text")
                anchors.update((i, field) for field in shown[i].values())
        rules = []
        for i in changed:
            # What follows a name stands beside it: its line, its salutation.
            near = min(anchors, key=lambda anchor: (abs(anchor - i), anchor))
            if i in anchors and anchors[i] == "qr":
                rules.append(Rule("qr", 0, ()))
                continue
            ops = tuple(
                shown[i].get(k) or _by(*both) for k, both in enumerate(zip(*(g.ops for g in pairs[i]), strict=True))
            )
            rules.append(Rule(anchors[near], i - near, ops, anchors.get(i, "name")))
        return rules

    def _fields(self, layout: Layout, one: Group, two: Group) -> dict[int, str]:
        """The fields that a group shows, by the number of the operator."""
        found: dict[int, str] = {}
        for k, (face, size, op) in _shows(layout, one):
            if field := self._field(face, op, 0):
                found[k] = field
                text = letters(face, field, self._said[1][field])
                if _glyphs(two.ops[k]) != [letter.glyph for letter in text]:
                    raise Unsuited(f"{field} is set in another way")
                self.slots[field] = Slot(field, face, size, self._spacing(field, two.ops[k], text))
        return found

    def _spacing(self, field: str, op: Op, text: Sequence[Set]) -> Callable[[str], float]:
        """What follows each letter of a field; a name's hangs on how long it is."""
        if field == "name":
            return lambda name: 1000 * name_spacing(self._design, name)
        kerned = sum(letter.advance - letter.width for letter in text)
        spacing = round((_added(op) - kerned) / (len(text) - 1), 1)
        # WeasyPrint rounds where each letter stands; that is no spacing.
        return lambda _: spacing if abs(spacing) > 1.5 else 0

    def _field(self, face: Face, op: Op, which: int) -> str | None:
        glyphs = _glyphs(op)
        for field, text in self._said[which].items():
            try:
                if glyphs == [letter.glyph for letter in letters(face, field, text)]:
                    return field
            except Unset:
                continue
        return None

    def _anchor(self, layout: Layout, group: Group) -> str | None:
        if not group.marked:
            return None
        if group.ops[1:] == self._code:
            return "qr"
        return next((field for _, (face, _, op) in _shows(layout, group) if (field := self._field(face, op, 0))), None)


def _piece(group: Group, rule: Rule | None, codes: Family) -> Piece:
    if not group.marked:
        return Piece((bytes(group) + b"\n",), own=False)
    state = b"".join(bytes(op) + b"\n" for op in group.state.values())
    parts = _joined(_parts(group, rule, codes)) if rule else (bytes(group) + b"\n",)
    return Piece(parts, rule is not None, _MATRIX % group.matrix, state)


def _parts(group: Group, rule: Rule, codes: Family) -> Iterator[Part]:
    """A holder's own group, with what is hers in it."""
    if rule.anchor == "qr":
        yield from _framed(group, codes)
        return
    for op, what in zip(group.ops, rule.ops, strict=True):
        if isinstance(what, str):
            yield Own(what)
        elif what is None:
            yield bytes(op) + b"\n"
        else:
            for number, by in zip(op.given, what, strict=True):
                yield Moved(float(number), by, rule.follows) if by else number + b" "
            yield op.name + b"\n"


def _framed(figure: Group, codes: Family) -> Iterator[Part]:
    """The QR code's square, in modules from its upper left corner."""
    matrix, first = UNIT, None
    for op in figure.ops:
        if op.name == b"cm":
            matrix = moved(matrix, op)
        if op.name == b"l" and first is None:
            first = float(op.given[0])
            # The light square is drawn first, as wide as the drawing is in modules.
            break
    dark = next(op for op in reversed(figure.ops) if op.name == b"RG")
    side = codes.size + 2 * QUIET
    a, b, c, d, e, f = matrix
    scale = (first or side) / side
    yield bytes(figure.ops[0]) + b"\nq\n" + _MATRIX % (a * scale, b * scale, c * scale, d * scale, e, f)
    yield b"1 1 1 rg 0 0 %d %d re f %b rg\n" % (side, side, b" ".join(dark.given))
    yield Own("qr")
    yield b"Q\nEMC\n"


_MATRIX = b"%.6f %.6f %.6f %.6f %.6f %.6f cm\n"


def _by(one: Op, two: Op) -> tuple[float, ...] | None:
    """How much each number of an operator moves; None where none does."""
    if one == two:
        return None
    return tuple(
        0.0 if plain == other else float(other) - float(plain)
        for plain, other in zip(one.given, two.given, strict=True)
    )


def _shows(layout: Layout, group: Group) -> Iterator[tuple[int, tuple[Face, bytes, Op]]]:
    """Each text that a group shows, by the number of the operator, with its face and size."""
    font: tuple[Face, bytes] | None = None
    for k, op in enumerate(group.ops):
        if op.name == b"Tf":
            family, weight = layout.faces[op.given[0]]
            font = _face(family, weight >= 600), op.given[1]
        elif op.name == b"TJ" and font:
            yield k, (*font, op)


@lru_cache(maxsize=16)
def _face(family: str, bold: bool) -> Face:
    return Face(file_of(family, BOLD if bold else REGULAR))


def _glyphs(op: Op) -> list[int]:
    hexes = b"".join(findall(rb"<([0-9a-fA-F]*)>", op.given[0]))
    return [int(hexes[i : i + 4], 16) for i in range(0, len(hexes), 4)]


def _added(op: Op) -> float:
    """What a TJ adds between its glyphs altogether."""
    return -sum(float(number) for number in findall(rb">([-+.\d]+)", op.given[0]))


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same, with what is constant in as few pieces as can be."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)
