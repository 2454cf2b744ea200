"""Reads for the editor of the ladder: its drafts, who stands where, its history, and who would move."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, aliased

from academy.achievements.approvals import waiting
from academy.achievements.preview import Mover, told
from academy.catalog.content import Catalog
from academy.catalog.drafts import open_drafts
from academy.catalog.models import Release, Version
from academy.criteria.explain import Reason, explain_many
from academy.criteria.language import Leaf, leaves
from academy.criteria.sentences import noun
from academy.journal.models import Fact, Standing
from academy.ladder.differences import Pair
from academy.people.models import Cohort, Person, Waiting
from academy.tiers.models import Appeal
from academy.tiers.rules import Step, ladder
from academy.web.paging import turned

LADDER, REWARDS = NAMES = ("ladder", "academy"), ("rewards", "academy")


@dataclass(frozen=True)
class Edited:
    """The two documents as somebody edits them, the revisions of their drafts, the versions that they began from."""

    pair: Pair
    revisions: tuple[int, int]
    versions: tuple[int | None, int | None]
    at: datetime | None = None
    by_id: int | None = None

    @property
    def contents(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return self.pair.ladder, self.pair.rewards

    @property
    def mark(self) -> str:
        """The revisions in a word, for a small form to carry."""
        return ".".join(map(str, self.revisions))


def opened(session: Session, catalog: Catalog) -> Edited:
    """The ladder as it is being edited now."""
    first, second = open_drafts(session, catalog, *NAMES).values()
    last = max((first, second), key=lambda draft: draft.revision)
    return Edited(
        Pair(first.content, second.content),
        (first.revision, second.revision),
        (first.version_id, second.version_id),
        last.at,
        last.by_id,
    )


def published_pair(catalog: Catalog) -> Pair:
    """The two documents as they are published."""
    return Pair(catalog.one(*LADDER), catalog.one(*REWARDS))


def versions(catalog: Catalog) -> tuple[int, int]:
    """The versions of the two documents that are published."""
    return catalog.version_id(*LADDER), catalog.version_id(*REWARDS)


def is_changed(catalog: Catalog, pair: Pair) -> bool:
    """Whether there is something to publish."""
    return _dumped(pair) != _dumped(published_pair(catalog))


def with_pair(catalog: Catalog, pair: Pair) -> Catalog:
    """The catalog as it would be with these documents published; the same as long as they are."""
    return _with(catalog, *_dumped(pair)) if is_changed(catalog, pair) else catalog


@lru_cache(maxsize=8)
def _with(catalog: Catalog, ladder: str, rewards: str) -> Catalog:
    return catalog.after({LADDER: json.loads(ladder), REWARDS: json.loads(rewards)})


def _dumped(pair: Pair) -> tuple[str, str]:
    return tuple(  # type: ignore[return-value]
        json.dumps(content, ensure_ascii=False, sort_keys=True) for content in (pair.ladder, pair.rewards)
    )


def name_of(session: Session, person_id: int | None) -> str | None:
    """What a member of staff is called."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None


def people_by_tier(session: Session) -> dict[str, int]:
    """How many stand on each tier."""
    rows = session.execute(
        select(Standing.tier, func.count())
        .join(Person, Person.id == Standing.trainee_id)
        .where(Person.erased_at.is_(None))
        .group_by(Standing.tier)
    )
    return {tier: number for tier, number in rows}  # noqa: C416


def occupied(session: Session, tier: str) -> tuple[int, list[str]]:
    """How many stand on a tier or wait for a class of it, and the classes that it has."""
    people = session.scalar(select(func.count()).where(Standing.tier == tier)) or 0
    waiting = session.scalar(select(func.count()).where(Waiting.tier == tier)) or 0
    return people + waiting, list(session.scalars(select(Cohort.name).where(Cohort.tier == tier).order_by(Cohort.id)))


# History


@dataclass(frozen=True)
class Issue:
    """A release that changed the ladder or its rewards: when, and who published it; None where it came in a pack."""

    release: int
    at: datetime
    by: str | None


def history(session: Session) -> list[Issue]:
    """All releases that changed them, the newest first; one statement."""
    rows = session.execute(
        select(Release.id, Release.at, Person.name)
        .join(Version, Version.release_id == Release.id)
        .outerjoin(Person, Person.id == Release.by_id)
        .where(tuple_(Version.kind, Version.key).in_(NAMES))
        .distinct()
        .order_by(Release.id.desc())
    )
    return [Issue(*row) for row in rows]


def pair_at(session: Session, release: int) -> Pair | None:
    """The two documents as they were published at a release; None before there were any. One statement."""
    newest = (
        select(func.max(Version.id))
        .where(tuple_(Version.kind, Version.key).in_(NAMES), Version.release_id <= release)
        .group_by(Version.kind)
    )
    rows = session.execute(select(Version.kind, Version.content).where(Version.id.in_(newest)))
    found = {kind: content for kind, content in rows if content}
    return Pair(found["ladder"], found["rewards"]) if len(found) == len(NAMES) else None


# Who would move


