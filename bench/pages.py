"""`make bench-pages`: how fast a signed-in trainee's pages are, how much a first visit loads, how it grows.

share      the slowest page's requests a second ÷ those of an empty Flask view on the same server
sql_max    most statements of a page, BEGIN and COMMIT apart
kb_first   encoded kilobytes of a cold first visit, as the browser's protocol counts them until the network is idle
growth     a page's median time with 100,000 trainees ÷ that with 1,000: the median of the rounds' ratios
"""

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from sqlalchemy import event, text

from academy.db import db
from bench.server import Academy, rate

TANG = "13800000012"
PAGES = {
    "today": "/",
    "map": "/map",
    "lesson": "/lessons/clear-photo",
    "honours": "/honours",
    "materials": "/materials",
}
AIM = {"map": 0.25, "lesson": 0.25}
LEAST = 0.15
ROUNDS = 3
GROWTH_ROUNDS, GROWTH_VISITS = 15, 30


def main() -> None:
    """Measure, print the table, and the line."""
    with TemporaryDirectory(prefix="bench-") as folder:
        academy = Academy.furnish(Path(folder) / "few")
        tang = academy.id_of(TANG)
        cookie = academy.cookie(tang)
        statements = {name: statements_of(academy, path, cookie) for name, path in PAGES.items()}
        with academy.serve() as address:
            rates = throughput(address, cookie)
            loaded = first_visit(address, cookie)
        many = Academy.furnish(Path(folder) / "many")
        people(academy, tang, 1_000)
        people(many, tang, 100_000)
        with academy.serve() as few_at, many.serve() as many_at:
            growths = growth({few_at: cookie, many_at: many.cookie(tang)})
    shares = {name: rates[name] / rates["empty"] for name in PAGES}
    print(f"{'page':<12}{'requests/s':>12}{'share':>8}{'aim':>7}{'SQL':>5}{'growth':>8}")
    print(f"{'empty view':<12}{rates['empty']:>12.0f}{1:>8.2f}")
    for name in PAGES:
        aim = AIM.get(name, LEAST)
        print(
            f"{name:<12}{rates[name]:>12.0f}{shares[name]:>8.2f}{aim:>7.2f}{statements[name]:>5}{growths[name]:>8.2f}"
        )
    for name, (kilobytes, requests) in loaded.items():
        print(f"first visit to {name}: {kilobytes:.1f} KB in {requests} requests")
    slowest = min(shares, key=lambda name: shares[name])
    kilobytes, requests = (max(numbers) for numbers in zip(*loaded.values(), strict=True))
    print(
        f"share={shares[slowest]:.3f} slowest={slowest} share_map={shares['map']:.3f} "
        f"share_lesson={shares['lesson']:.3f} sql_max={max(statements.values())} kb_first={kilobytes:.1f} "
        f"requests_first={requests} growth={max(growths.values()):.2f}"
    )


def statements_of(academy: Academy, path: str, cookie: str) -> int:
    """How many statements a page asks, once the process is warm."""
    seen: list[str] = []
    client = academy.app.test_client(use_cookies=False)
    for _ in range(2):
        with counted(academy, seen):
            response = client.get(path, headers={"Cookie": cookie})
            if response.status_code != 200:
                raise RuntimeError(f"{path} answers {response.status}")
    return len(seen)


@contextmanager
def counted(academy: Academy, seen: list[str]) -> Iterator[None]:
    """Note the statements of a block."""
    seen.clear()
    with academy.app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


def throughput(address: str, cookie: str) -> Mapping[str, float]:
    """Requests a second of each page: rounds in which all take turns, and the median of each."""
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, path in {"empty": "/empty", **PAGES}.items():
            found.setdefault(name, []).append(rate(f"{address}{path}", cookie))
    return {name: statistics.median(rates) for name, rates in found.items()}


def first_visit(address: str, cookie: str) -> Mapping[str, tuple[float, int]]:
    """Kilobytes and requests of a cold visit to the invitation and to each page, in a phone's browser."""
    from playwright.sync_api import sync_playwright

    name, _, value = cookie.partition("=")
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for page_name, path in {"the invitation": "/join/qt07", **PAGES}.items():
            context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
            if path != "/join/qt07":
                context.add_cookies([{"name": name, "value": value, "url": address}])
            page = context.new_page()
            protocol = context.new_cdp_session(page)
            protocol.send("Network.enable")
            sizes: list[float] = []
            protocol.on("Network.loadingFinished", lambda done, sizes=sizes: sizes.append(done["encodedDataLength"]))
            page.goto(f"{address}{path}", wait_until="networkidle")
            found[page_name] = (sum(sizes) / 1000, len(sizes))
            context.close()
        browser.close()
    return found


def people(academy: Academy, like: int, number: int) -> None:
    """Fill the academy up to a number of trainees, each with the facts, tallies and ledger of one."""
    with academy.app.app_context(), db.writing() as session:
        first = session.scalar(text("SELECT max(id) FROM person")) or 0
        session.execute(text("CREATE TEMPORARY TABLE clone (id INTEGER PRIMARY KEY)"))
        session.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT :first + 1 UNION ALL SELECT i + 1 FROM n WHERE i < :first + :number) "
                "INSERT INTO clone SELECT i FROM n"
            ),
            {"first": first, "number": number - first},
        )
        facts_before = session.scalar(text("SELECT max(id) FROM fact")) or 0
        facts_each = session.scalar(text("SELECT count(*) FROM fact WHERE trainee_id = :like"), {"like": like}) or 0
        for table, own in (
            ("person", {"id": "clone.id", "phone": "NULL", "email": "'clone-' || clone.id || '@bench.invalid'"}),
            ("standing", {"trainee_id": "clone.id"}),
            ("tally", {"trainee_id": "clone.id"}),
            ("fact", {"id": "{facts} + (clone.id - :first - 1) * {each} + place", "trainee_id": "clone.id"}),
        ):
            columns = [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]
            who = "id" if table == "person" else "trainee_id"
            taken = ", ".join(own.get(name, f"source.{name}") for name in columns).format(
                facts=facts_before, each=facts_each
            )
            session.execute(
                text(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM clone, "
                    f"(SELECT *, row_number() OVER () AS place FROM {table} WHERE {who} = :like) AS source"
                ),
                {"like": like} | ({"first": first} if table == "fact" else {}),
            )
        session.execute(text("DROP TABLE clone"))
        session.execute(text("ANALYZE"))


def growth(academies: Mapping[str, str]) -> Mapping[str, float]:
    """How much longer each page takes in the second academy than in the first, alternating between them."""
    ratios: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(GROWTH_ROUNDS):
        for name, path in PAGES.items():
            few, many = (median_time(address, path, cookie) for address, cookie in academies.items())
            ratios[name].append(many / few)
    return {name: statistics.median(found) for name, found in ratios.items()}


def median_time(address: str, path: str, cookie: str) -> float:
    """The median seconds of a page over one connection."""
    connection = HTTPConnection(urlsplit(address).netloc)
    times = []
    for _ in range(GROWTH_VISITS):
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        connection.getresponse().read()
        times.append(time.perf_counter() - begun)
    connection.close()
    return statistics.median(times)


if __name__ == "__main__":
    main()
