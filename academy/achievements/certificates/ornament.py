"""The certificate's art, computed: four papers, emblem and seal as SVG in millimetres.

Flat fills and hex colours only, since gradients are lost in print.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import cos, hypot, pi, sin, tau
from random import Random

from academy.achievements.certificates.rules import LANDSCAPE, PORTRAIT, Emblem, graphemes
from academy.art.palette import METALS
from academy.art.shapes import plume, spread
from academy.text.fonts import outline

Curve = Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Sheet:
    """An A4 sheet in millimetres: the heights of the emblem's middle and of the medallion behind the text."""

    width: float
    height: float
    emblem_y: float
    centre_y: float

    @property
    def centre_x(self) -> float:
        return self.width / 2


SHEETS = {LANDSCAPE: Sheet(297, 210, 38.0, 113.0), PORTRAIT: Sheet(210, 297, 46.0, 149.0)}


@dataclass(frozen=True)
class Palette:
    """The colours of one kind of paper."""

    paper: str
    line: str
    pale: str
    mist: str
    title: str
    ink: str
    ink_2: str
    ink_line: str
    seal: str
    mark: str


PALETTES = {
    "gold": Palette(
        paper="#fffdf7",
        line="#b08532",
        pale="#d9bd7c",
        mist="#f0e3c4",
        title="#951f2c",
        ink="#2f2417",
        ink_2="#5b4a31",
        ink_line="#7d6023",
        seal="#b3202a",
        mark="#f6dcd2",
    ),
    "vermilion": Palette(
        paper="#fffaf6",
        line="#b5332a",
        pale="#e2a596",
        mist="#f7e2d8",
        title="#a1211e",
        ink="#2f1d18",
        ink_2="#5d4038",
        ink_line="#93392b",
        seal="#b3202a",
        mark="#f3d5cd",
    ),
    "turquoise": Palette(
        paper="#fafdfb",
        line="#2d7f79",
        pale="#84bdb5",
        mist="#d9ebe6",
        title="#14524d",
        ink="#1b2a29",
        ink_2="#3e5653",
        ink_line="#276a64",
        seal="#b3202a",
        mark="#f4dad6",
    ),
    "plain": Palette(
        paper="#ffffff",
        line="#77726a",
        pale="#bdb8ae",
        mist="#e9e7e2",
        title="#2b2722",
        ink="#24211d",
        ink_2="#57524a",
        ink_line="#6a655c",
        seal="#b3202a",
        mark="#f3dcd9",
    ),
}


@cache
def sheet(paper: str, orientation: str = LANDSCAPE) -> str:
    """Everything that lies under the text: medallion, frame, corners, and what flanks the emblem."""
    palette, on = PALETTES[paper], SHEETS[orientation]
    return _svg(on.width, on.height, "".join(part(palette, on) for part in _PARTS[paper]))


def _svg(width: float, height: float, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}">{body}</svg>'
    )


def _strokes(colour: str, width: float, body: str) -> str:
    return f'<g fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round">{body}</g>'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _curve(curve: Curve, stops: Sequence[float]) -> str:
    """A smooth path through a curve's points at the stops: cubics whose handles follow the curve's own slope."""
    tiny = (stops[-1] - stops[0]) / len(stops) / 100

    def slope(t: float) -> tuple[float, float]:
        (ax, ay), (bx, by) = curve(t - tiny), curve(t + tiny)
        return (bx - ax) / (2 * tiny), (by - ay) / (2 * tiny)

    d = "M{} {}".format(*map(_n, curve(stops[0])))
    for start, end in pairwise(stops):
        (x, y), (u, v), third = curve(start), curve(end), (end - start) / 3
        (dx, dy), (du, dv) = slope(start), slope(end)
        d += f"C{_n(x + dx * third)} {_n(y + dy * third)} {_n(u - du * third)} {_n(v - dv * third)} {_n(u)} {_n(v)}"
    return d


def _repeated(d: str, turns: Iterable[str]) -> str:
    """One path in many places; being the same each time, it weighs next to nothing in a file."""
    return "".join(f'<g transform="{turn}"><path d="{d}"/></g>' for turn in turns)


