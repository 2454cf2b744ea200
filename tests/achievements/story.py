"""Short cuts to a point in a trainee's story."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from academy.journal import actions as journal
from academy.journal.models import Standing


def almost_silver(session: Session, trainee_id: int, *, but: set[str]) -> None:
    """Write all that 白银 asks for, but for some kinds of fact, without what follows from it."""
    facts = [
        ("course.completed", "tools", "", 1),
        ("course.completed", "first-steps", "", 1),
        ("quiz.finished", "bronze-exam", "1", 92),
        ("exam.passed", "bronze-exam", "", 1),
        ("pledge.signed", "koc", "2026-09", 1),
        ("handin.accepted", "first-words", "1", 1),
        *(("checkin.done", "", f"2026-09-0{day}", 1) for day in range(1, 8 if "checkin.done" not in but else 7)),
    ]
    for kind, topic, occurrence, value in facts:
        if kind not in but or kind == "checkin.done":
            journal.write(session, trainee_id, kind, topic, occurrence, value)
    session.execute(update(Standing).where(Standing.trainee_id == trainee_id).values(growth=300))
