"""The feather, which is the academy's currency, and the small fan that counts a tier."""

from markupsafe import Markup

from academy.art.palette import fill, stroke
from academy.art.shapes import plume, spread

_VANE = "M4.6 19.4V11.6a3 3 0 0 1 .9-2.1l6-6.1a6.5 6.5 0 0 1 9.2 9.2l-6 6a2.6 2.6 0 0 1-1.9.8z"
_HALF = "M20.7 3.4a6.5 6.5 0 0 1 0 9.2l-6 6a2.6 2.6 0 0 1-1.9.8H4.7z"


def feather(size: int = 16, palette: str = "page") -> Markup:
    """One golden feather in a 24 box."""
    return Markup(
        f'<svg class="feather" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="{_VANE}" {fill("feather", palette)}/>'
        f'<path d="{_HALF}" {fill("feather-deep", palette)} opacity=".5"/>'
        f'<path d="M16.4 7.6 2.4 21.6M16.6 14.9H9.8" {stroke("quill", palette)}'
        f' stroke-width="1.8" stroke-linecap="round"/></svg>'
    )


def fan(feathers: int, size: int = 14) -> Markup:
    """A bare fan of one to five plumes in the colour of the words beside it."""
    vane = plume(38, 11)
    plumes = "".join(f'<path transform="rotate({a:g})" d="{vane}"/>' for a in spread(feathers))
    ribs = "".join(f'<path transform="rotate({a:g})" d="M0-5V-24"/>' for a in spread(feathers))
    return Markup(
        f'<svg class="fan" width="{size}" height="{size}" viewBox="0 0 48 48" aria-hidden="true">'
        f'<g transform="translate(24 43)"><g fill="currentColor">{plumes}</g>'
        f'<g class="a-rib" fill="none" stroke-width="2" stroke-linecap="round" opacity=".6">{ribs}</g></g></svg>'
    )
