"""HTTP for trainers: their scripts, the games in them, and the academy's templates."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.queries import on_page
from academy.db import db
from academy.people.models import Person
from academy.text.wording import BLOCK, Hint, hints
from academy.training import actions, queries
from academy.training.forms import BLOCK_HINTS, BLOCK_NAMES, GAME_NAMES, GameForm, ScriptForm
from academy.training.models import Script
from academy.training.rules import BLOCKS, GAMES, MOST_GAMES, MOST_TITLE
from academy.training.rules import Script as Words
from academy.web.access import needs
from academy.web.reading import pick

bp = Blueprint("scripts", __name__)


@bp.get("/desk/scripts")
@needs("class.teach")
def index() -> ResponseReturnValue:
    """A trainer's own scripts, and the academy's templates to begin from."""
    return render_template(
        "training/scripts.html",
        scripts=[(row, Words.of(row.content)) for row in queries.scripts(db.session(), current_user)],
        templates=[(part["key"], Words.of(part, pick)) for part in queries.templates(on_page())],
    )


@bp.post("/desk/scripts")
@needs("class.teach")
def new() -> ResponseReturnValue:
    """Begin a script: empty, or as a copy of a template or of one's own."""
    me, wanted = current_user.id, request.form.get("like", "")
    words = Words(_("New script"), dict.fromkeys(BLOCKS, ""))
    if wanted.isdecimal():
        own = Words.of(_own(int(wanted)).content)
        words = replace(own, title=_("%(title)s, copy", title=own.title)[:MOST_TITLE])
    elif wanted:
        words = Words.of(queries.template(on_page(), wanted) or abort(404), pick)
    with db.writing() as session:
        made = actions.write(session, session.get_one(Person, me), words)
    return redirect(url_for("scripts.edit", id=made.id), 303)


@bp.route("/desk/scripts/<int:id>", methods=["GET", "POST"])
@needs("class.teach")
def edit(id: int) -> ResponseReturnValue:
    """Write a script: its title and its four blocks."""
    row, me = _own(id), current_user.id
    words = Words.of(row.content)
    form = ScriptForm(data={"revision": str(row.revision), "title": words.title, **words.blocks})
    if form.validate_on_submit():
        try:
            _save(me, id, form.words(words.games), form.revision.data)
            flash(_("Saved"), "ok")
            return redirect(url_for("scripts.edit", id=id), 303)
        except actions.Rewritten:
            form.form_errors.append(_rewritten())
            form.revision.data = str(_own(id).revision)
    typed = form.words(words.games)
    shown = {"row": row, "words": typed, "form": form, "hints": _hints(typed)}
    return render_template("training/script.html", **shown, **_named()), 422 if form.is_submitted() else 200


@bp.route("/desk/scripts/<int:id>/games/<int:n>", methods=["GET", "POST"])
@needs("class.teach")
def game(id: int, n: int) -> ResponseReturnValue:
    """Write the nth game of a script; the one after the last is new, of the kind that is asked for."""
    row, me = _own(id), current_user.id
    words = Words.of(row.content)
    there = words.games[n - 1] if 1 <= n <= len(words.games) else None
    kind = there.kind if there else request.args.get("kind", "")
    if kind not in GAMES or not 1 <= n <= min(len(words.games) + 1, MOST_GAMES):
        abort(404)
    held: dict[str, Any] = vars(there) | {"choices": "\n".join(there.choices)} if there else _fresh(len(words.games))
    form = GameForm(kind, data={**held, "revision": str(row.revision), "value": held.get("value") or None})
    if form.validate_on_submit():
        try:
            _save(me, id, words.put(n - 1, form.game), form.revision.data)
            flash(_("Saved"), "ok")
            return redirect(url_for("scripts.edit", id=id, _anchor="games"), 303)
        except actions.Rewritten:
            form.form_errors.append(_rewritten())
            form.revision.data = str(_own(id).revision)
    said = words.put(n - 1, form.game) if form.is_submitted() and not form.errors else words
    shown = {"row": row, "form": form, "kind": kind, "n": n, "is_new": there is None, "hints": _hints(said)}
    return render_template("training/game.html", **shown, **_named()), 422 if form.is_submitted() else 200


