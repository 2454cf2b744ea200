"""HTTP: who awards, by which keys, what can be won and what was taken back, for everybody; and each credential for its
holder alone."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user

from academy import clock
from academy.achievements.certificates import queries as certificates
from academy.achievements.certificates.rules import REVOKED
from academy.catalog.content import Catalog
from academy.catalog.queries import on_page
from academy.credentials import pictures, queries, rules
from academy.credentials.keys import Key, keys
from academy.credentials.queries import Honour, Thing
from academy.db import db
from academy.web.access import public
from academy.web.links import absolute
from academy.web.reading import pick
from academy.web.settings import Settings

bp = Blueprint("credentials", __name__)

SIGNED = "application/vc+jwt"
BAKED_WIDTH = 1200  # px: what a certificate's picture needs to be read

# A credential is read far from here, by people who chose no language: it is written in that of the brand.
LANGUAGE = "zh"

Find = Callable[[Catalog, str], Thing | None]


@bp.get("/credentials/issuer")
@public
def issuer() -> Response:
    """Who awards; its address is what every credential names."""
    return _public({"@context": rules.CONTEXT, **_profile(on_page())}, "application/ld+json")


@bp.get("/credentials/jwks.json")
@public
def jwks() -> Response:
    """All keys that credentials were signed with."""
    return _public({"keys": [_jwk(key) for key in _keys()]}, "application/jwk-set+json")


@bp.get("/credentials/keys/<thumbprint>")
@public
def key(thumbprint: str) -> Response:
    """One key; its address stands in the head of what it signed."""
    found = next((key for key in _keys() if key.thumbprint == thumbprint), None) or abort(404)
    return _public(_jwk(found), "application/jwk+json")


@bp.get("/credentials/badges/<key>")
@public
def badge(key: str) -> Response:
    """What a badge is, and how it is won."""
    return _achievement(queries.badge, key)


@bp.get("/credentials/certificates/<key>")
@public
def design(key: str) -> Response:
    """What a certificate is, and how it is won."""
    return _achievement(queries.design, key)


@bp.get("/credentials/badges/<key>.png")
@public
def badge_picture(key: str) -> Response:
    """A badge as a picture."""
    return _picture(queries.badge, key)


@bp.get("/credentials/certificates/<key>.png")
@public
def design_picture(key: str) -> Response:
    """A certificate that names nobody as a picture."""
    return _picture(queries.design, key)


@bp.get("/credentials/status/<int:number>")
@public
def status(number: int) -> Response:
    """Which of so many credentials were taken back, signed as they are."""
    revoked = queries.revoked(db.session(), number)
    if revoked is None:
        abort(404)
    said = rules.status_list(_issuer(), _list(number), revoked, clock.now())
    return _cached(_signed(said), SIGNED, int(rules.TTL.total_seconds()))


@bp.get("/honours/<int:id>/credential.jwt")
def signed(id: int) -> ResponseReturnValue:
    """One of her honours as a credential; with her name, hashed, if she asks for that."""
    honour = in_force(id)
    return token(honour, "named" in request.args), 200, _named(honour, SIGNED, "jwt")


@bp.get("/honours/<int:id>/credential.png")
def baked(id: int) -> ResponseReturnValue:
    """The same inside its own picture, which shows a certificate as it is printed."""
    honour = in_force(id)
    thing = thing_of(honour)
    if honour.paper:
        # WeasyPrint takes a second to load, which no other request should wait for.
        from academy.achievements.certificates.plates.picture import picture

        verify = absolute(url_for("verify.show", serial=honour.paper.serial, code=honour.paper.code))
        row = certificates.paper(honour.paper, verify, honour.status)
        png = picture(certificates.design(db.session(), honour.paper), row, BAKED_WIDTH)
    else:
        png = pictures.alone(thing)
    return rules.baked(png, token(honour, "named" in request.args)), 200, _named(honour, "image/png", "png")


def own(id: int) -> Honour:
    """One of her honours; what is somebody else's is not found."""
    return queries.own(db.session(), current_user.id, id) or abort(404)


def in_force(id: int) -> Honour:
    """One of her honours, unless it was taken back."""
    found = own(id)
    return found if found.status != REVOKED else abort(404)


def thing_of(honour: Honour) -> Thing:
    """What was won; a badge that is no more is not found."""
    return queries.thing(db.session(), on_page(), honour) or abort(404)


def token(honour: Honour, named: bool = False) -> str:
    """The credential for an honour, signed now."""
    number, index = rules.place(honour.fact.id)
    with force_locale(LANGUAGE):
        achievement = _described(thing_of(honour))
    said = rules.credential(
        _profile(on_page()),
        achievement,
        id=rules.id_of(_issuer(), honour.fact.id),
        subject=rules.subject_of(settings().secret_key, honour.holder.id),
        won=honour.fact.at,
        until=honour.until,
        status=rules.status_entry(_list(number), index),
        name=honour.legal_name if named else None,
    )
    return _signed(said)


def settings() -> Settings:
    """How this installation runs."""
    found: Settings = current_app.extensions["settings"]
    return found


def _keys() -> list[Key]:
    return keys(settings().key_folder)


def _signed(said: rules.Document) -> str:
    key = _keys()[0]
    return key.signed(said, _kid(key))


def _jwk(key: Key) -> rules.Document:
    return {**key.jwk, "kid": _kid(key), "alg": "EdDSA", "use": "sig"}


def _kid(key: Key) -> str:
    return absolute(url_for("credentials.key", thumbprint=key.thumbprint))


def _issuer() -> str:
    return absolute(url_for("credentials.issuer"))


def _list(number: int) -> str:
    return absolute(url_for("credentials.status", number=number))


def _profile(catalog: Catalog) -> rules.Document:
    brand = catalog.one("brand")
    logo = brand.get("logo")
    image = absolute(url_for("brand.logo", name=logo)) if logo else None
    return rules.profile(_issuer(), f"{brand['company']}·{brand['academy']['zh']}", absolute("/"), image)


def _described(thing: Thing) -> rules.Achievement:
    view = "credentials.badge" if thing.is_badge else "credentials.design"
    return rules.Achievement(
        id=absolute(url_for(view, key=thing.key)),
        kind="Badge" if thing.is_badge else "Certificate",
        name=pick(thing.title),
        description=pick(thing.document.get("how", thing.how)),
        narrative=thing.how,
        image=None if thing.is_secret else absolute(url_for(f"{view}_picture", key=thing.key)),
    )


def _known(find: Find, key: str) -> Thing:
    """What everybody may know of."""
    found = find(on_page(), key)
    return found if found and not found.is_secret else abort(404)


def _achievement(find: Find, key: str) -> Response:
    with force_locale(LANGUAGE):
        found = _described(_known(find, key))
    return _public({"@context": rules.CONTEXT, **found.document}, "application/ld+json")


def _picture(find: Find, key: str) -> Response:
    with force_locale(LANGUAGE):
        return _cached(pictures.alone(_known(find, key)), "image/png")


def _public(said: rules.Document, mimetype: str) -> Response:
    return _cached(json.dumps(said, ensure_ascii=False), mimetype)


def _cached(body: str | bytes, mimetype: str, seconds: int = 3600) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    # Whoever checks a credential may do so in a page of his own.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _named(honour: Honour, mimetype: str, suffix: str) -> dict[str, str]:
    name = honour.paper.serial if honour.paper else honour.fact.topic
    disposition = "inline" if suffix == "png" else "attachment"
    return {"Content-Type": mimetype, "Content-Disposition": f'{disposition}; filename="{name}.{suffix}"'}
