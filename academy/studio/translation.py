"""Chinese and English side by side: what is not translated yet, what was translated from an older text."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from academy.catalog.blocks import is_text
from academy.catalog.drafts import Redrafted
from academy.catalog.queries import on_page, published
from academy.db import db
from academy.people.models import Person
from academy.studio import actions
from academy.studio.actions import PERMISSION
from academy.studio.differences import place_of
from academy.studio.queries import Edited, one, sketch
from academy.studio.rules import EDITED, Content, tidy
from academy.web.access import needs

bp = Blueprint("translation", __name__, url_prefix="/desk/studio")

Path = tuple[str | int, ...]
MISSING, OUTDATED, DONE = ("missing", "outdated", "done")


@dataclass(frozen=True)
class Line:
    """A text of a document in both languages: where it stands, and how far its translation is."""

    path: Path
    where: str
    zh: str
    en: str
    state: str

    @property
    def field(self) -> str:
        return ".".join(map(str, self.path))

    @property
    def rows(self) -> int:
        """How many lines of a text box it takes."""
        return min(18, max(1, self.zh.count("\n") + len(self.zh) // 34 + 1))


def lines(content: Content) -> list[Line]:
    """All texts of a document, in their order."""
    return [line for path, text in _texts(content, ()) if (line := _line(content, path, text)).zh]


def _texts(held: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    if is_text(held):
        yield path, held
        return
    pairs = held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, list | tuple) else ()
    for step, inner in pairs:
        yield from _texts(inner, (*path, step))


def _line(content: Content, path: Path, text: Mapping[str, str]) -> Line:
    stale = path[0] in content.get("outdated", ())
    if path[0] == "blocks" and isinstance(path[1], int):
        stale = bool(content["blocks"][path[1]].get("outdated"))
    state = MISSING if "en" not in text else OUTDATED if stale else DONE
    return Line(path, place_of(content, path), text["zh"], text.get("en", ""), state)


def translated(content: Content, typed: Mapping[str, str]) -> dict[str, Any]:
    """A document with English as it was typed, by the fields of its lines."""
    copy: dict[str, Any] = deepcopy(dict(content))
    for line in lines(content):
        if line.field in typed:
            held: Any = copy
            for step in line.path:
                held = held[step]
            held["en"] = typed[line.field]
    after: dict[str, Any] = tidy(copy)
    return after


@bp.get("/translation/<kind>/<key>")
@needs(PERMISSION)
def show(kind: str, key: str) -> str:
    """A document's texts side by side."""
    return _page(_opened(kind, key))


@bp.post("/translation/<kind>/<key>")
@needs(PERMISSION)
def save(kind: str, key: str) -> ResponseReturnValue:
    """Keep the English, and say of what is outdated that it is right as it stands where that was ticked."""
    now, staff_id = _opened(kind, key), current_user.id
    right = request.form.getlist("right")
    try:
        with db.writing() as session:
            staff = session.get_one(Person, staff_id)
            mine = one(session, published(session), (kind, key)) or abort(404)
            content, seen = translated(mine.content, request.form), request.form.get("revision", -1, int)
            revision = actions.save(session, staff, Edited(mine.name, content, seen, mine.version))
            for field in right:
                after = one(session, published(session), (kind, key)) or abort(404)
                place: int | str = int(field.split(".")[1]) if field.startswith("blocks.") else field
                actions.confirm(session, staff, Edited(after.name, after.content, revision, after.version), place)
                revision += 1
    except Redrafted:
        return _page(now, typed=request.form, stale=True), 409
    except (ValueError, IndexError):
        abort(404)
    flash(_("The draft is saved. Nobody sees it before you publish."), "ok")
    return redirect(url_for("translation.show", kind=kind, key=key), 303)


def _opened(kind: str, key: str) -> Edited:
    if kind not in EDITED:
        abort(404)
    return one(db.session(), on_page(), (kind, key)) or abort(404)


def _page(edited: Edited, typed: Mapping[str, str] | None = None, *, stale: bool = False) -> str:
    found = lines(edited.content)
    now = sketch(db.session(), on_page())
    return render_template(
        "studio/translation.html",
        edited=edited,
        lines=found,
        typed=typed or {},
        stale=stale,
        missing=sum(line.state == MISSING for line in found),
        outdated=sum(line.state == OUTDATED for line in found),
        course=now.outline_of(edited.key),
        sketch=now,
        here=edited.key,
    )
