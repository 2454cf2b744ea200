"""Writing courses: saving, going back, publishing, and letting a release wait for its time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from academy.catalog import drafts
from academy.catalog.actions import publish as release
from academy.catalog.actions import take_turn
from academy.catalog.content import Catalog
from academy.catalog.drafts import Redrafted
from academy.catalog.models import Draft, Release
from academy.catalog.queries import published
from academy.jobs.actions import ask
from academy.jobs.models import Job
from academy.people.actions import audit
from academy.people.models import Person
from academy.studio import checks
from academy.studio.queries import Edited, one, sketch
from academy.studio.rules import (
    COURSE,
    LESSON,
    PUBLISH,
    QUIZ,
    UPDATE,
    Content,
    Name,
    new_course,
    new_lesson,
    new_quiz,
    new_update,
    told_outdated,
    with_lesson,
    without,
)
from academy.text.codes import new_code
from academy.web.errors import Refused

PERMISSION = "content.edit"


class Unfinished(Exception):
    """What was chosen can't be published; `remarks` say why, each at its place."""

    def __init__(self, remarks: Sequence[checks.Remark]) -> None:
        super().__init__(len(remarks))
        self.remarks = remarks


class Forbidden(Exception):
    """What was chosen says what the list of words forbids; it is published only with a reason. `remarks` are where."""

    def __init__(self, remarks: Sequence[checks.Remark]) -> None:
        super().__init__(len(remarks))
        self.remarks = remarks


class Overtaken(Exception):
    """Documents that were published by somebody else since their drafts began; `names` are theirs."""

    def __init__(self, names: Sequence[Name]) -> None:
        super().__init__(names)
        self.names = names


class NothingBefore(Refused):
    """There is no earlier save to go back to."""

    def __init__(self) -> None:
        super().__init__(_("There is nothing to undo."))


