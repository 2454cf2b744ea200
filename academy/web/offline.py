"""What a phone shows without a network: a service worker that keeps one page, with the style and script of all."""

import json
from functools import cache
from hashlib import sha256

from flask import Blueprint, Flask, Response
from flask_babel import lazy_gettext as _

from academy.web.access import public
from academy.web.assets import STATIC, current
from academy.web.errors import bare

bp = Blueprint("offline", __name__)


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker; it stands at the root, because it may only answer for addresses below its own."""
    assets = current()
    response = Response(_script(assets.url("app.css"), assets.url("app.js")), mimetype="text/javascript")
    # Browsers ask for it with every page unless they may keep it a while.
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@bp.get("/offline")
@public
def page() -> str:
    """The page that stands in for all others; the same for everybody, in the language of whoever keeps it."""
    return bare(
        _("You are offline"), _("This page needs the network. What you have handed in is safe with us."), again=True
    )


@cache
def _script(*kept: str) -> str:
    """The worker with the addresses that it keeps, and its cache named after all that it is made of."""
    source = (STATIC / "worker.js").read_text("utf-8")
    version = sha256("".join((*kept, source)).encode()).hexdigest()[:12]
    return f"const VERSION = {json.dumps(version)}, KEPT = {json.dumps(kept)};\n{source}"


def init(app: Flask) -> None:
    """Serve both."""
    app.register_blueprint(bp)
