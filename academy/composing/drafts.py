"""A part of a document while it is edited: as its form carries it, and the catalog as it would be with it.

The form carries the part that it was filled with, signed: whatever others do meanwhile, what was typed is not lost.
"""

import json
from functools import lru_cache

from flask import abort, current_app, request
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from academy.catalog.content import Catalog, Document
from academy.catalog.parts import Edited, Part, Parts
from academy.catalog.queries import published


def sealed(parts: Parts, now: Edited) -> str:
    """What a form is filled with, for the form to carry."""
    return str(_signer(parts).dumps([now.part, now.revision, now.version]))


def carried(parts: Parts, key: str) -> Edited:
    """What the form of this request was filled with; 400 if it isn't from us."""
    try:
        part, revision, version = _signer(parts).loads(request.form.get("kept", ""))
    except BadData:
        abort(400)
    if part["key"] != key:
        abort(400)
    return Edited(part, revision, version)


def _signer(parts: Parts) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=parts.kind, serializer=json)


def theirs(parts: Parts, session: Session, key: str, anew: bool) -> Edited:
    """What somebody else has made of a part meanwhile: its draft, or what was published anew; 404 if it is gone."""
    catalog = published(session)
    draft = parts.opened(session, catalog, key) or abort(404)
    now = parts.one(catalog, key) if anew else None
    return Edited(now, draft.revision, catalog.version_id(*parts.name)) if now else draft


def with_part(parts: Parts, catalog: Catalog, part: Part) -> Catalog:
    """The catalog as it would be with this part published; the same as long as it is."""
    if part == parts.one(catalog, part["key"]):
        return catalog
    return _with(parts, catalog, json.dumps(part, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=16)
def _with(parts: Parts, catalog: Catalog, part: str) -> Catalog:
    document = Document(0, parts.put(catalog, json.loads(part)))
    return Catalog(catalog.release, {**catalog.documents, parts.name: document})
