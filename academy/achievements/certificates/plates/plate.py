"""What is the same for all who have a wording, and where each holder's own fields are set on it.

Two layouts of one wording, with other texts in all fields, show what a field is to the page: what is the same in both
is everybody's; a number that differs follows a field's width in proportion; and where a field's text stands, each
holder's is set in the same face, size and place. Another wording needs one layout, in which the same is found again,
or none where it only has other numerals that are as wide.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import count
from re import Match, findall, sub

from academy.achievements.certificates.paper import name_font, name_spacing, texts
from academy.achievements.certificates.plates.layout import UNIT, Font, Group, Layout, Op, Sheet, moved
from academy.achievements.certificates.rules import Design, Paper, wording, written_date
from academy.text.codes import printed_code
from academy.text.fonts import BOLD, REGULAR, file_of
from academy.text.qr import QUIET, Family, family
from academy.text.truetype import Face, Set, Unset

SERIALS = ("PROBE-1000-0000-0000", "PROBE-2000-0000-0000")
CODES = ("PRPBEAAA", "PRPBEBBB")
# A name with a rare letter stands in another typeface.
USUAL, RARE = "永", "𠮷"
DATES = (date(2026, 1, 1), date(2026, 12, 28))
ISSUED = DATES[0].isoformat()

FIELDS = ("name", "serial", "code", "zh", "en")
"""What is a holder's own beside the QR code; the last two are the date in either language."""


LETTERS = {
    "serial": "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789",
    "code": "ABCDEFGHJKMNPQRSTVWXYZ-123456789",
    "zh": "〇一二三四五六七八九十年月日0123456789",
    "en": "0123456789, JanuaryFebruaryMarchAprilMayJuneJulyAugustSeptemberOctoberNovemberDecember",
}
"""What is written in each field; side by side, since a letter may look otherwise among others."""

ALONE = ("serial", "code")
"""Fields whose letters don't kern."""

ALIKE = str.maketrans("123456789一二三四五六七八九十百千", "000000000零零零零零零零零零零零零")
"""Numerals that may stand in each other's places."""


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

    def wide(self, set_: Sequence[Set], spacing: float) -> float:
        """How wide a text is, in the page's units, from its letters and what follows each."""
        return (sum([letter.advance for letter in set_]) + spacing * len(set_)) * float(self.size) / 1000

    def hand(self, font: bytes, numbers: Mapping[int, int]) -> Hand:
        """What writes the field in a font that has its glyphs under other numbers; it may raise `Unset`."""
        start = b"%b %b Tf [<" % (font, self.size)

        def number(letter: Set) -> str:
            if letter.glyph not in numbers:
                raise Unset(letter.letter)
            return f"{numbers[letter.glyph]:04x}"

        @lru_cache(maxsize=4096)
        def run(letter: Set, spacing: float) -> str:
            more = letter.advance - letter.width + spacing
            return f"{number(letter)}>{-more:g}<" if more else number(letter)

        def write(text: str) -> tuple[bytes, float]:
            found, spacing = letters(self.face, self.field, text), self.spacing(text)
            runs = "".join([run(letter, spacing) for letter in found])
            return b"%b%b>] TJ\n" % (start, runs.encode()), self.wide(found, spacing)

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
    """A number that follows the width of a field: where it would be without, and by how much each unit moves it."""

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


class Content:
    """A page's stream in two: what is everybody's, then what is written for each holder."""

    def __init__(self, common: bytes, own: Iterable[Part] = ()) -> None:
        self.common, self.own = common, _joined(own)
        self._fields = [part.field for part in self.own if isinstance(part, Own)]
        self._followed = sorted({part.field for part in self.own if isinstance(part, Moved)})
        self._form = lru_cache(maxsize=256)(self._formed)

    def written(self, shown: Mapping[str, tuple[bytes, float]]) -> bytes:
        """A holder's own part, with what her fields show, and how wide that is."""
        form = self._form(*[shown[field][1] for field in self._followed])
        return form % tuple([shown[field][0] for field in self._fields])

    def _formed(self, *widths: float) -> bytes:
        """The same for all whose fields are as wide, with a gap for each."""
        wide = dict(zip(self._followed, widths, strict=True))
        return b"".join(
            part.replace(b"%", b"%%")
            if isinstance(part, bytes)
            else b"%.4f " % (part.at + part.by * wide[part.field])
            if isinstance(part, Moved)
            else b"%b"
            for part in self.own
        )


