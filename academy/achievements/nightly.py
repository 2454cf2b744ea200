"""What happens without anybody's doing: the run of a night, and the sweep after a rule has changed.

Both find those who would win something by one select, then let each win it through the doorway. Killed half-way and
begun again they do the rest: whoever has won is found no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Select, exists, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from academy import clock
from academy.achievements.actions import judge, record
from academy.achievements.goals import Goal, goals, mark_due, passing, winners
from academy.achievements.reviews import review
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.compile import Compiler
from academy.db import db
from academy.jobs.models import Job
from academy.jobs.work import Held
from academy.journal.actions import count_ranks
from academy.journal.models import Fact, Standing
from academy.journal.validity import ENDLESS, WARNING, number_of
from academy.people.actions import lock_all
from academy.people.models import Person
from academy.people.rules import TRAINEE

BATCH = 200
"""How many trainees are judged in one transaction."""
DUE_BATCH = 1000

Some = TypeVar("Some")


def nightly(job: Held) -> None:
    """Judge those who have new facts or are due, find out when they will be due again, review, and count the places.

    Every run looks back to where the one before it began: a fact whose transaction ended late is not missed.
    """
    session = db.session()
    if "from" not in job.progress:
        job.progress |= {"from": _began(session), "upto": session.scalar(select(func.max(Fact.id))) or 0}
        with job.step():
            pass
    catalog = published(session)
    concerned = touched(job.progress["from"], job.progress["upto"])
    _let_win(job, catalog, goals(catalog), concerned)
    _tell_of_ends(job, concerned)
    _find_due(job, catalog, select(Standing.trainee_id).where(Standing.due <= clock.today()))
    review(job, catalog)
    with job.step() as writing:
        count_ranks(writing)


def sweep(job: Held) -> None:
    """Let everybody win what a release newly lets them qualify for."""
    session = db.session()
    release = job.args["release"]
    catalog, before = published(session), published(session, release - 1)
    known = set(goals(before)) if before.release else set()
    _let_win(job, catalog, [goal for goal in goals(catalog) if goal not in known], None)
    if before.release and passing(catalog) != passing(before):
        _find_due(job, catalog, select(Person.id.label("trainee_id")).where(Person.role == TRAINEE))


def touched(first: int, last: int) -> Select[int]:
    """Those with a fact in a stretch of the journal, and those who are due."""
    news = select(Fact.trainee_id).where(Fact.id > first, Fact.id <= last)
    due = select(Standing.trainee_id).where(Standing.due <= clock.today())
    return select(union(news, due).subquery().c.trainee_id)


def _began(session: Session) -> int:
    """Up to where the run before the last one had looked: the last fact that was there when the last one began is
    older than all that may have been missed."""
    runs = select(Job).where(Job.name == "nightly", Job.state == "done").order_by(Job.id.desc()).limit(2)
    found = list(session.scalars(runs))
    return int(found[1].progress["upto"]) if len(found) > 1 else 0


def _let_win(job: Held, catalog: Catalog, among: Iterable[Goal], concerned: Select[int] | None) -> None:
    found = list(db.session().scalars(winners(Compiler(catalog, clock.today()), among, concerned)))
    for batch in batches(found, BATCH):
        with job.step() as session:
            # All at once, in the order of their numbers, before any class: nobody waits for us while we wait for her.
            for trainee_id in lock_all(session, batch):
                judge(session, trainee_id)
            job.progress["won"] = job.progress.get("won", 0) + len(batch)


def _tell_of_ends(job: Held, concerned: Select[int]) -> None:
    """Tell whose certificate comes to its end, once, unless there is a later one."""
    found = list(db.session().execute(ending(concerned)))
    for batch in batches(found, BATCH):
        with job.step() as session:
            living = set(lock_all(session, [fact.trainee_id for fact in batch]))
            for fact in batch:
                if fact.trainee_id in living:
                    record(session, fact.trainee_id, "certificate.expiring", fact.topic, fact.occurrence, fact.value)


def ending(concerned: Select[int]) -> Select[int, str, str, int]:
    """The certificates of some trainees that come to their end, or have come to it, without anybody's being told."""
    later, told, revoked, restored = (aliased(Fact) for _ in range(4))
    same = later.trainee_id == Fact.trainee_id, later.kind == Fact.kind, later.topic == Fact.topic
    follows = exists().where(*same, or_(later.value == ENDLESS, later.value > Fact.value))
    known = exists().where(
        told.trainee_id == Fact.trainee_id,
        told.kind == "certificate.expiring",
        told.topic == Fact.topic,
        told.occurrence == Fact.occurrence,
    )
    back = exists().where(
        restored.trainee_id == revoked.trainee_id,
        restored.kind == "certificate.restored",
        restored.topic == revoked.topic,
        restored.occurrence == revoked.occurrence,
    )
    void = exists().where(
        revoked.trainee_id == Fact.trainee_id,
        revoked.kind == "certificate.revoked",
        revoked.topic == Fact.topic,
        ~back,
    )
    return (
        select(Fact.trainee_id, Fact.topic, Fact.occurrence, Fact.value)
        .where(Fact.kind == "certificate.issued", Fact.trainee_id.in_(concerned))
        .where(Fact.value != ENDLESS, Fact.value <= number_of(clock.today() + WARNING), ~follows, ~known, ~void)
        .order_by(Fact.trainee_id)
    )


def _find_due(job: Held, catalog: Catalog, who: Select[int]) -> None:
    found = sorted(db.session().scalars(who))
    for batch in batches(found, DUE_BATCH):
        with job.step() as session:
            mark_due(session, catalog, lock_all(session, batch))


def batches(found: Sequence[Some], size: int) -> Iterator[Sequence[Some]]:
    """Some at a time."""
    for start in range(0, len(found), size):
        yield found[start : start + size]
