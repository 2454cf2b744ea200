"""Writing scripts, leading sessions, answering in them, and who was there."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome, record
from academy.achievements.points.rules import earns
from academy.catalog.actions import publish, take_turn
from academy.catalog.blocks import ON, phase_of, span_of
from academy.catalog.queries import published
from academy.db import insert
from academy.jobs.actions import ask
from academy.journal.queries import standing
from academy.people.actions import audit, lock, lock_all
from academy.people.models import Appointment, Person
from academy.training import queries
from academy.training.models import Game, Live, Presence, Reply, Script
from academy.training.rules import ATTENDED, COUNTS, DRAW, MOST_TITLE, QUESTION, counted, drawn, percent
from academy.training.rules import Script as Words
from academy.web.errors import Refused
from academy.web.reading import pick

ATTENDANCE = "attendance"
"""The job that makes facts of who was there."""

ATTENDED_KIND = "live.attended"


class Rewritten(Exception):
    """The script was saved from another window since this one was opened."""


class Planned(Refused):
    """A session is going to be held with this script."""


class Closed(Refused):
    """A game that takes no answers any more, or a session that is over."""


class Nobody(Refused):
    """A draw among nobody."""


# Scripts


def write(session: Session, owner: Person, words: Words) -> Script:
    """Begin a script of one's own."""
    made = Script(owner_id=owner.id, title=words.title, content=words.content, at=clock.now())
    session.add(made)
    session.flush()
    return made


def save(session: Session, owner: Person, id: int, words: Words, revision: int) -> Script | None:
    """Keep what became of a script; None if there is no such script of hers. Raises `Rewritten`."""
    saved = session.execute(
        update(Script)
        .where(Script.id == id, Script.owner_id == owner.id, Script.revision == revision)
        .values(title=words.title, content=words.content, revision=Script.revision + 1, at=clock.now())
        .returning(Script.id)
        .execution_options(synchronize_session=False)
    ).first()
    found = session.get(Script, id, populate_existing=True)
    if found is None or found.owner_id != owner.id:
        return None
    if saved is None:
        raise Rewritten
    return found


def remove(session: Session, owner: Person, id: int) -> bool:
    """Delete a script; sessions that were held with it keep what they need. Raises `Planned`."""
    found = queries.script(session, owner, id)
    if found is None:
        return False
    if session.scalar(select(func.count()).where(Live.script_id == id, Live.began_at.is_(None))):
        raise Planned(_("A session is planned with this script. Hold it or call it off first."))
    session.execute(update(Live).where(Live.script_id == id).values(script_id=None))
    session.delete(found)
    return True


def share(session: Session, staff: Person, id: int) -> str | None:
    """Make a script the academy's: a template that all trainers can copy; None if there is no such whole one."""
    found = queries.script(session, staff, id)
    if found is None or not Words.of(found.content).is_whole:
        return None
    take_turn(session)
    catalog = published(session)
    key = f"script-{id}"
    part = {"key": key, **_told(found.content)}
    parts = [one for one in queries.templates(catalog) if one["key"] != key]
    document = {"scripts": [*parts, part]}
    publish(session, {queries.TEMPLATES.name: document}, origin="studio", by_id=staff.id)
    audit(session, staff, "script.shared", f"script/{id}")
    return key


