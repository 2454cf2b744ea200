"""HTTP: the style that every page links, and the desk where the brand chooses how its academy looks."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.art.colour import Colour, colour
from academy.brand import actions, queries
from academy.brand.forms import AppearanceForm, found, typed
from academy.catalog.actions import Overtaken
from academy.catalog.content import Document
from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.tiers.rules import ladder
from academy.web.access import needs, public
from academy.web.assets import FOREVER

bp = Blueprint("brand", __name__)


@bp.app_context_processor
def page() -> dict[str, object]:
    """Whose academy it is, and its colour, for every page."""
    return {"brand": queries.worn(), "brand_colour": _colour()}


@bp.get("/brand.css")
@public
def style() -> ResponseReturnValue:
    """The brand's colour as tokens.css takes it; kept for good under the address that names this version."""
    now = _colour()
    response = Response(f":root{{{now.knobs}}}", mimetype="text/css")
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == now.version else "no-cache"
    return response


@bp.get("/brand/<name>")
@public
def logo(name: str) -> ResponseReturnValue:
    """A logo; its name is the digest of what it holds."""
    path = found(name)
    if path is None:
        abort(404)
    response = Response(path.read_bytes(), mimetype="image/png")
    response.headers["Cache-Control"] = FOREVER
    return response


@bp.get("/desk/brand")
@needs("brand.dress")
def show() -> ResponseReturnValue:
    """The appearance, to be changed, with a sample beside it."""
    brand = on_page().one("brand")
    version = on_page().version_id("brand")
    return _page(AppearanceForm(brand.get("logo"), data={"version": version, **typed(brand)}))


@bp.post("/desk/brand")
@needs("brand.dress")
def save() -> ResponseReturnValue:
    """Publish the appearance, or only try it on in the sample."""
    form, staff_id = AppearanceForm(request.form.get("kept")), current_user.id
    if not form.validate_on_submit():
        return _page(form), 422
    if "try" in request.form:
        return _page(form)
    try:
        with db.writing() as session:
            staff = session.get_one(Person, staff_id)
            changed = actions.dress(session, staff, form.looks, form.version.data or "")
    except Overtaken as overtaken:
        form.version.data = str(overtaken.theirs.version_id)
        return _page(form, overtaken.theirs), 409
    flash(_("Published. Everybody sees it from the next page on.") if changed else _("Nothing was changed."), "ok")
    return redirect(url_for("brand.show"), 303)


@bp.get("/desk/brand/sample")
@needs("brand.dress")
def sample() -> ResponseReturnValue:
    """The sample in a colour that is being typed; nothing while it is none yet."""
    tried = colour(request.args.get("colour", ""))
    if tried is None:
        return "", 204
    form = AppearanceForm(request.args.get("kept"))
    return render_template("brand/_sample.html", mark=form.kept, **_sample(tried, request.args.get("academy_zh", "")))


@bp.get("/desk/brand/sample.css")
@needs("brand.dress")
def sample_style() -> ResponseReturnValue:
    """A colour for the sample alone."""
    tried = colour(request.args.get("colour", "")) or _colour()
    return Response(f".sample{{{tried.knobs}}}", mimetype="text/css")


def _colour() -> Colour:
    worn = colour(queries.worn()["colour"])
    if worn is None:
        raise ValueError("the brand's colour is none")
    return worn


def _sample(tried: Colour, academy: str) -> dict[str, object]:
    return {"tried": tried, "academy": academy, "tier": ladder(on_page()).first}


def _page(form: AppearanceForm, theirs: Document | None = None) -> str:
    overtaken: dict[str, object] = {}
    if theirs:
        at, by = queries.published_by(db.session(), theirs.version_id)
        overtaken = {"at": at, "by": by, "said": typed(theirs.content), "mark": theirs.content.get("logo")}
    return render_template(
        "brand/show.html",
        form=form,
        mark=form.kept,
        overtaken=overtaken,
        **_sample(colour(form.colour.data or "") or _colour(), form.academy_zh.data or ""),
    )
