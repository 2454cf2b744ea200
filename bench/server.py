"""An academy of its own for a bench: database, content, demo people, and the server as production runs it."""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import flask_migrate
from flask import Flask
from sqlalchemy import select

from academy import ROOT, create_app
from academy.db import db
from academy.packs.actions import publish_pack, read
from academy.people.models import Person
from academy.sample.people import People
from academy.web.settings import Settings

SECONDS = 3


@dataclass(frozen=True)
class Academy:
    """A furnished academy in a folder."""

    app: Flask
    settings: Settings

    @classmethod
    def furnish(cls, folder: Path, url: str | None = None) -> "Academy":
        """Make its database, import the content and tell the story of the demo people."""
        folder.mkdir(parents=True, exist_ok=True)
        settings = Settings(
            production=False,
            secret_key=secrets.token_hex(32),
            database_url=url or f"sqlite:///{folder / 'academy.sqlite'}",
            instance=folder,
        )
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
            with db.writing() as session:
                publish_pack(session, app.extensions["files"], read(ROOT / "courses"), "bench")
            with db.writing() as session:
                People(session, "-").tell()
        return cls(app, settings)

    def cookie(self, person_id: int) -> str:
        """A signed-in session of somebody, without the price of a password."""
        with self.app.app_context():
            epoch = db.session.get_one(Person, person_id).epoch
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.permanent = True
            session["_user_id"] = f"{person_id}.{epoch}"
        # The first page adds what every later one has.
        client.get("/", follow_redirects=True)
        cookie = client.get_cookie("session")
        assert cookie
        return f"session={cookie.value}"

    def id_of(self, phone: str) -> int:
        """Somebody by her phone number."""
        with self.app.app_context():
            return db.session.scalars(select(Person.id).where(Person.phone == phone)).one()

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process of this academy has to be told."""
        return {
            **os.environ,
            "ACADEMY_ENV": "development",
            "ACADEMY_SECRET_KEY": self.settings.secret_key,
            "ACADEMY_DATABASE_URL": self.settings.database_url,
            "ACADEMY_INSTANCE": str(self.settings.instance),
        }

    def start(self, port: int) -> subprocess.Popen[bytes]:
        """Start it under granian as `make run` does, in a process group of its own."""
        command = [
            str(Path(sys.executable).parent / "granian"),
            *("--interface", "wsgi", "--workers", "2", "--blocking-threads", "1", "--no-ws", "--no-log"),
            *("--host", "127.0.0.1", "--port", str(port), "bench.wsgi:app"),
        ]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Run it beside an empty Flask view at /empty; gives the address."""
        port = free_port()
        running, address = self.start(port), f"http://127.0.0.1:{port}"
        try:
            answering(f"{address}/healthz")
            yield address
        finally:
            running.terminate()
            running.wait(20)


def rate(url: str, cookie: str = "") -> float:
    """Requests a second that a server answers over eight connections."""
    headers = ["-H", "Accept-Encoding: gzip", *(["-H", f"Cookie: {cookie}"] if cookie else [])]
    command = ["wrk", "-t1", "-c8", f"-d{SECONDS}s", *headers, url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answering(url: str, seconds: float = 60) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urlopen(url, timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)