def withdraw(session: Session, staff: Person, key: str) -> bool:
    """Take a template back; copies stay. False if there is none."""
    take_turn(session)
    parts = queries.templates(published(session))
    rest = [part for part in parts if part["key"] != key]
    if len(rest) == len(parts):
        return False
    publish(session, {queries.TEMPLATES.name: {"scripts": rest}}, origin="studio", by_id=staff.id)
    audit(session, staff, "script.withdrawn", f"template/{key}"[:60])
    return True


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a trainer wrote in one language, as texts."""

    def text(words: str) -> dict[str, str]:
        return {"zh": words}

    def game(held: Mapping[str, Any]) -> dict[str, Any]:
        said = {name: text(held[name]) for name in ("prompt", "prize") if held.get(name)}
        choices = {"choices": [text(one) for one in held["choices"]]} if "choices" in held else {}
        rest = {name: value for name, value in held.items() if name != "prize"}
        return {**rest, **said, **choices}

    return {
        "title": text(content["title"]),
        "blocks": {key: text(words) for key, words in content["blocks"].items()},
        "games": [game(held) for held in content["games"]],
    }


# Planning and leading a session


@dataclass(frozen=True)
class Plan:
    """What a trainer says of a session to come; without `at` it is now."""

    cohort_id: int
    title: str
    minutes: int
    script_id: int | None = None
    at: datetime | None = None
    join: str = ""


def plan(session: Session, staff: Person, code: str, wanted: Plan, link: str) -> Live:
    """Plan a session of a class under a code, once; one for later stands on the class's calendar with its link."""
    row = {
        **{"code": code, "cohort_id": wanted.cohort_id, "title": wanted.title, "by_id": staff.id},
        **{"script_id": wanted.script_id, "planned_at": wanted.at or clock.now(), "minutes": wanted.minutes},
        "join": wanted.join,
    }
    new = insert(session, Live).values(replay="", settled=False, **row).on_conflict_do_nothing()
    made = session.execute(new.returning(Live.id)).first()
    if made and wanted.at:
        session.add(Appointment(cohort_id=wanted.cohort_id, title=wanted.title, at=wanted.at, link=link))
    if made:
        audit(session, staff, "live.planned", f"live/{made.id}")
    return session.scalars(select(Live).where(Live.code == code)).one()


def call_off(session: Session, staff: Person, id: int, link: str) -> bool:
    """Forget a session that has not begun, and take it off the calendar."""
    live = _led(session, staff, id)
    if live is None or live.began_at:
        return False
    for gone in (
        delete(Presence).where(Presence.live_id == id),
        delete(Appointment).where(Appointment.cohort_id == live.cohort_id, Appointment.link == link),
    ):
        session.execute(gone.execution_options(synchronize_session=False))
    session.delete(live)
    audit(session, staff, "live.called_off", f"live/{id}")
    return True


def begin(session: Session, staff: Person, id: int) -> bool:
    """Begin a session with its script as it is now; from here on it stays so. Again, nothing happens."""
    live = _led(session, staff, id)
    if live is None:
        return False
    if live.began_at is None:
        words = queries.words_of(live)
        live.began_at, live.content = clock.now(), words.content if words else None
        audit(session, staff, "live.begun", f"live/{id}")
    return True


def end(session: Session, staff: Person, id: int) -> bool:
    """End a session that goes on, with whatever game is open; then it becomes fact who was there."""
    live = _led(session, staff, id)
    if live is None:
        return False
    if live.goes_on:
        _end(session, live, clock.now())
        audit(session, staff, "live.ended", f"live/{id}")
    return True


def _end(session: Session, live: Live, at: datetime) -> None:
    live.ended_at = at
    over = update(Game).where(Game.live_id == live.id, Game.closed_at.is_(None)).values(closed_at=at)
    session.execute(over.execution_options(synchronize_session=False))
    ask(session, ATTENDANCE, f"{ATTENDANCE}/{live.id}", live=live.id)


def set_links(session: Session, staff: Person, id: int, join: str, replay: str) -> bool:
    """Say where a session is to be joined and where it can be seen again."""
    live = _led(session, staff, id)
    if live is None:
        return False
    live.join, live.replay = join, replay
    return True


