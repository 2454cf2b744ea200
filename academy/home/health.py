"""Whether what the house stands on is in order."""

from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from academy.catalog.queries import published
from academy.db import db
from academy.text.fonts import missing_fonts

OK = "ok"


@dataclass(frozen=True)
class Health:
    """`database`: ok, unreachable, or behind its migrations; `content`: the release, 0 for none; `fonts` that lack."""

    database: str
    content: int
    fonts: list[str]

    @property
    def is_good(self) -> bool:
        return self.database == OK and self.content > 0 and not self.fonts


def examine(app: Flask) -> Health:
    """Look at database, content and fonts as they are now."""
    try:
        database = OK if _heads(app) == _current() else "behind its migrations"
        content = published(db.session()).release if database == OK else 0
    except SQLAlchemyError:
        db.session.rollback()
        database, content = "unreachable", 0
    return Health(database, content, missing_fonts())


def _heads(app: Flask) -> set[str]:
    """The migrations that the code knows to be the last."""
    config = app.extensions["migrate"].migrate.get_config(app.extensions["migrate"].directory)
    return set(ScriptDirectory.from_config(config).get_heads())


def _current() -> set[str]:
    """The migrations that the database has reached."""
    return set(MigrationContext.configure(db.session.connection()).get_current_heads())
