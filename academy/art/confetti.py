"""The celebration's sky: rays and a still shower of feathers."""

from math import cos, radians, sin
from random import Random

from markupsafe import Markup

from academy.art.palette import METALS
from academy.art.shapes import plume


def confetti(metal: str, width: int = 430, height: int = 330) -> Markup:
    """Rays from behind the new emblem and two dozen feathers, the same every time for a metal."""
    chance = Random(metal)
    cx, cy, reach = width / 2, height * 0.46, max(width, height)
    rays = "".join(
        f"M{cx:g} {cy:g}L{cx + reach * cos(radians(a)):.0f} {cy + reach * sin(radians(a)):.0f}"
        f"L{cx + reach * cos(radians(a + 9)):.0f} {cy + reach * sin(radians(a + 9)):.0f}Z"
        for a in range(0, 360, 20)
    )
    tones = ("a-feather", "a-petal", f"a-{metal}")
    vane = plume(34, 8)
    feathers = []
    for i in range(26):
        x, y = chance.uniform(14, width - 14), chance.uniform(20, height - 96)
        if abs(x - cx) < 70 and abs(y - cy) < 80:
            x += 130 if x > cx else -130
        feathers.append(
            f'<path class="{tones[i % 3]}" transform="translate({x:.0f} {y:.0f}) rotate({chance.randrange(360)})'
            f' scale({chance.uniform(0.3, 0.5):.2f})" opacity="{chance.uniform(0.5, 1):.2f}"'
            f' d="{vane}M-.8-4h1.6v14h-1.6z"' + (f' fill="{METALS[metal].hi}"/>' if i % 3 == 2 else "/>")
        )
    return Markup(
        f'<svg class="confetti" width="{width}" height="{height}" viewBox="0 0 {width} {height}" aria-hidden="true">'
        f'<path d="{rays}" fill="#fff" opacity=".035"/>{"".join(feathers)}</svg>'
    )
