"""The servers that tests start for themselves: a private PostgreSQL, and the app on a thread."""

import os
import shutil
import signal
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.sql import SQL, Identifier
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL that listens only on the Unix socket in `folder`."""

    folder: Path
    names: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template0", name: str = "") -> str:
        """Copy a database that nobody is connected to, and return the name of the copy."""
        name = name or f"test_{next(self.names)}"
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The SQLAlchemy URL of a fresh database that is dropped afterwards."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


def memory() -> Path | None:
    """A folder in memory with room for the databases of tests, which come and go by the hundred; None without."""
    folder = Path("/dev/shm")  # noqa: S108
    return folder if folder.is_dir() and shutil.disk_usage(folder).free > 1024**3 else None


@contextmanager
def postgres(where: Path | None = None) -> Iterator[Postgres]:
    """Start a PostgreSQL in a temporary folder, of Debian's newest binaries; it ends with this process."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    # PostgreSQL refuses to run as root.
    as_owner = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    setpriv = ["setpriv", "--pdeathsig=INT", *as_owner, "--"]
    with TemporaryDirectory(prefix="academy-postgres-", dir=where) as temporary:
        folder = Path(temporary)
        if as_owner:
            shutil.chown(folder, "postgres", "postgres")
        initdb = ["--pgdata=data", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        subprocess.run(
            [*setpriv, binaries / "initdb", *initdb, "--no-sync"], cwd=folder, check=True, capture_output=True
        )
        options = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "autovacuum": "off",
            "wal_level": "minimal",
            "max_wal_senders": 0,
        }
        settings = [f"--{name}={value}" for name, value in options.items()]
        server = subprocess.Popen(
            [*setpriv, binaries / "postgres", "-D", "data", *settings],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert server.stderr
        said = []
        for line in server.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                break
        else:
            raise RuntimeError(f"PostgreSQL did not start:\n{''.join(said)}")
        # What it says from now on is read and forgotten, so that it never waits for a reader.
        reader = Thread(target=deque, args=(server.stderr, 0), daemon=True)
        reader.start()
        try:
            yield Postgres(folder)
        finally:
            server.send_signal(signal.SIGINT)  # ends open connections, then stops
            server.wait(timeout=30)
            reader.join()
            server.stderr.close()


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: Any, **kwargs: Any) -> None:
        pass


@contextmanager
def serving(app: "WSGIApplication") -> Iterator[str]:
    """Serve an app from a thread of this process, so that a test moves its clock; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, args=(0.02,), name="app", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
