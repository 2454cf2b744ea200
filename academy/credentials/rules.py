"""Open Badges 3.0 as documents: issuer, achievement, credential, status list, picture that carries one. Pure."""

import gzip
import hashlib
import hmac
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import pack
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

VERIFIABLE = "https://www.w3.org/ns/credentials/v2"
CONTEXT = [VERIFIABLE, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]

Document = dict[str, Any]


def profile(id: str, name: str, url: str, image: str | None = None) -> Document:
    """Who awards."""
    found: Document = {"id": id, "type": ["Profile"], "name": name, "url": url}
    return found | ({"image": picture(image)} if image else {})


def picture(url: str) -> Document:
    """Where a picture is."""
    return {"id": url, "type": "Image"}


@dataclass(frozen=True)
class Achievement:
    """What can be won: its address, what it is called and how it is won."""

    id: str
    kind: str
    name: str
    description: str
    narrative: str
    image: str | None

    @property
    def document(self) -> Document:
        found: Document = {
            "id": self.id,
            "type": ["Achievement"],
            "achievementType": self.kind,
            "inLanguage": "zh",
            "name": self.name,
            "description": self.description,
            "criteria": {"narrative": self.narrative},
        }
        return found | ({"image": picture(self.image)} if self.image else {})


def subject_of(secret: str, person_id: int) -> str:
    """The name that a person has in her credentials: always the same, and nobody learns from it who she is."""
    digest = hmac.digest(secret.encode(), f"credentials/subject/{person_id}".encode(), "sha256")
    return UUID(bytes=digest[:16], version=4).urn


def id_of(issuer: str, fact_id: int) -> str:
    """The id of the credential for a fact."""
    return uuid5(NAMESPACE_URL, f"{issuer}#{fact_id}").urn


def hashed_name(name: str, salt: str) -> Document:
    """A name that whoever knows it can compare, and nobody can read."""
    digest = hashlib.sha256(f"{name}{salt}".encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "identityType": "name",
        "salt": salt,
    }


def credential(
    issuer: Document,
    achievement: Achievement,
    id: str,
    subject: str,
    won: datetime,
    until: datetime | None,
    status: Document,
    name: str | None,
) -> Document:
    """What is signed: that somebody has won an achievement, with the claims by which a JWT says the same."""
    who: Document = {"id": subject, "type": ["AchievementSubject"]}
    if name:
        who["identifier"] = [hashed_name(name, id)]
    found: Document = {
        "@context": CONTEXT,
        "id": id,
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": achievement.name,
        "issuer": issuer,
        "validFrom": instant(won),
        "credentialSubject": who | {"achievement": achievement.document},
        "credentialStatus": status,
    }
    return _claimed(found, issuer["id"], subject, won, until)


def _claimed(document: Document, issuer: str, subject: str, since: datetime, until: datetime | None) -> Document:
    claims: Document = {"iss": issuer, "jti": document["id"], "sub": subject, "nbf": int(since.timestamp())}
    if until:
        claims |= {"validUntil": instant(until), "exp": int(until.timestamp())}
    return document | claims


def instant(at: datetime) -> str:
    """An instant as credentials write it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# Status

LIST = 131_072
"""Credentials in a list of states: so many at least, lest a list tell whom somebody asks about."""

TTL = timedelta(minutes=5)
"""How long a list may be kept."""

LIFE = timedelta(days=1)
"""How long a list holds, so that nobody hides a revocation behind an old one."""


def place(fact_id: int) -> tuple[int, int]:
    """Which list a credential's state is in, and where."""
    return divmod(fact_id, LIST)


def status_entry(url: str, index: int) -> Document:
    """Where a credential's state is to be read."""
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def status_list(issuer: str, url: str, revoked: Iterable[int], now: datetime) -> Document:
    """The states of so many credentials, itself a credential."""
    bits = bytearray(LIST // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    encoded = urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()
    found: Document = {
        "@context": [VERIFIABLE],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(now),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "ttl": int(TTL.total_seconds() * 1000),
            "encodedList": f"u{encoded}",
        },
    }
    return _claimed(found, issuer, f"{url}#list", now, now + LIFE)


# Baking

_BEGINNING = 33
"""The bytes of a PNG that must come first: its signature, and its header."""


def baked(png: bytes, token: str) -> bytes:
    """A picture that carries a credential, which whoever draws it doesn't see."""
    text = b"iTXt" + b"openbadgecredential" + bytes(5) + token.encode()
    chunk = pack(">I", len(text) - 4) + text + pack(">I", zlib.crc32(text))
    return png[:_BEGINNING] + chunk + png[_BEGINNING:]
