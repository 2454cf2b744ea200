"""Who may take a step of the ladder, as SQL; the same for one trainee, for the select of all, and for a preview."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_
from sqlalchemy.orm import aliased

from academy.criteria.compile import Compiler
from academy.journal.models import Standing
from academy.people.models import Person
from academy.tiers.rules import Step, ladder


def stands_below(compiler: Compiler, step: Step, trainee: Any) -> ColumnElement[bool]:
    """Whether a trainee stands where this step begins, and may climb."""
    standing = aliased(Standing)
    there = exists().where(standing.trainee_id == trainee, standing.tier.in_(step.out_of))
    if ladder(compiler.catalog).climbed_by(outside=True):
        return there
    person = aliased(Person)
    return and_(there, not_(exists().where(person.id == trainee, person.external)))


def takes(compiler: Compiler, step: Step, trainee: Any) -> ColumnElement[bool]:
    """Whether a trainee is promoted by this step."""
    return and_(stands_below(compiler, step, trainee), compiler.clause(step.criterion, trainee))
