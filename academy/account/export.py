"""A person's own data, as a ZIP that she takes along: what stands in our rows about her, and her pictures."""

import json
from collections.abc import Iterable
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from academy import clock
from academy.achievements.badges.models import ByHand
from academy.achievements.certificates.queries import own
from academy.achievements.models import Share
from academy.achievements.papers import batch_of, revocations, wishes
from academy.achievements.queries import wording
from academy.achievements.rewards.models import Grant
from academy.conduct.queries import of_trainee as cases_of
from academy.discussion.models import Report
from academy.discussion.queries import of_author
from academy.files import FileRoom
from academy.journal.models import Entry, Fact, Standing
from academy.people.models import Acceptance, Candidate, Cohort, Invitee, Membership, Person, Trait, Waiting
from academy.practice.models import HandIn, Licence, PeerReview, Phrase, Picture
from academy.practice.pictures import AREA
from academy.practice.rules import UGC
from academy.quizzes.models import Attempt
from academy.scorm.models import Playthrough
from academy.training.models import Game, Presence, Reply, Script

IN_MEMORY = 1024 * 1024  # bytes; a larger archive goes to a temporary file


def archive(session: Session, room: FileRoom, person: Person, readme: str) -> IO[bytes]:
    """The ZIP of everything that is kept about a person, open at its beginning; `readme` explains its parts."""
    hand_ins = _hand_ins(session, person.id)
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", readme)
        packed.writestr("data.json", json.dumps(_data(session, person, hand_ins), ensure_ascii=False, indent=2))
        for hand_in in hand_ins:
            for picture in hand_in.pictures:
                path = room.path(AREA, picture.file)
                if path.is_file():
                    packed.write(path, _picture(hand_in, picture), ZIP_STORED)
    file.seek(0)
    return file


def _picture(hand_in: HandIn, picture: Picture) -> str:
    return f"pictures/{hand_in.practice}-{hand_in.number}-{picture.position}.jpg"


