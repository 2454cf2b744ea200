"""Reads of what is published."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flask import g
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from academy.catalog.content import Catalog, Document
from academy.catalog.models import Release, Version
from academy.db import db

# Releases are immutable, so a process may keep the newest ones; which one is current is asked every time.
_kept: dict[tuple[Engine, int], Catalog] = {}

newest = select(func.max(Release.__table__.c.id)).scalar_subquery()


def is_current(session: Session, catalog: Catalog) -> bool:
    """Whether nothing has been published since a catalog was read."""
    return (session.scalar(select(newest)) or 0) == catalog.release


def published(session: Session, release: int | None = None) -> Catalog:
    """The catalog as published now, or at a release."""
    if release is None:
        release = session.scalar(select(newest)) or 0
    kept = session.get_bind().engine, release
    if kept not in _kept:
        while len(_kept) > 8:
            _kept.pop(next(iter(_kept)))
        _kept[kept] = _load(session, release)
    return _kept[kept]


def _load(session: Session, release: int) -> Catalog:
    upto = (
        select(Version.kind, Version.key, func.max(Version.release_id).label("release_id"))
        .where(Version.release_id <= release)
        .group_by(Version.kind, Version.key)
        .subquery()
    )
    rows = session.execute(
        select(Version.id, Version.kind, Version.key, Version.content).join(
            upto,
            (Version.kind == upto.c.kind) & (Version.key == upto.c.key) & (Version.release_id == upto.c.release_id),
        )
    )
    documents = {(kind, key): Document(id, content) for id, kind, key, content in rows if content is not None}
    updates = {name: document for name, document in documents.items() if name[0] == "update"}
    began = _began(session, release) if updates else {}
    for name, document in updates.items():
        documents[name] = replace(document, since=began[document.content["key"]])
    return Catalog(release, documents)


def _began(session: Session, release: int) -> Mapping[str, datetime]:
    """When the key of each update was first published."""
    rows = session.execute(
        select(Version.content, Release.at)
        .join(Release, Release.id == Version.release_id)
        .where(Version.kind == "update", Version.release_id <= release)
        .order_by(Version.release_id.desc())
    )
    return {content["key"]: at for content, at in rows if content}


def on_page() -> Catalog:
    """The catalog of this request: the release that was read with the visitor's row, if there is one."""
    if "catalog" not in g:
        release = g.get("release")
        # Whoever is signed in has read which release it is, and needs no session for it.
        known = _kept.get((db.engine, release)) if release else None
        g.catalog = known or published(db.session(), release)
    found: Catalog = g.catalog
    return found
