"""The pure decisions of practice."""

from datetime import datetime

import pytest

from academy import ROOT, clock
from academy.catalog.content import Catalog, Document
from academy.packs.actions import read
from academy.practice.rules import Manner, waits_for


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    documents = read(ROOT / "courses").documents
    return Catalog(1, {name: Document(1, content) for name, content in documents.items()})


@pytest.fixture(autouse=True)
def apart() -> None:
    """No app is needed here."""


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (10, 0), (23, 59)])
def test_the_reply_is_promised_for_twenty_hours_of_the_next_brand_day(hour: int, minute: int) -> None:
    handed_in = datetime(2026, 9, 14, hour, minute, tzinfo=clock.ZONE)
    assert clock.local(Manner().due(handed_in)) == datetime(2026, 9, 15, 20, tzinfo=clock.ZONE)
    assert clock.local(Manner(days=3, hour=9).due(handed_in)) == datetime(2026, 9, 17, 9, tzinfo=clock.ZONE)


def test_a_practice_waits_for_the_stages_and_lessons_before_it(catalog: Catalog) -> None:
    done: dict[str, set[str]] = {"stage.completed": set(), "lesson.completed": set()}
    first, later = catalog.practices["first-words"], catalog.practices["three-sentences-text"]
    introduction = catalog.practices["self-intro"]
    assert waits_for(catalog, first, done) is None
    assert waits_for(catalog, introduction, done) == catalog.lessons["who-fits"]
    assert waits_for(catalog, later, done) == catalog.stages["real-user"]
    done["lesson.completed"] = {"own", "no-stock", "who-fits"}
    assert waits_for(catalog, introduction, done) is None
    done["stage.completed"] = {"real-user"}
    assert waits_for(catalog, later, done) is None
