"""Making, publishing and deleting badges, and putting announcements on record."""

from collections.abc import Collection

from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.badges.models import Announcement
from academy.badges.checks import remarks, uses
from academy.badges.queries import pending
from academy.badges.rules import Badge, new_badge
from academy.catalog.content import Catalog, worn
from academy.catalog.models import Release
from academy.catalog.parts import Edited, Parts
from academy.catalog.queries import published
from academy.composing.drafts import with_part
from academy.db import insert
from academy.journal.models import Fact
from academy.people.actions import audit
from academy.people.models import Cohort, Person
from academy.web.errors import Refused

BADGES = Parts("badge", ("badges", "academy"))


class Unfinished(Exception):
    """What is being edited can't be published; `remarks` say why."""


class InUse(Refused):
    """A badge that can't go, because people wear it or something names it."""

    title = lazy_gettext("This badge is still in use")


def with_badge(catalog: Catalog, badge: Badge) -> Catalog:
    """The catalog as it would be with this badge published."""
    return with_part(BADGES, catalog, badge)


def begin(session: Session, staff: Person, title: str) -> Edited:
    """A new badge, as a draft."""
    catalog = published(session)
    taken = {*BADGES.sketches(session), *(part["key"] for part in BADGES.all(catalog)), *catalog.badges}
    # Facts remember badges that are gone: their keys are not used again.
    taken |= set(session.scalars(select(Fact.topic).where(Fact.kind == "badge.awarded").distinct()))
    key = next(f"badge-{n}" for n in range(1, len(taken) + 2) if f"badge-{n}" not in taken)
    new = Edited(new_badge(key, title), 0, catalog.version_id(*BADGES.name))
    BADGES.save(session, staff, new)
    return new


def release(session: Session, staff: Person, key: str, revision: int) -> Release | None:
    """Publish a badge's draft; None if nothing differs. Raises `Redrafted`, `Overtaken` and `Unfinished`."""
    catalog, edited = BADGES.ready(session, key, revision)
    if any(remark.blocks for remark in remarks(with_badge(catalog, edited.part), edited.part)):
        raise Unfinished
    _spare(session, catalog, key, {one["key"] for one in worn(edited.part)})
    if "limited" in edited.part and "limited" not in (BADGES.one(catalog, key) or {}):
        _unnumbered(session, key)
    done = BADGES.release(session, staff, catalog, edited)
    if done:
        audit(session, staff, "badge.published", f"badge/{key}"[:60])
    return done


def delete(session: Session, staff: Person, key: str, revision: int) -> None:
    """Take a badge out of what is published. Raises `Redrafted`, `Overtaken` and `InUse`."""
    catalog, edited = BADGES.ready(session, key, revision)
    _spare(session, catalog, key, set())
    BADGES.withdraw(session, staff, catalog, edited)
    audit(session, staff, "badge.deleted", f"badge/{key}"[:60])


def _spare(session: Session, catalog: Catalog, key: str, kept: set[str]) -> None:
    """Let what a badge could be worn as go, but for `kept`, only if nobody has it and nothing names it.

    Raises `InUse`, which says where it is used.
    """
    before = BADGES.one(catalog, key)
    lost = {one["key"] for one in worn(before)} - kept if before else set()
    if not lost:
        return
    people = _how_many_have(session, lost)
    named = [*([gettext("%(n)s people who have it", n=people)] if people else []), *uses(catalog, key, lost)]
    if named:
        raise InUse(
            gettext(
                "It can’t go as long as it is used by: %(where)s. You can retire it instead.",
                where=gettext(", ").join(named),
            )
        )


def _unnumbered(session: Session, key: str) -> None:
    """Let a badge be limited only if nobody has it without the number of her copy. Raises `InUse`."""
    if people := _how_many_have(session, {key}):
        raise InUse(
            ngettext(
                "%(num)s trainee has it without a number: it can’t be limited any more. Make a new badge instead.",
                "%(num)s trainees have it without a number: it can’t be limited any more. Make a new badge instead.",
                people,
            )
        )


def _how_many_have(session: Session, keys: Collection[str]) -> int:
    won = Fact.kind == "badge.awarded", Fact.topic.in_(keys)
    return session.scalar(select(func.count(Fact.trainee_id.distinct())).where(*won)) or 0


def announce(session: Session, staff: Person, cohort: Cohort, facts: Collection[int]) -> int:
    """Put on record that some honours were announced in a class's group; how many of them were to be."""
    found = [one.fact for one in pending(session, published(session), staff).get(cohort.id, ()) if one.fact.id in facts]
    rows = [{"fact_id": fact.id, "by_id": staff.id, "at": clock.now()} for fact in found]
    if rows:
        session.execute(insert(session, Announcement).values(rows).on_conflict_do_nothing())
        audit(session, staff, "honours.announced", f"cohort/{cohort.id}")
    return len(rows)