class Gone(Refused):
    """What was edited is there no more: nobody has published it, and its draft was deleted."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing here"))


def new_key(holder: str) -> str:
    """A key that was never used; it begins with that of the course, so that people find it again in a pack."""
    return f"{holder[:40]}-{new_code().lower()}"


def save(session: Session, staff: Person, edited: Edited, catalog: Catalog | None = None) -> int:
    """Keep a document as somebody has edited it; the revision of its draft then. Raises `Redrafted`, `Overtaken` if
    another version was published since, and `Gone`.

    What is as it was needs no save. English beside a Chinese that was changed is marked as outdated. `catalog` is what
    is published, if that is known.
    """
    now = one(session, catalog or published(session), edited.name)
    if now is None:
        raise Gone
    content = edited.content
    if edited.name[0] == LESSON:
        content = told_outdated(now.content, content)
    if now.revision == edited.revision and now.version != edited.version:
        raise Overtaken([edited.name])
    if now.revision == edited.revision and now.content == content:
        return now.revision
    drafts.save(session, staff, edited.name, content, edited.revision, edited.version)
    return edited.revision + 1


def confirm(session: Session, staff: Person, edited: Edited, place: int | str) -> None:
    """Say that the English of a block, or of the title or summary, is right as it stands. Raises `Redrafted`."""
    content = dict(edited.content)
    if isinstance(place, int):
        blocks = list(content["blocks"])
        blocks[place] = {name: held for name, held in blocks[place].items() if name != "outdated"}
        content["blocks"] = blocks
    else:
        content["outdated"] = [name for name in content.get("outdated", ()) if name != place]
    drafts.save(session, staff, edited.name, content, edited.revision, edited.version)


def undo(session: Session, staff: Person, edited: Edited) -> None:
    """Go back to the save before, which is a save of its own. Raises `Redrafted` and `NothingBefore`."""
    before = drafts.saved(session, edited.name, edited.revision - 1)
    if before is None:
        there = published(session).documents.get(edited.name)
        if there is None or there.content == edited.content:
            raise NothingBefore
        before = dict(there.content)
    drafts.save(session, staff, edited.name, before, edited.revision, edited.version)


def return_to(session: Session, staff: Person, edited: Edited, content: Content) -> None:
    """Make an earlier save or version the draft; nothing is published by it. Raises `Redrafted`."""
    drafts.save(session, staff, edited.name, content, edited.revision, edited.version)


def begin_course(session: Session, staff: Person, title: str, tier: str) -> str:
    """A new course as a draft; its key."""
    now = sketch(session, published(session))
    key = new_key("course")
    order = max((course["order"] for course in now.outlines), default=0) + 10
    drafts.save(session, staff, (COURSE, key), new_course(key, title, tier, order), 0, None)
    return key


def begin_lesson(session: Session, staff: Person, course: Edited, stage: str, title: str) -> str:
    """A new lesson at the end of a stage, both as drafts; its key. Raises `Redrafted`."""
    key = new_key(course.key)
    drafts.save(session, staff, (LESSON, key), new_lesson(key, title), 0, None)
    outline = with_lesson(course.content, stage, key)
    drafts.save(session, staff, course.name, outline, course.revision, course.version)
    return key


def begin_quiz(session: Session, staff: Person, course: Edited, stage: str, title: str) -> str:
    """A quiz for a stage that has none, both as drafts; its key. Raises `Redrafted`."""
    key = new_key(course.key)
    drafts.save(session, staff, (QUIZ, key), new_quiz(key, title), 0, None)
    stages = [{**one, "quiz": key} if one["key"] == stage else one for one in course.content["stages"]]
    drafts.save(session, staff, course.name, {**course.content, "stages": stages}, course.revision, course.version)
    return key


def begin_update(session: Session, staff: Person, lesson: str) -> None:
    """A new update of a published lesson as a draft, under a key that was never used; what is there only as a draft
    stays. Raises `Gone` and `Redrafted`."""
    now, name = published(session), (UPDATE, lesson)
    if lesson not in now.lessons:
        raise Gone
    draft, there = session.get(Draft, name, populate_existing=True), now.documents.get(name)
    if draft and draft.content and (there is None or draft.content["key"] != there.content["key"]):
        return
    version, revision = (there.version_id if there else None), (draft.revision if draft else 0)
    drafts.save(session, staff, name, new_update(new_key(lesson)), revision, version)


def end_update(session: Session, staff: Person, lesson: str) -> None:
    """Withdraw an update and forget its draft. Raises `Unfinished` where a criterion still asks for it."""
    take_turn(session)
    now, name = published(session), (UPDATE, lesson)
    if name in now.documents:
        if found := checks.left_behind(now, now.after({name: None})):
            raise Unfinished(found)
        release(session, {name: None}, origin="studio", by_id=staff.id)
        audit(session, staff, "content.withdrawn", f"update/{lesson}"[:60])
    draft = session.get(Draft, name, populate_existing=True)
    if draft and draft.content:
        drafts.discard(session, staff, name, draft.revision, None)


def remove(session: Session, staff: Person, course: Edited, key: str) -> None:
    """Take a stage, lesson or quiz out of an outline; published lessons stay until that is published."""
    drafts.save(session, staff, course.name, without(course.content, key), course.revision, course.version)


def discard(session: Session, staff: Person, edited: Edited) -> None:
    """Forget what was edited of something published. Raises `Redrafted`."""
    there = published(session).documents[edited.name]
    drafts.discard(session, staff, edited.name, edited.revision, there.version_id)


def abandon(session: Session, staff: Person, edited: Edited) -> None:
    """Forget something that was never published. Raises `Redrafted`."""
    drafts.discard(session, staff, edited.name, edited.revision, None)


def keep_mine(session: Session, staff: Person, edited: Edited) -> None:
    """Let a draft begin from what is published now, having seen what that changed. Raises `Redrafted`."""
    there = published(session).documents.get(edited.name)
    version = there.version_id if there else None
    drafts.save(session, staff, edited.name, edited.content, edited.revision, version)


Marks = Mapping[Name, int]
"""Which drafts are meant: the revision of each."""


def publish(session: Session, staff: Person, marks: Marks, note: str = "", reason: str = "") -> Release | None:
    """Publish drafts as they are; None if nothing differs. No trainee's row is touched.

    Raises `Redrafted` if one isn't the draft that was looked at, `Overtaken`, `Unfinished`, and without a `reason`
    `Forbidden`.
    """
    take_turn(session)
    done = _publish(session, staff, _looked_at(session, marks), note, reason)
    for name in marks:
        drafts.discard(session, staff, name, marks[name], published(session).documents[name].version_id)
    return done


def schedule(
    session: Session, staff: Person, course: str, marks: Marks, note: str, at: datetime, reason: str = ""
) -> None:
    """Have drafts published at an instant, as they are now: what is written meanwhile is not in it.

    Raises what `publish` raises.
    """
    _ready(session, _looked_at(session, marks), reason)
    names = [[kind, key, revision] for (kind, key), revision in marks.items()]
    said = {"course": course, "by": staff.id, "marks": names, "note": note, "reason": reason}
    ask(session, PUBLISH, f"{PUBLISH}/{course}/{new_code()}", due_at=at, **said)
    audit(session, staff, "content.scheduled", f"course/{course}"[:60])


def _looked_at(session: Session, marks: Marks) -> dict[Name, Content]:
    now = sketch(session, published(session))
    for name, revision in marks.items():
        if name not in now.rows or now.rows[name].revision != revision:
            raise Redrafted(now.rows[name]) if name in now.rows else Overtaken([name])
    return {name: now.drafts[name].content for name in marks if name in now.drafts}


def _ready(session: Session, chosen: Mapping[Name, Content], reason: str) -> tuple[dict[Name, Content], str]:
    """What of some documents differs from what is published, and what is to be noted of it."""
    now = sketch(session, published(session))
    changed = {name: content for name, content in chosen.items() if now.is_other(name, content)}
    if overtaken := [name for name in changed if now.is_overtaken(name)]:
        raise Overtaken(overtaken)
    after = now.published.after(changed)
    found = [remark for remark in checks.remarks(after, changed) if remark.blocks]
    if found := found or checks.left_behind(now.published, after):
        raise Unfinished(found)
    claims = checks.claims(now.published, after, changed)
    if claims and not reason:
        raise Forbidden(claims)
    words = sorted({one.hint.words for one in claims if one.hint})
    return changed, f" [{', '.join(words)}: {reason}]" if words else ""


def _publish(session: Session, staff: Person, chosen: Mapping[Name, Content], note: str, reason: str) -> Release | None:
    changed, noted = _ready(session, chosen, reason)
    if not changed:
        return None
    done = release(session, changed, origin="studio", by_id=staff.id, note=f"{note}{noted}".strip()[:200])
    for kind, key in changed:
        audit(session, staff, "content.published", f"{kind}/{key}"[:60])
    return done


def cancel(session: Session, staff: Person, job_id: int) -> bool:
    """Let a release that waits for its time not happen; False if it has begun already."""
    job = session.get(Job, job_id, with_for_update=True)
    if job is None or job.name != PUBLISH or job.state != "waiting":
        return False
    audit(session, staff, "content.unscheduled", f"course/{job.args['course']}"[:60])
    session.delete(job)
    return True


def publish_saved(session: Session, staff: Person, marks: Marks, note: str, reason: str = "") -> Release | None:
    """Publish what drafts were at some revisions; those that nobody touched since are closed. Raises `Overtaken` and
    `Unfinished`."""
    take_turn(session)
    kept = {name: drafts.saved(session, name, revision) for name, revision in marks.items()}
    done = _publish(session, staff, {name: content for name, content in kept.items() if content}, note, reason)
    after = sketch(session, published(session))
    for name, revision in marks.items():
        draft, there = after.rows.get(name), after.published.documents.get(name)
        if draft is None or there is None:
            continue
        if draft.revision == revision:
            drafts.discard(session, staff, name, revision, there.version_id)
        else:
            draft.version_id = there.version_id
    return done
