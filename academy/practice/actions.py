"""Handing in, the verdict, and what is said on the way to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.catalog.queries import published
from academy.db import insert
from academy.people.actions import audit, lock
from academy.people.models import Person
from academy.practice import queries
from academy.practice.models import HandIn, Licence, Phrase, Picture, Remark
from academy.practice.pictures import Kept
from academy.practice.queries import in_scope, latest
from academy.practice.rules import (
    ACCEPTED,
    EXCELLENT,
    PRACTICE,
    PRAISE,
    RETURNED,
    REVISED,
    UGC,
    Brief,
    briefs,
    manner,
    takes,
)
from academy.web.errors import Refused


class Decided(Refused):
    """Somebody else was quicker with the verdict."""


class Unnamed(Refused):
    """What was not accepted, or whose author does not want to be named, is not announced."""


class NoReviewer(Refused):
    """A hand-in can't be handed over to her."""


class Over(Refused):
    """A brief takes no new piece: it has ended, or she has handed in as many this month as it takes."""


@dataclass(frozen=True)
class Terms:
    """What she lets the brand do with a piece of UGC."""

    scope: str
    months: int
    portrait: bool


def hand_in(
    session: Session,
    trainee_id: int,
    practice: str,
    text: str,
    pictures: Sequence[Kept],
    people: int | None = None,
    named: bool = False,
    *,
    link: str = "",
    checks: Sequence[str] = (),
    all_checked: bool = False,
    shared: bool = False,
    terms: Terms | None = None,
) -> tuple[HandIn, Outcome]:
    """Hand in for a practice or a brief; while one waits, or when one was accepted, that one and an empty outcome.

    One about her group, with the number of people in it, may follow an accepted one, and so may another piece for a
    brief; raises `Over` where the brief takes none.
    """
    lock(session, trainee_id)
    catalog = published(session)
    last, brief = latest(session, trainee_id, practice), briefs(catalog).get(practice)
    if last and not takes(last.state, people is not None or brief is not None):
        return last, Outcome()
    if brief and (last is None or last.state == ACCEPTED):
        _must_take(session, trainee_id, brief)
    new = HandIn(
        trainee_id=trainee_id,
        kind=UGC if brief else PRACTICE,
        practice=practice,
        number=last.number + 1 if last else 1,
        text=text,
        link=link,
        checks=list(checks),
        at=clock.now(),
        due=manner(catalog).due(clock.now()),
        people=people,
        named=named,
        shared=shared,
        pictures=[
            Picture(position=n, file=kept.file, width=kept.width, height=kept.height)
            for n, kept in enumerate(pictures, 1)
        ],
    )
    if last and last.state == RETURNED:
        last.state, new.owner_id = REVISED, last.owner_id
    if terms:
        new.licence = Licence(scope=terms.scope, months=terms.months, portrait=terms.portrait)
    session.add(new)
    session.flush()
    outcome = record(session, trainee_id, f"{new.kind}.submitted", practice, str(new.number))
    if brief and all_checked:
        first = queries.first_of(session, new)
        outcome += record(session, trainee_id, "ugc.checked", practice, str(first))
    return new, outcome


def _must_take(session: Session, trainee_id: int, brief: Brief) -> None:
    if not brief.runs(clock.today()):
        said = _("This brief takes no new pieces any more. What you wrote stays on this phone.")
    elif queries.this_month(session, trainee_id, brief.key) >= brief.limit:
        said = _("You have handed in as many pieces for this brief as it takes in a month.")
    else:
        return
    raise Over(said, (url_for("briefs.index"), _("To the briefs")))


def decide(
    session: Session,
    staff: Person,
    hand_in_id: int,
    verdict: str,
    comment: str,
    people: int | None = None,
    scores: dict[str, int] | None = None,
) -> Outcome | None:
    """Accept or return a hand-in, or call it excellent; None if she may not see it.

    Raises `Decided` if it has a verdict already. `people` is what the reviewer counts in the group that a hand-in is
    about, `scores` the stars by aspect.
    """
    found = _held(session, staff, hand_in_id)
    if found is None:
        return None
    if found.verdict_id is not None:
        raise _decided(found)
    trainee_id, occurrence = found.trainee_id, str(found.number)
    state = RETURNED if verdict == RETURNED else ACCEPTED
    rounds = found.number - queries.first_of(session, found) + 1 if found.kind == UGC and state == ACCEPTED else 1
    outcome = record(session, trainee_id, f"{found.kind}.{state}", found.practice, occurrence, rounds)
    found.verdict_id = outcome.facts[0].id
    found.state, found.comment, found.scores = state, comment, scores or {}
    found.reviewer_id = staff.id
    if verdict == EXCELLENT:
        outcome += record(session, trainee_id, PRAISE[found.kind], found.practice, occurrence)
    audit(session, staff, f"{found.kind}.{verdict}", f"hand_in/{found.id}")
    if state == ACCEPTED and found.people is not None and people:
        outcome += record(session, trainee_id, "group.built", found.practice, occurrence, people)
    return outcome


