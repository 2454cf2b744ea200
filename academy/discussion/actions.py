"""Asking, answering and accepting; letting through and taking down.

Whoever writes locks the people concerned first, then the question, then the answer.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.catalog.queries import published
from academy.db import insert
from academy.discussion.models import Post, Report
from academy.discussion.queries import in_scope
from academy.discussion.rules import DELETED, DOWN, EDITABLE, PASSED, WAITING, manner
from academy.people import throttle
from academy.people.actions import Erased, audit, lock, lock_all
from academy.people.models import Person
from academy.people.rules import TRAINEE
from academy.web.errors import Refused

SCOPE, REPORTS = "discussion", "post-report"
"""The scopes in which posts and reports are throttled."""


class Closed(Refused):
    """Nothing can be said here any more."""


class Decided(Refused):
    """Somebody else was quicker, or the post has changed since it was read."""


class Final(Refused):
    """What was accepted, or was written too long ago, stays as it is."""


class TooMany(Exception):
    """She has written as much as an hour takes; `since` is the post that is in the way of another."""

    def __init__(self, since: datetime) -> None:
        self.since = since


def ask(session: Session, author_id: int, lesson: str, text: str) -> tuple[Post, bool]:
    """Ask under a lesson; the question, and whether it is new. Raises `Closed` and `TooMany`."""
    lock(session, author_id)
    _must_be_open(session)
    return _write(session, session.get_one(Person, author_id), lesson, None, text)


def answer(session: Session, author: Person, question_id: int, text: str) -> tuple[Post, bool]:
    """Answer a question; the answer, and whether it is new. Raises `Closed` and `TooMany`.

    What staff say is shown at once, and so is what others say where nobody moderates: then who asked is told.
    """
    asker_id = session.scalar(select(Post.author_id).where(Post.id == question_id))
    living = lock_all(session, [author.id, asker_id or 0])
    if author.id not in living:
        raise Erased
    _must_be_open(session)
    question = _held(session, question_id)
    if question.state in (DOWN, DELETED):
        raise Closed(_("This question has been taken away meanwhile. What you wrote stays on this phone."))
    if question.locked_at:
        raise Closed(_("A trainer has closed this question. It can be read, but takes no more answers."))
    made, new = _write(session, author, question.lesson, question_id, text)
    if new and (made.state == PASSED or not _moderated(session)):
        _tell_asker(session, question, made, living)
    return made, new


def _write(session: Session, author: Person, lesson: str, question_id: int | None, text: str) -> tuple[Post, bool]:
    """Write it down, once: what she has said here already is not said twice."""
    said = select(Post).where(Post.author_id == author.id, Post.lesson == lesson, Post.text == text)
    before = session.scalar(said.where(Post.question_id == question_id, Post.state != DELETED))
    if before:
        return before, False
    if author.role == TRAINEE:
        _throttle(session, SCOPE, author.id)
    state = WAITING if author.role == TRAINEE else PASSED
    made = Post(lesson=lesson, question_id=question_id, author_id=author.id, text=text, at=clock.now(), state=state)
    session.add(made)
    session.flush()
    return made, True


def _throttle(session: Session, scope: str, person_id: int) -> None:
    since = throttle.blocked_since(session, scope, str(person_id))
    if since:
        raise TooMany(since)
    throttle.note(session, scope, str(person_id))


def _must_be_open(session: Session) -> None:
    found = manner(published(session))
    if found is None or not found.open:
        raise Closed(_("The academy has closed the discussions. What was said can still be read."))


def _moderated(session: Session) -> bool:
    found = manner(published(session))
    return found is None or found.moderated


def _held(session: Session, post_id: int) -> Post:
    return session.get_one(Post, post_id, with_for_update={"of": Post}, populate_existing=True)


def _tell_asker(session: Session, question: Post, answer: Post, living: list[int]) -> Outcome:
    if question.author_id not in living or question.author_id == answer.author_id:
        return Outcome()
    if session.get_one(Person, question.author_id).role != TRAINEE:
        return Outcome()
    return record(session, question.author_id, "question.answered", question.lesson, str(answer.id))


def edit(session: Session, author_id: int, post_id: int, text: str) -> Post | None:
    """Change one's own words while they are new, to be read by a trainer again; None if they aren't hers.

    Raises `Final`.
    """
    lock(session, author_id)
    found = _own(session, author_id, post_id)
    if found is None:
        return None
    if not may_edit(found):
        raise Final(_("Words can be changed for ten minutes, and not after they were accepted or taken down."))
    if found.text != text:
        found.text, found.state = text, WAITING
        found.version += 1
    return found


def may_edit(post: Post) -> bool:
    """Whether its author may still change it."""
    return post.state in (WAITING, PASSED) and not post.accepted and clock.now() < post.at + EDITABLE


def remove_own(session: Session, author_id: int, post_id: int) -> Post | None:
    """Delete one's own words; None if they aren't hers. Doing it again is fine."""
    lock(session, author_id)
    found = _own(session, author_id, post_id)
    if found and found.state != DELETED:
        found.state, found.text, found.reason = DELETED, "", ""
        found.version += 1
        _settle(session, post_id)
    return found


def _own(session: Session, author_id: int, post_id: int) -> Post | None:
    hers = select(Post).where(Post.id == post_id, Post.author_id == author_id)
    return session.scalar(hers.with_for_update(of=Post).execution_options(populate_existing=True))


def report(session: Session, reporter_id: int, post_id: int, reason: str) -> bool:
    """Bring a post to the trainers' eyes; False if she has reported it before. Raises `TooMany`."""
    lock(session, reporter_id)
    if session.get(Report, (post_id, reporter_id)):
        return False
    _throttle(session, REPORTS, reporter_id)
    told = {"post_id": post_id, "reporter_id": reporter_id, "reason": reason, "at": clock.now()}
    session.execute(insert(session, Report).values(**told).on_conflict_do_nothing())
    return True


