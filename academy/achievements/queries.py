"""Reads of what a trainee has won: badges, prizes, promotions, the ledger, and what her papers say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.rules import fill
from academy.achievements.rewards.models import Grant
from academy.catalog.content import Catalog, Text
from academy.catalog.queries import published
from academy.criteria.explain import explain
from academy.criteria.language import All, Leaf, leaves, parse
from academy.journal.models import Fact
from academy.journal.queries import entries
from academy.people.models import Cohort, Membership
from academy.tiers.rules import ladder


@dataclass(frozen=True)
class Wording:
    """What a certificate says, by the design as it was when it was issued."""

    title: Text
    name: Text
    tier: str | None
    tier_title: Text | None
    honour: str
    body: str
    closing: str
    company: str
    academy: Text


def wording(session: Session, certificate: Certificate, name: str) -> Wording:
    """What a certificate says, with the holder called by `name` (masked where the public reads it)."""
    catalog = published(session, certificate.release_id)
    design = design_document(catalog, certificate.design)
    brand = catalog.one("brand")
    tier = design.get("tier")
    fields = {**certificate.fields, "name": name}
    return Wording(
        design["title"],
        design.get("name", design["title"]),
        tier,
        ladder(catalog)[tier].title if tier else None,
        fill(design["subtitle"], fields),
        fill(design["body"], fields),
        fill(design["closing"], fields),
        brand["company"],
        brand["academy"],
    )


@dataclass(frozen=True)
class Medal:
    """A badge as it hangs on the wall: won, or how far she is."""

    badge: Mapping[str, Any]
    won: bool
    current: int
    target: int


def medals(session: Session, catalog: Catalog, trainee_id: int, won: Collection[str]) -> list[Medal]:
    """All published badges, those that she has won first."""
    badges = catalog.one("badges")["badges"]
    if not badges:
        return []
    reasons = explain(session, catalog, All(tuple(parse(b["criterion"]) for b in badges)), trainee_id).parts
    wall = [
        Medal(badge, badge["key"] in won, reason.current, reason.target)
        for badge, reason in zip(badges, reasons, strict=True)
    ]
    return sorted(wall, key=lambda medal: not medal.won)


@dataclass(frozen=True)
class Prize:
    """A reward that she was granted; one that is paid in vouchers has a code, or is owed until there is stock."""

    reward: Mapping[str, Any]
    day: date
    code: str | None
    owed: bool


def prizes(session: Session, catalog: Catalog, trainee_id: int) -> list[Prize]:
    """What she was granted, newest first."""
    known = {reward["key"]: reward for reward in catalog.one("rewards")["rewards"]}
    rows = session.execute(
        select(Grant, Fact.day)
        .join(Fact, Fact.id == Grant.fact_id)
        .options(joinedload(Grant.voucher))
        .where(Grant.trainee_id == trainee_id)
        .order_by(Grant.id.desc())
    )
    found = []
    for grant, day in rows:
        # A reward may have been withdrawn since; its code still is hers.
        reward = {"kind": "virtual", "note": "", "title": grant.reward} | dict(known.get(grant.reward, {}))
        code = grant.voucher.code if grant.voucher else None
        found.append(Prize(reward, day, code, bool(reward.get("voucher")) and code is None))
    return found


@dataclass(frozen=True)
class Line:
    """A line of her ledger: what one fact earned under one rule."""

    title: Text | str
    about: Text | None
    day: date
    growth: int
    feathers: int


def ledger(session: Session, catalog: Catalog, trainee_id: int, most: int = 30) -> list[Line]:
    """The newest lines of a trainee's ledger, both balances of a fact on one line."""
    titles = {rule["key"]: rule["title"] for rule in catalog.one("points")["rules"]}
    # Two entries a line at most, and those of one fact follow each other.
    rows = groupby(
        entries(session, trainee_id, most * 2), key=lambda row: (row[0].fact_id, row[0].rule, row[0].counter)
    )
    lines = []
    for (_, rule, _), together in islice(rows, most):
        pairs = list(together)
        amounts = {entry.currency: entry.amount for entry, _ in pairs}
        fact = pairs[0][1]
        lines.append(
            Line(
                titles.get(rule, rule),
                _about(catalog, fact),
                pairs[0][0].day,
                amounts.get("growth", 0),
                amounts.get("feathers", 0),
            )
        )
    return lines


def _about(catalog: Catalog, fact: Fact) -> Text | None:
    """What the fact was about, where that has a title of its own."""
    shelves: tuple[Mapping[str, Any], ...] = (catalog.lessons, catalog.quizzes, catalog.stages, catalog.practices)
    found = next((shelf[fact.topic] for shelf in shelves if fact.topic in shelf), None)
    return found.title if found else None


STUDY = ("lesson.completed", "quiz.finished", "handin.submitted")


def study_days(session: Session, trainee_id: int) -> int:
    """On how many brand days she learned something."""
    days = select(func.count(Fact.day.distinct())).where(Fact.trainee_id == trainee_id, Fact.kind.in_(STUDY))
    return session.scalar(days) or 0


def promotion(session: Session, trainee_id: int, tier: str) -> Fact | None:
    """Her last promotion to a tier."""
    return session.scalar(
        select(Fact)
        .where(Fact.trainee_id == trainee_id, Fact.kind == "tier.reached", Fact.topic == tier)
        .order_by(Fact.id.desc())
        .limit(1)
    )


def seat(session: Session, trainee_id: int, tier: str) -> Membership | None:
    """The last cohort of a tier that she was placed in; None while she waits for one."""
    return session.scalar(
        select(Membership)
        .join(Cohort)
        .options(joinedload(Membership.cohort))
        .where(Membership.trainee_id == trainee_id, Cohort.tier == tier)
        .order_by(Membership.id.desc())
        .limit(1)
    )


def asks_for(goal: Mapping[str, Any], tier: str) -> bool:
    """Whether a badge, reward or design is won by reaching this very tier."""
    return Leaf("tier", "tier.reached", tier) in set(leaves(parse(goal["criterion"])))
