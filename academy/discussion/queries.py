"""Reads of what is said under lessons. A trainee finds what is shown to her, staff what is in their scope."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from academy.discussion.models import Post, Report
from academy.discussion.rules import DELETED, DOWN, MOST_COUNTED, PASSED, WAITING
from academy.people.models import Cohort, Membership, Person
from academy.people.queries import scope

QUESTIONS, ANSWERS, PAGE = 20, 50, 50
"""How many stand on a page: questions of a lesson, answers to a question, posts on the desk."""


@dataclass(frozen=True)
class Reader:
    """Who reads, and whether others' posts wait for a trainer before she sees them."""

    id: int
    moderated: bool


def shown(reader: Reader, post: type[Post] = Post) -> ColumnElement[bool]:
    """Whether a post is shown to her: what was let through, and what is her own."""
    states = (PASSED,) if reader.moderated else (PASSED, WAITING)
    return or_(post.state.in_(states), and_(post.author_id == reader.id, post.state.in_((WAITING, DOWN))))


def _questions(reader: Reader) -> ColumnElement[bool]:
    """The questions that are shown to her; of a deleted one its place, while it has answers."""
    answer = aliased(Post)
    answered = exists().where(answer.question_id == Post.id, shown(reader, answer)).correlate(Post)
    return and_(Post.question_id.is_(None), or_(shown(reader), and_(Post.state == DELETED, answered)))


@dataclass(frozen=True)
class Row:
    """A question in a list: how many answers are shown, and whether one of them was accepted."""

    post: Post
    answers: int
    accepted: bool


def questions(session: Session, lesson: str, reader: Reader, limit: int, before: int | None = None) -> list[Row]:
    """The questions under a lesson, the newest first, from behind one on."""
    answer = aliased(Post)
    of = select(func.count()).where(answer.question_id == Post.id).correlate(Post)
    rows = session.execute(
        select(Post, of.where(shown(reader, answer)).scalar_subquery(), of.where(answer.accepted).scalar_subquery())
        .join(Post.author)
        .options(contains_eager(Post.author))
        .where(Post.lesson == lesson, _questions(reader), Post.id < before if before else true())
        .order_by(Post.id.desc())
        .limit(limit)
    )
    return [Row(post, answers, bool(accepted)) for post, answers, accepted in rows]


def number_of(session: Session, lesson: str, reader: Reader) -> int:
    """How many questions are shown to her under a lesson; beyond `MOST_COUNTED` they are not counted on."""
    few = select(Post.id).where(Post.lesson == lesson, _questions(reader)).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


def seen(session: Session, post_id: int, reader: Reader) -> Post | None:
    """A post that is shown to her, with its author."""
    found = (
        select(Post).options(joinedload(Post.author)).where(Post.id == post_id, or_(shown(reader), _questions(reader)))
    )
    return session.scalar(found.execution_options(populate_existing=True))


def question_of(session: Session, post_id: int) -> int | None:
    """The question that a post answers; None if it is one itself, or is not there."""
    return session.scalar(select(Post.question_id).where(Post.id == post_id))


def answers(session: Session, question_id: int, reader: Reader, limit: int, after: int | None = None) -> list[Post]:
    """The answers that are shown to her as they came, from behind one on; the accepted one stands first of all.

    Its place stays where it was deleted or taken down.
    """
    found = select(Post).join(Post.author).options(contains_eager(Post.author)).where(Post.question_id == question_id)
    found = found.where(or_(shown(reader), Post.accepted))
    if after:
        found = found.where(Post.id > after, ~Post.accepted)
    return list(session.scalars(found.order_by(Post.accepted.desc(), Post.id).limit(limit)))


def of_author(session: Session, author_id: int) -> list[Post]:
    """All that somebody wrote, in its order."""
    return list(session.scalars(select(Post).where(Post.author_id == author_id).order_by(Post.id)))


def own(session: Session, author_id: int, post_id: int) -> Post | None:
    """One of her own posts; somebody else's is not there."""
    return session.scalar(select(Post).where(Post.id == post_id, Post.author_id == author_id, Post.state != DELETED))


# The desk


def in_scope(staff: Person) -> Select[Post]:
    """The posts that a member of staff may judge: of the trainees whom she may see, and her own."""
    if not staff.may("discussion.moderate"):
        return select(Post).where(false())
    if staff.may("roster.see_all"):
        return select(Post)
    return select(Post).where(
        or_(Post.author_id.in_(scope(staff).with_only_columns(Person.id)), Post.author_id == staff.id)
    )


def reported() -> ColumnElement[bool]:
    """Whether somebody has reported a post that no trainer has looked at since."""
    return exists().where(Report.post_id == Post.id, Report.settled_at.is_(None)).correlate(Post)


