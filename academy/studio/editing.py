"""What the editors of lessons and of quizzes have in common: opened, kept as typed, met by somebody else's.

Every button of an editor sends the whole form, so that what was typed is kept whatever was clicked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.catalog import drafts
from academy.catalog.blocks import KINDS
from academy.catalog.content import Catalog, Document
from academy.catalog.drafts import Redrafted
from academy.catalog.models import Version
from academy.catalog.queries import on_page, published
from academy.db import db
from academy.people.models import Person
from academy.studio import actions, checks, meeting
from academy.studio.actions import PERMISSION, Overtaken
from academy.studio.differences import BLOCKS, differences
from academy.studio.forms import OPTIONS_MOST, Misshapen, document_of
from academy.studio.parts import Act, at
from academy.studio.queries import Edited, one, sketch
from academy.studio.rules import LESSON, SUMMARY_MOST, TITLE_MOST, Name
from academy.web.access import View, giving_back, needs
from academy.web.htmx import swaps
from academy.web.reading import pick

ICONS: Mapping[str, str] = {
    "text": "type",
    "dont": "circle-x",
    "do": "circle-check",
    "pair": "messages-square",
    "mistake": "triangle-alert",
    "note": "lightbulb",
    "today": "sun",
    "steps": "list-ordered",
    "picture": "image",
    "set": "grid-3x3",
    "video": "video",
    "audio": "audio-lines",
    "file": "paperclip",
    "live": "radio",
    "check": "list-checks",
    "practice": "notebook-pen",
    "scorm": "package",
}


def keeps_what_is_typed(view: View) -> View:
    """For those who may write; whoever no longer may is shown what she typed, to take it along."""
    return needs(PERMISSION)(giving_back(_lost)(view))


def _lost() -> ResponseReturnValue:
    if _by_script():
        return jsonify(lost=True), 403
    return render_template("studio/lost.html", texts=_texts()), 403, {"HX-Retarget": "body", "HX-Reswap": "innerHTML"}


def _texts() -> list[str]:
    """What was typed in sentences, rather than chosen."""
    return [said for name, said in request.form.items() if name.endswith((".zh", ".en")) and said.strip()]


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


@dataclass(frozen=True)
class Editor:
    """One of the two editors: where its routes are, which kinds of document it edits, and the list that these hold."""

    room: str
    kinds: tuple[str, ...]
    items: str
    most: int
    prefix: str

    @cached_property
    def bp(self) -> Blueprint:
        """Its door; the routes stand beside it."""
        return Blueprint(self.room, __name__, url_prefix=self.prefix)

    def url(self, key: str, view: str = "edit", **more: Any) -> str:
        return url_for(f"{self.room}.{view}", key=key, **more)

    def name(self, key: str) -> Name:
        """Which document a request means; the form says which kind it is."""
        kind = request.form.get("kind", self.kinds[0])
        if kind not in self.kinds:
            abort(404)
        return kind, key

    def sent(self, key: str) -> Edited:
        """What the form of this request holds."""
        name = self.name(key)
        try:
            content = document_of(request.form, name)
        except Misshapen:
            abort(400)
        revision, version = (request.form.get(mark, type=int) for mark in ("revision", "version"))
        return Edited(name, content, revision or 0, version or None)

    def changed(self, key: str, path: tuple[str | int, ...], act: Act) -> Edited:
        """The same with something done to a list in it; 404 where that can't be done."""
        mine = self.sent(key)
        try:
            return replace(mine, content=at(mine.content, path, act))
        except (LookupError, ValueError, StopIteration):
            abort(404)

    # Keeping

    def keep(self, mine: Edited, anchor: str = "") -> ResponseReturnValue:
        """Keep what was sent, finished or not; back to the editor, or in answer to a script what there is to say."""
        if _too_much(self, mine):
            why = _("That is too much for one document. Please take something out; nothing was saved.")
            return self._refused(mine, why)
        try:
            kept = self._resolved(mine) if self._chosen() else self._kept(mine)
        except (Redrafted, Overtaken):
            return self.met(mine)
        if _by_script():
            return self._answer(kept)
        if swaps():
            return self.page(kept, anchor=anchor)
        if onward := self._onward(kept.key):
            return redirect(onward, 303)
        if not anchor:
            flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
        return redirect(self.url(kept.key, _anchor=anchor or None), 303)

    def _onward(self, key: str) -> str | None:
        """Where a button leads once all is kept: to the menu of what to add at a place, to a file for a field."""
        if (place := request.args.get("add", type=int)) is not None:
            return self.url(key, add=place, _anchor="add")
        place_of, _slash, field = request.args.get("choose", "").partition("/")
        if place_of.isdecimal() and field in {one.name for fields in KINDS.values() for one in fields}:
            return url_for("uploads.choose", key=key, place=int(place_of), field=field)
        return None

    def _kept(self, mine: Edited) -> Edited:
        with db.writing() as session:
            revision = actions.save(session, current_user, mine, on_page())
        return replace(mine, revision=revision, at=clock.now(), by_id=current_user.id)

    def _chosen(self) -> bool:
        return "whose" in request.form or any(name.startswith("take.") for name in request.form)

    def _resolved(self, mine: Edited) -> Edited:
        """Keep hers, and after it what she chose of hers and theirs: so both can be gone back to."""
        with db.writing() as session:
            now = one(session, published(session), mine.name)
            if now is None or (now.revision, now.version) != (mine.revision, mine.version):
                raise Overtaken([mine.name])
            try:
                content = meeting.taken(self.items, mine.content, now.content, request.form)
            except (LookupError, ValueError):
                abort(400)
            hers = replace(mine, revision=actions.save(session, current_user, mine))
            both = replace(hers, content=content)
            revision = actions.save(session, current_user, both)
        return replace(both, revision=revision, at=clock.now(), by_id=current_user.id)

    def _refused(self, mine: Edited, why: str) -> ResponseReturnValue:
        if _by_script():
            return jsonify(why=why), 422
        return self.page(mine, error=why), 422

    def met(self, mine: Edited) -> ResponseReturnValue:
        """Somebody else has saved, published or discarded meanwhile: hers stays in the form, beside theirs."""
        session = db.session()
        theirs = one(session, published(session), mine.name) or abort(404)
        if _by_script():
            return jsonify(met=self._met_by(theirs)), 409
        began = session.get(Version, mine.version) if mine.version else None
        base = drafts.saved(session, mine.name, mine.revision) or (began and began.content) or {}
        found = meeting.pairs(mine.name[0], self.items, mine.content, theirs.content, base)
        return self.page(replace(theirs, content=mine.content), met=self._met_by(theirs), pairs=found), 409

    def _met_by(self, theirs: Edited) -> str:
        by = db.session().get(Person, theirs.by_id) if theirs.by_id else None
        if by is None or theirs.at is None:
            return _("Somebody has published or discarded this while you were writing.")
        when = f"{clock.local(theirs.at):%H:%M}"
        return _("%(name)s saved this at %(time)s, while you were writing.", name=by.name, time=when)

    # Showing

    def opened(self, key: str) -> Edited:
        """A document as it is edited now; 404 if there is none."""
        now = sketch(db.session(), on_page())
        found = (now.opened((kind, key)) for kind in self.kinds)
        return next((edited for edited in found if edited), None) or abort(404)

    def page(self, edited: Edited, **more: Any) -> str:
        """The editor, or for htmx the sheet alone."""
        session = db.session()
        now = sketch(session, on_page())
        by = session.get(Person, edited.by_id) if edited.by_id else None
        shown = {
            "editor": self,
            "edited": edited,
            "content": edited.content,
            "kind": edited.name[0],
            "said": said_of(edited, now.catalog),
            "by": by.name if by else None,
            "sketch": now,
            "course": now.outline_of(edited.key),
            "here": edited.key,
            "kinds": KINDS,
            "names": BLOCKS,
            "icons": ICONS,
            "lessons": _titled(now.catalog, LESSON),
            "packages": _titled(now.catalog, "package"),
            "place": request.args.get("add", type=int),
            "title_most": TITLE_MOST,
            "summary_most": SUMMARY_MOST,
            "options_most": OPTIONS_MOST,
            "anchor": "",
            "error": None,
            "met": None,
            "pairs": (),
            **more,
        }
        return render_template("studio/_sheet.html" if swaps() else "studio/editor.html", **shown)

    def _answer(self, kept: Edited) -> ResponseReturnValue:
        catalog = on_page() if kept.name[0] == LESSON else sketch(db.session(), on_page()).catalog
        said = said_of(kept, catalog)
        drawn = {place: render_template("studio/_remarks.html", remarks=remarks) for place, remarks in said.items()}
        assert kept.at
        saved = _("Saved %(when)s", when=f"{clock.local(kept.at):%H:%M}")
        return jsonify(revision=kept.revision, saved=saved, said=drawn)

    # Going back

    def saves(self, key: str) -> str:
        """The saves of a document, and what each would change."""
        session, now = db.session(), self.opened(key)
        kept = drafts.saves(session, now.name)
        asked = request.args.get("save", type=int)
        then = drafts.saved(session, now.name, asked) if asked else None
        if asked and then is None:
            abort(404)
        return render_template(
            "studio/saves.html",
            editor=self,
            edited=now,
            saves=kept,
            asked=asked,
            changes=differences(now.name[0], now.content, then) if then else [],
        )

    def return_to(self, key: str) -> ResponseReturnValue:
        """Make an earlier save the draft."""
        revision = request.form.get("save", -1, int)
        with db.writing() as session:
            now = next((one for kind in self.kinds if (one := _one(session, (kind, key)))), None) or abort(404)
            content = drafts.saved(session, now.name, revision) or abort(409)
            mine = replace(now, revision=request.form.get("revision", -1, int))
            try:
                actions.return_to(session, current_user, mine, content)
            except Redrafted:
                abort(409)
        flash(_("That save is the draft again; the one before it is in the list too."), "ok")
        return redirect(self.url(key), 303)

    def undo(self, key: str) -> ResponseReturnValue:
        """Go back one save; what was typed since is saved before."""
        mine = self.sent(key)
        try:
            with db.writing() as session:
                hers = replace(mine, revision=actions.save(session, current_user, mine))
                actions.undo(session, current_user, hers)
        except (Redrafted, Overtaken):
            return self.met(mine)
        flash(_("Undone. Undo once more to have it back."), "ok")
        return redirect(self.url(key), 303)

    def discard(self, key: str) -> ResponseReturnValue:
        """Forget the draft of something published; it stays among the saves."""
        mine = self.sent(key)
        if mine.name not in on_page().documents:
            abort(404)
        try:
            with db.writing() as session:
                hers = replace(mine, revision=actions.save(session, current_user, mine))
                actions.discard(session, current_user, hers)
        except (Redrafted, Overtaken):
            return self.met(mine)
        flash(_("The draft is gone. Learners see what they saw before."), "ok")
        return redirect(self.url(key), 303)


