"""A brand's colour: its hue and chroma are kept; lightness is ours, so that words on it can be read. Pure."""

import math
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

LIGHTNESS = 0.55
"""That of --brand-600 in tokens.css, the fill of buttons."""
LEAST_CHROMA, MOST_CHROMA = 0.04, 0.19
MOVED = 0.12
"""By how much lightness may change before somebody sees that it is not her colour any more."""
INK_HUE = 220.0
_GREY = 0.01

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Colour:
    """A colour as the brand gives it, `#c4305d`, and what the academy makes of it."""

    hex: str

    @cached_property
    def oklch(self) -> Triple:
        """Lightness from 0 to 1, chroma, hue in degrees."""
        return to_oklch(self.hex)

    @cached_property
    def hue(self) -> float:
        """A grey has none and takes that of the ink."""
        _, chroma, hue = self.oklch
        return round(hue, 1) if chroma > _GREY else INK_HUE

    @cached_property
    def chroma(self) -> float:
        wanted = min(max(self.oklch[1], LEAST_CHROMA), MOST_CHROMA)
        return round(min(wanted, most_chroma(LIGHTNESS, self.hue)), 3)

    @cached_property
    def fill(self) -> str:
        """The fill of buttons, for what takes no oklch()."""
        return to_hex((LIGHTNESS, self.chroma, self.hue))

    @property
    def change(self) -> str | None:
        """How the fill is told from the colour itself: `ochre`, `deeper`, `lighter`; None if hardly."""
        lightness, chroma, hue = self.oklch
        if abs(lightness - LIGHTNESS) < MOVED:
            return None
        if lightness < LIGHTNESS:
            return "lighter"
        return "ochre" if chroma > _GREY and 75 <= hue <= 115 else "deeper"

    @property
    def knobs(self) -> str:
        """The declarations that tokens.css builds its ramps from."""
        return f"--brand-h:{self.hue:g};--brand-c:{self.chroma:g};--brand-hex:{self.fill}"

    @cached_property
    def version(self) -> str:
        """What tells the style of this colour from another's."""
        return sha256(self.knobs.encode()).hexdigest()[:12]


@lru_cache(maxsize=64)
def colour(typed: str) -> Colour | None:
    """A colour from three or six hexadecimal digits, with or without #; None if it is none."""
    found = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", typed.strip().lower(), re.ASCII)
    if not found:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return Colour(f"#{digits}")


# OKLab by Björn Ottosson.


def to_oklch(hex: str) -> Triple:
    """Lightness, chroma and hue in degrees of an sRGB colour."""
    red, green, blue = (_decoded(int(hex[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def to_linear(colour: Triple) -> Triple:
    """Linear sRGB of an OKLCH colour; below 0 or above 1 where sRGB can't hold it."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def to_hex(colour: Triple) -> str:
    """The nearest sRGB colour, channel by channel."""
    channels = (round(_encoded(min(max(channel, 0), 1)) * 255) for channel in to_linear(colour))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def most_chroma(lightness: float, hue: float) -> float:
    """The most chroma that sRGB holds at a lightness and hue."""
    held, lost = 0.0, 0.4
    for _ in range(20):
        middle = (held + lost) / 2
        if all(0 <= channel <= 1 for channel in to_linear((lightness, middle, hue))):
            held = middle
        else:
            lost = middle
    return held


def _decoded(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
