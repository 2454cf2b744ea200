"""HTTP for those who set the ladder: the editor, and its conditions one by one."""

from collections.abc import Callable, Mapping

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.art.emblem import emblem
from academy.art.palette import METALS
from academy.catalog.actions import Overtaken
from academy.catalog.drafts import Redrafted
from academy.catalog.queries import on_page, published
from academy.composing import trees
from academy.composing.conditions import FAMILIES
from academy.composing.page import Bench, compose
from academy.composing.trees import Place, Tree
from academy.composing.view import by_place
from academy.db import db
from academy.ladder import actions, queries, rules
from academy.ladder.checks import remarks
from academy.ladder.differences import Pair, differences, slot_name
from academy.ladder.forms import sealed, sent
from academy.ladder.queries import Edited, is_changed, opened, published_pair, with_pair
from academy.ladder.view import rungs, slot
from academy.people.models import Person
from academy.text.line import plain
from academy.web.access import needs
from academy.web.reading import pick

bp = Blueprint("tiers_desk", __name__)


@bp.get("/desk/ladder")
@needs("ladder.edit")
def show() -> ResponseReturnValue:
    """The ladder as it is being edited."""
    return _page(opened(db.session(), on_page()))


@bp.post("/desk/ladder")
@needs("ladder.edit")
def change() -> ResponseReturnValue:
    """Keep what was typed, and do what was clicked besides: add, take away, publish, discard."""
    edited = sent()
    click, _colon, about = request.form.get("do", "save").partition(":")
    if click == "discard":
        return _discard(edited)
    pair, anchor = edited.pair, about.partition("/")[0]
    try:
        if click in CLICKS:
            pair, anchor = CLICKS[click](pair, about)
    except LookupError:
        abort(404)
    except actions.InUse as used:
        flash(str(used.message), "bad")
    mine = Edited(pair, edited.revisions, edited.versions)
    try:
        with db.writing() as session:
            revisions = actions.save(session, session.get_one(Person, current_user.id), mine)
    except Redrafted:
        return _overtaken(mine), 409
    if click == "publish":
        return _publish(revisions)
    if click in ("add", "edit"):
        return redirect(url_for("tiers_desk.condition", at=about, do=click), 303)
    if click == "save":
        flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
    return redirect(url_for("tiers_desk.show", open=anchor or None, _anchor=anchor or None), 303)


def _page(edited: Edited, overtaken: Mapping[str, object] | None = None, unfinished: bool = False) -> str:
    session, now = db.session(), on_page()
    draft = with_pair(now, edited.pair)
    said = by_place(remarks(draft))
    before = published_pair(now)
    common = slot(before, edited.pair, draft, "common", said)
    return render_template(
        "ladder/edit.html",
        edited=edited,
        ladder=edited.pair.ladder,
        rewards=edited.pair.rewards["rewards"],
        rungs=rungs(before, edited.pair, draft, queries.people_by_tier(session), said),
        common=common,
        review={"on": False, "protect_days": 90, "warn_days": 7} | edited.pair.ladder.get("review", {}),
        assessments=list(now.assessments.values()),
        metals=METALS,
        medal=emblem,
        said=said,
        blocked=any(remark.blocks for at in said.values() for remark in at),
        changed=is_changed(now, edited.pair),
        by=queries.name_of(session, edited.by_id),
        kept=sealed(edited),
        open=request.args.get("open", ""),
        overtaken=overtaken,
        unfinished=unfinished,
    )


def _overtaken(mine: Edited) -> str:
    """Somebody else saved meanwhile: what differs, and what was typed in the form again, to be saved over theirs."""
    session, catalog = db.session(), on_page()
    theirs = opened(session, catalog)
    shown = {
        "by": queries.name_of(session, theirs.by_id),
        "at": theirs.at,
        "published": False,
        "changes": differences(with_pair(catalog, mine.pair), theirs.pair, mine.pair),
    }
    return _page(Edited(mine.pair, theirs.revisions, theirs.versions), shown)


def _publish(revisions: tuple[int, int]) -> ResponseReturnValue:
    try:
        with db.writing() as session:
            done = actions.release(session, session.get_one(Person, current_user.id), revisions)
    except actions.Unfinished:
        return _page(opened(db.session(), on_page()), unfinished=True), 422
    except Redrafted:
        return _overtaken(opened(db.session(), on_page())), 409
    except Overtaken:
        return _outdated(), 409
    except actions.InUse as used:
        flash(str(used.message), "bad")
        return redirect(url_for("tiers_desk.show"), 303)
    if done is None:
        flash(_("Nothing was changed."), "info")
    else:
        flash(_("Published. Whoever qualifies by it is promoted within a few minutes."), "ok")
    return redirect(url_for("tiers_desk.show"), 303)


