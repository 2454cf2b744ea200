"""HTTP for brand staff: how certificates look and what they say, with a picture of each change before it is made."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from sqlalchemy import select

from academy import clock
from academy.achievements.certificates.rules import Paper, design_problems
from academy.achievements.preview import GAINED, outlook, prospects
from academy.catalog.actions import Overtaken, digest
from academy.catalog.content import Catalog
from academy.catalog.drafts import Redrafted
from academy.catalog.parts import Edited, Part
from academy.catalog.queries import on_page, published
from academy.composing import trees
from academy.composing.conditions import FAMILIES
from academy.composing.drafts import carried, sealed, theirs, with_part
from academy.composing.page import Bench, Moved, compose
from academy.composing.trees import Place, Tree
from academy.composing.view import by_place, drawn, words
from academy.db import db
from academy.journal.validity import WARNING
from academy.people.models import Person
from academy.registry import actions, queries, samples
from academy.registry.actions import DESIGNS, Unfinished
from academy.registry.checks import remarks
from academy.registry.design_form import FIELDS, DesignForm, pictures, typed
from academy.registry.rules import RENEWAL, RULE, SLOTS, tree_of, with_tree
from academy.registry.samples import NAMES, SAMPLE_CODE, Sample, sample, sample_serial
from academy.text.line import plain
from academy.web.access import needs
from academy.web.assets import FOREVER
from academy.web.htmx import swaps
from academy.web.links import absolute
from academy.web.paging import page_asked
from academy.web.reading import pick

bp = Blueprint("designs", __name__, url_prefix="/desk/certificates/designs")

LITTLE, LARGE = 560, 1200  # px
FIRST, PAGE = 8, 30
EARNED = "certificate.earned"
UNSEEN = (RULE, RENEWAL, "name", "retired")
"""What of a design shows on no paper."""
SAID_NAMES = {
    "usual": lazy_gettext("A usual name"),
    "longest": lazy_gettext("The longest name"),
    "rarest": lazy_gettext("A rare character"),
}


@bp.get("")
@needs("certificate.issue")
def index() -> str:
    """All designs."""
    return render_template("registry/designs.html", designs=queries.listed(db.session(), on_page()), mark=digest)


@bp.post("")
@needs("certificate.issue")
def copy() -> ResponseReturnValue:
    """Begin a new design from one that there is."""
    title, staff_id = plain(request.form.get("title", ""))[:30], current_user.id
    with db.writing() as session:
        new = actions.copy(
            session, session.get_one(Person, staff_id), request.form.get("from", ""), title or _("New design")
        )
    return redirect(url_for("designs.show", key=new.key) if new else url_for("designs.index"), 303)


@bp.get("/<key>")
@needs("certificate.issue")
def show(key: str) -> str:
    """One design, to be changed, with its picture."""
    edited = _opened(key)
    return _page(_form(edited.part, data=typed(edited.part)), edited)


@bp.post("/<key>")
@needs("certificate.issue")
def change(key: str) -> ResponseReturnValue:
    """Keep, publish or discard what was typed, change its conditions, try it in the picture, or print a proof of it."""
    form, was = _sent(key)
    whole = form.validate_on_submit()
    click, _colon, about = request.form.get("do", "save").partition(":")
    mine = Edited(form.document, was.revision, was.version)
    if click == "discard":
        return _discard(form, mine)
    if not whole:
        return _page(form, mine), 422
    if click == "try":
        form.blame(problems(mine.part))
        return _page(form, mine)
    if click == "proof":
        return _proof(form, mine)
    try:
        if click in CLICKS:
            slot, place = trees.located(about)
            tree = trees.on_node(tree_of(mine.part, slot), place, CLICKS[click])
            mine = Edited(with_tree(mine.part, slot, tree), mine.revision, mine.version)
    except LookupError:
        abort(404)
    staff_id = current_user.id
    try:
        with db.writing() as session:
            revision = DESIGNS.save(session, session.get_one(Person, staff_id), mine)
    except Redrafted:
        return _overtaken(form, mine), 409
    if click == "publish":
        return _publish(form, Edited(mine.part, revision, mine.version))
    if click in ("add", "edit"):
        return redirect(url_for("designs.condition", key=key, at=about, do=click), 303)
    if click == "save":
        flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
    return redirect(url_for("designs.show", key=key, _anchor="rules" if click in CLICKS else None), 303)


CLICKS: Mapping[str, Callable[[Tree, Place], Tree | None]] = {"remove": trees.removed, "dissolve": trees.dissolved}


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
        design = DESIGNS.one(published(db.session(), release), key)
    else:
        edited = _opened(key).part
        design = edited if _is_drawable(edited) else DESIGNS.one(on_page(), key)
    png = _drawn(design or abort(404), "usual", LITTLE)
    # The address names what it shows.
    cache = FOREVER.replace("public", "private") if "v" in request.args else "private, no-cache"
    return png, 200, {"Content-Type": "image/png", "Cache-Control": cache}


@bp.get("/<key>/history")
@needs("certificate.issue")
def history(key: str) -> str:
    """The versions of a design; what was issued on each stays as it was."""
    issues = DESIGNS.issues(db.session(), key)
    if not issues:
        abort(404)
    edited = _opened(key)
    return render_template(
        "registry/history.html", key=key, issues=issues, name=_name(edited.part), mark=edited.revision
    )


@bp.post("/<key>/history/<int:release>")
@needs("certificate.issue")
def restore(key: str, release: int) -> ResponseReturnValue:
    """Make an earlier version the draft."""
    staff_id = current_user.id
    with db.writing() as session:
        catalog = published(session)
        edited, earlier = DESIGNS.opened(session, catalog, key), DESIGNS.one(published(session, release), key)
        if edited is None or earlier is None:
            abort(404)
        if request.form.get("mark") != str(edited.revision):
            raise Moved
        mine = Edited(earlier, edited.revision, catalog.version_id(*DESIGNS.name))
        DESIGNS.save(session, session.get_one(Person, staff_id), mine)
    flash(_("This version is the draft now. Look at it, and publish it."), "ok")
    return redirect(url_for("designs.show", key=key), 303)


# By which rule


@bp.route("/<key>/condition", methods=["GET", "POST"])
@needs("certificate.issue")
def condition(key: str) -> ResponseReturnValue:
    """Choose a condition to add to a group, or change one that is there."""
    return compose(lambda: _bench(_opened(key)))


def _bench(now: Edited) -> Bench:
    def keep(slot: str, tree: Tree | None) -> None:
        staff_id = current_user.id
        with db.writing() as session:
            edited = Edited(with_tree(now.part, slot, tree), now.revision, now.version)
            DESIGNS.save(session, session.get_one(Person, staff_id), edited)

    return Bench(
        here="certificates",
        catalog=with_part(DESIGNS, on_page(), now.part),
        mark=str(now.revision),
        families=FAMILIES,
        address=lambda **values: url_for("designs.condition", key=now.key, **values),
        back=lambda slot: url_for("designs.show", key=now.key, _anchor=slot or None),
        name=lambda slot: f"{pick(_name(now.part))} · {slot_name(slot)}",
        by=lambda: _by(now),
        tree=lambda slot: tree_of(now.part, slot),
        keep=keep,
    )


def slot_name(slot: str) -> str:
    """What a place for a criterion is called."""
    return {RULE: lambda: _("Issued by itself"), RENEWAL: lambda: _("Issued anew near its end")}[slot]()


@bp.route("/<key>/people", methods=["GET", "POST"])
@needs("certificate.issue")
def people(key: str) -> str:
    """Who would get it if this were published: by what is saved, or in short by what is typed. Writes nothing."""
    design: Part = _sent(key)[0].document if request.method == "POST" else _opened(key).part
    session, draft = db.session(), with_part(DESIGNS, on_page(), design)
    shown: dict[str, object] = {"found": None, "unnamed": 0}
    blocked = any(remark.blocks for remark in remarks(draft, design))
    if RULE in design and not blocked and not design.get("retired"):
        found = prospects(draft, EARNED, key)
        gained = select(found.c.id).where(found.c.result == GAINED)
        shown = {
            "found": outlook(session, draft, EARNED, key, page_asked(), FIRST if swaps() else PAGE),
            "unnamed": queries.unnamed(session, gained),
        }
    return render_template(
        "registry/_outlook.html" if swaps() else "registry/outlook.html",
        key=key,
        what=design,
        name=_name(design),
        blocked=blocked,
        at=clock.now(),
        panel=swaps(),
        **shown,
    )


# What is drawn


def problems(design: Part) -> dict[str, str]:
    """What is wrong with a design, by field: its wording and choices, then what doesn't fit with the longest name."""
    # WeasyPrint takes a second to load, which no other request or command should wait for.
    from academy.achievements.certificates.paper import misfits

    look = samples.drawn(on_page(), design)
    return design_problems(look) or misfits(look, _sample(design, "longest"))


