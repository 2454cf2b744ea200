"""HTTP for brand staff: how certificates look and what they say, with a picture of each change before it is made."""

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from academy.achievements.certificates.rules import Paper, design_problems
from academy.catalog.actions import Overtaken, digest
from academy.catalog.content import Catalog
from academy.catalog.drafts import Redrafted
from academy.catalog.queries import on_page, published
from academy.criteria.language import parse
from academy.criteria.sentences import sentence
from academy.db import db
from academy.people.models import Person
from academy.registry import editing
from academy.registry.design_form import FIELDS, DesignForm, pictures, typed
from academy.registry.editing import NAMES, Document, Edited, Sample, drawn, opened, sample, sample_serial
from academy.text.line import plain
from academy.web.access import needs
from academy.web.assets import FOREVER
from academy.web.links import absolute

bp = Blueprint("designs", __name__, url_prefix="/desk/certificates/designs")

LITTLE, LARGE = 560, 1200  # px
SAID_NAMES = {
    "usual": lazy_gettext("A usual name"),
    "longest": lazy_gettext("The longest name"),
    "rarest": lazy_gettext("A rare character"),
}


@bp.get("")
@needs("certificate.issue")
def index() -> str:
    """All designs."""
    return render_template("registry/designs.html", designs=editing.listed(db.session(), on_page()), mark=digest)


@bp.post("")
@needs("certificate.issue")
def copy() -> ResponseReturnValue:
    """Begin a new design from one that there is."""
    title, staff_id = plain(request.form.get("title", ""))[:30], current_user.id
    with db.writing() as session:
        new = editing.copy(
            session, session.get_one(Person, staff_id), request.form.get("from", ""), title or _("New design")
        )
    return redirect(url_for("designs.show", key=new.key) if new else url_for("designs.index"), 303)


@bp.get("/<key>")
@needs("certificate.issue")
def show(key: str) -> str:
    """One design, to be changed, with its picture."""
    edited = _opened(key)
    form = _form(edited.document, data=typed(edited.document))
    form.mark.data = _mark(edited)
    return _page(key, form, edited)


@bp.post("/<key>")
@needs("certificate.issue")
def change(key: str) -> ResponseReturnValue:
    """Keep, publish or discard what was typed, try it in the picture, or print a proof of it."""
    form, edited = _sent(key)
    whole, click = form.validate_on_submit(), request.form.get("do", "save")
    if click == "discard":
        return _discard(key, form)
    if not whole:
        return _page(key, form, edited), 422
    document = form.document
    if click == "try":
        form.blame(problems(document))
        return _page(key, form, edited)
    if click == "proof":
        return _proof(key, form, edited)
    mine = _mine(document, form)
    try:
        with db.writing() as session:
            revision = editing.save(session, session.get_one(Person, current_user.id), mine)
    except Redrafted:
        return _overtaken(key, form), 409
    if click == "publish":
        return _publish(key, form, document, revision)
    flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
    return redirect(url_for("designs.show", key=key), 303)


@bp.post("/<key>/preview")
@needs("certificate.issue")
def preview(key: str) -> str:
    """The picture of what is being typed, or what is wrong with it."""
    form, _edited = _sent(key)
    form.validate()
    rest = form.blame(problems(form.document))
    return render_template("registry/_preview.html", **_shown(form, rest))


@bp.get("/<key>.png")
@needs("certificate.issue")
def picture(key: str) -> ResponseReturnValue:
    """A design in small: as it is edited, or as a release published it."""
    release = request.args.get("release", type=int)
    if release:
        document = editing.one(published(db.session(), release), key)
    else:
        edited = _opened(key).document
        document = edited if _is_drawable(edited) else editing.one(on_page(), key)
    png = _drawn(document or abort(404), "usual", LITTLE)
    # The address names what it shows.
    cache = FOREVER.replace("public", "private") if "v" in request.args else "private, no-cache"
    return png, 200, {"Content-Type": "image/png", "Cache-Control": cache}


@bp.get("/<key>/history")
@needs("certificate.issue")
def history(key: str) -> str:
    """The versions of a design; what was issued on each stays as it was."""
    issues = editing.issues(db.session(), key)
    if not issues:
        abort(404)
    edited = _opened(key)
    return render_template(
        "registry/history.html", key=key, issues=issues, name=_name(edited.document), mark=_mark(edited)
    )


@bp.post("/<key>/history/<int:release>")
@needs("certificate.issue")
def restore(key: str, release: int) -> ResponseReturnValue:
    """Make an earlier version the draft."""
    document = editing.one(published(db.session(), release), key) or abort(404)
    revision, version = _marked(request.form.get("mark", ""))
    try:
        with db.writing() as session:
            editing.save(session, session.get_one(Person, current_user.id), Edited(document, revision, version))
    except Redrafted:
        flash(_("Somebody has changed the draft meanwhile. Nothing was changed by you."), "bad")
        return redirect(url_for("designs.history", key=key), 303)
    flash(_("This version is the draft now. Look at it, and publish it."), "ok")
    return redirect(url_for("designs.show", key=key), 303)


# What is drawn


def problems(document: Document) -> dict[str, str]:
    """What is wrong with a design, by field: its wording and choices, then what doesn't fit with the longest name."""
    # WeasyPrint takes a second to load, which no other request or command should wait for.
    from academy.achievements.certificates.paper import misfits

    design = drawn(on_page(), document)
    return design_problems(design) or misfits(design, _sample(document, "longest"))


def _sample(document: Document, name: str, proof: bool = False) -> Paper:
    return sample(on_page(), document, Sample(name, proof), _address())


def _address() -> str:
    return absolute(url_for("verify.show", serial=sample_serial(on_page()), code=editing.SAMPLE_CODE))


