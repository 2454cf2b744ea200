"""Open Badges 3.0: what a credential says, that others can check it, and what it keeps to itself."""

import base64
import io
import json
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft201909Validator
from jwcrypto.common import JWException
from jwcrypto.jwt import JWTExpired
from openbadgeslib.baking import extract_png
from openbadgeslib.ob3 import OB3VerificationError
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy.achievements import papers, record
from academy.achievements.certificates.models import Certificate
from academy.art.palette import FIELDS
from academy.credentials.rules import hashed_name
from academy.db import db
from academy.people.models import Person
from tests.conftest import ON_SQLITE
from tests.credentials.conftest import Checker
from tests.credentials.test_sharing import shows
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]
Ask = Callable[..., str]


def said(token: str) -> str:
    """All that a token says, in letters that can be searched."""
    payload = token.split(".")[1]
    return json.dumps(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))), ensure_ascii=False)


@ON_SQLITE
def test_both_kinds_are_as_the_published_schema_wants_them(
    badge: int, paper: Certificate, ask: Ask, credential_schema: Draft201909Validator
) -> None:
    for id, query in ((badge, ""), (paper.fact_id, ""), (paper.fact_id, "?named")):
        found = json.loads(said(ask(id, query)))
        assert [error.message for error in credential_schema.iter_errors(found)] == []
        broken = {**found, "credentialSubject": {**found["credentialSubject"], "achievement": {"id": "x"}}}
        assert list(credential_schema.iter_errors(broken))


@ON_SQLITE
def test_the_issuer_s_profile_is_as_the_published_schema_wants_it(
    checker: Checker, profile_schema: Draft201909Validator
) -> None:
    found = checker.json("/credentials/issuer")
    assert [error.message for error in profile_schema.iter_errors(found)] == []
    assert found["id"] == "http://localhost/credentials/issuer"
    assert found["name"] == "鹿芽有限公司·鹿芽学堂"


def test_independent_libraries_find_it_genuine(badge: int, paper: Certificate, ask: Ask, checker: Checker) -> None:
    for id, name in ((badge, "守约宝妈"), (paper.fact_id, "白银 KOC")):
        token = ask(id)
        claims, read = checker.claims(token), checker.verified(token)
        assert read.achievement.name == claims["credentialSubject"]["achievement"]["name"]
        assert name.split()[0] in read.achievement.name
        assert (claims["iss"], claims["jti"]) == (claims["issuer"]["id"], claims["id"])
        assert claims["sub"] == claims["credentialSubject"]["id"]


def test_what_it_names_is_published(badge: int, paper: Certificate, ask: Ask, checker: Checker) -> None:
    for id in (badge, paper.fact_id):
        claims = checker.claims(ask(id))
        achievement = claims["credentialSubject"]["achievement"]
        published = checker.json(achievement["id"])
        assert published.pop("@context")
        assert published == achievement
        assert checker.json(claims["issuer"]["id"])["id"] == claims["iss"]
        picture = Image.open(io.BytesIO(checker.fetch(achievement["image"]["id"])))
        assert (picture.format, picture.size) == ("PNG", (600, 600))
        assert shows(picture, FIELDS["special"].fill if id == badge else "#b8862f")
    assert achievement["criteria"]["narrative"] == "晋级白银"


@ON_SQLITE
def test_a_letter_that_was_changed_is_found_out(badge: int, ask: Ask, checker: Checker) -> None:
    head, body, signature = ask(badge).split(".")
    better = said(f"..{body}"[1:]).replace("守约宝妈", "钻石宝妈")
    forged = ".".join((head, base64.urlsafe_b64encode(better.encode()).rstrip(b"=").decode(), signature))
    assert "钻石宝妈" in said(forged)
    with pytest.raises(JWException):
        checker.claims(forged)
    with pytest.raises(OB3VerificationError, match="signature"):
        checker.verified(forged)


