"""HTTP for those who decide on people: promotions that wait for an approval, and appeals against a step down."""

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from academy.achievements import approvals, reviews
from academy.achievements.preview import heading
from academy.catalog.queries import on_page
from academy.criteria.sentences import sentence
from academy.db import db
from academy.ladder import queries
from academy.ladder.forms import Said
from academy.people.actions import lock_all
from academy.people.models import Person
from academy.tiers.models import Appeal
from academy.tiers.rules import ladder
from academy.web.access import needs
from academy.web.paging import page_asked

bp = Blueprint("decide", __name__)

PAGE = 30
WHO = re.compile(r"([0-9]{1,9}):([a-z0-9-]{1,32})")


@bp.get("/desk/promotions")
@needs("promotion.decide")
def promotions() -> ResponseReturnValue:
    """Who meets everything but the approval, thirty a page."""
    return _promotions(Said(formdata=None))


def _promotions(form: Said, chosen: frozenset[str] = frozenset()) -> str:
    catalog = on_page()
    people, number, page, pages = queries.candidates(db.session(), catalog, page_asked(), PAGE)
    return render_template(
        "ladder/promotions.html",
        candidates=people,
        number=number,
        page=page,
        pages=pages,
        ladder=ladder(catalog),
        heading=lambda criterion: heading(catalog, criterion),
        form=form,
        chosen=chosen,
    )


@bp.post("/desk/promotions")
@needs("promotion.decide")
def promote() -> ResponseReturnValue:
    """Approve the promotions that were chosen, or put them off with a reason; who no longer waits is passed over."""
    form, chosen = Said(), request.form.getlist("who")
    agreed = request.form.get("decision") == "agree"
    pairs = [
        (int(found[1]), found[2])
        for found in map(re.compile(r"(\d{1,9}):([a-z0-9-]{1,32})").fullmatch, chosen)
        if found
    ]
    if not pairs or len(pairs) > PAGE:
        flash(_("Please choose at least one."), "warn")
        return redirect(url_for("decide.promotions"), 303)
    if not agreed and not form.validate_on_submit():
        return _promotions(form, frozenset(chosen)), 422
    done, reason = 0, "" if agreed else form.said.data or ""
    with db.writing() as session:
        staff = session.get_one(Person, current_user.id)
        living = set(lock_all(session, [id for id, _tier in pairs]))
        for id, tier in sorted(set(pairs)):
            try:
                if id in living:
                    approvals.decide(session, staff, id, tier, agreed, reason)
                    done += 1
            except approvals.NotWaiting:
                continue
    if done:
        said = (
            ngettext("%(num)s person is promoted", "%(num)s people are promoted", done)
            if agreed
            else ngettext("%(num)s promotion is put off", "%(num)s promotions are put off", done)
        )
        flash(said, "ok")
    if late := len(set(pairs)) - done:
        flash(ngettext("%(num)s person no longer waited", "%(num)s people no longer waited", late), "info")
    return redirect(url_for("decide.promotions"), 303)


@bp.get("/desk/appeals")
@needs("promotion.decide")
def appeals() -> ResponseReturnValue:
    """The appeals that nobody has answered, each with its story."""
    return _appeals(Said(formdata=None))


def _appeals(form: Said, about: int = 0) -> str:
    catalog = on_page()
    return render_template(
        "ladder/appeals.html",
        stories=queries.appeals(db.session(), catalog, PAGE),
        ladder=ladder(catalog),
        sentence=lambda criterion: sentence(catalog, criterion),
        form=form,
        about=about,
    )


@bp.post("/desk/appeals/<int:id>")
@needs("promotion.decide")
def answer(id: int) -> ResponseReturnValue:
    """Answer an appeal: give the tier back, or not."""
    form, restores = Said(), request.form.get("decision") == "restore"
    if not form.validate_on_submit():
        return _appeals(form, id), 422
    with db.writing() as session:
        if session.get(Appeal, id) is None:
            abort(404)
        reviews.answer(session, session.get_one(Person, current_user.id), id, restores, form.said.data or "")
    flash(_("Answered: she has her tier back") if restores else _("Answered"), "ok")
    return redirect(url_for("decide.appeals"), 303)
