"""What is kept, beside what the facts say. Set by set in SQL, so that a million trainees are read in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from academy.achievements.actions import MOVES
from academy.achievements.certificates.models import Certificate, Revocation
from academy.achievements.rewards.models import Grant, Voucher
from academy.catalog.queries import published
from academy.journal.actions import WHOLE
from academy.journal.models import Entry, Fact, Measure, Standing, Tally
from academy.journal.validity import ENDLESS, day_of, number_of
from academy.people.models import Cohort, Membership, Person
from academy.practice.models import HandIn
from academy.practice.rules import ACCEPTED
from academy.quizzes.models import Attempt
from academy.tiers.rules import ladder

FIGURES = ("count", "total", "first", "best", "last")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the facts say; `key` names the row, so that it can be mended."""

    what: str
    key: tuple[Any, ...]
    kept: Any
    expected: Any

    def __str__(self) -> str:
        row = " ".join(str(part) for part in self.key)
        return f"{self.what} of {row}: kept {self.kept}, facts say {self.expected}"


def differences(session: Session) -> Iterator[Difference]:
    """Every difference, projection by projection, then papers that no fact stands behind."""
    yield from _measures(session)
    yield from _tallies(session)
    yield from _balances(session)
    yield from _standings(session)
    yield from _seats(session)
    yield from _papers(session)


def _measures(session: Session) -> Iterator[Difference]:
    for topic in (Fact.topic, literal(WHOLE)):
        lost = (
            select(Fact.kind, topic)
            .where(
                topic != "",
                ~exists().where(Measure.kind == Fact.kind, Measure.topic == topic).correlate(Fact),
            )
            .distinct()
        )
        for kind, name in session.execute(lost):
            yield Difference("measure", (kind, name), None, "one")


def expected_tallies() -> Select[*tuple[Any, ...]]:
    """The tallies as the facts make them: trainee, measure and the five figures."""

    def grouped(topic: Any, *more: Any) -> Select[*tuple[Any, ...]]:
        return (
            select(
                Fact.trainee_id,
                Measure.id.label("measure_id"),
                func.count().label("count"),
                func.sum(Fact.value).label("total"),
                func.max(Fact.value).label("best"),
                func.min(Fact.id).label("first_id"),
                func.max(Fact.id).label("last_id"),
            )
            .join(Measure, and_(Measure.kind == Fact.kind, Measure.topic == topic))
            .where(*more)
            .group_by(Fact.trainee_id, Measure.id)
        )

    made = union_all(grouped(Fact.topic, Fact.topic != ""), grouped(literal(WHOLE))).subquery()
    first, last = aliased(Fact), aliased(Fact)
    return (
        select(
            made.c.trainee_id,
            made.c.measure_id,
            made.c.count,
            made.c.total,
            first.value.label("first"),
            made.c.best,
            last.value.label("last"),
        )
        .join(first, first.id == made.c.first_id)
        .join(last, last.id == made.c.last_id)
    )


def _tallies(session: Session) -> Iterator[Difference]:
    made = expected_tallies().subquery()
    same = and_(Tally.trainee_id == made.c.trainee_id, Tally.measure_id == made.c.measure_id)
    kept = [getattr(Tally, figure) for figure in FIGURES]
    wanted = [made.c[figure] for figure in FIGURES]
    differs = or_(Tally.count.is_(None), *(a != b for a, b in zip(kept, wanted, strict=True)))
    unlike = select(made.c.trainee_id, made.c.measure_id, *kept, *wanted).outerjoin(Tally, same).where(differs)
    for trainee, measure, *figures in session.execute(unlike):
        yield Difference("tally", (trainee, measure), _or_none(figures[:5]), _or_none(figures[5:]))
    groundless = (
        select(Tally.trainee_id, Tally.measure_id, *kept).outerjoin(made, same).where(made.c.trainee_id.is_(None))
    )
    for trainee, measure, *figures in session.execute(groundless):
        yield Difference("tally", (trainee, measure), _or_none(figures), None)


def _or_none(figures: list[Any]) -> dict[str, int] | None:
    if figures[0] is None:
        return None
    return {name: int(figure) for name, figure in zip(FIGURES, figures, strict=True)}


def _balances(session: Session) -> Iterator[Difference]:
    for currency, balance in (("growth", Standing.growth), ("feathers", Standing.feathers)):
        earned = func.coalesce(
            select(func.sum(Entry.amount))
            .where(Entry.trainee_id == Standing.trainee_id, Entry.currency == currency)
            .correlate(Standing)
            .scalar_subquery(),
            0,
        )
        for trainee, kept, expected in session.execute(
            select(Standing.trainee_id, balance, earned).where(balance != earned)
        ):
            yield Difference(currency, (trainee,), kept, int(expected))
    astray = select(Entry.id).join(Fact, Fact.id == Entry.fact_id).where(Fact.trainee_id != Entry.trainee_id)
    for entry in session.scalars(astray):
        yield Difference("ledger line", (entry,), "somebody else's", "her own fact")


