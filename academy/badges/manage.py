"""HTTP for those who make badges: the list, the editor, who would win a badge, and its history."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.achievements.preview import outlook
from academy.achievements.queries import copies_taken
from academy.art.palette import FIELDS, METALS
from academy.badges import actions, queries
from academy.badges.actions import BADGES, with_badge
from academy.badges.checks import remarks
from academy.badges.differences import differences, family_name, metal_name, slot_name, way_name
from academy.badges.forms import sent
from academy.badges.rules import GLYPHS, RULE, STEPS, WAYS, Badge, slots, tree_of, way_of, with_tree
from academy.catalog.actions import Overtaken
from academy.catalog.content import worn
from academy.catalog.drafts import Redrafted
from academy.catalog.parts import Edited
from academy.catalog.queries import on_page, published
from academy.composing import trees
from academy.composing.conditions import FAMILIES
from academy.composing.drafts import sealed, theirs
from academy.composing.page import Bench, Moved, compose
from academy.composing.trees import Place, Tree
from academy.composing.view import by_place, drawn
from academy.db import db
from academy.people.models import Person
from academy.text.line import plain
from academy.web.access import needs
from academy.web.htmx import swaps
from academy.web.paging import page_asked
from academy.web.reading import pick

bp = Blueprint("badges_desk", __name__, url_prefix="/desk/badges")

FIRST, PAGE = 8, 30

# A badge, unlike a tier, a point or a reward, may ask how many people somebody gathers.
ALL_FAMILIES = {**FAMILIES, "practice": (*FAMILIES["practice"], "group.built")}


@bp.get("")
@needs("badge.edit")
def index() -> str:
    """All badges, with how many have each."""
    session, now = db.session(), on_page()
    sketches = BADGES.sketches(session)
    there = [sketches[part["key"]].content if part["key"] in sketches else part for part in BADGES.all(now)]
    known = {part["key"] for part in there}
    return render_template(
        "badges/index.html",
        badges=[*there, *(draft.content for key, draft in sketches.items() if key not in known)],
        published=known,
        sketches=sketches,
        held=queries.held(session),
        worn=worn,
        way_of=way_of,
        way_name=way_name,
        family_name=family_name,
    )


@bp.post("")
@needs("badge.edit")
def new() -> ResponseReturnValue:
    """Begin a badge."""
    title, staff_id = plain(request.form.get("title", ""))[:12], current_user.id
    with db.writing() as session:
        begun = actions.begin(session, session.get_one(Person, staff_id), title or _("New badge"))
    return redirect(url_for("badges_desk.show", key=begun.key), 303)


@bp.get("/<key>")
@needs("badge.edit")
def show(key: str) -> str:
    """One badge as it is being edited."""
    return _page(_opened(key))


@bp.post("/<key>")
@needs("badge.edit")
def change(key: str) -> ResponseReturnValue:
    """Keep what was typed, and do what was clicked besides: add, take away, publish, discard, delete."""
    mine = sent(key)
    click, _colon, about = request.form.get("do", "save").partition(":")
    if click in DROPS:
        return _drop(mine, DROPS[click])
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
            revision = BADGES.save(session, session.get_one(Person, staff_id), mine)
    except Redrafted:
        return _overtaken(mine), 409
    if click == "publish":
        return _publish(key, revision)
    if click in ("add", "edit"):
        return redirect(url_for("badges_desk.condition", key=key, at=about, do=click), 303)
    if click == "save":
        flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
    return redirect(url_for("badges_desk.show", key=key), 303)


CLICKS: Mapping[str, Callable[[Tree, Place], Tree | None]] = {"remove": trees.removed, "dissolve": trees.dissolved}


def _discard(mine: Edited) -> None:
    staff_id = current_user.id
    with db.writing() as session:
        BADGES.discard(session, session.get_one(Person, staff_id), mine)
    flash(_("The draft is gone. The badge is as it was published."), "ok")


def _delete(mine: Edited) -> None:
    staff_id = current_user.id
    with db.writing() as session:
        actions.delete(session, session.get_one(Person, staff_id), mine.key, mine.revision)
    flash(_("The badge is deleted."), "ok")


DROPS: Mapping[str, Callable[[Edited], None]] = {"discard": _discard, "delete": _delete}


def _drop(mine: Edited, drop: Callable[[Edited], None]) -> ResponseReturnValue:
    try:
        drop(mine)
    except (Redrafted, Overtaken):
        return _overtaken(mine), 409
    kept = BADGES.one(published(db.session()), mine.key)
    return redirect(url_for("badges_desk.show", key=mine.key) if kept else url_for("badges_desk.index"), 303)


def _opened(key: str) -> Edited:
    return BADGES.opened(db.session(), on_page(), key) or abort(404)


def _page(edited: Edited, overtaken: Mapping[str, object] | None = None, unfinished: bool = False) -> str:
    session, now, badge = db.session(), on_page(), edited.part
    before, draft = BADGES.one(now, edited.key), with_badge(now, edited.part)
    said = by_place(remarks(draft, badge))

    def slot(name: str) -> object:
        old = tree_of(before, name) if before and name in slots(before) else None
        return drawn(draft, name, old, tree_of(badge, name), said)

    return render_template(
        "badges/edit.html",
        edited=edited,
        what=badge,
        looks=worn(badge),
        unpublished=before is None,
        changed=before != badge,
        by=queries.name_of(session, edited.by_id),
        kept=sealed(BADGES, edited),
        said=said,
        slots=[(slot_name(name), slot(name)) for name in slots(badge)],
        way=way_of(badge),
        ways=WAYS,
        way_name=way_name,
        families=[(family, family_name(family)) for family in FIELDS],
        metals=[(metal, metal_name(metal)) for metal in METALS],
        glyphs=dict.fromkeys((badge["glyph"], *GLYPHS)),
        overtaken=overtaken,
        unfinished=unfinished,
    )


def _overtaken(mine: Edited, anew: bool = False) -> str:
    """Somebody else saved or published meanwhile: what differs, and what was typed again, to be saved over theirs."""
    session = db.session()
    other = theirs(BADGES, session, mine.key, anew)
    shown = {
        "by": queries.name_of(session, other.by_id),
        "at": other.at,
        "changes": differences(with_badge(published(session), mine.part), other.part, mine.part),
    }
    return _page(Edited(mine.part, other.revision, other.version), shown)


def _publish(key: str, revision: int) -> ResponseReturnValue:
    staff_id = current_user.id
    try:
        with db.writing() as session:
            done = actions.release(session, session.get_one(Person, staff_id), key, revision)
    except actions.Unfinished:
        return _page(_opened(key), unfinished=True), 422
    except Redrafted:
        return _overtaken(_opened(key)), 409
    except Overtaken:
        return _overtaken(_opened(key), anew=True), 409
    if done:
        flash(_("Published. Whoever qualifies by it wins it within a few minutes."), "ok")
    else:
        flash(_("Nothing was changed."), "info")
    return redirect(url_for("badges_desk.show", key=key), 303)


# One condition


@bp.route("/<key>/condition", methods=["GET", "POST"])
@needs("badge.edit")
def condition(key: str) -> ResponseReturnValue:
    """Choose a condition to add to a group, or change one that is there."""
    return compose(lambda: _bench(_opened(key)))


def _bench(now: Edited) -> Bench:
    def keep(slot: str, tree: Tree | None) -> None:
        staff_id = current_user.id
        with db.writing() as session:
            edited = Edited(with_tree(now.part, slot, tree), now.revision, now.version)
            BADGES.save(session, session.get_one(Person, staff_id), edited)

    return Bench(
        here="badges",
        catalog=with_badge(on_page(), now.part),
        mark=str(now.revision),
        families=ALL_FAMILIES,
        address=lambda **values: url_for("badges_desk.condition", key=now.key, **values),
        back=lambda slot: url_for("badges_desk.show", key=now.key, _anchor=slot or None),
        name=lambda slot: f"{pick(now.part['title'])} · {slot_name(slot)}",
        by=lambda: queries.name_of(db.session(), now.by_id),
        tree=lambda slot: tree_of(now.part, slot),
        keep=keep,
    )


# What publishing would do


@bp.route("/<key>/preview", methods=["GET", "POST"])
@needs("badge.edit")
def preview(key: str) -> str:
    """Who would win it if this were published: what is saved, or what is typed into the form. Writes nothing."""
    badge = (sent(key) if request.method == "POST" else _opened(key)).part
    return render_template(
        "badges/_preview.html" if swaps() else "badges/preview.html",
        what=badge,
        key=key,
        at=clock.now(),
        panel=swaps(),
        **_prospects(badge, FIRST),
    )


def _prospects(badge: Badge, size: int) -> dict[str, object]:
    """Those whom a badge concerns, or the level that is asked for: how many, a page of them, and how many copies are
    left."""
    session, draft, looks = db.session(), with_badge(on_page(), badge), worn(badge)
    blocked = any(remark.blocks for remark in remarks(draft, badge))
    chosen = next((one for one in looks if one["key"] == request.values.get("level")), looks[0])
    shown: dict[str, object] = {"looks": looks, "chosen": chosen, "blocked": blocked, "found": None, "left": None}
    if blocked or way_of(badge) not in (RULE, STEPS) or badge.get("retired"):
        return shown
    if "limited" in badge:
        shown["left"] = max(badge["limited"] - dict(copies_taken(session, draft)).get(badge["key"], 0), 0)
    return shown | {"found": outlook(session, draft, "badge.awarded", chosen["key"], page_asked(), size)}


@bp.get("/<key>/people")
@needs("badge.edit")
def people(key: str) -> str:
    """Everybody whom a badge concerns as it is being edited, thirty a page."""
    badge = _opened(key).part
    shown = _prospects(badge, PAGE)
    if shown["found"] is None:
        abort(404)
    return render_template("badges/people.html", what=badge, key=key, **shown)


# What was published


@bp.get("/<key>/history")
@needs("badge.edit")
def history(key: str) -> str:
    """The versions of a badge, and what each changed."""
    session = db.session()
    issues = BADGES.issues(session, key)
    if not issues:
        abort(404)
    edited, now = BADGES.opened(session, on_page(), key), on_page()
    before = [*(issue.part for issue in issues[1:]), None]
    return render_template(
        "badges/history.html",
        key=key,
        what=issues[0].part,
        issues=[
            (issue, differences(now, old, issue.part) if old else []) for issue, old in zip(issues, before, strict=True)
        ],
        worn=worn,
        mark=edited.revision if edited else 0,
    )


@bp.post("/<key>/history/<int:release>")
@needs("badge.edit")
def restore(key: str, release: int) -> ResponseReturnValue:
    """Make an earlier version the draft; it holds once it is published."""
    staff_id = current_user.id
    with db.writing() as session:
        catalog = published(session)
        edited = BADGES.opened(session, catalog, key)
        earlier = next((one.part for one in BADGES.issues(session, key) if one.release == release), None)
        if edited is None or earlier is None:
            abort(404)
        if request.form.get("mark") != str(edited.revision):
            raise Moved
        mine = Edited(earlier, edited.revision, catalog.version_id(*BADGES.name))
        BADGES.save(session, session.get_one(Person, staff_id), mine)
    flash(_("This version is the draft now. It holds once you publish it."), "ok")
    return redirect(url_for("badges_desk.show", key=key), 303)
