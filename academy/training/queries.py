"""Reads of scripts and live sessions. Staff reach sessions through their classes, trainees through their own class."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from academy import clock
from academy.catalog.blocks import Block
from academy.catalog.content import Catalog, Lesson
from academy.catalog.parts import Part, Parts
from academy.journal.models import Fact
from academy.people.models import Cohort, Membership, Person
from academy.people.queries import cohorts_of
from academy.text.codes import normal_code
from academy.tiers.rules import ladder
from academy.training.models import Game, Live, Presence, Reply, Script
from academy.training.rules import COUNTS, FASTEST, counted, percent
from academy.training.rules import Script as Words

TEMPLATES = Parts("script", ("scripts", "academy"))
"""The academy's templates, parts of one document."""


# Scripts


def templates(catalog: Catalog) -> list[Part]:
    """The academy's templates; none where nothing of the kind was ever published."""
    return TEMPLATES.all(catalog) if TEMPLATES.name in catalog.documents else []


def template(catalog: Catalog, key: str) -> Part | None:
    """One of them."""
    return next((part for part in templates(catalog) if part["key"] == key), None)


def scripts(session: Session, owner: Person) -> list[Script]:
    """A trainer's own scripts, the last changed first."""
    return list(session.scalars(select(Script).where(Script.owner_id == owner.id).order_by(Script.at.desc())))


def script(session: Session, owner: Person, id: int) -> Script | None:
    """One of them."""
    return session.scalar(select(Script).where(Script.id == id, Script.owner_id == owner.id))


# Sessions


def in_scope(staff: Person) -> Select[Live]:
    """The sessions of the classes that a member of staff may see."""
    return select(Live).where(Live.cohort_id.in_(cohorts_of(staff).with_only_columns(Cohort.id)))


def seen(session: Session, staff: Person, id: int) -> Live | None:
    """One session that a member of staff may see, with its class and script."""
    whole = in_scope(staff).options(joinedload(Live.cohort), joinedload(Live.script)).where(Live.id == id)
    return session.scalar(whole.execution_options(populate_existing=True))


PAGE = 20


def listed(session: Session, staff: Person, over: bool, page: int = 1) -> list[tuple[Live, int]]:
    """The sessions that are to come or go on, or a page of those that are over, each with how many came."""
    came = select(func.count()).where(Presence.live_id == Live.id).scalar_subquery()
    wanted = in_scope(staff).options(joinedload(Live.cohort)).add_columns(came)
    if over:
        wanted = wanted.where(Live.ended_at.is_not(None)).order_by(Live.ended_at.desc())
        wanted = wanted.offset((page - 1) * PAGE).limit(PAGE)
    else:
        wanted = wanted.where(Live.ended_at.is_(None)).order_by(Live.planned_at, Live.id)
    return [(live, number) for live, number in session.execute(wanted)]


def number_over(session: Session, staff: Person) -> int:
    """How many sessions are over."""
    over = in_scope(staff).where(Live.ended_at.is_not(None))
    return session.scalar(over.with_only_columns(func.count())) or 0


def classes(session: Session, staff: Person) -> list[Cohort]:
    """The classes that can be taught."""
    return list(session.scalars(cohorts_of(staff).where(Cohort.phase != "ended").order_by(Cohort.id)))


def by_code(session: Session, code: str) -> Live | None:
    """The session behind a link or a code that was typed."""
    found = select(Live).options(joinedload(Live.cohort), joinedload(Live.script))
    return session.scalar(found.where(Live.code == normal_code(code)).execution_options(populate_existing=True))


def hers(session: Session, trainee_id: int, code: str) -> Live | None:
    """A session of the class in which a trainee learns now, by its code."""
    here = select(Membership.cohort_id).where(Membership.trainee_id == trainee_id, Membership.until.is_(None))
    found = select(Live).options(joinedload(Live.script)).where(Live.cohort_id.in_(here))
    return session.scalar(found.where(Live.code == normal_code(code)).execution_options(populate_existing=True))


