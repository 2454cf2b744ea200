"""Why a trainee has what she has: for all that she won, the rule as it was then and what she did."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from academy.achievements.certificates.models import Certificate
from academy.achievements.goals import DOCUMENTS, by_fact, written
from academy.achievements.queries import Won, deed_before, gone, nth, prizes, with_papers
from academy.catalog.content import Catalog
from academy.catalog.models import Release, Version
from academy.criteria.explain import Reason, explain
from academy.criteria.facts import ICONS, said
from academy.criteria.language import All, Criterion, together
from academy.journal.kinds import TAKEN, TAKING
from academy.journal.models import Fact

Reasons = dict[tuple[str, str], Reason]
"""How far she is today towards all that can be won, by kind and topic."""


@dataclass(frozen=True)
class Condition:
    """What had to be met, and how she stands to it today; None where the rule is another one by now."""

    criterion: Criterion
    today: Reason | None


@dataclass(frozen=True)
class Why:
    """Something won, in words, with what she did to win it, and the release whose rule it was; None if nothing tells.

    `waits` says that it has not arrived: a reward without stock, a certificate without a legal name.
    """

    won: Won
    icon: str
    title: str
    deed: str | None
    conditions: list[Condition]
    release: Release | None
    waits: bool
    gone: Won | None = None
    """What took it away from her since, if it was not given back."""


def today(session: Session, catalog: Catalog, trainee_id: int) -> Reasons:
    """How far she is towards everything; one statement, which is the same for all trainees."""
    together = _everything(catalog)
    parts = explain(session, catalog, All(tuple(together.values())), trainee_id).parts if together else ()
    return dict(zip(together, parts, strict=True))


@lru_cache(maxsize=16)
def _everything(catalog: Catalog) -> dict[tuple[str, str], Criterion]:
    return {(goal.kind, goal.topic): goal.criterion for goal in by_fact(catalog).values() if goal.kind in DOCUMENTS}


def whys(
    session: Session, catalog: Catalog, trainee_id: int, reasons: Reasons, only: tuple[str, str] | None = None
) -> list[Why]:
    """All that she won, newest first, or what has this kind and topic; one statement."""
    deed = aliased(Fact)
    wanted = with_papers(trainee_id)
    if only:
        wanted = wanted.where(Fact.kind == only[0], Fact.topic == only[1])
    rows = session.execute(
        wanted.add_columns(Version, Release, deed, nth(deed))
        .outerjoin(deed, deed.id == deed_before(Fact))
        .outerjoin(Version, Version.id == _version_then())
        .outerjoin(Release, Release.id == Version.release_id)
    ).all()
    rules: dict[int, dict[str, Criterion]] = {}
    papers: dict[str, Certificate] = {}
    lost = gone(Won(*row[:5]) for row in rows)
    taking: dict[tuple[str, str], Won] = {}
    found = []
    for fact, grant, voucher, paper, by_hand, version, release, done, number in rows:
        if paper:
            papers.setdefault(fact.topic, paper)
        if fact.kind in TAKING:
            taking.setdefault((fact.kind, fact.topic), Won(fact, grant, voucher, paper, by_hand))
        if fact.kind not in DOCUMENTS:
            continue
        if version and version.id not in rules:
            rules[version.id] = {goal.topic: goal.criterion for goal in written(fact.kind, version.content)}
        rule = rules[version.id].get(fact.topic) if version and not by_hand else None
        hers = papers.get(fact.topic) if fact.kind == "certificate.earned" else None
        won = Won(fact, grant, voucher, hers, by_hand)
        # What is revoked of a certificate is its paper.
        held = "certificate.issued" if fact.kind == "certificate.earned" else fact.kind
        found.append(
            Why(
                won,
                ICONS[fact.kind],
                said(catalog, fact),
                said(catalog, done, number) if done and not by_hand else None,
                _conditions(rule, reasons.get((fact.kind, fact.topic))) if rule else [],
                release if rule else None,
                any(prize.owed for prize in prizes(catalog, [won]))
                or (fact.kind == "certificate.earned" and won.certificate is None),
                taking[TAKEN[held][0], fact.topic] if (held, fact.topic) in lost else None,
            )
        )
    return found


def _version_then() -> ColumnElement[int]:
    """The version of the document that a fact was judged by; the first one for what is told of the time before."""
    version, release = aliased(Version), aliased(Release)
    of_kind = and_(version.key == "academy", version.kind == case(DOCUMENTS, value=Fact.kind))
    upto = select(func.max(version.id)).join(release, release.id == version.release_id).where(of_kind)
    return func.coalesce(
        upto.where(release.at <= Fact.at).correlate(Fact).scalar_subquery(),
        select(func.min(version.id)).where(of_kind).correlate(Fact).scalar_subquery(),
    )


def _conditions(rule: Criterion, reason: Reason | None) -> list[Condition]:
    if reason and reason.criterion == rule:
        return [Condition(part.criterion, part) for part in reason.conditions()]
    return [Condition(part, None) for part in together(rule)]
