"""Reads of what a trainee has won: badges, prizes, promotions, the ledger, and what her papers say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, case, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from academy import clock
from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.rules import fill
from academy.achievements.goals import DOCUMENTS, by_fact, goals
from academy.achievements.points.rules import rules
from academy.achievements.rewards.models import Grant, Voucher
from academy.catalog.content import Catalog, Text
from academy.catalog.queries import published
from academy.criteria.explain import Reason, explain
from academy.criteria.language import BALANCES, All, Leaf
from academy.criteria.sentences import amount, titles
from academy.journal.kinds import WON
from academy.journal.models import Entry, Fact
from academy.journal.queries import entries
from academy.journal.runs import current
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
class Won:
    """Something that a trainee has won, with the paper that came with it."""

    fact: Fact
    grant: Grant | None
    voucher: Voucher | None
    certificate: Certificate | None


def won(session: Session, trainee_id: int) -> list[Won]:
    """All that she has won, newest first; one statement."""
    return [Won(*row) for row in session.execute(with_papers(trainee_id))]


def with_papers(trainee_id: int) -> Select[*tuple[Any, ...]]:
    """The select behind `won`, for whoever asks for more columns."""
    return (
        select(Fact, Grant, Voucher, Certificate)
        .outerjoin(Grant, Grant.fact_id == Fact.id)
        .outerjoin(Voucher, Voucher.grant_id == Grant.id)
        .outerjoin(Certificate, Certificate.fact_id == Fact.id)
        .where(Fact.trainee_id == trainee_id, Fact.kind.in_((*DOCUMENTS, "certificate.issued")))
        .order_by(Fact.id.desc())
    )


@dataclass(frozen=True)
class Medal:
    """A badge as it hangs on the wall: won on a day, or how far she is; `deed`, her nth of its kind, won it."""

    badge: Mapping[str, Any]
    day: date | None
    reason: Reason
    deed: Fact | None = None
    nth: int | None = None

    @property
    def measured(self) -> bool:
        """Whether there is a way to go that can be told in numbers."""
        return self.day is None and self.reason.missing > 0 and self.reason.target > 1

    @property
    def part(self) -> float:
        """How near a locked one is, from 0 to 1."""
        return self.reason.current / self.reason.target if self.measured else 0.0

    @property
    def gap(self) -> str:
        return amount(self.reason.criterion, self.reason.missing)

    @property
    def whole(self) -> str:
        return amount(self.reason.criterion, self.reason.target)


def wall(session: Session, catalog: Catalog, trainee_id: int, won_on: Mapping[str, date], run: int) -> list[Medal]:
    """All published badges: those that she has won first, then those that are nearest.

    `won_on` are the days by badge, `run` is the length of the run of check-ins that goes on.
    """
    if not catalog.one("badges")["badges"]:
        return []
    reasons = explain(session, catalog, _all_badges(catalog), trainee_id).parts
    medals = [
        Medal(badge, won_on.get(badge["key"]), _counted(reason, run))
        for badge, reason in zip(catalog.one("badges")["badges"], reasons, strict=True)
    ]
    return sorted(medals, key=lambda medal: (medal.day is None, -medal.part))


@lru_cache(maxsize=16)
def _all_badges(catalog: Catalog) -> All:
    return All(tuple(goal.criterion for goal in goals(catalog) if goal.kind == "badge.awarded"))


def medal(session: Session, catalog: Catalog, trainee_id: int, key: str) -> Medal | None:
    """One published badge with what won it; None if there is no such badge."""
    badge = next((badge for badge in catalog.one("badges")["badges"] if badge["key"] == key), None)
    if badge is None:
        return None
    deed = aliased(Fact)
    won = session.execute(
        select(Fact.day, deed, nth(deed))
        .outerjoin(deed, deed.id == deed_before(Fact))
        .where(Fact.trainee_id == trainee_id, Fact.kind == "badge.awarded", Fact.topic == key)
    ).first()
    reason = explain(session, catalog, by_fact(catalog)["badge.awarded", key].criterion, trainee_id)
    _study, run = days(session, trainee_id)
    day, by, number = won or (None, None, None)
    return Medal(badge, day, _counted(reason, run), by, number)


def deed_before(won: type[Fact]) -> ScalarSelect[int]:
    """The id of the fact that led to one that was won: the last that she did, for `record` begins with it."""
    done = aliased(Fact)
    return (
        select(func.max(done.id))
        .where(done.trainee_id == won.trainee_id, done.id < won.id, done.kind.not_in(WON))
        .correlate(won)
        .scalar_subquery()
    )


def nth(fact: type[Fact]) -> ScalarSelect[int]:
    """The number of a fact among hers of its kind."""
    upto = aliased(Fact)
    return (
        select(func.count())
        .where(upto.trainee_id == fact.trainee_id, upto.kind == fact.kind, upto.id <= fact.id)
        .correlate(fact)
        .scalar_subquery()
    )


def _counted(reason: Reason, run: int) -> Reason:
    """A run of check-ins that is not long enough yet counts the days of the one that goes on."""
    leaf = reason.criterion
    if reason.met or not isinstance(leaf, Leaf) or leaf.kind != "streak.reached" or not leaf.topic.isdecimal():
        return reason
    return replace(reason, current=min(run, int(leaf.topic) - 1), target=int(leaf.topic))


@dataclass(frozen=True)
class Prize:
    """A reward that she was granted; one that is paid in vouchers has a code, or is owed until there is stock."""

    reward: Mapping[str, Any]
    day: date
    code: str | None
    owed: bool


def prizes(catalog: Catalog, won: Iterable[Won]) -> list[Prize]:
    """The rewards among what she has won."""
    known = {reward["key"]: reward for reward in catalog.one("rewards")["rewards"]}
    found = []
    for one in won:
        if one.grant is None:
            continue
        # A reward may have been withdrawn since; its code still is hers.
        key, code = one.grant.reward, one.voucher.code if one.voucher else None
        reward = {"key": key, "kind": "virtual", "note": "", "title": key} | dict(known.get(key, {}))
        found.append(Prize(reward, one.fact.day, code, bool(reward.get("voucher")) and code is None))
    return found


@dataclass(frozen=True)
class Line:
    """A line of her ledger: what one fact earned under one rule, and both balances after it where they are asked."""

    title: Text | str
    about: Text | None
    day: date
    growth: int
    feathers: int
    growth_after: int | None = None
    feathers_after: int | None = None


def ledger(session: Session, catalog: Catalog, trainee_id: int, most: int) -> list[Line]:
    """The newest lines of a trainee's ledger, both balances of a fact on one line."""
    # Two entries a line at most, and those of one fact follow each other.
    rows = groupby(
        entries(session, trainee_id, most * 2), key=lambda row: (row[0].fact_id, row[0].rule, row[0].counter)
    )
    lines = []
    for (_, rule, _), together in islice(rows, most):
        pairs = list(together)
        amounts = {entry.currency: entry.amount for entry, _ in pairs}
        lines.append(
            _line(catalog, rule, pairs[0][1], pairs[0][0].day, amounts.get("growth", 0), amounts.get("feathers", 0))
        )
    return lines


