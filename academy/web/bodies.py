"""The bodies of pages: drawn once for all who see the same, kept compressed, joined with what is a visitor's own.

A kept page is a function of its arguments. It is drawn without request, session and current user, so that it can
show nothing else. What differs from one request to the next is a *hole*, filled when the page is sent. Holes are
stored, never compressed, so that the length of an answer tells nothing of the token in it (BREACH).
"""

import re
import secrets
import struct
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache, wraps
from itertools import zip_longest
from typing import Any, TypeVarTuple

from flask import Flask, Response, current_app, get_flashed_messages, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from academy import clock
from academy.art.colour import colour
from academy.web.reading import locale, moment, pick_locale, theme

KEPT = 512
"""How many bodies of each kept page a process keeps; each is about fifty kilobytes."""

SMALL = 860
"""Bytes below which compressing does not pay."""

# Nobody can type what looks like a hole.
_MARK = secrets.token_hex(8)
_HOLE = re.compile(f"\x02{_MARK}:([a-z]+)\x03")

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END = b"\x03\x00"

Shown = TypeVarTuple("Shown")


def hole(name: str) -> Markup:
    """The place of something that is filled in when the page is sent."""
    return Markup(f"\x02{_MARK}:{name}\x03")


class Body:
    """An HTML text with holes; `level` is that of zlib."""

    def __init__(self, html: str, level: int = 6) -> None:
        parts = _HOLE.split(html)
        self.holes = parts[1::2]
        self.names = frozenset(self.holes)
        self.pieces = [part.encode() for part in parts[::2]]
        self.deflated = [_deflated(piece, level) for piece in self.pieces]
        self._last: tuple[Mapping[str, bytes], bytes] = {}, b""

    def plain(self, filled: Mapping[str, bytes]) -> bytes:
        """The text with its holes filled."""
        pairs = zip_longest(self.pieces, (filled[name] for name in self.holes), fillvalue=b"")
        return b"".join(part for pair in pairs for part in pair)

    def gzipped(self, filled: Mapping[str, bytes]) -> bytes:
        """The same as gzip (RFC 1952), put together from what is compressed already."""
        last, whole = self._last
        if last == filled and whole:
            return whole
        stored = (_stored(filled[name]) for name in self.holes)
        pairs = zip_longest(self.deflated, stored, fillvalue=b"")
        text = self.plain(filled)
        end = struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF)
        whole = b"".join((_HEADER, *(part for pair in pairs for part in pair), _END, end))
        # Without a token, what the next visitor gets is often the same.
        if "csrf" not in self.holes:
            self._last = filled, whole
        return whole


def _deflated(data: bytes, level: int) -> bytes:
    """Raw deflate (RFC 1951) that neither looks back nor ends the stream, and ends on a whole byte."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(data) + deflate.flush(zlib.Z_FULL_FLUSH)


def _stored(data: bytes) -> bytes:
    """The same, uncompressed: blocks of at most 65,535 bytes."""
    blocks = (data[at : at + 0xFFFF] for at in range(0, len(data), 0xFFFF))
    return b"".join(struct.pack("<BHH", 0, len(block), len(block) ^ 0xFFFF) + block for block in blocks)


class Kept(Response):
    """The answer with a kept body."""

    def __init__(self, body: Body) -> None:
        super().__init__()
        self.body = body


def kept(view: Callable[[*Shown], str | Body]) -> Callable[[*Shown], Body]:
    """Make a function that draws a page keep it, for each language and brand day.

    All that it shows must follow from its arguments, which are compared by value, and be drawn by `draw`. A page of
    somebody's own takes what is `Known` of her as an argument; it may lead to a body that others share.
    """

    @lru_cache(maxsize=KEPT)
    def body(_locale: str, _today: date, *args: Any) -> Body:
        drawn = view(*args)
        return drawn if isinstance(drawn, Body) else Body(drawn)

    @wraps(view)
    def asked(*args: *Shown) -> Body:
        return body(pick_locale(), clock.today(), *args)

    return asked


def draw(template: str, brand: Mapping[str, Any], **shown: object) -> str:
    """Draw a template in the brand's dress, with what is given and nothing else of the request."""
    own = {
        "brand": brand,
        "brand_colour": colour(brand["colour"]),
        "locale": locale(),
        "theme": hole("theme"),
        "purse": hole("purse"),
    }
    return current_app.jinja_env.get_template(template).render(own | shown)


def _toasts() -> str:
    said: list[Any] = get_flashed_messages(with_categories=True)
    if not said:
        return ""
    ui: Any = current_app.jinja_env.get_template("ui/toast.html").module
    return "".join(ui.toast(text, kind) for kind, text in said)


def _purse() -> str:
    return str(_balance())


def _balance() -> int | None:
    standing = current_user.standing if current_user.is_authenticated else None
    return standing.feathers if standing else None


def _token() -> str:
    secret = session.get("csrf_token")
    return _signed(secret) if secret else generate_csrf()


@lru_cache(maxsize=4096)
def _signed(_secret: str) -> str:
    """A session's token; it has no time limit, so signing it once will do."""
    return str(generate_csrf())


@lru_cache(maxsize=16)
def _minute(_locale: str, now: datetime) -> str:
    return moment(now)


FILLERS: Mapping[str, Callable[[], str]] = {
    "csrf": _token,
    "toasts": _toasts,
    "theme": theme,
    "purse": _purse,
    "now": lambda: _minute(pick_locale(), clock.now().replace(second=0, microsecond=0)),
}


def send(response: Response) -> Response:
    """Fill the holes of a page, and compress it where the browser takes that."""
    if response.mimetype != "text/html" or response.direct_passthrough or response.status_code == 204:
        return response
    body = response.body if isinstance(response, Kept) else Body(response.get_data(as_text=True), level=1)
    filled = {name: FILLERS[name]().encode() for name in body.names}
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") > 0 and sum(map(len, body.pieces)) > SMALL:
        response.set_data(body.gzipped(filled))
        response.content_encoding = "gzip"
    else:
        response.set_data(body.plain(filled))
    return response


def init(app: Flask) -> None:
    """Send every page through `send`; templates leave holes for the CSRF token and the toasts."""
    holes = {"csrf_token": lambda: hole("csrf"), "toasts": lambda: hole("toasts")}
    app.after_request(send)
    # What is a visitor's own reaches templates through the context alone, which `draw` does not give.
    for name in ("request", "session", "g", "get_flashed_messages"):
        app.jinja_env.globals.pop(name)
    app.jinja_env.globals.update(holes)
    app.context_processor(lambda: holes | {"get_flashed_messages": get_flashed_messages, "purse": _balance()})
