"""The emblem of a tier: a medal whose feathers can be counted without seeing its colour."""

from markupsafe import Markup

from academy.art.palette import METALS, fill, stroke
from academy.art.shapes import plume, spread


def _gem(metal: str, feathers: int) -> str:
    colours = METALS[metal]
    if feathers >= 5:
        return (
            f'<path d="M-7.4-2.4-3.8-6.6h7.6l3.6 4.2L0 7.4Z" fill="url(#feather-{metal})"/>'
            f'<path d="M-7.4-2.4H7.4M-2.6-2.4 0 7.4 2.6-2.4" fill="none" stroke="{colours.lo}" stroke-width=".9"/>'
        )
    if feathers == 4:
        return f'<path d="M0-6.4 6.2 0 0 6.4-6.2 0Z" fill="url(#rim-{metal})"/>'
    return f'<circle r="4.6" fill="url(#rim-{metal})"/>'


def gradients(metal: str) -> str:
    """The three gradients of a metal; their ids depend on the metal alone, so repeats are the same."""
    c = METALS[metal]
    return (
        f'<linearGradient id="rim-{metal}" x1="0" y1="0" x2=".75" y2="1"><stop offset="0" stop-color="{c.hi}"/>'
        f'<stop offset=".5" stop-color="{c.mid}"/><stop offset="1" stop-color="{c.lo}"/></linearGradient>'
        f'<linearGradient id="feather-{metal}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{c.hi}"/>'
        f'<stop offset="1" stop-color="{c.mid}"/></linearGradient>'
        f'<radialGradient id="face-{metal}" cx=".5" cy=".2" r=".95"><stop offset="0" stop-color="{c.lo}"/>'
        f'<stop offset=".75" stop-color="{c.face}"/></radialGradient>'
    )


def _reached(metal: str, feathers: int) -> str:
    c = METALS[metal]
    vane = plume(39, 11)
    plumes = "".join(
        f'<g transform="rotate({a:g})"><path d="{vane}" fill="url(#feather-{metal})"/>'
        f'<path d="M0-4V-25" fill="none" stroke="{c.lo}" stroke-width="1.5" stroke-linecap="round" opacity=".6"/></g>'
        for a in spread(feathers)
    )
    sparkles = (
        f'<path d="M77 21l1.6 4.6 4.6 1.6-4.6 1.6L77 33.4l-1.6-4.6-4.6-1.6 4.6-1.6z'
        f'M19 60l1.1 3 3 1.1-3 1.1-1.1 3-1.1-3-3-1.1 3-1.1z" fill="{c.hi}"/>'
        if feathers >= 5
        else ""
    )
    return (
        f"<defs>{gradients(metal)}</defs>"
        f'<circle cx="48" cy="48" r="46" fill="url(#rim-{metal})"/>'
        f'<circle cx="48" cy="48" r="40" fill="url(#face-{metal})"/>'
        f'<circle cx="48" cy="48" r="39.5" fill="none" stroke="{c.hi}" opacity=".55"/>'
        f'<path d="M11.6 40.5A37.2 37.2 0 0 1 45 10.9" fill="none" stroke="{c.hi}" stroke-width="2.2"'
        f' stroke-linecap="round" opacity=".75"/>'
        f'<g transform="translate(48 69)">{plumes}{_gem(metal, feathers)}</g>{sparkles}'
    )


def _unreached(feathers: int, palette: str) -> str:
    vane = plume(39, 11)
    plumes = "".join(
        f'<g transform="rotate({a:g})"><path d="{vane}" {fill("ash", palette)}/>'
        f'<path d="M0-4V-25" {stroke("ash-deep", palette)} stroke-width="1.5" stroke-linecap="round" opacity=".6"/></g>'
        for a in spread(feathers)
    )
    return (
        f'<circle cx="48" cy="48" r="45" {fill("plate", palette)}/>'
        f'<circle cx="48" cy="48" r="38.5" {stroke("dash", palette)} stroke-width="1.2" stroke-dasharray="2 4"/>'
        f'<g transform="translate(48 69)">{plumes}<circle r="4.6" {fill("ash-deep", palette)}/></g>'
    )


def emblem(metal: str, feathers: int, size: int = 68, reached: bool = True, palette: str = "page") -> Markup:
    """The medal of a tier in a 96 box; `palette="hex"` writes no class, for paper."""
    inside = _reached(metal, feathers) if reached else _unreached(feathers, palette)
    return Markup(
        f'<svg class="emblem" xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"'
        f' viewBox="0 0 96 96" aria-hidden="true">{inside}</svg>'
    )
