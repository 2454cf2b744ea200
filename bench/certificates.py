"""`make bench-certificates`: how quickly certificates are printed, downloaded, drawn and verified.

single_x      certificates a second as single files in memory ÷ those of a plain WeasyPrint loop on the same design
book_x        the same of one print book of 45,000, its plates read in that time
book45k_*     that book's CPU seconds, and the megabytes of the process that made it
file_kb       the largest single file
download_ms   a signed-in trainee's PDF at the median, as the app answers it
png_ms        a certificate's picture at the median
verify_share  requests a second of the public page ÷ those of an empty Flask view on the same server
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from academy import ROOT, clock
from academy.achievements.certificates.actions import design_document
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.rules import Design, Paper, serial_number
from academy.catalog.queries import published
from academy.checkins.actions import check_in
from academy.db import db
from academy.jobs.work import work
from academy.journal.actions import start
from academy.people.models import Person
from academy.registry import batches
from academy.text.codes import ALPHABET
from bench.server import Academy, rate

BOOK, BATCH = 45_000, 4_000
ROUNDS, LOOP, FILES, TIMES = 5, 6, 600, 200
WIDTH = 1500
DAY = date(2026, 11, 22)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
GIVEN = (
    "晓棠豆雨欣梓涵诗琪思彤佳怡若曦静雅婷芳娜敏丽艳秀英慧巧美萍红玉兰霞香"
    "月莺媛瑞凡嘉琼勤珍贞桂娣璧璐娅琦晶妍茜秋珊莎锦黛青"
)


def rows(number: int) -> Iterator[Paper]:
    """People as a batch has them: names of two and three Hanzi, two in a hundred Latin ones, four rare ones in all."""
    random, scores = Random(45), {score: {"score": score} for score in range(80, 101)}
    for n in range(number):
        name = random.choice(SURNAMES) + "".join(random.choice(GIVEN) for _ in range(random.choice((1, 2, 2))))
        if n % 50 == 49:
            name = f"{random.choice(('Anna', 'Tang', 'Zoë'))} {random.choice(('Lin', 'Avery', 'Wu'))}"
        if n % 11_250 == 7:
            name = "𠮷" + name[1:]
        serial = serial_number("LY", DAY, n + 1)
        code = "".join(random.choice(ALPHABET) for _ in range(8))
        url = f"https://academy.example.com/v/{serial}/{code}"
        yield Paper(name, serial, code, DAY, url, "女士", scores[random.randint(80, 100)])


def main() -> None:
    """Measure, print the table, and the line."""
    if sys.argv[1:2] == ["book"]:
        book(Path(sys.argv[2]), int(sys.argv[3]))
        return
    with TemporaryDirectory(prefix="bench-") as folder:
        academy = Academy.furnish(Path(folder) / "academy")
        serial, code, cookie = certified(academy)
        made = printed(academy, folder)
        made["download"] = download(academy, f"/honours/certificates/{serial}.pdf", cookie)
        with academy.serve() as address:
            rates: dict[str, list[float]] = {"empty": [], "verify": []}
            for _ in range(ROUNDS):
                rates["empty"].append(rate(f"{address}/empty"))
                rates["verify"].append(rate(f"{address}/v/{serial}/{code}"))
        share = statistics.median(v / e for v, e in zip(rates["verify"], rates["empty"], strict=True))
    for what, each in (("WeasyPrint loop", made["loop"]), ("single files", made["single"]), ("book", made["book"])):
        print(f"{what:<18}{each * 1e6:>12.0f} µs each{1 / each:>12.0f} a second of CPU")
    print(f"{'issued in bulk':<18}{issued(academy):>12.0f} a second")
    print(f"{'public page':<18}{statistics.median(rates['verify']):>12.0f} requests/s")
    print(
        f"single_x={made['loop'] / made['single']:.0f} book_x={made['loop'] / made['book']:.0f} "
        f"book45k_cpu_s={made['book'] * BOOK:.2f} book45k_mb={made['mb']:.0f} file_kb={made['kb']:.1f} "
        f"download_ms={made['download']:.2f} png_ms={made['png']:.1f} verify_share={share:.3f}"
    )


def certified(academy: Academy) -> tuple[str, str, str]:
    """Serial and code of 豆豆妈's certificate, and a browser in which she is signed in."""
    with academy.app.app_context(), db.writing() as session:
        her = session.scalars(select(Person).where(Person.name == "豆豆妈")).one()
        her.legal_name = "陈豆豆"
        session.flush()
        check_in(session, her.id)
        paper = session.scalars(select(Certificate).where(Certificate.trainee_id == her.id)).one()
        serial, code, id = paper.serial, paper.code, her.id
    return serial, code, academy.cookie(id)


