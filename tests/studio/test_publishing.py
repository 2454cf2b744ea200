"""Drafts of courses: saved, gone back on, published, overtaken, scheduled."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.catalog import drafts
from academy.catalog.actions import publish as release
from academy.catalog.drafts import Redrafted
from academy.catalog.models import Release
from academy.catalog.queries import published
from academy.clock import now
from academy.db import db
from academy.jobs.models import Job
from academy.journal.models import Fact
from academy.people.models import Audit, Person
from academy.studio import actions, queries
from academy.studio.actions import Forbidden, NothingBefore, Overtaken, Unfinished
from academy.studio.queries import Edited
from tests.achievements.story import run_jobs
from tests.conftest import Clock
from tests.phone import learned, statements

OWN = ("lesson", "own")
COURSE = ("course", "first-steps")


@pytest.fixture(autouse=True)
def _reader(session: Session) -> Iterator[None]:
    with force_locale("en"):
        yield


def opened(name: tuple[str, str]) -> Edited:
    session = db.session()
    found = queries.one(session, published(session), name)
    assert found is not None
    session.rollback()
    return found


def write(staff: Person, name: tuple[str, str], change: Callable[[dict[str, Any]], object]) -> Edited:
    """Let somebody change and save a document."""
    now = opened(name)
    content = deepcopy(dict(now.content))
    change(content)
    with db.writing() as session:
        her = session.get_one(Person, staff.id)
        actions.save(session, her, Edited(name, content, now.revision, now.version))
    return opened(name)


def titled(title: str) -> Callable[[dict[str, Any]], object]:
    return lambda content: content.update(title={**content["title"], "zh": title})


def put_out(staff: Person, *edited: Edited) -> Release | None:
    with db.writing() as session:
        marks = {one.name: one.revision for one in edited}
        return actions.publish(session, session.get_one(Person, staff.id), marks, "新的一版")


def test_what_is_saved_shows_to_nobody_until_it_is_published(session: Session, zhou: Person) -> None:
    edited = write(zhou, OWN, titled("用过才说"))
    assert published(session).lessons["own"].title["zh"] == "只推自己用过的"
    put_out(zhou, edited)
    session.rollback()
    assert published(session).lessons["own"].title["zh"] == "用过才说"
    assert published(session, 1).lessons["own"].title["zh"] == "只推自己用过的", "the version before still stands"
    assert session.scalars(select(Audit.subject)).all() == ["lesson/own"]
    after = opened(OWN)
    assert (after.at, after.revision) == (None, 2), "the draft is closed"


def test_publishing_touches_no_trainee(session: Session, zhou: Person, tang: Person) -> None:
    learned(tang.id, "real-user")
    before = session.scalars(select(Fact.id)).all()
    session.rollback()
    put_out(zhou, write(zhou, OWN, titled("用过才说")))
    assert session.scalars(select(Fact.id)).all() == before


def test_two_trainers_in_one_lesson_never_overwrite_each_other(zhou: Person, wu: Person) -> None:
    hers = opened(OWN)
    write(wu, OWN, titled("吴老师写的"))
    with pytest.raises(Redrafted) as refused, db.writing() as session:
        actions.save(session, session.get_one(Person, zhou.id), hers)
    assert refused.value.theirs.content["title"]["zh"] == "吴老师写的"


def test_undo_goes_back_one_save_and_then_to_what_is_published(zhou: Person) -> None:
    write(zhou, OWN, titled("一"))
    write(zhou, OWN, titled("二"))

    def undone() -> str:
        now = opened(OWN)
        with db.writing() as session:
            actions.undo(session, session.get_one(Person, zhou.id), now)
        return str(opened(OWN).content["title"]["zh"])

    assert undone() == "一"
    assert undone() == "二", "undoing can be undone"


def test_nothing_can_be_undone_before_anything_was_done(zhou: Person) -> None:
    with pytest.raises(NothingBefore), db.writing() as session:
        actions.undo(session, session.get_one(Person, zhou.id), opened(OWN))


def test_every_save_is_kept_with_who_made_it(session: Session, zhou: Person, wu: Person) -> None:
    write(zhou, OWN, titled("一"))
    write(wu, OWN, titled("二"))
    assert [(one.revision, one.by) for one in drafts.saves(session, OWN)] == [(2, wu.name), (1, zhou.name)]
    kept = drafts.saved(session, OWN, 1)
    assert kept is not None
    assert kept["title"]["zh"] == "一"


def test_a_save_takes_five_statements_at_most(zhou: Person) -> None:
    write(zhou, OWN, titled("一"))
    now = opened(OWN)
    content = {**now.content, "minutes": 7}
    with statements() as seen, db.writing() as session:
        her = session.get_one(Person, zhou.id)
        actions.save(session, her, Edited(OWN, content, now.revision, now.version))
    assert len(seen) <= 5 + 1, seen


def test_a_new_lesson_comes_with_its_outline(session: Session, zhou: Person) -> None:
    with db.writing() as s:
        course = queries.one(s, published(s), COURSE)
        assert course is not None
        key = actions.begin_lesson(s, s.get_one(Person, zhou.id), course, "real-user", "第五课")
    write(
        zhou, ("lesson", key), lambda c: c.update(summary={"zh": "要点"}, blocks=[{"type": "text", "md": {"zh": "字"}}])
    )
    put_out(zhou, opened(COURSE), opened(("lesson", key)))
    session.rollback()
    assert [lesson.key for lesson in published(session).stages["real-user"].lessons][-1] == key


def test_an_outline_without_the_lesson_that_it_names_is_refused(zhou: Person) -> None:
    with db.writing() as s:
        course = queries.one(s, published(s), COURSE)
        assert course is not None
        actions.begin_lesson(s, s.get_one(Person, zhou.id), course, "real-user", "第五课")
    with pytest.raises(Unfinished):
        put_out(zhou, opened(COURSE))


def test_what_is_empty_is_named_at_its_place_and_not_published(session: Session, zhou: Person) -> None:
    edited = write(zhou, OWN, lambda content: content["blocks"][1].update(alt={"zh": ""}))
    with pytest.raises(Unfinished) as refused:
        put_out(zhou, edited)
    assert [(remark.name, remark.field) for remark in refused.value.remarks] == [(OWN, "blocks.1.alt")]
    session.rollback()
    assert published(session).release == 1


def test_what_others_use_is_not_taken_away(zhou: Person) -> None:
    def change(outline: dict[str, Any]) -> None:
        outline["stages"] = outline["stages"][:1]

    edited = write(zhou, COURSE, change)
    with pytest.raises(Unfinished) as refused:
        put_out(zhou, edited)
    said = [str(remark.why) for remark in refused.value.remarks]
    assert any("still asks for" in why for why in said), said


def test_a_draft_that_was_overtaken_is_not_published_unseen(session: Session, zhou: Person) -> None:
    edited = write(zhou, OWN, titled("用过才说"))
    with db.writing() as s:
        theirs = {**published(s).one(*OWN), "minutes": 9}
        release(s, {OWN: theirs}, origin="pack")
    with pytest.raises(Overtaken) as refused:
        put_out(zhou, edited)
    assert refused.value.names == [OWN]
    with db.writing() as s:
        actions.keep_mine(s, s.get_one(Person, zhou.id), opened(OWN))
    assert put_out(zhou, opened(OWN)) is not None


def test_a_release_waits_for_its_time_and_holds_what_was_written_then(
    app: Flask, session: Session, zhou: Person, clock: Clock
) -> None:
    edited = write(zhou, OWN, titled("用过才说"))
    with db.writing() as s:
        at = now() + timedelta(days=1)
        actions.schedule(s, s.get_one(Person, zhou.id), "first-steps", {OWN: edited.revision}, "周五上线", at)
    write(zhou, OWN, titled("还没写完的"))
    run_jobs(app)
    session.rollback()
    assert published(session).release == 1
    clock.move(days=1, minutes=1)
    run_jobs(app)
    session.rollback()
    assert published(session).lessons["own"].title["zh"] == "用过才说"
    assert opened(OWN).content["title"]["zh"] == "还没写完的", "what was written meanwhile is still a draft"
    assert put_out(zhou, opened(OWN)) is not None, "which is not overtaken by the scheduled one"


def test_who_lost_her_role_publishes_nothing_later(app: Flask, session: Session, zhou: Person, clock: Clock) -> None:
    edited = write(zhou, OWN, titled("用过才说"))
    with db.writing() as s:
        her = s.get_one(Person, zhou.id)
        actions.schedule(s, her, "first-steps", {OWN: edited.revision}, "", now() + timedelta(hours=1))
        her.role = "trainee"
    clock.move(days=1)
    run_jobs(app)
    session.rollback()
    assert published(session).release == 1
    assert session.scalars(select(Job.state).where(Job.name == "publish")).all() == ["failed"]


def test_a_release_that_waits_can_be_called_off(app: Flask, session: Session, zhou: Person, clock: Clock) -> None:
    edited = write(zhou, OWN, titled("用过才说"))
    with db.writing() as s:
        her = s.get_one(Person, zhou.id)
        actions.schedule(s, her, "first-steps", {OWN: edited.revision}, "", now() + timedelta(hours=1))
        job = s.scalars(select(Job.id).where(Job.name == "publish")).one()
        assert actions.cancel(s, her, job)
        assert not actions.cancel(s, her, job)
    clock.move(days=1)
    run_jobs(app)
    session.rollback()
    assert published(session).release == 1


def test_a_word_that_the_list_forbids_takes_a_reason_that_stays_in_the_history(session: Session, zhou: Person) -> None:
    def claim(content: dict[str, Any]) -> None:
        content["blocks"][0]["md"]["zh"] += "这支膏能根治红屁屁。"

    edited = write(zhou, OWN, claim)
    with pytest.raises(Forbidden) as refused:
        put_out(zhou, edited)
    assert [remark.hint and remark.hint.words for remark in refused.value.remarks] == ["根治"]
    with db.writing() as s:
        actions.publish(s, s.get_one(Person, zhou.id), {OWN: edited.revision}, "改了开头", "引的是反例")
    assert session.scalars(select(Release.note).order_by(Release.id.desc())).first() == "改了开头 [根治: 引的是反例]"
