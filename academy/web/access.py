"""Access is denied unless granted.

A view is for signed-in trainees unless it says otherwise: `@public`, `@signed_in` (whoever has an account) or
`@needs("handin.review")` (whose role holds the permission). What is forbidden is not found. A removed trainee is led to
the page that says so, but for what is hers by law.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from academy.web.htmx import go

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC, SIGNED_IN, LEARN = "public", "signed in", "learn"


def public(view: View) -> View:
    """Open to everybody."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Open to whoever has an account."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def even_removed(view: View) -> View:
    """Open to a removed trainee too: what is hers by law. Stands with `@signed_in`."""
    view.even_removed = True  # type: ignore[attr-defined]
    return view


def needs(permission: str) -> Callable[[View], View]:
    """Open to those whose role holds a permission word."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def giving_back(refuse: Callable[[], ResponseReturnValue]) -> Callable[[View], View]:
    """To somebody who may no longer do it `refuse` shows what she typed, and nothing else. Stands with `@needs`."""

    def mark(view: View) -> View:
        view.refuse = refuse  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> str:
    """What a view asks for."""
    if endpoint == "static":
        return PUBLIC
    return str(getattr(app.view_functions[endpoint], "access", LEARN))


def guard() -> ResponseReturnValue | None:
    """Before every request: let in, send to sign in, or say that there is nothing."""
    if request.endpoint is None:
        return None
    wanted = access_of(current_app, request.endpoint)
    if wanted == PUBLIC:
        return None
    if not current_user.is_authenticated:
        target = url_for("account.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None)
        return go(target, 302)
    if wanted != SIGNED_IN and not current_user.may(wanted):
        if wanted == LEARN and request.endpoint == "home.today":
            return redirect(url_for("roster.desk"))
        refuse = getattr(current_app.view_functions[request.endpoint], "refuse", None)
        if refuse and request.form:
            return refuse()  # type: ignore[no-any-return]
        abort(404)
    if current_user.removed_at and not hasattr(current_app.view_functions[request.endpoint], "even_removed"):
        return go(url_for("recruiting.removed"))
    return None
