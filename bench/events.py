"""`make bench-events`: fifty clients learn through the whole doorway, on SQLite and on PostgreSQL.

Every client completes the lessons of the bronze courses in order, answers their checks, takes their quizzes and checks
in, sends every tenth write twice, and keeps a journal of its own of what the server acknowledged. In a second run the
server is killed again and again, with all its workers, and started anew; a client repeats what it has no answer to.

errors   answers that are neither success nor redirect
lost     acknowledged writes that the database does not hold
doubled  facts, ledger lines or attempts that are there more often than they happened
doctor   differences between facts and what is kept of them
"""

import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Thread
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select

from academy.account.actions import Newcomer, sign_up
from academy.catalog.content import Catalog, Quiz
from academy.catalog.queries import published
from academy.db import db
from academy.doctor.queries import differences
from academy.journal.models import Entry, Fact
from academy.people.models import Cohort
from academy.quizzes.models import Attempt
from bench.server import Academy, answering, free_port
from tests.servers import postgres

CLIENTS = 50
KILLS = 20
PATIENCE = 60
Deed = tuple[str, str]


@dataclass
class Client:
    """A trainee's phone, and what she has been told that was written."""

    id: int
    cookie: str
    address: str
    may_fail: bool
    journal: list[Deed] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.id)
        self.connection: HTTPConnection | None = None
        self.token = ""

    def learn(self, catalog: Catalog) -> None:
        """Her way through the bronze courses."""
        self.token = re.findall(r'"X-CSRFToken": "([^"]+)"', self._ask("GET", "/map")[2])[0]
        if self._post("/check-ins"):
            self.journal.append(("checkin.done", ""))
        for course in catalog.courses:
            for stage in course.stages:
                for lesson in stage.lessons:
                    for check in lesson.checks:
                        if self._post(f"/lessons/{lesson.key}/checks/{check.key}", answer=check.right):
                            self.journal.append(("question.right", check.key))
                    if self._post(f"/lessons/{lesson.key}/completion"):
                        self.journal.append(("lesson.completed", lesson.key))
                if stage.quiz:
                    self._take(stage.quiz)

    def _take(self, quiz: Quiz) -> None:
        """A quiz with every answer right, question after question as the server asks them."""
        at = self._post(f"/quizzes/{quiz.key}/attempts")
        by_prompt = {question.prompt["zh"]: question for question in quiz.questions}
        for _ in range(quiz.draw * 3):
            found = re.fullmatch(r"/attempts/(\d+)/questions/(\d+)", urlsplit(at).path)
            if not found:
                break
            prompt = re.findall(r'<h1 id="prompt"[^>]*>(.*?)</h1>', self._ask("GET", at)[2])
            if prompt:
                self._post(at, option=by_prompt[_plain(prompt[0])].right)
            number = int(found[2])
            at = f"/attempts/{found[1]}/questions/{number + 1}"
            if number == quiz.draw:
                if self._post(f"/attempts/{found[1]}/completion"):
                    self.journal.append(("quiz.finished", quiz.key))
                break

    def _post(self, path: str, **fields: object) -> str:
        """Write, every tenth time twice; where it leads, or "" if it was refused."""
        where = ""
        for _ in range(2 if self.chance.random() < 0.1 else 1):
            status, where, body = self._ask("POST", path, {**fields, "csrf_token": self.token})
            if not 200 <= status < 400:
                self.errors.append(f"POST {path}: {status} {_plain(body)[-200:]}")
                return ""
        return where or path

    def _ask(self, method: str, path: str, fields: Mapping[str, object] | None = None) -> tuple[int, str, str]:
        sent = urlencode(fields, doseq=True) if fields else None
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if self.connection is None:
                    self.connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
                self.connection.request(method, path, sent, headers)
                answer = self.connection.getresponse()
                body = answer.read().decode()
            except (OSError, HTTPException) as error:
                self.connection = None
                if not self.may_fail or time.monotonic() > until:
                    self.errors.append(f"{method} {path}: {error!r}")
                    return 0, "", ""
                time.sleep(0.05)
            else:
                self.requests += 1
                return answer.status, answer.headers.get("Location", ""), body


@dataclass(frozen=True)
class Result:
    """What a run came to."""

    name: str
    rate: float
    requests: int
    kills: int
    errors: int
    lost: int
    doubled: int
    doctor: int


