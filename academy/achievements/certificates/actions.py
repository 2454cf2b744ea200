"""Issuing certificates."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Certificate, Serial
from academy.achievements.certificates.rules import TEXTS, Words, fields_of, serial_number
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.compile import taken
from academy.db import insert
from academy.journal import actions as journal
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
    return issue(session, catalog, holder, earned.topic) if holder.legal_name else []


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


def issue(session: Session, catalog: Catalog, holder: Person, key: str, order: Order | None = None) -> list[Fact]:
    """Issue the next certificate of a design to somebody with a legal name, whose row is locked.

    Raises `StillRevoked`. One that follows on another runs from its end, so that nobody loses days by being early.
    """
    if session.scalar(select(taken("certificate.issued", key, holder.id))):
        raise StillRevoked
    design, today = design_document(catalog, key), order.on if order else clock.today()
    hers = Fact.trainee_id == holder.id, Fact.kind == "certificate.issued", Fact.topic == key
    number, last = session.execute(select(func.count(), func.max(Fact.value)).where(*hers)).one()
    ends = None
    if days := design.get("valid_days"):
        ends = max(today, (last and day_of(last)) or today) + timedelta(days=days)
    issued = journal.write(session, holder.id, "certificate.issued", key, str(number + 1), number_of(ends))
    if issued is None:
        return []
    session.add(
        Certificate(
            trainee_id=holder.id,
            fact_id=issued.id,
            release_id=catalog.release,
            design=key,
            serial=_serial(session, catalog, today),
            code=new_code(),
            name=holder.legal_name,
            salutation=holder.salutation,
            fields=figures(session, catalog, design, holder.id),
            issued_on=today,
            issued_at=clock.now(),
            expires_on=ends,
            by_id=order.by_id if order else None,
            quiet=order is not None and order.quiet,
        )
    )
    session.flush()
    return [issued]


def reprint(session: Session, paper: Certificate, name: str, salutation: str, by: Person) -> Certificate:
    """Print the newest paper of an honour anew, with another name: the honour, its day and its end stay."""
    new = Certificate(
        trainee_id=paper.trainee_id,
        fact_id=paper.fact_id,
        version=paper.version + 1,
        release_id=paper.release_id,
        design=paper.design,
        serial=_serial(session, published(session), clock.today()),
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


def _serial(session: Session, catalog: Catalog, day: date) -> str:
    return serial_number(catalog.one("brand")["serial"], day, _next(session, day))


def _next(session: Session, day: date) -> int:
    # A promotion moves her to another class, before or after this: who does both must not meet who does the reverse.
    take_turn(session)
    row = insert(session, Serial).values(day=day, last=1)
    return int(
        session.execute(
            row.on_conflict_do_update(index_elements=["day"], set_={"last": Serial.last + 1}).returning(Serial.last)
        ).scalar_one()
    )


def figures(session: Session, catalog: Catalog, design: dict[str, Any], trainee_id: int) -> dict[str, Any]:
    """What the wording names besides the holder: figures as they are today, titles as they read now."""
    named = {name for text in TEXTS for name in fields_of("".join(astuple(Words.of(design[text]))))}
    sources = {"tier": {"tier": design.get("tier")}} | design.get("fields", {})
    found: dict[str, Any] = {}
    for name, source in sources.items():
        if name not in named:
            continue
        if "course" in source:
            found[name] = dict(catalog.course[source["course"]].title)
            continue
        if "tier" in source:
            found[name] = dict(ladder(catalog)[source["tier"]].title)
            continue
        found[name] = session.scalar(select(counted(source, trainee_id))) or 0
    return found


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
