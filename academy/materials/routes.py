"""HTTP: what there is to post, one set of it, and taking it."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.content import Catalog
from academy.catalog.queries import on_page
from academy.db import db
from academy.journal.queries import done
from academy.materials import actions, queries
from academy.materials.forms import FillForm, fill_form
from academy.materials.pictures import COVER, LARGE, SMALL, TYPES, shared
from academy.materials.rules import FORMS, KINDS, Material, is_open, materials, search
from academy.text.typed import pieces
from academy.text.wording import hints
from academy.tiers.rules import ladder
from academy.web.access import signed_in
from academy.web.bodies import Body, Kept, draw, kept
from academy.web.errors import Refused
from academy.web.htmx import swaps
from academy.web.paging import page_asked, turned
from academy.web.reading import pick

bp = Blueprint("materials", __name__)

PAGE = 12
MOST_WORDS = 60
ONE_DAY = 86400


@bp.get("/materials")
@signed_in
def index() -> ResponseReturnValue:
    """The materials that there are, by kind, by form and by words; twelve a page."""
    words = request.args.get("q", "").strip()[:MOST_WORDS]
    kind, form = request.args.get("kind", ""), request.args.get("form", "")
    if (kind and kind not in KINDS) or (form and form not in FORMS):
        abort(404)
    narrowed = (words, kind, form, page_asked())
    return Kept(_own(on_page(), _tier(), current_user.id, current_user.visit.known.fact, *narrowed))


@kept
def _own(
    catalog: Catalog, tier: str | None, person_id: int, _last: int, words: str, kind: str, form: str, page: int
) -> Body:
    taken = done(db.session(), person_id, ("material.taken",))["material.taken"]
    return _index(catalog, tier, words, kind, form, page, taken)


@kept
def _index(
    catalog: Catalog, tier: str | None, words: str, kind: str, form: str, page: int, taken: frozenset[str]
) -> str:
    hits = search(catalog, tier, words, kind, form)
    page, pages = turned(page, len(hits), PAGE)
    return draw(
        "materials/index.html",
        catalog.one("brand"),
        trainee=tier is not None,
        hits=hits[(page - 1) * PAGE : page * PAGE],
        words=words,
        kind=kind,
        form=form,
        kinds=KINDS,
        page=page,
        pages=pages,
        taken=taken,
        rungs={rung.key: rung for rung in ladder(catalog).tiers},
    )


@bp.get("/materials/<key>")
@signed_in
def one(key: str) -> ResponseReturnValue:
    """A material: its text with blanks, its pictures, and the form that fills it."""
    material = _material(key)
    return _page(material, fill_form(material.blanks)())


@bp.post("/materials/<key>/taking")
@signed_in
def take(key: str) -> ResponseReturnValue:
    """Take the text, filled in, or the pictures; what a trainee takes is put on record."""
    material = _material(key)
    if "pictures" in request.form:
        _record(key)
        return redirect(url_for("materials.pictures", key=key), 303)
    form = fill_form(material.blanks)()
    if not form.validate_on_submit():
        return _page(material, form), 422
    _record(key)
    return _page(material, form, material.finished(form.filled))


@bp.get("/materials/<key>/pictures")
@signed_in
def pictures(key: str) -> ResponseReturnValue:
    """The pictures of a material, large, to be saved one by one or all at once."""
    material = _material(key)
    if not material.pictures:
        abort(404)
    return render_template("materials/pictures.html", material=material)


@bp.get("/materials/<key>/pictures/<int:n>")
@signed_in
def picture(key: str, n: int) -> ResponseReturnValue:
    """The nth picture as it is posted."""
    return _picture(key, n, LARGE)


@bp.get("/materials/<key>/thumbnails/<int:n>")
@signed_in
def thumbnail(key: str, n: int) -> ResponseReturnValue:
    """The nth picture, small."""
    return _picture(key, n, SMALL)


@bp.get("/materials/<key>/cover")
@signed_in
def cover(key: str) -> ResponseReturnValue:
    """The first picture, smaller still."""
    return _picture(key, 1, COVER)


@bp.get("/materials/<key>/pictures.zip")
@signed_in
def archive(key: str) -> ResponseReturnValue:
    """All pictures of a material in one file, for browsers that keep files."""
    material = _material(key)
    packed = BytesIO()
    with ZipFile(packed, "w") as zip:
        for n, picture in enumerate(material.pictures, 1):
            path = shared(picture, material.ad, LARGE)
            zip.write(path, f"{key}-{n}{path.suffix}")
    headers = {"Content-Disposition": f'attachment; filename="{key}.zip"'}
    return Response(packed.getvalue(), mimetype="application/zip", headers=headers)


def _tier() -> str | None:
    """The tier that she stands in; None for staff."""
    return current_user.standing.tier if current_user.may("learn") else None


def _material(key: str) -> Material:
    """A material that is open to her; whoever took one that was withdrawn is told so."""
    found = materials(on_page()).get(key)
    if found is None:
        if queries.taken_on(db.session(), current_user.id, key):
            raise actions.Withdrawn
        abort(404)
    if not is_open(on_page(), found, _tier()):
        tier = pick(ladder(on_page())[found.tier].title)
        raise Refused(
            _("“%(material)s” opens with %(tier)s.", material=pick(found.title), tier=tier),
            (url_for("materials.index"), _("To the materials")),
        )
    return found


def _record(key: str) -> None:
    if current_user.may("learn"):
        trainee_id = current_user.id
        with db.writing() as session:
            actions.take(session, trainee_id, key)


def _page(material: Material, form: FillForm, finished: str | None = None) -> str:
    if finished is None and not material.blanks:
        finished = material.finished({})
    session = db.session()
    taken_on: date | None = queries.taken_on(session, current_user.id, material.key)
    return render_template(
        "materials/_taking.html" if swaps() else "materials/one.html",
        material=material,
        pieces=pieces(material.text, material.blanks),
        kind=KINDS[material.kind],
        form=form,
        finished=finished,
        hints=hints(finished or "", on_page().one("words")["rules"]),
        taken_on=taken_on,
        takers=queries.takers(session, material.key),
    )


def _picture(key: str, n: int, width: int) -> ResponseReturnValue:
    material = _material(key)
    if not 1 <= n <= len(material.pictures):
        abort(404)
    path = shared(material.pictures[n - 1], material.ad, width)
    response = Response(path.read_bytes(), mimetype=TYPES[path.suffix])
    response.headers["Cache-Control"] = f"private, max-age={ONE_DAY}"
    response.set_etag(path.stem)
    return response.make_conditional(request)
