"""The certificate's art, computed: frame, corners, rosette, flourish, emblem and seal as SVG in millimetres.

Flat fills and hex colours only, since gradients are lost in print.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, hypot, pi, sin, tau
from random import Random

from academy.achievements.certificates.rules import Emblem, graphemes
from academy.art.palette import METALS
from academy.art.shapes import plume, spread
from academy.text.fonts import outline

WIDTH, HEIGHT = 297, 210  # A4 landscape, mm
CENTRE_X = WIDTH / 2
EMBLEM_Y = 38.0

Curve = Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Palette:
    """The colours of one kind of paper."""

    paper: str
    gold: str
    pale: str
    mist: str
    title: str
    ink: str
    ink_2: str
    ink_gold: str
    seal: str


PAPERS = {
    "gold": Palette(
        paper="#fffdf7",
        gold="#b08532",
        pale="#d9bd7c",
        mist="#f0e3c4",
        title="#951f2c",
        ink="#2f2417",
        ink_2="#5b4a31",
        ink_gold="#7d6023",
        seal="#b3202a",
    )
}


@cache
def sheet(paper: str) -> str:
    """Everything that lies under the text: rosette, woven band, double rules, feather corners."""
    palette = PAPERS[paper]
    return _svg(
        WIDTH,
        HEIGHT,
        _rosette(palette) + _band(palette) + _rules(palette) + _corners(palette) + _flourish(palette),
    )


def _svg(width: float, height: float, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}">{body}</svg>'
    )


def _strokes(colour: str, width: float, body: str) -> str:
    return f'<g fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round">{body}</g>'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _path(curve: Curve, stops: Sequence[float]) -> str:
    """A smooth curve through its points at the stops: cubics whose handles follow the curve's own slope."""
    tiny = (stops[-1] - stops[0]) / len(stops) / 100

    def slope(t: float) -> tuple[float, float]:
        (ax, ay), (bx, by) = curve(t - tiny), curve(t + tiny)
        return (bx - ax) / (2 * tiny), (by - ay) / (2 * tiny)

    d = "M{} {}".format(*map(_n, curve(stops[0])))
    for start, end in pairwise(stops):
        (x, y), (u, v), third = curve(start), curve(end), (end - start) / 3
        (dx, dy), (du, dv) = slope(start), slope(end)
        d += f"C{_n(x + dx * third)} {_n(y + dy * third)} {_n(u - du * third)} {_n(v - dv * third)} {_n(u)} {_n(v)}"
    return f'<path d="{d}"/>'


# The rosette: wheels of waves, each wheel one wave turned a little further for every strand.

CENTRE_Y = 113.0


def _rosette(palette: Palette) -> str:
    def wheel(radius: float, swing: float, waves: int, strands: int) -> str:
        def strand(phase: float) -> Curve:
            def at(t: float) -> tuple[float, float]:
                # A slower wave lets the strands draw apart and gather again.
                r = radius + swing * sin(waves * t + phase) * (0.72 + 0.28 * cos(waves / 2 * t))
                return CENTRE_X + r * cos(t), CENTRE_Y + r * sin(t)

            return at

        stops = [tau * k / (waves * 4) for k in range(waves * 4 + 1)]
        return "".join(_path(strand(tau * k / strands), stops) for k in range(strands))

    rings = "".join(f'<circle cx="{CENTRE_X}" cy="{CENTRE_Y}" r="{r}"/>' for r in (59.2, 58.4, 20.2, 19.6))
    return _strokes(
        palette.mist, 0.13, wheel(46, 11.6, 24, 10) + wheel(29, 7.6, 16, 8) + wheel(54.8, 3.2, 48, 4) + rings
    )


# The band: strands of two sine waves, woven along each side between the corners.

OUTER, INNER = 6.4, 18.2
CORNER = 25.8
_MIDDLE = (OUTER + INNER) / 2


def _band(palette: Palette) -> str:
    across, down = WIDTH - 2 * CORNER, HEIGHT - 2 * CORNER
    gold, pale = "", ""
    for length, place in (
        (across, lambda s, o: (CORNER + s, _MIDDLE + o)),
        (across, lambda s, o: (WIDTH - CORNER - s, HEIGHT - _MIDDLE - o)),
        (down, lambda s, o: (_MIDDLE + o, HEIGHT - CORNER - s)),
        (down, lambda s, o: (WIDTH - _MIDDLE - o, CORNER + s)),
    ):
        bows = round(length / 7.6)
        for k in range(12):
            gold += _strand(place, length, bows, pi * k / 6, 3.8 * (0.78 + 0.22 * cos(pi * k / 3)))
        for k in range(6):
            pale += _strand(place, length, bows * 2, pi * k / 3, 1.3)
    return _strokes(palette.pale, 0.12, pale) + _strokes(palette.gold, 0.15, gold)


