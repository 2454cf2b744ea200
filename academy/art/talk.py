"""Two speech bubbles with a tick: the little scene beside the next lesson."""

from markupsafe import Markup


def talk(size: int = 96) -> Markup:
    """Honest talk, in a 96 box."""
    return Markup(
        f'<svg class="scene" width="{size}" height="{size}" viewBox="0 0 96 96" aria-hidden="true">'
        '<circle cx="48" cy="50" r="42" class="a-blush"/>'
        '<path d="M14 22a7 7 0 0 1 7-7h40a7 7 0 0 1 7 7v17a7 7 0 0 1-7 7H33l-9 9v-9h-3a7 7 0 0 1-7-7z"'
        ' class="a-cream"/>'
        '<path d="M23 25h24M23 34h32" class="a-petal-line" fill="none" stroke-width="4" stroke-linecap="round"/>'
        '<path d="M36 58a7 7 0 0 1 7-7h36a7 7 0 0 1 7 7v15a7 7 0 0 1-7 7h-3v9l-9-9H43a7 7 0 0 1-7-7z" fill="#14323c"/>'
        '<path d="M45 61h26M45 70h18" fill="none" stroke="#b9c7cc" stroke-width="4" stroke-linecap="round"/>'
        '<circle cx="76" cy="22" r="13" fill="#20844f"/>'
        '<path d="m70 22.5 4.5 4.5 8-9" fill="none" stroke="#fff" stroke-width="3.2"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
