"""HTTP for candidates: applying, how an application stands, and the page of those who were removed."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Candidate, Cohort, Wording
from academy.people.queries import application as opened
from academy.people.queries import cohort_by_code
from academy.people.rules import RECRUITING, TRAINEE, phone_number
from academy.people.throttle import LIMITS, exceeded, note
from academy.recruiting import actions, forms
from academy.recruiting.rules import CHANGEABLE, OPEN, POOL, WAYS
from academy.tiers.rules import ladder
from academy.web.access import even_removed, public, signed_in
from academy.web.errors import Refused
from academy.web.links import absolute

bp = Blueprint("recruiting", __name__)


class NoGroup(Refused):
    """No recruiting group has this code, or no application this link."""

    status = 404


class TakesNone(Refused):
    """The group takes no applications, or not any more."""

    status = 410


class TooMany(Refused):
    """This address has applied or guessed too often."""

    status = 429


@bp.route("/apply/<code>", methods=["GET", "POST"])
@public
def apply(code: str) -> ResponseReturnValue:
    """What a group asks and offers, and the form for a candidate."""
    if current_user.is_authenticated and current_user.role == TRAINEE:
        flash(_("You have an account already: applications are for those who are new. Here is your own page."), "info")
        return redirect(url_for("home.today"), 303)
    group, form = _group(code), forms.ApplicationForm()
    if form.validate_on_submit():
        _still_free("apply-host")
        with db.writing() as session:
            note(session, "apply-host", _address())
            token = actions.apply(
                session,
                group.id,
                phone_number(form.phone.data or "") or "",
                **_words(form),
                way=way_asked(),
                consent_version=on_page().one("brand")["consent"],
            )
        return redirect(url_for("recruiting.application", token=token), 303)
    session = db.session()
    return render_template(
        "recruiting/apply.html",
        group=group,
        way=way_asked(),
        wording=session.get(Wording, group.id) or Wording(duties="", honours=""),
        form=form,
    ), 422 if form.is_submitted() else 200


@bp.route("/applications/<token>", methods=["GET", "POST"])
@public
def application(token: str) -> ResponseReturnValue:
    """How her application stands; while nobody has decided, she may write it anew."""
    found = _application(token)
    form = forms.Words(obj=found)
    if form.validate_on_submit():
        with db.writing() as session:
            changed = actions.change(session, token, **_words(form))
        if changed:
            flash(_("Saved"), "ok")
        return _back(token)
    return render_template(
        "recruiting/application.html",
        candidate=found,
        group=found.cohort,
        token=token,
        link=absolute(url_for("recruiting.application", token=token)),
        changeable=found.state in CHANGEABLE and _recruits(found.cohort),
        withdrawable=found.state in OPEN,
        form=form,
    ), 422 if form.is_submitted() else 200


@bp.post("/applications/<token>/withdrawal")
@public
def withdraw(token: str) -> ResponseReturnValue:
    """Take the application back."""
    _application(token)
    with db.writing() as session:
        actions.withdraw(session, token)
    return _back(token)


@bp.get("/removed")
@signed_in
@even_removed
def removed() -> ResponseReturnValue:
    """For somebody from outside whose time was over: what happened, whom to ask, and what is still hers."""
    if not current_user.removed_at:
        return redirect(url_for("home.today"))
    entry = ladder(on_page()).external
    quiz = on_page().quizzes.get(entry.assessment) if entry else None
    return render_template("recruiting/removed.html", quiz=quiz)


def way_asked() -> str:
    """The way in that an address names; the existing pool where it names none."""
    asked = request.args.get("from", POOL)
    return asked if asked in WAYS else POOL


def named_way() -> dict[str, Any]:
    """The same, to name it in another address."""
    return {"from": way_asked()}


def _words(form: forms.Words) -> dict[str, Any]:
    return {name: form[name].data for name in ("name", "why", "channel")}


def _group(code: str) -> Cohort:
    group = cohort_by_code(db.session(), code)
    if group is None or group.kind != RECRUITING:
        raise NoGroup(_("This link is not known. Please ask whoever sent it for a new one."))
    if not _recruits(group):
        raise TakesNone(_("“%(group)s” takes no applications now. Thank you for asking!", group=group.name))
    return group


def _recruits(group: Cohort) -> bool:
    return group.open and group.phase == RECRUITING


def _application(token: str) -> Candidate:
    _still_free("application")
    found = opened(db.session(), token)
    if found is None:
        # A GET that writes, as where certificates are checked: the address is the door at which links could be guessed.
        with db.writing() as session:
            note(session, "application", _address())
        raise NoGroup(_("This link opens no application (any more). Whoever invited you can give you a new one."))
    return found


def _back(token: str) -> ResponseReturnValue:
    return redirect(url_for("recruiting.application", token=token), 303)


def _address() -> str:
    return request.remote_addr or ""


def _still_free(scope: str) -> None:
    if exceeded(db.session(), scope, _address()):
        again = clock.local(clock.now() + LIMITS[scope][1])
        raise TooMany(_("That was tried too often. Please try again after %(time)s.", time=f"{again:%H:%M}"))
