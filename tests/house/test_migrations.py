"""Migrations run up and down on both databases and lose no row on the way."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import JSON, Boolean, Date, Integer, String, Table, func, inspect, select
from sqlalchemy.orm import Session

from academy.catalog.queries import _load, published
from academy.db import Instant, Model, db

CHOSEN: dict[str, Any] = {
    "hand_in.kind": "ugc",
    "live.block": None,
    "hand_in.state": "accepted",
    "licence.scope": "brand",
    "trait.kind": "tag",
    "job.state": "waiting",
    "candidate.state": "applied",
    "candidate.way": "pool",
    "person.role": "trainee",
    "person.phone": "13900000000",
    "cohort.capacity": 9,
    "cohort.kind": "tier",
    "cohort.phase": "training",
    "phase.phase": "training",
    "playthrough_part.status": "passed",
    "post.state": "passed",
    "post_report.reason": "advert",
    "share.named": "nickname",
    "version.origin": "pack",
    "entry.currency": "growth",
    "attempt.finished_at": None,
    "attempt.fact_id": None,
}


def fill(table: Table, session: Session) -> None:
    """Write one row that every constraint accepts; parents come first."""
    values: dict[str, Any] = {}
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        if name in CHOSEN:
            values[column.name] = CHOSEN[name]
        elif column.foreign_keys:
            parent = next(iter(column.foreign_keys)).column
            values[column.name] = session.scalar(select(func.max(parent)))
        elif column is table.autoincrement_column:
            continue
        else:
            values[column.name] = {
                Integer: 1,
                String: f"{column.name[:6]}x",
                Boolean: True,
                Date: date(2026, 9, 14),
                Instant: datetime(2026, 9, 14, 2, 0, tzinfo=UTC),
                JSON: {},
            }[_plain(column.type)]
    session.execute(table.insert().values(**values))


def _plain(kind: Any) -> type:
    return next(base for base in (Instant, JSON, Boolean, Integer, String, Date) if isinstance(kind, base))


def counts(session: Session) -> dict[str, int]:
    session.rollback()
    there = inspect(session.get_bind()).get_table_names()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Model.metadata.sorted_tables
        if table.name in there
    }


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()


def test_each_step_down_and_up_again_keeps_every_row_of_the_tables_that_stay(app: Flask, session: Session) -> None:
    with db.writing() as s:
        for table in Model.metadata.sorted_tables:
            fill(table, s)
    before = counts(session)
    assert all(before.values()), before
    content = {name: document.content for name, document in published(session, 1).documents.items()}
    # A course's versions hold its lessons whole below the step at which those become documents of their own.
    del before["version"]
    session.rollback()
    steps = len(list(Path(app.root_path, "../migrations/versions").glob("*.py")))
    for _ in range(steps - 1):
        flask_migrate.downgrade(revision="-1")
        below = counts(session)
        below.pop("version", None)
        assert {name: before[name] for name in below} == below
        session.rollback()
    for _ in range(steps - 1):
        flask_migrate.upgrade(revision="+1")
        after = counts(session)
        assert {name: after[name] for name in below} == below
        session.rollback()
    for name, document in _load(session, 1).documents.items():
        assert document.content == content[name], name
    session.rollback()
    flask_migrate.downgrade(revision="base")
    assert counts(session) == {}
    session.rollback()
    flask_migrate.upgrade()
    assert not any(counts(session).values())
