"""The part of `make bench-studio` that writes: packs in and out, releases, the lesson page after fifty of them."""

import gzip
import re
import statistics
import time
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import insert, select
from werkzeug.datastructures import MultiDict

from academy import clock
from academy.catalog.actions import publish
from academy.catalog.dump import dump
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Standing
from academy.packs import actions as packs
from academy.people.models import Person
from academy.studio import actions
from academy.studio.queries import Edited, one
from academy.studio.rules import Content
from bench.server import Academy, rate
from tests.phone import statements
from tests.studio.typed import fields_of

LESSONS, STAGES = 300, 30
ENROLLED, SOME = 100_000, 10_000
VERSIONS, ROUNDS = 50, 5
KEY = "big"


def measured() -> dict[str, float]:
    """All that is measured, by its name in the last line."""
    with TemporaryDirectory(prefix="bench-") as folder:
        academy = Academy.furnish(Path(folder) / "academy")
        with academy.app.app_context(), force_locale("zh"):
            bring_in(academy, Path(folder) / "pack")
            found = {"publish_s": publishing(academy)}
            lesson = published(db.session()).one("lesson", f"{KEY}-0-1")
            trainer = db.session().scalars(select(Person.id).where(Person.role == "trainer")).first()
        assert trainer
        client = academy.app.test_client()
        name, value = academy.cookie(trainer).split("=", 1)
        client.set_cookie(name, value)
        found |= {"sql_save": float(saving(client, lesson)), "editor_kb": editor(client)}
        return found | {"lesson_ratio": after_many_versions(Path(folder))}


