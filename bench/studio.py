"""`make bench-studio`: what trainers wait for at their desks, and learners after them.

publish_s      seconds in which a changed lesson is published while 100,000 are enrolled, none of whose rows is touched
lesson_ratio   requests a second for a lesson at its fiftieth version ÷ at its first, taking turns
editor_kb      the editor's page and all that it loads, compressed
sql_save       statements of a save in the editor
queue_growth   a page of the review desk with 50,000 hand-ins waiting and as many judged ÷ with 500: the slowest page of
               the brand, who sees all, and of a trainer with fifty trainees, on the worse of both databases
"""

import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select, text

from academy import clock
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Cohort, Membership, Person
from academy.practice.models import HandIn
from bench.authoring import measured
from bench.pages import median_time
from bench.server import Academy
from tests.servers import postgres

FEW, MANY = 500, 50_000
CLASS = 50
"""So many trainees has each trainer."""
ROUNDS = 15
WORDS = "我家 14 个月，每次换尿裤后薄薄涂一层，用了一个冬天，摸着干爽。盖子有点紧。"
SOME = 5_000


def queue_growth() -> float:
    """How much longer the slowest page of the review desk takes with many hand-ins than with few; prints each."""
    worst = 0.0
    for database in ("SQLite", "PostgreSQL"):
        with two_desks(database) as desks:
            for name, ratio in growths(desks).items():
                print(f"{database:<12}{name:<28}{ratio:>6.2f}")
                worst = max(worst, ratio)
    return worst


@contextmanager
def two_desks(database: str) -> Iterator[list[tuple[str, Mapping[str, tuple[str, str]]]]]:
    """A small and a large academy being served: each with its address, and its pages with who opens them."""
    with TemporaryDirectory(prefix="bench-") as folder, postgres() as server:
        made = []
        for name, number in (("few", FEW), ("many", MANY)):
            url = None if database == "SQLite" else server.url(server.create())
            academy = Academy.furnish(Path(folder) / name, url)
            made.append((academy, hand_ins(academy, number)))
        with made[0][0].serve() as few, made[1][0].serve() as many:
            yield [(few, made[0][1]), (many, made[1][1])]


def hand_ins(academy: Academy, number: int) -> Mapping[str, tuple[str, str]]:
    """Give an academy so many trainees in classes of fifty, each with a hand-in that waits and one that was accepted;
    the pages to open by name, each with the cookie of who opens it."""
    now = clock.now()
    with academy.app.app_context(), db.writing() as session:
        brand = session.scalars(select(Person).where(Person.role == "brand")).first()
        assert brand
        people = session.scalar(text("SELECT max(id) FROM person")) or 0
        cohorts = session.scalar(text("SELECT max(id) FROM cohort")) or 0
        facts = session.scalar(text("SELECT max(id) FROM fact")) or 0
        seats = session.scalar(text("SELECT max(id) FROM membership")) or 0
        papers = session.scalar(text("SELECT max(id) FROM hand_in")) or 0
        classes = number // CLASS
        trainer = people + number + 1
        session.execute(
            insert(Person),
            [_person(people + n, "trainee") for n in range(1, number + 1)]
            + [_person(trainer + n, "trainer") for n in range(classes)],
        )
        session.execute(
            insert(Cohort),
            [
                {
                    **{"id": cohorts + n + 1, "code": f"bench{n}", "name": f"青铜 {n} 班", "tier": "bronze"},
                    **{"title": f"青铜 {n} 班", "trainer_id": trainer + n, "capacity": CLASS, "taken": CLASS},
                    "created_at": now,
                }
                for n in range(classes)
            ],
        )
        for start in range(0, number, SOME):
            some = range(start, min(start + SOME, number))
            session.execute(
                insert(Membership),
                [
                    {
                        "id": seats + n + 1,
                        "trainee_id": people + n + 1,
                        "cohort_id": cohorts + n // CLASS + 1,
                        "since": now,
                    }
                    for n in some
                ],
            )
            session.execute(
                insert(Fact),
                [
                    {
                        **{"id": facts + n + 1, "trainee_id": people + n + 1, "kind": "handin.accepted"},
                        **{"topic": "self-intro", "occurrence": "1", "at": now, "day": clock.today()},
                    }
                    for n in some
                ],
            )
            session.execute(
                insert(HandIn),
                [
                    {
                        **{"id": papers + 2 * n + judged + 1, "trainee_id": people + n + 1, "number": 1, "text": WORDS},
                        "practice": "self-intro" if judged else "first-words",
                        "at": now - timedelta(minutes=number - n),
                        "due": now + timedelta(minutes=n - number // 2),
                        "state": "accepted" if judged else "waiting",
                        "verdict_id": facts + n + 1 if judged else None,
                    }
                    for n in some
                    for judged in (False, True)
                ],
            )
        middle = papers + number + 1
        brand_id = brand.id
    with academy.app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    hers = academy.cookie(trainer + classes // 2)
    desk = academy.cookie(brand_id)
    in_class = papers + (classes // 2 * CLASS + CLASS // 2) * 2 + 1
    return {
        "brand: the queue": ("/desk/hand-ins", desk),
        "brand: deep in the queue": (f"/desk/hand-ins?after={middle}", desk),
        "brand: one hand-in": (f"/desk/hand-ins/{middle}", desk),
        "brand: accepted": ("/desk/hand-ins?state=accepted", desk),
        "trainer: the queue": ("/desk/hand-ins", hers),
        "trainer: one hand-in": (f"/desk/hand-ins/{in_class}", hers),
        "trainer: accepted": ("/desk/hand-ins?state=accepted", hers),
    }


def _person(id: int, role: str) -> dict[str, object]:
    return {
        **{"id": id, "role": role, "name": f"学员 {id}", "email": f"bench-{id}@bench.invalid"},
        **{"password_hash": "-", "created_at": clock.now()},
    }


def growths(desks: list[tuple[str, Mapping[str, tuple[str, str]]]]) -> Mapping[str, float]:
    """How much longer each page takes in the large academy than in the small one, alternating between them."""
    (few_at, few), (many_at, many) = desks
    ratios: dict[str, list[float]] = {name: [] for name in few}
    for _ in range(ROUNDS):
        for name in few:
            small, large = (median_time(at, *pages[name]) for at, pages in ((few_at, few), (many_at, many)))
            ratios[name].append(large / small)
    return {name: statistics.median(found) for name, found in ratios.items()}


def main() -> None:
    """Measure, print the table, and the line."""
    found = measured()
    growth = queue_growth()
    print(
        f"publish_s={found['publish_s']:.2f} lesson_ratio={found['lesson_ratio']:.2f} "
        f"editor_kb={found['editor_kb']:.0f} sql_save={found['sql_save']:.0f} queue_growth={growth:.2f}"
    )


if __name__ == "__main__":
    main()
