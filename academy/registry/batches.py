"""Batches of certificates: who is chosen, what becomes of each, and the issue itself, some people at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from academy import clock
from academy.achievements.actions import award, record
from academy.achievements.certificates.actions import Order, counted, figures
from academy.achievements.certificates.models import Batch, Certificate, Pick, Serial
from academy.achievements.certificates.queries import replaced, revoked_at
from academy.achievements.certificates.rules import SAMPLE, WATERMARKS, Paper, serial_number
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.compile import Compiler, taken
from academy.criteria.language import parse
from academy.jobs.actions import ask
from academy.jobs.models import Job
from academy.journal.models import Fact, Standing
from academy.journal.validity import ENDLESS, WARNING, number_of
from academy.people.actions import audit, lock_all
from academy.people.models import Membership, Person, Trait
from academy.people.queries import scope
from academy.registry.rules import Misfit, Named
from academy.registry.samples import SAMPLE_CODE, sample_serial
from academy.web.errors import Refused
from academy.web.reading import pick

JOB = "batch"
PAGE = 12
AT_ONCE = 500
"""How many people get theirs in one unit of work: about a third of a second, in which nobody else writes to SQLite."""
READ = 1000

STATES = READY, FAILED, UNNAMED, ISSUED, REVOKED, GONE, DONE = (
    *("ready", "failed", "unnamed", "issued"),
    *("revoked", "gone", "done"),
)
"""What becomes of one of a batch's people: issued now, or why not; `failed` is what could not be issued and may be
tried again, `done` what this batch issued."""
OPEN = (READY, FAILED)


# Choosing


@dataclass(frozen=True)
class Filter:
    """Which trainees: of a class, of a tier, with a trait, who meet the criterion of a design; all that is asked."""

    cohort: int | None = None
    tier: str | None = None
    trait: tuple[str, str] | None = None
    design: str | None = None


def found(staff: Person, catalog: Catalog, wanted: Filter) -> Select[int]:
    """The numbers of the trainees that staff may see and a filter lets through, in their order."""
    trainees = scope(staff)
    if wanted.cohort:
        here = exists().where(
            Membership.trainee_id == Person.id, Membership.cohort_id == wanted.cohort, Membership.until.is_(None)
        )
        trainees = trainees.where(here)
    if wanted.tier:
        trainees = trainees.where(exists().where(Standing.trainee_id == Person.id, Standing.tier == wanted.tier))
    if wanted.trait:
        kind, key = wanted.trait
        trainees = trainees.where(exists().where(Trait.trainee_id == Person.id, Trait.kind == kind, Trait.key == key))
    if wanted.design:
        criterion = parse(document(catalog, wanted.design)["criterion"])
        trainees = trainees.where(Compiler(catalog, clock.today()).clause(criterion, Person.id))
    return trainees.with_only_columns(Person.id).order_by(Person.id)


def sort_out(session: Session, staff: Person, named: Sequence[Named]) -> tuple[list[int], list[Misfit]]:
    """The trainees whom a sheet names, in its order, and the lines that name nobody or somebody else."""
    ids, misfits = list[int](), list[Misfit]()
    for start in range(0, len(named), READ):
        some = named[start : start + READ]
        trainees = scope(staff).with_only_columns(Person.phone, Person.id, Person.name, Person.legal_name)
        rows = session.execute(trainees.where(Person.phone.in_([one.phone for one in some])))
        known = {phone: (id, names) for phone, id, *names in rows}
        for one in some:
            id, names = known.get(one.phone, (0, []))
            if not id:
                misfits.append(Misfit(one.line, one.phone, "unknown"))
            elif one.name and names[1] and one.name not in names:
                misfits.append(Misfit(one.line, f"{one.phone} {one.name}", "name"))
            else:
                ids.append(id)
    return ids, misfits


def choose(
    session: Session, staff: Person, design: str, title: str, trainees: Sequence[int], reason: str = ""
) -> Batch:
    """Begin a batch of some trainees, to be checked; each is to get the certificate after the one that she holds.

    Raises `Retired`.
    """
    refuse_retired(published(session), design)
    batch = Batch(design=design, title=title[:80], reason=reason, by_id=staff.id, at=clock.now())
    session.add(batch)
    session.flush()
    for start in range(0, len(trainees), READ):
        picks = [
            {"batch_id": batch.id, "trainee_id": id, "place": place, "number": 0, "ticked": True}
            for place, id in enumerate(trainees[start : start + READ], start + 1)
        ]
        session.execute(Pick.__table__.insert(), picks)  # type: ignore[attr-defined]
    hers = Fact.trainee_id == Pick.trainee_id, Fact.kind == "certificate.issued", Fact.topic == design
    before = select(func.count()).where(*hers).scalar_subquery()
    # What is far from its end is not issued anew.
    holds = exists().where(*hers, or_(Fact.value == ENDLESS, Fact.value > number_of(clock.today() + WARNING)))
    session.execute(
        update(Pick)
        .where(Pick.batch_id == batch.id)
        .values(number=before + case((holds, 0), else_=1))
        .execution_options(synchronize_session=False)
    )
    audit(session, staff, "batch.chosen", f"batch/{batch.id}")
    return batch


def document(catalog: Catalog, key: str) -> Mapping[str, Any]:
    """A published design; KeyError where it is published no more."""
    known: dict[str, Mapping[str, Any]] = {design["key"]: design for design in catalog.one("designs")["designs"]}
    return known[key]


class Retired(Refused):
    """Nothing is issued on a design that is retired."""

    title = _("This design is retired")


def is_retired(catalog: Catalog, key: str) -> bool:
    """Whether nothing is issued on a published design."""
    return bool(document(catalog, key).get("retired"))


def refuse_retired(catalog: Catalog, key: str) -> None:
    """Raise `Retired`, which names it, if a design is."""
    if is_retired(catalog, key):
        design = document(catalog, key)
        name = pick(design.get("name", design["title"]))
        why = gettext("Nothing is issued on “%(name)s” before it is brought back. Nothing was changed.", name=name)
        raise Retired(why, (url_for("designs.show", key=key), gettext("To the design")))


# Checking


def _judged(batch: Batch, *which: ColumnElement[bool]) -> Subquery:
    """The people of a batch, and what becomes of each as things are now."""
    same = Fact.trainee_id == Pick.trainee_id, Fact.topic == batch.design
    there = exists().where(*same, Fact.kind == "certificate.issued", Fact.occurrence == cast(Pick.number, String))
    state = case(
        (Pick.certificate_id.is_not(None), DONE),
        (Person.erased_at.is_not(None), GONE),
        (taken("certificate.issued", batch.design, Person.id), REVOKED),
        (there, ISSUED),
        (func.coalesce(Person.legal_name, "") == "", UNNAMED),
        (Pick.why != "", FAILED),
        else_=READY,
    )
    columns = Pick.trainee_id, Pick.place, Pick.number, Pick.ticked, Pick.certificate_id, Pick.why
    return (
        select(*columns, state.label("state"))
        .join(Person, Person.id == Pick.trainee_id)
        .where(Pick.batch_id == batch.id, *which)
        .subquery()
    )


@dataclass(frozen=True)
class Count:
    """How many people of a batch are in each state, and how many of those who could get theirs are ticked."""

    of: Mapping[str, int]
    ticked: int

    @property
    def all(self) -> int:
        return sum(self.of.values())


def count(session: Session, batch: Batch) -> Count:
    """How many people of a batch are in which state; one statement."""
    judged = _judged(batch).c
    rows = session.execute(select(judged.state, judged.ticked, func.count()).group_by(judged.state, judged.ticked))
    of, ticked = dict.fromkeys(STATES, 0), 0
    for state, tick, number in rows:
        of[state] += number
        ticked += number if tick and state in OPEN else 0
    return Count(of, ticked)


@dataclass(frozen=True)
class Line:
    """One of a batch's people, as she is checked: her figure where the wording names one, and the number to come."""

    person: Person
    state: str
    ticked: bool
    figure: int | None
    serial: str | None
    why: str


