"""小棠's badge and certificate as credentials, and those who check them: libraries that know the real time alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from jsonschema import Draft201909Validator
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT
from jwt import PyJWK, get_unverified_header
from openbadgeslib.ob3 import OB3Verifier
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import ROOT
from academy import clock as time
from academy.achievements.certificates.models import Certificate
from academy.journal.models import Fact
from academy.people.models import Person
from tests.achievements.conftest import paper as paper
from tests.conftest import Clock

REAL = time.source
Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture(autouse=True)
def _really_now(clock: Clock) -> None:
    clock.to(REAL())


@pytest.fixture
def badge(session: Session, tang: Person, paper: Certificate) -> int:
    """The id of having won 守约宝妈, for the pledge that her certificate came with."""
    won = Fact.trainee_id == tang.id, Fact.kind == "badge.awarded", Fact.topic == "keeper"
    found = session.scalars(select(Fact.id).where(*won)).one()
    session.rollback()
    return found


@pytest.fixture
def ask(client_of: Clients, tang: Person) -> Callable[[int], str]:
    """小棠 downloads the credential of an honour of hers."""

    def asked(id: int, said: str = "") -> str:
        answer = client_of(tang).get(f"/honours/{id}/credential.jwt{said}")
        assert (answer.status_code, answer.mimetype) == (200, "application/vc+jwt")
        return answer.get_data(as_text=True)

    return asked


@dataclass
class Checker:
    """Somebody far away, who knows what the academy publishes and nothing else."""

    client: FlaskClient

    def fetch(self, url: str) -> bytes:
        """What is published at an absolute address."""
        answer = self.client.get(url.removeprefix("http://localhost"))
        assert answer.status_code == 200, url
        return answer.data

    def json(self, url: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.fetch(url))
        return found

    def claims(self, token: str) -> dict[str, Any]:
        """What jwcrypto reads in a token, once the published keys have confirmed it."""
        keys = JWKSet.from_json(self.fetch("/credentials/jwks.json").decode())
        return dict(json.loads(JWT(jwt=token, key=keys, algs=["EdDSA"]).claims))

    def library(self, token: str) -> OB3Verifier:
        """openbadgeslib, with the key that the head of a token names."""
        key = PyJWK(self.json(get_unverified_header(token)["kid"])).key
        return OB3Verifier(pubkey_pem=key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    def verified(self, token: str) -> Any:
        """The credential, if openbadgeslib finds it genuine and in force."""
        return self.library(token).verify(token, check_status=True, download=self.fetch)


@pytest.fixture
def checker(client_of: Clients) -> Checker:
    """Somebody far away."""
    return Checker(client_of(None))


def _schema(name: str) -> Draft201909Validator:
    schema = json.loads((ROOT / ".venv/schemas" / f"ob_v3p0_{name}_schema.json").read_text("utf-8"))
    return Draft201909Validator(schema, format_checker=Draft201909Validator.FORMAT_CHECKER)


@pytest.fixture(scope="session")
def credential_schema() -> Draft201909Validator:
    """The JSON schema of a credential as 1EdTech publishes it (.ci/schemas)."""
    return _schema("achievementcredential")


@pytest.fixture(scope="session")
def profile_schema() -> Draft201909Validator:
    """That of an issuer's profile."""
    return _schema("profile")
