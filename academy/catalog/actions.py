"""Publishing."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.models import Release, Version

Documents = Mapping[tuple[str, str], dict[str, Any] | None]


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
    """Publish documents in one release; None withdraws a document."""
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
    return release