def _sample(design: Part, name: str, proof: bool = False) -> Paper:
    return sample(on_page(), design, Sample(name, proof), _address())


def _address() -> str:
    return absolute(url_for("verify.show", serial=sample_serial(on_page()), code=SAMPLE_CODE))


def _drawn(design: Part, name: str, width: int) -> bytes:
    seen = {part: what for part, what in design.items() if part not in UNSEEN}
    return _kept(on_page(), json.dumps(seen, ensure_ascii=False), name, _address(), width)


@lru_cache(maxsize=32)
def _kept(catalog: Catalog, design: str, name: str, address: str, width: int) -> bytes:
    from academy.achievements.certificates.paper import render_pdf, render_png

    content = json.loads(design)
    return render_png(
        render_pdf(samples.drawn(catalog, content), sample(catalog, content, Sample(name), address)), width
    )


def _is_drawable(design: Part) -> bool:
    """Whether all that is wrong with a design is the length of its texts; nobody should print what is refused."""
    wrong = design_problems(samples.drawn(on_page(), design)).values()
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


def _proof(form: DesignForm, mine: Edited) -> ResponseReturnValue:
    from academy.achievements.certificates.paper import render_pdf

    name = request.form.get("sample", "usual")
    if wrong := problems(mine.part):
        form.blame(wrong)
        return _page(form, mine), 422
    row = _sample(mine.part, name if name in NAMES else "usual", proof=True)
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{row.serial}.pdf"'}
    return render_pdf(samples.drawn(on_page(), mine.part), row), 200, headers


