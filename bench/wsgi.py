"""The academy as it is served, with an empty Flask view beside it to compare with."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response

from academy import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

academy = create_app()
empty = Flask("empty")


@empty.get("/empty")
def nothing() -> Response:
    """The least that Flask can do."""
    return Response("")


def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """The academy, but for /empty."""
    return (empty if environ["PATH_INFO"] == "/empty" else academy)(environ, start)
