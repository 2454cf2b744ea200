"""In which order a course is learned: what has to be finished before a lesson opens. Pure."""

from collections.abc import Collection, Mapping
from itertools import takewhile

from academy.catalog.content import Catalog, Lesson, Stage


def opens_after(catalog: Catalog, key: str, done: Mapping[str, Collection[str]]) -> Stage | Lesson | None:
    """What a lesson opens after: the last earlier stage of its course that is missing, or else the last earlier lesson
    of its stage. `done` holds what she has completed, by kind of fact."""
    stage = catalog.stage_of[key]
    if stage.key in done["stage.completed"]:
        return None
    before = takewhile(lambda earlier: earlier != stage, catalog.course[stage.course].stages)
    if stages := [earlier for earlier in before if earlier.key not in done["stage.completed"]]:
        return stages[-1]
    first = takewhile(lambda lesson: lesson.key != key, stage.lessons)
    lessons = [lesson for lesson in first if lesson.key not in done["lesson.completed"]]
    return lessons[-1] if lessons else None
