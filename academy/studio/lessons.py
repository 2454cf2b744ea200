"""The editor of lessons: the whole lesson is one form, made of blocks."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from academy.catalog.blocks import KINDS
from academy.studio.actions import PERMISSION, new_key
from academy.studio.editing import Editor, keeps_what_is_typed
from academy.studio.parts import add, landing, move, remove, within
from academy.studio.rules import BLOCKS_MOST, LESSON, new_block
from academy.web.access import needs

EDITOR = Editor("lessons_desk", (LESSON,), "blocks", BLOCKS_MOST, "/desk/studio/lessons")
bp = EDITOR.bp

PAIR = "pair"
"""What not to say, and beside it what can be said: two blocks that are put in together."""


@bp.get("/<key>")
@needs(PERMISSION)
def edit(key: str) -> str:
    """A lesson as it is being written."""
    return EDITOR.page(EDITOR.opened(key))


@bp.post("/<key>")
@keeps_what_is_typed
def save(key: str) -> ResponseReturnValue:
    """Keep what was typed."""
    return EDITOR.keep(EDITOR.sent(key))


@bp.post("/<key>/blocks")
@keeps_what_is_typed
def add_block(key: str) -> ResponseReturnValue:
    """Keep what was typed, with a new block at a place."""
    kind, place = request.form.get("add", ""), request.form.get("place", BLOCKS_MOST, int)
    if kind not in (*KINDS, PAIR):
        abort(400)
    new = [new_block("dont"), new_block("do")] if kind == PAIR else [new_block(kind, new_key(key))]
    mine = EDITOR.changed(key, ("blocks",), add(max(0, place), *new))
    return EDITOR.keep(mine, f"blocks.{min(max(0, place), len(mine.content['blocks']) - len(new))}")


@bp.post("/<key>/blocks/<int:place>/move")
@keeps_what_is_typed
def move_block(key: str, place: int) -> ResponseReturnValue:
    """Keep what was typed, with a block moved `up`, `down`, or to the place of a number."""
    to = request.form.get("to", "")
    mine = EDITOR.changed(key, ("blocks",), move(place, to))
    return EDITOR.keep(mine, f"blocks.{landing(place, to)}")


@bp.post("/<key>/blocks/<int:place>/removal")
@keeps_what_is_typed
def remove_block(key: str, place: int) -> ResponseReturnValue:
    """Keep what was typed, without a block."""
    return EDITOR.keep(EDITOR.changed(key, ("blocks",), remove(place)), f"blocks.{max(0, place - 1)}")


@bp.post("/<key>/blocks/<int:place>/parts")
@keeps_what_is_typed
def change_parts(key: str, place: int) -> ResponseReturnValue:
    """Keep what was typed, with an option, a picture or an aspect of a block added, moved or taken out."""
    do = request.form.get("do", "")

    def act(blocks: Any) -> Any:
        return [within(block, do) if n == place else block for n, block in enumerate(blocks)]

    return EDITOR.keep(EDITOR.changed(key, ("blocks",), act), f"blocks.{place}")


@bp.post("/<key>/undo")
@keeps_what_is_typed
def undo(key: str) -> ResponseReturnValue:
    """Go back one save."""
    return EDITOR.undo(key)


@bp.post("/<key>/discard")
@keeps_what_is_typed
def discard(key: str) -> ResponseReturnValue:
    """Forget the draft."""
    return EDITOR.discard(key)


@bp.get("/<key>/saves")
@needs(PERMISSION)
def saves(key: str) -> str:
    """The saves of a lesson."""
    return EDITOR.saves(key)


@bp.post("/<key>/saves")
@needs(PERMISSION)
def return_to(key: str) -> ResponseReturnValue:
    """Make an earlier save the draft."""
    return EDITOR.return_to(key)
