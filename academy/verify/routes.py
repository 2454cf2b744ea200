"""The public page of a certificate: whoever holds the paper can compare it with what was issued."""

import hmac
from datetime import datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from academy import clock
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.queries import Answer, Checked, checked
from academy.achievements.certificates.rules import clean_name, mask_name
from academy.achievements.queries import wording
from academy.catalog.content import Catalog
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.throttle import asking, blocked_since, free_again, note
from academy.text.codes import normal_code, printed_code
from academy.verify.forms import Name, Search
from academy.verify.rules import is_sample, normal_serial
from academy.web.access import public
from academy.web.bodies import Kept, draw, hole, kept
from academy.web.errors import Refused

bp = Blueprint("verify", __name__)


class TooManyLookups(Refused):
    """This address has guessed too often."""

    status = 429


@bp.route("/v", methods=["GET", "POST"])
@public
def search() -> ResponseReturnValue:
    """Ask for serial and code, and lead to the page that both open."""
    form = Search()
    if form.validate_on_submit():
        serial, code = normal_serial(form.serial.data or ""), normal_code(form.code.data or "")
        return redirect(_address(serial, code), 303)
    return render_template("verify/search.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/v/<serial>/<code>")
@public
def show(serial: str, code: str) -> ResponseReturnValue:
    """What the certificate says; one that is unknown says so, whichever of the two was wrong."""
    serial = normal_serial(serial)
    if is_sample(serial):
        return render_template("verify/sample.html", serial=serial, form=Search(formdata=None))
    found = _ask(serial, code).found
    return Kept(_page(on_page(), found)) if found else _unknown(serial, normal_code(code))


@bp.post("/v/<serial>/<code>")
@public
def name(serial: str, code: str) -> ResponseReturnValue:
    """Show the holder's full name to whoever knows it already; any other answer is the same for all that is wrong."""
    serial = normal_serial(serial)
    found = None if is_sample(serial) else _ask(serial, code).found
    if found is None:
        return redirect(_address(serial, code), 303)
    address, session = request.remote_addr or "", db.session()
    # A masked name leaves few to try, so that guesses are counted by paper as well.
    for key in (address, serial):
        if since := blocked_since(session, "verify-name", key):
            raise _too_many(_("Many names have been tried here."), "verify-name", since)
    form = Name()
    paper = session.get_one(Certificate, found.id)
    typed = clean_name(form.name.data or "") if form.validate_on_submit() else ""
    if not found.erased and hmac.compare_digest(typed.encode(), clean_name(paper.name).encode()):
        return _drawn(on_page(), found, paper.name)
    with db.writing() as writing:
        for key in (address, serial):
            note(writing, "verify-name", key)
    return _drawn(on_page(), found, wrong=True), 422


def _address(serial: str, code: str) -> str:
    return url_for("verify.show", serial=serial, code=code, lang=request.args.get("lang"))


def _ask(serial: str, code: str) -> Answer:
    """Look a paper up, unless this address has guessed too often; the release that was read with it is on the page."""
    with db.engine.connect() as connection:
        answer = checked(connection, serial, code, asking("verify", request.remote_addr or ""))
    g.release = answer.release
    if answer.blocked_since:
        raise _too_many(_("This address has tried many codes that don’t exist."), "verify", answer.blocked_since)
    return answer


def _too_many(reason: str, scope: str, since: datetime) -> TooManyLookups:
    again = clock.local(free_again(scope, since))
    return TooManyLookups(_("%(reason)s It works again from %(time)s.", reason=reason, time=f"{again:%H:%M}"))


def _unknown(serial: str, code: str) -> ResponseReturnValue:
    # The one GET that writes: the address on the paper is itself the door at which codes could be guessed, so a miss
    # must count. Right pairs, which people open from a QR code, write nothing.
    with db.writing() as writing:
        note(writing, "verify", request.remote_addr or "")
    form = Search(formdata=None, data={"serial": serial, "code": printed_code(code)})
    return render_template("verify/unknown.html", form=form), 404


@kept
def _page(catalog: Catalog, found: Checked) -> str:
    return _drawn(catalog, found)


def _drawn(catalog: Catalog, found: Checked, full: str | None = None, wrong: bool = False) -> str:
    """The page of a paper, with the holder's name masked unless it is given in full."""
    session = db.session()
    paper = session.get_one(Certificate, found.id)
    name = None if found.erased else full or mask_name(paper.name)
    return draw(
        "verify/show.html",
        catalog.one("brand"),
        paper=paper,
        status=found.status,
        name=name,
        full=full is not None,
        wrong=wrong,
        says=wording(session, paper, name or ""),
        issued_on=format_date(paper.issued_on, "long"),
        ends_on=paper.expires_on and format_date(paper.expires_on, "long"),
        revoked_on=found.revoked_at and format_date(clock.day_of(found.revoked_at), "long"),
        now=hole("now"),
        form=Search(formdata=None),
    )
