"""Short cuts to a point in a trainee's story."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.jobs.actions import ask
from academy.jobs.work import work
from academy.journal import actions as journal
from academy.journal.models import Standing
from academy.people.models import Person


def almost_silver(session: Session, trainee_id: int, *, but: set[str]) -> None:
    """Write all that 白银 asks for, but for some kinds of fact, without what follows from it."""
    facts = [
        ("course.completed", "tools", "", 1),
        ("course.completed", "first-steps", "", 1),
        ("quiz.finished", "bronze-exam", "1", 92),
        ("exam.passed", "bronze-exam", "", 1),
        ("pledge.signed", "koc", "2026-09", 1),
        ("handin.accepted", "first-words", "1", 1),
        *(("checkin.done", "", f"2026-09-0{day}", 1) for day in range(1, 8 if "checkin.done" not in but else 7)),
    ]
    for kind, topic, occurrence, value in facts:
        if kind not in but or kind == "checkin.done":
            journal.write(session, trainee_id, kind, topic, occurrence, value)
    session.execute(update(Standing).where(Standing.trainee_id == trainee_id).values(growth=300))


def change(alter: Callable[[dict[str, Any]], None], document: str = "ladder") -> None:
    """Publish the ladder, or another document, with something changed."""
    with db.writing() as session:
        content = copied(published(session).one(document))
        alter(content)
        publish(session, {(document, "academy"): content}, origin="studio")


def copied(content: Any) -> Any:
    """A document that may be changed."""
    if isinstance(content, dict):
        return {key: copied(value) for key, value in content.items()}
    return [copied(item) for item in content] if isinstance(content, list | tuple) else content


def check_ins(ladder: dict[str, Any], times: int) -> None:
    """Let 白银 ask for so many check-ins."""
    for item in ladder["tiers"][0]["promotion"]["all"]:
        if item.get("count", {}).get("kind") == "checkin.done":
            item["count"]["at_least"] = times


def tier_of(session: Session, person: Person) -> str:
    """Where somebody stands now."""
    session.rollback()
    return session.scalars(select(Standing.tier).where(Standing.trainee_id == person.id)).one()


def run_jobs(app: Flask) -> None:
    """Do what waits."""
    while work(app.extensions["jobs"]):
        pass


def run_night(app: Flask) -> None:
    """Hold the run of this brand day's night, with whatever waits."""
    with db.writing() as session:
        ask(session, "nightly", f"nightly/{clock.today()}")
    run_jobs(app)
