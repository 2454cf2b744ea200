"""Reads of what a trainee has won: badges, prizes, promotions, the ledger, and what her papers say."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from academy import clock
from academy.achievements.badges.models import ByHand, Edition
from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.queries import Held, replaced
from academy.achievements.certificates.rules import EXPIRED, EXPIRING, Design, Paper
from academy.achievements.certificates.rules import wording as worded
from academy.achievements.goals import DOCUMENTS, by_fact, goals
from academy.achievements.points.rules import rules
from academy.achievements.rewards.models import Grant, Voucher
from academy.catalog.content import Catalog, Text, worn
from academy.catalog.queries import published
from academy.criteria.compile import taken
from academy.criteria.explain import Reason, explain
from academy.criteria.language import BALANCES, All, Leaf
from academy.criteria.sentences import amount, titles
from academy.journal.kinds import TAKEN, TAKING, WON
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
    language: str
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
    look = Design.of(design, brand)
    row = Paper(
        name,
        certificate.serial,
        certificate.code,
        certificate.issued_on,
        "",
        certificate.salutation,
        certificate.fields,
    )
    said = worded(look, row, look.languages[0])
    return Wording(
        design["title"],
        design.get("name", design["title"]),
        tier,
        ladder(catalog)[tier].title if tier else None,
        look.languages[0],
        said["subtitle"],
        said["body"],
        said["closing"],
        brand["company"],
        brand["academy"],
    )


def renewal(session: Session, catalog: Catalog, held: Held) -> list[Reason]:
    """What is asked for to have a certificate that comes to its end issued anew; nothing where that is not to be."""
    if held.status not in (EXPIRING, EXPIRED):
        return []
    asked = [g for g in goals(catalog) if g.renews and g.topic == held.paper.design]
    return [part for g in asked for part in explain(session, catalog, g.criterion, held.paper.trainee_id).conditions()]


@dataclass(frozen=True)
class Won:
    """Something that a trainee has won, with the paper that came with it."""

    fact: Fact
    grant: Grant | None
    voucher: Voucher | None
    certificate: Certificate | None
    by_hand: ByHand | None = None
    """Why staff gave it, if they did."""


def won(session: Session, trainee_id: int) -> list[Won]:
    """All that she has won, newest first; one statement."""
    return [Won(*row) for row in session.execute(with_papers(trainee_id))]


def with_papers(trainee_id: int) -> Select[*tuple[Any, ...]]:
    """The select behind `won`, for whoever asks for more columns."""
    return (
        select(Fact, Grant, Voucher, Certificate, ByHand)
        .outerjoin(Grant, Grant.fact_id == Fact.id)
        .outerjoin(Voucher, Voucher.grant_id == Grant.id)
        .outerjoin(Certificate, and_(Certificate.fact_id == Fact.id, not_(replaced())))
        .outerjoin(ByHand, ByHand.fact_id == Fact.id)
        .where(Fact.trainee_id == trainee_id, Fact.kind.in_((*DOCUMENTS, "certificate.issued", *TAKING)))
        .order_by(Fact.id.desc())
    )


def gone(won: Iterable[Won]) -> set[tuple[str, str]]:
    """Kind and topic of what was taken away from her since, and not given back."""
    times = Counter((one.fact.kind, one.fact.topic) for one in won)
    return {
        (kind, topic)
        for kind, topic in times
        if kind in TAKEN and times[TAKEN[kind][0], topic] > times[TAKEN[kind][1], topic]
    }


@dataclass(frozen=True)
class Medal:
    """A badge as it hangs on the wall; of one with levels, the highest that she has.

    `reason` says how far she is to the next that can be won here: to this one, or where she has it to the next level.
    """

    badge: Mapping[str, Any]
    day: date | None
    reason: Reason | None
    copy: int | None = None
    left: int | None = None
    """Of a limited badge, which copy is hers, and how many are left."""
    ahead: Mapping[str, Any] | None = None
    earlier: tuple[tuple[Mapping[str, Any], date], ...] = ()
    won: int | None = None
    """The id of the fact of having won it."""

    @property
    def key(self) -> str:
        """By which its page is found."""
        return str(self.badge.get("family_key", self.badge["key"]))

    @property
    def hidden(self) -> bool:
        """Whether nothing but a hint of it is shown."""
        return self.day is None and bool(self.badge.get("secret"))

    @property
    def gone(self) -> bool:
        """Whether it can't be won any more, though she would."""
        return self.day is None and self.left == 0

    @property
    def measured(self) -> bool:
        """Whether there is a way to go that can be told in numbers."""
        reason = self.reason
        return bool(
            reason
            and reason.missing
            and reason.target > 1
            and not reason.is_limit
            and not self.hidden
            and not self.gone
        )

    @property
    def part(self) -> float:
        """How near a locked one is, from 0 to 1."""
        reason = self.reason
        return reason.current / reason.target if reason and self.day is None and self.measured else 0.0

    @property
    def gap(self) -> str:
        return amount(self.reason.criterion, self.reason.missing) if self.reason else ""

    @property
    def whole(self) -> str:
        return amount(self.reason.criterion, self.reason.target) if self.reason else ""

    @property
    def strip(self) -> str | None:
        """What stands on its strip: the level, the count, or the number of her copy."""
        return str(self.copy) if self.copy else self.badge.get("strip")


Worn = Mapping[str, Fact]
"""The badges that she wears, with the fact of each."""
Taken = tuple[tuple[str, int], ...]
"""How many copies are taken of each limited badge of which there are any."""