def issued(academy: Academy) -> float:
    """Certificates a second of a batch, with all that follows from each."""
    with academy.app.app_context():
        while work(academy.app.extensions["jobs"]):
            pass
        with db.writing() as session:
            at = clock.now()
            people = [
                Person(role="trainee", name=name, legal_name=name, phone=phone, password_hash="-", created_at=at)
                for phone, name in ((f"139{n:08}", row.name) for n, row in enumerate(rows(BATCH)))
            ]
            session.add_all(people)
            session.flush()
            for person in people:
                start(session, person.id, "bronze")
            staff = session.scalars(select(Person).where(Person.role == "brand")).first()
            assert staff
            batch = batches.choose(session, staff, "silver-honor", "bench", [person.id for person in people])
            batches.begin(session, staff, batch, 0)
        return BATCH / elapsed(lambda: work(academy.app.extensions["jobs"]))


def printed(academy: Academy, folder: str) -> dict[str, float]:
    """CPU seconds a certificate of each way to print, taking turns; and what the book needed."""
    from academy.achievements.certificates.paper import render_pdf
    from academy.achievements.certificates.plates.files import Printer
    from academy.achievements.certificates.plates.picture import picture

    with academy.app.app_context():
        catalog = published(db.session())
        document, brand = design_document(catalog, "silver-honor"), dict(catalog.one("brand"))
    design, some = Design.of(document, brand), list(rows(FILES))
    printer = Printer(design)
    kilobytes = max(len(printer.pdf(row)) for row in some if len(row.name) <= 3) / 1000
    plain = [row for row in some if not row.name.startswith("𠮷")]
    loop, single = [], []
    for n in range(ROUNDS):
        loop.append(cpu(partial(render_pdf, design), some[n * LOOP :][:LOOP]))
        single.append(cpu(printer.pdf, plain))
    told = Path(folder) / "design.json"
    told.write_text(json.dumps([document, brand]))
    command = [sys.executable, "-m", "bench.certificates", "book", str(told), str(BOOK)]
    book_cpu, megabytes = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    times = [elapsed(partial(picture, design, row, WIDTH)) for row in plain[:TIMES]]
    return {
        "loop": statistics.median(loop),
        "single": statistics.median(single),
        "book": book_cpu / BOOK,
        "mb": megabytes,
        "kb": kilobytes,
        "png": statistics.median(times) * 1000,
    }


def book(told: Path, number: int) -> None:
    """Make one book in a process that does nothing else, and print its CPU seconds and megabytes."""
    from academy.achievements.certificates.plates.book import print_book

    document, brand = json.loads(told.read_text())
    people = list(rows(number))
    with told.with_name("book.pdf").open("wb") as out:
        spent = cpu(lambda rows: print_book(Design.of(document, brand), rows, out), [people])
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps([spent, int(peak.split()[1]) / 1000]))


def download(academy: Academy, path: str, cookie: str) -> float:
    """The median milliseconds in which the app answers."""
    client = academy.app.test_client(use_cookies=False)

    def get() -> None:
        response = client.get(path, headers={"Cookie": cookie})
        assert response.status_code == 200, response.status
        assert response.data.startswith(b"%PDF")

    get()
    return statistics.median(elapsed(get) for _ in range(TIMES)) * 1000


def cpu(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """The CPU seconds of some work on each of some items."""
    begun = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - begun) / len(items)


def elapsed(work: Callable[[], object]) -> float:
    """The seconds of some work."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
