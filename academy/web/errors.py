"""Errors as pages that say what happened and what to do; for htmx, as a toast."""

from typing import Any

import structlog
from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from academy.web.htmx import swaps
from academy.web.origins import on_player
from academy.web.reading import guest_locale, guest_theme, locale, pick_theme

# Plain tracebacks: the values of local variables may be personal data.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
    ]
)
log = structlog.get_logger()


class Refused(Exception):
    """The domain says no; `message` tells the reader why, and `link` where to go on (url, label)."""

    status = 409
    title: Any = None
    """What the page is headed by, where the status has no fitting words."""

    def __init__(self, message: Any, link: tuple[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.link = link


TITLES: dict[int, Any] = {
    400: _("That did not work"),
    404: _("There is nothing here"),
    405: _("That did not work"),
    409: _("Not possible right now"),
    410: _("This has expired"),
    413: _("That is too large"),
    429: _("Too many tries"),
    500: _("Something went wrong"),
}
TEXTS: dict[int, Any] = {
    400: _("The page was open for too long or was changed on the way. Please go back, reload and try again."),
    404: _("The link may be old, or it is not yours to see."),
    405: _("This address can't be opened that way. Please start again from the home page."),
    413: _("Please choose smaller files: at most 10 MB for a picture and nine at a time, 300 MB for a package."),
    429: _("Please wait a quarter of an hour, then try again."),
    500: _("It is our fault and has been noted. Nothing was half-saved; please try again."),
}


def page(
    status: int, message: Any = None, link: tuple[str, Any] | None = None, title: Any = None
) -> ResponseReturnValue:
    """The page, or the toast, of an error."""
    if on_player(current_app, request):
        return Response(str(status), status, mimetype="text/plain")
    if status >= 500:
        return bare(TITLES.get(status, TITLES[500]), TEXTS.get(status, TEXTS[500])), status
    shown = {
        "status": status,
        "title": title or TITLES.get(status, TITLES[400]),
        "message": message or TEXTS.get(status, TEXTS[400]),
        "link": link,
    }
    if swaps():
        return (
            render_template("errors/_toast.html", **shown),
            status,
            {"HX-Retarget": "#toasts", "HX-Reswap": "innerHTML"},
        )
    return render_template("errors/page.html", **shown), status


def bare(title: Any, message: Any, again: bool = False) -> str:
    """A page that asks no database, nor whose academy it is; `again` offers the same address anew."""
    try:
        language, look = locale(), pick_theme()
    except SQLAlchemyError:
        language, look = guest_locale(), guest_theme()
    with force_locale(language):
        template = current_app.jinja_env.get_template("errors/bare.html")
        return template.render(locale=language, theme=look, title=title, message=message, again=again)


def init(app: Flask) -> None:
    """Handle refusals, HTTP errors and whatever else goes wrong."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        return page(error.status, error.message, error.link, error.title)

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> ResponseReturnValue:
        return page(400)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error.get_response()
        return page(404 if error.code in (401, 403) else error.code)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.exception("unexpected", path=request.path, method=request.method)
        if app.testing and app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        return page(500)
