"""The answer to a check, as it is posted."""

from werkzeug.datastructures import MultiDict

from academy.catalog.content import MULTIPLE, Question


def chosen(question: Question, posted: MultiDict[str, str]) -> frozenset[str] | None:
    """The options that were chosen; None if nothing was, or what can't be."""
    found = frozenset(posted.getlist("answer"))
    known = {option.key for option in question.options}
    if not found or not found <= known or (question.type != MULTIPLE and len(found) > 1):
        return None
    return found
