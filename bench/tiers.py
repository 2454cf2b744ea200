"""`make bench-tiers`: a ladder of six tiers over a million trainees, on SQLite and on PostgreSQL.

The trainees, their 20 million facts and 9 million tallies are made in SQL by one formula each, so that facts and
tallies agree. Ratios are taken within one run; a growth is the median over alternating rounds of the same question
asked of a million trainees and of ten thousand. Where the databases differ the worse one counts.

oracle_x        select of all ÷ plain Python over ORM objects, one trainee at a time (on a sample, extrapolated)
explain_x       explain many ÷ a loop of explain one, each per trainee
scan_ratio      the select of one tier ÷ a plain scan of all tallies
nightly_ratio   the run of a night with 1 % of the trainees touched ÷ one that looks at all
event_growth    one fact through the doorway, explain_growth one trainee explained, rank_growth one place in a tier
preview_s       preview of a changed rule: who, whom it misses by one, and what it costs
disagreements   between explain, select and oracle over generated criteria and the histories of a sample
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import flask_migrate
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from academy import ROOT, achievements, clock, create_app
from academy.achievements.goals import goals, winners
from academy.achievements.nightly import nightly
from academy.achievements.preview import moves, preview
from academy.catalog.actions import publish
from academy.catalog.content import Catalog
from academy.catalog.queries import published
from academy.criteria.compile import Compiler
from academy.criteria.explain import explain, explain_many, qualified
from academy.criteria.language import Criterion, parse
from academy.db import Model, db
from academy.jobs.actions import ask
from academy.jobs.models import Job
from academy.jobs.work import Task, work
from academy.journal.actions import count_ranks
from academy.journal.models import Fact, Measure, Standing
from academy.journal.queries import place
from academy.packs.actions import publish_pack, read
from academy.people.models import Person
from academy.tiers.rules import ladder
from academy.web.settings import Settings
from tests.criteria.test_agreement import Past, criteria, oracle
from tests.servers import postgres

PEOPLE, FEW = 1_000_000, 10_000
TODAY = date(2026, 9, 14)
NOW = datetime(2026, 9, 14, 10, tzinfo=clock.ZONE)
SAMPLE, ROUNDS, GENERATED = 400, 31, 60
TIERS = ("bronze", "silver", "gold", "platinum", "diamond", "star")

CHECKINS, LESSONS, ATTEMPTS = "(i * 37) % 23", "(i * 53) % 9", "(i * 29) % 3"
SUBMITTED, ACCEPTED = "(i * 13) % 7", "((i * 13) % 7) * ((i * 11) % 4) / 3"
SCORE = "(40 + (i * 31 + n * 17) % 61)"
TAUGHT = ("own", "no-stock", "suits", "self-intro", "three-sentences")
"""Kind, topic, how many of them trainee i has, the value of her nth, how many days ago it was."""
KINDS = (
    ("checkin.done", "", CHECKINS, "1", "(i * 7 + n * 5) % 75"),
    ("handin.accepted", "first-words", ACCEPTED, "1", "(i * 3 + n * 11) % 90"),
    ("handin.submitted", "first-words", SUBMITTED, "1", "(i * 3 + n * 11) % 90"),
    *(("lesson.completed", key, f"CASE WHEN {LESSONS} > {at} THEN 1 ELSE 0 END", "1", f"20 + {at}")
      for at, key in enumerate(TAUGHT)),
    ("quiz.finished", "bronze-exam", ATTEMPTS, SCORE, "30 - n"),
    ("violation.serious", "privacy", "CASE WHEN i % 50 = 0 THEN 1 ELSE 0 END", "1", "(i * 3) % 200"),
)  # fmt: skip
MOST = 23
VOUCHER = {
    "key": "voucher",
    "kind": "virtual",
    "title": {"zh": "券", "en": "Voucher"},
    "note": {"zh": "", "en": ""},
    "voucher": True,
    "value": 20,
    "criterion": {"all": [{"tier": {"at_least": "silver"}}, {"fact": {"kind": "pledge.signed"}}]},
}


def rule(checkins: int) -> dict[str, Any]:
    """What leads up from any tier: nine leaves, two of them windowed and one a ratio."""
    return {
        "all": [
            {"count": {"kind": "lesson.completed", "at_least": 5}},
            {"lesson": {"key": "own"}},
            {"best": {"kind": "quiz.finished", "topic": "bronze-exam", "at_least": 80}},
            {"growth": {"at_least": 300}},
            {"count": {"kind": "checkin.done", "at_least": checkins}},
            {"count": {"kind": "checkin.done", "at_least": 6, "within": "30d"}},
            {"count": {"kind": "handin.accepted", "at_least": 1}},
            {"ratio": {"kind": "handin.accepted", "over": {"kind": "handin.submitted"}, "at_least": 60}},
            {"conduct": {"none_of": ["violation.serious"], "within": "90d"}},
        ]
    }


def rungs(content: Mapping[str, Any], checkins: int) -> dict[str, Any]:
    """The shipped ladder with six tiers and this rule."""
    tiers = [*content["tiers"], {**content["tiers"][-1], "key": "star"}]
    climbing = [{**tier, "promotion": rule(checkins)} for tier in tiers[:-1]]
    return {**content, "common": None, "tiers": [*climbing, tiers[-1]]}


@dataclass
class Academy:
    """An app on a database of its own, with so many trainees."""

    app: Flask
    people: int

    def make(self) -> None:
        """Fill it."""
        with self.app.app_context():
            flask_migrate.upgrade()
            with db.writing() as session:
                publish_pack(session, self.app.extensions["files"], read(ROOT / "courses"), "bench")
                content = rungs(published(session).one("ladder"), 22)
                # Nothing that nearly everybody would win in the first night, as these histories begin in the middle.
                documents = {
                    ("ladder", "academy"): content,
                    ("badges", "academy"): {"badges": []},
                    ("designs", "academy"): {"designs": []},
                    ("rewards", "academy"): {"rewards": [VOUCHER]},
                }
                publish(session, documents, origin="studio")
                session.execute(delete(Job))
                measures = {(kind, topic or "*") for kind, topic, *_ in KINDS} | {(kind, "*") for kind, *_ in KINDS}
                session.execute(insert(Measure), [{"kind": k, "topic": t} for k, t in sorted(measures)])
                staff = Person(role="brand", name="x", email="x@x.example", password_hash="-", created_at=clock.now())
                session.add(staff)
            self._fill()

    def _fill(self) -> None:
        sqlite = db.engine.dialect.name == "sqlite"
        tables = Model.metadata.tables
        indexes = [index for name in ("fact", "standing") for index in tables[name].indexes]
        with db.engine.connect().execution_options(write=True) as connection:
            if sqlite:
                connection.connection.cursor().execute("PRAGMA synchronous=OFF")
            for index in indexes:
                index.drop(connection)
            connection.commit()
            for statement in self._rows(sqlite):
                connection.execute(text(statement))
                connection.commit()
            for index in indexes:
                index.create(connection)
            connection.commit()
        with db.writing() as session:
            count_ranks(session)
        if not sqlite:
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))

    def _rows(self, sqlite: bool) -> Iterator[str]:
        def series(name: str, first: int, last: int) -> str:
            if not sqlite:
                return f"generate_series({first}, {last}) AS {name}"
            return (
                f"(WITH RECURSIVE s({name}) AS (SELECT {first} UNION ALL SELECT {name} + 1 FROM s"
                f" WHERE {name} < {last}) SELECT {name} FROM s)"
            )

        def ago(days: str) -> str:
            return f"date('{TODAY}', '-' || ({days}) || ' days')" if sqlite else f"DATE '{TODAY}' - ({days})::int"

        ids, at = f"SELECT i FROM {series('i', 2, self.people + 1)}", "'2026-09-01 02:00:00.000000'"
        stamp = at if sqlite else f"TIMESTAMP {at}"
        no = "0" if sqlite else "false"
        yield (
            "INSERT INTO person (id, role, phone, name, password_hash, salutation, created_at, epoch, external)"
            f" SELECT i, 'trainee', '' || (13000000000 + i), 'K' || i, '-', '', {stamp}, 0, {no} FROM ({ids}) AS p"
        )
        tier = "CASE " + " ".join(
            f"WHEN i % 100 < {upto} THEN '{tier}'" for tier, upto in zip(TIERS, (60, 80, 90, 95, 98, 100), strict=True)
        )
        yield (
            "INSERT INTO standing (trainee_id, tier, since, growth, feathers)"
            f" SELECT i, {tier} END, {ago('i % 400')}, (i * 7) % 900, i % 90 FROM ({ids}) AS p"
        )
        made = " UNION ALL ".join(
            f"SELECT {at} AS o, '{kind}' AS kind, '{topic}' AS topic, n FROM {series('n', 0, MOST - 1)}"
            for at, (kind, topic, *_rest) in enumerate(KINDS)
        )

        def by_kind(column: int) -> str:
            return "CASE o " + " ".join(f"WHEN {at} THEN {kind[column]}" for at, kind in enumerate(KINDS)) + " END"

        order = "" if sqlite else " ORDER BY i, o, n"
        yield (
            "INSERT INTO fact (trainee_id, kind, topic, occurrence, value, at, day)"
            f" SELECT i, kind, topic, '' || n, {by_kind(3)}, {stamp}, {ago(by_kind(4))}"
            f" FROM ({ids}) AS p CROSS JOIN ({made}) AS made WHERE n < {by_kind(2)}{order}"
        )
        yield from self._tallies(ids)

    def _tallies(self, ids: str) -> Iterator[str]:
        session = db.session()
        measure = {
            (kind, topic): id for id, kind, topic in session.execute(select(Measure.id, Measure.kind, Measure.topic))
        }
        session.rollback()
        rows = "INSERT INTO tally (trainee_id, measure_id, count, total, first, best, last)"
        for kind, topic, number, value, _ago in KINDS:
            if kind == "lesson.completed":
                yield f"{rows} SELECT i, {measure[kind, topic]}, 1, 1, 1, 1, 1 FROM ({ids}) AS p WHERE {number} > 0"
                continue
            first, last = value.replace("n *", "0 *"), value.replace("n *", f"({number} - 1) *")
            total = number if value == "1" else f"CASE WHEN {number} = 1 THEN {first} ELSE {first} + {last} END"
            best = value if value == "1" else f"CASE WHEN {first} > {last} THEN {first} ELSE {last} END"
            for of in {topic or "*", "*"}:
                yield (
                    f"{rows} SELECT i, {measure[kind, of]}, {number}, {total}, {first}, {best}, {last}"
                    f" FROM ({ids}) AS p WHERE {number} > 0"
                )
        all_lessons = f"CASE WHEN {LESSONS} < 5 THEN {LESSONS} ELSE 5 END"
        yield (
            f"{rows} SELECT i, {measure['lesson.completed', '*']}, {all_lessons}, {all_lessons}, 1, 1, 1"
            f" FROM ({ids}) AS p WHERE {LESSONS} > 0"
        )


def timed(act: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def best_of(n: int, act: Callable[[], object]) -> float:
    """Seconds that something takes at best."""
    return min(timed(act) for _ in range(n))


@contextmanager
def inside(academy: Academy) -> Iterator[Session]:
    """A session of an academy, which begins and ends with nothing read."""
    with academy.app.app_context():
        try:
            yield db.session()
        finally:
            db.session.rollback()


def selects(academy: Academy) -> dict[str, float]:
    """How the select of one tier compares with a scan, with an oracle, and explain many with a loop."""
    with inside(academy) as session:
        catalog = published(session)
        compiler = Compiler(catalog, TODAY)
        step = next(goal for goal in goals(catalog) if goal.topic == "silver" and goal.step)
        chosen = select(func.count()).select_from(winners(compiler, [step]).order_by(None).subquery())
        scan = text("SELECT count(*), sum(count + total + first + best + last) FROM tally")
        took = best_of(3, lambda: session.execute(chosen).one())
        plain = best_of(3, lambda: session.execute(scan).one())
        ids = range(1000, 1000 + SAMPLE)
        by_oracle = timed(lambda: [judged_by_oracle(session, step.criterion, i) for i in ids]) / SAMPLE * academy.people
        who = select(Person.id).where(Person.id.in_(range(5000, 7000)))
        together = best_of(3, lambda: explain_many(session, catalog, step.criterion, who, TODAY)) / 2000
        alone = best_of(3, lambda: [explain(session, catalog, step.criterion, i) for i in ids]) / SAMPLE
        return {
            "select": took,
            "scan": plain,
            "scan_ratio": took / plain,
            "oracle": by_oracle,
            "oracle_x": by_oracle / took,
            "explain_x": alone / together,
        }


def judged_by_oracle(session: Session, criterion: Criterion, trainee_id: int) -> bool:
    """What plain Python says of one trainee's ORM objects."""
    session.expire_all()
    standing = session.get_one(Standing, trainee_id)
    facts = session.scalars(select(Fact).where(Fact.trainee_id == trainee_id).order_by(Fact.id)).all()
    return oracle(criterion, past(standing, facts))


