"""HTTP for those who set the ladder: what publishing the draft would do, and what was published."""

from collections.abc import Iterator
from datetime import date

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.preview import RESULTS, moves
from academy.achievements.preview import preview as count_moves
from academy.catalog.content import Catalog
from academy.catalog.queries import on_page, published
from academy.composing.page import Moved
from academy.db import db
from academy.ladder import actions, queries
from academy.ladder.checks import remarks
from academy.ladder.differences import differences
from academy.ladder.forms import sent
from academy.ladder.queries import Edited, is_changed, opened, with_pair
from academy.ladder.view import result_name
from academy.people.actions import audit
from academy.people.models import Person
from academy.text.sheets import written, written_as_csv
from academy.tiers.rules import ladder
from academy.web.access import needs
from academy.web.htmx import swaps
from academy.web.paging import page_asked, turned

bp = Blueprint("outlook", __name__)

FIRST, PAGE, BATCH = 8, 30, 1000
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# What publishing would do


@bp.route("/desk/ladder/preview", methods=["GET", "POST"])
@needs("ladder.edit")
def preview() -> ResponseReturnValue:
    """Who would be promoted if this were published: what is saved, or what is typed into the form. Writes nothing."""
    session, now = db.session(), on_page()
    pair = sent().pair if request.method == "POST" else opened(session, now).pair
    draft = with_pair(now, pair)
    shown: dict[str, object] = {
        "blocked": any(remark.blocks for remark in remarks(draft)),
        "at": clock.now(),
        "panel": swaps(),
    }
    if not shown["blocked"]:
        steps = queries.steps(now, draft)
        chosen = next((step for step in steps if step.into == request.values.get("into")), steps[0] if steps else None)
        shown |= {"steps": steps, "chosen": chosen, "ladder": ladder(draft), "sketched": is_changed(now, pair)}
        if chosen:
            rows = [(id, result) for id, result in session.execute(moves(now, draft, chosen.into).limit(FIRST))]
            shown |= {
                "preview": count_moves(session, now, draft, chosen.into),
                "movers": queries.movers(session, draft, chosen.into, rows),
                "columns": queries.columns(now, draft, chosen.into),
            }
    return render_template("ladder/_preview.html" if swaps() else "ladder/preview.html", **shown)


@bp.get("/desk/ladder/moves/<tier>")
@needs("ladder.edit")
def movers(tier: str) -> ResponseReturnValue:
    """Everybody whom the draft of a step concerns, thirty a page."""
    session = db.session()
    now, draft, results = _asked(tier)
    numbers = count_moves(session, now, draft, tier)
    number = sum(numbers.numbers[result] for result in results)
    page, pages = turned(page_asked(), number, PAGE)
    found = moves(now, draft, tier, results).limit(PAGE).offset((page - 1) * PAGE)
    rows = [(id, result) for id, result in session.execute(found)]
    return render_template(
        "ladder/moves.html",
        tier=ladder(draft)[tier],
        preview=numbers,
        results=RESULTS,
        only=results[0] if len(results) == 1 else None,
        movers=queries.movers(session, draft, tier, rows),
        columns=queries.columns(now, draft, tier, 5),
        number=number,
        page=page,
        pages=pages,
    )


def _asked(tier: str) -> tuple[Catalog, Catalog, tuple[str, ...]]:
    now = on_page()
    draft = with_pair(now, opened(db.session(), now).pair)
    if any(remark.blocks for remark in remarks(draft)) or tier not in ladder(draft) or tier == ladder(draft).first.key:
        abort(404)
    only = request.values.get("result", "")
    return now, draft, (only,) if only in RESULTS else RESULTS


@bp.post("/desk/ladder/moves/<tier>/export")
@needs("ladder.edit")
def export(tier: str) -> ResponseReturnValue:
    """The same people as a sheet; on record, as it takes personal data out of the house."""
    now, draft, results = _asked(tier)
    with db.writing() as session:
        audit(session, session.get_one(Person, current_user.id), "preview.exported", f"tier/{tier}")
    rows = _sheet(db.session(), now, draft, tier, results)
    name = f"{_('Promotions')}-{clock.today()}"
    if request.form.get("format") == "csv":
        return send_file(written_as_csv(rows), "text/csv", as_attachment=True, download_name=f"{name}.csv")
    return send_file(
        written(rows, (18, 14, 18, 18, 18, 18, 18)), SHEET, as_attachment=True, download_name=f"{name}.xlsx"
    )


def _sheet(
    session: Session, now: Catalog, draft: Catalog, tier: str, results: tuple[str, ...]
) -> Iterator[list[str | int | date | None]]:
    shown = queries.columns(now, draft, tier, 5)
    yield [_("Trainee"), _("Result"), _("Missing"), *(heading for _leaf, heading in shown)]
    found = session.execute(moves(now, draft, tier, results).execution_options(yield_per=BATCH))
    for batch in found.partitions():
        for mover in queries.movers(session, draft, tier, [(id, result) for id, result in batch]):
            figures = (mover.figures.get(leaf) for leaf, _heading in shown)
            yield [
                mover.name,
                result_name(mover.result),
                mover.lacks,
                *(part.current if part else None for part in figures),
            ]


# What was published


@bp.get("/desk/ladder/history")
@needs("ladder.edit")
def history() -> ResponseReturnValue:
    """The versions of the ladder, and what each changed."""
    session, now = db.session(), on_page()
    issues = queries.history(session)
    page, pages = turned(page_asked(), len(issues), PAGE)
    asked = request.args.get("release", issues[0].release if issues else 0, int)
    at = next((n for n, issue in enumerate(issues) if issue.release == asked), None)
    if at is None:
        abort(404)
    after = queries.pair_at(session, issues[at].release)
    before = queries.pair_at(session, issues[at + 1].release) if at + 1 < len(issues) else None
    edited = opened(session, now)
    return render_template(
        "ladder/history.html",
        issues=issues[(page - 1) * PAGE : page * PAGE],
        shown=issues[at],
        first=before is None,
        newest=at == 0,
        changes=differences(with_pair(now, after), before, after) if before and after else [],
        revisions=edited.mark,
        sketched=is_changed(now, edited.pair),
        page=page,
        pages=pages,
    )


@bp.post("/desk/ladder/history/<int:release>/restoration")
@needs("ladder.edit")
def restore(release: int) -> ResponseReturnValue:
    """Make an earlier version the draft; it holds once it is published."""
    with db.writing() as session:
        catalog = published(session)
        edited, earlier = opened(session, catalog), queries.pair_at(session, release)
        if earlier is None or release not in {issue.release for issue in queries.history(session)}:
            abort(404)
        if request.form.get("revisions") != edited.mark:
            raise Moved
        actions.save(
            session,
            session.get_one(Person, current_user.id),
            Edited(earlier, edited.revisions, queries.versions(catalog)),
        )
    flash(_("This version is the draft now. It holds once you publish it."), "ok")
    return redirect(url_for("tiers_desk.show"), 303)