# Forms and pages


def _opened(key: str) -> Edited:
    return DESIGNS.opened(db.session(), on_page(), key) or abort(404)


def _name(design: Part) -> Mapping[str, str]:
    found: Mapping[str, str] = design.get("name", design["title"])
    return found


def _by(edited: Edited) -> str | None:
    return db.session().get_one(Person, edited.by_id).name if edited.by_id else None


def _form(base: Part, kept: Mapping[str, str] | None = None, **kwargs: Any) -> DesignForm:
    return DesignForm(on_page(), base, pictures(base) if kept is None else kept, **kwargs)


def _sent(key: str) -> tuple[DesignForm, Edited]:
    """The form of this request, and what it was filled with."""
    was = carried(DESIGNS, key)
    asked = {part: request.form.get(f"kept_{part}", "") for part in ("seal", "signature")}
    return _form(was.part, {part: name for part, name in asked.items() if name}), was


def _page(form: DesignForm, edited: Edited, overtaken: Mapping[str, Any] | None = None) -> str:
    """The editor with what is in a form, to be saved over the state of the draft that `edited` tells."""
    catalog, key, design = on_page(), edited.key, edited.part
    now, draft = DESIGNS.one(catalog, key), with_part(DESIGNS, catalog, design)
    said = by_place(remarks(draft, design))
    ends = (design.get("valid_days") or 0) > WARNING.days
    return render_template(
        "registry/design.html",
        key=key,
        form=form,
        kept=sealed(DESIGNS, edited),
        name=_name(design),
        sketched=design != now,
        unpublished=now is None,
        edited=edited,
        by=_by(edited),
        said=said,
        slots=[
            (slot_name(slot), drawn(draft, slot, (now or {}).get(slot), design.get(slot), said))
            for slot in SLOTS
            if slot == RULE or ends or slot in design
        ],
        fields=FIELDS,
        overtaken=overtaken,
        **_shown(form, []),
    )


def _overtaken(form: DesignForm, mine: Edited, anew: bool = False) -> str:
    """Somebody else saved or published meanwhile: what was typed stays in the form, to be saved over theirs."""
    other = theirs(DESIGNS, db.session(), mine.key, anew)
    here = typed(other.part)
    differs = [(form[at].label.text, value, form[at].data) for at, value in here.items() if value != form[at].data]
    for slot in SLOTS:
        before, after = other.part.get(slot), mine.part.get(slot)
        if before != after:
            differs.append((slot_name(slot), before and words(on_page(), before), after and words(on_page(), after)))
    return _page(form, Edited(mine.part, other.revision, other.version), {"differs": differs})


def _publish(form: DesignForm, mine: Edited) -> ResponseReturnValue:
    staff_id, wrong = current_user.id, problems(mine.part)
    try:
        if wrong:
            raise Unfinished
        with db.writing() as session:
            done = actions.release(session, session.get_one(Person, staff_id), mine.key, mine.revision)
    except Unfinished:
        for message in form.blame(wrong):
            flash(message, "bad")
        return _page(form, mine), 422
    except Redrafted:
        return _overtaken(form, mine), 409
    except Overtaken:
        return _overtaken(form, mine, anew=True), 409
    flash(_("Published. Certificates that were issued stay as they are.") if done else _("Nothing was changed."), "ok")
    return redirect(url_for("designs.show", key=mine.key), 303)


def _discard(form: DesignForm, mine: Edited) -> ResponseReturnValue:
    staff_id = current_user.id
    try:
        with db.writing() as session:
            DESIGNS.discard(session, session.get_one(Person, staff_id), mine)
    except Redrafted:
        return _overtaken(form, mine), 409
    flash(_("The draft is gone. The design is as it was published."), "ok")
    kept = DESIGNS.one(on_page(), mine.key)
    return redirect(url_for("designs.show", key=mine.key) if kept else url_for("designs.index"), 303)
