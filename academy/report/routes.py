"""HTTP for trainers and brand staff: a week on one page, and on paper."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.catalog.queries import on_page
from academy.db import db
from academy.report.queries import Class, Report, classes, tell
from academy.report.rules import Note, Signs, Week, chart, fitting, notes, rate, week_from
from academy.web.access import needs
from academy.web.reading import day, locale, pick

bp = Blueprint("report", __name__)

ON_PAPER = 12
"""How many cohorts stand on the paper, which is one page."""


@bp.get("/desk/week")
@needs("week.read")
def week() -> ResponseReturnValue:
    """A week of the cohorts that she may see, or of one of them."""
    found, all_cohorts = _asked()
    return render_template("report/week.html", all_cohorts=all_cohorts, text=_text(found), **_shown(found))


@bp.get("/desk/week.pdf")
@needs("week.read")
def paper() -> ResponseReturnValue:
    """The same on one page of A4."""
    # WeasyPrint takes a second to load, which no other request or command should wait for.
    from academy.report.paper import render_pdf

    found, _all = _asked()
    html = render_template("report/paper.html", most=ON_PAPER, made=clock.now(), **_shown(found))
    db.session.rollback()  # nothing is kept open while the page is set
    name = f"week-{found.week.monday}.pdf"
    return render_pdf(html), {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{name}"'}


@dataclass(frozen=True)
class Figure:
    """One of the large numbers: `turn` is 1 where it is better than the week before, -1 where it is worse."""

    word: str
    number: str
    unit: str
    change: str
    turn: int
    more: str = ""


@dataclass(frozen=True)
class Prize:
    """What was granted of a reward; `value` in yuan is 0 where its document says none."""

    title: str
    granted: int
    owed: int
    value: int


def _asked() -> tuple[Report, list[Class]]:
    """The week and the cohort that the address names, and all cohorts among which to choose."""
    session, this = db.session(), Week.of(clock.today())
    if "from" in request.args:
        week = week_from(request.args["from"], clock.today()) or abort(404)
        found = classes(session, current_user, week)
    else:
        # The last full week, if there was one.
        week = this.before
        found = classes(session, current_user, week)
        if not any(one.members for one in found):
            week = this
            found = classes(session, current_user, week)
    shown = found
    if "cohort" in request.args:
        wanted = request.args.get("cohort", type=int)
        shown = [one for one in found if one.id == wanted] or abort(404)
    return tell(session, week, shown), found


def _shown(report: Report) -> dict[str, object]:
    """What page and paper show alike."""
    this = Week.of(clock.today())
    so_far = clock.today().weekday() + 1 if report.week == this else None
    return {
        "report": report,
        "title": _title(report),
        "one": report.cohorts[0] if "cohort" in request.args else None,
        "goes_on": report.week == this,
        "figures": _figures(report),
        "chart": chart(report.now.days[:so_far], report.before.days),
        "steps": _steps(),
        "prizes": _prizes(report),
        "notes": [_said(note) for note in _notes(report)],
    }


def _title(report: Report) -> str:
    academy = pick(on_page().one("brand")["academy"])
    return _("Weekly report of %(academy)s · %(span)s", academy=academy, span=_span(report.week))


def _span(week: Week) -> str:
    """The days of a week: 9 月 14 日至 20 日."""
    last = day(week.sunday)
    if locale() == "zh" and week.sunday.month == week.monday.month:
        last = str(format_date(week.sunday, "d 日"))
    return _("%(first)s to %(last)s", first=day(week.monday), last=last)


def _figures(report: Report) -> list[Figure]:
    now, before, share = report.now, report.before, report.rate
    judged = report.reviews
    said = [ngettext("%(num)s accepted", "%(num)s accepted", now.accepted)]
    if judged.hours is not None:
        said.append(ngettext("median %(num)s hour", "median %(num)s hours", judged.hours))
        said.append(ngettext("%(num)s later than promised", "%(num)s later than promised", judged.late))
    people = _("people")
    points = share - report.rate_before if share is not None and report.rate_before is not None else None
    return [
        Figure(_("Trainees learning"), str(report.members), people, *_change(report.members - report.members_before)),
        Figure(
            _("Learned this week"),
            "–" if share is None else str(share),
            "" if share is None else "%",
            *_points(points),
            _("%(n)s of %(all)s learned or checked in", n=now.learners, all=report.members),
        ),
        Figure(_("Passed the assessment"), str(now.graduated), people, *_change(now.graduated - before.graduated)),
        Figure(
            _("Hand-ins"),
            str(now.submitted),
            _("handed in"),
            *_change(now.submitted - before.submitted),
            " · ".join(said),
        ),
        Figure(_("Promoted"), str(now.promoted), people, *_change(now.promoted - before.promoted)),
    ]


def _change(difference: int) -> tuple[str, int]:
    if difference > 0:
        return ngettext("%(num)s more than the week before", "%(num)s more than the week before", difference), 1
    if difference < 0:
        return ngettext("%(num)s fewer than the week before", "%(num)s fewer than the week before", -difference), -1
    return _("as many as the week before"), 0


def _points(difference: int | None) -> tuple[str, int]:
    if difference is None:
        return _("nobody to compare with the week before"), 0
    if difference > 0:
        return ngettext("up %(num)s point", "up %(num)s points", difference), 1
    if difference < 0:
        return ngettext("down %(num)s point", "down %(num)s points", -difference), -1
    return _("the same as the week before"), 0


def _steps() -> list[str]:
    return [
        _("Joined"),
        _("First lesson"),
        _("First stage"),
        _("Hand-in accepted"),
        _("Assessment passed"),
        _("Promoted"),
    ]


def _prizes(report: Report) -> list[Prize]:
    return [
        Prize(
            pick(reward["title"]),
            handed.granted,
            handed.granted - handed.coded if reward.get("voucher") else 0,
            handed.granted * reward.get("value", 0),
        )
        for reward in on_page().one("rewards")["rewards"]
        if (handed := report.rewards.get(reward["key"])) and handed.granted
    ]


def _notes(report: Report) -> list[Note]:
    stocks = []
    if current_user.may("roster.see_all"):
        stocks = [
            (pick(reward["title"]), report.rewards[reward["key"]].left if reward["key"] in report.rewards else 0)
            for reward in on_page().one("rewards")["rewards"]
            if reward.get("voucher")
        ]
    return notes(
        Signs(
            report.rate,
            report.away,
            rate(report.away, report.members),
            report.overdue,
            report.reviews.late,
            stocks,
            [(one.name, one.rate) for one in report.cohorts],
        )
    )


def _said(note: Note) -> str:
    number, name = note.number, note.name
    match note.kind:
        case "overdue":
            return ngettext(
                "%(num)s hand-in has waited longer than promised; it comes first.",
                "%(num)s hand-ins have waited longer than promised; they come first.",
                number,
            )
        case "stock":
            return ngettext(
                "%(num)s code of “%(name)s” is left in stock.",
                "%(num)s codes of “%(name)s” are left in stock.",
                number,
                name=name,
            )
        case "rate":
            return _("%(share)s%% learned this week, fewer than half. A word in the group often helps.", share=number)
        case "cohort":
            return _(
                "In “%(name)s” %(share)s%% learned this week; ask there what gets in the way.", name=name, share=number
            )
        case "late":
            return ngettext(
                "%(num)s verdict came later than promised.", "%(num)s verdicts came later than promised.", number
            )
        case _:
            return ngettext(
                "%(num)s trainee has been away for three days; a message from her trainer brings many back.",
                "%(num)s trainees have been away for three days; a message from their trainer brings many back.",
                number,
            )


def _text(report: Report) -> str:
    """The report as a message to a group, cut where a message ends."""
    return fitting(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield _title(report)
    if report.sample:
        yield _("With the invented people of the sample cohort.")
    for figure in _figures(report):
        said = " · ".join(part for part in (figure.change, figure.more) if part)
        number = f"{figure.number} {figure.unit}".strip()
        yield _("%(word)s: %(number)s (%(said)s)", word=figure.word, number=number, said=said)
    for note in _notes(report):
        yield f"- {_said(note)}"
    for one in report.cohorts:
        if one.rate is not None:
            yield _("%(name)s: %(n)s learning, %(share)s%% this week", name=one.name, n=one.members, share=one.rate)