def _drawn(document: Document, name: str, width: int) -> bytes:
    return _kept(on_page(), json.dumps(document, ensure_ascii=False), name, _address(), width)


@lru_cache(maxsize=32)
def _kept(catalog: Catalog, document: str, name: str, address: str, width: int) -> bytes:
    from academy.achievements.certificates.paper import render_pdf, render_png

    content = json.loads(document)
    return render_png(render_pdf(drawn(catalog, content), sample(catalog, content, Sample(name), address)), width)


def _is_drawable(document: Document) -> bool:
    """Whether all that is wrong with a design is the length of its texts; nobody should print what is refused."""
    wrong = design_problems(drawn(on_page(), document)).values()
    return all(problem == "text-missing" or problem.endswith("-too-long") for problem in wrong)


def _shown(form: DesignForm, rest: list[str]) -> dict[str, Any]:
    """The picture of what is in a form, for the page; none while it can't be drawn."""
    document, name = form.document, request.values.get("sample", "usual")
    name = name if name in NAMES else "usual"
    wrong = [(field.label.text, message) for field in form for message in field.errors]
    image = None
    if _is_drawable(document):
        image = "data:image/png;base64," + b64encode(_drawn(document, name, LARGE)).decode()
    return {"image": image, "wrong": wrong, "rest": rest, "who": name, "names": SAID_NAMES}


def _proof(key: str, form: DesignForm, edited: Edited) -> ResponseReturnValue:
    from academy.achievements.certificates.paper import render_pdf

    document, name = form.document, request.form.get("sample", "usual")
    if wrong := problems(document):
        form.blame(wrong)
        return _page(key, form, edited), 422
    row = _sample(document, name if name in NAMES else "usual", proof=True)
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{row.serial}.pdf"'}
    return render_pdf(drawn(on_page(), document), row), 200, headers


# Forms and pages


def _opened(key: str) -> Edited:
    return opened(db.session(), on_page(), key) or abort(404)


def _name(document: Document) -> Mapping[str, str]:
    found: Mapping[str, str] = document.get("name", document["title"])
    return found


def _mark(edited: Edited) -> str:
    return f"{edited.revision}.{edited.version}"


def _marked(mark: str) -> tuple[int, int]:
    """The revision and the version that a form was filled with."""
    revision, _dot, version = mark.partition(".")
    if not (revision.isdecimal() and version.isdecimal()):
        abort(400)
    return int(revision), int(version)


def _form(base: Document, kept: Mapping[str, str] | None = None, **kwargs: Any) -> DesignForm:
    return DesignForm(on_page(), base, pictures(base) if kept is None else kept, **kwargs)


def _sent(key: str) -> tuple[DesignForm, Edited]:
    edited = _opened(key)
    asked = {part: request.form.get(f"kept_{part}", "") for part in ("seal", "signature")}
    return _form(edited.document, {part: name for part, name in asked.items() if name}), edited


def _mine(document: Document, form: DesignForm) -> Edited:
    revision, version = _marked(form.mark.data or "")
    return Edited(document, revision, version)


def _page(key: str, form: DesignForm, edited: Edited, overtaken: Mapping[str, Any] | None = None) -> str:
    session, catalog, base = db.session(), on_page(), edited.document
    now = editing.one(catalog, key)
    criterion = base.get("criterion")
    return render_template(
        "registry/design.html",
        key=key,
        form=form,
        name=_name(base),
        sketched=base != now,
        unpublished=now is None,
        edited=edited,
        by=session.get_one(Person, edited.by_id).name if edited.by_id else None,
        criterion=sentence(catalog, parse(criterion)) if criterion else None,
        fields=FIELDS,
        days=base.get("valid_days"),
        overtaken=overtaken,
        **_shown(form, []),
    )


def _overtaken(key: str, form: DesignForm, published_anew: bool = False) -> str:
    """Somebody else saved or published meanwhile: what was typed stays in the form, to be saved over theirs."""
    session, catalog = db.session(), published(db.session())
    theirs = opened(session, catalog, key) or abort(404)
    if published_anew and (now := editing.one(catalog, key)):
        theirs = Edited(now, theirs.revision, catalog.version_id(*editing.DESIGNS))
    form.mark.data = _mark(theirs)
    here = typed(theirs.document)
    differs = [
        (form[name].label.text, value, form[name].data) for name, value in here.items() if value != form[name].data
    ]
    return _page(key, form, theirs, {"differs": differs})


def _publish(key: str, form: DesignForm, document: Document, revision: int) -> ResponseReturnValue:
    form.mark.data = f"{revision}.{_marked(form.mark.data or '')[1]}"
    try:
        if wrong := problems(document):
            raise editing.Unfinished(wrong)
        with db.writing() as session:
            done = editing.release(session, session.get_one(Person, current_user.id), key, revision)
    except editing.Unfinished as unfinished:
        for message in form.blame(unfinished.problems):
            flash(message, "bad")
        return _page(key, form, _opened(key)), 422
    except Redrafted:
        return _overtaken(key, form), 409
    except Overtaken:
        return _overtaken(key, form, published_anew=True), 409
    flash(_("Published. Certificates that were issued stay as they are.") if done else _("Nothing was changed."), "ok")
    return redirect(url_for("designs.show", key=key), 303)


def _discard(key: str, form: DesignForm) -> ResponseReturnValue:
    revision, version = _marked(request.form.get("mark", ""))
    try:
        with db.writing() as session:
            staff = session.get_one(Person, current_user.id)
            editing.discard(session, staff, Edited({"key": key}, revision, version))
    except Redrafted:
        return _overtaken(key, form), 409
    flash(_("The draft is gone. The design is as it was published."), "ok")
    kept = editing.one(on_page(), key)
    return redirect(url_for("designs.show", key=key) if kept else url_for("designs.index"), 303)