def _line(catalog: Catalog, rule: str, fact: Fact, day: date, *figures: int) -> Line:
    return Line(_rule_titles(catalog).get(rule, rule), titles(catalog).get((fact.kind, fact.topic)), day, *figures)


@lru_cache(maxsize=16)
def _rule_titles(catalog: Catalog) -> dict[str, Text]:
    return {rule.key: rule.title for paying in rules(catalog).values() for rule in paying}


PAGE = 30


def account(trainee_id: int, currency: str | None = None) -> Subquery:
    """Her ledger by lines, each with the balances after it; of one currency alone if asked."""

    def paid(of: str) -> ColumnElement[int]:
        return func.sum(case((Entry.currency == of, Entry.amount), else_=0)).label(of)

    line = (
        select(func.max(Entry.id).label("id"), Entry.fact_id, Entry.rule, Entry.day, *map(paid, BALANCES))
        .where(Entry.trainee_id == trainee_id, *([Entry.currency == currency] if currency else []))
        .group_by(Entry.fact_id, Entry.rule, Entry.counter, Entry.day)
        .subquery()
    )
    after = [func.sum(line.c[of]).over(order_by=line.c.id).label(f"{of}_after") for of in BALANCES]
    return select(line, *after).subquery()


def number_of(session: Session, account: Subquery) -> int:
    """How many lines an account has."""
    return session.scalar(select(func.count()).select_from(account)) or 0


def lines(session: Session, catalog: Catalog, account: Subquery, page: int) -> list[Line]:
    """A page of an account, newest first."""
    rows = session.execute(
        select(account, Fact)
        .join(Fact, Fact.id == account.c.fact_id)
        .order_by(account.c.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    figures = (*BALANCES, *(f"{of}_after" for of in BALANCES))
    return [
        _line(catalog, row.rule, row.Fact, row.day, *(int(row._mapping[figure]) for figure in figures)) for row in rows
    ]


STUDY = ("lesson.completed", "quiz.finished", "handin.submitted")


def days(session: Session, trainee_id: int) -> tuple[int, int]:
    """On how many brand days she learned something, and how long the run of check-ins is that goes on."""
    rows = session.execute(
        select(Fact.day, Fact.kind)
        .where(Fact.trainee_id == trainee_id, Fact.kind.in_((*STUDY, "checkin.done")))
        .distinct()
    ).all()
    run = current((day for day, kind in rows if kind == "checkin.done"), clock.today())
    return len({day for day, kind in rows if kind in STUDY}), run.length if run else 0


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
