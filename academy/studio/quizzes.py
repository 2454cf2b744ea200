"""The editor of quizzes, assessments and updates: one form, made of questions."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from academy.catalog.content import MULTIPLE, SINGLE, TRUTH
from academy.studio.actions import PERMISSION, new_key
from academy.studio.editing import Editor, keeps_what_is_typed
from academy.studio.forms import QUESTIONS_MOST
from academy.studio.parts import add, landing, move, remove, within
from academy.studio.rules import ASSESSMENT, QUIZ, new_question
from academy.studio.updates import EDITOR as UPDATES
from academy.studio.updates import bp as updates
from academy.web.access import needs

QUIZZES = Editor("quizzes_desk", (QUIZ, ASSESSMENT), "questions", QUESTIONS_MOST, "/desk/studio/quizzes/<key>")
bp = QUIZZES.bp


def _editor() -> Editor:
    """The editor whose form was sent: updates are edited by the same clicks under an address of their own."""
    return UPDATES if request.blueprint == updates.name else QUIZZES


@bp.get("")
@needs(PERMISSION)
def edit(key: str) -> str:
    """A quiz or an assessment as it is being written."""
    return QUIZZES.page(QUIZZES.opened(key))


@bp.post("")
@updates.post("")
@keeps_what_is_typed
def save(key: str) -> ResponseReturnValue:
    """Keep what was typed."""
    editor = _editor()
    return editor.keep(editor.sent(key))


@bp.post("/questions")
@updates.post("/questions")
@keeps_what_is_typed
def add_question(key: str) -> ResponseReturnValue:
    """Keep what was typed, with a new question at a place."""
    editor = _editor()
    kind, place = request.form.get("add", ""), request.form.get("place", QUESTIONS_MOST, int)
    if kind not in (SINGLE, MULTIPLE, TRUTH):
        abort(400)
    mine = editor.changed(key, ("questions",), add(max(0, place), new_question(new_key(key), kind)))
    return editor.keep(mine, f"questions.{min(max(0, place), len(mine.content['questions']) - 1)}")


@bp.post("/questions/<int:place>/move")
@updates.post("/questions/<int:place>/move")
@keeps_what_is_typed
def move_question(key: str, place: int) -> ResponseReturnValue:
    """Keep what was typed, with a question moved `up`, `down`, or to the place of a number."""
    editor = _editor()
    to = request.form.get("to", "")
    mine = editor.changed(key, ("questions",), move(place, to))
    return editor.keep(mine, f"questions.{landing(place, to)}")


@bp.post("/questions/<int:place>/removal")
@updates.post("/questions/<int:place>/removal")
@keeps_what_is_typed
def remove_question(key: str, place: int) -> ResponseReturnValue:
    """Keep what was typed, without a question."""
    editor = _editor()
    return editor.keep(editor.changed(key, ("questions",), remove(place)), f"questions.{max(0, place - 1)}")


@bp.post("/questions/<int:place>/parts")
@updates.post("/questions/<int:place>/parts")
@keeps_what_is_typed
def change_parts(key: str, place: int) -> ResponseReturnValue:
    """Keep what was typed, with an option of a question added, moved or taken out."""
    editor = _editor()
    do = request.form.get("do", "")

    def act(questions: Any) -> Any:
        return [within(one, do) if n == place else one for n, one in enumerate(questions)]

    return editor.keep(editor.changed(key, ("questions",), act), f"questions.{place}")


@bp.post("/undo")
@updates.post("/undo")
@keeps_what_is_typed
def undo(key: str) -> ResponseReturnValue:
    """Go back one save."""
    return _editor().undo(key)


@bp.post("/discard")
@updates.post("/discard")
@keeps_what_is_typed
def discard(key: str) -> ResponseReturnValue:
    """Forget the draft."""
    return _editor().discard(key)


@bp.get("/saves")
@updates.get("/saves")
@needs(PERMISSION)
def saves(key: str) -> str:
    """The saves of a quiz."""
    return _editor().saves(key)


@bp.post("/saves")
@updates.post("/saves")
@needs(PERMISSION)
def return_to(key: str) -> ResponseReturnValue:
    """Make an earlier save the draft."""
    return _editor().return_to(key)
