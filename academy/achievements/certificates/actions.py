"""Issuing certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Certificate, Serial
from academy.achievements.certificates.rules import TEXTS, Words, fields_of, serial_number
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.compile import taken
from academy.db import insert
from academy.journal import actions as journal
from academy.journal.actions import NewFact
from academy.journal.models import Fact, Measure, Tally
from academy.journal.queries import topics
from academy.journal.validity import day_of, number_of
from academy.people.actions import take_turn
from academy.people.models import Person
from academy.text.codes import new_code
from academy.tiers.rules import ladder
from academy.web.errors import Refused


class StillRevoked(Refused):
    """What was revoked is not issued again."""

    status = 409
    title = _("This certificate was revoked")

    def __init__(self) -> None:
        super().__init__(_("It is not issued to her again before it has been restored. Nothing was changed."))


def issue_if_named(session: Session, catalog: Catalog, earned: Fact) -> list[Fact]:
    """Issue an earned certificate, if its holder has told her legal name; else it waits for it."""
    holder = session.get_one(Person, earned.trainee_id)
    return issue(session, catalog, [holder], earned.topic) if holder.legal_name else []


def issue_waiting(session: Session, catalog: Catalog, holder: Person) -> list[Fact]:
    """Issue all that waited for a legal name."""
    waiting = select(Fact).where(Fact.trainee_id == holder.id, Fact.kind == "certificate.earned")
    issued = topics(session, holder.id, "certificate.issued")
    return [
        fact
        for earned in session.scalars(waiting)
        if earned.topic not in issued
        for fact in issue_if_named(session, catalog, earned)
    ]


@dataclass(frozen=True)
class Order:
    """That staff have a certificate issued: who, with which date, and whether its holder is told nothing of it."""

    by_id: int
    on: date
    quiet: bool = False


def issue(
    session: Session, catalog: Catalog, holders: Sequence[Person], key: str, order: Order | None = None
) -> list[Fact]:
    """Issue the next certificate of a design to people with legal names, whose rows are locked, in their order.

    Raises `StillRevoked`. One that follows on another runs from its end, so that nobody loses days by being early.
    """
    among = Person.id.in_([holder.id for holder in holders])
    if session.scalars(select(Person.id).where(among, taken("certificate.issued", key, Person.id)).limit(1)).first():
        raise StillRevoked
    design, today = design_document(catalog, key), order.on if order else clock.today()
    before, days = issued_before(session, [holder.id for holder in holders], key), design.get("valid_days")

    def told(holder: Person) -> NewFact:
        number, last = before.get(holder.id, (0, None))
        end = max(today, (last and day_of(last)) or today) + timedelta(days=days) if days else None
        return NewFact(holder.id, "certificate.issued", key, str(number + 1), number_of(end))

    issued = journal.write_all(session, [told(holder) for holder in holders])
    if not issued:
        return []
    people, figured = {holder.id: holder for holder in holders}, figures(session, catalog, key, among)
    papers = [
        {
            "trainee_id": fact.trainee_id,
            "fact_id": fact.id,
            "release_id": catalog.release,
            "design": key,
            "serial": serial,
            "code": new_code(),
            "name": people[fact.trainee_id].legal_name,
            "salutation": people[fact.trainee_id].salutation,
            "fields": figured[fact.trainee_id],
            "issued_on": today,
            "issued_at": clock.now(),
            "expires_on": day_of(fact.value),
            "by_id": order.by_id if order else None,
            "quiet": order is not None and order.quiet,
        }
        for fact, serial in zip(issued, _serials(session, catalog, today, len(issued)), strict=True)
    ]
    session.execute(Certificate.__table__.insert(), papers)  # type: ignore[attr-defined]
    return issued


def issued_before(session: Session, holders: Sequence[int], key: str) -> dict[int, tuple[int, int]]:
    """How often some people were issued a certificate of a design, and the value of the one that ends last."""
    theirs = Fact.trainee_id.in_(holders), Fact.kind == "certificate.issued", Fact.topic == key
    counted = select(Fact.trainee_id, func.count(), func.max(Fact.value)).where(*theirs).group_by(Fact.trainee_id)
    return {holder: (number, last) for holder, number, last in session.execute(counted)}


def reprint(session: Session, paper: Certificate, name: str, salutation: str, by: Person) -> Certificate:
    """Print the newest paper of an honour anew, with another name: the honour, its day and its end stay."""
    new = Certificate(
        trainee_id=paper.trainee_id,
        fact_id=paper.fact_id,
        version=paper.version + 1,
        release_id=paper.release_id,
        design=paper.design,
        serial=_serials(session, published(session), clock.today(), 1)[0],
        code=new_code(),
        name=name,
        salutation=salutation,
        fields=paper.fields,
        issued_on=paper.issued_on,
        issued_at=clock.now(),
        expires_on=paper.expires_on,
        by_id=by.id,
    )
    session.add(new)
    session.flush()
    return new


def design_document(catalog: Catalog, key: str) -> dict[str, Any]:
    """A published design by its key."""
    return next(dict(d) for d in catalog.one("designs")["designs"] if d["key"] == key)


def _serials(session: Session, catalog: Catalog, day: date, number: int) -> list[str]:
    """The next serials of a day, as many as are needed."""
    # A promotion moves her to another class, before or after this: who does both must not meet who does the reverse.
    take_turn(session)
    row = insert(session, Serial).values(day=day, last=number)
    last = session.execute(
        row.on_conflict_do_update(index_elements=["day"], set_={"last": Serial.last + number}).returning(Serial.last)
    ).scalar_one()
    prefix = catalog.one("brand")["serial"]
    return [serial_number(prefix, day, n) for n in range(last - number + 1, last + 1)]


def figures(session: Session, catalog: Catalog, key: str, among: ColumnElement[bool]) -> dict[int, dict[str, Any]]:
    """What the wording names besides the holder, for each of some people: figures as they are today, titles as they
    read now."""
    design = design_document(catalog, key)
    named = {name for text in TEXTS for name in fields_of("".join(astuple(Words.of(design[text]))))}
    sources = {"tier": {"tier": design.get("tier")}} | design.get("fields", {})
    titles, counts = dict[str, Any](), dict[str, ColumnElement[int]]()
    for name, source in sources.items():
        if name not in named:
            continue
        if "course" in source:
            titles[name] = dict(catalog.course[source["course"]].title)
        elif "tier" in source:
            titles[name] = dict(ladder(catalog)[source["tier"]].title)
        else:
            counts[name] = func.coalesce(counted(source, Person.id), 0)
    rows = session.execute(select(Person.id, *counts.values()).where(among))
    return {id: titles | dict(zip(counts, found, strict=True)) for id, *found in rows}


def counted(source: Mapping[str, str], trainee_id: Any) -> ScalarSelect[int]:
    """A figure as it is today: the best of a kind, or how often it happened."""
    return (
        select(func.max(Tally.count if source.get("of") == "count" else Tally.best))
        .join(Measure)
        .where(
            Tally.trainee_id == trainee_id,
            Measure.kind == source["kind"],
            Measure.topic == source["topic"],
        )
        .scalar_subquery()
    )