def steps(now: Catalog, draft: Catalog) -> list[Step]:
    """The steps that a draft makes otherwise than today, lowest first; all if it changes none."""
    today = {step.into: step for step in ladder(now).steps}
    found = list(ladder(draft).steps)
    gone = [step for into, step in today.items() if into in ladder(draft) and into not in {s.into for s in found}]
    changed = [step for step in found if today.get(step.into) != step]
    return [*changed, *gone] or found


def movers(session: Session, draft: Catalog, into: str, rows: list[tuple[int, str]]) -> list[Mover]:
    """The people of a page of a preview of a step, in its order; two statements."""
    step = next((step for step in ladder(draft).steps if step.into == into), None)
    return told(session, draft, step.criterion if step else None, rows)


MOST_COLUMNS = 2


def columns(now: Catalog, draft: Catalog, into: str, most: int = MOST_COLUMNS) -> list[tuple[Leaf, str]]:
    """The conditions of a step whose figures a preview shows, each with its heading: the changed ones first, then
    others with a number."""
    today = {step.into: step.criterion for step in ladder(now).steps}
    step = next((step for step in ladder(draft).steps if step.into == into), None)
    if step is None:
        return []
    before = set(leaves(today[into])) if into in today else set()
    found = dict.fromkeys(leaves(step.criterion))
    fresh = [leaf for leaf in found if leaf not in before]
    others = [leaf for leaf in found if leaf in before and leaf.goal > 1]
    return [(leaf, noun(draft, leaf)) for leaf in [*fresh, *others][:most]]


# What waits for staff, and what they said


@dataclass(frozen=True)
class Candidate:
    """Somebody who waits for an approval: for which tier, since when she stands where she does, and how she does."""

    id: int
    name: str
    tier: str
    since: date
    reason: Reason


def candidates(session: Session, catalog: Catalog, page: int, size: int) -> tuple[list[Candidate], int, int, int]:
    """A page of those who wait for an approval: they, how many in all, and the page of how many that it is."""
    queue = waiting(catalog).subquery()
    number = session.scalar(select(func.count()).select_from(queue)) or 0
    page, pages = turned(page, number, size)
    rows = session.execute(
        select(queue.c.trainee_id, Person.name, queue.c.tier, Standing.since)
        .join(Person, Person.id == queue.c.trainee_id)
        .join(Standing, Standing.trainee_id == queue.c.trainee_id)
        .order_by(queue.c.trainee_id)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    reasons: dict[tuple[int, str], Reason] = {}
    for step in ladder(catalog).steps:
        ids = [id for id, _name, tier, _since in rows if tier == step.into]
        if ids:
            found = explain_many(session, catalog, step.criterion, select(Person.id).where(Person.id.in_(ids)))
            reasons |= {(id, step.into): reason for id, reason in found.items()}
    people = [Candidate(id, name, tier, since, reasons[id, tier]) for id, name, tier, since in rows]
    return people, number, page, pages


@dataclass(frozen=True)
class Story:
    """An appeal with what came before it: the warning, the step down, and what is missing as of that review."""

    appeal: Appeal
    name: str
    lowered: Fact
    warned: Fact | None
    missing: list[Reason]


def appeals(session: Session, catalog: Catalog, most: int) -> list[Story]:
    """The appeals that nobody has answered, the oldest first."""
    lowered, warned = aliased(Fact), aliased(Fact)
    rows = session.execute(
        select(Appeal, Person.name, lowered, warned)
        .join(Person, Person.id == Appeal.trainee_id)
        .join(lowered, lowered.id == Appeal.fact_id)
        .outerjoin(
            warned,
            (warned.trainee_id == lowered.trainee_id)
            & (warned.kind == "review.warned")
            & (warned.occurrence == lowered.occurrence),
        )
        .where(Appeal.answered_at.is_(None))
        .order_by(Appeal.at, Appeal.id)
        .limit(most)
    ).all()
    reasons: dict[int, Reason] = {}
    rungs = ladder(catalog)
    for tier, day in {(fact.topic, down.day) for _appeal, _name, down, fact in rows if fact and fact.topic in rungs}:
        if keep := rungs[tier].keep:
            ids = [
                appeal.trainee_id for appeal, _n, down, fact in rows if fact and (fact.topic, down.day) == (tier, day)
            ]
            who = select(Person.id).where(Person.id.in_(ids))
            reasons |= explain_many(session, catalog, keep, who, day - timedelta(days=1))
    return [
        Story(appeal, name, down, fact, _unmet(reasons.get(appeal.trainee_id))) for appeal, name, down, fact in rows
    ]


def _unmet(reason: Reason | None) -> list[Reason]:
    return [part for part in reason.conditions() if not part.met] if reason else []


def last_step_down(session: Session, trainee_id: int) -> tuple[Fact, Appeal | None] | None:
    """Her last step down, and what she said to it."""
    found = session.execute(
        select(Fact, Appeal)
        .outerjoin(Appeal, Appeal.fact_id == Fact.id)
        .where(Fact.trainee_id == trainee_id, Fact.kind == "tier.lowered")
        .order_by(Fact.id.desc())
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else None
