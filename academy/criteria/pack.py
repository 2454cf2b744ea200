"""Checking criteria in packs."""

from typing import Any

from academy.catalog.pack import Pack, Source
from academy.criteria.language import WHOLE, Criterion, Invalid, leaves, parse
from academy.text.yaml import Path

# Which topics must name something that there is, by kind of fact.
NAMES = {
    "course.completed": "course",
    "stage.completed": "stage",
    "lesson.completed": "lesson",
    "quiz.finished": "quiz",
    "quiz.passed": "quiz",
    "quiz.perfect": "quiz",
    "exam.passed": "quiz",
    "update.passed": "quiz",
    "package.completed": "package",
    "package.finished": "package",
    "handin.accepted": "practice",
    "handin.excellent": "practice",
    "ugc.accepted": "practice",
    "ugc.featured": "practice",
    "comment.passed": "lesson",
    "answer.accepted": "lesson",
    "badge.awarded": "badge",
    "tier.reached": "tier",
    "approval.given": "tier",
    "certificate.issued": "design",
}


def check_criterion(pack: Pack, source: Source, data: Any, path: Path) -> Criterion | None:
    """Note what is wrong with a criterion, at its line, and what it names, which must be in the pack."""
    try:
        criterion = parse(data)
    except Invalid as error:
        source.wrong((*path, *error.path), error.reason)
        return None
    for leaf in leaves(criterion):
        name = NAMES.get(leaf.kind)
        if name and leaf.topic != WHOLE:
            pack.named.append((source, path, f"{name}/{leaf.topic}"))
    return criterion