@dataclass(frozen=True, eq=False)
class Plate:
    """One wording laid out; certificates of it differ only in name, date, serial, code and QR code."""

    design: Design
    sheet: Sheet
    pieces: tuple[Piece, ...]
    fonts: Mapping[bytes, Face]
    """The faces by the names that the page uses."""
    letters: Mapping[Face, Mapping[int, str]]
    """What everybody's page shows of each face."""
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
        return Content(before, (part for piece in self.pieces[first:] for part in piece.parts))

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
        return Content(b"".join((*common, b"Q\n")), own)

    def hands(self, face: Face, numbers: Mapping[int, int]) -> dict[str, Hand]:
        """What writes the fields that stand in a face, by the numbers of its glyphs."""
        key = next(key for key, one in self.fonts.items() if one is face)
        return {field: slot.hand(key, numbers) for field, slot in self.slots.items() if slot.face is face}

    def written(self, content: Content, row: Paper, hands: Mapping[str, Hand]) -> bytes:
        """A holder's own part of a content, each field written by its hand; `Unset`."""
        shown = {field: write(said(self.design, row, field)) for field, write in hands.items()}
        shown["qr"] = family(row.verify_url).path(row.verify_url), 0.0
        return content.written(shown)


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
        self._laid_out: dict[tuple[str, ...], list[tuple[list[str], Layout]]] = {}
        self._keep(row, plain)

    def plate(self, row: Paper) -> Plate:
        """The plate of a row's wording; `Unsuited`."""
        layout = self._worded(row)
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
            pieces=tuple(self._piece(group, own.get(i), codes) for i, group in enumerate(layout.groups)),
            fonts={key: _face(font) for key, font in layout.fonts.items()},
            letters=self._letters(layout, own),
            reading=self,
        )

    def _worded(self, row: Paper) -> Layout:
        """A row's wording laid out, or one like it that has other numerals in the same places."""
        like, words = self._words(row)
        for known, layout in self._laid_out.get(like, ()):
            with suppress(ValueError):
                return _reworded(layout, known, words)
        layout = self._layout(row, 0)
        self._keep(row, layout)
        return layout

    def _keep(self, row: Paper, layout: Layout) -> None:
        like, words = self._words(row)
        self._laid_out.setdefault(like, []).append((words, layout))

    def _words(self, row: Paper) -> tuple[tuple[str, ...], list[str]]:
        """What a plain layout of a wording says, with its numerals all alike, and as it is."""
        probe = self._probe(row, 0)
        words = [text for one in self._design.languages for text in wording(self._design, probe, one).values()]
        return (row.salutation, *(text.translate(ALIKE) for text in words)), words

    def _letters(self, layout: Layout, own: Mapping[int, Rule]) -> dict[Face, dict[int, str]]:
        """What everybody's page shows of each face, and all that may stand in the fields but for names."""
        found = {_face(font): dict[int, str]() for font in layout.fonts.values()}
        for i, group in enumerate(layout.groups):
            for k, (key, _, op) in _shows(group):
                if i not in own or not isinstance(own[i].ops[k], str):
                    font = layout.fonts[key]
                    found[_face(font)] |= {glyph: font.letters[glyph] for glyph in _glyphs(op)}
        for field, slot in self.slots.items():
            if field in LETTERS:
                set_ = letters(slot.face, field, LETTERS[field])
                found[slot.face] |= {letter.glyph: letter.letter for letter in set_}
        if any(glyph >= face.glyphs for face, said in found.items() for glyph in said):
            raise Unsuited("a letter that no face has")
        return found

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
            plain, other = (slot.wide(letters(slot.face, field, probe), slot.spacing(probe)) for probe in probes)
            found[field] = plain, other - plain
        return found

    def _layout(self, row: Paper, which: int) -> Layout:
        return Layout.of(texts(self._design, self._probe(row, which)))

    @staticmethod
    def _probe(row: Paper, which: int) -> Paper:
        return replace(
            row,
            name=(RARE if name_font(row.name) != name_font(USUAL) else USUAL) * (1, 3)[which],
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
        for k, (key, size, op) in _shows(one):
            face = _face(layout.fonts[key])
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
        shows = (self._field(_face(layout.fonts[key]), op, 0) for _, (key, _, op) in _shows(group))
        return next((field for field in shows if field), None)

    def _piece(self, group: Group, rule: Rule | None, codes: Family) -> Piece:
        if not group.marked:
            return Piece((bytes(group) + b"\n",), own=False)
        state = b"".join(bytes(op) + b"\n" for op in group.state.values())
        parts = _joined(self._parts(group, rule, codes)) if rule else (bytes(group) + b"\n",)
        return Piece(parts, rule is not None, _MATRIX % group.matrix, state)

    def _parts(self, group: Group, rule: Rule, codes: Family) -> Iterator[Part]:
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
                yield from self._moved(op, what, rule.follows)
                yield op.name + b"\n"

    def _moved(self, op: Op, steps: tuple[float, ...], field: str) -> Iterator[Part]:
        plain, wider = self.widths[field]
        for number, step in zip(op.given, steps, strict=True):
            by = step / wider
            yield Moved(float(number) - by * plain, by, field) if step else number + b" "


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


def _shows(group: Group) -> Iterator[tuple[int, tuple[bytes, bytes, Op]]]:
    """Each text that a group shows, by the number of the operator, with its font's name and size."""
    chosen: tuple[bytes, bytes] | None = None
    for k, op in enumerate(group.ops):
        if op.name == b"Tf":
            chosen = op.given[0], op.given[1]
        elif op.name == b"TJ" and chosen:
            yield k, (*chosen, op)


def _face(font: Font) -> Face:
    return _opened(font.family, font.weight >= 600)


@lru_cache(maxsize=16)
def _opened(family: str, bold: bool) -> Face:
    return Face(file_of(family, BOLD if bold else REGULAR))


def _reworded(layout: Layout, old: Sequence[str], new: Sequence[str]) -> Layout:
    """The layout of another wording, in which each letter is as wide as here; ValueError where there is no such one."""
    shown = [
        (letter, key, (i, k), n, glyph)
        for i, group in enumerate(layout.groups)
        for k, (key, _, op) in _shows(group)
        for n, glyph in enumerate(_glyphs(op))
        for letter in layout.fonts[key].letters[glyph].strip()
    ]
    page = "".join([letter for letter, *_ in shown])
    other: dict[tuple[int, int], dict[int, int]] = {}
    fonts = {key: replace(font, letters=dict(font.letters)) for key, font in layout.fonts.items()}
    for one, two in zip(old, new, strict=True):
        if one == two:
            continue
        plain = "".join(one.split())
        if page.count(plain) != 1:
            raise ValueError(f"where is {one}?")
        there = shown[page.index(plain) :][: len(plain)]
        (key,) = {key for _, key, *_ in there}
        face = _face(fonts[key])
        set_ = list(zip(face.set(one), face.set(two), strict=True))
        if any(a.advance != b.advance for a, b in set_):
            raise ValueError(f"{two} is set wider or narrower")
        inked = (both for both in set_ if not both[0].letter.isspace())
        for (a, b), (_, _, place, n, glyph) in zip(inked, there, strict=True):
            if a.letter != b.letter:
                if a.glyph != glyph:
                    raise ValueError(f"{a.letter} is set in another way")
                other.setdefault(place, {})[n] = b.glyph
                fonts[key].letters[b.glyph] = b.letter
    groups = [
        replace(group, ops=[_reset(op, other[i, k]) if (i, k) in other else op for k, op in enumerate(group.ops)])
        for i, group in enumerate(layout.groups)
    ]
    return replace(layout, groups=groups, fonts=fonts)


def _reset(op: Op, other: Mapping[int, int]) -> Op:
    """A text with some other glyphs, by their places in it."""
    numbers = count()

    def run(found: Match[bytes]) -> bytes:
        glyphs = findall(b"....", found[1])
        return b"<%b>" % b"".join([b"%04x" % other[n] if (n := next(numbers)) in other else old for old in glyphs])

    return Op(op.name, (sub(rb"<([0-9a-fA-F]*)>", run, op.given[0]),))


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