def open_game(session: Session, staff: Person, id: int, n: int) -> bool:
    """Open the nth game of a session that goes on, once; whoever is second finds it open."""
    live = _led(session, staff, id)
    words = queries.words_of(live) if live else None
    if live is None or words is None or not 1 <= n <= len(words.games):
        return False
    if not live.goes_on:
        raise Closed(_("This session does not go on, so no game can be opened."))
    game, now = words.games[n - 1], clock.now()
    row = {
        "live_id": id,
        "n": n,
        "opened_at": now,
        "closes_at": now + timedelta(seconds=game.seconds) if game.kind == QUESTION else None,
        "seed": secrets.token_hex(16) if game.kind == DRAW else "",
        "entered": [],
        "drawn": [],
    }
    session.execute(insert(session, Game).values(**row).on_conflict_do_nothing())
    return True


def close_game(session: Session, staff: Person, id: int, n: int) -> bool:
    """Close the nth game of a session; a draw is drawn by it. Again, nothing happens. Raises `Nobody`."""
    live = _led(session, staff, id)
    words = queries.words_of(live) if live else None
    if live is None or words is None:
        return False
    game = session.scalar(
        select(Game).where(Game.live_id == id, Game.n == n).with_for_update().execution_options(populate_existing=True)
    )
    if game is None:
        return False
    if game.closed_at is None:
        if game.seed:
            game.entered = queries.here(session, id)
            if not game.entered:
                raise Nobody(_("Nobody is here to be drawn yet. Wait until the first phone has joined."))
            game.drawn = drawn(game.seed, game.entered, words.games[n - 1].people)
        game.closed_at = min(clock.now(), game.closes_at or clock.now())
    return True


def _led(session: Session, staff: Person, id: int) -> Live | None:
    """A session that a member of staff may see, which nobody else changes until this is committed."""
    return session.scalar(
        queries.in_scope(staff).where(Live.id == id).with_for_update().execution_options(populate_existing=True)
    )


# Being there, and answering


