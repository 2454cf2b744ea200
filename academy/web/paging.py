"""Long lists in pages."""

from flask import request


def page_asked() -> int:
    """The page that the address names; the first where it names none."""
    return max(request.args.get("page", 1, int), 1)


def pages_of(number: int, size: int) -> int:
    """How many pages so many things make; an empty list makes one."""
    return max(-(-number // size), 1)


def turned(wanted: int, number: int, size: int) -> tuple[int, int]:
    """The page to show and how many there are; who asks beyond the last gets the last."""
    pages = pages_of(number, size)
    return min(max(wanted, 1), pages), pages