def _one(session: Any, name: Name) -> Edited | None:
    return one(session, published(session), name)


def _too_much(editor: Editor, mine: Edited) -> bool:
    held = mine.content[editor.items]
    asked = (one.get("question", one).get("options", ()) for one in held)
    return len(held) > editor.most or any(len(options) > OPTIONS_MOST for options in asked)


def _titled(catalog: Catalog, kind: str) -> list[tuple[str, str]]:
    found = (
        (key, pick(document.content["title"])) for (one, key), document in catalog.documents.items() if one == kind
    )
    return sorted(found, key=lambda named: named[1])


Said = Mapping[str, list[checks.Remark]]


def said_of(edited: Edited, catalog: Catalog) -> Said:
    """What there is to say about a document as it is typed, by the place in the form where it stands."""
    typed = {edited.name: Document(edited.version or 0, edited.content)}
    remarks = checks.of(Catalog(catalog.release, {**catalog.documents, **typed}), edited.name)
    placed = sorted(remarks, key=_place)
    return {place: list(some) for place, some in groupby(placed, _place)}


def _place(remark: checks.Remark) -> str:
    """The field that a remark stands at: one for both languages, and for all lines of a list."""
    steps = [str(step) for step in remark.path]
    if steps[-1:] in (["zh"], ["en"]):
        steps.pop()
    if steps[2:3] in (["items"], ["checks"]):
        steps = steps[:3]
    # What nobody types stands at the head of what it belongs to.
    return ".".join(steps[:-1] if steps[-1:] in (["key"], ["type"], ["answer"]) else steps)
