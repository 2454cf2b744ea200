"""When a practice opens, and by when its reply is promised. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from itertools import takewhile

from academy import clock
from academy.catalog.content import Catalog, Lesson, Practice, Stage

WAITING, RETURNED, ACCEPTED = STATES = ("waiting", "returned", "accepted")
MOST_COMMENT = 1000
MOST_PEOPLE = 500
"""As many as a group in WeChat holds."""
REPLY_BY = time(20)


def takes(state: str | None, group: bool) -> bool:
    """Whether a practice takes a hand-in after one in this state; a group may grow and be told of again."""
    return state in (None, RETURNED) or (group and state == ACCEPTED)


def promised(handed_in: datetime) -> datetime:
    """The instant by which a trainer replies: 20:00 on the next brand day."""
    day = clock.day_of(handed_in) + timedelta(days=1)
    return datetime.combine(day, REPLY_BY, tzinfo=clock.ZONE)


def waits_for(catalog: Catalog, practice: Practice, done: Mapping[str, Collection[str]]) -> Stage | Lesson | None:
    """What a practice opens after: the last earlier stage of its course that is missing, or else the last earlier
    lesson of its stage."""
    stage = catalog.stage_of[practice.lesson]
    if stage.key in done["stage.completed"]:
        return None
    before = takewhile(lambda earlier: earlier != stage, catalog.course[stage.course].stages)
    if stages := [earlier for earlier in before if earlier.key not in done["stage.completed"]]:
        return stages[-1]
    first = takewhile(lambda lesson: lesson.key != practice.lesson, stage.lessons)
    lessons = [lesson for lesson in first if lesson.key not in done["lesson.completed"]]
    return lessons[-1] if lessons else None
