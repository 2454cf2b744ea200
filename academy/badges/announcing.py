"""HTTP for those who announce honours in the classes' groups: texts to paste, and what has been announced."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from academy.badges import actions, queries
from academy.badges.queries import News
from academy.catalog.content import Catalog
from academy.catalog.queries import on_page
from academy.criteria.sentences import title
from academy.db import db
from academy.people.models import Cohort, Person
from academy.people.queries import cohorts_of
from academy.web.access import needs
from academy.web.reading import day

bp = Blueprint("announcing", __name__, url_prefix="/desk/announcements")


@bp.get("")
@needs("cohort.lead")
def index() -> str:
    """The honours of those who have agreed that were not announced yet, as a text for each class."""
    catalog = on_page()
    pending = queries.pending(db.session(), catalog, current_user)
    return render_template(
        "badges/announcements.html",
        classes=[(news[0].cohort, news, _text(catalog, news)) for news in pending.values()],
    )


def _text(catalog: Catalog, news: list[News]) -> str:
    """What to paste into the class's group, in the language of the group; of several levels the highest."""
    told = {
        (one.fact.trainee_id, catalog.badges.get(one.fact.topic, {}).get("family_key", one.fact.topic)): one
        for one in news
    }
    with force_locale("zh"):
        return "\n".join(
            (
                _("Good news from %(cohort)s", cohort=news[0].cohort.name),
                *(_line(catalog, one) for one in told.values()),
            )
        )


def _line(catalog: Catalog, one: News) -> str:
    thing = title(catalog, one.fact.kind, one.fact.topic)
    if one.fact.kind == "tier.reached":
        return _("%(name)s has reached %(tier)s on %(day)s", name=one.name, tier=thing, day=day(one.fact.day))
    return _("%(name)s has won the badge “%(badge)s” on %(day)s", name=one.name, badge=thing, day=day(one.fact.day))


@bp.post("/<int:id>")
@needs("cohort.lead")
def announce(id: int) -> ResponseReturnValue:
    """Put on record that the honours that were on the page have been announced in a class's group."""
    wanted, staff_id = {int(fact) for fact in request.form.getlist("fact") if fact.isdecimal()}, current_user.id
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        cohort = session.scalar(cohorts_of(staff).where(Cohort.id == id)) or abort(404)
        number = actions.announce(session, staff, cohort, wanted)
    flash(ngettext("%(num)s is on record as announced.", "%(num)s are on record as announced.", number), "ok")
    return redirect(url_for("announcing.index"), 303)