def bring_in(academy: Academy, folder: Path) -> None:
    """Write a course of three hundred lessons as a pack, import it, and export it again."""
    like = published(db.session())
    lesson = dict(like.one("lesson", "clear-photo"))
    documents: dict[tuple[str, str], Any] = {}
    stages = []
    for n in range(STAGES):
        keys = [f"{KEY}-{n}-{m}" for m in range(LESSONS // STAGES)]
        documents |= {("lesson", key): _renamed(lesson, key) for key in keys}
        title = {"zh": f"第 {n + 1} 站"}
        stages.append({"key": f"{KEY}-{n}", "title": title, "summary": title, "lessons": keys, "quiz": None})
    course = {**like.one("course", "first-steps"), "key": KEY, "order": 90, "unlock": None, "stages": stages}
    documents["course", KEY] = course
    files = academy.app.extensions["files"]
    for name, held in dump(documents, files.path).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held if isinstance(held, bytes) else held.read_bytes())

    def import_() -> None:
        pack = packs.read(folder, published(db.session()))
        assert not pack.problems, pack.problems[:3]
        with db.writing() as session:
            packs.publish_pack(session, files, pack, "bench")

    took = _timed(import_)
    print(f"{'import of 300 lessons':<32}{took:>8.2f} s")
    now = published(db.session())
    took = _timed(lambda: packs.archive(now, files, packs.part(now, KEY), BytesIO()))
    print(f"{'export of 300 lessons':<32}{took:>8.2f} s")


def _renamed(lesson: dict[str, Any], key: str) -> dict[str, Any]:
    """A lesson once more, under keys of its own."""
    copy = {**deepcopy(lesson), "key": key}
    for block in copy["blocks"]:
        for held in ("question", "practice"):
            if held in block:
                block[held]["key"] = f"{key}-{held}"
    return copy


def publishing(academy: Academy) -> float:
    """Seconds in which a changed lesson is published while 100,000 are enrolled; their rows are read to be the same."""
    with db.writing() as session:
        first = session.scalars(select(Person.id).order_by(Person.id.desc()).limit(1)).one() + 1
        for start in range(first, first + ENROLLED, SOME):
            ids = range(start, start + SOME)
            session.execute(
                insert(Person),
                [
                    {
                        **{"id": id, "role": "trainee", "name": "学员", "email": f"b{id}@bench.invalid"},
                        **{"password_hash": "-", "created_at": clock.now()},
                    }
                    for id in ids
                ],
            )
            session.execute(
                insert(Standing), [{"trainee_id": id, "tier": "bronze", "since": clock.today()} for id in ids]
            )
    name = ("lesson", f"{KEY}-0-0")
    times = []
    for n in range(ROUNDS):
        edited = _written(name, n)
        with statements() as seen:
            times.append(_timed(lambda edited=edited: _publish(edited)))  # type: ignore[misc]
    touched = [said for said in seen if re.match(r"\s*(UPDATE|INSERT INTO|DELETE FROM) (person|standing|fact)\b", said)]
    assert not touched, touched
    print(f"{'publish, 100,000 enrolled':<32}{statistics.median(times):>8.3f} s, {len(seen)} statements")
    return statistics.median(times)


def _written(name: tuple[str, str], n: int) -> Edited:
    """Change a lesson's draft."""
    with db.writing() as session:
        now = one(session, published(session), name)
        assert now
        content = deepcopy(dict(now.content))
        content["summary"] = {"zh": f"第 {n} 次改"}
        staff = session.scalars(select(Person).where(Person.role == "trainer")).first()
        assert staff
        actions.save(session, staff, Edited(name, content, now.revision, now.version))
    found = one(db.session(), published(db.session()), name)
    db.session().rollback()
    assert found
    return found


def _publish(edited: Edited) -> None:
    with db.writing() as session:
        staff = session.scalars(select(Person).where(Person.role == "trainer")).first()
        assert staff
        actions.publish(session, staff, {edited.name: edited.revision}, "bench")


def saving(client: FlaskClient, lesson: Content) -> int:
    """How many statements a save in the editor takes, beginnings of transactions apart."""
    path = f"/desk/studio/lessons/{lesson['key']}"
    page = client.get(path).text
    held = {name: _value(page, name) for name in ("csrf_token", "revision", "version")}
    typed = MultiDict([*held.items(), *fields_of({**lesson, "title": {"zh": "新的题目"}})])
    with statements() as seen:
        answer = client.post(path, data=typed)
    assert any("snapshot" in said for said in seen), f"nothing was saved: {answer.status}"
    print(f"{'statements of a save':<32}{len(seen):>8}")
    return len(seen)


def _value(page: str, name: str) -> str:
    """The value of a hidden input."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def editor(client: FlaskClient) -> float:
    """Kilobytes of the editor's page and all that it loads, compressed."""
    page = client.get("/desk/studio/lessons/own").text
    loaded = sorted(set(re.findall(r'(?:src|href)="(/(?:assets|brand)[^"]+\.(?:js|css)[^"]*)"', page)))
    sizes = {"page": len(gzip.compress(page.encode(), 6))}
    for url in loaded:
        sizes[url] = len(client.get(url, headers={"Accept-Encoding": "gzip"}).data)
    for what, size in sizes.items():
        print(f"{what:<40.40}{size / 1000:>8.1f} kB")
    return sum(sizes.values()) / 1000


def after_many_versions(folder: Path) -> float:
    """Requests a second for a lesson of which fifty versions were published ÷ for one of which there is one."""
    young, old = (Academy.furnish(folder / name) for name in ("young", "old"))
    with old.app.app_context():
        for n in range(VERSIONS - 1):
            with db.writing() as session:
                lesson = dict(published(session).one("lesson", "own"))
                publish(session, {("lesson", "own"): {**lesson, "minutes": 5 + n % 2}}, origin="studio")
    cookies = [academy.cookie(academy.id_of("13800000012")) for academy in (young, old)]
    with young.serve() as first, old.serve() as second:
        asked = [(f"{address}/lessons/own", cookie) for address, cookie in zip((first, second), cookies, strict=True)]
        for page in asked:
            rate(*page)
        ratio = statistics.median(1 / (rate(*asked[0]) / rate(*asked[1])) for _ in range(ROUNDS))
    print(f"{'lesson page, version 50 / 1':<32}{ratio:>8.2f}")
    return ratio


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
