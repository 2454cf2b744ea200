"""Addresses that leave the house: on paper, in messages, as QR codes."""

import io

import segno
from flask import current_app, request
from flask.typing import ResponseReturnValue


def absolute(path: str) -> str:
    """A path as the address that others open."""
    base: str = current_app.extensions["settings"].base_url or request.host_url
    return base.rstrip("/") + path


def qr_code(link: str) -> ResponseReturnValue:
    """A link as a QR code, for a screen."""
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="svg", scale=8, border=4, light="#fff", xmldecl=False)
    return out.getvalue(), {"Content-Type": "image/svg+xml"}