def _data(session: Session, person: Person, hand_ins: list[HandIn]) -> dict[str, Any]:
    return {
        "made_at": _at(clock.now()),
        "account": {
            "name": person.name,
            "legal_name": person.legal_name,
            "salutation": person.salutation,
            "phone": person.phone,
            "email": person.email,
            "role": person.role,
            "language": person.locale,
            "theme": person.theme,
            "agreed_to_terms": {"version": person.consent_version, "at": _at(person.consent_at)},
            "created_at": _at(person.created_at),
            "notices_seen_at": _at(person.seen_at),
            "agreed_to_announcements_at": _at(person.announce_since),
            "from_outside_since": _at(person.external_since),
            "removed_at": _at(person.removed_at),
        },
        "classes": _classes(session, person.id),
        "waiting_list": [
            {"tier": row.tier, "since": _at(row.since)}
            for row in session.scalars(select(Waiting).where(Waiting.trainee_id == person.id))
        ],
        "rules_accepted": [
            {"class": name, "at": _at(at)}
            for name, at in session.execute(
                select(Cohort.name, Acceptance.at)
                .join(Cohort, Cohort.id == Acceptance.cohort_id)
                .where(Acceptance.trainee_id == person.id)
                .order_by(Acceptance.at)
            )
        ],
        "invitations": [
            {"class": row.cohort.name, "name": row.name, "phone": row.phone, "at": _at(row.at)}
            for row in session.scalars(
                select(Invitee).options(joinedload(Invitee.cohort)).where(Invitee.person_id == person.id)
            )
        ],
        "applications": [
            {
                "group": row.cohort.name,
                "name": row.name,
                "why": row.why,
                "channel": row.channel,
                "state": row.state,
                "at": _at(row.at),
                "decided_at": _at(row.decided_at),
                "note": row.note,
            }
            for row in session.scalars(
                select(Candidate).options(joinedload(Candidate.cohort)).where(Candidate.person_id == person.id)
            )
        ],
        "known_of_you": [
            {"kind": row.kind, "key": row.key, "value": row.value}
            for row in session.scalars(select(Trait).where(Trait.trainee_id == person.id))
        ],
        "standing": _standing(session.get(Standing, person.id)),
        "facts": [
            {"kind": row.kind, "topic": row.topic, "occurrence": row.occurrence, "value": row.value, "at": _at(row.at)}
            for row in session.scalars(select(Fact).where(Fact.trainee_id == person.id).order_by(Fact.id))
        ],
        "ledger": [
            {"rule": entry.rule, "currency": entry.currency, "amount": entry.amount, "for": kind, "at": _at(entry.at)}
            for entry, kind in session.execute(
                select(Entry, Fact.kind)
                .join(Fact, Fact.id == Entry.fact_id)
                .where(Entry.trainee_id == person.id)
                .order_by(Entry.id)
            )
        ],
        "hand_ins": [_hand_in(row) for row in hand_ins],
        "live_sessions": list(_live_sessions(session, person.id)),
        "scripts": [
            {"title": row.title, "at": _at(row.at), "script": row.content}
            for row in session.scalars(select(Script).where(Script.owner_id == person.id).order_by(Script.id))
        ],
        "peer_reviews": _peer_reviews(session, person.id),
        "phrases": [
            {"title": row.title, "text": row.text, "for_all_trainers": row.shared}
            for row in session.scalars(select(Phrase).where(Phrase.owner_id == person.id).order_by(Phrase.id))
        ],
        "attempts": list(_attempts(session, person.id)),
        "packages": [
            {
                "package": row.package,
                "number": row.number,
                "started_at": _at(row.started_at),
                "last_played_at": _at(row.at),
                "completed_at": _at(row.completed_at),
                "finished_at": _at(row.finished_at),
                "parts": [
                    {"part": part.position + 1, "status": part.status, "seconds": part.seconds, "told": part.data}
                    for part in row.parts
                ],
            }
            for row in session.scalars(
                select(Playthrough)
                .options(selectinload(Playthrough.parts))
                .where(Playthrough.trainee_id == person.id)
                .order_by(Playthrough.id)
            )
        ],
        "discussion": [
            {
                "lesson": row.lesson,
                "what": "answer" if row.question_id else "question",
                "text": row.text,
                "at": _at(row.at),
                "state": row.state,
                "reason": row.reason,
                "accepted": row.accepted,
            }
            for row in of_author(session, person.id)
        ],
        "reports": [
            {"post": row.post_id, "reason": row.reason, "at": _at(row.at), "looked_at": _at(row.settled_at)}
            for row in session.scalars(select(Report).where(Report.reporter_id == person.id).order_by(Report.at))
        ],
        "violations": [
            {
                "rule": row.fact.topic,
                "serious": row.serious,
                "note": row.note,
                "at": _at(row.at),
                "lifted_at": _at(row.lifted_at),
                "lifted_note": row.lifted_note,
            }
            for row in cases_of(session, person.id)
        ],
        "badges_by_hand": [
            {"badge": row.fact.topic, "what": row.fact.kind, "reason": row.reason, "at": _at(row.fact.at)}
            for row in session.scalars(
                select(ByHand).join(ByHand.fact).options(joinedload(ByHand.fact)).where(Fact.trainee_id == person.id)
            )
        ],
        "certificates": _certificates(session, person),
        "shares": [
            {"kind": kind, "topic": topic, "named": row.named, "from": _at(row.created_at), "until": _at(row.ended_at)}
            for row, kind, topic in session.execute(
                select(Share, Fact.kind, Fact.topic)
                .join(Fact, Fact.id == Share.fact_id)
                .where(Fact.trainee_id == person.id)
                .order_by(Share.id)
            )
        ],
        "rewards": [
            {"reward": row.reward, "at": _at(row.at), "voucher": row.voucher.code if row.voucher else None}
            for row in session.scalars(
                select(Grant).options(joinedload(Grant.voucher)).where(Grant.trainee_id == person.id).order_by(Grant.id)
            )
        ],
    }


def _classes(session: Session, trainee_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Membership)
        .options(joinedload(Membership.cohort).joinedload(Cohort.trainer))
        .where(Membership.trainee_id == trainee_id)
        .order_by(Membership.id)
    )
    return [
        {
            "class": row.cohort.name,
            "tier": row.cohort.tier,
            "trainer": row.cohort.trainer.name if row.cohort.trainer else None,
            "since": _at(row.since),
            "until": _at(row.until),
        }
        for row in rows
    ]


def _standing(row: Standing | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"tier": row.tier, "since": row.since.isoformat(), "growth": row.growth, "feathers": row.feathers}


def _hand_ins(session: Session, trainee_id: int) -> list[HandIn]:
    return list(
        session.scalars(
            select(HandIn)
            .options(joinedload(HandIn.verdict), joinedload(HandIn.reviewer), joinedload(HandIn.licence))
            .options(selectinload(HandIn.pictures), selectinload(HandIn.remarks))
            .where(HandIn.trainee_id == trainee_id)
            .order_by(HandIn.id)
        )
    )