def test_a_certificate_that_is_revoked_is_found_revoked_until_it_is_restored(
    paper: Certificate, badge: int, ask: Ask, checker: Checker, lu: Person, tang: Person, client_of: Clients
) -> None:
    token, other = ask(paper.fact_id), ask(badge)
    checker.verified(token)
    with db.writing() as session:
        papers.revoke(session, session.get_one(Person, lu.id), paper.id, "名字不实")
    with pytest.raises(OB3VerificationError, match="revocation"):
        checker.verified(token)
    checker.verified(other)
    assert client_of(tang).get(f"/honours/{paper.fact_id}/credential.jwt").status_code == 404
    with db.writing() as session:
        papers.restore(session, session.get_one(Person, lu.id), paper.id, "查清了")
    checker.verified(token)


def test_a_badge_that_was_withdrawn_is_found_revoked(
    badge: int, paper: Certificate, tang: Person, ask: Ask, checker: Checker
) -> None:
    token, other = ask(badge), ask(paper.fact_id)
    with db.writing() as session:
        record(session, tang.id, "badge.withdrawn", "keeper", "1")
    with pytest.raises(OB3VerificationError, match="revocation"):
        checker.verified(token)
    checker.verified(other)


@ON_SQLITE
def test_the_list_of_states_is_signed_and_its_letters_hold(
    badge: int, ask: Ask, checker: Checker, client_of: Clients
) -> None:
    url = checker.claims(ask(badge))["credentialStatus"]["statusListCredential"]
    answer = client_of(None).get(url.removeprefix("http://localhost"))
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    claims = checker.claims(answer.get_data(as_text=True))
    assert claims["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert claims["exp"] > claims["nbf"]
    assert client_of(None).get("/credentials/status/1").status_code == 404


@ON_SQLITE
def test_a_certificate_s_end_is_its_credential_s(paper: Certificate, ask: Ask, checker: Checker) -> None:
    assert "exp" not in json.loads(said(ask(paper.fact_id)))
    with db.writing() as session:
        session.execute(update(Certificate).values(expires_on=date(2020, 9, 18)))
    token = ask(paper.fact_id)
    assert json.loads(said(token))["validUntil"] == "2020-09-18T16:00:00Z"  # the brand's midnight
    with pytest.raises(OB3VerificationError, match="expired"):
        checker.verified(token)
    with pytest.raises(JWTExpired):
        checker.claims(token)


def test_it_says_nothing_of_who_she_is(
    session: Session, badge: int, paper: Certificate, tang: Person, aduo: Person, ask: Ask, client_of: Clients
) -> None:
    tokens = [ask(badge), ask(paper.fact_id)]
    for token in tokens:
        assert not [hers for hers in (tang.phone, tang.name, "林晓棠", paper.serial) if hers and hers in said(token)]
    assert len({json.loads(said(token))["sub"] for token in tokens}) == 1, "all hers are one person's"
    with db.writing() as s:
        facts = record(s, aduo.id, "pledge.signed", "koc", "2026-09").facts
        other = next(fact.id for fact in facts if fact.kind == "badge.awarded")
    theirs = client_of(aduo).get(f"/honours/{other}/credential.jwt").get_data(as_text=True)
    assert json.loads(said(theirs))["sub"] != json.loads(said(tokens[0]))["sub"]
    assert json.loads(said(theirs))["id"] != json.loads(said(tokens[0]))["id"]


@ON_SQLITE
def test_her_name_is_in_it_if_she_wishes_for_those_who_know_it(paper: Certificate, ask: Ask) -> None:
    token = ask(paper.fact_id, "?named")
    assert "林晓棠" not in said(token)
    found = json.loads(said(token))
    [identity] = found["credentialSubject"]["identifier"]
    assert identity == hashed_name("林晓棠", found["id"])
    assert identity != hashed_name("林晓芳", found["id"])


def test_a_corrected_name_leaves_the_credential_the_same(
    paper: Certificate, lu: Person, ask: Ask, checker: Checker
) -> None:
    before = ask(paper.fact_id)
    with db.writing() as session:
        papers.correct_name(session, session.get_one(Person, lu.id), paper.id, "林小棠", "女士")
    after = ask(paper.fact_id)
    assert json.loads(said(before)) == json.loads(said(after))
    checker.verified(before)


@ON_SQLITE
def test_its_picture_carries_it(badge: int, paper: Certificate, ask: Ask, tang: Person, client_of: Clients) -> None:
    for id in (badge, paper.fact_id):
        answer = client_of(tang).get(f"/honours/{id}/credential.png")
        assert answer.mimetype == "image/png"
        assert len(answer.data) <= 200_000
        picture = Image.open(io.BytesIO(answer.data))
        picture.load()
        assert picture.text["openbadgecredential"] == ask(id)  # type: ignore[attr-defined]
        assert extract_png(answer.data, keyword=b"openbadgecredential") == ask(id)


@ON_SQLITE
def test_it_is_her_own_to_download(
    badge: int, paper: Certificate, aduo: Person, zhou: Person, lu: Person, client_of: Clients
) -> None:
    for address in (f"/honours/{badge}/credential.png", f"/honours/{paper.fact_id}/credential.jwt"):
        assert client_of(None).get(address).status_code == 302
        for other in (aduo, zhou, lu):
            assert client_of(other).get(address).status_code == 404


def test_no_other_fact_is_an_honour(session: Session, badge: int, tang: Person, client_of: Clients) -> None:
    assert client_of(tang).get(f"/honours/{badge - 1}/credential.jwt").status_code == 404
    assert client_of(tang).get(f"/honours/{2**31 - 1}/credential.jwt").status_code == 404


@ON_SQLITE
def test_what_is_published_may_be_kept_by_anybody_and_sets_no_cookie(
    badge: int, checker: Checker, client_of: Clients
) -> None:
    key = checker.json("/credentials/jwks.json")["keys"][0]
    assert set(key) == {"alg", "crv", "kid", "kty", "use", "x"}, "the private half stays at home"
    for address in (
        "/credentials/issuer",
        "/credentials/jwks.json",
        key["kid"].removeprefix("http://localhost"),
        "/credentials/badges/keeper",
        "/credentials/badges/keeper.png",
        "/credentials/certificates/silver-honor",
        "/credentials/certificates/silver-honor.png",
        "/credentials/status/0",
    ):
        answer = client_of(None).get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"].startswith("public, max-age="), address
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
    for address in ("/credentials/keys/none", "/credentials/badges/none", "/credentials/certificates/none.png"):
        assert client_of(None).get(address).status_code == 404


@ON_SQLITE
def test_a_secret_badge_is_not_given_away(
    app: Flask, badge: int, ask: Ask, checker: Checker, client_of: Clients
) -> None:
    from tests.achievements.story import change

    def hide(badges: dict[str, list[dict[str, object]]]) -> None:
        next(one for one in badges["badges"] if one["key"] == "keeper")["secret"] = True

    change(hide, "badges")
    for address in ("/credentials/badges/keeper", "/credentials/badges/keeper.png"):
        assert client_of(None).get(address).status_code == 404
    assert "image" not in checker.claims(ask(badge))["credentialSubject"]["achievement"]


@ON_SQLITE
def test_few_statements_are_needed(badge: int, paper: Certificate, tang: Person, client_of: Clients) -> None:
    hers, stranger = client_of(tang), client_of(None)
    for client, address, most in (
        (hers, f"/honours/{badge}/credential.jwt", 3),
        (hers, f"/honours/{paper.fact_id}/credential.png", 4),
        (stranger, "/credentials/status/0", 2),
        (stranger, "/credentials/badges/keeper", 2),
    ):
        client.get(address)
        with statements() as seen:
            client.get(address)
        assert len(seen) <= most, (address, seen)