def words_of(live: Live) -> Words | None:
    """The script of a session: as it was when it began, and until then as it is."""
    content = live.content or (live.script.content if live.script and not live.began_at else None)
    return Words.of(content) if content else None


def games(session: Session, live_id: int) -> dict[int, Game]:
    """The games of a session that were opened, by their numbers."""
    rows = session.scalars(select(Game).where(Game.live_id == live_id).execution_options(populate_existing=True))
    return {game.n: game for game in rows}


def state_of(live: Live, played: Mapping[int, Game], now: datetime) -> str:
    """What a screen compares to know whether it has to be drawn anew."""
    lit = (f"{n}{'o' if game.is_open(now) else 'c'}" for n, game in sorted(played.items()))
    return "-".join(["ended" if live.ended_at else "on" if live.began_at else "waiting", *lit])


@dataclass(frozen=True)
class Result:
    """What came of a game: how many chose what, the first who were right, and who holds the tickets drawn."""

    counts: Mapping[int, int] = field(default_factory=dict)
    fastest: Sequence[tuple[str, float]] = ()
    winners: Sequence[tuple[int, str]] = ()

    @property
    def replies(self) -> int:
        return sum(self.counts.values())

    @property
    def most(self) -> int:
        return max(self.counts.values(), default=0)


def result(session: Session, game: Game) -> Result:
    """How a game stands, without anybody's name but those of the drawn; one statement."""
    if game.seed:
        return Result(winners=_winners(session, game))
    rows = session.execute(select(Reply.choice, func.count()).where(Reply.game_id == game.id).group_by(Reply.choice))
    return Result(dict(rows.all()))


def results(session: Session, live: Live, played: Mapping[int, Game]) -> dict[int, Result]:
    """All games of a session, for its trainer: with the names of the fastest."""
    ids = {game.id: game.n for game in played.values()}
    counts: dict[int, Counter[int]] = {n: Counter() for n in played}
    chosen = select(Reply.game_id, Reply.choice, func.count()).where(Reply.game_id.in_(ids))
    for id, choice, number in session.execute(chosen.group_by(Reply.game_id, Reply.choice)):
        counts[ids[id]][choice] = number
    fastest: dict[int, list[tuple[str, float]]] = {n: [] for n in played}
    place = func.row_number().over(partition_by=Reply.game_id, order_by=(Reply.at, Reply.trainee_id)).label("place")
    right = select(Reply.game_id, Reply.trainee_id, Reply.at, place).where(Reply.game_id.in_(ids), Reply.right)
    first = right.subquery()
    for id, name, at in session.execute(
        select(first.c.game_id, Person.name, first.c.at)
        .join(Person, Person.id == first.c.trainee_id)
        .where(first.c.place <= FASTEST)
        .order_by(first.c.place)
    ):
        fastest[ids[id]].append((name, _seconds(played[ids[id]], at)))
    names = _names(session, live.id, [ticket for game in played.values() for ticket in game.drawn])
    return {
        n: Result(counts[n], fastest[n], [(ticket, names[ticket]) for ticket in game.drawn])
        for n, game in played.items()
    }


def _seconds(game: Game, at: datetime) -> float:
    return round((at - game.opened_at).total_seconds(), 1)


def _winners(session: Session, game: Game) -> list[tuple[int, str]]:
    names = _names(session, game.live_id, game.drawn)
    return [(ticket, names[ticket]) for ticket in game.drawn]


def _names(session: Session, live_id: int, tickets: Sequence[int]) -> dict[int, str]:
    if not tickets:
        return {}
    holders = select(Presence.ticket, Person.name).join(Person, Person.id == Presence.trainee_id)
    rows = session.execute(holders.where(Presence.live_id == live_id, Presence.ticket.in_(tickets)))
    return dict(rows.all())


def here(session: Session, live_id: int) -> list[int]:
    """The tickets of those who are there now."""
    fresh = select(Presence.ticket).where(Presence.live_id == live_id, Presence.last_at > clock.now() - COUNTS)
    return list(session.scalars(fresh.order_by(Presence.ticket)))


def presence(session: Session, live_id: int, trainee_id: int) -> Presence | None:
    """A trainee at a session."""
    return session.get(Presence, (live_id, trainee_id), populate_existing=True)