def _hand_in(row: HandIn) -> dict[str, Any]:
    return {
        "task": "brief" if row.kind == UGC else "practice",
        "practice": row.practice,
        "number": row.number,
        "at": _at(row.at),
        "text": row.text,
        "link": row.link,
        "ticked": row.checks,
        "fellow_students_may_read_it": row.shared,
        "people_in_group": row.people,
        "may_be_named": row.named,
        "announced_at": _at(row.announced_at),
        "pictures": [_picture(row, picture) for picture in row.pictures],
        "licence": _licence(row.licence) if row.licence else None,
        "due": _at(row.due),
        "state": row.state,
        "verdict_at": _at(row.verdict.at) if row.verdict else None,
        "trainer": row.reviewer.name if row.reviewer else None,
        "comment": row.comment,
        "stars": row.scores,
        "remarks": [{"passage": row.text[one.start : one.end], "text": one.text} for one in row.remarks]
        if row.verdict
        else [],
    }


def _licence(row: Licence) -> dict[str, Any]:
    return {
        "scope": row.scope,
        "months": row.months,
        "portrait": row.portrait,
        "withdrawn_at": _at(row.withdrawn_at),
    }


def _peer_reviews(session: Session, person_id: int) -> dict[str, Any]:
    """What she said to fellow students, and what they said to her; nobody's name."""
    rows = session.execute(
        select(PeerReview, HandIn.practice)
        .join(HandIn, HandIn.id == PeerReview.hand_in_id)
        .where(
            (PeerReview.author_id == person_id) | ((HandIn.trainee_id == person_id) & PeerReview.hidden_at.is_(None))
        )
        .order_by(PeerReview.id)
    )
    said: dict[str, Any] = {"by_you": [], "to_you": []}
    for row, practice in rows:
        said["by_you" if row.author_id == person_id else "to_you"].append(
            {"practice": practice, "stars": row.scores, "comment": row.comment, "at": _at(row.at)}
        )
    return said


def _attempts(session: Session, trainee_id: int) -> Iterable[dict[str, Any]]:
    rows = session.execute(
        select(Attempt, Fact.value)
        .outerjoin(Fact, Fact.id == Attempt.fact_id)
        .options(selectinload(Attempt.answers))
        .where(Attempt.trainee_id == trainee_id)
        .order_by(Attempt.id)
    )
    for row, score in rows:
        yield {
            "quiz": row.quiz,
            "number": row.number,
            "started_at": _at(row.started_at),
            "finished_at": _at(row.finished_at),
            "score": score,
            "answers": [
                {"question": answer.question, "chosen": answer.chosen, "right": answer.right, "at": _at(answer.at)}
                for answer in row.answers
            ],
        }


def _live_sessions(session: Session, trainee_id: int) -> Iterable[dict[str, Any]]:
    """Where she was, for how long, and what she chose in the games, by their numbers."""
    chosen: dict[int, list[dict[str, Any]]] = {}
    for reply, live_id, n in session.execute(
        select(Reply, Game.live_id, Game.n).join(Game, Game.id == Reply.game_id).where(Reply.trainee_id == trainee_id)
    ):
        chosen.setdefault(live_id, []).append(
            {"game": n, "chosen": reply.choice + 1, "right": reply.right, "at": _at(reply.at)}
        )
    rows = select(Presence).options(joinedload(Presence.live)).where(Presence.trainee_id == trainee_id)
    for row in session.scalars(rows.order_by(Presence.live_id)):
        yield {
            "title": row.live.title,
            "first_seen_at": _at(row.first_at),
            "last_seen_at": _at(row.last_at),
            "seconds": row.seconds,
            "number_in_draws": row.ticket,
            "answers": chosen.get(row.live_id, []),
        }


def _certificates(session: Session, person: Person) -> list[dict[str, Any]]:
    return [
        {
            "title": wording(session, row, row.name).title,
            "serial": row.serial,
            "code": row.code,
            "name": row.name,
            "salutation": row.salutation,
            "figures": row.fields,
            "issued_on": row.issued_on.isoformat(),
            "version": row.version,
            "expires_on": row.expires_on.isoformat() if row.expires_on else None,
            "status": held.status,
            "reason": batch.reason if (batch := batch_of(session, row)) else "",
            "corrections": [
                {"name": asked.name, "said": asked.said, "at": _at(asked.at), "answer": asked.answer}
                for asked in wishes(session, row)
            ],
            "revocations": [
                {
                    "reason": taken.reason,
                    "at": _at(taken.at),
                    "restored_at": _at(taken.restored_at),
                    "restored_reason": taken.restored_reason,
                }
                for taken in revocations(session, row)
            ],
        }
        for held in own(session, person.id)
        for row in (held.paper,)
    ]


def _at(moment: datetime | None) -> str | None:
    """An instant on the brand's wall clock, e.g. 2026-09-14T10:00:00+08:00."""
    return clock.local(moment).isoformat(timespec="seconds") if moment else None
