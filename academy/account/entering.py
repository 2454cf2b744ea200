"""Coming in and going out: sessions begun and ended, and passwords that may be tried only so often."""

from flask import request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from academy import clock
from academy.db import db
from academy.people.models import Person
from academy.people.throttle import LIMITS, exceeded
from academy.web.errors import Refused


class TooManyTries(Refused):
    """Somebody tried a password or a code too often."""

    status = 429


def enter(person: Person) -> None:
    """Sign in with a session of its own: whatever was planted in the one before is gone."""
    _empty_session()
    session.permanent = True
    login_user(person)


def leave() -> None:
    """Sign out; language and theme of this phone stay."""
    logout_user()
    _empty_session()


def _empty_session() -> None:
    kept = {key: session[key] for key in ("locale", "theme") if key in session}
    session.clear()
    session.update(kept)


def address() -> str:
    """Where the visitor comes from, as tries are counted."""
    return request.remote_addr or ""


def still_free(*tries: tuple[str, str]) -> None:
    """Refuse where too many tries were made already; raises `TooManyTries`."""
    for scope, key in tries:
        if exceeded(db.session(), scope, key):
            again = clock.local(clock.now() + LIMITS[scope][1])
            raise TooManyTries(
                _("That was tried too often. Please try again after %(time)s.", time=f"{again:%H:%M}"),
                (url_for("account.reset"), _("Forgot your password?")) if scope == "signin" else None,
            )