def main() -> None:
    """Run all, print the table, and the line."""
    results = []
    with TemporaryDirectory(prefix="bench-") as folder, postgres() as server:
        for name, url in (("sqlite", None), ("postgresql", server.url(server.create()))):
            results.append(run(name, Path(folder) / name, url))
        for name, url in (("sqlite", None), ("postgresql", server.url(server.create()))):
            results.append(run(f"{name}, killed", Path(folder) / f"{name}-killed", url, KILLS))
    print(
        f"{'database':<20}{'requests':>10}{'per s':>8}{'kills':>7}{'errors':>8}{'lost':>6}{'doubled':>9}{'doctor':>8}"
    )
    for r in results:
        print(
            f"{r.name:<20}{r.requests:>10}{r.rate:>8.0f}{r.kills:>7}{r.errors:>8}{r.lost:>6}{r.doubled:>9}{r.doctor:>8}"
        )
    sums = {name: sum(getattr(r, name) for r in results) for name in ("errors", "lost", "doubled", "doctor", "kills")}
    rates = f"sqlite_rps={results[0].rate:.0f} postgresql_rps={results[1].rate:.0f}"
    print(" ".join(f"{name}={number}" for name, number in sums.items()), rates)


def run(name: str, folder: Path, url: str | None, kills: int = 0) -> Result:
    """Fifty clients at once on one database."""
    academy = Academy.furnish(folder, url)
    ids = trainees(academy, CLIENTS)
    cookies = [academy.cookie(id) for id in ids]
    with academy.app.app_context():
        catalog = published(db.session())
        db.session.remove()
    with served(academy, kills) as (address, killed):
        clients = [Client(id, cookie, address, bool(kills)) for id, cookie in zip(ids, cookies, strict=True)]
        begun = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda client: client.learn(catalog), clients))
        took = time.monotonic() - begun
    for client in clients:
        for error in client.errors[:3]:
            print(f"{name}: trainee {client.id}: {error}", file=sys.stderr)
    requests = sum(client.requests for client in clients)
    with academy.app.app_context():
        lost, doubled = compared(clients)
        doctor = len(list(differences(db.session())))
        db.session.remove()
        db.engine.dispose()
    errors = sum(len(client.errors) for client in clients)
    return Result(name, requests / took, requests, len(killed), errors, lost, doubled, doctor)


def trainees(academy: Academy, number: int) -> list[int]:
    """New trainees in one large class."""
    with academy.app.app_context(), db.writing() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.code == "qt07")).one()
        cohort.capacity = number * 2
        session.flush()
        made = [
            sign_up(session, Newcomer(f"学员{n}", f"139{n:08}", None, "-", cohort.code, "zh", None), None)
            for n in range(number)
        ]
        return [welcome.person.id for welcome in made]


def compared(clients: Sequence[Client]) -> tuple[int, int]:
    """How many acknowledged writes the database does not hold, and how much it holds more than once."""
    ids = [client.id for client in clients]
    facts = db.session.execute(
        select(Fact.trainee_id, Fact.kind, Fact.topic, func.count())
        .where(Fact.trainee_id.in_(ids))
        .group_by(Fact.trainee_id, Fact.kind, Fact.topic)
    ).all()
    held = {(trainee, kind, topic): number for trainee, kind, topic, number in facts}
    told = Counter((client.id, kind, topic) for client in clients for kind, topic in client.journal)
    lost = sum(deed not in held for deed in told)
    # Each client does each of these once, however often it was sent.
    doubled = sum(number - 1 for (_, kind, _), number in held.items() if kind not in ("streak.reached",))
    lines = select(func.count()).select_from(Entry).where(Entry.trainee_id.in_(ids))
    once = select(Entry.fact_id, Entry.rule, Entry.currency).where(Entry.trainee_id.in_(ids)).distinct().subquery()
    doubled += (db.session.scalar(lines) or 0) - (db.session.scalar(select(func.count()).select_from(once)) or 0)
    attempts = select(Attempt.trainee_id, Attempt.quiz).where(Attempt.trainee_id.in_(ids))
    doubled += sum(number - 1 for number in Counter(map(tuple, db.session.execute(attempts))).values())
    return lost, doubled


@contextmanager
def served(academy: Academy, kills: int) -> Iterator[tuple[str, list[float]]]:
    """The academy on an address; with `kills`, killed so many times, at moments that it does not choose."""
    killed: list[float] = []
    if not kills:
        with academy.serve() as address:
            yield address, killed
        return
    port = free_port()
    address, done, running = f"http://127.0.0.1:{port}", Event(), [academy.start(port)]

    def kill() -> None:
        chance = Random(7)
        while len(killed) < kills and not done.wait(chance.uniform(0.4, 1.2)):
            os.killpg(running[-1].pid, signal.SIGKILL)
            running[-1].wait()
            killed.append(time.monotonic())
            running.append(academy.start(port))
            answering(f"{address}/healthz")

    answering(f"{address}/healthz")
    killer = Thread(target=kill)
    killer.start()
    try:
        yield address, killed
    finally:
        done.set()
        killer.join()
        running[-1].terminate()
        running[-1].wait(20)


def _plain(html: str) -> str:
    return unescape(re.sub("<[^>]+>", "", html)).strip()


if __name__ == "__main__":
    main()
