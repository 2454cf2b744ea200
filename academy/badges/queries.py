"""Reads for the makers of badges: who has which, and which honours are to be announced in the classes' groups."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.badges.models import Announcement
from academy.catalog.content import Catalog
from academy.criteria.compile import taken
from academy.journal.models import Fact
from academy.people.models import Cohort, Membership, Person
from academy.people.queries import cohorts_of, scope

NEWS = timedelta(days=30)
"""How long an honour is news."""


def held(session: Session) -> Mapping[str, int]:
    """How many have each badge, by its key or that of the level; one statement."""
    rows = session.execute(
        select(Fact.topic, func.count())
        .join(Person, Person.id == Fact.trainee_id)
        .where(Fact.kind == "badge.awarded", Person.erased_at.is_(None))
        .group_by(Fact.topic)
    )
    return {badge: number for badge, number in rows}  # noqa: C416


def name_of(session: Session, person_id: int | None) -> str | None:
    """What a member of staff is called."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None


@dataclass(frozen=True)
class News:
    """An honour to be announced: whose, and of which class she is."""

    fact: Fact
    name: str
    cohort: Cohort


def pending(session: Session, catalog: Catalog, staff: Person) -> dict[int, list[News]]:
    """What is to be announced in the groups of the classes that staff see, by class, oldest first; one statement.

    Only of trainees who have agreed, and only what they won since.
    """
    marked = [key for key, badge in catalog.badges.items() if badge.get("announce")]
    gone = or_(
        *(and_(Fact.topic == key, taken("badge.awarded", key, Fact.trainee_id)) for key in marked), Fact.id.is_(None)
    )
    rows = session.execute(
        select(Fact, Person.name, Cohort)
        .join(Person, Person.id == Fact.trainee_id)
        .join(Membership, and_(Membership.trainee_id == Person.id, Membership.until.is_(None)))
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(
            Person.id.in_(scope(staff).with_only_columns(Person.id)),
            Cohort.id.in_(cohorts_of(staff).with_only_columns(Cohort.id)),
            or_(Fact.kind == "tier.reached", and_(Fact.kind == "badge.awarded", Fact.topic.in_(marked), not_(gone))),
            Fact.at >= Person.announce_since,
            Fact.day > clock.today() - NEWS,
            ~exists().where(Announcement.fact_id == Fact.id),
        )
        .order_by(Cohort.name, Fact.id)
    )
    found: dict[int, list[News]] = defaultdict(list)
    for fact, name, cohort in rows:
        found[cohort.id].append(News(fact, name, cohort))
    return dict(found)