def _outdated() -> str:
    """Somebody else published meanwhile: what that was, and the draft again, to be published over it."""
    session = db.session()
    catalog = published(session)
    edited = opened(session, catalog)
    issue = queries.history(session)[0]
    shown = {
        "by": issue.by,
        "at": issue.at,
        "published": True,
        "changes": differences(with_pair(catalog, edited.pair), published_pair(catalog), edited.pair),
    }
    return _page(Edited(edited.pair, edited.revisions, queries.versions(catalog)), shown)


def _discard(edited: Edited) -> ResponseReturnValue:
    try:
        with db.writing() as session:
            actions.discard(session, session.get_one(Person, current_user.id), edited)
    except Redrafted:
        return _overtaken(edited), 409
    flash(_("The draft is gone. The ladder is as it was published."), "ok")
    return redirect(url_for("tiers_desk.show"), 303)


# Clicks that change the documents


def _on_node(do: Callable[[Tree, Place], Tree | None]) -> Callable[[Pair, str], tuple[Pair, str]]:
    def click(pair: Pair, about: str) -> tuple[Pair, str]:
        name, place = trees.located(about)
        new = trees.on_node(rules.tree_of(pair.ladder, name), place, do)
        return Pair(rules.with_tree(pair.ladder, name, new), pair.rewards), name

    return click


def _new_tier(pair: Pair, about: str) -> tuple[Pair, str]:
    title = {"zh": "新等级", "en": "New tier"}
    ladder, key = rules.with_new_tier(pair.ladder, about, title)
    return Pair(ladder, pair.rewards), f"tier-{key}"


def _drop_tier(pair: Pair, about: str) -> tuple[Pair, str]:
    tier = pair.ladder["tiers"][rules.place_of(pair.ladder, about)]
    actions.spare(db.session(), with_pair(on_page(), pair), about, pick(tier["title"]))
    if len(pair.ladder["tiers"]) == 1:
        raise LookupError(about)
    return Pair(rules.without_tier(pair.ladder, about), pair.rewards), ""


def _give(pair: Pair, about: str) -> tuple[Pair, str]:
    rules.place_of(pair.ladder, about)
    return Pair(
        pair.ladder, rules.with_reward(pair.rewards, request.form.get(f"give-{about}", ""), about)
    ), f"tier-{about}"


def _take(pair: Pair, about: str) -> tuple[Pair, str]:
    tier, _slash, reward = about.partition("/")
    rules.place_of(pair.ladder, tier)
    return Pair(pair.ladder, rules.without_reward(pair.rewards, reward, tier)), f"tier-{tier}"


def _new_reward(pair: Pair, about: str) -> tuple[Pair, str]:
    rules.place_of(pair.ladder, about)
    title = {locale: plain(request.form.get(f"new-{about}.{locale}", ""))[:60] for locale in ("zh", "en")}
    value = trees.number(request.form.get(f"new-{about}.value", "0"))
    voucher = f"new-{about}.voucher" in request.form
    return Pair(pair.ladder, rules.with_new_reward(pair.rewards, about, title, value, voucher)), f"tier-{about}"


CLICKS: Mapping[str, Callable[[Pair, str], tuple[Pair, str]]] = {
    "remove": _on_node(trees.removed),
    "dissolve": _on_node(trees.dissolved),
    "new-tier": _new_tier,
    "drop-tier": _drop_tier,
    "give": _give,
    "take": _take,
    "new-reward": _new_reward,
}


# One condition


@bp.route("/desk/ladder/condition", methods=["GET", "POST"])
@needs("ladder.edit")
def condition() -> ResponseReturnValue:
    """Choose a condition to add to a group, or change one that is there."""
    return compose(_bench)


def _bench() -> Bench:
    now = opened(db.session(), on_page())

    def keep(name: str, tree: Tree | None) -> None:
        pair = Pair(rules.with_tree(now.pair.ladder, name, tree), now.pair.rewards)
        staff_id = current_user.id
        with db.writing() as session:
            actions.save(session, session.get_one(Person, staff_id), Edited(pair, now.revisions, now.versions))

    return Bench(
        here="ladder",
        catalog=with_pair(on_page(), now.pair),
        mark=now.mark,
        families=FAMILIES,
        address=lambda **values: url_for("tiers_desk.condition", **values),
        back=lambda name: url_for("tiers_desk.show", open=name or None, _anchor=name or None),
        name=lambda name: slot_name(now.pair.ladder, name),
        by=lambda: queries.name_of(db.session(), now.by_id),
        tree=lambda name: rules.tree_of(now.pair.ladder, name),
        keep=keep,
    )