REPORTED = "reported"
TABS = (WAITING, REPORTED, PASSED, DOWN)
"""What stands on the desk: posts that wait, reported ones, those that are shown, those that were taken down."""


def at_desk(staff: Person, tab: str) -> Select[Post]:
    """The posts of a tab."""
    if tab == REPORTED:
        return in_scope(staff).where(Post.state.in_((WAITING, PASSED)), reported())
    return in_scope(staff).where(Post.state == tab)


@dataclass(frozen=True)
class Counts:
    """How many posts wait on a desk and since when, and how many are reported; beyond `MOST_COUNTED` they are not
    counted on."""

    waiting: int
    reported: int
    since: datetime | None


def counts(session: Session, staff: Person) -> Counts:
    """How much there is to do; one statement."""
    first = at_desk(staff, WAITING).with_only_columns(Post.at).order_by(Post.id).limit(1).scalar_subquery()
    return Counts(*session.execute(select(_few(staff, WAITING), _few(staff, REPORTED), first)).one())


def _few(staff: Person, tab: str) -> ColumnElement[int]:
    some = at_desk(staff, tab).with_only_columns(Post.id).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


@dataclass(frozen=True)
class Line:
    """A post on the desk, with the cohort in which its author is now, and how often it is reported."""

    post: Post
    cohort: str | None
    reports: int


def listed(session: Session, staff: Person, tab: str, limit: int, after: int | None = None) -> list[Line]:
    """A tab from behind a post on: what there is to do as it came, the rest newest first."""
    found, todo = at_desk(staff, tab), tab in (WAITING, REPORTED)
    if after:
        found = found.where(Post.id > after if todo else Post.id < after)
    found = found.order_by(Post.id if todo else Post.id.desc()).limit(limit)
    open_reports = select(func.count()).where(Report.post_id == Post.id, Report.settled_at.is_(None)).correlate(Post)
    rows = session.execute(
        found.join(Post.author)
        .outerjoin(Membership, and_(Membership.trainee_id == Post.author_id, Membership.until.is_(None)))
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .options(contains_eager(Post.author))
        .with_only_columns(Post, Cohort.name, open_reports.scalar_subquery())
    )
    return [Line(*row) for row in rows]


def judged(session: Session, staff: Person, post_id: int) -> Post | None:
    """One post that a member of staff may judge, with its author and its question."""
    return session.scalar(
        in_scope(staff)
        .options(joinedload(Post.author), joinedload(Post.question).joinedload(Post.author))
        .where(Post.id == post_id)
        .execution_options(populate_existing=True)
    )


def around(session: Session, post: Post) -> list[Post]:
    """The newest answers in a post's thread up to itself, as they came."""
    before = (
        select(Post)
        .join(Post.author)
        .options(contains_eager(Post.author))
        .where(Post.question_id == (post.question_id or post.id), Post.state != DELETED)
        .where(Post.id <= post.id if post.question_id else true())
        .order_by(Post.id.desc())
        .limit(QUESTIONS)
    )
    return list(session.scalars(before))[::-1]


def reports(session: Session, post_id: int) -> list[tuple[Report, str]]:
    """The open reports of a post, each with who reported it."""
    rows = session.execute(
        select(Report, Person.name)
        .join(Person, Person.id == Report.reporter_id)
        .where(Report.post_id == post_id, Report.settled_at.is_(None))
        .order_by(Report.at)
    )
    return [(report, name) for report, name in rows]


@dataclass(frozen=True)
class Neighbours:
    """What stands before and behind a post in its queue, and how many stand in it."""

    previous: int | None
    following: int | None
    counts: Counts


def beside(session: Session, staff: Person, tab: str, post_id: int) -> Neighbours:
    """The posts beside one in its queue; one statement."""
    queue = at_desk(staff, tab)
    previous = queue.where(Post.id < post_id).with_only_columns(func.max(Post.id)).scalar_subquery()
    following = queue.where(Post.id > post_id).with_only_columns(func.min(Post.id)).scalar_subquery()
    first = at_desk(staff, WAITING).with_only_columns(func.min(Post.at)).scalar_subquery()
    row = session.execute(select(previous, following, _few(staff, WAITING), _few(staff, REPORTED), first)).one()
    return Neighbours(row[0], row[1], Counts(*row[2:]))


def next_one(session: Session, staff: Person) -> int | None:
    """What to look at next: what is reported, then what has waited longest."""
    first, then = (
        at_desk(staff, tab).with_only_columns(func.min(Post.id)).scalar_subquery() for tab in (REPORTED, WAITING)
    )
    found: int | None = session.scalar(select(func.coalesce(first, then)))
    return found
