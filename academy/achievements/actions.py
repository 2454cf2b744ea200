"""The doorway through which everything that a trainee does goes, and what follows from it."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
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
from academy.journal.actions import NewFact
from academy.journal.kinds import TAKING
from academy.journal.models import Fact
from academy.people.actions import lock, lock_all, place, take_turn
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

    @property
    def changed(self) -> set[str]:
        """The kinds of its facts, and the balances that it moved."""
        return {fact.kind for fact in self.facts} | self.gains.keys()

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
    return _follow(session, catalog, [first] if first else [])


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
    return _follow(session, catalog, won)


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
    return _follow(session, catalog, [moved])


def issue_waiting(session: Session, holder: Person) -> Outcome:
    """Issue all that waited for a legal name, with all that follows."""
    lock(session, holder.id)
    catalog = published(session)
    return _follow(session, catalog, certificates.issue_waiting(session, catalog, holder))


def award(session: Session, design: str, numbers: Mapping[int, int], order: certificates.Order) -> Outcome:
    """Let staff issue certificates, to each of some people that of a number, whether she has earned it by a rule or
    not, with all that follows, in their order.

    Whoever has left or has hers already gets none; nobody does if the design is retired. Raises `StillRevoked`.
    """
    living, catalog = set(lock_all(session, list(numbers))), published(session)
    if certificates.design_document(catalog, design).get("retired"):
        return Outcome()
    before = certificates.issued_before(session, list(numbers), design)
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(living)))}
    wanted = [id for id, number in numbers.items() if id in living and before.get(id, (0, 0))[0] == number - 1]
    which = {id: "" if numbers[id] == 1 else str(numbers[id]) for id in wanted}
    earned = journal.write_all(session, [NewFact(id, "certificate.earned", design, which[id]) for id in wanted])
    issued = certificates.issue(session, catalog, [people[id] for id in wanted], design, order)
    turn = {id: n for n, id in enumerate(wanted)}
    return _follow(session, catalog, sorted([*earned, *issued], key=lambda fact: turn[fact.trainee_id]))


def _follow(session: Session, catalog: Catalog, facts: Iterable[Fact]) -> Outcome:
    """Take the queues that begin with these facts to their ends, of one trainee after the other."""
    queues = dict[int, deque[Fact]]()
    for fact in facts:
        queues.setdefault(fact.trainee_id, deque()).append(fact)
    outcomes = {trainee_id: _to_the_end(session, catalog, queue) for trainee_id, queue in queues.items()}
    due = [id for id, hers in outcomes.items() if any(leaf.kinds & hers.changed for leaf in passing(catalog))]
    if due:
        mark_due(session, catalog, due)
    return sum(outcomes.values(), Outcome())


def _to_the_end(session: Session, catalog: Catalog, queue: deque[Fact]) -> Outcome:
    outcome, first, won = Outcome(), queue[0], set[Goal]()
    while queue:
        fact = queue.popleft()
        outcome.facts.append(fact)
        if len(outcome.facts) > MOST_FACTS:
            raise Runaway(f"more than {MOST_FACTS} facts follow from {first.kind} {first.topic}")
        gains = pay(session, catalog, fact)
        outcome.gains += gains
        changes = {fact.kind, *gains, *(("cohort",) if fact.kind in MOVES else ())}
        # One step at a time: the next one is looked at on the next occasion.
        climbs = not MOVES & {before.kind for before in (*outcome.facts, *queue)}
        for goal in reached(session, catalog, fact.trainee_id, changes, climbs):
            # Two that are each withdrawn because of the other would take turns for ever.
            if goal not in won:
                won.add(goal)
                queue.extend(_win(session, catalog, fact.trainee_id, goal))
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
