"""Badges: the rim tells the level, shape and colour tell the family."""

import re
from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup

from academy.art.emblem import gradients
from academy.art.palette import FIELDS, METALS, fill, stroke
from academy.art.shapes import rounded, shield, wavy

_OUTLINES: dict[str, Callable[[float], str]] = {
    "learning": lambda r: wavy(48, 46, r - 1.5, 12, 2.6 * r / 44),
    "sharing": lambda r: rounded(48, 46, r + 2, 6, soft=0.18),
    "community": lambda r: wavy(48, 46, r - 2.5, 8, 4.6 * r / 44),
    "contest": lambda r: shield(48, 46, r),
    "special": lambda r: rounded(48, 46, r + 0.5, 8, turn=0.5, soft=0.18),
}


def _glyph(svg: str, scale: float, dress: str) -> str:
    """The drawing inside an icon, centred on the field; a whole `<svg>` loses its frame."""
    inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)
    corner = f"translate({48 - 12 * scale:g} {46 - 12 * scale:g}) scale({scale:g})"
    return f'<g transform="{corner}" {dress} stroke-linecap="round" stroke-linejoin="round">{inner}</g>'


def _strip(text: str, metal: str, rim: str) -> str:
    c = METALS[metal]
    return (
        f'<g transform="translate(48 84)"><path d="M-21-8h42l-4.5 8 4.5 8h-42l4.5-8z" fill="{rim}"/>'
        f'<rect x="-15" y="-8.5" width="30" height="17" rx="2.5" fill="{c.face}"/>'
        f'<text y="4.2" text-anchor="middle" font-size="11.5" font-weight="700" fill="{c.hi}">'
        f"{Markup.escape(text)}</text></g>"
    )


@lru_cache(maxsize=512)
def badge(
    family: str,
    metal: str,
    glyph_svg: str,
    strip: str | None = None,
    reached: bool = True,
    progress: float | None = None,
    size: int = 86,
    palette: str = "page",
    secret: bool = False,
    flat: bool = False,
) -> Markup:
    """A badge in a 96 box; a locked one may show its progress, from 0 to 1, as a ring, a secret one is a silhouette.

    `strip` is a level, a count, or the number of a copy; below 40 px nobody reads one, so there is none. `flat` draws
    no gradient, for what can't print any.
    """
    outline = _OUTLINES[family]
    if reached:
        field = FIELDS[family]
        clip = f"field-{family}"
        rim = METALS[metal].mid if flat else f"url(#rim-{metal})"
        shades = "" if flat else gradients(metal)
        inside = (
            f'<defs>{shades}<clipPath id="{clip}"><path d="{outline(35.5)}"/></clipPath></defs>'
            f'<path d="{outline(44)}" fill="{rim}"/><path d="{outline(38.5)}" fill="{field.rim}"/>'
            f'<path d="{outline(35.5)}" fill="{field.fill}"/>'
            f'<path d="M-4 66 62-6h22L-4 90z" fill="#fff" opacity=".09" clip-path="url(#{clip})"/>'
            + _glyph(glyph_svg, 1.5, 'fill="none" stroke="#fff" stroke-width="1.9"')
            + (_strip(strip, metal, rim) if strip and size >= 40 else "")
        )
    else:
        ring = ""
        if progress is not None:
            part = f"{max(0.0, min(1.0, progress)) * 100:g}"
            ring = (
                f'<circle cx="48" cy="46" r="26" {stroke("track", palette)} stroke-width="3"/>'
                f'<circle cx="48" cy="46" r="26" {stroke("feather", palette)} stroke-width="3" stroke-linecap="round"'
                f' pathLength="100" stroke-dasharray="{part} 100" transform="rotate(-90 48 46)"/>'
            )
        if secret:
            ring = f'<path d="{outline(40)}" {stroke("dash", palette)} stroke-width="1.4" stroke-dasharray="2 4"/>'
        inside = (
            f'<path d="{outline(44)}" {fill("plate", palette)}/><path d="{outline(36)}" {fill("well", palette)}/>{ring}'
            + _glyph(glyph_svg, 1.2, stroke("ash-deep", palette) + ' stroke-width="1.8"')
        )
    return Markup(
        f'<svg class="badge" xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"'
        f' viewBox="0 0 96 96" aria-hidden="true">{inside}</svg>'
    )
