"""The doorway through which everything that a trainee does goes, and what follows from it."""

from collections import Counter, deque
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.achievements.certificates.actions import issue_if_named
from academy.achievements.goals import Goal, reached
from academy.achievements.points.actions import pay
from academy.achievements.rewards.actions import grant
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.journal import actions as journal
from academy.journal.models import Fact
from academy.people.actions import lock, place

MOST_FACTS = 64


class Runaway(RuntimeError):
    """One fact led to more than 64: rules feed each other."""


@dataclass
class Outcome:
    """What a fact led to: the new facts, itself first, and the points that they earned.

    Empty when the fact was known already.
    """

    facts: list[Fact] = field(default_factory=list)
    gains: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.facts)

    def won(self, kind: str) -> list[str]:
        """The topics of what was won, e.g. the tiers reached."""
        return [fact.topic for fact in self.facts if fact.kind == kind]

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.facts + other.facts, self.gains + other.gains)


def record(
    session: Session, trainee_id: int, kind: str, topic: str = "", occurrence: str = "", value: int = 1
) -> Outcome:
    """Write a fact and all that follows: points → badges → tiers → rewards → certificates.

    Works inside the caller's writing transaction. What is won is a fact too and joins the queue. It ends because
    facts are unique; `Runaway` stops rules that feed each other.
    """
    lock(session, trainee_id)
    catalog = published(session)
    outcome = Outcome()
    first = journal.write(session, trainee_id, kind, topic, occurrence, value)
    queue = deque([first] if first else [])
    while queue:
        fact = queue.popleft()
        outcome.facts.append(fact)
        if len(outcome.facts) > MOST_FACTS:
            raise Runaway(f"more than {MOST_FACTS} facts follow from {kind} {topic}")
        gains = pay(session, catalog, fact)
        outcome.gains += gains
        for goal in reached(session, catalog, trainee_id, {fact.kind, *gains}):
            queue.extend(_win(session, catalog, trainee_id, goal))
    return outcome


def _win(session: Session, catalog: Catalog, trainee_id: int, goal: Goal) -> list[Fact]:
    """Write that a goal was won, with the papers that come with it."""
    occurrence, value = "", 1
    if goal.kind == "tier.reached":
        occurrence = str(_promotions(session, trainee_id) + 1)
        journal.stand(session, trainee_id, goal.topic)
        place(session, trainee_id, goal.topic)
    won = journal.write(session, trainee_id, goal.kind, goal.topic, occurrence, value)
    if won is None:
        return []
    if goal.kind == "reward.granted":
        return [won, *grant(session, catalog, won)]
    if goal.kind == "certificate.earned":
        return [won, *issue_if_named(session, catalog, won)]
    return [won]


def _promotions(session: Session, trainee_id: int) -> int:
    return session.scalar(select(func.count()).where(Fact.trainee_id == trainee_id, Fact.kind == "tier.reached")) or 0