# The rosette: wheels of waves, each wheel one wave turned a little further for every strand.


def _rosette(palette: Palette, on: Sheet) -> str:
    def wheel(radius: float, swing: float, waves: int, strands: int) -> str:
        def strand(phase: float) -> Curve:
            def at(t: float) -> tuple[float, float]:
                # A slower wave lets the strands draw apart and gather again.
                r = radius + swing * sin(waves * t + phase) * (0.72 + 0.28 * cos(waves / 2 * t))
                return on.centre_x + r * cos(t), on.centre_y + r * sin(t)

            return at

        # After two waves it all comes again.
        stops = [tau * k / (waves * 4) for k in range(9)]
        pair = "".join(_curve(strand(tau * k / strands), stops) for k in range(strands))
        middle = f"{_n(on.centre_x)} {_n(on.centre_y)}"
        return _repeated(pair, (f"rotate({_n(720 * k / waves)} {middle})" for k in range(waves // 2)))

    rings = "".join(
        f'<circle cx="{_n(on.centre_x)}" cy="{_n(on.centre_y)}" r="{r}"/>' for r in (59.2, 58.4, 20.2, 19.6)
    )
    return _strokes(
        palette.mist, 0.13, wheel(46, 11.6, 24, 10) + wheel(29, 7.6, 16, 8) + wheel(54.8, 3.2, 48, 4) + rings
    )


# The band: strands of two sine waves, woven along each side between the corners.

OUTER, INNER = 6.4, 18.2
CORNER = 25.8
_MIDDLE = (OUTER + INNER) / 2


def _band(palette: Palette, on: Sheet) -> str:
    line, pale = "", ""
    for side, corners in (
        (on.width, (f"translate(0 {_MIDDLE})", f"translate({on.width} {_n(on.height - _MIDDLE)}) rotate(180)")),
        (
            on.height,
            (f"translate({_MIDDLE} {on.height}) rotate(270)", f"translate({_n(on.width - _MIDDLE)} 0) rotate(90)"),
        ),
    ):
        length = side - 2 * CORNER
        pairs = round(length / 15.2)
        width = length / pairs
        places = [f"{corner} translate({CORNER + width * k:.4f} 0)" for corner in corners for k in range(pairs)]
        line += _repeated(
            "".join(_strand(width, 2, pi * k / 6, 3.8 * (0.78 + 0.22 * cos(pi * k / 3))) for k in range(12)), places
        )
        pale += _repeated("".join(_strand(width, 4, pi * k / 3, 1.3) for k in range(6)), places)
    return _strokes(palette.pale, 0.12, pale) + _strokes(palette.line, 0.15, line)


def _strand(length: float, bows: int, phase: float, swing: float) -> str:
    """One wave along a stretch: bows are its half periods; drawn from crest to trough, where a cubic is truest."""

    def at(t: float) -> tuple[float, float]:
        return length * t / bows, swing * sin(pi * t + phase)

    first = (0.5 - phase / pi) % 1
    crests = [first + k for k in range(bows + 1) if 0.01 < first + k < bows - 0.01]
    return _curve(at, [0, *crests, bows])


def _rules(palette: Palette, on: Sheet) -> str:
    insets = ((OUTER, 0.9), (OUTER + 1.5, 0.2), (INNER - 1.5, 0.2), (INNER, 0.6), (19.4, 0.15))
    return _strokes(palette.line, 0.2, "".join(_frame(on, inset, stroke) for inset, stroke in insets))


def _frame(on: Sheet, inset: float, stroke: float) -> str:
    return (
        f'<rect x="{inset}" y="{inset}" width="{_n(on.width - 2 * inset)}" '
        f'height="{_n(on.height - 2 * inset)}" stroke-width="{stroke}"/>'
    )


# Corners: a fan of feathers opening towards the middle of the sheet.


def _corners(palette: Palette, on: Sheet) -> str:
    return _in_corners(_corner(palette), on)


def _in_corners(one: str, on: Sheet) -> str:
    """A drawing for the upper left corner, mirrored into all four."""
    turns = (
        "",
        f"translate({on.width} 0) scale(-1 1)",
        f"translate(0 {on.height}) scale(1 -1)",
        f"translate({on.width} {on.height}) scale(-1 -1)",
    )
    return "".join(f'<g transform="{turn}">{one}</g>' if turn else one for turn in turns)


def _corner(palette: Palette) -> str:
    side = CORNER - OUTER
    square = (
        f'<rect x="{OUTER}" y="{OUTER}" width="{_n(side)}" height="{_n(side)}" fill="{palette.paper}" '
        f'stroke="{palette.line}" stroke-width=".7"/>'
        f'<rect x="{OUTER + 1.2}" y="{OUTER + 1.2}" width="{_n(side - 2.4)}" height="{_n(side - 2.4)}" '
        f'fill="none" stroke="{palette.line}" stroke-width=".2"/>'
    )
    fan = ((96, 11.6), (174, 11.6), (115, 13.6), (155, 13.6), (135, 15.6))
    feathers = "".join(f'<g transform="rotate({turn})">{_feather(size, palette)}</g>' for turn, size in fan)
    return (
        f'{square}<g transform="translate({OUTER + 3.4} {OUTER + 3.4})">{feathers}'
        f'<circle r="1.3" fill="{palette.line}"/><circle r=".5" fill="{palette.paper}"/></g>'
    )


def _feather(size: float, palette: Palette) -> str:
    """A feather of a length, standing on its quill's point at 0 0: vane, quill, and barbs sweeping to the tip."""
    root, tip = -size * 0.16, -size
    vane = (
        f"M0 {_n(root)}C{_n(-size * 0.21)} {_n(-size * 0.36)} {_n(-size * 0.21)} {_n(-size * 0.82)} 0 {_n(tip)}"
        f"C{_n(size * 0.17)} {_n(-size * 0.84)} {_n(size * 0.2)} {_n(-size * 0.42)} 0 {_n(root)}Z"
    )
    barbs = ""
    for k in range(8):
        along = 0.24 + 0.075 * k
        out = 0.118 * sin(pi * (along - 0.1) / 0.92)
        for side in (-1, 0.9):
            barbs += (
                f"M0 {_n(-size * along)}Q{_n(side * size * out * 0.5)} {_n(-size * (along + 0.03))} "
                f"{_n(side * size * out)} {_n(-size * (along + 0.115))}"
            )
    return (
        f'<path d="{vane}" fill="{palette.paper}" stroke="{palette.line}" stroke-width=".3"/>'
        f'<path d="{barbs}" fill="none" stroke="{palette.pale}" stroke-width=".17"/>'
        f'<path d="M0 0V{_n(-size * 0.88)}" fill="none" stroke="{palette.line}" stroke-width=".26"/>'
    )


def _flourish(palette: Palette, on: Sheet) -> str:
    """A spray of feathers on either side of the emblem, the smallest outermost."""
    spray = f'<path d="M15.5 0H57" fill="none" stroke="{palette.line}" stroke-width=".24"/>'
    for k in range(6, -1, -1):
        size = 9.6 - 0.72 * k
        for turn in (66, 114):
            spray += f'<g transform="translate({_n(16.5 + 4.7 * k)} 0) rotate({turn})">{_feather(size, palette)}</g>'
    spray += f'<path d="M58.4 -1L59.8 0L58.4 1L57 0Z" fill="{palette.line}"/>'
    return _beside(spray, on)


def _beside(spray: str, on: Sheet) -> str:
    """A drawing to the right of the emblem, mirrored to its left."""
    return "".join(
        f'<g transform="translate({_n(on.centre_x)} {on.emblem_y}) scale({side} 1)">{spray}</g>' for side in (1, -1)
    )


# Vermilion: a solid band like lacquer, in which feathers are spared out, and a wheel of feathers behind the text.


def _lacquer(palette: Palette, on: Sheet) -> str:
    """The band: from the middle of each side, a chain of feathers runs to either corner."""
    far, near = 7.0, 16.4
    middle, first, link = (far + near) / 2, 4.4, 9.6
    band = (
        f'<path fill="{palette.line}" fill-rule="evenodd" d="M{far} {far}H{on.width - far}V{on.height - far}H{far}Z'
        f'M{near} {near}H{_n(on.width - near)}V{_n(on.height - near)}H{near}Z"/>'
    )
    spared = replace(palette, pale=palette.line)
    feathers = "".join(f'<g transform="rotate({turn})">{_feather(7.4, spared)}</g>' for turn in (62, 118))
    feathers += f'<g transform="translate(3.6 0) rotate(90)">{_feather(6, spared)}</g>'
    diamond = f'<path d="M-2.6 0L0 -2.6L2.6 0L0 2.6Z" fill="{palette.paper}"/><circle r=".8" fill="{palette.line}"/>'
    chains = ""
    for length, places in (
        (on.width, ((on.centre_x, middle, 0), (on.centre_x, on.height - middle, 180))),
        (on.height, ((middle, on.height / 2, 270), (on.width - middle, on.height / 2, 90))),
    ):
        reach = length / 2 - CORNER - 1.4 - first - link
        steps = round(reach / 8.4)
        chain = "".join(
            f'<g transform="translate({_n(first + reach * k / steps)} 0)">{feathers}</g>' for k in range(steps + 1)
        )
        chain += f'<g transform="scale(-1 1)">{chain}</g>{diamond}'
        chains += "".join(
            f'<g transform="translate({_n(x)} {_n(y)}) rotate({turn})">{chain}</g>' for x, y, turn in places
        )
    return (
        band
        + chains
        + _strokes(palette.line, 0.2, _frame(on, 5.6, 0.25) + _frame(on, 18, 0.25) + _frame(on, 18.9, 0.6))
    )


def _lacquer_corners(palette: Palette, on: Sheet) -> str:
    """A quarter of a wheel of feathers on a block that juts out into the sheet."""
    fan = ((94, 14), (176, 14), (115, 15.8), (155, 15.8), (135, 18))
    feathers = "".join(
        f'<g transform="rotate({turn})">{_feather(size, replace(palette, pale=palette.line))}</g>' for turn, size in fan
    )
    return _in_corners(
        f'<path d="M7 7H25.2V25.2H7Z" fill="{palette.line}" stroke="{palette.paper}" stroke-width=".5"/>'
        f'<path d="M5.6 26.2H26.2V5.6" fill="none" stroke="{palette.line}" stroke-width=".25"/>'
        f'<g transform="translate(9.2 9.2)">{feathers}<circle r="1.5" fill="{palette.paper}"/>'
        f'<circle r=".6" fill="{palette.line}"/></g>',
        on,
    )


def _wheel(palette: Palette, on: Sheet) -> str:
    """Two rings of feathers that point outward, the inner over the roots of the outer."""
    mist = replace(palette, line=palette.mist, pale=palette.mist)
    feathers = ""
    for half, root, size in ((0, 23, 35), (0.5, 19, 20)):
        one = _feather(size, mist)
        feathers += "".join(
            f'<g transform="rotate({_n(11.25 * (k + half))}) translate(0 {-root})">{one}</g>' for k in range(32)
        )
    rings = _strokes(palette.mist, 0.2, "".join(f'<circle r="{r}"/>' for r in (19.4, 18.6, 58.8, 59.6)))
    return f'<g transform="translate({_n(on.centre_x)} {_n(on.centre_y)})">{feathers}{rings}</g>'


# Turquoise: plumage, rounded feathers that overlap like those of a breast.


def _scale(width: float, fill: str, line: str, pale: str) -> str:
    """The rounded tip of a feather, pointing up from the middle of its foot: an edge, a line within, a quill."""
    half = width / 2

    def arch(part: float, lift: float) -> str:
        w, h = half * part, width * 0.98 * part
        return (
            f"M{_n(-w)} {_n(lift)}C{_n(-w)} {_n(lift - h * 0.72)} {_n(-w * 0.52)} {_n(lift - h)} 0 {_n(lift - h)}"
            f"S{_n(w)} {_n(lift - h * 0.72)} {_n(w)} {_n(lift)}"
        )

    return (
        f'<path d="{arch(1, 0)}" fill="{fill}" stroke="{line}" stroke-width=".22"/>'
        f'<path d="{arch(0.66, 0)}M0 0V{_n(-width * 0.5)}" fill="none" stroke="{pale}" stroke-width=".17"/>'
    )


def _plumage(palette: Palette, on: Sheet) -> str:
    """The band: three rows of plumage on each side, tips outward, each row over the roots of the one without."""
    far, near, begin = 7.4, 17.6, 24.0
    rise = (near - far - 0.6) / 3.55
    band = ""
    for length, places in (
        (on.width, ((0, 0, 0), (on.width, on.height, 180))),
        (on.height, ((0, on.height, 270), (on.width, 0, 90))),
    ):
        number = round((length - 2 * begin) / 5.4)
        width = (length - 2 * begin) / number
        side = ""
        for row, fill in enumerate((palette.paper, palette.mist, palette.paper)):
            one, shift, y = (
                _scale(width, fill, palette.line, palette.pale),
                row % 2 / 2,
                far + 0.3 + rise * (row + 1.55),
            )
            side += "".join(
                f'<g transform="translate({_n(begin + width * (k + shift))} {_n(y)})">{one}</g>'
                for k in range(number + 1 - row % 2)
            )
        band += "".join(f'<g transform="translate({x} {y}) rotate({turn})">{side}</g>' for x, y, turn in places)
    return band + _strokes(
        palette.line,
        0.2,
        _frame(on, OUTER, 0.8) + _frame(on, far, 0.18) + _frame(on, near, 0.18) + _frame(on, 18.6, 0.6),
    )


def _wings(palette: Palette, on: Sheet) -> str:
    """Each corner a spread wing: long quills that shorten towards the sides, and coverts over their roots."""

    def ring(number: int, size: float, shorter: float) -> str:
        places = sorted((k - (number - 1) / 2 for k in range(number)), key=lambda off: -abs(off))
        return "".join(
            f'<g transform="rotate({_n(135 + 90 * off / number)})">{_feather(size - shorter * abs(off), palette)}</g>'
            for off in places
        )

    return _in_corners(
        f'<path d="M6.4 6.4H26V26H6.4Z" fill="{palette.paper}" stroke="{palette.line}" stroke-width=".6"/>'
        f'<path d="M7.4 7.4H25V25H7.4Z" fill="none" stroke="{palette.line}" stroke-width=".18"/>'
        f'<g transform="translate(8.4 8.4)">{ring(7, 18.6, 1.05)}{ring(5, 11, 0.6)}'
        f'<path d="M0 0H5A5 5 0 0 1 0 5Z" fill="{palette.line}"/>'
        f'<path d="M1.1 1.1H3.3A2.3 2.3 0 0 1 1.1 3.3Z" fill="{palette.paper}"/></g>',
        on,
    )


def _dahlia(palette: Palette, on: Sheet) -> str:
    """The medallion: rings of plumage, the inner over the outer, open in the middle."""
    rings, inner, outer = 6, 25.0, 59.0
    petals = ""
    for ring in range(rings, 0, -1):
        radius = inner + (outer - inner) * ring / rings
        number = 30
        width = tau * (radius - 3.0) / number
        one = _scale(width, palette.paper, palette.mist, palette.mist)
        for k in range(number):
            turn = 360 * (k + ring % 2 / 2) / number
            petals += f'<g transform="rotate({_n(turn)}) translate(0 {_n(width * 0.98 - radius)})">{one}</g>'
    return (
        f'<g transform="translate({_n(on.centre_x)} {_n(on.centre_y)})">{petals}'
        f'<circle r="{inner - 0.6}" fill="{palette.paper}" stroke="{palette.mist}" stroke-width=".2"/></g>'
    )


def _tails(palette: Palette, on: Sheet) -> str:
    """On either side of the emblem a long tail: plumage that gets smaller towards a diamond at its end."""
    tail = f'<path d="M15.5 0H57" fill="none" stroke="{palette.line}" stroke-width=".24"/>'
    for k in range(9, -1, -1):
        one = _scale(8.6 - 0.52 * k, palette.mist if k % 2 else palette.paper, palette.line, palette.pale)
        tail += f'<g transform="translate({_n(10 + 3.6 * k)} 0) rotate(90)">{one}</g>'
    tail += f'<path d="M58.4 -1L59.8 0L58.4 1L57 0Z" fill="{palette.line}"/>'
    return _beside(tail, on)


# Plain: hairlines, and one feather in each corner.


def _hairlines(palette: Palette, on: Sheet) -> str:
    """Two hairlines; the inner one stops short of the corners, where the feathers lie."""
    inset, gap = 14.4, 31.0
    d = ""
    for x, y, u, v in (
        (gap, inset, on.width - gap, inset),
        (gap, on.height - inset, on.width - gap, on.height - inset),
        (inset, gap, inset, on.height - gap),
        (on.width - inset, gap, on.width - inset, on.height - gap),
    ):
        d += f"M{_n(x)} {_n(y)}L{_n(u)} {_n(v)}"
    return _strokes(palette.line, 0.2, _frame(on, 11.6, 0.4) + f'<path d="{d}"/>')


def _single_feathers(palette: Palette, on: Sheet) -> str:
    return _in_corners(
        f'<g transform="translate(16.2 27.6) rotate(45)">{_feather(16.4, palette)}</g>',
        on,
    )


def _lines_beside(palette: Palette, on: Sheet) -> str:
    return _beside(
        f'<path d="M17 0H44" fill="none" stroke="{palette.line}" stroke-width=".2"/>'
        f'<path d="M45.6 -.8L46.4 0L45.6 .8L44.8 0Z" fill="{palette.line}"/>',
        on,
    )


_PARTS: dict[str, tuple[Callable[[Palette, Sheet], str], ...]] = {
    "gold": (_rosette, _band, _rules, _corners, _flourish),
    "vermilion": (_wheel, _lacquer, _lacquer_corners, _flourish),
    "turquoise": (_dahlia, _plumage, _wings, _tails),
    "plain": (_hairlines, _single_feathers, _lines_beside),
}


# The emblem, flat: disc, face, and a fan of as many feathers as the tier has.


@cache
def emblem(which: Emblem) -> str:
    """The tier's emblem in its metal; the academy's own drawing of it without its gradients."""
    metal = METALS[which.metal]
    vane = plume(39, 11)
    fan = "".join(
        f'<g transform="rotate({_n(turn)})"><path d="{vane}" fill="{metal.hi}" stroke="{metal.face}"/>'
        f'<path d="M0 -5V-26" fill="none" stroke="{metal.mid}" stroke-width="1.5" stroke-linecap="round"/></g>'
        for turn in spread(which.feathers)
    )
    rings = "".join(
        f'<circle cx="48" cy="48" r="{radius}" fill="{colour}"/>'
        for radius, colour in (
            (46, metal.lo),
            (45, metal.mid),
            (42, metal.hi),
            (39, metal.lo),
            (38.2, metal.face),
        )
    )
    return _svg(
        96,
        96,
        f'{rings}<circle cx="48" cy="48" r="36" fill="none" stroke="{metal.mid}" stroke-width=".7"/>'
        f'<g transform="translate(48 69)">{fan}{_gem(which)}</g>',
    )


def _gem(which: Emblem) -> str:
    """The gem at the fan's root: round up to gold, a lozenge for platinum, a cut stone for diamond."""
    metal = METALS[which.metal]
    cut = {4: "M0 -6.4L6.2 0L0 6.4L-6.2 0Z", 5: "M-7.4 -2.4L-3.8 -6.6H3.8L7.4 -2.4L0 7.4Z"}.get(which.feathers)
    paint = f'fill="{metal.mid}" stroke="{metal.face}" stroke-width=".8"'
    return f'<path d="{cut}" {paint}/>' if cut else f'<circle r="4.8" {paint}/>'


# The seal: square, cut in relief, its characters read from the right column to the left.


@cache
def seal(characters: str, paper: str) -> str:
    """The brand's seal with one to four characters; the same characters always wear in the same places."""
    palette = PALETTES[paper]
    random = Random(characters)
    letters = graphemes(characters)
    glyphs = "".join(_carved(letter, *box) for letter, box in zip(letters, _BOXES[len(letters)], strict=True))
    frame = _worn_frame(random)
    specks = "".join(_speck(random) for _ in range(54))
    return _svg(
        100,
        100,
        f'<g transform="rotate(-2 50 50)" fill="{palette.seal}">{frame}'
        f'<g stroke="{palette.seal}" stroke-linejoin="round">{glyphs}</g>'
        f'<g fill="{palette.paper}">{specks}</g></g>',
    )


@cache
def seal_frame(paper: str) -> str:
    """The square frame without characters, around a picture of what they are."""
    palette = PALETTES[paper]
    return _svg(100, 100, f'<g fill="{palette.seal}">{_worn_frame(Random(paper))}</g>')


def _worn_frame(random: Random) -> str:
    frame = _worn_square(3.5, 9, random) + _worn_square(8.8, 5.5, random, inward=True)
    return f'<path d="{frame}" fill-rule="evenodd"/>'


# What ink adds to a stroke, in font units.
SWELL = 26

# Left, top, width and height of each character's place, by the number of characters.
_NEAR, _FAR, _HALF, _WHOLE = 14.0, 51.5, 34.5, 72.0
_BOXES = {
    1: [(_NEAR, _NEAR, _WHOLE, _WHOLE)],
    2: [(_FAR, _NEAR, _HALF, _WHOLE), (_NEAR, _NEAR, _HALF, _WHOLE)],
    3: [(_FAR, _NEAR, _HALF, _HALF), (_FAR, _FAR, _HALF, _HALF), (_NEAR, _NEAR, _HALF, _WHOLE)],
    4: [
        (_FAR, _NEAR, _HALF, _HALF),
        (_FAR, _FAR, _HALF, _HALF),
        (_NEAR, _NEAR, _HALF, _HALF),
        (_NEAR, _FAR, _HALF, _HALF),
    ],
}


def _carved(letter: str, left: float, top: float, width: float, height: float) -> str:
    """A character drawn out to fill its place, as a carver would; one that is flat by nature stays so."""
    glyph = outline(letter)
    em = max(glyph.width, glyph.height, 1.0)
    across = min(width / max(glyph.width, 1.0), 1.25 * width / em)
    up = min(height / max(glyph.height, 1.0), 1.25 * height / em)
    x = left + width / 2 - across * (glyph.left + glyph.width / 2)
    y = top + height / 2 + up * (glyph.bottom + glyph.height / 2)
    place = f"translate({_n(x)} {_n(y)}) scale({across:.5f} {-up:.5f})"
    return f'<path transform="{place}" d="{glyph.path}" stroke-width="{SWELL}"/>'


def _worn_square(inset: float, radius: float, random: Random, inward: bool = False) -> str:
    """A rounded square whose edge wavers and is nicked here and there."""
    far = 100 - inset - radius
    d = ""
    for corner in range(4):
        side = [(inset + radius + (far - inset - radius) * k / 40, inset) for k in range(40)]
        bends = [pi / 2 * k / 6 for k in range(1, 6)]
        bow = [(far + radius * sin(bend), inset + radius * (1 - cos(bend))) for bend in bends]
        for x, y in side + bow:
            bite = random.gauss(0, 0.16) + (random.uniform(0.5, 1.6) if random.random() < 0.06 else 0)
            nearer = 1 + (bite if inward else -bite) / hypot(x - 50, y - 50)
            u, v = (x - 50) * nearer, (y - 50) * nearer
            for _ in range(corner):
                u, v = -v, u
            d += f"{'L' if d else 'M'}{_n(50 + u)} {_n(50 + v)}"
    return d + "Z"


def _speck(random: Random) -> str:
    """Where the paste did not take and the paper shows."""
    x, y, size = random.uniform(6, 94), random.uniform(6, 94), random.uniform(0.2, 0.8)
    corners = (
        f"{_n(x + size * random.uniform(0.6, 1.3) * cos(turn))} {_n(y + size * random.uniform(0.5, 1.2) * sin(turn))}"
        for turn in (0, 1.2, 2.5, 3.9, 5.1)
    )
    return f'<path d="M{"L".join(corners)}Z"/>'
