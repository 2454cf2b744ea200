"""A copy of one's own data: all that is hers, nothing that is anybody else's, for nobody who only found her phone."""

import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.people.models import Person
from tests.account.conftest import Life
from tests.conftest import ON_SQLITE, PASSWORD, html
from tests.phone import did

Clients = Callable[[Person | None], FlaskClient]


def asked(client: FlaskClient, password: str = PASSWORD) -> TestResponse:
    return client.post("/me/data", data={"present": password}, buffered=True)


def opened(answer: TestResponse) -> tuple[ZipFile, dict[str, Any]]:
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "private, no-store"
    packed = ZipFile(io.BytesIO(answer.data))
    assert packed.testzip() is None
    return packed, json.loads(packed.read("data.json"))


def test_the_copy_holds_all_that_is_hers(life: Life, tang: Person, client_of: Clients) -> None:
    packed, data = opened(asked(client_of(tang)))
    account = data["account"]
    assert (account["name"], account["legal_name"], account["phone"]) == ("小棠", "林晓棠", "13800000011")
    assert [(one["class"], one["trainer"]) for one in data["classes"]] == [
        ("青铜 07 班", "周以宁"),
        ("白银 03 班", "周以宁"),
    ]
    assert data["invitations"][0]["name"] == "海棠花开"
    assert data["standing"]["tier"] == "silver"
    assert {"pledge.signed", "tier.reached", "handin.accepted"} <= {fact["kind"] for fact in data["facts"]}
    assert (
        sum(line["amount"] for line in data["ledger"] if line["currency"] == "feathers")
        == (data["standing"]["feathers"])
    )
    first, second = data["hand_ins"]
    assert "薄薄涂一层" in first["text"]
    assert (first["state"], first["comment"], first["trainer"]) == ("accepted", "棠棠写得真好。", "周以宁")
    assert (second["practice"], second["state"]) == ("self-intro", "waiting")
    assert packed.read(first["pictures"][0]) == life.picture.read_bytes()
    assert [len(attempt["answers"]) for attempt in data["attempts"]] == [1]
    assert [(paper["serial"], paper["name"]) for paper in data["certificates"]] == [(life.serial, "林晓棠")]
    assert "LY20-HERS" in {reward["voucher"] for reward in data["rewards"]}


@ON_SQLITE
def test_it_is_readable_and_says_what_it_is_in_both_languages(life: Life, tang: Person, client_of: Clients) -> None:
    packed, _ = opened(asked(client_of(tang)))
    assert "薄薄涂一层" in packed.read("data.json").decode()
    readme = packed.read("README.txt").decode()
    for said in ("你的数据", "Your data", "鹿芽学堂", "券码", "voucher codes"):
        assert said in readme
    for part in json.loads(packed.read("data.json")):
        assert part in readme or part == "made_at"


def test_it_holds_nothing_of_anybody_else_nor_what_opens_an_account(
    life: Life, tang: Person, aduo: Person, client_of: Clients
) -> None:
    did(aduo.id, "pledge.signed", "koc", "2026-09")
    client_of(aduo).post(
        "/practice/first-words/hand-ins", data={"text": "阿朵家两岁，晚上睡觉穿的纸尿裤用了三周，大腿没有勒印。"}
    )
    packed, data = opened(asked(client_of(tang)))
    everything = packed.read("data.json").decode() + packed.read("README.txt").decode()
    for others in ("阿朵", "13800000012", "13800000001", "两岁", "argon2", "0" * 64):
        assert others not in everything
    _, hers = opened(asked(client_of(aduo)))
    assert [fact["kind"] for fact in hers["facts"]].count("pledge.signed") == 1
    assert "薄薄" not in json.dumps(hers, ensure_ascii=False)
    assert "棠" not in json.dumps(hers, ensure_ascii=False)
    assert len(data["hand_ins"]) == 2


def test_staff_get_their_account(zhou: Person, lu: Person, client_of: Clients) -> None:
    for staff, key, contact in ((zhou, "phone", "13800000001"), (lu, "email", "lu@luya.example")):
        _, data = opened(asked(client_of(staff)))
        assert (data["account"]["role"], data["account"][key]) == (staff.role, contact)
        assert (data["facts"], data["standing"]) == ([], None)


@ON_SQLITE
def test_who_only_found_her_phone_gets_nothing(tang: Person, client_of: Clients) -> None:
    client = client_of(tang)
    for _ in range(5):
        answer = asked(client, "wrong-wrong")
        assert answer.status_code == 422
        assert "这不是现在的密码" in html(answer)
        assert "wrong-wrong" not in html(answer)
    assert asked(client).status_code == 429
    assert client.post("/me/data").status_code == 422
    assert client_of(None).post("/me/data", data={"present": PASSWORD}).location.startswith("/sign-in")


@ON_SQLITE
def test_wrong_passwords_count_together_with_those_at_sign_in(tang: Person, client_of: Clients) -> None:
    for _ in range(5):
        client_of(None).post("/sign-in", data={"contact": "13800000011", "password": "wrong-wrong"})
    assert asked(client_of(tang)).status_code == 429


def test_asking_writes_nothing(session: Session, life: Life, tang: Person, client_of: Clients) -> None:
    before = opened(asked(client_of(tang)))[1]
    after = opened(asked(client_of(tang)))[1]
    assert {**before, "made_at": ""} == {**after, "made_at": ""}


@ON_SQLITE
def test_a_picture_that_is_lost_does_not_keep_the_rest_from_her(life: Life, tang: Person, client_of: Clients) -> None:
    life.picture.unlink()
    packed, data = opened(asked(client_of(tang)))
    assert len(data["hand_ins"]) == 2
    assert sorted(packed.namelist()) == ["README.txt", "data.json"]


@ON_SQLITE
def test_her_page_leads_there(tang: Person, client_of: Clients) -> None:
    page = html(client_of(tang).get("/me"))
    for said in ("我的数据", 'href="/me/data"', 'href="/me/erasure"'):
        assert said in page
    assert "README" in html(client_of(tang).get("/me/data"))
