"""The public page of a certificate: whoever holds the paper can compare it with what was issued."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from academy import clock
from academy.achievements.certificates.queries import checked
from academy.achievements.certificates.rules import mask_name
from academy.achievements.queries import wording
from academy.db import db
from academy.people.models import Person
from academy.people.throttle import LIMITS, exceeded, note
from academy.text.codes import normal_code, printed_code
from academy.verify.forms import Search
from academy.verify.rules import normal_serial
from academy.web.access import public
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
        return redirect(url_for("verify.show", serial=serial, code=code), 303)
    return render_template("verify/search.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/v/<serial>/<code>")
@public
def show(serial: str, code: str) -> ResponseReturnValue:
    """What the certificate says; one that is unknown says so, whichever of the two was wrong."""
    serial, code, address = normal_serial(serial), normal_code(code), request.remote_addr or ""
    session = db.session()
    if exceeded(session, "verify", address):
        again = clock.local(clock.now() + LIMITS["verify"][1])
        raise TooManyLookups(
            _(
                "This address has tried many codes that don’t exist. Please try again after %(time)s.",
                time=f"{again:%H:%M}",
            )
        )
    found = checked(session, serial, code)
    if found is None:
        # The one GET that writes: the address on the paper is itself the door at which codes could be guessed,
        # so a miss must count. Right pairs, which people open from a QR code, write nothing.
        with db.writing() as writing:
            note(writing, "verify", address)
        form = Search(formdata=None, data={"serial": serial, "code": printed_code(code)})
        return render_template("verify/unknown.html", form=form), 404
    holder = session.get_one(Person, found.trainee_id)
    name = None if holder.erased_at else mask_name(found.name)
    return render_template(
        "verify/show.html",
        paper=found,
        name=name,
        says=wording(session, found, name or ""),
        issued_on=format_date(found.issued_on, "long"),
        now=clock.now(),
        form=Search(formdata=None),
    )
