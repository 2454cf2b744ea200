"""lessons and quizzes are documents

A course's versions held its lessons and quizzes whole. Each becomes a document of its own, with a version wherever it
changed, its languages side by side in every block; the course keeps the outline.

Revision ID: lessons
Revises: batch
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "lessons"
down_revision = "batch"
branch_labels = None
depends_on = None

version = sa.table(
    "version",
    sa.column("id", sa.Integer),
    sa.column("release_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("key", sa.String),
    sa.column("origin", sa.String),
    sa.column("digest", sa.String),
    sa.column("content", sa.JSON(none_as_null=True)),
)
PLAIN = ("text", "dont", "do", "mistake", "note", "today")


def upgrade() -> None:
    with op.batch_alter_table("draft") as batch:
        batch.alter_column("version_id", existing_type=sa.Integer(), nullable=True)
    connection = op.get_bind()
    known: dict[tuple[str, str], str | None] = {}
    held: dict[str, set[tuple[str, str]]] = {}
    for row in _rows(connection, "course"):
        if row.content is not None and "stages" not in row.content:
            continue
        parts, stages = {}, []
        for stage in (row.content or {}).get("stages", ()):
            parts |= {("lesson", lesson["key"]): _merged(lesson) for lesson in stage["lessons"]}
            quiz = stage.get("quiz")
            parts |= {("quiz", quiz["key"]): quiz} if quiz else {}
            named = {"lessons": [lesson["key"] for lesson in stage["lessons"]], "quiz": quiz and quiz["key"]}
            stages.append({**stage, **named})
        gone = held.get(row.key, set()) - parts.keys()
        held[row.key] = set(parts)
        for name, content in [*parts.items(), *((name, None) for name in gone)]:
            if known.get(name) != _digest(content):
                known[name] = _digest(content)
                _write(connection, row, name, content)
        if row.content is not None:
            _change(connection, row.id, {**row.content, "stages": stages})


def downgrade() -> None:
    connection = op.get_bind()
    rows = _rows(connection, "course", "lesson", "quiz")
    now: dict[tuple[str, str], Any] = {}
    for release in sorted({row.release_id for row in rows}):
        changed = [row for row in rows if row.release_id == release]
        now |= {(row.kind, row.key): row.content for row in changed}
        for (kind, key), outline in list(now.items()):
            if kind != "course" or not outline or "stages" not in outline:
                continue
            touched = [row for row in changed if (row.kind, row.key) in {(kind, key), *_parts(outline)}]
            if not touched:
                continue
            stages = [
                {
                    **stage,
                    "lessons": [_parted(now["lesson", lesson]) for lesson in stage["lessons"]],
                    "quiz": stage["quiz"] and now["quiz", stage["quiz"]],
                }
                for stage in outline["stages"]
            ]
            whole = {**outline, "stages": stages}
            own = next((row for row in touched if row.kind == "course"), None)
            if own:
                _change(connection, own.id, whole)
            else:
                _write(connection, touched[0], (kind, key), whole)
    connection.execute(version.delete().where(version.c.kind.in_(("lesson", "quiz"))))
    draft = sa.table("draft", sa.column("version_id", sa.Integer), sa.column("kind", sa.String))
    connection.execute(draft.delete().where(draft.c.version_id.is_(None) | draft.c.kind.in_(("lesson", "quiz"))))
    with op.batch_alter_table("draft") as batch:
        batch.alter_column("version_id", existing_type=sa.Integer(), nullable=False)


def _rows(connection: sa.Connection, *kinds: str) -> list[Any]:
    return list(connection.execute(sa.select(version).where(version.c.kind.in_(kinds)).order_by(version.c.release_id)))


def _write(connection: sa.Connection, like: Any, name: tuple[str, str], content: Any) -> None:
    values = {"kind": name[0], "key": name[1], "content": content, "digest": _digest(content)}
    connection.execute(version.insert().values(release_id=like.release_id, origin=like.origin, **values))


def _change(connection: sa.Connection, id: int, content: Any) -> None:
    connection.execute(version.update().where(version.c.id == id).values(content=content, digest=_digest(content)))


def _digest(content: Any) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _parts(outline: Any) -> Iterator[tuple[str, str]]:
    for stage in outline["stages"]:
        yield from (("lesson", key) for key in stage["lessons"])
        yield "quiz", stage["quiz"]


def _merged(lesson: Any) -> Any:
    """A lesson with one list of blocks, in both languages."""
    bodies = lesson["blocks"]
    english = bodies.get("en") or [None] * len(bodies["zh"])
    if [block and block["type"] for block in english] != [block["type"] for block in bodies["zh"]]:
        english = [None] * len(bodies["zh"])
    return {**lesson, "blocks": [_both(zh, en) for zh, en in zip(bodies["zh"], english, strict=True)]}


def _both(zh: Any, en: Any) -> Any:
    if zh["type"] in PLAIN:
        return {"type": zh["type"], "md": _text(zh["md"], en and en["md"])}
    if zh["type"] == "picture":
        said = {name: _text(zh[name], en and en[name]) for name in ("alt", "caption") if zh.get(name)}
        return {"type": "picture", "file": zh["file"], **said}
    return _beside(zh, en)


def _text(zh: str, en: str | None) -> dict[str, str]:
    return {"zh": zh, "en": en} if en else {"zh": zh}


def _beside(zh: Any, en: Any) -> Any:
    if isinstance(zh, dict) and "zh" in zh:
        words = en or {}
        english = words.get("en") or (words.get("zh") if en != zh else None) or zh.get("en")
        return _text(zh["zh"], english)
    if isinstance(zh, dict):
        return {name: _beside(value, (en or {}).get(name)) for name, value in zh.items()}
    if isinstance(zh, list):
        return [_beside(one, other) for one, other in zip(zh, en or [None] * len(zh), strict=True)]
    return zh


def _parted(lesson: Any) -> Any:
    """A lesson with a list of blocks for each language that it is written in throughout."""
    if isinstance(lesson["blocks"], dict):
        return lesson
    plain = [block for block in lesson["blocks"] if block["type"] in PLAIN]
    locales = ["zh", "en"] if plain and all("en" in block["md"] for block in plain) else ["zh"]
    return {**lesson, "blocks": {locale: [_in(block, locale) for block in lesson["blocks"]] for locale in locales}}


def _in(block: Any, locale: str) -> Any:
    def said(text: Any) -> Any:
        return text.get(locale) or text["zh"]

    if block["type"] in PLAIN:
        return {"type": block["type"], "md": said(block["md"])}
    if block["type"] == "picture":
        caption = block.get("caption")
        return {
            "type": "picture",
            "file": block["file"],
            "alt": said(block["alt"]),
            "caption": caption and said(caption),
        }
    if block["type"] in ("check", "practice"):
        return {"type": block["type"], **{name: _one(held, locale) for name, held in block.items() if name != "type"}}
    return block


def _one(held: Any, locale: str) -> Any:
    if isinstance(held, dict) and "zh" in held:
        return {"zh": held.get(locale) or held["zh"]} if locale != "zh" else held
    if isinstance(held, dict):
        return {name: _one(value, locale) for name, value in held.items()}
    return [_one(value, locale) for value in held] if isinstance(held, list) else held