def appear(session: Session, live: Live, trainee_id: int) -> Presence:
    """A sign of life of a trainee at a session: counts the time since her last one, five minutes at most."""
    now = clock.now()
    held = (
        select(Presence)
        .where(Presence.live_id == live.id, Presence.trainee_id == trainee_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalar(held)
    if row is None:
        # Tickets are given out one by one.
        session.execute(select(Live.id).where(Live.id == live.id).with_for_update())
        last = session.scalar(select(func.max(Presence.ticket)).where(Presence.live_id == live.id)) or 0
        new = {"live_id": live.id, "trainee_id": trainee_id, "ticket": last + 1, "first_at": now, "last_at": now}
        session.execute(insert(session, Presence).values(seconds=0, **new).on_conflict_do_nothing())
        return session.scalars(held).one()
    if now > row.last_at:
        row.seconds += counted(row.last_at, now, live.begins, live.ends)
        row.last_at = now
    return row


def attend(session: Session, live: Live, trainee_id: int) -> Outcome:
    """A sign of life; the first one after the end makes a fact of her attendance at once."""
    if live.ends is None or clock.now() < live.ends:
        appear(session, live, trainee_id)
        return Outcome()
    return settle(session, live, trainee_id)


def join_block(session: Session, trainee_id: int, key: str) -> tuple[Live, Outcome] | None:
    """A sign of life at the live session of a lesson; None if it is not open to her. Raises `Closed`."""
    lock(session, trainee_id)
    found = queries.open_to(published(session), standing(session, trainee_id).tier, key)
    if found is None:
        return None
    begins, _ends = span_of(found.block)
    live = queries.of_block(session, key, begins)
    on = phase_of(found.block, clock.now()) == ON
    if live is None and on:
        row = {"block": key, "planned_at": begins, "minutes": found.block["minutes"], "join": "", "replay": ""}
        new = insert(session, Live).values(title=pick(found.block["title"])[:MOST_TITLE], settled=False, **row)
        session.execute(new.on_conflict_do_nothing())
        live = queries.of_block(session, key, begins)
    if live is None or (not on and clock.now() < begins):
        raise Closed(_("This live session can’t be joined now. The lesson says when it is."))
    if not on and queries.presence(session, live.id, trainee_id) is None:
        raise Closed(_("This live session is over. What was recorded of it is on the lesson’s page."))
    return live, attend(session, live, trainee_id)


def answer(session: Session, trainee_id: int, code: str, n: int, choice: int | None) -> bool:
    """Answer the nth game of her class's session, the first answer counts; False if there is none. Raises `Closed`.

    Whether it was right is told when the game is closed, and paid at once.
    """
    lock(session, trainee_id)
    live = queries.hers(session, trainee_id, code)
    words = queries.words_of(live) if live else None
    if live is None or words is None or not 1 <= n <= len(words.games):
        return False
    # First, as whoever closes a game holds the session before it.
    appear(session, live, trainee_id)
    # A game that is being closed waits for those who are answering, and who comes after it finds it closed.
    game = session.scalar(
        select(Game)
        .where(Game.live_id == live.id, Game.n == n)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    asked = words.games[n - 1]
    if game is None or game.seed or choice is None or not 0 <= choice < len(asked.choices):
        return False
    now = clock.now()
    known = session.get(Reply, (game.id, trainee_id), populate_existing=True)
    if known is None and not game.is_open(now):
        raise Closed(_("The time for this one is over. The next one comes on the screen."))
    if known is None:
        right = asked.kind == QUESTION and choice == asked.right
        session.add(Reply(game_id=game.id, trainee_id=trainee_id, choice=choice, right=right, at=now))
        if right:
            record(session, trainee_id, "game.right", "", f"{live.id}-{n}")
    return True


# Attendance as a fact


def settle(session: Session, live: Live, trainee_id: int) -> Outcome:
    """Make a fact of how much of an ended session a trainee was there; empty if it is one already, or she wasn't."""
    row = queries.presence(session, live.id, trainee_id)
    if row is None or live.begins is None or live.ends is None:
        return Outcome()
    seconds = row.seconds + counted(row.last_at, row.last_at + COUNTS, live.begins, live.ends)
    share = percent(seconds, live.begins, live.ends)
    if not share:
        return Outcome()
    return record(session, trainee_id, ATTENDED_KIND, live.block or "", queries.occurrences(live)[0], share)


def mark(session: Session, staff: Person, id: int, marked: Mapping[int, int]) -> list[int] | None:
    """Put on record by hand who attended a session, with what percent; those for whom that changed something.

    Whoever has earned what attendance earns is left as she is, so that nothing is paid twice. A session that was held
    elsewhere, and so never began here, was held as it was planned.
    """
    held = lock_all(session, sorted(marked))
    live = _led(session, staff, id)
    if live is None:
        return None
    if live.began_at is None:
        live.began_at = live.planned_at
        _end(session, live, live.planned_at + timedelta(minutes=live.minutes))
    catalog, kept = published(session), queries.recorded(session, live)
    changed = []
    for trainee_id in held:
        before, share = kept.get(trainee_id), marked[trainee_id]
        if before is not None and (before >= share or before >= ATTENDED or _paid(catalog, before)):
            continue
        occurrence = queries.occurrences(live)[before is not None]
        if record(session, trainee_id, ATTENDED_KIND, live.block or "", occurrence, share):
            changed.append(trainee_id)
            audit(session, staff, "live.marked", f"person/{trainee_id} live/{id}")
    return changed


def _paid(catalog: Any, share: int) -> bool:
    return any(earns(catalog, ATTENDED_KIND, value=share).values())


def end_forgotten(session: Session, before: datetime) -> None:
    """End the sessions that began before a moment and that nobody ended, with the last sign of life in them."""
    for live in session.scalars(select(Live).where(Live.ended_at.is_(None), Live.began_at < before).with_for_update()):
        last = session.scalar(select(func.max(Presence.last_at)).where(Presence.live_id == live.id))
        _end(session, live, max(last or live.began_at, live.began_at))  # type: ignore[type-var,arg-type]
