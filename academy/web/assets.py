"""Style and script, joined at start and served under their own hash; icons as inline SVG."""

import gzip
import mimetypes
import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request
from markupsafe import Markup

from academy.web.access import public

STATIC = Path(__file__).resolve().parents[2] / "static"
LAYERS = ("reset", "base", "components", "modules", "utilities")
COMPRESSIBLE = {".css", ".js", ".svg", ".json"}
FOREVER = "public, max-age=31536000, immutable"

bp = Blueprint("assets", __name__)


class Missing(RuntimeError):
    """A file that the set-up step puts in place is not there."""


@dataclass(frozen=True)
class Asset:
    """One file as it is sent, plain and compressed."""

    url: str
    mimetype: str
    body: bytes
    gzipped: bytes | None


@dataclass
class Assets:
    """All files that pages name, by name and by address."""

    root: Path = STATIC
    _by_name: dict[str, Asset] = field(default_factory=dict)
    _by_url: dict[str, Asset] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._add("app.css", style(self.root).encode())
        self._add("app.js", script(self.root).encode())
        self._add("studio/studio.css", shorten((self.root / "studio/studio.css").read_text("utf-8")).encode())
        self._add("studio/studio.js", studio(self.root).encode())
        self._add("player/frame.js", player(self.root).encode())
        self._add("player/frame.css", shorten((self.root / "player/frame.css").read_text("utf-8")).encode())
        for path in sorted([*self.root.glob("*.svg"), *self.root.glob("pictures/*.svg")]):
            self._add(path.relative_to(self.root).as_posix(), path.read_bytes())

    def _add(self, name: str, body: bytes) -> None:
        stem, _, ending = name.rpartition(".")
        url = f"/assets/{stem}.{sha256(body).hexdigest()[:12]}.{ending}"
        gzipped = gzip.compress(body, 9, mtime=0) if f".{ending}" in COMPRESSIBLE else None
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        asset = Asset(url, kind, body, gzipped)
        self._by_name[name] = self._by_url[url] = asset

    def url(self, name: str) -> str:
        """The hashed address of a file, such as `app.css` or `favicon.svg`."""
        return self._by_name[name].url

    def at(self, url: str) -> Asset | None:
        """The file behind an address."""
        return self._by_url.get(url)


def style(root: Path = STATIC) -> str:
    """All style sheets in layer order; tokens stay outside the layers, so that /brand.css can follow them."""
    css = root / "css"
    tokens = re.sub(
        r'\[data-theme="dark"\](\s*\{[^}]*\})',
        r'\g<0>@media (prefers-color-scheme: dark) { [data-theme="auto"]\1 }',
        (css / "tokens.css").read_text("utf-8"),
    )
    layers = [
        f"@layer {layer} {{ {' '.join(path.read_text('utf-8') for path in sorted((css / layer).glob('*.css')))} }}"
        for layer in LAYERS
    ]
    return shorten("\n".join([f"@layer {', '.join(LAYERS)};", tokens, *layers]))


def shorten(css: str) -> str:
    """The same style without comments and spare white space; strings stay as they are."""
    pieces = re.split(r'("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\')', re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    for i in range(0, len(pieces), 2):
        short = re.sub(r"\s+", " ", pieces[i])
        pieces[i] = re.sub(r" ?([{};,]) ?|(?<=:) ", r"\1", short).replace(";}", "}")
    return "".join(pieces).strip()


def script(root: Path = STATIC) -> str:
    """htmx first, then our own files by name."""
    htmx = root / "npm/htmx.org/dist/htmx.min.js"
    if not htmx.is_file():
        raise Missing("static/npm/htmx.org is not there: run the set-up step (npm ci)")
    own = sorted((root / "js").glob("*.js"))
    return ";\n".join(path.read_text("utf-8").strip() for path in [htmx, *own])


def studio(root: Path = STATIC) -> str:
    """What the editors of the studio work with: a toolbar, what makes Markdown of HTML, dragging; then our own part."""
    parts = (
        "@github/markdown-toolbar-element/dist/index.js",
        "turndown/lib/turndown.browser.umd.js",
        "sortablejs/Sortable.min.js",
        "tus-js-client/dist/tus.min.js",
    )
    found = [root / "npm" / part for part in parts]
    if not all(path.is_file() for path in found):
        raise Missing(f"not all of {', '.join(parts)} are in static/npm: run the set-up step (npm ci)")
    # A module exports what only importers need; here its elements make themselves known.
    toolbar, *others = (path.read_text("utf-8").strip() for path in found)
    toolbar = f"(() => {{{toolbar.rpartition('export default')[0]}}})()"
    return ";\n".join(
        [toolbar, *others, *(path.read_text("utf-8").strip() for path in sorted((root / "studio").glob("*.js")))]
    )


def player(root: Path = STATIC) -> str:
    """What plays packages: the SCORM API, then our own part."""
    scorm = root / "npm/scorm-again/dist/scorm12.min.js"
    if not scorm.is_file():
        raise Missing("static/npm/scorm-again is not there: run the set-up step (npm ci)")
    found = scorm.read_text("utf-8").partition("//# sourceMappingURL")[0].strip()
    return f"{found};\n{(root / 'player/frame.js').read_text('utf-8').strip()}"


@lru_cache(maxsize=1024)
def icon(name: str, size: int = 24, stroke: float | None = None) -> Markup:
    """A lucide icon for beside its label: 1.75 thick from 20 pixels up, 2 below, unless told otherwise."""
    path = STATIC / "npm/lucide-static/icons" / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise Missing(f"no lucide icon called {name!r} in static/npm/lucide-static/icons")
    drawing = re.sub(r"\s+", " ", path.read_text("utf-8").partition("<svg")[2].partition(">")[2])
    inner = drawing.replace("</svg>", "").replace("> <", "><").replace(" />", "/>").strip()
    weight = stroke if stroke is not None else (1.75 if size >= 20 else 2)
    return Markup(
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-width="{weight:g}" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{inner}</svg>'
    )


@bp.get("/assets/<path:name>")
@public
def send(name: str) -> Response:
    """One hashed file, compressed where the browser takes it."""
    asset = current().at(f"/assets/{name}")
    if asset is None:
        abort(404)
    small = asset.gzipped if asset.gzipped and request.accept_encodings.quality("gzip") > 0 else None
    response = Response(small or asset.body, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = FOREVER
    if asset.gzipped:
        response.headers["Vary"] = "Accept-Encoding"
    if small:
        response.headers["Content-Encoding"] = "gzip"
    return response


def current() -> Assets:
    """The assets of the running app."""
    found: Assets = current_app.extensions["assets"]
    return found


def init(app: Flask) -> None:
    """Join the files, serve them and hand `asset` and `icon` to the templates."""
    assets = Assets()
    app.extensions["assets"] = assets
    app.register_blueprint(bp)
    app.jinja_env.globals.update(asset=assets.url, icon=icon)