def copies_taken(session: Session, catalog: Catalog) -> Taken:
    """What is taken of all limited badges; no statement where there are none."""
    limited = [key for key, badge in catalog.badges.items() if "limited" in badge]
    if not limited:
        return ()
    rows = session.execute(
        select(Edition.badge, Edition.taken).where(Edition.badge.in_(limited)).order_by(Edition.badge)
    )
    return tuple((badge, taken) for badge, taken in rows)


def wall(session: Session, catalog: Catalog, trainee_id: int, hers: Worn, run: int, taken: Taken) -> list[Medal]:
    """The published badges: those that she has won first, then those that are nearest, the hidden ones last.

    `run` is the length of the run of check-ins that goes on.
    """
    open_, together = _all_badges(catalog)
    reasons = dict(zip(open_, explain(session, catalog, together, trainee_id).parts, strict=True)) if open_ else {}
    medals = [
        _medal(badge, hers, reasons, run, dict(taken))
        for badge in catalog.one("badges")["badges"]
        if not badge.get("retired") or any(one["key"] in hers for one in worn(badge))
    ]
    return sorted(medals, key=lambda medal: (medal.day is None, medal.hidden, -medal.part))


def _medal(
    badge: Mapping[str, Any], hers: Worn, reasons: Mapping[str, Reason], run: int, taken: Mapping[str, int]
) -> Medal:
    won, ahead = _levels(badge, hers)
    shown = won[-1] if won else worn(badge)[0]
    fact = hers.get(shown["key"])
    reason = reasons.get(ahead["key"]) if ahead else None
    limit = badge.get("limited")
    return Medal(
        shown,
        fact.day if fact else None,
        _counted(reason, run) if reason else None,
        copy=fact.value if fact and limit else None,
        left=max(limit - taken.get(badge["key"], 0), 0) if limit else None,
        ahead=ahead if won else None,
        earlier=tuple((one, hers[one["key"]].day) for one in won[:-1]),
        won=fact.id if fact else None,
    )


def _levels(badge: Mapping[str, Any], hers: Worn) -> tuple[list[Mapping[str, Any]], Mapping[str, Any] | None]:
    """Those of its levels that she has, and the next above the highest of them; without levels it is its only one."""
    levels = worn(badge)
    reached = max((n for n, one in enumerate(levels, 1) if one["key"] in hers), default=0)
    won = [one for one in levels[:reached] if one["key"] in hers]
    return won, levels[reached] if reached < len(levels) else None


@lru_cache(maxsize=16)
def _all_badges(catalog: Catalog) -> tuple[tuple[str, ...], All]:
    """The keys of all that can be won by rule, and their criteria together."""
    found = [goal for goal in goals(catalog) if goal.kind == "badge.awarded"]
    return tuple(goal.topic for goal in found), All(tuple(goal.criterion for goal in found))


@dataclass(frozen=True)
class Deed:
    """What won a badge: her nth deed of its kind, or the word of a member of staff."""

    fact: Fact | None
    nth: int | None
    reason: str | None
    """Why staff gave it, or where she has it no more why they withdrew it; None where they did neither."""


def medal(session: Session, catalog: Catalog, trainee_id: int, key: str) -> tuple[Medal, Deed] | None:
    """One published badge with what won it; None if there is none that she may see."""
    found = catalog.badges.get(key)
    family = found.get("family_key", key) if found else key
    badge = next((badge for badge in catalog.one("badges")["badges"] if badge["key"] == family), None)
    if badge is None:
        return None
    hers, deeds = {}, {}
    for fact, *deed in session.execute(_awarded(trainee_id, [one["key"] for one in worn(badge)])):
        hers[fact.topic], deeds[fact.topic] = fact, Deed(*deed)
    _won, ahead = _levels(badge, hers)
    goal = by_fact(catalog).get(("badge.awarded", ahead["key"])) if ahead else None
    reasons = {goal.topic: explain(session, catalog, goal.criterion, trainee_id)} if goal else {}
    _study, run = days(session, trainee_id)
    medal = _medal(badge, hers, reasons, run, dict(copies_taken(session, catalog)))
    if medal.hidden or (badge.get("retired") and not hers):
        return None
    return medal, deeds.get(medal.badge["key"]) or Deed(None, None, _withdrawn(session, trainee_id, medal.badge["key"]))


def _withdrawn(session: Session, trainee_id: int, key: str) -> str | None:
    last = (
        select(ByHand.reason)
        .join(Fact, Fact.id == ByHand.fact_id)
        .where(Fact.trainee_id == trainee_id, Fact.kind == "badge.withdrawn", Fact.topic == key)
        .order_by(Fact.id.desc())
        .limit(1)
    )
    return session.scalar(last)


def _awarded(trainee_id: int, keys: list[str]) -> Select[*tuple[Any, ...]]:
    """The badges with these keys that she wears: each with her deed, its number, and why staff gave it if they did."""
    deed = aliased(Fact)
    gone = or_(*(and_(Fact.topic == key, taken("badge.awarded", key, trainee_id)) for key in keys))
    return (
        select(Fact, deed, nth(deed), ByHand.reason)
        .select_from(Fact)
        .outerjoin(deed, deed.id == deed_before(Fact))
        .outerjoin(ByHand, ByHand.fact_id == Fact.id)
        .where(Fact.trainee_id == trainee_id, Fact.kind == "badge.awarded", Fact.topic.in_(keys), not_(gone))
    )


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
    found, won = [], list(won)
    lost = gone(won)
    for one in won:
        if one.grant is None or (one.fact.kind, one.fact.topic) in lost:
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
