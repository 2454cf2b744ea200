"""Who of the people is invented."""

from sqlalchemy import Select, select

from academy.people.models import Cohort, Membership, Person
from academy.people.rules import TRAINEE
from academy.sample.rules import HOST


def invented() -> Select[int]:
    """The ids of the sample cohorts' people, wherever they are now: those at an address that nobody has.

    A real trainee who was put into such a cohort is not one of them.
    """
    inside = select(Membership.trainee_id).join(Cohort, Cohort.id == Membership.cohort_id).where(Cohort.sample)
    return select(Person.id).where(Person.role == TRAINEE, Person.email.endswith(f"@{HOST}"), Person.id.in_(inside))