@bp.post("/desk/scripts/<int:id>/games/<int:n>/removal")
@needs("class.teach")
def remove_game(id: int, n: int) -> ResponseReturnValue:
    """Take a game out of a script, as it stood when the page was opened."""
    row, me = _own(id), current_user.id
    words = Words.of(row.content)
    if request.form.get("revision") != str(row.revision) or not 1 <= n <= len(words.games):
        flash(_("The script has changed meanwhile. Nothing was removed."), "info")
    else:
        _save(me, id, words.without(n - 1), str(row.revision))
        flash(_("The game is gone"), "ok")
    return redirect(url_for("scripts.edit", id=id, _anchor="games"), 303)


@bp.post("/desk/scripts/<int:id>/removal")
@needs("class.teach")
def remove(id: int) -> ResponseReturnValue:
    """Delete a script."""
    me = current_user.id
    with db.writing() as session:
        if not actions.remove(session, session.get_one(Person, me), id):
            abort(404)
    flash(_("The script is deleted"), "ok")
    return redirect(url_for("scripts.index"), 303)


@bp.post("/desk/scripts/<int:id>/sharing")
@needs("class.teach")
def share(id: int) -> ResponseReturnValue:
    """Make a script a template of the academy."""
    me = current_user.id
    if any(hint.level == BLOCK for hint in _hints(Words.of(_own(id).content))):
        flash(_("A template says nothing that the word list forbids. Please look at the hints first."), "warn")
        return redirect(url_for("scripts.edit", id=id), 303)
    with db.writing() as session:
        key = actions.share(session, session.get_one(Person, me), id)
    if key is None:
        flash(_("A template has all four blocks and two or three games. Please complete it first."), "warn")
        return redirect(url_for("scripts.edit", id=id), 303)
    flash(_("All trainers can copy it now"), "ok")
    return redirect(url_for("scripts.template", key=key), 303)


@bp.get("/desk/scripts/<int:id>/paper")
@needs("class.teach")
def paper(id: int) -> ResponseReturnValue:
    """A script on one page, to print."""
    words = Words.of(_own(id).content)
    back = url_for("scripts.edit", id=id)
    return render_template("training/paper.html", words=words, back=back, key=None, **_named())


@bp.get("/desk/scripts/templates/<key>")
@needs("class.teach")
def template(key: str) -> ResponseReturnValue:
    """A template of the academy on one page, to read, print and copy."""
    words = Words.of(queries.template(on_page(), key) or abort(404), pick)
    return render_template("training/paper.html", words=words, back=url_for("scripts.index"), key=key, **_named())


@bp.post("/desk/scripts/templates/<key>/withdrawal")
@needs("brand.dress")
def withdraw(key: str) -> ResponseReturnValue:
    """Take a template back."""
    me = current_user.id
    with db.writing() as session:
        if not actions.withdraw(session, session.get_one(Person, me), key):
            abort(404)
    flash(_("It is no template any more; copies stay"), "ok")
    return redirect(url_for("scripts.index"), 303)


def _own(id: int) -> Script:
    return queries.script(db.session(), current_user, id) or abort(404)


def _save(owner_id: int, id: int, words: Words, revision: str | None) -> None:
    with db.writing() as session:
        saved = actions.save(session, session.get_one(Person, owner_id), id, words, int(revision or 0))
    if saved is None:
        abort(404)


def _rewritten() -> str:
    return _("This script was saved from another window meanwhile. What you typed is below; saving replaces the other.")


def _fresh(games: int) -> dict[str, Any]:
    return {"after": min(games * 2 + 1, len(BLOCKS)), "seconds": 30, "people": 1}


def _hints(words: Words) -> list[Hint]:
    return hints(words.texts, on_page().one("words")["rules"])


def _named() -> dict[str, Any]:
    return {"block_names": BLOCK_NAMES, "block_hints": BLOCK_HINTS, "game_names": GAME_NAMES, "most_games": MOST_GAMES}
