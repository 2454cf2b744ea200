"""Publishing."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Changes, Document
from academy.catalog.models import Release, Version
from academy.catalog.queries import published
from academy.jobs.actions import ask


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


def publish(session: Session, documents: Changes, *, origin: str, by_id: int | None = None, note: str = "") -> Release:
    """Publish documents in one release; None withdraws a document, and with it what no course holds any more."""
    documents = {**documents, **published(session).let_go(documents)}
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
