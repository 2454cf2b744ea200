"""The database: one metadata, one session a request, and the one way to write.

SQLite is embedded and the default; PostgreSQL takes over where one machine is outgrown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as naive UTC, so that both databases order and return it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Model(DeclarativeBase):
    """The base of every row."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant}


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with a single door for writes."""

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One unit of work: all of it is committed, or none.

        What reading began is ended first. A deferred SQLite transaction that turns into a writing one
        fails under load whatever the timeout, so a writing one says so at its beginning.
        """
        session = self.session()
        session.rollback()
        session.connection(execution_options={"write": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


db = Database(metadata=Model.metadata, session_options={"expire_on_commit": False})


def insert(session: Session, model: type[Model]) -> Any:
    """An INSERT that knows `on_conflict_…` on the session's database."""
    return _INSERT[session.get_bind().dialect.name](model)


_INSERT: dict[str, Callable[[Any], Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def prepared(build: Callable[[Callable[[Any], Any]], Any]) -> Callable[[Session], Any]:
    """A statement with `on_conflict_…` that is put together once for each kind of database.

    That takes SQLAlchemy many times as long as the database needs to run it.
    """
    made = lru_cache(lambda dialect: build(_INSERT[dialect]))
    return lambda session: made(session.get_bind().dialect.name)


def prepare(engine: Engine) -> None:
    """Give a SQLite engine its pragmas and true transactions, and spare PostgreSQL its compiler."""
    if engine.dialect.name == "postgresql":
        _interpret(engine)
    else:
        _prepare_sqlite(engine)


def _interpret(engine: Engine) -> None:
    """Compiling our conditions to machine code takes PostgreSQL seconds, running them milliseconds."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute("SET jit = off")
        connection.autocommit = False


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "busy_timeout=15000",
            "cache_size=-65536",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        write = connection.get_execution_options().get("write")
        # Past SQLAlchemy, which would take ten times as long as SQLite.
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if write else "BEGIN")
