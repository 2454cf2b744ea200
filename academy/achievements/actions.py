"""The doorway through which everything that a trainee does goes, and what follows from it."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.achievements.badges.actions import take_copy
from academy.achievements.certificates import actions as certificates
from academy.achievements.goals import Goal, mark_due, passing, reached
from academy.achievements.points.actions import pay
from academy.achievements.rewards.actions import deliver, grant
from academy.catalog.content import Catalog
from academy.catalog.queries import is_current, published
from academy.journal import actions as journal
from academy.journal.kinds import TAKING
from academy.journal.models import Fact
from academy.people.actions import lock, place, take_turn
from academy.people.models import Person

MOST_FACTS = 64
MOVES = frozenset({"tier.reached", "tier.lowered", "tier.restored"})


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
    first = journal.write(session, trainee_id, kind, topic, occurrence, value)
    return _follow(session, catalog, trainee_id, [first] if first else [])


def judge(session: Session, trainee_id: int, changed: Iterable[str] | None = None) -> Outcome:
    """Let a trainee win what she qualifies for, where something else than a fact has changed.

    `changed` names it, a trait or the cohort; None looks at every goal, after a rule or the day has changed.
    """
    lock(session, trainee_id)
    catalog = published(session)
    won = [
        fact
        for goal in reached(session, catalog, trainee_id, changed)
        for fact in _win(session, catalog, trainee_id, goal)
    ]
    return _follow(session, catalog, trainee_id, won)


def move(
    session: Session, trainee_id: int, kind: str, tier: str, occurrence: str, since: date | None = None
) -> Outcome:
    """Lower a trainee to a tier, or give one back, with all that follows; empty if it was done already."""
    lock(session, trainee_id)
    catalog = published(session)
    moved = journal.write(session, trainee_id, kind, tier, occurrence, catalog.release)
    if moved is None:
        return Outcome()
    journal.stand(session, trainee_id, tier, since)
    place(session, trainee_id, tier)
    return _follow(session, catalog, trainee_id, [moved])


def issue_waiting(session: Session, holder: Person) -> Outcome:
    """Issue all that waited for a legal name, with all that follows."""
    lock(session, holder.id)
    catalog = published(session)
    return _follow(session, catalog, holder.id, certificates.issue_waiting(session, catalog, holder))


def award(session: Session, trainee_id: int, design: str, number: int, order: certificates.Order) -> Outcome:
    """Let staff issue somebody's certificate of that number, whether she has earned it by a rule or not, with all
    that follows; empty if there is one of that number already. Raises `StillRevoked`."""
    lock(session, trainee_id)
    catalog, holder = published(session), session.get_one(Person, trainee_id)
    if _times(session, trainee_id, "certificate.issued", design) != number - 1:
        return Outcome()
    earned = journal.write(session, trainee_id, "certificate.earned", design, "" if number == 1 else str(number))
    issued = certificates.issue(session, catalog, holder, design, order)
    return _follow(session, catalog, trainee_id, [*([earned] if earned else []), *issued])


def _follow(session: Session, catalog: Catalog, trainee_id: int, facts: list[Fact]) -> Outcome:
    """Take the queue that begins with these facts to its end."""
    outcome, queue, changed, won = Outcome(), deque(facts), set[str](), set[Goal]()
    while queue:
        fact = queue.popleft()
        outcome.facts.append(fact)
        if len(outcome.facts) > MOST_FACTS:
            raise Runaway(f"more than {MOST_FACTS} facts follow from {facts[0].kind} {facts[0].topic}")
        gains = pay(session, catalog, fact)
        outcome.gains += gains
        changes = {fact.kind, *gains, *(("cohort",) if fact.kind in MOVES else ())}
        # One step at a time: the next one is looked at on the next occasion.
        climbs = not MOVES & {before.kind for before in (*outcome.facts, *queue)}
        for goal in reached(session, catalog, trainee_id, changes, climbs):
            # Two that are each withdrawn because of the other would take turns for ever.
            if goal not in won:
                won.add(goal)
                queue.extend(_win(session, catalog, trainee_id, goal))
        changed |= changes
    if any(leaf.kinds & changed for leaf in passing(catalog)):
        mark_due(session, catalog, [trainee_id])
    return outcome


def _win(session: Session, catalog: Catalog, trainee_id: int, goal: Goal) -> list[Fact]:
    """Write that a goal was won, with the papers that come with it."""
    occurrence, value = "", 1
    if goal.renews or goal.kind in TAKING:
        occurrence = str(_times(session, trainee_id, goal.kind, goal.topic) + 1)
    if goal.limit:
        copy = take_copy(session, goal.topic, goal.limit)
        if copy is None:
            return []
        value = copy
    if goal.step:
        take_turn(session)
        if not is_current(session, catalog):
            # The rules changed while she was judged by the old ones; the sweep that the new ones asked for judges her.
            return []
        occurrence, value = str(_times(session, trainee_id, goal.kind) + 1), catalog.release
        journal.stand(session, trainee_id, goal.topic)
        place(session, trainee_id, goal.topic)
    won = journal.write(session, trainee_id, goal.kind, goal.topic, occurrence, value)
    if won is None:
        return []
    if goal.kind == "reward.granted":
        return [won, *grant(session, catalog, won)]
    if goal.kind == "certificate.earned":
        return [won, *certificates.issue_if_named(session, catalog, won)]
    if goal.kind == "reward.returned":
        return [won, *deliver(session, catalog, trainee_id, goal.topic)]
    return [won]


def _times(session: Session, trainee_id: int, kind: str, topic: str | None = None) -> int:
    of = [Fact.trainee_id == trainee_id, Fact.kind == kind, *([Fact.topic == topic] if topic else [])]
    return session.scalar(select(func.count()).where(*of)) or 0