def accept(session: Session, by: Person, answer_id: int) -> Outcome:
    """Accept an answer, which pays its author once and for all; `by` is who asked, or staff. Raises `Decided`."""
    answer, question = _thread(session, answer_id)
    living = lock_all(session, [answer.author_id])
    _held(session, question.id)
    answer = _held(session, answer_id)
    if answer.state not in (PASSED, *(() if _moderated(session) else (WAITING,))) or answer.author_id not in living:
        raise Decided(_("This answer has been taken away meanwhile. Nothing was changed."))
    if answer.author_id == question.author_id:
        raise Decided(_("Who asks can’t accept her own answer."))
    if answer.accepted:
        return Outcome()
    if session.scalar(select(Post.id).where(Post.question_id == question.id, Post.accepted)):
        raise Decided(_("Another answer to this question has been accepted already. Nothing was changed."))
    answer.accepted = True
    session.flush()
    if by.id != question.author_id:
        audit(session, by, "answer.accepted", f"post/{answer_id}")
    if session.get_one(Person, answer.author_id).role != TRAINEE:
        return Outcome()
    return record(session, answer.author_id, "answer.accepted", answer.lesson, str(answer_id))


def _thread(session: Session, answer_id: int) -> tuple[Post, Post]:
    answer = session.get_one(Post, answer_id)
    return answer, session.get_one(Post, answer.question_id)


# Staff


def let_through(session: Session, staff: Person, post_id: int, version: int) -> Outcome | None:
    """Show a post, or go on showing it, in the version that was read; None if she may not judge it.

    Its reports are settled, its author is paid once, and who asked is told. Raises `Decided`.
    """
    found = _judged(session, staff, post_id, version)
    if found is None:
        return None
    post, living = found
    _settle(session, post_id)
    if post.state == PASSED:
        return Outcome()
    post.state, post.reason = PASSED, ""
    post.version += 1
    audit(session, staff, "post.passed", f"post/{post_id}")
    outcome = Outcome()
    if session.get_one(Person, post.author_id).role == TRAINEE:
        outcome += record(session, post.author_id, "comment.passed", post.lesson, str(post_id))
    if post.question_id:
        _tell_asker(session, session.get_one(Post, post.question_id), post, living)
    return outcome


def take_down(session: Session, staff: Person, post_id: int, version: int, reason: str) -> bool:
    """Take a post away from everybody but its author, who reads why; False if she may not judge it.

    An answer that was accepted stays so: what it paid is kept. Raises `Decided`.
    """
    found = _judged(session, staff, post_id, version)
    if found is None:
        return False
    post, _living = found
    _settle(session, post_id)
    post.state, post.reason = DOWN, reason
    post.version += 1
    audit(session, staff, "post.removed", f"post/{post_id}")
    if session.get_one(Person, post.author_id).role == TRAINEE:
        record(session, post.author_id, "comment.returned", post.lesson, f"{post_id}.{post.version}")
    return True


def _judged(session: Session, staff: Person, post_id: int, version: int) -> tuple[Post, list[int]] | None:
    """A post that staff may judge, held with its author and with who asked, and the living of them."""
    author = in_scope(staff).where(Post.id == post_id).with_only_columns(Post.author_id, Post.question_id)
    row = session.execute(author).first()
    if row is None:
        return None
    asker = session.scalar(select(Post.author_id).where(Post.id == row.question_id))
    living = lock_all(session, [row.author_id, asker or row.author_id])
    post = _held(session, post_id)
    if post.state == DELETED or row.author_id not in living:
        raise Decided(_("Its author has deleted it meanwhile. There is nothing left to judge."))
    if post.version != version:
        raise Decided(_("It has changed since you read it. Please read it once more."))
    return post, living


def _settle(session: Session, post_id: int) -> None:
    open_ones = update(Report).where(Report.post_id == post_id, Report.settled_at.is_(None))
    session.execute(open_ones.values(settled_at=clock.now()).execution_options(synchronize_session=False))


def close(session: Session, staff: Person, question_id: int, closed: bool) -> bool:
    """Lock a question, or open it again; False if she may not judge it."""
    theirs = in_scope(staff).where(Post.id == question_id, Post.question_id.is_(None))
    if session.scalar(theirs.with_only_columns(Post.id)) is None:
        return False
    question = _held(session, question_id)
    if bool(question.locked_at) != closed:
        question.locked_at = clock.now() if closed else None
        audit(session, staff, "thread.locked" if closed else "thread.opened", f"post/{question_id}")
    return True


def forget(session: Session, person: Person) -> None:
    """Empty what a trainee wrote, so that the threads it stands in can still be read, and forget what she reported.

    What staff said stays with those who asked, as with their comments.
    """
    session.execute(delete(Report).where(Report.reporter_id == person.id).execution_options(synchronize_session=False))
    for scope in (SCOPE, REPORTS):
        throttle.forget(session, scope, str(person.id))
    if person.role == TRAINEE:
        emptied = {"text": "", "reason": "", "state": DELETED, "version": Post.version + 1}
        hers = update(Post).where(Post.author_id == person.id).values(**emptied)
        session.execute(hers.execution_options(synchronize_session=False))
