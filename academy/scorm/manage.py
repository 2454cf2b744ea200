"""HTTP for those who make content: packages taken in, their versions, who has played them, and a try."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.queries import on_page
from academy.db import db
from academy.files.archives import Unfit
from academy.people.models import Person
from academy.scorm import actions, queries
from academy.scorm.forms import NameForm, UploadForm, why
from academy.scorm.routes import address, playable
from academy.web.access import needs
from academy.web.errors import Refused
from academy.web.paging import page_asked, turned

bp = Blueprint("packages", __name__, url_prefix="/desk/packages")

PAGE = 50


@bp.get("")
@needs("content.edit")
def index() -> str:
    """All packages, and the form for a new one."""
    return _index(UploadForm())


@bp.post("")
@needs("content.edit")
def upload() -> ResponseReturnValue:
    """Take in a package; one that is there already in an older version gets a new one."""
    form = UploadForm()
    return _take(form) or (_index(form), 422)


@bp.get("/<key>")
@needs("content.edit")
def show(key: str) -> str:
    """One package: its versions, who has played it, and the form for the next version."""
    return _one(key, UploadForm(named=_held(key)["named"]))


@bp.post("/<key>/versions")
@needs("content.edit")
def renew(key: str) -> ResponseReturnValue:
    """Take in the next version of a package."""
    _held(key)
    form = UploadForm()
    return _take(form, key) or (_one(key, form), 422)


@bp.post("/<key>/title")
@needs("content.edit")
def rename(key: str) -> ResponseReturnValue:
    """Change what a package is called, and whether it learns names."""
    _held(key)
    form, staff_id = NameForm(), current_user.id
    if not form.validate_on_submit():
        return _one(key, UploadForm(formdata=None), form), 422
    title = {"zh": form.zh.data or "", **({"en": form.en.data} if form.en.data else {})}
    with db.writing() as session:
        actions.rename(session, session.get_one(Person, staff_id), key, title, form.named.data)
    flash(_("Saved"), "ok")
    return redirect(url_for("packages.show", key=key), 303)


@bp.get("/<key>/versions/<int:id>/try")
@needs("content.edit")
def preview(key: str, id: int) -> str:
    """A version as learners play it; nothing is recorded."""
    content = queries.content_of(db.session(), id)
    if content is None or content["key"] != key:
        abort(404)
    if not playable():
        raise Refused(unplayable(), (url_for("packages.show", key=key), _("Back")))
    return render_template("scorm/preview.html", key=key, title=content["title"], address=address(id))


def unplayable() -> str:
    """What to say where there is no origin to play packages on."""
    return _(
        "Packages can’t be played: ACADEMY_PLAYER_ORIGIN is not set. They run scripts of others, so they need an "
        "address of their own, such as https://player.example.com; the README says more."
    )


def _take(form: UploadForm, key: str | None = None) -> Response | None:
    if not form.validate_on_submit():
        return None
    room, staff_id = current_app.extensions["files"], current_user.id
    try:
        kept = actions.take(room, form.file.data.stream)
    except Unfit as error:
        form.file.errors = [why(error)]
        return None
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        key, new = actions.bring(session, staff, kept, key, form.title.data or "", form.named.data)
        actions.sweep(session, room)
    if new:
        flash(_("The package is published. Lessons that hold it show this version from now on."), "ok")
    else:
        flash(_("This is the version that is published already; nothing was changed."), "info")
    return redirect(url_for("packages.show", key=key), 303)  # type: ignore[return-value]


def _index(form: UploadForm) -> str:
    catalog = on_page()
    packages = [held.content for (kind, _key), held in sorted(catalog.documents.items()) if kind == "package"]
    return render_template(
        "scorm/index.html",
        form=form,
        packages=packages,
        numbers=queries.numbers(db.session()),
        held=queries.where_held(catalog),
        unplayable=None if playable() else unplayable(),
    )


def _one(key: str, form: UploadForm, names: NameForm | None = None) -> str:
    session, content = db.session(), _held(key)
    number = queries.number_of_players(session, current_user, key)
    page, pages = turned(page_asked(), number, PAGE)
    return render_template(
        "scorm/package.html",
        package=content,
        form=form,
        names=names or NameForm(formdata=None, data={**content["title"], "named": content["named"]}),
        issues=queries.issues(session, key),
        players=queries.players(session, current_user, key, PAGE, (page - 1) * PAGE),
        number=number,
        page=page,
        pages=pages,
        lessons=[on_page().lessons[lesson] for lesson in queries.where_held(on_page()).get(key, ())],
        score_of=actions.score_of,
        unplayable=None if playable() else unplayable(),
    )


def _held(key: str) -> Mapping[str, Any]:
    found = on_page().documents.get(("package", key))
    return found.content if found else abort(404)
