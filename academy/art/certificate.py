"""The certificate in small: paper, frame, feather corners and the brand's square seal."""

from markupsafe import Markup

_GOLD, _RED, _INK = "#b8862f", "#c02f2b", "#3b2a16"
_CORNER = "M0 22V0h22M4.5 17V4.5H17M8.5 8.5c7 0 10.5 3.5 10.5 10.5M8.5 8.5c0 7 3.5 10.5 10.5 10.5M8.5 8.5 16 16"


def certificate(title: str, line: str = "", size: int = 118) -> Markup:
    """A picture of a certificate with its title and one line; `size` is its width, height follows A4 across."""
    corners = "".join(
        f'<path transform="translate({x} {y}) scale({sx} {sy})" d="{_CORNER}"/>'
        for x, y, sx, sy in ((21, 21, 1, 1), (276, 21, -1, 1), (21, 189, 1, -1), (276, 189, -1, -1))
    )
    words = (
        f'<text x="148.5" y="98" font-size="29" font-weight="600" letter-spacing="6">'
        f"{Markup.escape(title)}</text>"
        f'<text x="148.5" y="127" font-size="17">{Markup.escape(line)}</text>'
    )
    return Markup(
        f'<svg class="certificate" width="{size}" height="{round(size * 210 / 297)}"'
        f' viewBox="0 0 297 210" aria-hidden="true">'
        f'<rect width="297" height="210" fill="#fffdf7"/><g fill="none" stroke="{_GOLD}" stroke-width="1.4">'
        f'<rect x="10" y="10" width="277" height="190" stroke-width="2.4"/>'
        f'<rect x="16" y="16" width="265" height="178" stroke-width=".9"/>{corners}</g>'
        f'<g fill="{_INK}" text-anchor="middle" class="certificate-words">{words}</g>'
        f'<g transform="translate(212 140) scale(.86)" fill="none" stroke="{_RED}" stroke-width="2.2">'
        f'<rect width="34" height="34" rx="3"/><path d="M8 10h18M8 17h18M8 24h18M13 7v20M21 7v20"/></g></svg>'
    )