def _strand(
    place: Callable[[float, float], tuple[float, float]], length: float, bows: int, phase: float, swing: float
) -> str:
    """One wave along a side: bows are its half periods; drawn from crest to trough, where a cubic is truest."""

    def at(t: float) -> tuple[float, float]:
        return place(length * t / bows, swing * sin(pi * t + phase))

    first = (0.5 - phase / pi) % 1
    crests = [first + k for k in range(bows + 1) if 0.01 < first + k < bows - 0.01]
    return _path(at, [0, *crests, bows])


def _rules(palette: Palette) -> str:
    def frame(inset: float, stroke: float) -> str:
        return (
            f'<rect x="{inset}" y="{inset}" width="{_n(WIDTH - 2 * inset)}" '
            f'height="{_n(HEIGHT - 2 * inset)}" stroke-width="{stroke}"/>'
        )

    return _strokes(
        palette.gold,
        0.2,
        frame(OUTER, 0.9) + frame(OUTER + 1.5, 0.2) + frame(INNER - 1.5, 0.2) + frame(INNER, 0.6) + frame(19.4, 0.15),
    )


# Corners: a fan of feathers opening towards the middle of the sheet.


def _corners(palette: Palette) -> str:
    one = _corner(palette)
    turns = (
        "",
        f"translate({WIDTH} 0) scale(-1 1)",
        f"translate(0 {HEIGHT}) scale(1 -1)",
        f"translate({WIDTH} {HEIGHT}) scale(-1 -1)",
    )
    return "".join(f'<g transform="{turn}">{one}</g>' if turn else one for turn in turns)


def _corner(palette: Palette) -> str:
    side = CORNER - OUTER
    square = (
        f'<rect x="{OUTER}" y="{OUTER}" width="{_n(side)}" height="{_n(side)}" fill="{palette.paper}" '
        f'stroke="{palette.gold}" stroke-width=".7"/>'
        f'<rect x="{OUTER + 1.2}" y="{OUTER + 1.2}" width="{_n(side - 2.4)}" height="{_n(side - 2.4)}" '
        f'fill="none" stroke="{palette.gold}" stroke-width=".2"/>'
    )
    fan = ((96, 11.6), (174, 11.6), (115, 13.6), (155, 13.6), (135, 15.6))
    feathers = "".join(f'<g transform="rotate({turn})">{_feather(size, palette)}</g>' for turn, size in fan)
    return (
        f'{square}<g transform="translate({OUTER + 3.4} {OUTER + 3.4})">{feathers}'
        f'<circle r="1.3" fill="{palette.gold}"/><circle r=".5" fill="{palette.paper}"/></g>'
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
        f'<path d="{vane}" fill="{palette.paper}" stroke="{palette.gold}" stroke-width=".3"/>'
        f'<path d="{barbs}" fill="none" stroke="{palette.pale}" stroke-width=".17"/>'
        f'<path d="M0 0V{_n(-size * 0.88)}" fill="none" stroke="{palette.gold}" stroke-width=".26"/>'
    )


def _flourish(palette: Palette) -> str:
    """A spray of feathers on either side of the emblem, the smallest outermost."""
    spray = f'<path d="M15.5 0H57" fill="none" stroke="{palette.gold}" stroke-width=".24"/>'
    for k in range(6, -1, -1):
        size = 9.6 - 0.72 * k
        for turn in (66, 114):
            spray += f'<g transform="translate({_n(16.5 + 4.7 * k)} 0) rotate({turn})">{_feather(size, palette)}</g>'
    spray += f'<path d="M58.4 -1L59.8 0L58.4 1L57 0Z" fill="{palette.gold}"/>'
    return "".join(f'<g transform="translate({CENTRE_X} {EMBLEM_Y}) scale({side} 1)">{spray}</g>' for side in (1, -1))


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
    palette = PAPERS[paper]
    random = Random(characters)
    letters = graphemes(characters)
    glyphs = "".join(_carved(letter, *box) for letter, box in zip(letters, _BOXES[len(letters)], strict=True))
    frame = _worn_square(3.5, 9, random) + _worn_square(8.8, 5.5, random, inward=True)
    specks = "".join(_speck(random) for _ in range(54))
    return _svg(
        100,
        100,
        f'<g transform="rotate(-2 50 50)" fill="{palette.seal}"><path d="{frame}" fill-rule="evenodd"/>'
        f'<g stroke="{palette.seal}" stroke-linejoin="round">{glyphs}</g>'
        f'<g fill="{palette.paper}">{specks}</g></g>',
    )


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
