"""A batch is chosen, checked, reminded of missing names and issued: once to each, without a gap in the serials."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy import achievements, clock
from academy.account.export import _certificates
from academy.achievements import papers
from academy.achievements.certificates.models import Batch, Certificate, Pick
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Audit, Cohort, Person, Trait
from academy.registry import batches
from academy.registry.batches import Filter, found
from academy.registry.jobs import sweep
from academy.text.sheets import lines, written
from tests.achievements.story import almost_silver, change, run_jobs
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements
from tests.registry.conftest import DESIGN, ISSUING, Clients, begun, crowd, issued, listed, named, serials, whole


def choose(desk: FlaskClient, **data: object) -> TestResponse:
    """Send the form of the first step."""
    return desk.post(f"{ISSUING}/new", data={"design": DESIGN, **data})


def tick(desk: FlaskClient, batch: int, do: str, people: list[Person], **more: object) -> TestResponse:
    """Send the form of the second step with these ticked."""
    ids = [person.id for person in people]
    data = {"shown": ids, "tick": ids, "notify": "y", "do": do, **more}
    return desk.post(f"{ISSUING}/{batch}", data=data)


def number(answer: TestResponse) -> int:
    """Which batch one is led to."""
    assert answer.status_code == 303, html(answer)
    return int(answer.location.rpartition("/")[2])


def sheet(*rows: tuple[str, ...]) -> io.BytesIO:
    return written(rows)


# Choosing


def test_a_class_is_chosen_checked_and_issued(
    app: Flask, session: Session, desk: FlaskClient, client_of: Clients, cohort: Cohort, tang: Person, aduo: Person
) -> None:
    named({tang.id: "林晓棠"})
    batch = number(choose(desk, way="cohort", cohort=cohort.id))
    shown = html(desk.get(f"{ISSUING}/{batch}"))
    for said in ("青铜 07 班", "林晓棠", "LY-2026-0914-0001", "缺姓名", "1 位学员缺真实姓名", "颁发 1 张"):
        assert said in shown
    assert tick(desk, batch, "issue", [tang]).status_code == 303
    assert "0 / 1" in html(desk.get(f"{ISSUING}/{batch}")) or "已颁发 0" in html(desk.get(f"{ISSUING}/{batch}"))
    run_jobs(app)
    assert serials(session) == whole(1)
    done = html(desk.get(f"{ISSUING}/{batch}"))
    assert "LY-2026-0914-0001" in done
    facts = select(Fact.kind).where(Fact.trainee_id == tang.id, Fact.kind.startswith("certificate")).order_by(Fact.id)
    assert session.scalars(facts).all() == ["certificate.earned", "certificate.issued"]
    session.rollback()
    assert "白银晋级荣誉证书已颁发" in html(client_of(tang).get("/"))
    assert "LY-2026-0914-0001" in html(client_of(tang).get("/honours"))


@ON_SQLITE
def test_a_filter_takes_a_tier_a_tag_and_those_who_meet_the_conditions(
    session: Session, lu: Person, tang: Person, aduo: Person
) -> None:
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
        achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")
        s.add(Trait(trainee_id=aduo.id, kind="tag", key="老客"))

    def ids(wanted: Filter) -> list[int]:
        session.rollback()
        return list(session.scalars(found(lu, published(session), wanted)))

    assert ids(Filter(tier="silver")) == [tang.id]
    assert ids(Filter(trait=("tag", "老客"))) == [aduo.id]
    assert ids(Filter(design=DESIGN)) == [tang.id]
    assert ids(Filter(tier="silver", trait=("tag", "老客"))) == []
    assert len(ids(Filter())) == 3


def test_a_sheet_names_duplicates_strangers_and_other_names(
    app: Flask, session: Session, desk: FlaskClient, tang: Person, aduo: Person
) -> None:
    named({tang.id: "林晓棠", aduo.id: "何阿朵"})
    rows = [
        ("手机号", "姓名"),
        ("138 0000 0012", "阿朵"),
        ("13800000011", "林晓棠"),
        ("13800000011", "林晓棠"),
        ("13800000099", "无名"),
        ("12345", ""),
        ("13800000013", ""),
    ]
    named({})
    shown = html(choose(desk, way="sheet", file=(sheet(*rows), "名单.xlsx")))
    for said in ("找到 3 位", "上面已有同一个号码", "没有学员用这个号码", "不是 11 位手机号"):
        assert said in shown, said
    token = shown.partition('name="token" value="')[2].partition('"')[0]
    wrong = list(lines(desk.post(f"{ISSUING}/misfits.xlsx", data={"token": token}).data))
    assert [cells[0] for _line, cells in wrong[1:]] == ["4", "5", "6"]
    batch = number(desk.post(f"{ISSUING}/sheets", data={"token": token}))
    places = session.execute(select(Pick.trainee_id).where(Pick.batch_id == batch).order_by(Pick.place)).scalars().all()
    assert places[:2] == [aduo.id, tang.id], "in the order of the sheet"
    session.rollback()
    again = desk.post(f"{ISSUING}/sheets", data={"token": token})
    assert again.location == f"{ISSUING}/new"


@ON_SQLITE
def test_somebody_with_another_name_is_left_out(desk: FlaskClient, tang: Person) -> None:
    named({tang.id: "林晓棠"})
    shown = html(choose(desk, way="sheet", file=(sheet(("手机号", "姓名"), ("13800000011", "别人")), "a.xlsx")))
    assert "这个号码的学员不叫这个名字" in shown


@ON_SQLITE
@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"way": "sheet", "file": (io.BytesIO("姓名\n林晓棠\n".encode()), "a.csv")}, "没有找到「手机号」"),
        ({"way": "sheet"}, "文件里没有人"),
        ({"way": "hand", "contact": "13800000099", "reason": "补发"}, "没有学员"),
        ({"way": "hand", "contact": "13800000011", "reason": " "}, "请写明原因"),
        ({"way": "hand", "contact": "13800000001", "reason": "讲师"}, "没有学员"),
        ({"way": "cohort", "cohort": "4711"}, "请在这些里选"),
        ({"way": "filter", "tier": "nonsense"}, "请在这些里选"),
        ({"way": "filter", "tier": "gold"}, "没有人符合"),
        ({"way": "nonsense"}, ""),
        ({"way": "cohort", "design": "nonsense"}, ""),
    ],
)
def test_what_cannot_be_chosen_is_said(session: Session, desk: FlaskClient, data: dict[str, object], said: str) -> None:
    answer = choose(desk, **data)
    assert answer.status_code == 422
    assert said in html(answer)
    session.rollback()
    assert session.scalars(select(Batch)).all() == []


def test_one_is_chosen_by_hand_with_a_reason(app: Flask, session: Session, desk: FlaskClient, tang: Person) -> None:
    named({tang.id: "林晓棠"})
    assert 'value="13800000011"' in html(desk.get(f"{ISSUING}/new?trainee={tang.id}"))
    batch = number(choose(desk, way="hand", contact="138-0000-0011", reason="线下活动优秀分享"))
    assert "线下活动优秀分享" in html(desk.get(f"{ISSUING}/{batch}"))
    tick(desk, batch, "issue", [tang])
    run_jobs(app)
    assert serials(session) == whole(1)
    paper = session.scalars(select(Certificate)).one()
    found = select(Audit.staff_id, Audit.subject).where(Audit.action == "certificate.given")
    assert [tuple(row) for row in session.execute(found)] == [(paper.by_id, f"certificate/{paper.id}")]
    assert _certificates(session, session.get_one(Person, tang.id))[0]["reason"] == "线下活动优秀分享"
    session.rollback()
    page = html(desk.get(f"/desk/certificates/register/{paper.id}"))
    rule = page.partition("按什么规则颁发")[2].partition("</dd>")[0]
    assert "手工颁发" in rule, rule
    assert "线下活动优秀分享" in page.partition('id="history"')[2]


def test_a_design_without_a_criterion_is_issued_by_hand(app: Flask, session: Session, lu: Person, tang: Person) -> None:
    def by_hand(document: dict) -> None:  # type: ignore[type-arg]
        document["designs"].append({**document["designs"][0], "key": "guest"})
        del document["designs"][-1]["criterion"]

    change(by_hand, "designs")
    run_jobs(app)
    named({tang.id: "林晓棠"})
    with db.writing() as s:
        batch = batches.choose(s, s.get_one(Person, lu.id), "guest", "嘉宾", [tang.id]).id
        batches.begin(s, s.get_one(Person, lu.id), s.get_one(Batch, batch), 0)
    run_jobs(app)
    paper = session.scalars(select(Certificate)).one()
    assert (paper.design, paper.by_id) == ("guest", lu.id)


# Checking


def test_who_is_not_ticked_gets_nothing(app: Flask, session: Session, desk: FlaskClient, lu: Person) -> None:
    people = crowd(3)
    batch = listed(lu, people)
    desk.post(f"{ISSUING}/{batch}", data={"shown": people, "tick": people[1:2], "notify": "y", "do": "issue"})
    run_jobs(app)
    assert session.scalars(select(Certificate.trainee_id)).all() == [people[1]]


def test_all_and_none_are_ticked_and_the_number_to_come_follows(
    session: Session, desk: FlaskClient, lu: Person
) -> None:
    people = crowd(3)
    batch = listed(lu, people)
    path = f"{ISSUING}/{batch}"
    desk.post(path, data={"notify": "y", "do": "none"})
    assert "LY-2026" not in html(desk.get(path)).partition("<table")[2]
    assert desk.post(path, data={"notify": "y", "do": "issue"}).status_code == 303
    session.rollback()
    assert session.get_one(Batch, batch).runs == 0, "nobody is ticked"
    session.rollback()
    desk.post(path, data={"notify": "y", "do": "all"})
    assert whole(3)[2] in html(desk.get(path))
    desk.post(path, data={"shown": people, "tick": people[1:], "notify": "y", "do": "look"})
    shown = html(desk.get(path))
    assert whole(2)[1] in shown
    assert whole(3)[2] not in shown


@ON_SQLITE
def test_ticks_on_other_pages_and_of_strangers_stay_as_they_are(
    session: Session, desk: FlaskClient, lu: Person, tang: Person
) -> None:
    people = crowd(15)
    batch, other = listed(lu, people), listed(lu, [tang.id])
    path = f"{ISSUING}/{batch}"
    assert "1 / 2" in html(desk.get(path))
    data = {"shown": [*people[:12], tang.id], "tick": [], "notify": "y", "do": "page:2"}
    turned = desk.post(path, data=data)
    assert turned.location.endswith("?page=2")
    assert "2 / 2" in html(desk.get(turned.location))
    session.rollback()
    ticked = session.scalars(select(Pick.trainee_id).where(Pick.ticked, Pick.batch_id == batch)).all()
    assert sorted(ticked) == people[12:]
    assert session.scalars(select(Pick.ticked).where(Pick.batch_id == other)).all() == [True]


@ON_SQLITE
@pytest.mark.parametrize("asked", [{"page": "99"}, {"page": "x"}, {"state": "x"}, {"q": "\x00%"}, {"who": "4711"}])
def test_nonsense_in_the_address_breaks_nothing(desk: FlaskClient, lu: Person, asked: dict[str, str]) -> None:
    batch = listed(lu, crowd(2))
    assert desk.get(f"{ISSUING}/{batch}", query_string=asked).status_code == 200


@ON_SQLITE
def test_somebody_is_found_by_a_part_of_her_name_or_the_end_of_her_number(
    desk: FlaskClient, lu: Person, tang: Person
) -> None:
    people = crowd(2)
    batch = listed(lu, [*people, tang.id])
    for typed in ("小棠", "0011"):
        shown = html(desk.get(f"{ISSUING}/{batch}", query_string={"q": typed}))
        assert "小棠" in shown
        assert "学员1" not in shown


def test_missing_names_are_asked_for_once_and_she_can_get_hers_later(
    app: Flask, session: Session, desk: FlaskClient, client_of: Clients, lu: Person, tang: Person
) -> None:
    (other,) = crowd(1)
    batch = listed(lu, [tang.id, other])
    path = f"{ISSUING}/{batch}"
    for _ in range(2):
        desk.post(path, data={"notify": "y", "do": "remind"})
    session.rollback()
    facts = session.scalars(select(Fact.trainee_id).where(Fact.kind == "name.asked")).all()
    assert facts == [tang.id]
    assert session.scalars(select(Audit.action).where(Audit.action == "batch.reminded")).all() == ["batch.reminded"]
    session.rollback()
    hers = client_of(tang)
    assert "还缺你的真实姓名" in html(hers.get("/"))
    desk.post(path, data={"notify": "y", "do": "issue"})
    run_jobs(app)
    assert serials(session) == whole(1)
    hers.post("/me/legal-name", data={"legal_name": "林晓棠", "salutation": "女士"})
    assert "还缺你的真实姓名" not in html(hers.get("/"))
    assert "补发 1 张" in html(desk.get(path))
    desk.post(path, data={"runs": 1, "do": "issue"})
    run_jobs(app)
    assert serials(session) == whole(2)


def test_who_has_it_or_had_it_revoked_is_skipped_with_the_reason(
    app: Flask, session: Session, desk: FlaskClient, lu: Person, tang: Person, aduo: Person
) -> None:
    named({tang.id: "林晓棠", aduo.id: "何阿朵"})
    first = begun(lu, [tang.id, aduo.id])
    run_jobs(app)
    assert issued(session, first) == 2
    with db.writing() as s:
        hers = s.scalars(select(Certificate.id).where(Certificate.trainee_id == aduo.id)).one()
        papers.revoke(s, s.get_one(Person, lu.id), hers, "冒用他人作业")
    second = begun(lu, [tang.id, aduo.id])
    shown = html(desk.get(f"{ISSUING}/{second}"))
    assert "已有证书" in shown
    assert "曾被撤销" in shown
    run_jobs(app)
    assert serials(session) == whole(2)
    assert issued(session, second) == 0


@ON_SQLITE
def test_what_is_near_its_end_is_issued_anew(
    app: Flask, session: Session, lu: Person, tang: Person, clock: Clock
) -> None:
    def ends(document: dict) -> None:  # type: ignore[type-arg]
        document["designs"][0]["valid_days"] = 100

    change(ends, "designs")
    run_jobs(app)
    named({tang.id: "林晓棠"})
    for _ in range(2):
        begun(lu, [tang.id])
        run_jobs(app)
    assert len(serials(session)) == 1
    clock.move(days=80)
    begun(lu, [tang.id])
    begun(lu, [tang.id])
    run_jobs(app)
    ends_on = session.scalars(select(Certificate.expires_on).order_by(Certificate.id)).all()
    assert ends_on == [date(2026, 12, 23), date(2027, 4, 2)], "from the end of the first, and once"


@ON_SQLITE
@pytest.mark.parametrize(("ago", "fits"), [(0, True), (90, True), (91, False), (-1, False)])
def test_the_date_is_neither_in_the_future_nor_too_old(
    app: Flask, session: Session, desk: FlaskClient, lu: Person, ago: int, fits: bool
) -> None:
    people = crowd(1)
    batch = listed(lu, people)
    day = clock.today() - timedelta(days=ago)
    answer = desk.post(f"{ISSUING}/{batch}", data={"issued_on": f"{day}", "notify": "y", "do": "issue"})
    assert answer.status_code == (303 if fits else 422)
    run_jobs(app)
    session.rollback()
    found = session.scalars(select(Certificate)).all()
    assert [(paper.issued_on, paper.serial) for paper in found] == ([(day, f"LY-{day:%Y-%m%d}-0001")] if fits else [])


def test_who_is_not_to_be_told_finds_it_among_her_honours_all_the_same(
    app: Flask, session: Session, desk: FlaskClient, client_of: Clients, lu: Person, tang: Person
) -> None:
    named({tang.id: "林晓棠"})
    batch = listed(lu, [tang.id])
    desk.post(f"{ISSUING}/{batch}", data={"do": "issue"})
    run_jobs(app)
    assert "已颁发" not in html(client_of(tang).get("/"))
    assert whole(1)[0] in html(client_of(tang).get("/honours"))


def test_the_check_needs_few_statements_however_many_people(desk: FlaskClient, lu: Person) -> None:
    batch = listed(lu, crowd(30))
    desk.get(f"{ISSUING}/{batch}")
    with statements() as seen:
        desk.get(f"{ISSUING}/{batch}")
    assert len(seen) <= 6, seen


def test_her_certificate_is_seen_before_and_its_proof_is_none(
    desk: FlaskClient, lu: Person, tang: Person, aduo: Person
) -> None:
    named({tang.id: "林晓棠"})
    batch = listed(lu, [tang.id])
    assert desk.get(f"{ISSUING}/{batch}/{tang.id}.png").data.startswith(b"\x89PNG")
    assert desk.get(f"{ISSUING}/{batch}/{tang.id}.pdf").data.startswith(b"%PDF")
    assert desk.get(f"{ISSUING}/{batch}/{aduo.id}.png").status_code == 404


@ON_SQLITE
def test_lists_that_nobody_issues_to_are_forgotten_after_a_month(session: Session, lu: Person, clock: Clock) -> None:
    people = crowd(2)
    old, kept = listed(lu, people), begun(lu, people)
    clock.move(days=32)
    new = listed(lu, people)
    sweep()
    session.rollback()
    assert set(session.scalars(select(Batch.id))) == {kept, new}
    assert old not in session.scalars(select(Pick.batch_id)).all()


@ON_SQLITE
def test_a_design_that_is_published_no_more_is_not_issued(
    app: Flask, session: Session, desk: FlaskClient, lu: Person
) -> None:
    batch = listed(lu, crowd(1))
    with db.writing() as s:
        s.execute(update(Batch).values(design="gone"))
    assert "不再发布" in html(desk.get(f"{ISSUING}/{batch}"))
    assert desk.post(f"{ISSUING}/{batch}", data={"do": "issue"}).status_code == 404