def _standings(session: Session) -> Iterator[Difference]:
    homeless = select(Person.id).where(
        Person.role == "trainee", ~exists().where(Standing.trainee_id == Person.id).correlate(Person)
    )
    catalog = published(session)
    lowest = ladder(catalog).first.key if catalog.release else None
    for trainee in session.scalars(homeless):
        yield Difference("standing", (trainee,), None, lowest)
    latest = (
        select(Fact.trainee_id, func.max(Fact.id).label("id"))
        .where(Fact.kind.in_(MOVES))
        .group_by(Fact.trainee_id)
        .subquery()
    )
    moved, climbed = aliased(Fact), aliased(Fact)
    # A tier that was given back is held since it was reached, as if it had never been lost.
    reached = (
        select(func.max(climbed.day))
        .where(climbed.trainee_id == moved.trainee_id, climbed.kind == "tier.reached", climbed.topic == moved.topic)
        .correlate(moved)
        .scalar_subquery()
    )
    day = case((moved.kind == "tier.restored", func.coalesce(reached, moved.day)), else_=moved.day)
    rows = session.execute(
        select(Standing.trainee_id, Standing.tier, Standing.since, moved.topic, day)
        .outerjoin(latest, latest.c.trainee_id == Standing.trainee_id)
        .outerjoin(moved, moved.id == latest.c.id)
        .where(
            or_(
                and_(moved.id.is_(None), Standing.tier != (lowest or Standing.tier)),
                and_(moved.id.is_not(None), or_(Standing.tier != moved.topic, Standing.since != day)),
            )
        )
    )
    for trainee, tier, since, topic, expected in rows:
        yield Difference("standing", (trainee,), (tier, since), (topic or lowest, expected or since))


def _seats(session: Session) -> Iterator[Difference]:
    learning = (
        select(func.count())
        .where(Membership.cohort_id == Cohort.id, Membership.until.is_(None))
        .correlate(Cohort)
        .scalar_subquery()
    )
    for cohort, taken, members in session.execute(
        select(Cohort.id, Cohort.taken, learning).where(Cohort.taken != learning)
    ):
        yield Difference("seats", (cohort,), taken, members)


def _papers(session: Session) -> Iterator[Difference]:
    """Papers and facts that should come in pairs."""
    granted, issued = _without(Grant, "reward.granted"), _without(Certificate, "certificate.issued")
    for what, query in (("grant", granted), ("certificate", issued)):
        for fact, trainee, topic in session.execute(query):
            yield Difference(what, (trainee, topic), None, f"fact {fact}")
    yield from _issued(session)
    delivered = (
        select(Grant.trainee_id, Grant.reward)
        .join(Voucher, Voucher.grant_id == Grant.id)
        .where(~_fact(Grant.trainee_id, "reward.delivered", Grant.reward))
    )
    for trainee, reward in session.execute(delivered):
        yield Difference("voucher", (trainee, reward), "taken", "not delivered")
    finished = (
        select(Attempt.id, Fact.kind, Fact.topic)
        .join(Fact, Fact.id == Attempt.fact_id)
        .where(or_(Fact.kind != "quiz.finished", Fact.topic != Attempt.quiz, Fact.trainee_id != Attempt.trainee_id))
    )
    for attempt, kind, topic in session.execute(finished):
        yield Difference("attempt", (attempt,), f"{kind} {topic}", "its own quiz.finished")
    judged = (
        select(HandIn.id, Fact.kind)
        .join(Fact, Fact.id == HandIn.verdict_id)
        .where(
            or_(
                Fact.kind.not_in((HandIn.kind.concat(".accepted"), HandIn.kind.concat(".returned"))),
                (Fact.kind == HandIn.kind.concat(".accepted")) != (HandIn.state == ACCEPTED),
                Fact.topic != HandIn.practice,
                Fact.trainee_id != HandIn.trainee_id,
            )
        )
    )
    for hand_in, kind in session.execute(judged):
        yield Difference("hand-in", (hand_in,), kind, "a verdict of its own")


def _issued(session: Session) -> Iterator[Difference]:
    """Certificates and revocations that are not as their facts say."""
    ours = (
        Fact.kind == "certificate.issued",
        Fact.topic == Certificate.design,
        Fact.trainee_id == Certificate.trainee_id,
    )
    papers = select(Certificate.serial, Certificate.expires_on, Fact.value, and_(*ours)).join(
        Fact, Fact.id == Certificate.fact_id
    )
    # A day as a number is made in Python: the two databases write it differently.
    for serial, ends, value, its_own in session.execute(papers.where(or_(not_(and_(*ours)), Fact.value != ENDLESS))):
        if not its_own:
            yield Difference("certificate", (serial,), "somebody else's", "its own certificate.issued")
        elif number_of(ends) != value:
            yield Difference("certificate", (serial,), f"until {ends}", f"until {day_of(value)}")
    endless = papers.where(*ours, Fact.value == ENDLESS, Certificate.expires_on.is_not(None))
    for serial, ends, _value, _own in session.execute(endless):
        yield Difference("certificate", (serial,), f"until {ends}", "no end")
    for kind, column in (
        ("certificate.revoked", Revocation.fact_id),
        ("certificate.restored", Revocation.restored_fact_id),
    ):
        lost = select(Fact.trainee_id, Fact.topic, Fact.id).where(
            Fact.kind == kind, ~exists().where(column == Fact.id).correlate(Fact)
        )
        for trainee, topic, fact in session.execute(lost):
            yield Difference("revocation", (trainee, topic), None, f"fact {fact}")
        astray = (
            select(Revocation.id, Fact.kind)
            .join(Fact, Fact.id == column)
            .join(Certificate, Certificate.id == Revocation.certificate_id)
            .where(or_(Fact.kind != kind, Fact.topic != Certificate.design, Fact.trainee_id != Certificate.trainee_id))
        )
        for id, found in session.execute(astray):
            yield Difference("revocation", (id,), found, f"its own {kind}")


def _without(paper: Any, kind: str) -> Select[*tuple[Any, ...]]:
    there = exists().where(paper.fact_id == Fact.id).correlate(Fact)
    return select(Fact.id, Fact.trainee_id, Fact.topic).where(Fact.kind == kind, ~there)


def _fact(trainee: Any, kind: str, topic: Any) -> Any:
    return exists().where(Fact.trainee_id == trainee, Fact.kind == kind, Fact.topic == topic).correlate(Grant)
