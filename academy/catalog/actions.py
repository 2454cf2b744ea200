"""Publishing."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Document, parts_of
from academy.catalog.models import Release, Version
from academy.catalog.queries import published
from academy.jobs.actions import ask

Documents = Mapping[tuple[str, str], dict[str, Any] | None]


class Overtaken(Exception):
    """Somebody else has published another version of a document since the form was opened."""

    def __init__(self, theirs: Document) -> None:
        super().__init__(theirs.version_id)
        self.theirs = theirs


def digest(content: Mapping[str, Any] | None) -> str:
    """What tells two contents apart, whatever the order of their keys."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def take_turn(session: Session) -> None:
    """Make whoever else publishes wait, so that releases come to be in the order of their numbers.

    A catalog that was read between two of them is kept, and would miss the earlier one for good.
    """
    session.execute(select(Release.id).order_by(Release.id).limit(1).with_for_update())


def publish(
    session: Session, documents: Documents, *, origin: str, by_id: int | None = None, note: str = ""
) -> Release:
    """Publish documents in one release; None withdraws a document, and with it what no course holds any more."""
    documents = {**documents, **_let_go(published(session).documents, documents)}
    release = Release(at=clock.now(), by_id=by_id, note=note)
    session.add(release)
    session.flush()
    for (kind, key), content in documents.items():
        session.add(
            Version(
                release_id=release.id,
                kind=kind,
                key=key,
                origin=origin,
                digest=digest(content),
                content=content,
            )
        )
    session.flush()
    # Whoever newly qualifies by it wins without having to do anything.
    ask(session, "sweep", f"sweep/{release.id}", release=release.id)
    return release


def _let_go(now: Mapping[tuple[str, str], Document], changed: Documents) -> Documents:
    """The published lessons and quizzes that courses held before a change, and no course holds after it."""
    before = {name: document.content for name, document in now.items() if name[0] == "course"}
    after = before | {name: content for name, content in changed.items() if name[0] == "course"}
    gone = _held(before.values()) - _held(after.values())
    return {name: None for name in gone if name in now and name not in changed}


def _held(courses: Iterable[Mapping[str, Any] | None]) -> set[tuple[str, str]]:
    return {name for course in courses if course for stage in course["stages"] for name in parts_of(stage)}


def replace(
    session: Session, name: tuple[str, str], content: dict[str, Any], version_id: str, by_id: int
) -> Release | None:
    """Publish what somebody made of a document in the browser; None if nothing differs. Raises `Overtaken`.

    Comes after `take_turn`. `version_id` is that of the document which the form was filled with; empty for none.
    """
    now = published(session).documents.get(name)
    if now and digest(now.content) == digest(content):
        return None
    if now and str(now.version_id) != version_id:
        raise Overtaken(now)
    return publish(session, {name: content}, origin="studio", by_id=by_id)