def _held(session: Session, staff: Person, hand_in_id: int) -> HandIn | None:
    """A hand-in that staff may see, with its trainee locked; None if there is none."""
    hers = in_scope(staff).where(HandIn.id == hand_in_id).with_only_columns(HandIn.trainee_id)
    trainee_id = session.scalar(hers)
    if trainee_id is None:
        return None
    lock(session, trainee_id)
    return session.get_one(HandIn, hand_in_id, populate_existing=True)


def remark(session: Session, staff: Person, hand_in_id: int, start: int, end: int, text: str) -> bool:
    """Say something to a passage, once; False if this staff may not see it. Raises `Decided`."""
    found = _held(session, staff, hand_in_id)
    if found is None:
        return False
    if found.verdict_id is not None:
        raise _decided(found)
    said = {"hand_in_id": found.id, "author_id": staff.id, "start": start, "end": end, "text": text}
    session.execute(insert(session, Remark).values(**said, at=clock.now()).on_conflict_do_nothing())
    return True


def unsay(session: Session, staff: Person, hand_in_id: int, remark_id: int) -> bool:
    """Take back her own remark while there is no verdict; False if this staff may not see it. Raises `Decided`."""
    found = _held(session, staff, hand_in_id)
    if found is None:
        return False
    if found.verdict_id is not None:
        raise _decided(found)
    hers = (Remark.id == remark_id, Remark.hand_in_id == hand_in_id, Remark.author_id == staff.id)
    session.execute(delete(Remark).where(*hers).execution_options(synchronize_session=False))
    return True


def entrust(session: Session, staff: Person, hand_in_id: int, to_id: int) -> bool:
    """Hand a waiting hand-in over to a reviewer, or take it; False if this staff may not see it.

    Raises `Decided`, and `NoReviewer` where nobody reviews under that number.
    """
    found = _held(session, staff, hand_in_id)
    if found is None:
        return False
    if found.verdict_id is not None:
        raise _decided(found)
    to = session.get(Person, to_id)
    if to is None or not to.is_active or not to.may("handin.review"):
        raise NoReviewer(_("Choose who takes care of it."), (url_for("review.owner", id=hand_in_id), _("Back")))
    if found.owner_id != to_id:
        found.owner_id = to_id
        audit(session, staff, "handin.entrusted", f"hand_in/{found.id}")
    return True


def withdraw_licence(session: Session, trainee_id: int, hand_in_id: int) -> bool:
    """Take back what she allowed the brand, once and for all; False if the hand-in isn't hers or has no licence."""
    lock(session, trainee_id)
    found = session.get(Licence, hand_in_id, populate_existing=True)
    if found is None or found.hand_in.trainee_id != trainee_id:
        return False
    found.withdrawn_at = found.withdrawn_at or clock.now()
    return True


def keep_phrase(session: Session, staff: Person, title: str, text: str, shared: bool) -> None:
    """Keep a phrase; one with the same title is replaced."""
    lock(session, staff.id)
    mine = session.query(Phrase).filter_by(owner_id=staff.id, title=title).one_or_none()
    if mine is None:
        session.add(Phrase(owner_id=staff.id, title=title, text=text, shared=shared))
    else:
        mine.text, mine.shared = text, shared


def drop_phrase(session: Session, staff: Person, phrase_id: int) -> None:
    """Forget one of her own phrases."""
    hers = (Phrase.id == phrase_id, Phrase.owner_id == staff.id)
    session.execute(delete(Phrase).where(*hers).execution_options(synchronize_session=False))


def announce(session: Session, staff: Person, hand_in_id: int) -> bool:
    """Put on record that an accepted hand-in was announced; False if this staff may not see it. Raises `Unnamed`."""
    found = _held(session, staff, hand_in_id)
    if found is None:
        return False
    if found.state != ACCEPTED or not found.named:
        raise Unnamed(_("Only an accepted group is announced, and only if she has agreed to be named."))
    if found.announced_at is None:
        found.announced_at = clock.now()
        audit(session, staff, "handin.announced", f"hand_in/{found.id}")
    return True


def _decided(found: HandIn) -> Decided:
    who = found.reviewer.name if found.reviewer else ""
    said = (
        _("%(name)s has accepted this one already. Your verdict was not needed and nothing changed.", name=who)
        if found.state == ACCEPTED
        else _("%(name)s has returned this one already. Your verdict was not needed and nothing changed.", name=who)
    )
    return Decided(said, (url_for("review.queue"), _("On to the next one")))