def past(standing: Standing, facts: Any) -> Past:
    """A history as the oracle knows it."""
    return Past(
        tuple((fact.kind, fact.topic, fact.value, (TODAY - fact.day).days) for fact in facts),
        standing.tier,
        (TODAY - standing.since).days,
        standing.growth,
        standing.feathers,
    )


def disagreements(academy: Academy) -> int:
    """How often explain, select and oracle differ, over generated criteria and the histories of a sample."""
    ids, found = list(range(2000, 2120)), 0
    with inside(academy) as session:
        catalog = published(session)
        histories = {
            i: past(
                session.get_one(Standing, i),
                session.scalars(select(Fact).where(Fact.trainee_id == i).order_by(Fact.id)).all(),
            )
            for i in ids
        }
        who = select(Person.id).where(Person.id.in_(ids))

        @settings(
            max_examples=GENERATED,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(data=criteria)
        def compare(data: dict[str, Any]) -> None:
            nonlocal found
            criterion = parse(data)
            explained = explain_many(session, catalog, criterion, who, TODAY)
            chosen = set(session.scalars(qualified(catalog, criterion, TODAY).where(Person.id.in_(ids))))
            for i in ids:
                said = {explained[i].met, i in chosen, oracle(criterion, histories[i])}
                found += len(said) > 1

        compare()
    return found


def night(academy: Academy) -> dict[str, float]:
    """A run with one in a hundred touched, and one that looks at all; both promote whom they find."""
    with inside(academy) as session:
        before = session.scalar(select(func.max(Fact.id))) or 0
        session.rollback()
        with db.writing() as s:
            some = range(1000, academy.people, 100)
            values = {"kind": "material.taken", "topic": "x", "occurrence": "1", "value": 1, "at": NOW, "day": TODAY}
            s.execute(insert(Fact), [{"trainee_id": i, **values} for i in some])
        took: dict[str, float] = {}
        for name, since in (("night", before), ("full", 0)):
            with db.writing() as s:
                upto = s.scalar(select(func.max(Fact.id))) or 0
                ask(s, "nightly", f"{name}/{since}")
                s.execute(
                    update(Job).where(Job.key == f"{name}/{since}").values(progress={"from": since, "upto": upto})
                )
            took[name] = timed(lambda: work({"nightly": Task(nightly)}))
            done = session.scalars(select(Job).where(Job.key == f"{name}/{since}")).one()
            assert done.state == "done", done.error
            took[f"{name} won"] = float(done.progress.get("won", 0))
            session.rollback()
        return took | {"nightly_ratio": took["night"] / took["full"]}


def growths(large: Academy, small: Academy) -> dict[str, float]:
    """The same question to a million and to ten thousand, in turns."""

    def event(n: int) -> Callable[[Session], object]:
        def act(_session: Session) -> object:
            with db.writing() as session:
                return achievements.record(session, 3000 + n, "checkin.done", "", f"bench {n}")

        return act

    def explained(n: int) -> Callable[[Session], object]:
        def act(session: Session) -> object:
            catalog = published(session)
            promotion = ladder(catalog)["bronze"].promotion
            assert promotion
            return explain(session, catalog, promotion, 4000 + n)

        return act

    def placed(n: int) -> Callable[[Session], object]:
        return lambda session: place(session, "bronze", 10 * n)

    found = {}
    for name, act in (("event", event), ("explain", explained), ("rank", placed)):
        ratios = []
        for n in range(ROUNDS + 3):
            took = []
            for academy in (large, small):
                with inside(academy) as session:
                    session.execute(select(1))
                    took.append(timed(lambda act=act, n=n, session=session: act(n)(session)))  # type: ignore[misc]
            ratios.append(took[0] / took[1])
        found[f"{name}_growth"] = median(ratios[3:])
    return found


def previewed(academy: Academy) -> float:
    """Seconds until a brand has who would move under a lighter rule, whom it misses by one, and the cost."""
    with inside(academy) as session:
        now = published(session)
        draft = now.after({("ladder", "academy"): rungs(_shipped(now), 10)})

        def act() -> None:
            seen = preview(session, now, draft, "silver")
            page = [row.id for row in session.execute(moves(now, draft, "silver").limit(20))]
            assert seen.promoted
            assert page
            promotion = ladder(draft)["bronze"].promotion
            assert promotion
            explain_many(session, draft, promotion, select(Person.id).where(Person.id.in_(page)), TODAY)

        return best_of(2, act)


def _shipped(catalog: Catalog) -> dict[str, Any]:
    content = dict(catalog.one("ladder"))
    return {**content, "tiers": content["tiers"][:-1]}


def measured(large: Academy, small: Academy) -> dict[str, float]:
    """All figures of one database."""
    figures = selects(large)
    figures["disagreements"] = disagreements(large)
    figures["preview_s"] = previewed(large)
    figures |= growths(large, small)
    return figures | night(large)


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with clock.at(NOW), TemporaryDirectory(prefix="academy-bench-") as temporary, postgres() as server:
        found = {}
        for kind in ("sqlite", "postgresql"):
            academies = []
            for size in (people, FEW):
                folder = Path(temporary, f"{kind}-{size}")
                folder.mkdir()
                url = f"sqlite:///{folder}/academy.sqlite" if kind == "sqlite" else server.url(server.create())
                settings_ = Settings(production=False, secret_key="a" * 64, database_url=url, instance=folder)
                academy = Academy(create_app(settings_), size)
                took = timed(academy.make)
                print(f"{kind}: {size} trainees in {took:.0f} s", flush=True)
                academies.append(academy)
            found[kind] = measured(*academies)
            for name, figure in found[kind].items():
                print(f"  {name:16} {figure:12.4g}", flush=True)
    report(found)


def report(found: Mapping[str, Mapping[str, float]]) -> None:
    """The last line: the worse of both databases."""

    def worst(name: str, of: Callable[..., float] = max) -> float:
        return of(figures[name] for figures in found.values())

    line = [
        f"oracle_x={worst('oracle_x', min):.0f}",
        f"explain_x={worst('explain_x', min):.1f}",
        f"scan_ratio={worst('scan_ratio'):.2f}",
        f"nightly_ratio={worst('nightly_ratio'):.3f}",
        *(f"{name}={worst(name):.2f}" for name in ("event_growth", "explain_growth", "rank_growth")),
        f"preview_s={worst('preview_s'):.2f}",
        f"disagreements={worst('disagreements'):.0f}",
    ]
    print(" ".join(line))


if __name__ == "__main__":
    main()
