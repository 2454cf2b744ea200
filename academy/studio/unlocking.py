"""What a course asks before it opens to somebody, put together by clicking and kept in the course's draft."""

import json
from collections.abc import Callable, Mapping

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer

from academy.catalog.drafts import Redrafted
from academy.catalog.queries import on_page, published
from academy.composing import trees
from academy.composing.conditions import FAMILIES
from academy.composing.page import Bench, compose
from academy.composing.trees import Place, Tree
from academy.composing.view import by_place, drawn, words
from academy.db import db
from academy.people.models import Person
from academy.studio import actions, checks
from academy.studio.actions import PERMISSION
from academy.studio.queries import Edited, one, sketch
from academy.studio.rules import COURSE, UNLOCK
from academy.web.access import needs
from academy.web.reading import pick

bp = Blueprint("unlocking", __name__, url_prefix="/desk/studio/courses/<key>/unlock")


@bp.get("")
@needs(PERMISSION)
def show(key: str) -> str:
    """What a course asks as it is being edited."""
    edited = _opened(key)
    return _page(edited, edited.content[UNLOCK])


@bp.post("")
@needs(PERMISSION)
def change(key: str) -> ResponseReturnValue:
    """Keep what was typed, and do what was clicked besides: add, change, take away."""
    tree, revision = _carried(key)
    tree = trees.typed(UNLOCK, tree, request.form)
    click, _colon, about = request.form.get("do", "save").partition(":")
    try:
        if click in CLICKS:
            tree = trees.on_node(tree, _place(about), CLICKS[click])
    except LookupError:
        abort(404)
    try:
        _keep(key, tree, revision)
    except Redrafted:
        return _page(_opened(key), tree, stale=True), 409
    if click in ("add", "edit"):
        return redirect(url_for("unlocking.condition", key=key, at=about, do=click), 303)
    if click == "save":
        flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
    return redirect(url_for("unlocking.show", key=key), 303)


CLICKS: Mapping[str, Callable[[Tree, Place], Tree | None]] = {"remove": trees.removed, "dissolve": trees.dissolved}


@bp.route("/condition", methods=["GET", "POST"])
@needs(PERMISSION)
def condition(key: str) -> ResponseReturnValue:
    """Choose a condition to add to a group, or change one that is there."""
    return compose(lambda: _bench(_opened(key)))


def _bench(now: Edited) -> Bench:
    def tree(slot: str) -> Tree | None:
        if slot != UNLOCK:
            raise LookupError(slot)
        found: Tree | None = now.content[UNLOCK]
        return found

    return Bench(
        here="studio",
        catalog=sketch(db.session(), on_page()).catalog,
        mark=str(now.revision),
        families=FAMILIES,
        address=lambda **values: url_for("unlocking.condition", key=now.key, **values),
        back=lambda slot: url_for("unlocking.show", key=now.key, _anchor=slot or None),
        name=lambda _slot: pick(now.content["title"]),
        by=lambda: _by(now),
        tree=tree,
        keep=lambda _slot, tree: _keep(now.key, tree, now.revision),
    )


def _place(about: str) -> Place:
    slot, place = trees.located(about)
    if slot != UNLOCK:
        raise LookupError(about)
    return place


def _opened(key: str) -> Edited:
    return one(db.session(), on_page(), (COURSE, key)) or abort(404)


def _keep(key: str, tree: Tree | None, revision: int) -> None:
    """Put a criterion into the draft of the course, if that is still the one that was looked at. Raises `Redrafted`."""
    staff_id = current_user.id
    with db.writing() as session:
        now = one(session, published(session), (COURSE, key)) or abort(404)
        mine = Edited(now.name, {**now.content, UNLOCK: tree}, revision, now.version)
        actions.save(session, session.get_one(Person, staff_id), mine)


def _page(edited: Edited, tree: Tree | None, *, stale: bool = False) -> str:
    """The editor with a criterion, to be saved over the state of the draft that `edited` tells."""
    now = sketch(db.session(), on_page())
    there = now.published.documents.get(edited.name)
    said = by_place(checks.of_unlock(now.catalog, edited.content, tree))
    return render_template(
        "studio/unlock.html",
        course=edited.content,
        slot=drawn(now.catalog, UNLOCK, there.content[UNLOCK] if there else None, tree, said),
        said=said,
        words=words(now.catalog, tree) if tree else None,
        kept=_signer().dumps([edited.key, tree, edited.revision]),
        stale=stale,
        by=_by(edited) if stale else None,
        theirs=words(now.catalog, edited.content[UNLOCK]) if stale and edited.content[UNLOCK] else None,
    )


def _by(edited: Edited) -> str | None:
    return db.session().get_one(Person, edited.by_id).name if edited.by_id else None


def _carried(key: str) -> tuple[Tree | None, int]:
    """The criterion that the form of this request was filled with, and the revision; 400 if it isn't from us."""
    try:
        course, tree, revision = _signer().loads(request.form.get("kept", ""))
    except BadData:
        abort(400)
    if course != key:
        abort(400)
    return tree, revision


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="studio.unlock", serializer=json)