@dataclass(frozen=True)
class Mine:
    """What a trainee chose in a game, and which place she has among those who were right."""

    choice: int
    right: bool
    place: int


def mine(session: Session, trainee_id: int, played: Mapping[int, Game]) -> dict[int, Mine]:
    """Her replies by the games' numbers; one statement."""
    ids = {game.id: game.n for game in played.values()}
    if not ids:
        return {}
    other = Reply.__table__.alias()
    before = (
        select(func.count())
        .where(
            other.c.game_id == Reply.game_id,
            other.c.right,
            (other.c.at < Reply.at) | ((other.c.at == Reply.at) & (other.c.trainee_id < Reply.trainee_id)),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Reply.game_id, Reply.choice, Reply.right, before).where(
            Reply.trainee_id == trainee_id, Reply.game_id.in_(ids)
        )
    )
    return {ids[id]: Mine(choice, right, earlier + 1) for id, choice, right, earlier in rows}


# Attendance


@dataclass(frozen=True)
class Seat:
    """A member of a class at one of its sessions: how much of it she was there, as counted, and as it is on record."""

    person: Person
    counted: int | None
    kept: int | None


def share(live: Live, row: Presence, now: datetime) -> int | None:
    """The percent of a session so far that somebody was there; None while it has not begun."""
    begins, ends = live.begins, live.ends
    if begins is None or now < begins:
        return None
    seconds = row.seconds + counted(row.last_at, now, begins, ends)
    return percent(seconds, begins, min(ends or now, now))


def attendance(session: Session, live: Live) -> list[Seat]:
    """Who of a session's class was there, and who else came who has left it since; two statements."""
    now = clock.now()
    kept = recorded(session, live)
    came = select(Presence.trainee_id).where(Presence.live_id == live.id)
    now_in = select(Membership.trainee_id).where(Membership.cohort_id == live.cohort_id, Membership.until.is_(None))
    rows = session.execute(
        select(Person, Presence)
        .outerjoin(Presence, (Presence.trainee_id == Person.id) & (Presence.live_id == live.id))
        .where(Person.id.in_(came) | Person.id.in_(now_in), Person.erased_at.is_(None))
        .order_by(Person.id)
    )
    return [Seat(one, share(live, row, now) if row else None, kept.get(one.id)) for one, row in rows]


def occurrences(live: Live) -> tuple[str, str]:
    """How a session is named in facts: as it was counted, and as its trainer put it right."""
    return str(live.id), f"{live.id}-hand"


def recorded(session: Session, live: Live) -> dict[int, int]:
    """The percent of a session that is on record, by trainee: the most of what was counted and marked."""
    rows = session.execute(
        select(Fact.trainee_id, func.max(Fact.value))
        .where(Fact.kind == "live.attended", Fact.topic == (live.block or ""), Fact.occurrence.in_(occurrences(live)))
        .group_by(Fact.trainee_id)
    )
    return dict(rows.all())


# The live blocks of lessons


@dataclass(frozen=True)
class Announced:
    """The live session that a lesson announces."""

    lesson: Lesson
    tier: str
    block: Block


@lru_cache(maxsize=16)
def announced(catalog: Catalog) -> Mapping[str, Announced]:
    """The live sessions of all published lessons, by key."""
    return {
        block["key"]: Announced(lesson, course.tier, block)
        for course in catalog.courses
        for lesson in course.lessons
        for block in lesson.blocks
        if block["type"] == "live"
    }


def open_to(catalog: Catalog, tier: str, key: str) -> Announced | None:
    """The live session of a lesson of a trainee's tier or of one below; a date waits for nobody, however far she is."""
    found = announced(catalog).get(key)
    keys = [rung.key for rung in ladder(catalog).tiers]
    return found if found and found.tier in keys[: keys.index(tier) + 1] else None


def of_block(session: Session, key: str, begins: datetime) -> Live | None:
    """The session of a lesson's block, once somebody has joined it."""
    return session.scalar(select(Live).where(Live.block == key, Live.planned_at == begins))