def lines(
    session: Session, catalog: Catalog, batch: Batch, typed: str, state: str | None, page: int
) -> tuple[list[Line], int]:
    """A page of a batch's people, those whom a part of a name or the end of a phone number finds; and how many these
    are."""
    judged = _judged(batch)
    to_come = case((and_(judged.c.state == READY, judged.c.ticked), 1), else_=0)
    numbered = select(judged, func.sum(to_come).over(order_by=judged.c.place).label("nth")).subquery()
    source = figure_source(catalog, batch.design)
    figure = func.coalesce(counted(source, Person.id), 0) if source else null()
    shown = numbered.c
    wanted = (
        select(Person, shown.state, shown.ticked, shown.nth, shown.why, Certificate.serial, figure, func.count().over())
        .join(numbered, shown.trainee_id == Person.id)
        .outerjoin(Certificate, Certificate.id == shown.certificate_id)
    )
    if state:
        wanted = wanted.where(shown.state == state)
    if typed:
        names = (Person.name.contains(typed, autoescape=True), Person.legal_name.contains(typed, autoescape=True))
        wanted = wanted.where(or_(*names, Person.phone.endswith(typed, autoescape=True)))
    rows = session.execute(wanted.order_by(shown.place).limit(PAGE).offset((page - 1) * PAGE)).all()
    day = batch.issued_on or clock.today()
    last = session.scalar(select(Serial.last).where(Serial.day == day)) or 0
    prefix = catalog.one("brand")["serial"]
    return [
        Line(
            person,
            state,
            ticked,
            figure,
            serial or (serial_number(prefix, day, last + nth) if state == READY and ticked else None),
            why if state == FAILED else "",
        )
        for person, state, ticked, nth, why, serial, figure, _all in rows
    ], (rows[0][-1] if rows else 0)


