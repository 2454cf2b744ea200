"""Outlines, as SVG path data."""

from collections.abc import Sequence
from math import cos, pi, sin, tau

Point = tuple[float, float]


def _at(x: float, y: float) -> str:
    return f"{x:.1f} {y:.1f}"


def smooth(corners: Sequence[Point]) -> str:
    """A closed curve that rounds every corner, passing through the middle of every side."""
    middles = [
        ((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    arcs = "".join(f"Q{_at(*corner)} {_at(*middle)}" for corner, middle in zip(corners, middles, strict=True))
    return f"M{_at(*middles[-1])}{arcs}Z"


def wavy(cx: float, cy: float, radius: float, waves: int, depth: float) -> str:
    """A seal's edge: `waves` rounded scallops whose hollows lie `depth` below the radius."""
    corners = []
    for step in range(waves * 2):
        reach = radius + depth * (0.55 if step % 2 == 0 else -1.0)
        angle = tau * step / (waves * 2) - pi / 2
        corners.append((cx + reach * cos(angle), cy + reach * sin(angle)))
    return smooth(corners)


def rounded(cx: float, cy: float, radius: float, sides: int, turn: float = 0.0, soft: float = 0.2) -> str:
    """A regular polygon with soft corners; `soft` is the part of each side that the corner takes."""
    corners = [
        (
            cx + radius * cos(tau * (i + turn) / sides - pi / 2),
            cy + radius * sin(tau * (i + turn) / sides - pi / 2),
        )
        for i in range(sides)
    ]
    pieces = []
    for i, (x, y) in enumerate(corners):
        (px, py), (nx, ny) = corners[i - 1], corners[(i + 1) % sides]
        start = (x + (px - x) * soft, y + (py - y) * soft)
        end = (x + (nx - x) * soft, y + (ny - y) * soft)
        pieces.append(f"{'L' if i else 'M'}{_at(*start)}Q{_at(x, y)} {_at(*end)}")
    return "".join(pieces) + "Z"


def shield(cx: float, cy: float, radius: float) -> str:
    """A heater shield with a small peak, as wide as 1.76 radii."""
    k = radius / 46

    def p(x: float, y: float) -> str:
        return _at(cx + x * k, cy + y * k)

    return (
        f"M{p(0, -45)}Q{p(16, -33)} {p(36, -34)}Q{p(40.5, -34)} {p(40.5, -29.5)}V{cy + 1 * k:.1f}"
        f"C{p(40.5, 25)} {p(19, 38)} {p(0, 46)}C{p(-19, 38)} {p(-40.5, 25)} {p(-40.5, 1)}"
        f"V{cy - 29.5 * k:.1f}Q{p(-40.5, -34)} {p(-36, -34)}Q{p(-16, -33)} {p(0, -45)}Z"
    )


def plume(length: float, width: float) -> str:
    """One vane standing on its root at the origin, pointing up."""
    w, h = width, length
    return (
        f"M0 0C{-w * 0.9:.1f} {-h * 0.22:.1f} {-w:.1f} {-h * 0.7:.1f} 0 {-h:.1f}"
        f"C{w:.1f} {-h * 0.7:.1f} {w * 0.9:.1f} {-h * 0.22:.1f} 0 0Z"
    )


def spread(count: int) -> list[float]:
    """The angles of `count` plumes of a fan, outermost first so that the middle one lies on top."""
    step = {1: 0.0, 2: 44.0, 3: 37.0, 4: 33.0, 5: 31.0}[count]
    angles = [step * (i - (count - 1) / 2) for i in range(count)]
    return sorted(angles, key=lambda angle: (-abs(angle), angle))
