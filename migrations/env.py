"""How migrations run on both databases."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from academy.db import Instant, Model, db

config = context.config


def mean_something(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """No migration without a change."""
    if config.cmd_opts and getattr(config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def plain(kind: str, item: Any, _context: Any) -> Any:
    """Write our own column types as what they are in the database, so that old migrations need none of our code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Instant) else False


def run(connection: Connection) -> None:
    """Run with foreign keys off on SQLite: recreating a parent table would cascade and empty its children.

    The pragma does nothing inside a transaction, so it goes past SQLAlchemy, which would begin one.
    """
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        _foreign_keys(connection, "OFF")
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=plain,
        process_revision_directives=mean_something,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"foreign keys broken: {broken}")
    if sqlite:
        _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, switch: str) -> None:
    connection.commit()
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={switch}")


if not current_app:
    raise RuntimeError("run migrations through `flask db`")
with db.engine.connect() as opened:
    run(opened)
