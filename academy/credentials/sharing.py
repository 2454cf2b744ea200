"""HTTP: an honour as a card to save, and as a public page that its holder switches on and off."""

from collections.abc import Mapping

import segno
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from academy.art.colour import colour
from academy.catalog.queries import on_page
from academy.credentials import actions, pictures, queries
from academy.credentials.queries import Honour
from academy.credentials.routes import SIGNED, in_force, own, settings, thing_of, token
from academy.db import db
from academy.web.access import public
from academy.web.links import absolute
from academy.web.reading import locale, pick

bp = Blueprint("shares", __name__)

PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@bp.get("/honours/<int:id>/share")
def share(id: int) -> str:
    """The card of one of her honours, and the switch of its public page."""
    honour = own(id)
    return render_template(
        "credentials/share.html",
        honour=honour,
        thing=thing_of(honour),
        named=_named(honour, request.args),
        back=_page(honour),
        link=_link(honour),
    )


@bp.post("/honours/<int:id>/share")
def begin(id: int) -> ResponseReturnValue:
    """Switch the public page of one of her honours on, or change the name on it."""
    honour = in_force(id)
    with db.writing() as session:
        actions.share(session, honour.holder.id, id, _named(honour, request.form))
    flash(_("Whoever has the link sees it now. You can switch it off at any time."), "ok")
    return redirect(url_for("shares.share", id=id), 303)


@bp.post("/honours/<int:id>/share/end")
def end(id: int) -> ResponseReturnValue:
    """Switch the public page of one of her honours off."""
    own(id)
    with db.writing() as session:
        actions.end(session, id)
    flash(_("Switched off. The link opens nothing any more."), "ok")
    return redirect(url_for("shares.share", id=id), 303)


@bp.get("/honours/<int:id>/card.png")
def card(id: int) -> ResponseReturnValue:
    """The card of one of her honours."""
    honour = in_force(id)
    thing, brand, link = thing_of(honour), on_page().one("brand"), _link(honour)
    who = honour.names()[_named(honour, request.args)]
    worn = colour(brand["colour"])
    assert worn
    png = pictures.card(
        locale=locale(),
        colour=worn.fill,
        academy=pick(brand["academy"]),
        company=brand["company"],
        art=pictures.art(thing, f"授予 {who}", 560 if thing.is_badge else 800),
        title=pick(thing.title),
        who=_("Awarded to %(name)s", name=who),
        how=pick(thing.document["how"]) if thing.is_badge else thing.how,
        day=format_date(honour.fact.day, "long"),
        qr=Markup(segno.make(link, error="m").svg_inline(scale=4, border=0, omitsize=False)) if link else "",
    )
    return png, 200, {"Content-Type": "image/png", "Content-Disposition": 'inline; filename="card.png"'}


@bp.get("/s/<word>")
@public
def page(word: str) -> ResponseReturnValue:
    """What a share shows to everybody."""
    honour = _opened(word)
    assert honour.share
    thing = thing_of(honour)
    return render_template(
        "credentials/public.html",
        honour=honour,
        thing=thing,
        who=honour.names().get(honour.share.named, honour.holder.name),
        credential=url_for("shares.credential", word=word),
    ), PRIVATE


@bp.get("/s/<word>.jwt")
@public
def credential(word: str) -> ResponseReturnValue:
    """The credential of what is shared, without her name."""
    return token(_opened(word)), PRIVATE | {"Content-Type": SIGNED}


def _opened(word: str) -> Honour:
    id = actions.opened(settings().secret_key, word)
    found = queries.shared(db.session(), id) if id else None
    return found if found and found.share else abort(404)


def _named(honour: Honour, said: Mapping[str, str]) -> str:
    """Under which of her names: the one that is asked for, that of the page, or her nickname."""
    wanted = said.get("named", honour.share.named if honour.share else "")
    return wanted if wanted in honour.names() else "nickname"


def _link(honour: Honour) -> str | None:
    """The address of its public page, while that is on."""
    if honour.share is None:
        return None
    return absolute(url_for("shares.page", word=actions.token(settings().secret_key, honour.share)))


def _page(honour: Honour) -> str:
    if honour.paper:
        return url_for("honours.certificate", serial=honour.paper.serial)
    return url_for("honours.badge", key=honour.fact.topic)