def figure_source(catalog: Catalog, key: str) -> Mapping[str, str] | None:
    """Where the figure comes from that a design's wording names, if it names one."""
    sources = document(catalog, key).get("fields", {}).values()
    return next((source for source in sources if "kind" in source), None)


def specimen(session: Session, catalog: Catalog, batch: Batch, holder: Person, address: str, proof: bool) -> Paper:
    """What somebody's certificate would be; its serial and code open a page that says it is a sample."""
    return Paper(
        name=holder.legal_name or "＿＿＿",
        serial=sample_serial(catalog),
        code=SAMPLE_CODE,
        issued_on=batch.issued_on or clock.today(),
        verify_url=address,
        salutation=holder.salutation,
        fields=figures(session, catalog, batch.design, Person.id == holder.id)[holder.id],
        watermark=WATERMARKS[SAMPLE] if proof else "",
    )


def person(session: Session, batch: Batch, trainee_id: int) -> Person | None:
    """One of a batch's people, who has not left."""
    return session.scalar(
        select(Person)
        .join(Pick, Pick.trainee_id == Person.id)
        .where(Pick.batch_id == batch.id, Person.id == trainee_id, Person.erased_at.is_(None))
    )


def tick(session: Session, batch: Batch, shown: Iterable[int], ticked: Iterable[int]) -> None:
    """Tick some of the people shown, and none of the others shown."""
    shown = set(shown)
    of_batch = update(Pick).where(Pick.batch_id == batch.id).execution_options(synchronize_session=False)
    yes = shown & set(ticked)
    session.execute(of_batch.where(Pick.trainee_id.in_(shown - yes)).values(ticked=False))
    session.execute(of_batch.where(Pick.trainee_id.in_(yes)).values(ticked=True))


def tick_all(session: Session, batch: Batch, ticked: bool) -> None:
    """Tick everybody, or nobody."""
    session.execute(
        update(Pick).where(Pick.batch_id == batch.id).values(ticked=ticked).execution_options(synchronize_session=False)
    )


def remind(session: Session, staff: Person, batch: Batch) -> int:
    """Ask those for their legal names whose are missing, each once for each certificate; how many were asked now."""
    judged = _judged(batch).c
    wanted = select(judged.trainee_id, judged.number).where(judged.state == UNNAMED)
    asked = {id: number for id, number in session.execute(wanted)}  # noqa: C416
    living = lock_all(session, list(asked))
    new = sum(bool(record(session, id, "name.asked", batch.design, str(asked[id]))) for id in living)
    if new:
        audit(session, staff, "batch.reminded", f"batch/{batch.id}")
    return new


# Issuing


