"""Answers to htmx, which swaps a part of the page where a browser would load the next one."""

from flask import redirect
from flask.typing import ResponseReturnValue
from htmx_flask import request


def swaps() -> bool:
    """Whether htmx asks, and takes a part of a page."""
    return bool(request.htmx)


def go(url: str, status: int = 303) -> ResponseReturnValue:
    """Lead the browser on, whoever asks; `status` is that of the plain redirect."""
    return ("", 204, {"HX-Redirect": url}) if swaps() else redirect(url, status)
