"""HTTP for trainers and brand staff: the desk, the roster, one trainee, one cohort."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache

from flask import Blueprint, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from academy import clock
from academy.achievements import why
from academy.achievements.queries import ledger
from academy.catalog.queries import on_page
from academy.conduct.queries import of_trainee as cases_of
from academy.courses.rules import visible
from academy.criteria.explain import Reason
from academy.criteria.language import Criterion
from academy.criteria.sentences import sentence
from academy.db import db
from academy.discussion.queries import counts as posts
from academy.people.actions import audit
from academy.people.models import Cohort, Person
from academy.people.queries import scope
from academy.people.rules import ENDED, TIER, masked
from academy.practice.queries import counts, of_trainee, waiting_by_cohort
from academy.practice.rules import tasks
from academy.roster import actions, queries
from academy.roster.forms import PHASE_NAMES, AppointmentForm
from academy.roster.rules import ENDS, OVER, columns, phase_after, phase_before, qr_state, unmet
from academy.roster.story import told
from academy.text.sheets import written
from academy.tiers.rules import ladder
from academy.traits.queries import in_use
from academy.traits.queries import of_trainee as traits_of
from academy.web.access import needs
from academy.web.links import absolute, qr_code
from academy.web.paging import page_asked, pages_of, turned
from academy.web.reading import pick

bp = Blueprint("roster", __name__)

LAST_LINES = 10


@bp.get("/desk")
@needs("desk.open")
def desk() -> ResponseReturnValue:
    """What there is to do today, and how the cohorts are."""
    session = db.session()
    todo, cohorts = counts(session, current_user), queries.cohorts(session, current_user)
    return render_template(
        "roster/desk.html",
        todo=todo,
        posts=posts(session, current_user),
        attendance=queries.attendance(session, scope(current_user)),
        nobody=queries.Attendance(),
        cohorts=cohorts,
        stale=[cohort for cohort in cohorts if _qr(cohort) in (ENDS, OVER)],
        coming=queries.coming(session, current_user),
        to_review=waiting_by_cohort(session, current_user),
        ladder=ladder(on_page()),
        qr=_qr,
    )


@bp.get("/desk/roster")
@needs("roster.see")
def index() -> ResponseReturnValue:
    """The trainees, fifty a page, each with what is missing to her next tier."""
    session = db.session()
    cohorts = queries.cohorts(session, current_user)
    cohort_id, typed, only_absent, trait = _filter(request.args, cohorts)
    trainees = queries.found(current_user, cohort_id, typed, only_absent, trait)
    number = queries.number_of(session, trainees)
    page, pages = turned(page_asked(), number, queries.PAGE)
    rows = queries.rows(session, trainees, (page - 1) * queries.PAGE)
    return render_template(
        "roster/index.html",
        cohorts=cohorts,
        cohort_id=cohort_id,
        q=typed,
        only_absent=only_absent,
        trait=":".join(trait) if trait else None,
        in_use=in_use(session) if current_user.may("trait.keep") else [],
        number=number,
        page=page,
        pages=pages,
        rows=rows,
        gaps=queries.gaps(session, on_page(), rows),
        ladder=ladder(on_page()),
        unmet=unmet,
        said=_said,
        contact=_contact,
    )


def _filter(values: MultiDict[str, str], cohorts: list[Cohort]) -> tuple[int | None, str, bool, tuple[str, str] | None]:
    """Which trainees are wanted: of which cohort, by what was typed, absent ones only, with which channel or tag."""
    cohort_id = values.get("cohort", type=int)
    if "cohort" in values and cohort_id not in {cohort.id for cohort in cohorts}:
        abort(404)
    kind, _colon, key = values.get("trait", "").partition(":")
    trait = (kind, key) if key and current_user.may("trait.keep") else None
    return cohort_id, values.get("q", "").strip()[:40], bool(values.get("absent")), trait


@bp.post("/desk/roster.xlsx")
@needs("roster.see")
def export() -> ResponseReturnValue:
    """The trainees of the same filter as a sheet; on record, as it takes personal data out of the house."""
    session, staff_id = db.session(), current_user.id
    cohort_id, typed, only_absent, trait = _filter(request.form, queries.cohorts(session, current_user))
    with db.writing() as writing:
        staff = writing.get_one(Person, staff_id)
        audit(writing, staff, "roster.exported", f"cohort/{cohort_id}" if cohort_id else "everybody")
    trainees = queries.found(staff, cohort_id, typed, only_absent, trait)
    return send_file(
        written(_sheet(session, staff, trainees), (14, 16, 18, 10, 10, 10, 12, 12, 60)),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"{_('Trainees')}-{clock.today()}.xlsx",
    )


def _sheet(session: Session, staff: Person, trainees: Select[Person]) -> Iterator[list[str | int | date | None]]:
    catalog, said = on_page(), cache(_sentence)
    rungs = ladder(catalog)
    # A trainer recognises hers by the last digits; the whole number is for who answers for the programme.
    told = _whole if staff.may("roster.see_all") else _contact

    def gap(part: Reason) -> str:
        return said(part.criterion) if part.is_limit else f"{said(part.criterion)} {part.current}/{part.target}"

    yield [
        *(_("Trainee"), _("Contact"), _("Cohort"), _("Tier"), _("Growth"), _("Feathers")),
        *(_("Joined"), _("Last here"), _("Missing to the next tier")),
    ]
    for rows in queries.batches(session, trainees):
        gaps = queries.gaps(session, catalog, rows)
        for row in rows:
            reason = gaps.get(row.person.id)
            missing = unmet(reason) if reason else ()
            yield [
                *(row.person.name, told(row.person), row.cohort.name if row.cohort else ""),
                *(pick(rungs[row.standing.tier].title), row.standing.growth, row.standing.feathers),
                *(clock.day_of(row.person.created_at), row.active),
                _("; ").join(map(gap, missing)),
            ]


@bp.get("/desk/trainees/<int:id>")
@needs("roster.see")
def trainee(id: int) -> ResponseReturnValue:
    """One trainee: her conditions, what she won and why, her ledger, what happened, what she handed in."""
    session, catalog = db.session(), on_page()
    row = queries.one(session, current_user, id)
    if row is None:
        abort(404)
    page = page_asked()
    facts, number = queries.timeline(session, id, page)
    after = ladder(catalog).ahead(row.standing.tier, row.person.external)
    reasons = why.today(session, catalog, id)
    reason = reasons.get(("tier.reached", after.key)) if after else None
    return render_template(
        "roster/trainee.html",
        row=row,
        contact=_contact(row.person),
        tier=ladder(catalog)[row.standing.tier],
        next=after,
        conditions=list(reason.conditions()) if reason else [],
        said=_said,
        days=told(catalog, facts),
        page=page,
        pages=pages_of(number, queries.PAGE),
        hand_ins=of_trainee(session, id),
        practices=tasks(catalog),
        whys=why.whys(session, catalog, id, reasons),
        sentence=_sentence,
        lines=ledger(session, catalog, id, LAST_LINES),
        traits=traits_of(session, id) if current_user.may("trait.keep") else [],
        cases=cases_of(session, id) if current_user.may("conduct.judge") else [],
    )


@bp.post("/desk/trainees/<int:id>/reset-codes")
@needs("password.reset")
def reset_code(id: int) -> ResponseReturnValue:
    """A new one-time code, shown in this answer and never again."""
    staff_id = current_user.id
    with db.writing() as session:
        staff = session.get_one(Person, staff_id)
        person = session.scalar(scope(staff).where(Person.id == id))
        if person is None:
            abort(404)
        code, until = actions.make_reset_code(session, staff, person)
    back = url_for("roster.trainee", id=id)
    return render_template("roster/reset_code.html", person=person, code=code, until=until, back=back)


@bp.get("/desk/cohorts/<int:id>")
@needs("roster.see")
def cohort(id: int) -> ResponseReturnValue:
    """One cohort: its invitation as text, link and QR code, its list, its calendar."""
    return cohort_page(own_cohort(id), AppointmentForm(formdata=None))


def cohort_page(cohort: Cohort, form: AppointmentForm) -> str:
    """The page of a cohort, with the form for an appointment."""
    session, page = db.session(), page_asked()
    trainees = queries.found(current_user, cohort.id)
    link = _link(cohort)
    invited = queries.invited(session, cohort.id, page)
    return render_template(
        "roster/cohort.html",
        cohort=cohort,
        tier=ladder(on_page())[cohort.tier],
        attendance=queries.attendance(session, trainees).get(cohort.id, queries.Attendance()),
        invites=cohort.kind == TIER and cohort.takes and cohort.tier == ladder(on_page()).first.key,
        phase_names=PHASE_NAMES,
        before=phase_before(cohort.phase),
        after=phase_after(cohort.phase),
        qr=_qr(cohort),
        link=link,
        text=_invitation(cohort, link),
        invited=invited,
        page=page,
        pages=pages_of(invited.number - invited.joined, queries.PAGE),
        masked=masked,
        appointments=queries.appointments(session, cohort.id),
        form=form,
    )


@bp.get("/desk/cohorts/<int:id>/progress")
@needs("roster.see")
def progress(id: int) -> ResponseReturnValue:
    """Who of a cohort has finished which lesson and quiz of its tier, fifty trainees a page."""
    session, found = db.session(), own_cohort(id)
    trainees = queries.found(current_user, id)
    number = queries.number_of(session, trainees)
    page, pages = turned(page_asked(), number, queries.PAGE)
    stages = columns(visible(on_page(), [found.tier]))
    asked = [column for _stage, together in stages for column in together]
    deeds = queries.deeds(session, trainees, asked)
    return render_template(
        "roster/progress.html",
        cohort=found,
        tier=ladder(on_page())[found.tier],
        stages=stages,
        asked=asked,
        rows=queries.rows(session, trainees, (page - 1) * queries.PAGE),
        deeds=deeds,
        totals=Counter(deed for hers in deeds.values() for deed in hers),
        number=number,
        page=page,
        pages=pages,
    )


@bp.post("/desk/cohorts/<int:id>/progress.xlsx")
@needs("roster.see")
def progress_sheet(id: int) -> ResponseReturnValue:
    """The whole progress of a cohort as a sheet; on record, as it takes personal data out of the house."""
    found, staff_id = own_cohort(id), current_user.id
    with db.writing() as writing:
        staff = writing.get_one(Person, staff_id)
        audit(writing, staff, "progress.exported", f"cohort/{id}")
    return send_file(
        written(_matrix(found, queries.found(staff, id)), (16, 10)),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"{_('Progress')}-{clock.today()}.xlsx",
    )


def _matrix(cohort: Cohort, trainees: Select[Person]) -> Iterator[list[str | int | date | None]]:
    session, stages = db.session(), columns(visible(on_page(), [cohort.tier]))
    asked = [(stage, column) for stage, together in stages for column in together]
    deeds = queries.deeds(session, trainees, [column for _stage, column in asked])
    yield [
        *(_("Trainee"), _("In all")),
        *(_("%(stage)s: %(lesson)s", stage=pick(stage.title), lesson=pick(column.title)) for stage, column in asked),
    ]
    for rows in queries.batches(session, trainees):
        for row in rows:
            hers = deeds.get(row.person.id, set())
            yield [row.person.name, len(hers), *("✓" if column.deed in hers else "" for _stage, column in asked)]


@bp.get("/desk/cohorts/<int:id>/qr.svg")
@needs("roster.see")
def cohort_qr(id: int) -> ResponseReturnValue:
    """The invitation link as a QR code."""
    return qr_code(_link(own_cohort(id)))


def own_cohort(id: int) -> Cohort:
    """A cohort that the reader may see; not found otherwise."""
    found = queries.cohort(db.session(), current_user, id)
    if found is None:
        abort(404)
    return found


def _link(cohort: Cohort) -> str:
    return absolute(url_for("courses.join", code=cohort.code))


def _invitation(cohort: Cohort, link: str) -> str:
    academy = pick(on_page().one("brand")["academy"])
    return _(
        "%(who)s invites you to join “%(cohort)s” at %(academy)s. It is free: nothing to stock, nobody to recruit. "
        "Open the link and take the first lesson, no sign-in needed: %(link)s",
        who=cohort.trainer.name if cohort.trainer else academy,
        cohort=cohort.name,
        academy=academy,
        link=link,
    )


def _qr(cohort: Cohort) -> str | None:
    """How its group's QR code is; None where there is none, or nobody needs it any more."""
    return None if cohort.phase == ENDED else qr_state(cohort.group_qr_until, clock.now())


def _said(reason: Reason) -> str:
    return _sentence(reason.criterion)


def _sentence(criterion: Criterion) -> str:
    return sentence(on_page(), criterion)


def _contact(person: Person) -> str:
    return masked(_whole(person))


def _whole(person: Person) -> str:
    return person.phone or person.email or ""
