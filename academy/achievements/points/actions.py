"""Paying points into the ledger."""

from collections import Counter

from sqlalchemy.orm import Session

from academy.achievements.points.rules import rules
from academy.catalog.content import Catalog
from academy.journal import actions as journal
from academy.journal.models import Fact
from academy.journal.queries import earned


def pay(session: Session, catalog: Catalog, fact: Fact) -> Counter[str]:
    """Post what a fact earns under the published rules; the amounts by currency."""
    gains: Counter[str] = Counter()
    for rule in rules(catalog).get(fact.kind, ()):
        if not rule.applies(fact.topic, fact.value):
            continue
        times, amounts = earned(session, fact.trainee_id, rule.key, rule.cap.start(fact.day)) if rule.cap else (0, {})
        for currency, amount in rule.pays(times, amounts).items():
            if journal.post(session, fact, rule.key, currency, amount):
                gains[currency] += amount
    return gains
