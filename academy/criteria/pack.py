"""Checking criteria in packs."""

from typing import Any

from academy.catalog.pack import Pack, Source
from academy.criteria.language import WHOLE, Invalid, leaves, parse
from academy.text.yaml import Path

# Which topics must name something that the pack holds.
_NAMES = {
    "course.completed": "course",
    "stage.completed": "stage",
    "lesson.completed": "lesson",
    "quiz.finished": "quiz",
    "quiz.passed": "quiz",
    "quiz.perfect": "quiz",
    "exam.passed": "quiz",
    "handin.accepted": "practice",
    "badge.awarded": "badge",
    "tier.reached": "tier",
}


def check_criterion(pack: Pack, source: Source, data: Any, path: Path) -> None:
    """Note what is wrong with a criterion, at its line; keys that it names must be in the pack."""
    try:
        criterion = parse(data)
    except Invalid as error:
        source.wrong((*path, *error.path), error.reason)
        return
    for leaf in leaves(criterion):
        name = _NAMES.get(leaf.kind)
        if name and leaf.topic != WHOLE and f"{name}/{leaf.topic}" not in pack.keys:
            source.wrong(path, f"there is no {name} {leaf.topic}")