def begin(session: Session, staff: Person, batch: Batch, seen: int) -> bool:
    """Let the batch begin, or go on where it stopped; False if somebody else was faster, or it is under way.

    Raises `Retired`.
    """
    refuse_retired(published(session), batch.design)
    run = (
        update(Batch)
        .where(Batch.id == batch.id, Batch.runs == seen, ~_under_way(batch.id, seen))
        .values(runs=seen + 1, issued_on=func.coalesce(Batch.issued_on, clock.today()))
        .returning(Batch.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(run).first() is None:
        return False
    ask(session, JOB, job_key(batch.id, seen + 1), batch=batch.id, by=staff.id)
    audit(session, staff, "batch.issued", f"batch/{batch.id}")
    return True


def job_key(batch_id: int, run: int) -> str:
    """What names the job of a run."""
    return f"{JOB}/{batch_id}/{run}"


def _under_way(batch_id: int, run: int) -> ColumnElement[bool]:
    return exists().where(Job.key == job_key(batch_id, run), Job.state.in_(("waiting", "working")))


def job(session: Session, batch: Batch) -> Job | None:
    """The job of a batch's last run."""
    return session.scalar(select(Job).where(Job.key == job_key(batch.id, batch.runs)))


def waiting(session: Session, batch_id: int, after: int) -> Sequence[Row[int, int]]:
    """The next places, and whose they are, that are ticked and have nothing yet."""
    wanted = select(Pick.place, Pick.trainee_id).where(
        Pick.batch_id == batch_id, Pick.place > after, Pick.ticked, Pick.certificate_id.is_(None)
    )
    return session.execute(wanted.order_by(Pick.place).limit(AT_ONCE)).all()


def issue(session: Session, batch: Batch, by_id: int, trainees: Sequence[int]) -> int:
    """Issue to those of some people of a batch who can get theirs, in the order of its list; how many got it."""
    living = lock_all(session, trainees)
    judged = _judged(batch, Pick.trainee_id.in_(living)).c
    # Under the locks: what becomes of each changes no more.
    ready = session.execute(
        select(judged.trainee_id, judged.number).where(judged.state.in_(OPEN)).order_by(judged.place)
    ).all()
    numbers = {trainee_id: number for trainee_id, number in ready}  # noqa: C416
    outcome = award(session, batch.design, numbers, Order(by_id, batch.issued_on or clock.today(), batch.quiet))
    issued = {
        fact.id: fact.trainee_id
        for fact in outcome.facts
        if (fact.kind, fact.topic, fact.occurrence)
        == ("certificate.issued", batch.design, str(numbers[fact.trainee_id]))
    }
    papers = session.execute(select(Certificate.fact_id, Certificate.id).where(Certificate.fact_id.in_(issued)))
    picks = [
        {"batch_id": batch.id, "trainee_id": issued[fact], "certificate_id": paper, "why": ""} for fact, paper in papers
    ]
    if picks:
        session.execute(update(Pick), picks)
    if batch.reason:
        staff = session.get_one(Person, by_id)
        for pick in picks:
            audit(session, staff, "certificate.given", f"certificate/{pick['certificate_id']}")
    return len(picks)


def leave_out(session: Session, batch_id: int, trainee_id: int, why: str) -> None:
    """Note why somebody's certificate could not be issued."""
    session.execute(update(Pick), [{"batch_id": batch_id, "trainee_id": trainee_id, "why": why[:200]}])


# What there is


def newest(session: Session, page: int) -> Sequence[Row[Batch, int, int]]:
    """A page of batches, the newest first: each with how many people are on it and how many it has issued to."""
    people = select(func.count()).where(Pick.batch_id == Batch.id).scalar_subquery()
    done = select(func.count(Pick.certificate_id)).where(Pick.batch_id == Batch.id).scalar_subquery()
    rows = select(Batch, people, done).order_by(Batch.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return session.execute(rows).all()


def how_many(session: Session) -> int:
    """How many batches there are."""
    return session.scalar(select(func.count()).select_from(Batch)) or 0


def papers(batch_id: int, in_force: bool) -> Select[Certificate]:
    """What a batch issued, and what was printed anew with another name, in the order of its list.

    In force: only the newest version of each, and nothing that was revoked.
    """
    first = aliased(Certificate)
    issued = (
        select(Certificate)
        .join(first, Certificate.fact_id == first.fact_id)
        .join(Pick, Pick.certificate_id == first.id)
        .join(Person, Person.id == Certificate.trainee_id)
        .where(Pick.batch_id == batch_id)
        .order_by(Pick.place)
    )
    return issued.where(~replaced(), revoked_at().is_(None)) if in_force else issued


def forget_lists(session: Session, before: date) -> int:
    """Forget the lists that nobody has issued to since a day; how many."""
    old = select(Batch.id).where(Batch.runs == 0, Batch.at < clock.beginning(before))
    ids = list(session.scalars(old))
    session.execute(delete(Pick).where(Pick.batch_id.in_(ids)))
    session.execute(delete(Batch).where(Batch.id.in_(ids)))
    return len(ids)
