"""The table of benefits: how staff edit it, what is refused, what trainees read."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy import ROOT
from academy.catalog.actions import digest, publish, take_turn
from academy.catalog.models import Version
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Standing
from academy.packs.actions import export, publish_pack, read
from academy.people.models import Audit, Person
from academy.tiers.benefits import BENEFITS
from tests.conftest import ON_SQLITE, Browser, Clock, html
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]
TIERS = ("bronze", "silver", "gold", "platinum", "diamond")


def table(session: Session) -> dict[str, Any]:
    """The newest version."""
    session.rollback()
    found = deepcopy(dict(published(session).one("benefits")))
    session.rollback()
    return found


def typed(client: FlaskClient, query: str = "", **changed: str) -> dict[str, str]:
    """What the form holds when it is opened, with some of it changed; fields are named with `_` for `-`."""
    page = html(client.get(f"/desk/benefits/edit{query}"))
    form = page[page.index('action="/desk/benefits/edit"') :]
    filled = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    filled |= dict(re.findall(r'<input[^>]* name="([^"]+)" type="\w+" value="([^"]*)"', form))
    filled |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', form))
    chosen = re.search(r'<option selected value="(\w+)"', form)
    filled["allotment-tier"] = chosen[1] if chosen else ""
    filled.pop("csrf_token")
    for number in range(20):
        filled.pop(f"classes-{number}-remove", None)
    return filled | {name.replace("__", "-"): value for name, value in changed.items()}


def save(client: FlaskClient, query: str = "", **changed: str) -> TestResponse:
    headers = {"Accept-Language": "en"}
    return client.post("/desk/benefits/edit", data=typed(client, query, **changed), headers=headers)


def announce(session: Session, staff: Person, **changed: Any) -> None:
    """Publish a version past the form."""
    with db.writing() as s:
        take_turn(s)
        publish(s, {BENEFITS: {**published(s).one("benefits"), **changed}}, origin="studio", by_id=staff.id)


def stand(trainee: Person, tier: str) -> None:
    with db.writing() as s:
        s.execute(update(Standing).where(Standing.trainee_id == trainee.id).values(tier=tier))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# Editing


def test_saving_what_is_there_already_publishes_nothing(client_of: Clients, lu: Person, session: Session) -> None:
    before = published(session).release
    assert save(client_of(lu)).status_code == 303
    session.rollback()
    assert published(session).release == before
    assert session.query(Audit).all() == []


def test_a_changed_rate_is_published_from_today_with_who_and_when(
    client_of: Clients, lu: Person, session: Session, clock: Clock
) -> None:
    before, desk = table(session), client_of(lu)
    assert save(desk, classes__2__rates__2="8.5").location == "/desk/benefits"
    after = table(session)
    assert after["from"] == "2026-09-14"
    assert after["tiers"][2]["rates"] == {**before["tiers"][2]["rates"], "hit": 85}
    assert {name for name in after if after[name] != before[name]} == {"from", "tiers"}
    (noted,) = session.scalars(select(Audit))
    assert (noted.staff_id, noted.action) == (lu.id, "benefits.published")
    page = words(html(desk.get("/desk/benefits", headers={"Accept-Language": "en"})))
    assert "14 Sep 10:00 鹿芽运营 14 Sep today" in page
    version = published(session).version_id("benefits")
    diff = words(html(desk.get(f"/desk/benefits/versions/{version}", headers={"Accept-Language": "en"})))
    assert "2 cells" in diff
    assert "Gold × Hits 8.0% 8.5%" in diff
    assert "Holds from 1 Sep 14 Sep" in diff


@ON_SQLITE
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("classes__0__rates__0", "50.1", "At most 50 per cent are possible."),
        ("classes__0__rates__0", "-1", "Less than nothing can’t be published."),
        ("classes__0__rates__0", "much", "“much” is no number with one decimal at most."),
        ("classes__0__rates__0", "", "“” is no number"),
        ("classes__0__rates__0", "3.55", "“3.55” is no number"),
        ("classes__0__title_zh", "", "A class needs a title."),
        ("classes__0__hint_zh", "", "Please say it in Chinese, too."),
        ("classes__4__title_en", "New one", "A class needs a title."),
        ("rights__0__zh", "轻松月入一万", "“月入”"),
        ("rights__0__en", "one\ntwo", "As many lines as in Chinese"),
        ("rights__0__zh", "长" * 61, "At most 60 characters in a line."),
        ("allotment__complaints", "101", "At most 100 per cent"),
        ("allotment__users", "0", "A number from 1 to 1000000."),
        ("allotment__raised", "100", "Not less than at first."),
        ("allotment__tier", "wood", "Not a valid choice"),
        ("start", "", "Not a valid date value."),
        ("ladder", "bronze,silver", "The tiers have changed meanwhile."),
    ],
)
def test_what_cannot_be_published_is_named_at_its_place_and_nothing_typed_is_lost(
    client_of: Clients, lu: Person, session: Session, field: str, value: str, said: str
) -> None:
    before = table(session)
    response = save(client_of(lu), **{field: value, "classes__1__title_zh": "好东西"})
    assert response.status_code == 422
    assert said in html(response)
    assert 'value="好东西"' in html(response)
    assert table(session) == before


@ON_SQLITE
def test_what_has_changed_cannot_begin_in_the_past_but_its_words_can_be_mended(
    client_of: Clients, lu: Person, session: Session
) -> None:
    desk, before = client_of(lu), table(session)
    for changed in ({"classes__0__rates__0": "2.1"}, {"allotment__users": "30000"}, {"classes__0__remove": "y"}):
        response = save(desk, start="2026-09-01", **changed)
        assert response.status_code == 422
        assert "What has changed can begin today or later." in html(response)
    assert save(desk, start="2026-09-13", classes__0__title_zh="日用").status_code == 422
    assert table(session) == before
    assert save(desk, start="2026-09-01", classes__0__title_zh="日用").status_code == 303
    assert table(session)["classes"][0]["title"]["zh"] == "日用"
    assert table(session)["from"] == "2026-09-01"


@ON_SQLITE
def test_classes_come_and_go_by_rows(client_of: Clients, lu: Person, session: Session) -> None:
    desk = client_of(lu)
    rates = {f"classes__4__rates__{n}": "1" for n in range(5)}
    assert save(desk, classes__4__title_zh="礼盒", classes__3__remove="y", **rates).status_code == 303
    after = table(session)
    assert [one["key"] for one in after["classes"]] == ["usual", "margin", "hit", "class-1"]
    assert after["classes"][3] == {"key": "class-1", "title": {"zh": "礼盒"}}
    assert all(tier["rates"].keys() == {"usual", "margin", "hit", "class-1"} for tier in after["tiers"])
    gone = {f"classes__{n}__remove": "y" for n in range(4)}
    response = save(desk, **gone)
    assert response.status_code == 422
    assert "At least one class is needed." in html(response)


@ON_SQLITE
def test_a_forged_key_makes_a_new_class_and_overwrites_none(client_of: Clients, lu: Person, session: Session) -> None:
    save(client_of(lu), classes__1__key="usual", classes__2__key="../x")
    assert [one["key"] for one in table(session)["classes"]] == ["usual", "class-1", "class-2", "new"]


@ON_SQLITE
def test_without_a_tier_there_is_no_allotment(client_of: Clients, lu: Person, tang: Person, session: Session) -> None:
    assert save(client_of(lu), allotment__tier="", allotment__users="x", allotment__orders="").status_code == 303
    assert "allotment" not in table(session)
    assert "管理权" not in html(client_of(tang).get("/benefits")).split("其他等级")[0].split("你的权利")[0]


@ON_SQLITE
def test_a_later_table_is_announced_and_the_present_one_holds_until_its_day(
    client_of: Clients, lu: Person, tang: Person, clock: Clock
) -> None:
    assert save(client_of(lu), start="2026-10-01", classes__2__rates__0="9.9").status_code == 303
    page = words(html(client_of(tang).get("/benefits")))
    assert page.index("4.0%") < page.index("10 月 1 日起，权益有调整") < page.index("9.9%")
    assert "现行" in html(client_of(lu).get("/desk/benefits"))
    clock.move(days=17)
    page = words(html(client_of(tang).get("/benefits")))
    assert "9.9%" in page
    assert "权益有调整" not in page


def test_an_older_version_can_be_taken_up_again(client_of: Clients, lu: Person, session: Session) -> None:
    desk = client_of(lu)
    first, before = published(session).version_id("benefits"), table(session)
    save(desk, classes__0__rates__0="9")
    assert save(desk, f"?version={first}").status_code == 303
    assert table(session) == {**before, "from": "2026-09-14"}
    assert desk.get("/desk/benefits/edit?version=999").status_code == 404
    assert desk.get("/desk/benefits/versions/999").status_code == 404


def test_who_was_overtaken_sees_what_differs_and_loses_nothing(
    client_of: Clients, lu: Person, session: Session
) -> None:
    desk = client_of(lu)
    mine = typed(desk, classes__0__rates__0="2.5")
    save(desk, classes__2__rates__2="8.5")
    theirs = table(session)
    response = desk.post("/desk/benefits/edit", data=mine, headers={"Accept-Language": "en"})
    assert response.status_code == 409
    page = words(html(response))
    assert "鹿芽运营 published another table on 14 Sep 10:00" in page
    assert "Gold × Hits 8.5% 8.0%" in page
    assert "Bronze × Everyday 2.0% 2.5%" in page
    assert table(session) == theirs
    again = mine | {"version": str(published(session).version_id("benefits"))}
    assert f'name="version" type="hidden" value="{again["version"]}"' in html(response)
    assert desk.post("/desk/benefits/edit", data=again).status_code == 303
    assert table(session)["tiers"][0]["rates"]["usual"] == 25


@pytest.mark.parametrize("forged", ["", "0", "x", "9" * 20])
def test_a_forged_version_overwrites_nothing(client_of: Clients, lu: Person, session: Session, forged: str) -> None:
    before = table(session)
    assert save(client_of(lu), version=forged, classes__0__rates__0="9").status_code == 409
    assert table(session) == before


def test_of_two_who_publish_in_the_same_moment_one_is_overtaken(
    client_of: Clients, lu: Person, session: Session
) -> None:
    forms = [typed(client_of(lu), classes__0__rates__0=rate) for rate in ("1", "2.2")]
    clients = [client_of(lu), client_of(lu)]
    session.rollback()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda c, f: c.post("/desk/benefits/edit", data=f).status_code, clients, forms))
    assert sorted(answers) == [303, 409]


def test_the_same_form_sent_twice_publishes_once(client_of: Clients, lu: Person, session: Session) -> None:
    desk = client_of(lu)
    form = typed(desk, classes__0__rates__0="2.5")
    assert [desk.post("/desk/benefits/edit", data=form).status_code for _ in range(2)] == [303, 303]
    session.rollback()
    assert len(session.scalars(select(Version).where(Version.kind == "benefits")).all()) == 2


@ON_SQLITE
def test_an_oversized_form_is_cut_or_refused(client_of: Clients, lu: Person, session: Session) -> None:
    before, desk = table(session), client_of(lu)
    many = {f"classes-{n}-title_zh": "多" for n in range(300)} | {f"classes-0-rates-{n}": "1" for n in range(300)}
    assert desk.post("/desk/benefits/edit", data=typed(desk) | many).status_code == 422
    assert desk.post("/desk/benefits/edit", data={"rights-0-zh": "a" * 2**20}).status_code == 413
    assert table(session) == before


@ON_SQLITE
def test_publishing_needs_the_forms_word(app: Flask, client_of: Clients, lu: Person, session: Session) -> None:
    form = typed(client_of(lu), classes__0__rates__0="9")
    app.config["WTF_CSRF_ENABLED"] = True
    app.test_client_class = Browser
    assert client_of(lu).post("/desk/benefits/edit", data=form).status_code == 400


# An academy without a table


@pytest.fixture
def bare(session: Session) -> None:
    with db.writing() as s:
        s.query(Version).filter_by(kind="benefits").delete()
        publish(s, {}, origin="pack")


@ON_SQLITE
def test_an_academy_that_has_no_table_says_so_and_can_write_its_first(
    client_of: Clients, lu: Person, tang: Person, bare: None, session: Session
) -> None:
    assert "还没有发布等级权益" in html(client_of(tang).get("/benefits"))
    for page in ("/", "/honours"):
        assert "/benefits" not in html(client_of(tang).get(page))
    desk = client_of(lu)
    assert "编写第一版" in html(desk.get("/desk/benefits"))
    assert "还没有等级设社群管理权" in html(desk.get("/desk/allotments"))
    assert desk.post("/desk/allotments", data={"each": f"{tang.id}:20000"}).status_code == 404
    rates = {f"classes__0__rates__{n}": str(n + 1) for n in range(5)}
    assert save(desk, classes__0__title_zh="常规", **rates).status_code == 303
    assert table(session) == {
        "from": "2026-09-14",
        "classes": [{"key": "class-1", "title": {"zh": "常规"}}],
        "tiers": [{"key": key, "rates": {"class-1": 10 * n}} for n, key in enumerate(TIERS, 1)],
    }
    assert "1.0%" in html(client_of(tang).get("/benefits"))


# What trainees read


def test_her_tier_stands_beside_the_next_and_the_step_is_told(client_of: Clients, tang: Person) -> None:
    page = words(html(client_of(tang).get("/benefits")))
    assert "青铜 你 白银" in page
    assert "爆品 当季主推款，名单见素材中心 4.0% 6.0%" in page
    assert "到白银，你会有 爆品：高 2.0 个百分点 高毛利，新品：高 1.5 个百分点 常规：高 1.0 个百分点" in page
    assert "优先报名新品试用" in page
    assert "社群管理权 黄金起" in page
    assert "由品牌按与你的约定结算，本平台只展示，不承诺收益" in page
    stand(tang, "diamond")
    page = words(html(client_of(tang).get("/benefits")))
    assert "12.0%" in page
    assert "你会有" not in page


@ON_SQLITE
def test_what_is_less_at_the_next_tier_is_said_too(
    client_of: Clients, lu: Person, tang: Person, session: Session
) -> None:
    tiers = table(session)["tiers"]
    tiers[1]["rates"] = {**tiers[0]["rates"], "hit": 30}
    announce(session, lu, tiers=tiers)
    assert "爆品：低 1.0 个百分点" in words(html(client_of(tang).get("/benefits")))
    tiers[1]["rates"] = tiers[0]["rates"]
    announce(session, lu, tiers=tiers)
    assert "相同的比例" in words(html(client_of(tang).get("/benefits")))


@ON_SQLITE
def test_a_tier_that_the_table_does_not_know_has_no_rate(
    client_of: Clients, lu: Person, tang: Person, session: Session
) -> None:
    announce(session, lu, tiers=table(session)["tiers"][1:])
    page = words(html(client_of(tang).get("/benefits")))
    assert "常规 纸尿裤、湿巾等日常用品 – 3.0%" in page
    assert client_of(lu).get("/desk/benefits").status_code == 200
    assert client_of(lu).get("/desk/benefits/edit").status_code == 200


@ON_SQLITE
def test_honours_and_today_lead_there(client_of: Clients, tang: Person) -> None:
    for page in ("/", "/honours"):
        assert 'href="/benefits"' in html(client_of(tang).get(page))


def test_pages_need_few_statements(client_of: Clients, lu: Person, tang: Person) -> None:
    phone, desk = client_of(tang), client_of(lu)
    for client, path in (
        (phone, "/benefits"),
        (desk, "/desk/benefits"),
        (desk, "/desk/benefits/edit"),
        (desk, "/desk/allotments"),
    ):
        client.get(path)
        with statements() as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 6, (path, seen)


# Packs


def test_a_table_from_the_browser_travels(
    client_of: Clients, lu: Person, session: Session, app: Flask, tmp_path: Path
) -> None:
    save(client_of(lu), classes__4__title_zh="2026", **{f"classes__4__rates__{n}": "1" for n in range(5)})
    now = table(session)
    pack = export(published(session), app.extensions["files"], tmp_path / "out")
    assert digest(pack.documents[BENEFITS]) == digest(now)
    with db.writing() as s:
        assert publish_pack(s, app.extensions["files"], pack, "again") is None


def test_a_pack_from_before_there_were_benefits_is_whole(tmp_path: Path) -> None:
    text = (ROOT / "courses/academy.yaml").read_text("utf-8")
    (tmp_path / "academy.yaml").write_text(
        re.sub(r"\nbenefits:\n.*?(?=\npoints:)", "\n", text, flags=re.DOTALL), "utf-8"
    )
    pack = read(tmp_path)
    assert BENEFITS not in pack.documents
    assert not [problem for problem in pack.problems if "benefits" in str(problem)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'benefits:\n  from: "2026-09-01"',
            "benefits:\n  from: 2026-09-01",
            "benefits.from: must be a day such as '2026-09-01', in quotes",
        ),
        (
            "{usual: 20, margin: 30,",
            "{usual: 501, margin: 30,",
            "tiers.0.rates.usual: must be a whole number from 0 to 500",
        ),
        (
            "{usual: 20, margin: 30,",
            "{margin: 30,",
            "tiers.0.rates: must have one rate for each of usual, margin, hit, new",
        ),
        ("title: {zh: 爆品, en: Hits}", "title: {en: Hits}", "classes.2.title: has no zh"),
        ("zh: 每月一场运营答疑", "zh: 月入过万", "tiers.2.rights.1: says “月入”"),
        ("allotment: {tier: gold", "allotment: {tier: wood", "benefits.allotment.tier: there is no tier wood"),
        ("raised: 50000", "raised: 50", "benefits.allotment.raised: must be a whole number from 20000"),
        ("complaints: 5}", "complain: 5}", "benefits.allotment: must have complaints, orders, raised"),
        ("- key: margin\n", "- key: usual\n", "classes.1.key: usual is taken already"),
    ],
)
def test_what_is_wrong_in_a_pack_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (ROOT / "courses/academy.yaml").read_text("utf-8")
    assert text.count(old) == 1, old
    (tmp_path / "academy.yaml").write_text(text.replace(old, new), "utf-8")
    assert [problem for problem in read(tmp_path).problems if said in str(problem)], said
